"""Making Tensors of numbers and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import errors, modes
from autograd.tensor import Tensor


def tensor(
    data: npt.ArrayLike,
    *,
    dtype: npt.DTypeLike | None = None,
    requires_grad: bool = False,
    name: str | None = None,
) -> Tensor:
    """Make a leaf Tensor of a copy of ``data``.

    Args:
        data: numbers, nested lists of numbers, or an array.
        dtype: by default that of the array; Python floats get the default dtype, float64.
        requires_grad: whether ``backward()`` shall find its gradient.
        name: what drawings and errors call it.

    Raises:
        TypeError: ``data`` is tracked, or is no array of numbers, or an integer or boolean array
            is to require a gradient.

    Example:
        >>> tensor([[1, 2], [3, 4]], dtype=np.float32, requires_grad=True)
        tensor([[1., 2.],
                [3., 4.]], dtype=float32, requires_grad=True)
    """
    return _leaf(np.array(data, dtype=dtype or _dtype_of(data)), requires_grad, name)


def as_tensor(data: Any, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """Give ``data`` as a Tensor without a copy, where that is possible: a Tensor is given back."""
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype == dtype else data.astype(dtype)
    return _leaf(np.asarray(data, dtype=dtype or _dtype_of(data)), False, None)


def _dtype_of(data: Any) -> npt.DTypeLike | None:
    """Choose the default dtype for Python floats, and leave everything else to NumPy."""
    if hasattr(data, "dtype"):
        return None
    dtype = np.asarray(data).dtype
    return modes.get_default_dtype() if dtype == np.float64 else dtype


def _leaf(array: np.ndarray[Any, Any], requires_grad: bool, name: str | None) -> Tensor:
    if array.dtype.kind not in "fiub":
        raise TypeError(errors.not_numbers("tensor", array))
    leaf = Tensor(array, name=name)
    leaf.requires_grad = requires_grad
    return leaf
