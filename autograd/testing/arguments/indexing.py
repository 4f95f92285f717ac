"""The arguments of indexing, and of functions that choose."""

from __future__ import annotations

import operator

import numpy as np

from autograd.derivatives.domains import POSITIVE
from autograd.derivatives.indexing import scatter, set_item
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import TIED, Call, Draw, call


def _clip(d: Draw) -> Call:
    a, b, c = d.broadcastable(3)
    bounds = d.style._replace(numbers=TIED.numbers, distinct=False)
    x, low, high = (
        d.array(a),
        d.array(b, POSITIVE, style=bounds),
        d.array(c, POSITIVE, style=bounds),
    )
    limits = d.choice((-low, high), (None, high), (-low, None))
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":  # which did not know min= and max= yet
        return call(x, *limits)
    return d.choice(call(x, *limits), call(x, min=limits[0], max=limits[1]))


def _repeat(d: Draw) -> Call:
    x = d.array(least=1)
    axis = d.choice(None, d.axis(x.ndim))
    n = x.size if axis is None else x.shape[axis]
    return call(x, d.choice(2, d.integers((n,), 0, 2)), **({} if axis is None else {"axis": axis}))


def _scatter(d: Draw) -> Call:
    shape = d.shape()
    index = d.index(shape)
    return call(d.array(np.empty(shape)[index].shape), index, shape)


def _set_item(d: Draw) -> Call:
    x = d.array()
    index = d.index(x.shape)
    return call(x, index, d.array(d.broadcastable_to(x[index].shape)))


def _take(d: Draw) -> Call:
    x = d.array(least=1)
    axis = d.choice(None, d.axis(x.ndim))
    n = x.size if axis is None else x.shape[axis]
    how = {} if axis is None else {"axis": axis}
    if n and d.choice(True, False):
        return call(x, d.integers(d.shape(0, 2), -7, 7), **how, mode=d.choice("clip", "wrap"))
    return call(x, d.integers(d.shape(0, 2) if n else (0,), -n, n - 1), **how)


def _select(d: Draw) -> Call:
    first, second, *shapes = d.broadcastable(5)
    x, y, default = map(d.array, shapes)
    return call([d.booleans(first), d.booleans(second)], [x, y], **d.some(default=(default, 1.0)))


def _piecewise(d: Draw) -> Call:
    x = d.array()
    conditions = [d.booleans(x.shape), d.booleans(x.shape)]
    functions = [np.exp, lambda part: part * part, 1.5][: d.integer(2, 3)]
    return d.choice(call(x, conditions, functions), call(x, conditions[:1], [np.sin]))


ARGUMENTS: Lines = {
    operator.getitem: lambda d: call(x := d.array(), d.index(x.shape)),
    scatter: _scatter,
    set_item: _set_item,
    np.take: _take,
    np.select: _select,
    np.piecewise: _piecewise,
    np.repeat: _repeat,
    np.where: lambda d: call(d.booleans((s := d.broadcastable(3))[0]), *map(d.array, s[1:])),
    np.clip: _clip,
}
