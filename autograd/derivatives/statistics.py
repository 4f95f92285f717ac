"""Averages, covariances, histograms, and the reductions that pass over NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.indexing import scatter
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition


def _average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        return (
            (mean, np.full(mean.shape, np.size(a) / max(np.size(mean), 1), mean.dtype)) if returned else mean
        )
    if axis is not None and np.shape(weights) != np.shape(a):
        axes = axis if isinstance(axis, tuple) else (axis,)
        others = [i for i in range(np.ndim(a)) if i not in [j % np.ndim(a) for j in axes]]
        weights = np.moveaxis(
            np.expand_dims(weights, tuple(range(-len(others), 0))), range(np.ndim(a)), [*axes, *others]
        )
    weights = np.broadcast_to(weights, np.shape(a))
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    if np.any(np.equal(total, 0)):
        raise ZeroDivisionError("np.average: the weights sum to zero")
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def _cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
) -> Any:
    variables = [
        np.atleast_2d(x) if rowvar or np.ndim(x) < 2 else np.transpose(x) for x in (m, y) if x is not None
    ]
    x = np.concatenate(variables)
    ddof = int(not bias) if ddof is None else ddof
    repeats = np.ones(np.shape(x)[1]) if fweights is None else np.asarray(fweights)
    weights = repeats if aweights is None else repeats * aweights
    total = np.sum(weights)
    deviation = x - np.sum(x * weights, axis=1, keepdims=True) / total
    lost = ddof if aweights is None else ddof * np.sum(weights * aweights) / total
    return np.squeeze(np.matmul(deviation * weights, np.transpose(deviation)) / (total - lost))


def _corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    covariance = np.cov(x, y, rowvar)
    if np.ndim(covariance) == 0:
        return covariance / covariance
    i = np.arange(len(covariance))
    deviation = np.sqrt(covariance[i, i])
    return covariance / deviation[:, None] / deviation


def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    counts = np.bincount(value_of(x), minlength=minlength)
    return counts if weights is None else scatter(astype(weights, float), value_of(x), counts.shape)


# fmt: off
definition(np.average,  _average)
definition(np.cov,      _cov)
definition(np.corrcoef, _corrcoef)
definition(np.bincount, _bincount)

# Counts are constants, and so are the edges of bins
definition(np.histogram,           lambda a, bins=10, range=None, density=None: np.histogram(value_of(a), value_of(bins), range, density))
definition(np.histogram2d,         lambda x, y, bins=10, range=None, density=None: np.histogram2d(value_of(x), value_of(y), value_of(bins), range, density))
definition(np.histogramdd,         lambda sample, bins=10, range=None, density=None: np.histogramdd(value_of(sample), value_of(bins), range, density))
definition(np.histogram_bin_edges, lambda a, bins=10, range=None: np.histogram_bin_edges(value_of(a), value_of(bins), range))

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
# fmt: on


def _or_nan(extremum: Any, a: Any, axis: Any, keepdims: bool, initial: float, where: Any) -> Any:
    """Compute an extremum; where nothing but NaN is left, NaN."""
    numbers = where & ~np.isnan(a)
    result = extremum(a, axis=axis, keepdims=keepdims, initial=initial, where=numbers)
    return np.where(np.any(numbers, axis=axis, keepdims=keepdims) | np.isfinite(initial), result, math.nan)
