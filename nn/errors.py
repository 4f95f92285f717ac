"""The error of a function that refuses its arguments, and what is refused most often."""

from __future__ import annotations

from inspect import signature
from numbers import Real
from typing import Any

import numpy as np


class RefusedError(ValueError):
    """An argument is refused, in words that say what was expected, what came, and the usual fix.

    To NumPy's own errors the engine adds what the function and its arguments were; this one
    explains itself.
    """

    explains_itself = True


def shown(value: Any) -> str:
    """Write a value, or of an array what kind it is."""
    shape = getattr(value, "shape", ())
    return f"an array of shape {tuple(shape)}" if shape else repr(value)


def in_two_calls(module: Any) -> str:
    """Say how to make a module, and then give it data."""
    kind, inputs = type(module).__name__, ", ".join(signature(module.forward).parameters)
    return f"the usual fix is nn.{kind}(...)({inputs}), for data come in a second call"


def real_number(name: str, value: Any) -> Any:
    """Refuse what is no number; arrays and Tensors may stand for one."""
    if not isinstance(value, Real) and not hasattr(value, "dtype"):
        raise RefusedError(f"{name}: expected a number, got {shown(value)}")
    return value


def whole_number(name: str, value: Any, least: int = 0) -> int:
    """Refuse what is no whole number, or too small a one."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise RefusedError(f"{name}: expected a whole number from {least}, got {shown(value)}")
    return int(value)
