"""What is taken for floating numbers: lists too, and integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import get_default_dtype


def as_array(x: Any) -> Any:
    """Make an array of a list or a number; Tensors and arrays stay what they are."""
    return x if hasattr(x, "dtype") else np.asarray(x)


def as_floats(x: Any) -> Any:
    """Make floating numbers of integers, and an array of a list.

    NumPy computes in float16 with small integers, and differences of unsigned ones wrap around.

    Example:
        >>> as_floats(np.array([0, 255], np.uint8)), as_floats([True, False])
        (array([  0., 255.]), array([1., 0.]))
    """
    x = as_array(x)
    return x if x.dtype.kind == "f" else x.astype(get_default_dtype())
