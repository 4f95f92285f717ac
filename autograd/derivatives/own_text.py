"""How a function that NumPy writes in Python is defined: by its own text.

That text makes arrays of what it is given. Here it runs with conversions that let Tensors through.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from autograd.derivatives.shapes import astype


def as_array(data: Any, dtype: Any = None, *, copy: bool | None = None, subok: bool = True) -> Any:
    """Make an array of nested lists that may hold Tensors, or convert a Tensor to a dtype, as np.asanyarray does."""
    if isinstance(data, (list, tuple)) and data:
        data = np.stack([as_array(part) for part in data])
    array = data if hasattr(data, "__array_function__") else np.asarray(data)
    return array if dtype is None else astype(array, dtype)


def alike(*data: Any) -> list[Any]:
    """Make arrays of one dtype of lists, numbers, arrays and Tensors."""
    arrays = [as_array(part) for part in data]
    return [astype(array, np.result_type(*arrays), copy=False) for array in arrays]


def _concatenate(arrays: Any, axis: int | None = 0, dtype: Any = None, **how: Any) -> Any:
    """Join arrays, Tensors and lists of them; ``casting`` says nothing where all are of floating numbers."""
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise TypeError(f"dtype: expected a floating one, for others have no gradient, got {np.dtype(dtype)}")
    return np.concatenate([as_array(part, dtype) for part in arrays], axis)


_CONVERSIONS: dict[str, Callable[..., Any]] = {
    "asarray": as_array,
    "asanyarray": as_array,
    "atleast_2d": lambda *arrays: np.atleast_2d(*map(as_array, arrays)),
    "array": lambda *args, **how: np.copy(as_array(*args, **how)),
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
