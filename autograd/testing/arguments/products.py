"""The arguments of products."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.derivatives.products import contract
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import Call, Draw, call

EINSUMS = (
    "ij,jk->ik", "i,i->", "i,j->ij", "ij,ij->ij", "ijk->kij", "ij->", "ij->j", "ii->i", "ii->",
    "iij->ji", "i,i,i->i", "ij,jk,kl->il", "i,jj->i", ",i->i",
)  # fmt: skip
MORE_EINSUMS = (
    "ij,jk", "ba", "ii", "...i,...i->...", "...ij,jk", "i...->...", "... , ...", "i...j->j...",
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
    spelled = call(subscripts, x, *others)
    listed = call(x, [*range(x.ndim)], x + 0.5, [*range(x.ndim)], [*range(x.ndim)][1:])
    return d.choice(spelled, spelled, listed)


def _tensordot(d: Draw, letters: str, axes: Any) -> Call:
    return call(*d.arrays(letters), axes=axes)


ARGUMENTS: Lines = {
    np.matmul: lambda d: call(*d.arrays(d.choice(*VECTORS_AND_MATRICES, *STACKED))),
    np.dot: lambda d: call(*d.arrays(d.choice(*VECTORS_AND_MATRICES, ",ij", "ijk,k", "ija,bac"))),
    np.inner: lambda d: call(*d.arrays(d.choice("i,i", ",i", "ij,j", "ij,kj", "aij,j", "i,j1i"))),
    np.vdot: lambda d: call(*d.arrays(d.choice(",", "i,i", "ij,ij", "ij,ji"))),
    np.outer: lambda d: call(*d.arrays(d.choice("i,j", ",i", "ij,k"))),
    np.tensordot: lambda d: _tensordot(d, *d.choice(*CONTRACTIONS)),
    contract: _contract,
    np.einsum: _einsum,
}
