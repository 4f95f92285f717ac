"""Functions of our own that take Tensors as NumPy's do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from numpy import asarray, ndarray

F = TypeVar("F", bound=Callable[..., Any])

MASKED = (
    "masked arrays have no gradients here, for their masks would be lost; the usual fix is "
    "np.where(mask, 0, x.filled(0)), and the mean of what is left"
)


def primitive(function: F, known_as: str = "") -> F:
    """Let a function of arrays take Tensors too, as NumPy's own functions do (NEP 18).

    The body is given arrays in the place of Tensors. What happens to a Tensor is what the table says of the function.

    Args:
        function: the function of arrays.
        known_as: the name that users know, where the function is what the definition of another calls.
    """

    @wraps(function)
    def dispatch(*args: Any, **kwargs: Any) -> Any:
        for argument in (*args, *kwargs.values()) if kwargs else args:
            if type(argument) is not ndarray and hasattr(argument, "__array_function__"):
                return argument.__array_function__(dispatch, (), args, kwargs)
        return function(*args, **kwargs)

    def again(*args: Any, **kwargs: Any) -> Any:
        """Take subclasses of ndarray for arrays: ``*`` of a matrix is another product."""
        named = {name: _plain(value) for name, value in kwargs.items()}
        return dispatch(*map(_plain, args), **named)

    def _plain(value: Any) -> Any:
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError(f"{known_as or function.__name__}: {MASKED}")
        return asarray(value) if isinstance(value, ndarray) else value

    dispatch.forward, dispatch.known_as = function, known_as  # type: ignore[attr-defined]
    dispatch._implementation = again  # type: ignore[attr-defined]  # what ndarray's __array_function__ calls
    return dispatch  # type: ignore[return-value]
