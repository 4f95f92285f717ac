"""Sorting, order statistics, and the set functions: elements are chosen by their values.

A chosen element hands its cotangent back in equal shares to all elements that have its value.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.indexing import scatter
from autograd.derivatives.primitive import primitive
from autograd.derivatives.reductions import as_rows
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative, refused


# fmt: off
@primitive
def chosen(x: Any, choose: Callable[[Any], Any]) -> Any:
    """Compute ``choose(x)``, whose elements are all elements of ``x``."""
    return choose(x)

def _unsorted(g: Any, x: Any, axis: int | None) -> Any:
    """Hand the cotangents of the sorted ``x`` back to ``x``; equal elements all get their mean."""
    if axis is None:
        return np.reshape(_unsorted(g, np.ravel(x), 0), np.shape(x))
    x, g = np.moveaxis(value_of(x), axis, -1), np.moveaxis(g, axis, -1)
    order = np.argsort(x)
    np.put_along_axis(rank := np.empty_like(order), order, np.arange(np.shape(x)[-1]), -1)
    x = np.take_along_axis(x, order, -1)
    new = np.not_equal(x[..., 1:], x[..., :-1]) & ~np.isnan(x[..., :-1])
    if not np.all(new):
        runs = np.reshape(np.cumsum(np.insert(new, 0, True, -1)), x.shape) - 1
        g = (scatter(g, runs, (runs.max() + 1,)) / np.bincount(np.ravel(runs)))[runs]
    return np.moveaxis(np.take_along_axis(g, rank, -1), -1, axis)

def _unchosen(g: Any, x: Any, out: Any) -> Any:
    places = np.searchsorted(np.sort(value_of(x), None), value_of(out))
    return _unsorted(scatter(g, places, (np.size(x),)), x, None)

def _unique(ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, *, equal_nan: bool = True) -> Any:
    values = chosen(ar, lambda x: np.unique(x, equal_nan=equal_nan))
    _, *rest = np.unique(value_of(ar), True, True, True, equal_nan=equal_nan)
    wanted = [x for x, asked in zip(rest, (return_index, return_inverse, return_counts), strict=True) if asked]
    return (values, *wanted) if wanted else values

derivative(chosen,       lambda g, x, out: _unchosen(g, x, out), None, kind="choice")
derivative(np.sort,      lambda g, x, axis=-1: _unsorted(g, x, axis),                        keywords="kind stable", kind="choice")
derivative(np.partition, lambda g, x, out, axis=-1: _unsorted(np.take_along_axis(g, np.argsort(out, axis), axis), x, axis), None, names="x kth", keywords="kind", kind="choice")
refused("it is for complex numbers; use np.sort", np.sort_complex)

definition(np.unique,       _unique)
definition(np.intersect1d,  lambda ar1, ar2, assume_unique=False: chosen(
    np.append(ar1, ar2), lambda both: np.intersect1d(both[: np.size(ar1)], both[np.size(ar1) :], assume_unique)))
definition(np.setdiff1d,    lambda ar1, ar2, assume_unique=False: chosen(ar1, lambda x: np.setdiff1d(x, value_of(ar2), assume_unique)))
definition(np.unique_values, lambda x: chosen(x, np.unique_values))

# Order statistics. By how much the place of a quantile of n numbers grows with q: by n and by this, where not in jumps
_GROWTH = {"linear": -1, "hazen": 0, "interpolated_inverted_cdf": 0, "weibull": 1, "median_unbiased": 1 / 3, "normal_unbiased": 1 / 4}

def _quantile(whole: int, skip_nan: bool, a: Any, q: Any, axis: Any = None, *, method: Any = "linear", keepdims: bool = False) -> Any:
    """Interpolate between two elements of the sorted rows, where NumPy finds the quantile of 0, 1, 2 ..."""
    rows = np.sort(as_rows(a, axis))
    dtype = rows.dtype if type(q) in (int, float) else np.result_type(rows, np.asarray(value_of(q)))
    q = np.divide(q, whole)
    numbers = np.sum(~np.isnan(rows), axis=1) if skip_nan else np.full(np.shape(rows)[:1], np.shape(rows)[1])
    lengths, which = np.unique(numbers, return_inverse=True)
    place = np.stack([np.quantile(np.arange(n, dtype=float), value_of(q), method=method) if n else np.zeros(np.shape(q)) for n in lengths], -1)[..., which]
    growth = numbers + _GROWTH[method] if method in _GROWTH else 0
    low, part = np.floor(place).astype(int), astype(place % 1 + growth * (q - value_of(q))[..., None], dtype)
    row = np.arange(len(numbers))
    below, above = rows[row, low], rows[row, np.minimum(low + 1, np.shape(rows)[1] - 1)]
    result = np.where(np.equal(part, 0), below, below * (1 - part) + above * part)
    result = result if skip_nan else np.where(np.isnan(rows[:, -1]), rows[:, -1], result)
    return np.reshape(result, np.shape(q) + np.shape(np.sum(np.ones(np.shape(a), bool), axis=axis, keepdims=keepdims)))

definition(np.quantile,      partial(_quantile, 1, False))
definition(np.percentile,    partial(_quantile, 100, False))
definition(np.nanquantile,   partial(_quantile, 1, True))
definition(np.nanpercentile, partial(_quantile, 100, True))
definition(np.median,        lambda a, axis=None, *, keepdims=False: np.quantile(a, 0.5, axis, keepdims=keepdims))
definition(np.nanmedian,     lambda a, axis=None, *, keepdims=False: np.nanquantile(a, 0.5, axis, keepdims=keepdims))
