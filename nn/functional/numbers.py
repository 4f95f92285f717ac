"""What is taken for floating numbers: lists too, and integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, as_tensor, get_default_dtype


def as_array(x: Any) -> Any:
    """Make an array of a list, a number or another library's array; Tensors and arrays stay what they are.

    Python's floats get the default dtype.
    """
    if type(x) is np.ndarray or isinstance(x, Tensor):
        return x
    try:
        array = as_tensor(x) if isinstance(x, np.ma.MaskedArray) else np.asarray(x)
    except (TypeError, ValueError):
        return as_tensor(x)  # which says what is wrong
    floats = array.dtype == np.float64 and not hasattr(x, "dtype")
    return array.astype(get_default_dtype(), copy=False) if floats else array


def as_numbers(x: Any) -> Any:
    """Make an array as ``as_array`` does, and refuse what has no real numbers."""
    x = as_array(x)
    return x if x.dtype.kind in "fiub" else as_tensor(x)  # which refuses it


def as_floats(x: Any, dtype: Any = None) -> Any:
    """Make floating numbers of integers, of a dtype or the default one, and an array of a list.

    NumPy computes in float16 with small integers, and differences of unsigned ones wrap around. Beside
    float32, integers of 64 bits would give float64.

    Raises:
        TypeError: these are no real numbers.

    Example:
        >>> as_floats(np.array([0, 255], np.uint8)), as_floats([True, False])
        (array([  0., 255.]), array([1., 0.]))
    """
    x = x if type(x) is np.ndarray else as_array(x)
    if x.dtype.kind == "f":
        return x
    return as_numbers(x).astype(dtype or get_default_dtype())


def sum_along(x: Any, axis: int) -> Any:
    """Sum along an axis, which stays; halves in single precision, for in half a sum of ones stops at 2048."""
    return np.sum(x, axis=axis, keepdims=True, dtype=np.promote_types(x.dtype, np.float32))
