"""Sizes of arrays, which may hold infinities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def norm(arrays: list[Array]) -> float:
    """Return the Euclidean norm of all numbers together."""
    with np.errstate(all="ignore"):
        return math.hypot(*(float(np.linalg.norm(a.astype(float, copy=False))) for a in arrays))


def largest_rms(x: Array) -> float:
    """Return the root mean square of the largest feature of a table, or of other arrays as a whole.

    Example:
        >>> largest_rms(np.array([[3.0, 40.0], [4.0, 30.0]])).__round__(2)
        35.36
    """
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.square(x, dtype=float).mean(0 if x.ndim == 2 else None).max(initial=0.0)))
