"""The arguments of products."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.derivatives.products import contract
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import Array, Call, Draw, call

EINSUMS = (
    "ij,jk->ik", "i,i->", "i,j->ij", "ij,ij->ij", "ijk->kij", "ij->", "ij->j", "ii->i", "ii->",
    "iij->ji", "i,i,i->i", "ij,jk,kl->il", "i,jj->i", ",i->i",
)  # fmt: skip
MORE_EINSUMS = (
    "ij,jk", "ba", "ii", "Ab", "...i,...i->...", "...ij,jk", "i...->...", "... , ...", "i...j->j...",
    "...ii->...i", "...,i", "i...,j...->...", "1j,jk->jk",
)  # fmt: skip
VECTORS_AND_MATRICES = ("i,i", "ij,j", "i,ij", "ij,jk")
STACKED = ("aij,jk", "ij,ajk", "aij,ajk", "1ij,ajk", "aij,1jk", "aij,j", "i,aij")
CONTRACTIONS = (
    ("ijk,jkl", 2), ("ij,jk", 1), ("i,j", 0), ("ij,kj", (1, 1)), ("ij,kj", ([-1], [1])),
    ("ijk,kj", ([1, 2], [1, 0])), ("ij,jk", np.int64(1)),
)  # fmt: skip


def _contract(d: Draw) -> Call:
    subscripts = d.choice(*EINSUMS)
    return call(*d.arrays(subscripts.partition("->")[0]), subscripts=subscripts)


def _einsum(d: Draw) -> Call:
    subscripts = d.choice(*EINSUMS, *MORE_EINSUMS)
    letters = subscripts.replace(" ", "").partition("->")[0]
    x, *others = d.arrays(letters.replace("...", d.choice("", "x", "xy")))
    spelled = call(subscripts.replace("1", "i"), x, *others, **d.some(optimize=(True, "greedy")))
    labels = [30, *range(1, x.ndim)][: x.ndim]  # without an output they are sorted as numbers
    listed = call(x, labels, x + 0.5, [..., *labels[1:]], *d.choice([], [[*labels[1:], ...]]))
    return d.choice(spelled, spelled, listed)


def _tensordot(d: Draw, letters: str, axes: Any) -> Call:
    return call(*d.arrays(letters), axes=axes)


def _offset(d: Draw) -> dict[str, Any]:
    return d.some(offset=(1, -1, 2, -2))


def _two_axes(d: Draw, x: Array) -> dict[str, Any]:
    i, j, *_ = d.order(x.ndim)
    return d.choice({}, {"axis1": i, "axis2": j})


def _vectors(d: Draw) -> list[Array]:
    """Draw two vectors, or stacks of them, of length 3."""
    return [d.array((*shape, 3)) for shape in d.broadcastable(2)]


def _cross(d: Draw) -> Call:
    a, b = _vectors(d)
    moved = call(np.moveaxis(a, -1, 0), b, axisa=0, **d.some(axisc=(0,)))
    return d.choice(call(a, b, **d.some(axis=(-1,))), moved)


ARGUMENTS: Lines = {
    np.matmul: lambda d: call(*d.arrays(d.choice(*VECTORS_AND_MATRICES, *STACKED))),
    np.dot: lambda d: call(*d.arrays(d.choice(*VECTORS_AND_MATRICES, ",ij", "ijk,k", "ija,bac"))),
    np.inner: lambda d: call(*d.arrays(d.choice("i,i", ",i", "ij,j", "ij,kj", "aij,j", "i,j1i"))),
    np.vdot: lambda d: call(*d.arrays(d.choice(",", "i,i", "ij,ij", "ij,ji"))),
    np.outer: lambda d: call(*d.arrays(d.choice("i,j", ",i", "ij,k"))),
    np.tensordot: lambda d: _tensordot(d, *d.choice(*CONTRACTIONS)),
    np.kron: lambda d: call(*d.arrays(d.choice("i,j", "ij,kl", "i,ij", "ijk,l", ",ij", ","))),
    np.cross: _cross,
    np.vecdot: lambda d: call(*d.arrays(d.choice("i,i", "ai,i", "ai,ai", "1i,ai"))),
    np.diagonal: lambda d: call(x := d.array(least=2), **_offset(d), **_two_axes(d, x)),
    np.trace: lambda d: call(x := d.array(least=2), **_offset(d), **_two_axes(d, x)),
    np.linalg.matmul: lambda d: call(*d.arrays(d.choice(*VECTORS_AND_MATRICES, *STACKED))),
    np.linalg.matrix_transpose: lambda d: call(d.array(least=2)),
    np.linalg.tensordot: lambda d: _tensordot(d, *d.choice(*CONTRACTIONS)),
    np.linalg.outer: lambda d: call(*d.arrays("i,j")),
    np.linalg.cross: lambda d: call(*_vectors(d), **d.some(axis=(-1,))),
    np.linalg.vecdot: lambda d: call(
        *d.arrays(d.choice("i,i", "ai,i", "ai,ai", "1i,ai")), **d.some(axis=(-1,))
    ),
    np.linalg.diagonal: lambda d: call(d.array(least=2), **_offset(d)),
    np.linalg.trace: lambda d: call(d.array(least=2), **_offset(d)),
    contract: _contract,
    np.einsum_path: lambda d: call("ij,jk", *d.arrays("ij,jk")),
    np.einsum: _einsum,
}
if hasattr(np, "matvec"):  # since NumPy 2.2
    ARGUMENTS[np.matvec] = lambda d: call(*d.arrays(d.choice("ij,j", "aij,j", "aij,aj", "ij,aj")))
    ARGUMENTS[np.vecmat] = lambda d: call(*d.arrays(d.choice("i,ij", "ai,ij", "ai,aij", "i,aij")))
