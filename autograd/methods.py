"""Operators and methods of a Tensor: each hands NumPy's function of that name to ``apply``.

So does NumPy when it is called with a Tensor (``__array_ufunc__``, ``__array_function__``):
``x.sum()`` does what ``np.sum(x)`` does, and nothing here knows about gradients.
"""

from __future__ import annotations

import inspect
import math
import operator
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from autograd import errors, modes
from autograd.backward import Backward
from autograd.containers import leaves, mapped
from autograd.derivatives.calls import name_of
from autograd.derivatives.indexing import set_item
from autograd.derivatives.shapes import astype
from autograd.graph import Vertex
from autograd.handle import Handle, plain
from autograd.instead import Instead
from autograd.pytorch import METHODS, numpy_arguments

if TYPE_CHECKING:
    from autograd.tensor import Tensor

Axis = int | tuple[int, ...] | None

MEMORY = "it is about memory: use the array, x.detach().numpy()"
WITHOUT = {  # methods of ndarray that a Tensor has not, and what to do in their place
    **dict.fromkeys(("base", "byteswap", "ctypes", "flags", "getfield", "setfield", "setflags"), MEMORY),
    "dump": "use np.save(file, x)",
    "dumps": "use pickle.dumps(x)",
    "flat": "use x.ravel() for the elements in a row",
    "tostring": "use x.tobytes()",
    "resize": "a Tensor keeps its shape: use np.resize(x, shape)",
}


