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
    array = isinstance(contribution, (np.ndarray, np.generic))
    if not (math.isnan(np.vdot(contribution, contribution)) if array else np.isnan(contribution).any()):
        return contribution
    return np.where(np.isnan(contribution) & (g == 0), 0, contribution)
