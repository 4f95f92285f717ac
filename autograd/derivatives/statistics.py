"""Statistics: sorting, sets and quantiles, covariances, histograms, and reductions that pass over NaN."""

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives.calls import parameters_of
from autograd.derivatives.constants import value_of
from autograd.derivatives.indexing import scatter
from autograd.derivatives.own_text import own_text
from autograd.derivatives.reductions import as_rows, count
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative


# fmt: off
def _unsorted(g: Any, x: Any, out: Any, axis: int | None) -> Any:
    """Hand the cotangents of ``out``, in whatever order, back to ``x``; equal elements all get their mean."""
    if axis is None:
        return np.reshape(_unsorted(g, np.ravel(x), out, 0), np.shape(x))
    g = np.moveaxis(np.take_along_axis(g, np.argsort(out, axis), axis), axis, -1)
    x = np.moveaxis(value_of(x), axis, -1)
    order = np.argsort(x)
    np.put_along_axis(rank := np.empty_like(order), order, np.arange(np.shape(x)[-1]), -1)
    x = np.take_along_axis(x, order, -1)
    new = np.not_equal(x[..., 1:], x[..., :-1]) & ~np.isnan(x[..., :-1])
    if not np.all(new):
        runs = np.reshape(np.cumsum(np.insert(new, 0, True, -1)), x.shape) - 1
        g = (scatter(g, runs, (runs.max() + 1,)) / np.bincount(np.ravel(runs)))[runs]
    return np.moveaxis(np.take_along_axis(g, rank, -1), -1, axis)

def _chosen(x: Any, values: Any) -> Any:
    """Choose elements of ``x`` by their values; each hands its cotangent back in equal shares to all that have it."""
    x = np.sort(x, None)
    return x[np.searchsorted(value_of(x), values)]

def _unique(ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, *, equal_nan: bool = True) -> Any:
    values, *rest = np.unique(value_of(ar), True, True, True, equal_nan=equal_nan)
    wanted = [x for x, asked in zip(rest, (return_index, return_inverse, return_counts), strict=True) if asked]
    return (_chosen(ar, values), *wanted) if wanted else _chosen(ar, values)

derivative(np.sort,      lambda g, x, out, axis=-1: _unsorted(g, x, out, axis), keywords="kind stable" + " descending" * ("descending" in parameters_of(np.sort)), kind="choice")
derivative(np.partition, lambda g, x, out, axis=-1: _unsorted(g, x, out, axis), None, names="x kth", keywords="kind", kind="choice")

definition(np.unique,        _unique)
definition(np.unique_values, lambda x: _chosen(x, np.unique_values(value_of(x))))

# Order statistics. By how much the place of a quantile of n numbers grows with q: by n and by this, where not in jumps
_GROWTH = {"linear": -1, "hazen": 0, "interpolated_inverted_cdf": 0, "weibull": 1, "median_unbiased": 1 / 3, "normal_unbiased": 1 / 4}
_median, _edges = own_text(np.median), own_text(np.histogram_bin_edges)

def _quantile(whole: int, skip_nan: bool, a: Any, q: Any, axis: Any = None, *, overwrite_input: bool = False, method: Any = "linear", keepdims: Any = False) -> Any:
    """Interpolate between two elements of the sorted rows, or choose one, where NumPy finds the quantile of 0, 1, 2 ..."""
    if not np.size(a):  # NumPy says NaN, or that it cannot
        return (np.nanquantile if skip_nan else np.quantile)(value_of(a), np.divide(q, whole), axis, keepdims=keepdims) + np.sum(a, axis, keepdims=keepdims)
    rows = np.sort(as_rows(a, axis))
    dtype = rows.dtype if type(q) in (int, float) or method not in (*_GROWTH, "midpoint", "averaged_inverted_cdf") else np.result_type(rows, np.asarray(value_of(q)))
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

for _whole, _function, _of_numbers in (1, np.quantile, np.nanquantile), (100, np.percentile, np.nanpercentile):
    definition(_function,    partial(_quantile, _whole, False))
    definition(_of_numbers,  partial(_quantile, _whole, True))
