"""Where nothing flows in, nothing flows on: a zero cotangent never makes a NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def without_nan(contribution: Any, g: Any) -> Any:
    """Put 0 where a contribution is NaN and its cotangent is exactly 0.

    A slope may be infinite or undefined where the function itself is not wanted, as in
    ``np.where(x > 0, np.sqrt(x), 0)`` at 0. One dot product tells whether there is a NaN at all: a
    sum of squares is NaN if a term is.
    """
    if isinstance(contribution, (np.ndarray, np.generic)):
        flat: Any = contribution.ravel("K")  # as it lies in memory, for otherwise vdot would copy it
        some = math.isnan(np.vdot(flat, flat))
    elif hasattr(contribution, "shape"):
        some = np.isnan(contribution).any()
    else:
        raise TypeError(
            f"a pullback must give an array, got {contribution!r}; is a return missing, or an np.array?"
        )
    if not some:
        return contribution
    return np.where(np.isnan(contribution) & (g == 0), 0, contribution)
