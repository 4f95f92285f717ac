"""Reductions: an array becomes smaller along its axes."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives import table
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import definition

Axis = int | tuple[int, ...] | None
derivative = partial(table.derivative, kind="reduction")


def restore(reduced: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Any:
    """Put back, with length 1, the axes that a reduction removed; broadcasting does the rest."""
    if keepdims or not shape:
        return reduced
    return np.reshape(reduced, tuple(1 if i in reduced_axes(shape, axis) else n for i, n in enumerate(shape)))


def reduced_axes(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """Give the axes that a reduction along ``axis`` removes, counted from 0."""
    if axis is None:
        return tuple(range(len(shape)))
    return tuple(i % len(shape) for i in (axis if isinstance(axis, tuple) else (axis,))) if shape else ()


def count(shape: tuple[int, ...], axis: Axis) -> int:
    """Give the number of elements that become one."""
    return math.prod(shape[i] for i in reduced_axes(shape, axis))


def _share_of_extremum(x: Any, out: Any, axis: Axis, keepdims: bool) -> Any:
    """Give 1 at the extremum; where there are n of them, 1/n at each."""
    is_extremum = np.equal(x, restore(out, np.shape(x), axis, keepdims)) | np.isnan(x)
    return is_extremum / np.sum(is_extremum, axis=axis, keepdims=True)


def _products_of_others(x: Any, axis: Axis) -> Any:
    """Give for each element the product of all others, exactly, whatever is zero.

    It is the product of all before and of all after, each a running product by doubling steps.
    """
    shape = np.shape(x)
    axes = reduced_axes(shape, axis)
    kept = tuple(i for i in range(len(shape)) if i not in axes)
    order = kept + axes
    rows = np.reshape(np.transpose(x, order), (math.prod(shape[i] for i in kept), count(shape, axis)))
    others = _products_before(rows) * np.flip(_products_before(np.flip(rows, 1)), 1)
    inverse = tuple(order.index(i) for i in range(len(shape)))
    return np.transpose(np.reshape(others, tuple(shape[i] for i in order)), inverse)


def _products_before(rows: Any) -> Any:
    products = np.concatenate([np.ones_like(rows[:, :1]), rows[:, :-1]], axis=1)
    step = 1
    while step < np.shape(rows)[1]:
        head, tail = products[:, :step], products[:, step:] * products[:, :-step]
        products = np.concatenate([head, tail], axis=1)
        step *= 2
    return products


def _gap(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Give the distance between the two largest and the two smallest elements."""
    shape = np.shape(x)
    kept = tuple(i for i in range(len(shape)) if i not in reduced_axes(shape, axis))
    rows = np.sort(np.reshape(np.transpose(x, kept + reduced_axes(shape, axis)), (-1, count(shape, axis))))
    return np.diff(rows, axis=1)


# fmt: off
derivative(np.sum,  lambda g, x_shape, axis=None, keepdims=False: restore(g, x_shape, axis, keepdims))
derivative(np.mean, lambda g, x_shape, axis=None, keepdims=False: restore(g / count(x_shape, axis), x_shape, axis, keepdims))
derivative(np.prod, lambda g, x, axis=None, keepdims=False: restore(g, np.shape(x), axis, keepdims) * _products_of_others(x, axis))
derivative(np.max,  lambda g, x, out, axis=None, keepdims=False: restore(g, np.shape(x), axis, keepdims) * _share_of_extremum(x, out, axis, keepdims), kink=_gap)
derivative(np.min,  lambda g, x, out, axis=None, keepdims=False: restore(g, np.shape(x), axis, keepdims) * _share_of_extremum(x, out, axis, keepdims), kink=_gap)
# fmt: on


def _var(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    total = np.sum(deviation * deviation, axis=axis, keepdims=keepdims)
    return total / max(count(np.shape(a), axis) - ddof, 0)


def _std(a: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return np.sqrt(np.var(a, axis=axis, ddof=ddof, keepdims=keepdims))


def _cumsum(a: Any, axis: int | None = None) -> Any:
    return running_sum(np.ravel(a), 0) if axis is None else running_sum(a, axis)


@primitive
def running_sum(x: Any, axis: int) -> Any:
    """Sum along one axis, keeping the partial sums."""
    return np.cumsum(x, axis)


derivative(
    running_sum,
    lambda g, axis: np.flip(running_sum(np.flip(g, axis), axis), axis),
    None,
    names="x axis",
    kind="along an axis",
)
definition(np.var, _var)
definition(np.std, _std)
definition(np.cumsum, _cumsum)
