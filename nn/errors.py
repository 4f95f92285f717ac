"""The error of a function that refuses its arguments, and what is refused most often."""

from __future__ import annotations

from typing import Any

import numpy as np


class RefusedError(ValueError):
    """An argument is refused, in words that say what was expected, what came, and the usual fix.

    To NumPy's own errors the engine adds what the function and its arguments were; this one
    explains itself.
    """

    explains_itself = True


def whole_number(name: str, value: Any, least: int = 0) -> int:
    """Refuse what is no whole number, or too small a one."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise RefusedError(f"{name}: expected a whole number from {least}, got {value!r}")
    return int(value)
