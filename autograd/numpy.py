"""NumPy under the name by which programs for HIPS autograd import it: ``import autograd.numpy as np``.

There it is a copy whose functions know the engine; here NumPy's own functions take Tensors.

Example:
    >>> import autograd.numpy as anp
    >>> anp.sin is np.sin
    True
"""

import sys
from importlib import import_module
from typing import Any

import numpy

for _part in ("fft", "linalg", "random"):
    sys.modules[f"{__name__}.{_part}"] = import_module(f"numpy.{_part}")


def __getattr__(name: str) -> Any:
    """Find what NumPy has."""
    return getattr(numpy, name)
