"""Indexing and its adjoint, writing at an index, and functions that choose between elements."""

from __future__ import annotations

import operator
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives import table
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import definition

derivative = partial(table.derivative, kind="indexing")


@primitive
def scatter(x: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Add the elements of ``x`` into zeros at ``index``: the adjoint of ``x[index]``."""
    result = np.zeros(shape, np.result_type(x))
    add_at(result, x, index)
    return result


def add_at(total: Any, x: Any, index: Any) -> None:
    """Add ``x`` to ``total[index]``; an element that is indexed twice is added to twice."""
    if _may_repeat(index):
        np.add.at(total, index, x)
    else:
        total[index] += x


@primitive
def set_item(x: Any, index: Any, value: Any) -> Any:
    """Give a copy of ``x`` with ``value`` at ``index``: what ``x[index] = value`` means."""
    result = np.array(x)
    result[index] = value
    return result


def _may_repeat(index: Any) -> bool:
    """Tell whether an index may name an element twice: only sequences of integers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(
        np.ndim(part) > 0 and np.asarray(part).dtype.kind in "iu" for part in parts if part is not None
    )


def _stays(index: Any, shape: tuple[int, ...]) -> Any:
    """Tell which elements of a written value were not written over by a later one."""
    if not _may_repeat(index):
        return True
    number = np.empty(shape, int)
    written = np.arange(number[index].size).reshape(number[index].shape)
    number[index] = written
    return number[index] == written


# fmt: off
derivative(operator.getitem, lambda g, x_shape, index: scatter(g, index, x_shape), None,      names="x index")
derivative(scatter,         lambda g, index: g[index], None, None,                            names="x index shape")
derivative(set_item,        lambda g, index: set_item(g, index, 0), None,
                            lambda g, x_shape, index: g[index] * _stays(index, x_shape),      names="x index value")
derivative(np.where,        None, lambda g, c: np.where(c, g, 0),
                                  lambda g, c: np.where(c, 0, g),                             names="c x y")
# fmt: on


def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    x, axis = (np.ravel(a), 0) if axis is None else (a, axis % np.ndim(a))
    return x[(slice(None),) * axis + (np.asarray(indices),)]


def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    n = np.size(a) if axis is None else np.shape(a)[axis]
    return np.take(a, np.repeat(np.arange(n), repeats), axis)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    x = a if low is None else np.maximum(a, low)
    return x if high is None else np.minimum(x, high)


definition(np.take, _take)
definition(np.repeat, _repeat)
definition(np.clip, _clip)
