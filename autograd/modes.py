"""Modes that hold for one thread at a time: whether calls are recorded, and the default dtype."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt

F = TypeVar("F", bound=Callable[..., Any])
recording: ContextVar[bool] = ContextVar("recording", default=True)
transforming: ContextVar[str] = ContextVar("transforming", default="")
_default_dtype: np.dtype[Any] = np.dtype(np.float64)


class set_grad_enabled(ContextDecorator):
    """Record calls, or not, inside a ``with`` block or a decorated function, in this thread.

    Example:
        >>> w = tensor([1.0, 2.0], requires_grad=True)
        >>> with set_grad_enabled(False):
        ...     y = 2 * w
        >>> y.requires_grad
        False
    """

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self._tokens: list[Token[bool]] = []

    def __call__(self, function: F) -> F:
        """Decorate a function; one whose body runs later, step by step, is refused."""
        if isgeneratorfunction(function) or iscoroutinefunction(function) or isasyncgenfunction(function):
            raise TypeError(
                f"{function.__name__} is a generator or coroutine, whose body runs when the mode has ended; "
                f"the usual fix is a with block inside it"
            )
        return super().__call__(function)

    def _recreate_cm(self) -> set_grad_enabled:
        return set_grad_enabled(self.mode)

    def __enter__(self) -> None:
        self._tokens.append(recording.set(self.mode))

    def __exit__(self, *exception: object) -> None:
        recording.reset(self._tokens.pop())


@overload
def no_grad() -> set_grad_enabled: ...
@overload
def no_grad(function: F, /) -> F: ...
def no_grad(function: F | None = None, /) -> set_grad_enabled | F:
    """Record nothing inside: results need no gradient, and leaves may be written in place.

    As a decorator it may stand with or without parentheses.

    Example:
        >>> w = tensor([1.0, 2.0], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> with no_grad():
        ...     w -= 0.1 * w.grad
        >>> w
        tensor([0.8, 1.6], requires_grad=True)
    """
    mode = set_grad_enabled(False)
    return mode if function is None else mode(function)


@overload
def enable_grad() -> set_grad_enabled: ...
@overload
def enable_grad(function: F, /) -> F: ...
def enable_grad(function: F | None = None, /) -> set_grad_enabled | F:
    """Record calls again inside a block, or a decorated function, under :func:`no_grad`."""
    mode = set_grad_enabled(True)
    return mode if function is None else mode(function)


def is_grad_enabled() -> bool:
    """Tell whether calls are recorded now, in this thread."""
    return recording.get()


def is_transforming() -> bool:
    """Tell whether a transform such as ``grad`` runs now, whose result is wrong if numbers leave the graph.

    Example:
        >>> is_transforming(), autograd.grad(lambda x: x * is_transforming())(2.0).item()
        (False, 1.0)
    """
    return bool(transforming.get())


def set_default_dtype(dtype: npt.DTypeLike) -> None:
    """Choose the dtype of Tensors made of Python floats, and of parameters, in the whole process.

    NumPy's habit, and the default, is float64; PyTorch's is float32.

    Raises:
        TypeError: ``dtype`` is not a real floating type.
    """
    global _default_dtype
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"set_default_dtype: expected a floating dtype such as float32, got {dtype!r}")
    _default_dtype = np.dtype(dtype)


def get_default_dtype() -> np.dtype[Any]:
    """Return the dtype of Tensors made of Python floats: float64, unless it was changed."""
    return _default_dtype