class ArrayMethods(Backward):
    """The part of a Tensor that it shares with ``np.ndarray``, and PyTorch's in-place methods."""

    __slots__ = ()

    locals().update({name: Instead(words) for name, words in (METHODS | WITHOUT).items()})

    # Conversions

    def item(self) -> Any:
        """Return the one element as a Python number. It leaves the graph."""
        return self._leaving().item()

    def _leaving(self) -> np.ndarray[Any, Any]:
        """Return the array, of which Python numbers are made; not inside a functional transform."""
        if self.tracked and modes.transforming.get():
            raise TypeError(errors.leaves_transform(self, modes.transforming.get()))
        return self._array

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return the array itself; a tracked Tensor refuses, so that no gradient is lost silently."""
        if self.tracked:
            raise TypeError(errors.to_array(self))
        return self._array

    def tolist(self) -> Any:
        """Return nested lists of Python numbers. They leave the graph."""
        return self._leaving().tolist()

    def tobytes(self) -> bytes:
        """Return the array's memory as bytes."""
        return self.numpy().tobytes()

    def tofile(self, file: Any, sep: str = "", format: str = "%s") -> None:
        """Write the array to a file, as ndarray does."""
        self.numpy().tofile(file, sep, format)

    def to_device(self, device: str, /) -> Self:
        """Stay on the one device that there is."""
        if device != "cpu":
            raise ValueError(f"to_device: expected 'cpu', got {device!r}")
        return self

    def __dir__(self) -> list[str]:
        """List the names that can be used."""
        return [name for name in super().__dir__() if hasattr(type(self), name)]

    def __repr__(self) -> str:
        """Write the Tensor as the call that makes it, and what it came from."""
        about = "" if self.name is None else f", name={self.name!r}"
        if self.dtype not in (modes.get_default_dtype(), np.dtype(int), np.dtype(bool)):
            about += f", dtype={self.dtype}"
        if self.node is not None:
            about += f", from={name_of(self.node.plan.entry.function)}"
        elif self.tracked:
            about += ", requires_grad=True"
        return f"tensor({np.array2string(self._array, separator=', ', prefix='tensor(')}{about})"

    def _repr_html_(self) -> str:
        """Show the Tensor in a notebook: its values, and its gradient if there is one."""
        from autograd.display import as_html

        return as_html(self)

    def __format__(self, spec: str) -> str:
        """Format the one element, as PyTorch does: ``f"{loss:.3f}"``."""
        return format(self.item(), spec) if spec else str(self)

    # fmt: off
    def __float__(self) -> float: return float(self.item())
    def __int__(self) -> int: return int(self.item())
    def __index__(self) -> int: return operator.index(self._array if self.ndim else self.item())
    def __bool__(self) -> bool: return bool(self._array)

    # Arithmetic, in both orders
    def __add__(self, other: Any) -> Tensor: return self.apply(np.add, (self, other))
    def __radd__(self, other: Any) -> Tensor: return self.apply(np.add, (other, self))
    def __sub__(self, other: Any) -> Tensor: return self.apply(np.subtract, (self, other))
    def __rsub__(self, other: Any) -> Tensor: return self.apply(np.subtract, (other, self))
    def __mul__(self, other: Any) -> Tensor: return self.apply(np.multiply, (self, other))
    def __rmul__(self, other: Any) -> Tensor: return self.apply(np.multiply, (other, self))
    def __truediv__(self, other: Any) -> Tensor: return self.apply(np.divide, (self, other))
    def __rtruediv__(self, other: Any) -> Tensor: return self.apply(np.divide, (other, self))
    def __floordiv__(self, other: Any) -> Any: return self.apply(np.floor_divide, (self, other))
    def __rfloordiv__(self, other: Any) -> Any: return self.apply(np.floor_divide, (other, self))
    def __mod__(self, other: Any) -> Tensor: return self.apply(np.remainder, (self, other))
    def __rmod__(self, other: Any) -> Tensor: return self.apply(np.remainder, (other, self))
    def __divmod__(self, other: Any) -> tuple[Any, Any]: return self // other, self % other
    def __rdivmod__(self, other: Any) -> tuple[Any, Any]: return other // self, other % self
    def __pow__(self, other: Any) -> Tensor: return self.apply(np.power, (self, other))
    def __rpow__(self, other: Any) -> Tensor: return self.apply(np.power, (other, self))
    def __matmul__(self, other: Any) -> Tensor: return self.apply(np.matmul, (self, other))
    def __rmatmul__(self, other: Any) -> Tensor: return self.apply(np.matmul, (other, self))
    def __neg__(self) -> Tensor: return self.apply(np.negative, (self,))
    def __pos__(self) -> Tensor: return self.apply(np.positive, (self,))
    def __abs__(self) -> Tensor: return self.apply(np.absolute, (self,))
    def __invert__(self) -> Any: return self.apply(np.invert, (self,))

    # Comparisons and logic: constants, so plain arrays
    def __eq__(self, other: object) -> Any: return self._array == plain(other)
    def __ne__(self, other: object) -> Any: return self._array != plain(other)
    def __lt__(self, other: Any) -> Any: return self.apply(np.less, (self, other))
    def __le__(self, other: Any) -> Any: return self.apply(np.less_equal, (self, other))
    def __gt__(self, other: Any) -> Any: return self.apply(np.greater, (self, other))
    def __ge__(self, other: Any) -> Any: return self.apply(np.greater_equal, (self, other))
    def __and__(self, other: Any) -> Any: return self.apply(np.bitwise_and, (self, other))
    def __rand__(self, other: Any) -> Any: return self.apply(np.bitwise_and, (other, self))
    def __or__(self, other: Any) -> Any: return self.apply(np.bitwise_or, (self, other))
    def __ror__(self, other: Any) -> Any: return self.apply(np.bitwise_or, (other, self))
    def __xor__(self, other: Any) -> Any: return self.apply(np.bitwise_xor, (self, other))
    def __rxor__(self, other: Any) -> Any: return self.apply(np.bitwise_xor, (other, self))
    __hash__ = object.__hash__

    # Indexing, and writing in place
    def __getitem__(self, index: Any) -> Tensor: return self.apply(operator.getitem, (self, own_index(index)))
    def __setitem__(self, index: Any, value: Any) -> None: self.write(set_item, own_index(index), value)
    def __iter__(self) -> Iterator[Tensor]: return map(self.__getitem__, range(len(self)))
    def __len__(self) -> int: return len(self._array)
    def __contains__(self, value: object) -> bool: return bool((self == value).any())
    def __iadd__(self, other: Any) -> Self: return self.write(np.add, other)
    def __isub__(self, other: Any) -> Self: return self.write(np.subtract, other)
    def __imul__(self, other: Any) -> Self: return self.write(np.multiply, other)
    def __itruediv__(self, other: Any) -> Self: return self.write(np.divide, other)
    def __ifloordiv__(self, other: Any) -> Self: return self.write(np.floor_divide, other)
    def __imod__(self, other: Any) -> Self: return self.write(np.remainder, other)
    def __ipow__(self, other: Any) -> Self: return self.write(np.power, other)
    def __imatmul__(self, other: Any) -> Self: return self.write(np.matmul, other)
    def add_(self, other: Any, *, alpha: float = 1) -> Self: return self.write(np.add, alpha * other)
    def sub_(self, other: Any, *, alpha: float = 1) -> Self: return self.write(np.subtract, alpha * other)
    def mul_(self, other: Any) -> Self: return self.write(np.multiply, other)
    def div_(self, other: Any) -> Self: return self.write(np.divide, other)
    def copy_(self, other: Any) -> Self: return self.write(set_item, ..., other)
    def fill_(self, value: float) -> Self: return self.write(set_item, ..., value)
    def zero_(self) -> Self: return self.write(set_item, ..., 0)

    # Along axes, with arguments by PyTorch's names too
    def _along(self, function: Any, axis: Any, how: Any, more: Any = ()) -> Tensor: return self.apply(function, (self,), {"axis": axis, **numpy_arguments(how, function.__name__, more)})
    def sum(self, axis: Axis = None, *more: Any, **how: Any) -> Tensor: return self._along(np.sum, axis, how, more)
    def mean(self, axis: Axis = None, *more: Any, **how: Any) -> Tensor: return self._along(np.mean, axis, how, more)
    def prod(self, axis: Axis = None, *more: Any, **how: Any) -> Tensor: return self._along(np.prod, axis, how, more)
    def max(self, axis: Axis = None, *more: Any, **how: Any) -> Tensor: return self._along(np.max, axis, how, more)
    def min(self, axis: Axis = None, *more: Any, **how: Any) -> Tensor: return self._along(np.min, axis, how, more)
    def var(self, axis: Axis = None, *more: Any, **how: Any) -> Tensor: return self._along(np.var, axis, how, more)
    def std(self, axis: Axis = None, *more: Any, **how: Any) -> Tensor: return self._along(np.std, axis, how, more)
    def cumsum(self, axis: int | None = None, *more: Any, **how: Any) -> Tensor: return self._along(np.cumsum, axis, how, more)
    def cumprod(self, axis: int | None = None, *more: Any, **how: Any) -> Tensor: return self._along(np.cumprod, axis, how, more)
    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor: return self.apply(np.trace, (self, offset, axis1, axis2))
    def all(self, axis: Axis = None, *more: Any, **how: Any) -> Any: return self._along(np.all, axis, how, more)
    def any(self, axis: Axis = None, *more: Any, **how: Any) -> Any: return self._along(np.any, axis, how, more)
    def argmax(self, axis: int | None = None, *more: Any, **how: Any) -> Any: return self._along(np.argmax, axis, how, more)
    def argmin(self, axis: int | None = None, *more: Any, **how: Any) -> Any: return self._along(np.argmin, axis, how, more)
    def argsort(self, axis: int | None = -1, **how: Any) -> Any: return self._along(np.argsort, axis, how)
    def argpartition(self, kth: Any, axis: int | None = -1, **how: Any) -> Any: return self.apply(np.argpartition, (self, kth), {"axis": axis, **how})
    def searchsorted(self, v: Any, side: str = "left", sorter: Any = None) -> Any: return self.apply(np.searchsorted, (self, v, side, sorter))
    def nonzero(self) -> Any: return self.apply(np.nonzero, (self,))

    # Shapes
    def reshape(self, *shape: Any, **how: Any) -> Tensor: return self.apply(np.reshape, (self, one_or_many(shape)), how)
    def transpose(self, *axes: Any, **how: Any) -> Tensor: return self.apply(np.transpose, (self, one_or_many(moving(self, axes))), numpy_arguments(how, "transpose"))
    def ravel(self, *order: str, **how: Any) -> Tensor: return self.apply(np.ravel, (self, *order), how)
    def flatten(self, start_dim: Any = 0, end_dim: int = -1, **how: Any) -> Tensor: return self.flatten(order=start_dim) if isinstance(start_dim, str) else self.copy().reshape(merged(self.shape, start_dim, end_dim), **how)
    def view(self, *shape: Any) -> Tensor: return self.reshape(a_shape(shape))
    def permute(self, *axes: Any, dims: Any = None) -> Tensor: return self.apply(np.transpose, (self, one_or_many(axes or (dims,))))
    def unsqueeze(self, dim: int) -> Tensor: return self.apply(np.expand_dims, (self, dim))
    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1, **how: int) -> Tensor: return self.apply(np.diagonal, (self, offset), {"axis1": axis1, "axis2": axis2, **numpy_arguments(how, "diagonal")})
    def squeeze(self, axis: Axis = None, **how: Any) -> Tensor: return self._along(np.squeeze, axis, how)
    def swapaxes(self, axis1: int, axis2: int) -> Tensor: return self.apply(np.swapaxes, (self, axis1, axis2))
    def repeat(self, repeats: Any, *more: Any, **how: Any) -> Tensor: return self.apply(np.repeat, (self, repeats), repeating(self, repeats, more, how))
    @property
    def T(self) -> Tensor: return self.apply(np.transpose, (self,))
    @property
    def mT(self) -> Tensor: return self.apply(np.matrix_transpose, (self,))
    mH = mT  # of real numbers

    # Elementwise functions
    def abs(self) -> Tensor: return self.apply(np.absolute, (self,))
    def square(self) -> Tensor: return self.apply(np.square, (self,))
    def sqrt(self) -> Tensor: return self.apply(np.sqrt, (self,))
    def exp(self) -> Tensor: return self.apply(np.exp, (self,))
    def log(self) -> Tensor: return self.apply(np.log, (self,))
    def sin(self) -> Tensor: return self.apply(np.sin, (self,))
    def cos(self) -> Tensor: return self.apply(np.cos, (self,))
    def tanh(self) -> Tensor: return self.apply(np.tanh, (self,))
    def pow(self, exponent: Any) -> Tensor: return self.apply(np.power, (self, exponent))
    def conj(self) -> Tensor: return self.apply(np.conjugate, (self,))
    def conjugate(self) -> Tensor: return self.apply(np.conjugate, (self,))
    @property
    def real(self) -> Tensor: return self.apply(np.real, (self,))
    @property
    def imag(self) -> Any: return self.apply(np.imag, (self,))

    # Writing in place, as ndarray's methods of these names do
    def fill(self, value: Any) -> None: self[...] = value
    def put(self, indices: Any, values: Any, mode: str = "raise") -> None: self.apply(np.put, (self, indices, values, mode))
    def sort(self, axis: int = -1, **how: Any) -> None: self[...] = self.apply(np.sort, (self, axis), numpy_arguments(how, "sort"))
    def partition(self, kth: Any, axis: int = -1) -> None: self[...] = self.apply(np.partition, (self, kth, axis))

    # The rest
    def astype(self, dtype: npt.DTypeLike, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True) -> Any: return self.apply(astype, (self, dtype), {"casting": casting, "copy": copy})
    def float(self) -> Any: return self.astype(np.float32)
    def double(self) -> Any: return self.astype(np.float64)
    def long(self) -> Any: return self.astype(np.int64)
    def copy(self, order: Any = "C") -> Tensor: return self.apply(np.copy, (self,))
    def clone(self) -> Tensor: return self.apply(np.copy, (self,))
    def clip(self, min: Any = None, max: Any = None) -> Tensor: return self.apply(np.clip, (self, min, max))
    def round(self, decimals: int = 0) -> Any: return self.apply(np.round, (self,), {"decimals": decimals})
    def dot(self, other: Any) -> Tensor: return self.apply(np.dot, (self, other))
    def matmul(self, other: Any) -> Tensor: return self.apply(np.matmul, (self, other))
    def mm(self, other: Any) -> Tensor: return self.apply(np.matmul, (self, other))
    def choose(self, choices: Any, mode: str = "raise") -> Tensor: return self.apply(np.choose, (self, choices), {"mode": mode})
    def compress(self, condition: Any, axis: int | None = None) -> Tensor: return self.apply(np.compress, (condition, self, axis))
    def masked_fill(self, mask: Any, value: Any) -> Tensor: return self.apply(np.where, (mask, value, self))
    def take(self, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Tensor: return self.apply(np.take, (self, indices), {"axis": axis, "mode": mode})
    # fmt: on


def own_index(index: Any) -> Any:
    """Put copies of arrays in the place of Tensors inside a tuple or list that is an index."""
    if isinstance(index, (tuple, list)) and any(isinstance(part, Handle) for part in leaves(index)):
        return mapped(lambda part: part._array.copy() if isinstance(part, Handle) else part, index)
    return index


def moving(tensor: Any, axes: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the axes of a transposition; warn of two that stay, and would be swapped in PyTorch."""
    if len(axes) == tensor.ndim == 2 and axes in ((0, 1), (-2, -1), (0, -1), (-2, 1)):
        warnings.warn(errors.not_moved(axes), stacklevel=3)
    return axes


def repeating(tensor: Any, repeats: Any, more: tuple[Any, ...], how: dict[str, Any]) -> dict[str, Any]:
    """Return the axis along which elements repeat; warn where PyTorch would repeat the whole array."""
    if tensor.ndim == 2 and more == (1,):
        warnings.warn(errors.repeats_elements(repeats), stacklevel=3)
    axis = dict(zip(["axis"], more, strict=False))
    return axis | numpy_arguments(how, "repeat", more[1:])


def a_shape(values: tuple[Any, ...]) -> Any:
    """Take a shape, as PyTorch's ``view`` does, but not the dtype that ndarray's takes."""
    if any(isinstance(value, (type, str, np.dtype)) for value in values):
        raise TypeError(
            f"view: expected a shape, as in PyTorch, got {values[0]!r}; to convert, use x.astype(dtype)"
        )
    return one_or_many(values)


def merged(shape: tuple[int, ...], start: int, end: int) -> tuple[int, ...]:
    """Return the shape in which the axes from ``start`` to ``end`` are one."""
    first, last = (start % len(shape), end % len(shape) + 1) if shape else (0, 0)
    return (*shape[:first], math.prod(shape[first:last]), *shape[last:])


def one_or_many(values: tuple[Any, ...]) -> Any:
    """Take ``reshape(2, 3)`` and ``reshape((2, 3))`` alike."""
    return (values[0] if len(values) == 1 else values) if values else None


for _kind in ArrayMethods.__mro__[: ArrayMethods.__mro__.index(Vertex)]:  # what Python's errors call them
    for _name, _method in vars(_kind).items():
        if inspect.isfunction(_method):
            _method.__qualname__, _method.__module__ = f"Tensor.{_name}", "autograd.tensor"
