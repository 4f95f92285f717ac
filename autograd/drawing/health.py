"""What may be wrong with a value or a gradient, in a word."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.drawing.text import rms

EXPLODING, VANISHING = 1e3, 1e-6  # as seen from an output whose gradient is 1


def complaints(
    value: Any, gradient: Any, fades: Callable[[], bool] = lambda: True, given: bool = False
) -> list[str]:
    """List what is conspicuous; of a small gradient only if it ``fades``, and is not just added up to 0.

    An infinity that is ``given``, as by a mask, is none.

    Example:
        >>> complaints(np.array([np.nan, 1.0]), np.array([0.0, 1e-9]))
        ['value is NaN', 'vanishing']
    """
    found = unusable(value, gradient, given)
    if gradient is not None and gradient.size and np.isfinite(gradient).all():
        size = rms(gradient)
        found += strength(size) if size >= VANISHING or fades() else []
    return found


def strength(size: float) -> list[str]:
    """List what is conspicuous about the size of a gradient, of which ``rms`` is the measure."""
    if size == 0:
        return ["dead: no gradient"]
    return ["exploding"] if size > EXPLODING else ["vanishing"] if size < VANISHING else []


def unusable(value: Any, gradient: Any, given: bool = False) -> list[str]:
    """List what is not finite, but for a value whose infinity is ``given``."""
    pairs = ("value", None if given else value), ("grad", gradient)
    return [f"{what} is {word}" for what, x in pairs if x is not None and (word := not_finite(x))]


def not_finite(x: Any) -> str:
    """Say how an array is not finite, or nothing."""
    if x.dtype.kind != "f" or math.isfinite(x.item() if x.size == 1 else np.vdot(x, x)):
        return ""
    return "NaN" if np.isnan(x).any() else "infinite" if np.isinf(x).any() else ""  # or a square overflows
