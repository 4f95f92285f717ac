"""The arguments of sorting, order statistics and set functions."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np
from hypothesis import assume

from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import SMOOTH, TIED, Array, Call, Draw, call

METHODS = (
    "linear", "median_unbiased", "hazen", "lower", "higher", "nearest", "midpoint", "inverted_cdf",
    "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "weibull", "normal_unbiased",
)  # fmt: skip


def _in_pairs(d: Draw) -> Array:
    """Draw numbers of which at most two are equal: where three are, no slope lies between the sides."""
    if d.style is not TIED:
        return d.array(least=1)
    x = d.array(least=1, style=SMOOTH)
    return np.concatenate([x, x], d.integer(0, x.ndim - 1))


def _partition(d: Draw) -> Call:
    x = _in_pairs(d)
    assume(x.size)
    axis = d.axis(x.ndim)
    if d.style is TIED:  # of equal elements any may stand in the places that kth does not name
        return call(x, tuple(range(x.shape[axis])), axis)
    kth = d.integer(0, x.shape[axis] - 1)
    return d.choice(
        call(x, kth, axis=axis), call(x, (0, kth), axis), call(x, kth % x.shape[-1]), call(x, 0, axis=None)
    )


def _quantile(d: Draw, *q: Any) -> Call:
    x = _in_pairs(d)
    assume(x.size or not q)
    how = d.some(axis=(d.axes(x.ndim),), keepdims=(True, False))
    if q:
        how |= d.some(method=METHODS)
        how["q"] = d.choice(*q) if "method" not in how else q[0]
    assume(how.get("axis") != () or np.ndim(how.get("q", 0)) < 2)  # of which nanquantile mixes up the axes
    return call(x, *([how.pop("q")] if q else []), **how)


def _sort(d: Draw) -> Call:
    x = _in_pairs(d)
    ways: list[dict[str, Any]] = [{}, {"kind": "stable"}]
    if "descending" in signature(np.sort).parameters:  # since NumPy 2.5
        ways.append({"descending": True})
    return call(x, **d.some(axis=(None, d.axis(x.ndim))), **d.choice(*ways))


def _two_sets(d: Draw) -> Call:
    x = d.array((5,), style=SMOOTH)
    return call(x[: d.integer(0, 4)], x[4:])


ARGUMENTS: Lines = {
    np.sort: _sort,
    np.partition: _partition,
    np.unique: lambda d: call(d.array(style=SMOOTH), **d.some(return_index=(True,), equal_nan=(False,))),
    np.unique_values: lambda d: call(d.array(style=SMOOTH)),
    np.unique_all: lambda d: call(d.array(style=SMOOTH)),
    np.unique_counts: lambda d: call(d.array(style=SMOOTH)),
    np.unique_inverse: lambda d: call(d.array(style=SMOOTH)),
    np.union1d: _two_sets,
    np.setdiff1d: _two_sets,
    np.setxor1d: _two_sets,
    np.intersect1d: _two_sets,
    np.median: _quantile,
    np.nanmedian: _quantile,
    np.quantile: lambda d: _quantile(d, 0.37, 0.5, [0.0, 0.25, 1.0], [[0.9]]),
    np.nanquantile: lambda d: _quantile(d, 0.37, 0.5, [0.0, 0.25, 1.0], [[0.9]]),
    np.percentile: lambda d: _quantile(d, 37, 50, [0, 25.0, 100], [[90]]),
    np.nanpercentile: lambda d: _quantile(d, 37, 50, [0, 25.0, 100], [[90]]),
}
