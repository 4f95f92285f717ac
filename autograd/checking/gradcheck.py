"""Checking gradients against differences of values."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable, Iterator
from numbers import Real
from typing import Any

import numpy as np

from autograd import modes
from autograd.checking.differences import STEP, scale_of
from autograd.checking.evaluation import Evaluation
from autograd.checking.examine import SPREAD, examine
from autograd.checking.problem import Problem, indexed, problem_of, weighted
from autograd.checking.report import RIGHT, UNDECIDED, UNKNOWN, GradientError, GradientWarning, Report, Row

Array = np.ndarray[Any, Any]
NOTHING = 1e-9  # results that change by less, relative to their size, show no slope in two differences


def gradcheck(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    atol: float = 0.0,
    rtol: float | None = None,
    rng: np.random.Generator | int | None = 0,
    raise_exception: bool = True,
    allow_float32: bool = False,
) -> Report:
    """Check the derivatives of ``f`` at ``inputs`` against differences of its values.

    For a direction v of an argument and a cotangent u of the result, ⟨pullback(u), v⟩ must equal
    ⟨u, ∂f/∂v⟩, which central differences at steps h and h/2 give, extrapolated to h = 0; how far the
    extrapolation moves the value is its noise. Where the two disagree, or the noise is too large, a
    ladder of steps finds the one with the least noise, and then the whole Jacobian says which element is
    wrong, and why. At a kink every value between the one-sided slopes is right, and where a slope
    is infinite 0 is, by convention. To order 2 the pullback itself is checked, as a function of the inputs
    *and* of the cotangent.

    Args:
        f: a function of arrays, or of nested containers of arrays; or a module, whose parameters are
            checked too. Their values, ``.grad``, random generators and running statistics stay as they are.
        *inputs: where to check; floating arrays, of float64. Modules among them are taken for
            their parameters. Integers are accepted as inputs of a module, as constants.
        order: up to which order of derivatives.
        atol: tolerated error beside what is relative to the size of the gradient.
        rtol: tolerated relative error; by default 1e-6, or 1e-3 for float32.
        rng: where directions are drawn from.
        raise_exception: whether to raise where a derivative is wrong; otherwise only the report says so.
        allow_float32: whether float32 is accepted. Differences are taken in float64.

    Returns:
        A report, which is true if all is right; it is printed as a table.

    Raises:
        GradientError: a derivative is wrong; it names the argument, the worst element with both
            numbers, and the likely cause.
        TypeError: an input is not of dtype float64, ``f`` gives nothing, or ``order`` is no integer.
        ValueError: an input is not finite, a rule writes to one, which is read-only, or ``order`` or a
            tolerance is too small.

    Warns:
        GradientWarning: ``f`` is too flat or too noisy there to tell.

    Example:
        >>> x, y = np.array([1.0, 2.0]), np.array([0.5, 1.0])
        >>> gradcheck(lambda x, y: np.sum(x * np.exp(y)), x, y)
        gradcheck: derivatives are right to order 1
          order  by  shape  verdict  relative error
          1      x   (2,)   right    ...
          1      y   (2,)   right    ...
        >>> report = gradcheck(lambda x: np.sum(x * x.detach()), x, raise_exception=False)
        >>> report.ok, report.rows[0].cause
        (False, 'a constant factor: everything is 1/2 times what it should be')
    """
    generator = np.random.default_rng(rng)
    problem = problem_of(f, inputs, allow_float32)
    if rtol is None:
        rtol = 1e-6 if all(array.dtype == np.float64 for array in problem.arrays) else 1e-3
    if not hasattr(order, "__index__"):
        raise TypeError(f"order: expected an integer, got {order!r}")
    if order < 1:
        raise ValueError(f"order: expected 1 or more, got {order!r}")
    for name, tolerance in ("atol", atol), ("rtol", rtol):
        if not (isinstance(tolerance, Real) and 0 <= tolerance < math.inf):
            raise ValueError(f"{name}: expected a number from 0, got {tolerance!r}")
    rows: list[Row] = []
    for n in range(1, order + 1):
        evaluation = _evaluated(problem, generator, atol, rtol, n)
        # What there was to warn of, the first evaluation has said.
        with modes.no_grad(), np.errstate(all="ignore"):
            rows += _checked(evaluation, generator)
        report = Report(rows)
        if n == order or not report.ok:
            break
        problem = problem.pulled_back(evaluation.structure, evaluation.cotangents)
    if raise_exception and not report.ok:
        raise GradientError(report)
    for row in rows:
        if row.verdict == UNDECIDED:
            warnings.warn(f"gradcheck, by {row.name}: {row.note}", GradientWarning, stacklevel=2)
    return report


def _evaluated(
    problem: Problem, rng: np.random.Generator, atol: float, rtol: float, order: int
) -> Evaluation:
    """Evaluate and differentiate once, with a random cotangent."""
    structure, results, pullback = problem.differentiated()
    if not results:
        raise TypeError("gradcheck: expected a function that gives arrays, got nothing; is a return missing?")
    cotangents: list[Array] = [np.asarray(rng.normal(size=result.shape)) for result in results]
    if len(results) == 1 and results[0].size == 1:  # neither 1, nor what is its own size or square
        cotangents = [np.full(results[0].shape, -1.5)]
    if len(results) > 1:  # so that no result hides another
        scales = [scale_of(result) for result in results]
        cotangents = [u / max(s, max(scales) / SPREAD) for u, s in zip(cotangents, scales, strict=True)]
    return Evaluation(
        problem, structure, results, cotangents, pullback(cotangents), pullback, atol, rtol, order
    )


def _checked(e: Evaluation, rng: np.random.Generator) -> list[Row]:
    """Check all arguments."""
    recorded = weighted(e.cotangents, e.results)
    for i, result in enumerate([] if math.isfinite(recorded) else e.results):
        if not np.isfinite(result).all():
            name = e.problem.result_names(e.structure)[i]
            bad = int(np.argmin(np.isfinite(result)))
            where = indexed(name, np.unravel_index(bad, result.shape))
            note = f"the function gives {result.flat[bad]} there, so that it has no derivative"
            return [Row(where, result.shape, e.order, UNKNOWN, math.nan, note)]
    exact = all(map(operator.is_, e.problem.exact, e.problem.arrays))
    here = e.results if exact else e.problem.values(e.problem.exact)
    return [_row(e, i, here, rng) for i in range(len(e.problem.exact))]


def _row(e: Evaluation, i: int, here: list[Array], rng: np.random.Generator) -> Row:
    """Check one argument along a random direction, and look closer if two differences do not suffice."""
    arrays, g = e.problem.exact, e.gradients[i]
    x, largest = arrays[i], 0.0
    for part in _parts(g):
        direction = rng.normal(size=x.shape)
        direction = direction if part is None else direction * part
        step = STEP * scale_of(x if part is None else x * part)
        moved = [
            e.problem.values([*arrays[:i], x + t * direction, *arrays[i + 1 :]])
            for t in (step, -step, step / 2, -step / 2)
        ]
        for weighing in e, *_balanced(e, moved, rng):
            error, size, kink = _compared(weighing, i, direction, step, here, moved)
            if kink or not error <= e.atol + e.rtol * size:
                row = examine(weighing, i, direction)
                if row.verdict != RIGHT:
                    return row
                error = row.error * size
            largest = max(largest, error / size if size else 0.0)
    return e.row(i, RIGHT, largest)


def _compared(
    e: Evaluation, i: int, direction: Array, step: float, here: list[Array], moved: list[list[Array]]
) -> tuple[float, float, bool]:
    """Return the error of a slope, the size of its terms, and whether there seems to be a kink."""
    terms = e.gradients[i] * direction
    size = math.sqrt(np.vdot(terms, terms))
    ahead, behind, half_ahead, half_behind = (weighted(e.cotangents, values) for values in moved)
    twice = 2 * weighted(e.cotangents, here)
    coarse, fine = (ahead - behind) / (2 * step), (half_ahead - half_behind) / step
    numeric = (4 * fine - coarse) / 3
    error = abs(float(np.vdot(e.gradients[i], direction)) - numeric)
    bends = abs(half_ahead + half_behind - twice) / step
    kink = bends > 0.4 * abs(ahead + behind - twice) / step and bends > 1e-5 * size
    return error, size, kink


def _balanced(e: Evaluation, moved: list[list[Array]], rng: np.random.Generator) -> Iterator[Evaluation]:
    """Return cotangents to which all results count alike, if some change so much that they hide others."""
    ahead, behind, *_ = moved
    if len(ahead) == ahead[0].size == 1:
        return
    changes = [np.abs(a - b) for a, b in zip(ahead, behind, strict=True)]
    terms = [np.abs(u) * change for u, change in zip(e.cotangents, changes, strict=True)]
    most = max(float(term.max(initial=0.0)) for term in terms)
    least = min(float(term.min(initial=most, where=term > 0)) for term in terms)
    if least * SPREAD >= most or not math.isfinite(most):
        return
    cotangents = []
    for a, change in zip(ahead, changes, strict=True):
        seen = change > NOTHING * np.abs(a)  # and is not just rounding
        cotangents.append(rng.normal(size=a.shape) * seen * most / np.where(seen, change, 1))
    yield e._replace(cotangents=cotangents, gradients=e.pullback(cotangents))


def _parts(g: Array) -> list[Array | None]:
    """Return masks of those elements that are checked together: of similar gradients; None is all."""
    size = np.abs(g)
    most = size.max(initial=0.0)
    if (
        size.min(initial=most) * SPREAD >= most
        or not ((size > 0) & (size * SPREAD < most)).any()
        or not np.isfinite(most)
    ):
        return [None]
    decades = np.where(size > 0, np.log(most / np.where(size > 0, size, 1)) // np.log(SPREAD), 0)
    return [(decades == decade).astype(float) for decade in np.unique(decades)]
