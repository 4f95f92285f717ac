"""Making Tensors of numbers and arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import errors, modes
from autograd.methods import one_or_many
from autograd.pytorch import REFUSED, numpy_arguments, refuse, says_instead
from autograd.tensor import Tensor


@says_instead
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
    if isinstance(data, np.ma.MaskedArray):
        raise TypeError(errors.masked("tensor"))
    return _leaf(np.array(data, dtype=dtype or _dtype_of(data)), requires_grad, name)


@says_instead
def as_tensor(data: Any, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """Return ``data`` as a Tensor without a copy, where that is possible: a Tensor is given back."""
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype == dtype else data.astype(dtype)
    if isinstance(data, np.ma.MaskedArray):
        raise TypeError(errors.masked("as_tensor"))
    return _leaf(np.asarray(data, dtype=dtype or _dtype_of(data)), False, None)


def _like_numpy(make: Callable[..., Any], name: str) -> Callable[..., Tensor]:
    """Make leaf Tensors as one of NumPy's functions makes arrays."""

    def create(*args: Any, dtype: Any = None, requires_grad: bool = False, **how: Any) -> Tensor:
        if how:
            refuse(name, how.keys() & REFUSED)
            how = numpy_arguments(how)
        array = make(*args, **how)
        default = modes.get_default_dtype() if array.dtype == np.float64 else array.dtype
        return tensor(array, dtype=dtype or default, requires_grad=requires_grad)

    create.__name__ = create.__qualname__ = name
    create.__doc__ = (
        f"Make a leaf Tensor of numbers as NumPy's ``{name}`` does; floats get the default dtype.\n\n"
        "``dtype=`` and ``requires_grad=`` are those of ``tensor``; a shape may be given as several\n"
        "numbers; what is random takes ``rng=``, a generator or a seed."
    )
    return create


def _shaped(make: Callable[..., Any]) -> Callable[..., Any]:
    """Take a shape as several numbers, in one piece, or by its name."""
    return lambda *sizes, shape=(), **how: make(one_or_many(sizes) if sizes else shape, **how)


def _drawn(method: str) -> Callable[..., Any]:
    """Draw an array by a method of a generator."""
    return _shaped(lambda shape, rng=None, **how: getattr(np.random.default_rng(rng), method)(shape, **how))


zeros = _like_numpy(_shaped(np.zeros), "zeros")
ones = _like_numpy(_shaped(np.ones), "ones")
empty = _like_numpy(_shaped(np.zeros), "empty")  # numbers from anywhere may overflow in another dtype
full = _like_numpy(np.full, "full")
eye = _like_numpy(np.eye, "eye")
arange = _like_numpy(np.arange, "arange")
linspace = _like_numpy(np.linspace, "linspace")
zeros_like = _like_numpy(np.zeros_like, "zeros_like")
ones_like = _like_numpy(np.ones_like, "ones_like")
rand = _like_numpy(_drawn("random"), "rand")
randn = _like_numpy(_drawn("standard_normal"), "randn")


def cat(tensors: Sequence[Any], dim: int = 0, **how: Any) -> Any:
    """Join Tensors along an axis: PyTorch's name for ``np.concatenate``.

    Example:
        >>> cat([tensor([1.0, 2.0]), tensor([3.0])])
        tensor([1., 2., 3.])
    """
    return np.concatenate(tensors, **{"axis": dim, **how})


def _dtype_of(data: Any) -> npt.DTypeLike | None:
    """Choose the default dtype for Python floats, and leave everything else to NumPy."""
    if hasattr(data, "dtype"):
        return None
    try:
        dtype = np.asarray(data).dtype
    except (TypeError, ValueError) as error:
        raise errors.no_one_array(data, error) from None
    return modes.get_default_dtype() if dtype == np.float64 else dtype


def _leaf(array: np.ndarray[Any, Any], requires_grad: bool, name: str | None) -> Tensor:
    if array.dtype.kind not in "fiub":
        raise TypeError(errors.not_numbers("tensor", array))
    return Tensor(array, name=name).requires_grad_(requires_grad)
