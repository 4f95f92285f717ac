"""The Jacobian entry by entry: what is wrong, and what no difference can decide."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.checking.differences import EPS, Estimate, Line, Slopes, noise_of_values, scale_of, slopes
from autograd.checking.evaluation import Evaluation
from autograd.checking.problem import Problem, weighted
from autograd.checking.rounding import SizeInside
from autograd.containers import leaves, mapped, ravel_pytree, rebuilt

Array = np.ndarray[Any, Any]
COLUMNS, ROWS = 256, 1024  # the largest part of a Jacobian that is looked at


class Jacobian(NamedTuple):
    """A part of a Jacobian, by the rules and by differences; one row for each element of the results.

    Attributes:
        rows: which elements of all results.
        columns: which elements of the argument.
        found: by the rules.
        by: by differences.
        rounding: of each column, by which a slope may be off since results are rounded.
    """

    rows: Array
    columns: Array
    found: Array
    by: Slopes
    rounding: Array


class Verdicts(NamedTuple):
    """Masks over the entries of a Jacobian: what they are; and the largest error of what is right."""

    wrong: Array
    kink: Array
    border: Array
    convention: Array
    jump: Array
    unclear: Array
    tolerance: Array
    error: float


def jacobian_of(e: Evaluation, i: int, columns: Array, direction: Array, inside: SizeInside) -> Jacobian:
    """Compute the columns of a Jacobian, those of some elements of argument ``i``.

    Args:
        e: the function, evaluated.
        i: the argument.
        columns: the elements, by their flat indices.
        direction: along which the noise of the values is measured.
        inside: says how large values inside of the function are, which is asked if results are not too many.
    """
    problem, x = e.problem, e.problem.exact[i]
    flat, unravel = ravel_pytree([result.astype(float) for result in e.results])
    scales = np.vectorize(scale_of, otypes=[float])(x)
    sizes = np.abs(flat)
    if flat.size <= ROWS:
        sizes = np.maximum(sizes, [inside(unit) for unit in np.eye(flat.size)])
    rounding = 10 * e.eps * np.max(sizes, initial=0) / np.maximum(scales.ravel()[columns], 1)
    noise = noise_of_values(line(problem, i, direction * scales), 1.0, EPS * sizes)
    found: list[Slopes] = []
    for k in columns:
        unit = np.zeros(x.size)
        unit[k] = 1
        at = line(problem, i, unit.reshape(x.shape))
        found.append(slopes(at, scales.flat[k], noise))
    by = _side_by_side(found)
    size = np.max(np.nan_to_num(np.abs(by.centre.value), posinf=0), axis=1)
    rows = np.sort(np.argsort(-size, kind="stable")[:ROWS])
    by = mapped(lambda columns: columns[rows], by)
    analytic = []
    for j in rows:
        seed = np.zeros_like(flat)
        seed[j] = 1
        analytic.append(e.pullback(unravel(seed))[i].ravel()[columns].astype(float))
    return Jacobian(rows, columns, np.reshape(analytic, (len(rows), len(columns))), by, rounding)


def line(problem: Problem, i: int, direction: Array, weights: list[Array] | None = None) -> Line:
    """Return the values along a line through argument ``i``, or their weighted sum, as one array.

    Where the function has no value, there are NaNs.
    """
    arrays = problem.exact
    count = sum(map(np.size, problem.values(arrays)))

    def at(t: float) -> Array:
        moved = [*arrays[:i], arrays[i] + t * direction, *arrays[i + 1 :]]
        try:
            values = problem.values(moved)
        except (ValueError, ArithmeticError):  # outside of its domain
            if t == 0:
                raise
            values = []
        if sum(map(np.size, values)) != count:  # there, or of other shapes there
            return np.full(count if weights is None else 1, np.nan)
        if weights is None:
            return np.concatenate([np.ravel(value) for value in values])
        return np.array([weighted(weights, values)])

    return at


def _side_by_side(found: list[Slopes]) -> Slopes:
    """Make of the slopes of each column those of all of them."""
    columns = zip(*map(leaves, found), strict=True)
    by: Slopes = rebuilt(found[0], iter([np.stack(arrays, axis=1) for arrays in columns]))
    return by


def judged(jacobian: Jacobian, atol: float, rtol: float, caution: float) -> Verdicts:
    """Say of every entry what it is; ``caution`` times its noise may a slope be off."""
    a, by = jacobian.found, jacobian.by
    with np.errstate(invalid="ignore"):

        def near(slope: Estimate) -> tuple[Array, Array]:
            known = np.isfinite(slope.value)
            largest = np.max(np.abs(slope.value), axis=0, initial=0, where=known)  # by each element
            size = np.fmax(np.abs(a), np.abs(slope.value))
            tolerance = atol + rtol * size + caution * slope.noise + rtol**2 * largest + jacobian.rounding
            return np.abs(a - slope.value) <= tolerance, tolerance

        (centre, tolerance), (ahead, wide), (behind, other) = near(by.centre), near(by.ahead), near(by.behind)
        tolerance = np.where(np.isfinite(by.centre.value), tolerance, np.inf)
        low = np.minimum(by.ahead.value, by.behind.value) - np.maximum(wide, other)
        high = np.maximum(by.ahead.value, by.behind.value) + np.maximum(wide, other)
        gap = np.abs(by.ahead.value - by.behind.value)
        sides = np.fmax(np.abs(by.ahead.value), np.abs(by.behind.value))
        kink = gap > caution * (by.ahead.noise + by.behind.noise) + 1e-3 * sides
        one_sided = np.isfinite(by.ahead.value) != np.isfinite(by.behind.value)
        unknown = ~(np.isfinite(by.ahead.value) | np.isfinite(by.behind.value) | by.infinite) & np.isfinite(a)
        convention = by.infinite & (a == 0)
        jump = by.jumps & np.isfinite(a) & ~convention
        special = convention | jump
        kink &= (low <= a) & (a <= high) & ~special
        border = one_sided & (ahead | behind) & ~special & ~kink
        rounding = np.maximum(np.abs(a), np.abs(by.centre.value)) <= 10 * jacobian.rounding
        wrong = ~(rounding | centre | kink | border | special | unknown)
        size = np.fmax(np.abs(a), np.abs(by.centre.value))
        error = np.max(np.abs(a - by.centre.value) / size, initial=0, where=centre & (size > 0))
        unclear = (a != 0) & ~rounding & ~(by.centre.noise <= 0.1 * size)
    tolerance = np.where(wrong | centre, tolerance, np.inf)
    return Verdicts(wrong, kink, border, convention, jump, unclear, tolerance, float(error))
