"""The arguments of shape functions."""

from __future__ import annotations

import itertools

import numpy as np

from autograd.derivatives.domains import NONZERO
from autograd.derivatives.shapes import astype, cast, join, pile
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import SMOOTH, TIED, Array, Call, Draw, call

CONCATENATIONS = (("ia,ja", 0), ("ai,aj", -1), ("ij,k,1", None))


def _concatenate(d: Draw, letters: str, axis: int | None) -> Call:
    return call(d.arrays(letters), axis=axis)


def _join(d: Draw) -> Call:
    arrays = d.arrays(d.choice("ij,kj", "i,j,k", "ija,kja"))
    return call(*arrays, axis=0, ends=tuple(itertools.accumulate(map(len, arrays))))


def _roll(d: Draw) -> Call:
    x = d.array(least=1)
    axes = d.order(x.ndim)
    shifts = (1, -2, 3)[: x.ndim]
    return call(x, *d.choice((1,), (-2, axes[0]), (shifts, axes), (1, axes)))


def _squeeze(d: Draw) -> Call:
    x, *_ = d.arrays(d.choice("1", "i1", "1ij", "1i1", "ij"))
    ones = tuple(i for i, n in enumerate(x.shape) if n == 1)
    return call(x, **d.some(axis=(ones, *ones)))


def _apply_along_axis(d: Draw) -> Call:
    x = d.array(least=1)
    return call(d.choice(np.sum, np.cumsum, lambda row: row[:1] * row[:, None]), d.axis(x.ndim), x)


def _with_zeros(d: Draw) -> Array:
    x = d.array((3,), NONZERO)
    moved = d.style in (SMOOTH, TIED)  # to where the function has another shape
    return x if moved else np.concatenate([np.zeros(d.integer(0, 2)), x, np.zeros(d.integer(0, 2))])


ARGUMENTS: Lines = {
    np.reshape: lambda d: call(x := d.array(), d.reshaped(x), **d.some(order=("C", "F"))),
    np.ravel: lambda d: call(d.array(), **d.some(order=("C", "F"))),
    np.squeeze: _squeeze,
    np.expand_dims: lambda d: call(x := d.array(), d.choice(d.axis(x.ndim + 1), (0, 1), (0, -1))),
    np.transpose: lambda d: call(x := d.array(), **d.some(axes=(None, d.order(x.ndim)))),
    np.matrix_transpose: lambda d: call(d.array(least=2)),
    np.swapaxes: lambda d: call(x := d.array(least=1), d.axis(x.ndim), d.axis(x.ndim)),
    np.moveaxis: lambda d: call(d.array(least=2), *d.choice((0, -1), (-2, 0), ([0, 1], [-1, 0]))),
    np.rollaxis: lambda d: call(x := d.array(least=1), d.axis(x.ndim), d.integer(-x.ndim, x.ndim)),
    np.broadcast_to: lambda d: call(d.array(d.broadcastable_to(shape := d.shape())), shape),
    np.broadcast_arrays: lambda d: call(*map(d.array, d.broadcastable(d.integer(1, 3)))),
    np.flip: lambda d: call(x := d.array(), **d.some(axis=(d.axes(x.ndim),))),
    np.fliplr: lambda d: call(d.array(least=2)),
    np.flipud: lambda d: call(d.array(least=1)),
    np.roll: _roll,
    np.append: lambda d: call(*d.arrays("ia,ja"), *d.choice((0,), (None,), ())),
    np.trim_zeros: lambda d: call(_with_zeros(d), **d.some(trim=("f", "b"))),
    np.apply_along_axis: _apply_along_axis,
    np.apply_over_axes: lambda d: call(
        d.choice(np.sum, np.cumsum), x := d.array(least=1), d.choice(d.axis(x.ndim), [*d.order(x.ndim)])
    ),
    np.copy: lambda d: call(d.array(), **d.some(order=("C", "F", "K"))),
    cast: lambda d: call(d.array(), np.dtype(d.dtype())),
    astype: lambda d: call(d.array(), d.dtype(), **d.some(copy=(True, False))),
    np.atleast_1d: lambda d: call(*d.choice([d.array()], [d.array(), d.array()])),
    np.atleast_2d: lambda d: call(*d.choice([d.array()], [d.array(), d.array()])),
    np.atleast_3d: lambda d: call(*d.choice([d.array()], [d.array(), d.array()])),
    # Joining and splitting
    join: _join,
    pile: lambda d: call(*d.arrays(d.choice("ij,ij", "i,i,i", ",")), **d.some(axis=(0, -1))),
    np.concatenate: lambda d: _concatenate(d, *d.choice(*CONCATENATIONS)),
    np.stack: lambda d: call(d.arrays(d.choice("ij,ij", "i,i,i", ",")), **d.some(axis=(0, -1))),
    np.vstack: lambda d: call(d.arrays(d.choice("ia,ja", "a,ja", "a,a", "ija,kja"))),
    np.hstack: lambda d: call(d.arrays(d.choice("ai,aj", "i,j", ",i", "aib,ajb"))),
    np.dstack: lambda d: call(d.arrays(d.choice("abi,abj", "ab,abj", "b,b", ","))),
    np.column_stack: lambda d: call(d.arrays(d.choice("a,a", "ai,a", "ai,aj"))),
    np.split: lambda d: call(x := d.array(least=1), d.sections(x.shape[i := d.axis(x.ndim)]), i),
    np.array_split: lambda d: call(x := d.array(least=1), d.choice(2, 3, d.sections(len(x)))),
    np.vsplit: lambda d: call(x := d.array(least=2), d.sections(len(x))),
    np.hsplit: lambda d: call(x := d.array(least=1), d.sections(x.shape[min(x.ndim, 2) - 1])),
    np.dsplit: lambda d: call(x := d.array(least=3), d.sections(x.shape[2])),
}
if hasattr(np, "astype"):  # since NumPy 2.1
    ARGUMENTS[np.astype] = ARGUMENTS[astype]
