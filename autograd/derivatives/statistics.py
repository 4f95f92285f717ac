"""Averages, covariances, histograms, and the reductions that pass over NaN."""

import math
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.indexing import scatter
from autograd.derivatives.reductions import reduced_axes
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition


# fmt: off
def _average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        return (mean, np.full(mean.shape, np.size(a) / max(np.size(mean), 1), mean.dtype)) if returned else mean
    if axis is not None and np.shape(weights) != np.shape(a):
        axes, ndim = reduced_axes(np.shape(a), axis), np.ndim(weights)
        weights = np.moveaxis(np.expand_dims(weights, tuple(range(ndim, np.ndim(a)))), range(ndim), axes)
    weights = np.broadcast_to(weights, np.shape(a))
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    if np.any(np.equal(total, 0)):
        raise ZeroDivisionError("np.average: the weights sum to zero")
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean

def _cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None, aweights: Any = None) -> Any:
    x = np.concatenate([np.atleast_2d(x) if rowvar or np.ndim(x) < 2 else np.transpose(x) for x in (m, y) if x is not None])
    repeats = np.ones(np.shape(x)[1]) if fweights is None else np.asarray(fweights)
    weights = repeats if aweights is None else repeats * aweights
    total = np.sum(weights)
    deviation = x - np.sum(x * weights, axis=1, keepdims=True) / total
    lost = (int(not bias) if ddof is None else ddof) * (1 if aweights is None else np.sum(weights * aweights) / total)
    return np.squeeze(np.matmul(deviation * weights, np.transpose(deviation)) / (total - lost))

def _corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    covariance = np.cov(x, y, rowvar)
    deviation = np.sqrt(np.diagonal(covariance) if np.ndim(covariance) else covariance)
    return covariance / deviation[..., None] / deviation if np.ndim(covariance) else covariance / covariance

def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    counts = np.bincount(value_of(x), minlength=minlength)
    return counts if weights is None else scatter(astype(weights, float), value_of(x), counts.shape)

def _edges(a: Any, bins: Any = 10, range: Any = None) -> Any:
    """Give the edges of bins, which lie evenly between the least and the largest number."""
    edges = np.histogram_bin_edges(value_of(a), value_of(bins), range)
    if np.ndim(bins) == 1 or range is not None or not np.size(a):
        return np.positive(bins) if np.ndim(bins) == 1 else edges
    low, high = np.min(a), np.max(a)
    apart = 0.5 * np.equal(low, high)
    return astype(np.linspace(low - apart, high + apart, len(edges)), edges.dtype, copy=False)

def _histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None) -> Any:
    counts, edges = np.histogram(value_of(a), value_of(bins), range)[0], _edges(a, bins, range)
    return counts / np.diff(edges) / np.sum(counts) if density else counts, edges

def _histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None) -> Any:
    columns = sample if isinstance(sample, (list, tuple)) else np.transpose(sample) if np.ndim(sample) == 2 else [sample]
    bins = list(bins) if hasattr(bins, "__len__") else [bins] * len(columns)
    counts, _ = np.histogramdd(list(map(value_of, columns)), list(map(value_of, bins)), range)
    edges = tuple(map(np.histogram_bin_edges, columns, bins, range or [None] * len(columns)))
    return counts / np.sum(counts) / math.prod(np.ix_(*map(np.diff, edges))) if density else counts, edges

definition(np.average,             _average)
definition(np.cov,                 _cov)
definition(np.corrcoef,            _corrcoef)
definition(np.bincount,            _bincount)
definition(np.histogram_bin_edges, _edges)
definition(np.histogram,           _histogram)  # counts are constants
definition(np.histogramdd,         _histogramdd)
definition(np.histogram2d,         lambda x, y, bins=10, range=None, density=None: ((found := _histogramdd([x, y], [bins, bins] if hasattr(bins, "__len__") and len(bins) > 2 else bins, range, density))[0], *found[1]))

# NaN is passed over
definition(np.nansum,     lambda a, axis=None, *, keepdims=False, initial=0, where=True: np.sum(a, axis=axis, keepdims=keepdims, initial=initial, where=where & ~np.isnan(a)))
definition(np.nanprod,    lambda a, axis=None, *, keepdims=False, initial=1, where=True: np.prod(a, axis=axis, keepdims=keepdims, initial=initial, where=where & ~np.isnan(a)))
definition(np.nanmean,    lambda a, axis=None, *, keepdims=False, where=True: np.mean(a, axis=axis, keepdims=keepdims, where=where & ~np.isnan(a)))
definition(np.nanvar,     lambda a, axis=None, *, ddof=0, keepdims=False, where=True, mean=None, correction=None: np.var(a, axis=axis, ddof=ddof, keepdims=keepdims, where=where & ~np.isnan(a), mean=mean, correction=correction))
definition(np.nanstd,     lambda a, axis=None, *, ddof=0, keepdims=False, where=True, mean=None, correction=None: np.std(a, axis=axis, ddof=ddof, keepdims=keepdims, where=where & ~np.isnan(a), mean=mean, correction=correction))
definition(np.nanmax,     lambda a, axis=None, *, keepdims=False, initial=-math.inf, where=True: _or_nan(np.max, a, axis, keepdims, initial, where))
definition(np.nanmin,     lambda a, axis=None, *, keepdims=False, initial=math.inf, where=True: _or_nan(np.min, a, axis, keepdims, initial, where))
definition(np.nancumsum,  lambda a, axis=None: np.cumsum(np.where(np.isnan(a), 0, a), axis))
definition(np.nancumprod, lambda a, axis=None: np.cumprod(np.where(np.isnan(a), 1, a), axis))

def _or_nan(extremum: Any, a: Any, axis: Any, keepdims: bool, initial: float, where: Any) -> Any:
    """Compute an extremum; where nothing but NaN is left, NaN."""
    if not np.size(a) and np.isinf(initial):
        extremum(np.empty(np.shape(a)), axis=axis)  # NumPy says what is missing
    numbers = where & ~np.isnan(a)
    result = extremum(a, axis=axis, keepdims=keepdims, initial=initial, where=numbers)
    return np.where(np.any(numbers, axis=axis, keepdims=keepdims) | np.isfinite(initial), result, math.nan)
