"""The arguments of functions that only move elements, and of those that write."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.derivatives.positions import moved
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import ANY_DTYPE, Call, Draw, call


def _beside_each_other(arrays: Any) -> Any:
    """Put two of the first array after the second."""
    first, second = map(np.ravel, arrays)
    return np.concatenate([second, first, first])


def _delete(d: Draw) -> Call:
    x = d.array(least=1)
    axis = d.choice(None, d.axis(x.ndim))
    n = x.size if axis is None else x.shape[axis]
    return call(x, d.choice(slice(1, None), slice(0, None, 2), *([0, -1, [0, 0]] if n else [])), axis)


def _insert(d: Draw) -> Call:
    x = d.array(least=1)
    axis = d.axis(x.ndim)
    rest = list(x.shape)
    del rest[axis]
    row = d.array(d.broadcastable_to(tuple(rest)))
    values = d.array(d.choice((), (2,)))
    return d.choice(call(x, 0, row, axis), call(x, [0, 0], d.array(()), axis), call(x, [0, -1], values))


def _compress(d: Draw) -> Call:
    x = d.array(least=1)
    axis = d.choice(None, d.axis(x.ndim))
    return call(d.booleans((x.size if axis is None else x.shape[axis],)), x, axis=axis)


def _block(d: Draw) -> Call:
    a, b, c, e = d.arrays("ij,ik,lj,lk")
    return call([[a, b], [c, e]])


def _choose(d: Draw) -> Call:
    a, *choices = d.broadcastable(3)
    mode = d.choice("raise", "clip", "wrap")
    low, high = (0, 1) if mode == "raise" else (-3, 3)
    return call(d.integers(a, low, high), [*map(d.array, choices)], mode=mode)


def _along_axis(d: Draw, *, values: bool = False) -> Call:
    x = d.array(least=1)
    axis = d.axis(x.ndim)
    n = x.shape[axis]
    shape = list(x.shape)
    shape[axis] = d.integer(1, 3) if n else 0
    indices = d.integers(tuple(shape), -n, n - 1)
    return call(x, indices, *([d.array(tuple(shape))] if values else []), axis)


def _put(d: Draw) -> Call:
    a = d.array()
    mode = d.choice("raise", "clip", "wrap")
    low, high = (-a.size, a.size - 1) if mode == "raise" else (-7, 7)
    return call(a, d.integers((3 if a.size else 0,), low, high), d.array((2,)), mode=mode)


def _shift(d: Draw) -> Call:
    x = d.array(least=1)
    return call(x, **d.some(axes=(d.axis(x.ndim), d.order(x.ndim))))


def _fill_diagonal(d: Draw) -> Call:
    shape = d.choice((3, 2), (2, 3), (5, 2), (2, 2, 2))
    return call(d.array(shape), d.array(d.choice((), (2,))), **d.some(wrap=(True, False)))


def _at(d: Draw) -> Call:
    a = d.array()
    index = d.index(a.shape)
    return call(a, index, d.array(a[index].shape))  # NumPy 2.4 reads past what it broadcasts


def _masked(d: Draw) -> Call:
    a, n = d.array(), d.integer(1, 9)
    values = d.booleans((n,)) if d.style is ANY_DTYPE else d.array((n,))  # NumPy only casts safely
    return call(a, d.booleans(a.shape), values)


ARGUMENTS: Lines = {
    moved: lambda d: call(d.array(), d.array(), by=_beside_each_other),
    np.rot90: lambda d: call(x := d.array(least=2), d.integer(-1, 4), d.order(x.ndim)[:2]),
    np.tile: lambda d: call(d.array(), d.choice(2, (2, 1), (1, 2, 2), ())),
    np.resize: lambda d: call(d.array(), d.choice(5, d.shape())),
    np.delete: _delete,
    np.insert: _insert,
    np.compress: _compress,
    np.extract: lambda d: call(d.booleans((x := d.array()).shape), x),
    np.choose: _choose,
    np.take_along_axis: _along_axis,
    np.block: _block,
    np.diag: lambda d: call(d.array(d.shape(1, 2)), **d.some(k=(-1, 0, 2))),
    np.diagflat: lambda d: call(d.array(), **d.some(k=(-1, 0, 2))),
    np.tril: lambda d: call(d.array(least=1), **d.some(k=(-1, 0, 1))),
    np.triu: lambda d: call(d.array(least=1), **d.some(k=(-1, 0, 1))),
    np.fft.fftshift: _shift,
    np.fft.ifftshift: _shift,
    np.lib.stride_tricks.sliding_window_view: lambda d: call(
        x := d.array(least=1), d.integer(1, x.shape[i := d.axis(x.ndim)] or 1), i
    ),
    # Functions that write
    np.copyto: lambda d: call(
        a := d.array(), d.array(d.broadcastable_to(a.shape)), **d.some(where=(d.booleans(a.shape),))
    ),
    np.putmask: _masked,
    np.put: _put,
    np.place: _masked,
    np.put_along_axis: lambda d: _along_axis(d, values=True),
    np.fill_diagonal: _fill_diagonal,
    np.add.at: _at,
    np.subtract.at: _at,
}
if hasattr(np, "unstack"):  # since NumPy 2.1
    ARGUMENTS[np.unstack] = lambda d: call(x := d.array(least=1), **d.some(axis=(d.axis(x.ndim),)))
