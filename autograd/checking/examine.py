"""A second look at an argument whose gradient two differences could not confirm."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from autograd.checking import entries, explain
from autograd.checking.complex_step import complex_slope
from autograd.checking.differences import EPS, STEP, noise_of_values, scale_of, slopes
from autograd.checking.evaluation import Evaluation
from autograd.checking.problem import indexed, weighted
from autograd.checking.report import CONVENTION, KINK, RIGHT, UNDECIDED, UNKNOWN, WRONG, Row
from autograd.checking.rounding import SizeInside, size_inside

Array = np.ndarray[Any, Any]
SPREAD = 1e4  # elements that differ more in size are looked at apart, so that none hides another
_CAUTION = 4.0  # so many times its noise may a slope be off
_CLEAR = 0.01  # so large a part of a slope may be noise if it is to tell small errors
_RANDOM = (
    "the function gives different results when it is called twice. If it draws random numbers, draw "
    "them once, before, or seed a generator inside the function; a module may need eval()"
)


class Along(NamedTuple):
    """What a line in a random direction shows.

    Attributes:
        claimed: the slope that the gradient gives.
        value: the slope that differences give.
        noise: of that.
        agree: whether the two are equal, as far as the noise lets one tell.
        clear: whether it lets one tell.
        smooth: whether there is no kink, jump or infinite slope.
        flat: whether there is noise only because the slope is so small.
    """

    claimed: float
    value: float
    noise: float
    agree: bool
    clear: bool
    smooth: bool
    flat: bool

    @property
    def gap(self) -> float:
        """How far apart the two are at least."""
        return abs(self.claimed - self.value) - self.noise

    @property
    def error(self) -> float:
        """The relative error."""
        return abs(self.claimed - self.value) / (max(abs(self.claimed), abs(self.value)) or 1)

    def __str__(self) -> str:
        return (
            f"along a random direction the gradient gives {self.claimed:.9g}, "
            f"differences give {self.value:.9g} ± {self.noise:.1g}"
        )


def examine(e: Evaluation, i: int, direction: Array) -> Row:
    """Decide on argument ``i``: along a line with many steps, then entry by entry."""
    results = e.problem.values(e.problem.arrays)
    if not all(map(np.array_equal, results, e.problem.values(e.problem.arrays))):
        return e.row(i, UNKNOWN, note=_RANDOM)
    g = e.gradients[i]
    if not np.array_equal(g, e.pullback(e.cotangents)[i], equal_nan=True):
        return e.row(i, WRONG, note="the pullback gives different gradients when it is called twice")
    if not np.isfinite(g).all():
        bad = np.flatnonzero(~np.isfinite(g))
        where = indexed(e.problem.names[i], np.unravel_index(bad[0], g.shape))
        more = f", and at {len(bad) - 1} more elements" if len(bad) > 1 else ""
        return e.row(i, WRONG, note=f"the gradient is {g.flat[bad[0]]} at {where}{more}")
    along = _along(e, i, direction, results)
    if along.agree and along.smooth and along.clear:
        return e.row(i, RIGHT, along.error)
    inside = size_inside(e.problem)  # whose rounding the results may have
    along = _along(e, i, direction, results, inside)
    note = f"the function is too {'flat' if along.flat else 'noisy'} to tell: {along}"
    undecided = e.row(i, UNDECIDED, along.error, note)
    if along.agree and along.smooth and (along.clear or (along.flat and not _spread(results))):
        return e.row(i, RIGHT, along.error) if along.clear else undecided
    jacobian = entries.jacobian_of(e, i, _columns(e, i, direction), direction, inside)
    verdicts = entries.judged(jacobian, e.atol, e.rtol, _CAUTION)
    if verdicts.wrong.any():
        return explain.wrong(e, i, jacobian, verdicts)
    if note := explain.undecidable(e, i, jacobian, verdicts):
        only_conventions = not (verdicts.kink | verdicts.border | verdicts.jump).any()
        return e.row(i, CONVENTION if only_conventions else KINK, note=note)
    if not along.agree and not _is_linear(e, i, jacobian):
        ignored = np.array_equal(e.pullback([2 * u for u in e.cotangents])[i], e.gradients[i])
        fault = "does not use the cotangent" if ignored else "is not linear in the cotangent"
        return e.row(i, WRONG, along.error, str(along), f"the pullback {fault}")
    unknown = along.noise == math.inf  # all steps along the line leave the domain, where elements are tiny
    if along.agree or unknown:
        partial = unknown and len(jacobian.columns) < g.size
        unclear = (verdicts.unclear.any() or partial) and not along.clear
        return undecided if unclear else e.row(i, RIGHT, verdicts.error)
    verdicts = entries.judged(jacobian, e.atol, e.rtol, caution=1.0)
    if verdicts.wrong.any():
        return explain.wrong(e, i, jacobian, verdicts)
    # A line whose steps fit the largest element may lead over kinks that are near to small ones.
    if along.gap > _doubt(e, direction, jacobian, verdicts):
        return e.row(i, RIGHT, verdicts.error)
    return e.row(i, WRONG, along.error, str(along))


def _along(
    e: Evaluation, i: int, direction: Array, results: list[Array], inside: SizeInside | None = None
) -> Along:
    """Compare the slopes along a line, by the rounding of the results or of what is ``inside``."""
    scale, terms = scale_of(e.problem.exact[i] * (direction != 0)), e.gradients[i] * direction
    at = entries.line(e.problem, i, direction, e.cotangents)
    size = _size(e.cotangents, results)
    other = [a - b for a, b in zip(results, e.results, strict=True)]  # recorded, values may round otherwise
    if inside:
        size = max(size, inside(np.concatenate([np.ravel(u) for u in e.cotangents])))
    noise_of = noise_of_values(at, scale, np.array([EPS * size + _size(e.cotangents, other)]))
    by = slopes(at, scale, noise_of)
    claimed, value, noise = float(np.sum(terms)), by.centre.value.item(), by.centre.noise.item()
    exact = complex_slope(e.problem, i, direction, e.cotangents)
    if exact is not None and abs(exact - value) <= noise <= 0.01 * abs(exact):
        value, noise = exact, min(noise, noise_of.item() / scale)
    gap = abs(by.ahead.value - by.behind.value) - 10 * (by.ahead.noise + by.behind.noise)
    kink = gap > 1e-3 * np.fmax(abs(by.ahead.value), abs(by.behind.value))
    largest = max(abs(claimed), abs(value))
    flat = _CLEAR * largest < noise <= 1e-9 * size / scale
    rounding = e.eps * size / scale
    tolerance = e.atol + e.rtol * float(np.linalg.norm(terms)) + _CAUTION * noise + 10 * rounding
    only_rounding = claimed == 0 or 0.01 * EPS * size < abs(claimed) * scale < 100 * EPS * size
    return Along(
        claimed,
        value,
        noise,
        agree=abs(claimed - value) <= tolerance,
        clear=noise + 10 * rounding <= _CLEAR * largest or (flat and only_rounding),
        smooth=not (kink | by.infinite | by.jumps).any(),
        flat=flat,
    )


def _size(weights: list[Array], values: list[Array]) -> float:
    """Return how large a sum is of which no parts cancel."""
    return weighted(map(np.abs, weights), map(np.abs, values))


def _spread(results: list[Array]) -> bool:
    """Tell whether some results are so much larger than others that they hide them."""
    sizes = np.abs(np.concatenate([np.ravel(result) for result in results]))
    return bool(np.any(sizes * SPREAD < sizes.max(initial=0)))


def _is_linear(e: Evaluation, i: int, jacobian: entries.Jacobian) -> bool:
    """Tell whether the pullback of a sum is that of the parts, if all parts are known."""
    if len(jacobian.rows) < sum(result.size for result in e.results):
        return True
    weights = np.concatenate([np.ravel(u) for u in e.cotangents])[jacobian.rows]
    pulled = e.gradients[i].ravel()[jacobian.columns]
    atol = max(1e-9, 10 * e.eps) * float(np.max(np.abs(weights) @ np.abs(jacobian.found), initial=0))
    return np.allclose(weights @ jacobian.found, pulled, rtol=max(1e-6, 1e3 * e.eps), atol=atol)


def _doubt(e: Evaluation, direction: Array, jacobian: entries.Jacobian, verdicts: entries.Verdicts) -> float:
    """Return how far off the slope along a line can be, as far as differences by each element tell."""
    if jacobian.found.size < direction.size * sum(result.size for result in e.results):
        return math.inf
    weights = np.concatenate([np.ravel(u) for u in e.cotangents])[jacobian.rows]
    terms = np.abs(np.outer(weights, direction.ravel()[jacobian.columns]))
    return float(np.sum(np.multiply(terms, verdicts.tolerance, where=terms > 0, out=np.zeros_like(terms))))


def _columns(e: Evaluation, i: int, direction: Array) -> Array:
    """Choose elements: all, or the few that a search by halves finds most at odds."""
    chosen = np.arange(e.gradients[i].size)
    terms = (e.gradients[i] * direction).ravel()
    step = STEP * scale_of(e.problem.exact[i] * (direction != 0))
    while chosen.size > entries.COLUMNS:
        halves = np.array_split(chosen, 2)
        errors = []
        for half in halves:
            part = np.zeros(direction.size)
            part[half] = direction.flat[half]
            at = entries.line(e.problem, i, part.reshape(direction.shape), e.cotangents)
            difference = (at(step) - at(-step)).item() / (2 * step)
            errors.append(abs(float(np.sum(terms[half])) - difference))
        chosen = halves[int(errors[1] > errors[0])]
    return chosen
