"""Reductions: an array becomes smaller along its axes. And those that keep their partial results."""

import math
from typing import Any

import numpy as np

from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative

Axis = int | tuple[int, ...] | None
NOT_GIVEN = np._NoValue


# fmt: off
def reduced_axes(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """Return the axes that a reduction along ``axis`` removes, counted from 0."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return tuple(i % len(shape) for i in axes) if shape else ()

def restore(reduced: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool, where: Any = True) -> Any:
    """Put back, with length 1, the axes that a reduction removed; broadcasting does the rest."""
    if shape and axis is not None and not keepdims:
        axes = reduced_axes(shape, axis)
        reduced = np.reshape(reduced, tuple(1 if i in axes else n for i, n in enumerate(shape)))
    return reduced if where is True else reduced * where

def count(shape: tuple[int, ...], axis: Axis, keepdims: Any = False, where: Any = True, least: int = 0) -> Any:
    """Return the number of elements that become one, or the least that is to be given."""
    if where is True:
        return max(math.prod(shape[i] for i in reduced_axes(shape, axis)), least)
    return np.maximum(np.sum(np.broadcast_to(where, shape), axis=axis, keepdims=keepdims), least)

def as_rows(x: Any, axis: Axis) -> Any:
    """Make of each part that a reduction along ``axis`` sees a row of a matrix."""
    axes = reduced_axes(np.shape(x), axis)
    moved = np.moveaxis(x, axes, range(-len(axes), 0))
    return np.reshape(moved, (math.prod(np.shape(moved)[: np.ndim(x) - len(axes)]), count(np.shape(x), axis)))

def _to_extremum(g: Any, x: Any, out: Any, axis: Axis, keepdims: bool, initial: Any, where: Any) -> Any:
    """Hand g to the extremum; where there are n of them, ``initial`` included, 1/n of it to each."""
    g, out = (restore(reduced, np.shape(x), axis, keepdims) for reduced in (g, out))
    is_extremum = (np.equal(x, out) | np.isnan(x)) & where
    rival = initial is not NOT_GIVEN and np.equal(out, initial)
    return g / (np.sum(is_extremum, axis=axis, keepdims=True, dtype=g.dtype) + rival) * is_extremum

def _share_of_sum(power: Any, x: Any, out: Any, axis: Axis, keepdims: bool) -> Any:
    """Return the share of each power in the sum whose logarithm ``out`` is; those that are infinite share equally."""
    total = restore(out, np.shape(x), axis, keepdims)
    if not np.any(np.isinf(total)):
        return power(x - total)
    same = np.equal(x, total) & np.isinf(x)
    return power(np.where(same, 0, x) - np.where(same, 0, total)) / np.maximum(np.sum(same, axis=axis, keepdims=True), 1)

def running(operation: Any, x: Any, axis: int) -> Any:
    """Combine the elements along an axis by an associative operation, keeping the partial results, in doubling steps."""
    x, step = np.moveaxis(x, axis, -1), 1
    while step < np.shape(x)[-1]:
        x, step = np.concatenate([x[..., :step], operation(x[..., :-step], x[..., step:])], axis=-1), 2 * step
    return np.moveaxis(x, -1, axis)

def _divisible(products: Any) -> bool:
    return bool(np.all((np.abs(products) >= np.finfo(products.dtype).tiny) & np.isfinite(products)))

def _products_of_others(x: Any, out: Any, axis: Axis, keepdims: bool, initial: Any) -> Any:
    """Return the product over each element; where one may be zero, multiply all before and all after it."""
    if _divisible(out):
        return restore(out, np.shape(x), axis, keepdims) / x
    axes, rows = reduced_axes(np.shape(x), axis), as_rows(x, axis)
    moved = np.shape(np.moveaxis(x, axes, last := range(-len(axes), 0)))
    before, after = (np.cumprod(np.concatenate([np.ones_like(r[:, :1]), r[:, :-1]], axis=1), 1) for r in (rows, np.flip(rows, 1)))
    return initial * np.moveaxis(np.reshape(before * np.flip(after, 1), moved), last, axes)

def _through_products(g: Any, x: Any, out: Any, axis: int | None) -> Any:
    """Pull partial products back to x; where one may be zero, all before it times s_i = g_i + x_{i+1} s_{i+1}."""
    if axis is None:
        return np.reshape(_through_products(g, np.ravel(x), out, 0), np.shape(x))
    if _divisible(out):
        return np.flip(np.cumsum(np.flip(g * out, axis), axis), axis) / x
    x, g = np.moveaxis(x, axis, -1), np.moveaxis(g, axis, -1)
    one = np.ones_like(x[..., :1])
    pairs = np.flip(np.stack([np.concatenate([x[..., 1:], one], -1), g]), -1)
    sums = np.flip(running(lambda a, b: np.stack([a[0] * b[0], a[1] * b[0] + b[1]]), pairs, -1)[1], -1)
    return np.moveaxis(np.cumprod(np.concatenate([one, x[..., :-1]], -1), -1) * sums, -1, axis)

def _var(a: Any, axis: Axis = None, dtype: Any = None, *, ddof: float = 0, keepdims: Any = False, where: Any = True, mean: Any = None, correction: float | None = None) -> Any:
    if correction is not None and ddof:
        raise ValueError("np.var: ddof and correction are two names of one number; give one")
    deviation = a - (np.mean(a, axis=axis, dtype=dtype, keepdims=True, where=where) if mean is None else mean)
    total = np.sum(deviation * deviation, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    return astype(total / np.maximum(count(np.shape(a), axis, keepdims, where) - (correction or ddof), 0), total.dtype, copy=False)

derivative(np.sum,  lambda g, x_shape, axis=None, keepdims=False, where=True: restore(g, x_shape, axis, keepdims, where), keywords="initial", kind="reduction")
derivative(np.mean, lambda g, x_shape, axis=None, keepdims=False, where=True: restore(g * (1 / count(x_shape, axis, keepdims, where, least=1)), x_shape, axis, keepdims, where), kind="reduction")
derivative(np.prod, lambda g, x, out, axis=None, keepdims=False, initial=1, where=True: restore(g, np.shape(x), axis, keepdims, where) * _products_of_others(x if where is True else np.where(where, x, 1), out, axis, keepdims, initial), kind="reduction")
for _extremum in np.max, np.min:
    derivative(_extremum, lambda g, x, out, axis=None, keepdims=False, initial=NOT_GIVEN, where=True: _to_extremum(g, x, out, axis, keepdims, initial, where),
                          kink=lambda x, axis=None, keepdims=False: np.diff(np.sort(as_rows(x, axis)), axis=1), kind="reduction")
derivative(np.logaddexp.reduce,  lambda g, x, out, axis=0, keepdims=False: restore(g, np.shape(x), axis, keepdims) * _share_of_sum(np.exp, x, out, axis, keepdims), keywords="initial", kind="reduction")
derivative(np.logaddexp2.reduce, lambda g, x, out, axis=0, keepdims=False: restore(g, np.shape(x), axis, keepdims) * _share_of_sum(np.exp2, x, out, axis, keepdims), keywords="initial", kind="reduction")
definition(np.var,  _var)
definition(np.std,  lambda a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, mean=None, correction=None: np.sqrt(_var(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction)))

# With partial results
derivative(np.cumsum,  lambda g, x_shape, axis=None: np.reshape(np.flip(np.cumsum(np.flip(g, axis), axis), axis), x_shape), kind="along an axis")
derivative(np.cumprod, lambda g, x, out, axis=None: _through_products(g, x, out, axis), kind="along an axis")
