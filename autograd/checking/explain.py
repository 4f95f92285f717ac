"""What a Jacobian shows, in words: the worst entry and its cause, kinks and conventions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.checking.causes import Pair, likely_cause
from autograd.checking.entries import Jacobian, Verdicts
from autograd.checking.evaluation import Evaluation
from autograd.checking.kinks import kinks_inside
from autograd.checking.problem import indexed
from autograd.checking.report import WRONG, Row

Array = np.ndarray[Any, Any]


def wrong(e: Evaluation, i: int, jacobian: Jacobian, verdicts: Verdicts) -> Row:
    """Name the worst entry and the likely cause."""
    true, found = jacobian.by.centre.value, jacobian.found
    distance = np.where(verdicts.wrong, np.nan_to_num(np.abs(found - true), nan=0, posinf=0), -1)
    j, k = np.unravel_index(int(np.argmax(distance)), distance.shape)
    error = distance[j, k] / max(abs(found[j, k]), abs(true[j, k]), 1e-300)
    result, element = _entry(e, i, jacobian, int(j), int(k))
    note = (
        f"worst at ∂{result}/∂{element}: the gradient gives {found[j, k]:.9g}, differences give "
        f"{true[j, k]:.9g} ± {jacobian.by.centre.noise[j, k]:.1g}, relative error {error:.2g}"
    )
    cause = likely_cause(_pair(e, i, jacobian, verdicts, int(j)))
    if kinks := kinks_inside(e.problem):
        cause = f"kinks inside the function, which cancel outside, of {', '.join(kinks)}; otherwise: {cause}"
    return e.row(i, WRONG, float(error), note, cause)


def _pair(e: Evaluation, i: int, jacobian: Jacobian, verdicts: Verdicts, j: int) -> Pair:
    """Take of a Jacobian the block of the result that row ``j`` is of, in the arrays' shapes."""
    block, start = _block(e, jacobian, j)
    x, result = e.problem.arrays[i], e.results[block]
    shape: tuple[int, ...] = result.shape + x.shape
    chosen = (jacobian.rows >= start) & (jacobian.rows < start + result.size)
    blocks = [a[chosen] for a in (jacobian.found, jacobian.by.centre.value, verdicts.tolerance)]
    complete = blocks[0].size == math.prod(shape)
    found, true, tolerance = (a.reshape(shape) if complete else a for a in blocks)
    named = zip(e.problem.names, e.problem.arrays, strict=True)
    others = {name: array for name, array in named if array.shape == x.shape}
    lengths = [n for array in (*e.problem.arrays, *e.results) for n in (array.size, *array.shape)]
    return Pair(
        found, np.nan_to_num(true), 1e-6 * float(np.max(np.abs(np.nan_to_num(true)))) + tolerance,
        result.ndim if complete else 1, tuple(lengths), others if complete else {}, partial=not complete,
    )  # fmt: skip


def _entry(e: Evaluation, i: int, jacobian: Jacobian, j: int, k: int) -> tuple[str, str]:
    """Name an element of the results, unless there is only one, and one of the argument."""
    shape = e.problem.arrays[i].shape
    element = indexed(e.problem.names[i], np.unravel_index(jacobian.columns[k], shape))
    block, start = _block(e, jacobian, j)
    index = np.unravel_index(int(jacobian.rows[j]) - start, e.results[block].shape)
    return indexed(e.problem.result_names(e.structure)[block], index), element


def _block(e: Evaluation, jacobian: Jacobian, j: int) -> tuple[int, int]:
    """Find which result a row belongs to, and the number of elements before that."""
    starts = np.cumsum([0, *(result.size for result in e.results)])
    block = int(np.searchsorted(starts, jacobian.rows[j], side="right")) - 1
    return block, int(starts[block])


def undecidable(e: Evaluation, i: int, jacobian: Jacobian, verdicts: Verdicts) -> str:
    """List the kinks, borders, infinite slopes and jumps."""
    a, by = jacobian.found, jacobian.by

    def first(mask: Array) -> tuple[int, int, str]:
        j, k = np.argwhere(mask)[0]
        columns = np.flatnonzero(mask.any(axis=0))
        elements = [_entry(e, i, jacobian, 0, int(c))[1] for c in columns[:4]]
        return int(j), int(k), ", ".join(elements) + (", …" if len(columns) > 4 else "")

    def notes() -> Iterable[str]:
        if verdicts.kink.any():
            j, k, where = first(verdicts.kink)
            low, high = sorted((by.ahead.value[j, k], by.behind.value[j, k]))
            yield f"kink at {where}; the gradient {a[j, k]:.6g} is accepted, from {low:.6g} to {high:.6g}"
        if verdicts.border.any():
            where = "at the border of the domain, or of what steps resolve,"
            yield f"{where} the one-sided slope counts: {first(verdicts.border)[2]}"
        if verdicts.jump.any():
            yield f"the function jumps, so that no derivative can be checked, at {first(verdicts.jump)[2]}"
        if verdicts.convention.any():
            yield f"by convention 0 where the slope is infinite: {first(verdicts.convention)[2]}"

    return "; ".join(notes())
