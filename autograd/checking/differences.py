"""Slopes of a function from its values, each with an estimate of its noise.

Along a line, ``at(t)`` gives the values of all results as one array. Every result gets slopes of
its own: the central one, and those ahead and behind, which differ at a kink.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
Line = Callable[[float], Array]

EPS = float(np.finfo(float).eps)
TINY = 1e-300  # so that quotients of steps are finite
STEP = 1e-4  # of the two differences that usually settle it, in units of the argument's scale
_RATIO = 4.0  # of one step of the ladder to the next
_SPACINGS = 1e-3, 1e-6, 1e-9, 1e-12  # at which the noise of values is measured
_ROUNDING = 1e-6  # of values; what varies more is the function, not its noise
_ALL = 0.03  # of values; what varies by such a part from one spacing to the next are waves
_BEND = 6.0  # sixth differences of a smooth function grow by 0.618⁻⁶ = 18 from one spacing to the other
_SIXTH = np.array([1, -6, 15, -20, 15, -6, 1.0])
_CONTRADICTION = 10.0  # so many times their noise differ the slopes of steps that contradict each other
_UNRESOLVED = 30.0  # so many times more than by rounding does a function vary that is not resolved
_UNIFORM = 6  # so many ratios in sequence must agree before a slope is called infinite


class Estimate(NamedTuple):
    """A slope of every result, and how far off it may be."""

    value: Array
    noise: Array


class Slopes(NamedTuple):
    """The slopes of all results along a line.

    Attributes:
        centre: from differences over both sides.
        ahead: on the side of t > 0.
        behind: on the side of t < 0.
        infinite: where a one-sided slope grows without bound.
        jumps: where the function is not continuous.
    """

    centre: Estimate
    ahead: Estimate
    behind: Estimate
    infinite: Array
    jumps: Array


def scale_of(x: Array) -> float:
    """Choose the scale of steps: that of the largest element, or 1 where this is near.

    Example:
        >>> scale_of(np.array([0.3, -0.1])), scale_of(np.array([1e8, 1.0])), scale_of(np.zeros(2))
        (1.0, 100000000.0, 1.0)
    """
    largest = float(np.abs(x).max(initial=0.0))
    return 1.0 if largest == 0 or 0.01 <= largest <= 1 else largest


def noise_of_values(at: Line, scale: float, floor: Array) -> Array:
    """Estimate the noise of values from sixth differences, which smooth functions do not have.

    Of several spacings the most noise counts: at the least ones, steps inside of the function may be
    too small to change anything, and values look smooth. Spacings that see the function bend, or jump
    over its waves, do not count. Two that are no multiples of each other go together, since one may
    fit the rounding by chance; they lie on either side, since noise does, and a kink on one only.
    Where even the least spacing sees nothing but waves, noise is infinite.

    Args:
        at: the function along a line.
        scale: of steps.
        floor: the rounding of the values, as far as their size tells.

    Source: J. Moré, S. Wild, Estimating computational noise (2011).
    """
    size = np.abs(at(0.0))
    found, counted = [], []
    for spacing in _SPACINGS:
        wide, narrow = (_sixth_differences(at, factor * spacing * scale) for factor in (1, -0.618))
        noise = np.maximum(wide, narrow)
        found.append(noise)
        alike = noise < _BEND * np.minimum(wide, narrow)
        counted.append(np.where((noise <= _ROUNDING * size) & alike, noise, 0))
    most, least = np.max(counted, axis=0), np.min(found, axis=0)
    least = np.where(np.isfinite(least), least, 0)
    size = np.maximum(size, np.abs(at(_SPACINGS[-1] * scale)))
    waves = np.isfinite(found[-1]) & (least > np.maximum(_ALL * size, _UNRESOLVED * floor))
    return np.where(waves, np.inf, np.maximum(floor, np.where(most > 0, most, least)))


def _sixth_differences(at: Line, spacing: float) -> Array:
    """Return the noise that one spacing shows, or infinity where the values do not change."""
    values = np.stack([at((i + 1) * spacing) for i in range(9)])  # without 0, where a kink may be
    sixth = np.stack([_SIXTH @ values[i : i + 7] for i in range(3)])
    noise = np.sqrt(np.mean(sixth**2, axis=0) / np.sum(_SIXTH**2))
    changes = np.count_nonzero(np.diff(values, axis=0), axis=0) >= 4
    return np.where(changes & np.isfinite(noise), noise, np.inf)


def slopes(at: Line, scale: float, noise: Array) -> Slopes:
    """Find the slopes with a ladder of steps, of which every result takes the one with least noise.

    Args:
        at: the function along a line.
        scale: of steps.
        noise: of the values, as :func:`noise_of_values` gives it.
    """
    steps = _ladder(scale)
    here = at(0.0)

    def reached(step: float) -> Array:
        try:
            return at(step)
        except (ArithmeticError, TypeError, ValueError):  # a long step may lead out of the function's domain
            return np.full_like(here, np.nan)

    beyond, before = (np.stack([reached(sign * step) for step in steps]) for sign in (1, -1))
    column = steps[:, None]
    centre = _settled((beyond - before) / (2 * column), steps, noise, order=2)
    sides = [(beyond - here), (here - before)]
    ahead, behind = (_settled(side / column, steps, noise, order=1) for side in sides)
    # A kink that is very near may leave the sides clear, but not the difference over both.
    clear = np.abs(ahead.value - behind.value) <= ahead.noise + behind.noise
    better = np.where(ahead.noise < behind.noise, ahead, behind)
    centre = Estimate(*np.where(clear & np.isnan(centre.value), better, centre))
    powers = [_power(np.abs(side), noise) for side in sides]
    return Slopes(
        centre,
        ahead,
        behind,
        infinite=np.any([(p > 0.02) & (p < 0.97) for p in powers], axis=0),
        jumps=np.any([p <= 0.02 for p in powers], axis=0),
    )


def _ladder(scale: float) -> Array:
    """Choose steps from the larger of ``scale`` and 1 down to where arguments no longer change."""
    largest, least = 4 * max(scale, 1.0), max(1e-12 * min(scale, 1.0), 8 * EPS * scale, TINY)
    return largest * _RATIO ** -np.arange(int(np.log(largest / least) / np.log(_RATIO)) + 1)


def _settled(differences: Array, steps: Array, noise: Array, order: int) -> Estimate:
    """Extrapolate from each step to the next, and take what its neighbours confirm best."""
    weight = _RATIO**order
    limits = (weight * differences[1:] - differences[:-1]) / (weight - 1)
    changes = np.abs(np.diff(limits, axis=0))
    rounding = 4 * noise / steps[2:-1, None] + EPS * np.abs(limits[1:-1])
    spread = np.maximum(changes[:-1], changes[1:]) + rounding
    spread = np.where(np.isfinite(spread), spread, np.inf)
    # Up from the least step, noise falls, until the steps become too long for the function. Beyond, slopes
    # may settle again, over a kink or over many periods of a sine, and contradict those of shorter steps.
    doubt = _CONTRADICTION * spread
    low = np.maximum.accumulate(np.nan_to_num(limits[1:-1] - doubt, nan=-np.inf, neginf=-np.inf)[::-1])[::-1]
    high = np.minimum.accumulate(np.nan_to_num(limits[1:-1] + doubt, nan=np.inf, posinf=np.inf)[::-1])[::-1]
    best = np.argmin(np.where(low > high, np.inf, spread), axis=0)[None]
    value, least = (np.take_along_axis(a, best, axis=0)[0] for a in (limits[1:-1], spread))
    # Where slopes change the more the shorter the steps are, and not by rounding, all steps are too long.
    shorter = np.arange(len(spread))[:, None] > best
    limit = np.maximum(_UNRESOLVED * rounding, _CONTRADICTION * least)
    least = np.where(np.any(shorter & (spread > limit), axis=0), np.inf, least)
    return Estimate(np.where(np.isfinite(least), value, np.nan), least)


def _power(changes: Array, noise: Array) -> Array:
    """Find p where changes go with the p-th power of the step, down to the least; otherwise NaN.

    A smooth function has p = 1 or above, an infinite slope less, a jump 0.
    """
    found = np.full(changes.shape[1], np.nan)
    for j, column in enumerate(changes.T):
        seen = column[np.isfinite(column) & (column > 100 * noise[j])][-_UNIFORM - 1 :]
        if len(seen) > _UNIFORM:
            powers = -np.diff(np.log(seen)) / np.log(_RATIO)
            if np.ptp(powers) < 0.05:
                found[j] = np.mean(powers)
    return found
