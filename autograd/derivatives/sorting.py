"""Sorting, order statistics, and the set functions: elements are chosen by their values.

A chosen element hands its cotangent back in equal shares to all elements that have its value.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.indexing import scatter
from autograd.derivatives.primitive import primitive
from autograd.derivatives.reductions import as_rows, reduced_shape
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import constant, definition, derivative, refused


# fmt: off
@primitive
def chosen(x: Any, choose: Callable[[Any], Any]) -> Any:
    """Compute ``choose(x)``, whose elements are all elements of ``x``."""
    return choose(x)

@primitive
def same_values(x: Any, out: Any, axis: int) -> Any:
    """Number the values that occur in each row of ``x``; give the numbers in ``x`` and in ``out``."""
    both = np.concatenate([x, out], axis)
    values = np.unique(both, return_inverse=True)[1].reshape(both.shape)
    one = reduced_shape(both.shape, axis)
    row = np.arange(math.prod(one)).reshape(one)
    numbers = np.unique(values + both.size * row, return_inverse=True)[1]
    return tuple(np.split(numbers.reshape(both.shape), [np.shape(x)[axis]], axis))

def _to_equals(g: Any, x: Any, out: Any, axis: int | None) -> Any:
    """Hand each cotangent back to the elements that have the value which was chosen."""
    if axis is None:
        return np.reshape(_to_equals(np.ravel(g), np.ravel(x), np.ravel(out), 0), np.shape(x))
    here, there = same_values(x, out, axis)
    shares = np.bincount(np.ravel(here))
    return (scatter(g, there, shares.shape) / shares)[here]

def _of_two(function: Any, first: Any, second: Any, *how: bool) -> Any:
    n = np.size(first)
    return chosen(np.concatenate([first, second], None), lambda both: function(both[:n], both[n:], *how))

def _with_values(function: Any) -> Any:
    return lambda x: function(value_of(x))._replace(values=np.unique(x, equal_nan=False))

def _unique(ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, *, equal_nan: bool = True) -> Any:
    values = chosen(ar, lambda x: np.unique(x, equal_nan=equal_nan))
    _, *rest = np.unique(value_of(ar), True, True, True, equal_nan=equal_nan)
    wanted = [x for x, asked in zip(rest, (return_index, return_inverse, return_counts), strict=True) if asked]
    return (values, *wanted) if wanted else values

constant(same_values)
derivative(chosen,       lambda g, x, out: _to_equals(g, x, out, None), None,                       names="x choose", kind="choice")
derivative(np.sort,      lambda g, x, out, axis=-1: _to_equals(g, x, out, axis),                    keywords="kind stable", kind="choice")
derivative(np.partition, lambda g, x, out, axis=-1: _to_equals(g, x, out, axis), None,              names="x kth", keywords="kind", kind="choice")
refused("it is for complex numbers; use np.sort", np.sort_complex)

definition(np.unique,       _unique)
definition(np.union1d,      lambda ar1, ar2: _of_two(np.union1d, ar1, ar2))
definition(np.intersect1d,  lambda ar1, ar2, assume_unique=False: _of_two(np.intersect1d, ar1, ar2, assume_unique))
definition(np.setdiff1d,    lambda ar1, ar2, assume_unique=False: chosen(ar1, lambda x: np.setdiff1d(x, value_of(ar2), assume_unique)))
definition(np.setxor1d,     lambda ar1, ar2, assume_unique=False: _of_two(np.setxor1d, ar1, ar2, assume_unique))
definition(np.unique_values, lambda x: chosen(x, np.unique_values))
for _function in np.unique_all, np.unique_counts, np.unique_inverse:
    definition(_function, _with_values(_function))

# Order statistics. By how much the place of a quantile of n numbers grows with q: by n and by this, where not in jumps
_GROWTH = {"linear": -1, "hazen": 0, "interpolated_inverted_cdf": 0, "weibull": 1, "median_unbiased": 1 / 3, "normal_unbiased": 1 / 4}

def _quantile(a: Any, q: Any, axis: Any = None, keepdims: bool = False, method: Any = "linear", whole: int = 1, skip_nan: bool = False) -> Any:
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

definition(np.quantile,      lambda a, q, axis=None, *, method="linear", keepdims=False: _quantile(a, q, axis, keepdims, method))
definition(np.percentile,    lambda a, q, axis=None, *, method="linear", keepdims=False: _quantile(a, q, axis, keepdims, method, whole=100))
definition(np.median,        lambda a, axis=None, *, keepdims=False: _quantile(a, 0.5, axis, keepdims))
definition(np.nanquantile,   lambda a, q, axis=None, *, method="linear", keepdims=False: _quantile(a, q, axis, keepdims, method, skip_nan=True))
definition(np.nanpercentile, lambda a, q, axis=None, *, method="linear", keepdims=False: _quantile(a, q, axis, keepdims, method, whole=100, skip_nan=True))
definition(np.nanmedian,     lambda a, axis=None, *, keepdims=False: _quantile(a, 0.5, axis, keepdims, skip_nan=True))
# fmt: on
