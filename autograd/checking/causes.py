"""The likely cause of a wrong gradient, as the ratio to the true one shows it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class Pair(NamedTuple):
    """A wrong gradient or Jacobian beside the true one.

    Attributes:
        found: the wrong one.
        true: the true one.
        tolerance: how far apart two elements may be that are the same; infinite where nothing is known.
        results: how many of the leading axes are those of the result; 0 for a gradient.
        lengths: of axes that a mean may go over.
        factors: arrays of the argument's shape, which may be missing in a product, by name.
        partial: whether there are more elements than these.
    """

    found: Array
    true: Array
    tolerance: Array
    results: int = 0
    lengths: tuple[int, ...] = ()
    factors: Mapping[str, Array] = {}
    partial: bool = False

    def same(self, found: Array, true: Array) -> bool:
        """Tell whether two arrays are equal within the tolerance."""
        return found.shape == true.shape and bool(np.all(np.abs(found - true) <= self.tolerance))


def likely_cause(pair: Pair) -> str:
    """Say in words what is probably wrong, or nothing if no pattern fits.

    Example:
        >>> x = np.array([1.0, 2.0, 5.0])
        >>> likely_cause(Pair(-x, x, 1e-9 * np.ones(3)))
        'the sign is wrong'
        >>> likely_cause(Pair(3 * x, x, 1e-9 * np.ones(3), lengths=(3,)))
        'everything is 3 times too large, the length of an axis: a mean is missing'
    """
    if pair.found.shape != pair.true.shape:
        return _of_shapes(pair)
    if pair.same(pair.found, pair.true):
        return ""  # what is so near fits every pattern
    return next((cause for find in _PATTERNS if (cause := find(pair))), "")


def _constant(pair: Pair) -> str:
    if pair.found.size and not pair.found.any():
        return "the gradient is zero: the argument is treated as a constant"
    return ""


def _factor(pair: Pair) -> str:
    """Find one factor for all elements."""
    known = np.isfinite(pair.tolerance)
    true, found = pair.true[known], pair.found[known]
    size = np.max(np.abs(true), initial=0)
    if size == 0:
        return ""
    unit = true / size  # whose square does not underflow
    factor = float(np.vdot(unit, found / size) / np.vdot(unit, unit))
    if factor == 0 or not pair.same(np.where(known, pair.found, 0), np.where(known, factor * pair.true, 0)):
        return ""
    if math.isclose(factor, -1, rel_tol=1e-5):
        return "the sign is wrong"
    sign = " and of the wrong sign" if factor < 0 else ""
    for length in sorted(set(pair.lengths)):
        if length > 2 and math.isclose(abs(factor), length, rel_tol=1e-5):
            return f"everything is {length} times too large{sign}, the length of an axis: a mean is missing"
        if length > 2 and math.isclose(abs(factor) * length, 1, rel_tol=1e-5):
            return (
                f"everything is 1/{length} of what it should be{sign}, and {length} is the length of an "
                f"axis: a mean that should be a sum, or is taken twice"
            )
    if true.size == 1:
        return ""  # of one element, everything is a multiple
    return f"a constant factor: everything is {_number(abs(factor))} times what it should be{sign}"


def _number(factor: float) -> str:
    """Write a factor, as a fraction if it is one, and so that it is not 1."""
    if factor < 2 / 3 and math.isclose(1 / factor, round(1 / factor), rel_tol=1e-5):
        return f"1/{round(1 / factor)}"
    return f"{factor:.4g}" if abs(factor - 1) > 1e-3 else f"{factor:.7f}".rstrip("0")


def _transposed(pair: Pair) -> str:
    """Find two axes that were exchanged, of the argument or of the result."""
    ndim, results = pair.true.ndim, pair.results
    groups = [("of the argument", range(results, ndim), results), ("of the result", range(results), 0)]
    for what, axes, first in groups:
        for a, b in reversed(list(itertools.combinations(axes, 2))):
            if pair.true.shape[a] != pair.true.shape[b]:
                continue
            if pair.same(pair.found, np.swapaxes(pair.true, a, b)):
                sums = ", or a sum goes over the wrong one" if what.endswith("result") else ""
                return f"it is transposed: axes {a - first} and {b - first} {what} are exchanged{sums}"
    return ""


def _of_shapes(pair: Pair) -> str:
    """Compare gradients of different shapes."""
    found, true = pair.found, pair.true
    tolerance = float(np.max(pair.tolerance, initial=0))
    for axes in itertools.permutations(range(found.ndim)) if found.ndim == true.ndim <= 4 else ():
        turned = np.transpose(found, axes)
        if turned.shape == true.shape and np.allclose(turned, true, rtol=0, atol=tolerance):
            return "it is transposed"
    keepdims: Any = found.ndim == true.ndim
    for count in range(1, found.ndim + 1):
        for axes in itertools.combinations(range(found.ndim), count):
            summed = np.sum(found, axis=axes, keepdims=keepdims)
            if summed.shape == true.shape and np.allclose(summed, true, rtol=0, atol=tolerance * found.size):
                over = f"axis {axes[0]}" if count == 1 else f"axes {axes}"
                return f"a sum over {over}, along which the variable was broadcast, is missing"
    return ""


def _lost(pair: Pair) -> str:
    """Find a part that is zero while the rest is right."""
    lost = np.abs(pair.found - pair.true) > pair.tolerance
    if np.any(pair.found[lost]) or np.all(lost[pair.true != 0]):
        return ""
    results = tuple(range(pair.results))
    kept, needed = (np.any(array, axis=results) for array in (pair.found, pair.true))
    every_element = np.all(np.any(lost, axis=results) & kept | ~needed)
    for axis in results if every_element else ():
        gone = np.any(lost, axis=tuple(i for i in range(lost.ndim) if i != axis))
        if not np.all(gone):
            return (
                f"only {_indices(~gone)} of axis {axis} of the result counts: "
                f"a sum over a broadcast axis is missing"
            )
    return "the gradient is zero in a part of the elements, and right elsewhere"


def _indices(chosen: Array) -> str:
    found = np.flatnonzero(chosen).tolist()
    return (
        f"index {found[0]}"
        if len(found) == 1
        else f"indices {', '.join(map(str, found[:4]))}" + (", …" if len(found) > 4 else "")
    )


def _without_cotangent(pair: Pair) -> str:
    rows = pair.found.reshape(math.prod(pair.found.shape[: pair.results]), -1)
    if len(rows) > 1 and np.ptp(rows, axis=0).max(initial=0) == 0:
        return "the pullback does not use the cotangent: it is the same for all elements of the result"
    return ""


def _missing_product(pair: Pair) -> str:
    """Find an array that is missing as a factor, or is one too many."""
    for name, factor in pair.factors.items() if pair.true.any() else ():
        with np.errstate(all="ignore"):
            if pair.same(pair.found * factor, pair.true):
                return f"the factor {name} is missing"
            if pair.same(pair.found, pair.true * factor):
                return f"the factor {name} is too much"
    return ""


def _elsewhere_right(pair: Pair) -> str:
    wrong = int(np.count_nonzero(np.abs(pair.found - pair.true) > pair.tolerance))
    if wrong == pair.true.size:
        return ""
    searched = " that were looked at" if pair.partial else ""
    return f"{wrong} of {pair.true.size} elements{searched} are wrong, the rest is right"


_PATTERNS: tuple[Callable[[Pair], str], ...] = (
    _constant, _factor, _transposed, _lost, _without_cotangent, _missing_product, _elsewhere_right,
)  # fmt: skip
