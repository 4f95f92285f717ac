"""How a function that NumPy writes in Python is defined: by its own text.

That text makes arrays of what it is given. Here it runs with conversions that let Tensors through.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from operator import setitem
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.shapes import astype


def as_array(data: Any, dtype: Any = None, *, copy: bool | None = None, subok: bool = True) -> Any:
    """Make an array of nested lists that may hold Tensors, or convert a Tensor to a dtype, as np.asanyarray does."""
    if isinstance(data, (list, tuple)) and data:
        data = np.stack([as_array(part) for part in data])
    array = data if hasattr(data, "__array_function__") else np.asarray(data)
    return array if dtype is None else astype(array, dtype)


def an_array(
    object: Any, dtype: Any = None, *, copy: bool | None = True, subok: bool = False, ndmin: int = 0
) -> Any:
    """Make an array of its own, of at least ``ndmin`` axes, as np.array does."""
    array = as_array(object, dtype)
    missing = tuple(range(ndmin - np.ndim(array)))
    return np.copy(np.expand_dims(array, missing) if missing else array)


def alike(*data: Any) -> list[Any]:
    """Make arrays of one dtype of lists, numbers, arrays and Tensors."""
    arrays = [as_array(part) for part in data]
    return [astype(array, np.result_type(*arrays), copy=False) for array in arrays]


def _concatenate(arrays: Any, axis: int | None = 0, dtype: Any = None, **how: Any) -> Any:
    """Join arrays, Tensors and lists of them; ``casting`` says nothing where all are of floating numbers."""
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise TypeError(f"dtype: expected a floating one, for others have no gradient, got {np.dtype(dtype)}")
    return np.concatenate([as_array(part, dtype) for part in arrays], axis)


class _Converter:
    """Arguments that are to become arrays, as NumPy's own converter has them."""

    def __init__(self, *data: Any) -> None:
        self.data = data

    def as_arrays(self) -> list[Any]:
        """Return the arrays."""
        return [as_array(part) for part in self.data]

    def result_type(self, ensure_inexact: bool) -> Any:
        """Return the dtype of results, a floating one, to which Python's numbers say nothing."""
        return np.result_type(*(x if isinstance(x, (int, float)) else as_array(x) for x in self.data), 0.0)

    def wrap(self, array: Any) -> Any:
        """Return a result as it is."""
        return array


_CONVERSIONS: dict[str, Callable[..., Any]] = {
    "asarray": as_array,
    "asanyarray": as_array,
    "atleast_2d": lambda *arrays: np.atleast_2d(*map(as_array, arrays)),
    "array": an_array,
    "_array_converter": _Converter,
    "floor": lambda x, out=None: np.floor(x) if out is None else setitem(out, ..., np.floor(x)),
    "broadcast": lambda *arrays: np.broadcast(*map(value_of, arrays)),
    "concatenate": _concatenate,
    "_makearray": lambda a: (as_array(a), as_array),  # as np.linalg says it
}


def own_text(function: Callable[..., Any], **instead: Any) -> Callable[..., Any]:
    """Copy a function of NumPy, and those of its module that it calls, with our conversions for NumPy's.

    Args:
        function: written in Python, through functions that take Tensors.
        **instead: what further names in its text mean.
    """
    function = inspect.unwrap(function)  # without its dispatcher
    ours = _CONVERSIONS | instead | {"__name__": "autograd.derivatives.by_numpy"}  # where its entries stand
    names = function.__globals__ | ours

    def copy(text: Any) -> FunctionType:
        copied = FunctionType(text.__code__, names, text.__name__, text.__defaults__, text.__closure__)
        copied.__kwdefaults__ = text.__kwdefaults__
        return copied

    for name in function.__globals__.keys() - ours.keys():
        value = names[name]
        if isinstance(value, ModuleType) and hasattr(value, "asanyarray"):  # numpy, under some name
            names[name] = SimpleNamespace(**{**vars(value), **_CONVERSIONS})
        elif inspect.isfunction(value) and value.__globals__ is function.__globals__:
            names[name] = copy(value)
    return copy(function)