definition(np.nanmedian,     lambda a, axis=None, *, overwrite_input=False, keepdims=False: np.nanquantile(a, 0.5, axis, keepdims=keepdims))
definition(np.median,        lambda a, axis=None, *, overwrite_input=False, keepdims=False: _median(a, axis, keepdims=keepdims))

# Covariances and histograms
def _cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None, aweights: Any = None) -> Any:
    x = np.concatenate([np.atleast_2d(x) if rowvar or np.ndim(x) < 2 else np.transpose(x) for x in (m, y) if x is not None])
    if np.ndim(x) > 2:
        raise ValueError(f"np.cov: expected one or two axes, got an array of shape {np.shape(x)}")
    repeats = np.ones(np.shape(x)[1]) if fweights is None else np.asarray(fweights)
    weights = repeats if aweights is None else repeats * aweights
    total = np.sum(weights)
    deviation = x - np.sum(x * weights, axis=1, keepdims=True) / total
    lost = (int(not bias) if ddof is None else ddof) * (1 if aweights is None else np.sum(weights * aweights) / total)
    return np.squeeze(np.matmul(deviation * weights, np.transpose(deviation)) / np.maximum(total - lost, 0))

def _histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    counts, (edges,) = np.histogramdd([np.ravel(a)], [np.histogram_bin_edges(a, bins, range, weights)], None, density, None if weights is None else np.ravel(weights))
    return counts if density else astype(counts, int if weights is None else np.result_type(weights)), edges

def _corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    covariances = np.atleast_2d(np.cov(x, y, rowvar))
    deviations = np.sqrt(np.diagonal(covariances))
    return np.squeeze(covariances / deviations[:, None] / deviations)

definition(np.cov,                 _cov)
definition(np.corrcoef,            _corrcoef)
definition(np.bincount,            lambda x, weights=None, minlength=0: scatter(astype(weights, float), value_of(x), np.bincount(value_of(x), minlength=minlength).shape))
definition(np.histogram,           _histogram)
definition(np.histogram_bin_edges, lambda a, bins=10, range=None, weights=None: _edges(a, np.size(np.histogram_bin_edges(value_of(a), bins, range, value_of(weights))) - 1 if isinstance(bins, str) else bins, range, weights))

# NaN is passed over
def _or_nan(extremum: Any, a: Any, axis: Any, keepdims: Any, initial: float, where: Any) -> Any:
    """Compute an extremum; where nothing but NaN is left, NaN."""
    if not np.size(a) and np.isinf(initial):
        extremum(np.empty(np.shape(a)), axis=axis)  # NumPy says what is missing
    numbers = where & ~np.isnan(a)
    result = extremum(a, axis=axis, keepdims=keepdims, initial=initial, where=numbers)
    return np.where(np.any(numbers, axis=axis, keepdims=keepdims) | np.isfinite(initial), result, math.nan)

def _nanvar(a: Any, axis: Any = None, dtype: Any = None, *, ddof: float = 0, keepdims: Any = False, where: Any = True, mean: Any = None, correction: Any = None) -> Any:
    where = where & ~np.isnan(a)
    var = np.var(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction)
    return np.where(np.greater(count(np.shape(a), axis, keepdims, where), correction or ddof), var, math.nan)

definition(np.nansum,     lambda a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True: np.sum(a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where & ~np.isnan(a)))
definition(np.nanprod,    lambda a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True: np.prod(a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where & ~np.isnan(a)))
definition(np.nanmean,    lambda a, axis=None, dtype=None, *, keepdims=False, where=True: np.mean(a, axis=axis, dtype=dtype, keepdims=keepdims, where=where & ~np.isnan(a)))
definition(np.nanvar,     _nanvar)
definition(np.nanstd,     lambda a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, mean=None, correction=None: np.sqrt(_nanvar(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction)))
definition(np.nanmax,     lambda a, axis=None, *, keepdims=False, initial=-math.inf, where=True: _or_nan(np.max, a, axis, keepdims, initial, where))
definition(np.nanmin,     lambda a, axis=None, *, keepdims=False, initial=math.inf, where=True: _or_nan(np.min, a, axis, keepdims, initial, where))
