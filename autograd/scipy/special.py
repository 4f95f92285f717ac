"""``scipy.special``, whose ufuncs take Tensors, with a ``logsumexp`` that does so too.

Example:
    >>> import autograd.scipy.special as special
    >>> grad(special.expit)(0.0)
    np.float64(0.25)
"""

from typing import Any

import numpy as np
from scipy import special

from autograd.derivatives.constants import value_of


def __getattr__(name: str) -> Any:
    """Find what SciPy has."""
    return getattr(special, name)


def logsumexp(a: Any, axis: Any = None, b: Any = 1.0, keepdims: Any = False) -> Any:
    """Compute log Σ b exp(a) along axes, without overflow.

    Example:
        >>> logsumexp([1000.0, 1000.0])
        np.float64(1000.6931471805599)
        >>> grad(logsumexp)(np.array([1000.0, 1000.0]))
        array([0.5, 0.5])
    """
    top = np.max(value_of(a), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.sum(b * np.exp(a - top), axis=axis, keepdims=keepdims)
    with np.errstate(divide="ignore"):
        return np.log(total) + np.reshape(top, np.shape(total))
