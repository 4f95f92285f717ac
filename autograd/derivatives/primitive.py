"""Functions of our own that take Tensors as NumPy's do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from numpy import ndarray

F = TypeVar("F", bound=Callable[..., Any])


def primitive(function: F, known_as: str = "") -> F:
    """Let a function of arrays take Tensors too, as NumPy's own functions do (NEP 18).

    The body is given arrays. What happens to a Tensor is what the table says of the function.

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

    dispatch.forward, dispatch.known_as = function, known_as  # type: ignore[attr-defined]
    return dispatch  # type: ignore[return-value]
