"""Where nothing flows in, nothing flows on: what a zero cotangent meets, NaN or infinite, makes no NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def has_nan(x: Any) -> bool:
    """Tell whether there is a NaN. One dot product does: a sum of squares is NaN if a term is."""
    if type(x) is not np.ndarray:
        return bool(np.isnan(x).any())
    flat = x.ravel("K")  # as it lies in memory, for otherwise vdot would copy it
    return math.isnan(np.vdot(flat, flat))


def without_nan(contribution: Any, g: Any, axis: int | tuple[int, ...] = ()) -> Any:
    """Put 0 where a contribution is NaN and the cotangents that it is made of are exactly 0.

    These are all of g along an axis, or several; by default the one in the same place.
    """
    if not has_nan(contribution):
        return contribution
    return np.where(
        np.isnan(contribution) & np.all(np.equal(g, 0), axis=axis, keepdims=True), 0, contribution
    )


def times(g: Any, slope: Any) -> Any:
    """Multiply, where 0 · NaN and 0 · ∞ are 0 if the zero is a cotangent."""
    product = g * slope
    if type(product) is np.ndarray and not g.ndim and g:  # the usual cotangent of a mean
        return product
    return without_nan(product, g)


def over_rows(product: Callable[..., Any], g: Any, x: Any, *how: Any) -> Any:
    """Multiply and sum over the rows of both; where a row of the cotangent is 0, that of x may be NaN."""
    result = product(g, x, *how)
    if not has_nan(result):
        return result
    reached = np.any(np.not_equal(g, 0), axis=tuple(range(1, g.ndim)))
    return product(g, np.where(reached.reshape(-1, *[1] * (x.ndim - 1)), x, 0), *how)
