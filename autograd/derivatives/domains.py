"""Where functions are differentiable: named intervals of real numbers."""

from __future__ import annotations

import math
from typing import NamedTuple


class Interval(NamedTuple):
    """An open interval of real numbers without some points.

    Example:
        >>> POSITIVE
        Interval(name='x > 0', low=0.0, high=inf, without=())
    """

    name: str
    low: float
    high: float
    without: tuple[float, ...] = ()


REALS = Interval("all reals", -math.inf, math.inf)
POSITIVE = Interval("x > 0", 0.0, math.inf)
NONZERO = Interval("x ≠ 0", -math.inf, math.inf, without=(0.0,))
UNIT = Interval("-1 < x < 1", -1.0, 1.0)
ABOVE_ONE = Interval("x > 1", 1.0, math.inf)
ABOVE_MINUS_ONE = Interval("x > -1", -1.0, math.inf)
