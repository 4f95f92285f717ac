"""The arguments of linear algebra: matrices on which its functions are smooth, alone and in stacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume

from autograd.derivatives import linear_algebra
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import TIED, Array, Call, Draw, call

WIDE_AND_TALL = ("ij", "aij")
ORDERS = ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)


def near_diagonal(x: Array, signs: Any = 1) -> Array:
    """Make of small numbers matrices near diag(3, 6, 9): well conditioned, eigenvalues far apart."""
    rows, columns = x.shape[-2:]
    matrices: Array = x / 8 + signs * 3 * np.arange(1, columns + 1) * np.eye(rows, columns)
    return matrices


def _matrix(d: Draw, *letters: str) -> Array:
    return near_diagonal(d.arrays(d.choice(*(letters or ("ii", "aii"))))[0])


def _symmetric(d: Draw) -> Array:
    """Draw matrices with eigenvalues of both signs; only one of their triangles matters."""
    return near_diagonal(d.arrays(d.choice("ii", "aii"))[0], signs=d.choice(1, -1))


def _solve(d: Draw) -> Call:
    a, b = d.arrays(d.choice("ii,i", "ii,ij", "aii,i", "aii,ij", "ii,aij", "aii,aij", "1ii,aij"))
    return call(near_diagonal(a), b)


def _svd(d: Draw) -> Call:
    values = {"compute_uv": False}
    return d.choice(
        call(_matrix(d), **d.some(full_matrices=(True, False))),
        call(_matrix(d, *WIDE_AND_TALL), full_matrices=False),
        call(_matrix(d, *WIDE_AND_TALL), **values),
        call(_symmetric(d), hermitian=True, **d.choice({}, values)),
    )


def _qr(d: Draw) -> Call:
    return d.choice(
        call(_matrix(d, *WIDE_AND_TALL), **d.some(mode=("reduced", "r"))),
        call(_matrix(d), mode="complete"),
    )


def _pinv(d: Draw) -> Call:
    return d.choice(
        call(_matrix(d, *WIDE_AND_TALL), **d.choice(d.some(rcond=(1e-9,)), d.some(rtol=(None,)))),
        call(_symmetric(d), hermitian=True),
    )


def _lstsq(d: Draw) -> Call:
    a, b = d.arrays(d.choice("ij,i", "ij,ik"))
    return call(near_diagonal(a), b, **d.some(rcond=(1e-9,)))


def _vector_norm(d: Draw) -> Call:
    x = d.array(least=1)
    orders = (0, 1, 2, 3, np.inf, -np.inf) if x.size else (0, 1, 2, 3)  # releases differ on empty maxima
    return call(x, **d.some(axis=(d.axes(x.ndim),), ord=orders, keepdims=(True, False)))


def _matrix_norm(d: Draw) -> Call:
    x = d.arrays(d.choice(*WIDE_AND_TALL))[0]
    x = x if d.style is TIED else near_diagonal(x)
    return call(x, **d.some(ord=ORDERS if x.size else ("fro", "nuc"), keepdims=(True, False)))


def _norm(d: Draw) -> Call:
    """Draw a norm of all elements, or of the vectors along one axis, or of the matrices along two."""
    (x,), how = _vector_norm(d)
    along_one = call(x, **how | {"axis": d.axis(x.ndim)})
    (a,), how = _matrix_norm(d)
    axes = d.order(a.ndim)[:2]
    along_two = call(np.moveaxis(a, (-2, -1), axes), **how, axis=axes)
    return d.choice(call(d.array()), along_one, along_two, call(a, **how) if a.ndim == 2 else along_two)


def _cond(d: Draw) -> Call:
    p = d.choice(None, *ORDERS)
    x = _matrix(d, *(WIDE_AND_TALL if p in (None, 2, -2) else ()))
    assume(min(x.shape[-2:]) > 1)  # of a number it is 1, of an empty matrix undefined
    return call(x, p)


def _tensorsolve(d: Draw) -> Call:
    a, b = d.arrays("ijij,ij")
    square = near_diagonal(np.reshape(a, (b.size, b.size)))
    return d.choice(call(np.reshape(square, a.shape), b), call(np.reshape(square, a.shape), b, axes=()))


def _tensorinv(d: Draw) -> Call:
    a, b = d.arrays("ijij,ij")
    square = near_diagonal(np.reshape(a, (b.size, b.size)))
    return d.choice(call(np.reshape(square, a.shape)), call(np.reshape(square, (b.size, *b.shape)), 1))


of_one_matrix = (
    np.linalg.inv, np.linalg.det, np.linalg.slogdet, np.linalg.eig, np.linalg.eigvals,
    linear_algebra.slogdet, linear_algebra.cofactors, linear_algebra.eig,
)  # fmt: skip
of_any_matrix = (np.linalg.svdvals, np.linalg.matrix_rank, linear_algebra.svd)
of_symmetric = (np.linalg.eigh, np.linalg.eigvalsh, linear_algebra.eigh)

ARGUMENTS: Lines = {
    **dict.fromkeys(of_one_matrix, lambda d: call(_matrix(d))),
    **dict.fromkeys(of_any_matrix, lambda d: call(_matrix(d, *WIDE_AND_TALL))),
    **dict.fromkeys(of_symmetric, lambda d: call(_symmetric(d), **d.some(UPLO=("L", "U")))),
    linear_algebra.qr: lambda d: call(
        x if (x := _matrix(d, *WIDE_AND_TALL)).shape[-2] >= x.shape[-1] else x.mT
    ),
    np.linalg.cholesky: lambda d: call(_matrix(d), **d.some(upper=(True, False))),
    np.linalg.solve: _solve,
    np.linalg.svd: _svd,
    np.linalg.qr: _qr,
    np.linalg.pinv: _pinv,
    np.linalg.lstsq: _lstsq,
    np.linalg.vector_norm: _vector_norm,
    np.linalg.matrix_norm: _matrix_norm,
    np.linalg.norm: _norm,
    np.linalg.cond: _cond,
    np.linalg.matrix_power: lambda d: call(_matrix(d), d.integer(-3, 5)),
    np.linalg.multi_dot: lambda d: call(d.arrays(d.choice("ij,jk,kl", "i,ij,jk,k", "i,ij", "ij,jk,kl,lm"))),
    np.linalg.tensorsolve: _tensorsolve,
    np.linalg.tensorinv: _tensorinv,
}
