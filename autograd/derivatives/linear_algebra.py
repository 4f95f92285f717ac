"""Linear algebra: inverses, determinants, factorisations and norms, of one matrix or of a stack.

Sources: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation" (2008);
Murray, "Differentiation of the Cholesky decomposition" (2016); Townsend, "Differentiating the singular value
decomposition" (2016); Seeger, Hetzel, Dai, Meissner and Lawrence, "Auto-differentiating linear algebra" (2017).

**One triangle** is read by ``cholesky``, ``eigh``, ``eigvalsh`` and by ``hermitian=True``. So the gradient lies in that
triangle, and what is not on the diagonal counts twice there. For a symmetric one go through ``(a + a.mT) / 2``.

**Equal eigenvalues** or singular values have gradients, but no second derivatives there, and their vectors have none at
all, nor have those of a singular value 0 of a matrix that is not square: a cotangent of theirs gives inf or NaN. Where
they are equal up to rounding, the gradient is exact only if it ends in what does not turn their vectors among themselves.

**Eigenvalues that are all real** are given as real numbers, as NumPy did before 2.5; others are refused.

**Further columns**, of ``svd`` with ``full_matrices=True`` and ``qr`` with ``mode="complete"``, are some basis of the space
that is left. What depends on that space alone, such as the projection onto it, has the right gradient.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives import table
from autograd.derivatives.constants import value_of
from autograd.derivatives.own_text import alike, own_text
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import definition

derivative = partial(table.derivative, kind="linear algebra")
T = np.matrix_transpose


# fmt: off
# What gives several results is recorded as giving one
def _named(name: str, function: Any) -> Any:
    function.__name__ = name
    return primitive(function, known_as=f"np.linalg.{name}")

def _rows(results: Any) -> Any:
    """Write vectors and matrices below each other, with zeros on the right where one is narrow."""
    ndim, width = max(x.ndim for x in results), max(x.shape[-1] for x in results)
    rows = [x if x.ndim == ndim else x[..., None, :] for x in results]
    return np.concatenate([np.pad(x, [(0, 0)] * (ndim - 1) + [(0, width - x.shape[-1])]) for x in rows], axis=-2)

eigh    = _named("eigh",    lambda a, UPLO="L": _rows(np.linalg.eigh(a, UPLO)))
eig     = _named("eig",     lambda a: _rows([x if np.any(x.imag) else x.real for x in np.linalg.eig(a)]))
svd     = _named("svd",     lambda a, full_matrices=False: _rows(np.linalg.svd(a, full_matrices)))
qr      = _named("qr",      lambda a, mode="reduced": _rows(np.linalg.qr(a, mode)))  # of a matrix that is not wide
slogdet = _named("slogdet", lambda a: np.stack(np.linalg.slogdet(a), axis=-1))

@primitive
def cofactors(a: Any) -> Any:
    """Return the derivative of the determinant, det(a) a⁻ᵀ, but of singular matrices too."""
    u, s, vt, sign = _signed_svd(a)
    return (sign * u * np.prod(np.where(_identity(a), 1, s[..., None, :]), -1)[..., None, :]) @ vt

def _cofactors(g: Any, a: Any) -> Any:
    """Pull back to a: between the singular vectors, cofactors are products of singular values."""
    u, s, vt, sign = _signed_svd(a)
    one, g = _identity(a), T(u) @ g @ T(vt)
    others = np.prod(np.where(one[:, None] | one, 1, s[..., None, None, :]), -1) * ~one
    return sign * (u @ (one * (others @ np.linalg.diagonal(g)[..., None]) - others * T(g)) @ vt)

def _signed_svd(a: Any) -> tuple[Any, Any, Any, Any]:
    u, s, vt = np.linalg.svd(a)
    return u, s, vt, np.sign(np.linalg.det(u @ vt))[..., None, None]

def _identity(x: Any) -> Any:
    return np.eye(np.shape(x)[-1], dtype=bool)

def _symmetric(x: Any) -> Any:
    """Copy the lower triangle of a matrix to the upper one."""
    return np.where(np.tri(np.shape(x)[-1], dtype=bool), x, T(x))

def _onto_triangle(x: Any, UPLO: str = "L") -> Any:
    lower = np.tri(np.shape(x)[-1], dtype=bool)
    return np.where(lower if UPLO.upper() == "L" else lower.T, np.where(_identity(x), x, x + T(x)), 0)

def _divide(x: Any, y: Any) -> Any:
    """Compute x / y, and 0 where both are 0: where no cotangent comes in."""
    return x / np.where(np.equal(x, 0) & np.equal(y, 0), math.inf, y)

def _over_gaps(x: Any, values: Any) -> Any:
    """Divide x_ij by λ_j - λ_i; on the diagonal give 0."""
    return _divide(np.where(_identity(x), 0, x), values - T(values))

def _turn(k: Any, values: Any) -> Any:
    """Divide k_ij - k_ji by λ_j - λ_i, in this order, since gaps may be mere rounding; where there is no gap, divide k_ij."""
    return _over_gaps(np.where(np.equal(values, T(values)), k, k - T(k)), values)

def _thin(q: Any, g: Any, k: int) -> tuple[Any, Any]:
    """Keep the first k columns of q; the others span what is left, and turn as that does."""
    return q[..., :k], g[..., :k] - q[..., k:] @ (T(g[..., k:]) @ q[..., :k])

def _eigen(g: Any, out: Any, orthogonal: bool = False) -> Any:
    """Pull back to a = v diag(w) v⁻¹ (Giles, 3.1), where the columns of v have length 1."""
    (w, v), (gw, gv) = np.split(out, [1], axis=-2), np.split(g, [1], axis=-2)
    turn = _turn(T(v) @ gv, w) / 2 if orthogonal else _over_gaps(T(v) @ (gv - v * np.sum(v * gv, axis=-2, keepdims=True)), w)
    inner = T(v * gw) + turn @ T(v)
    return v @ inner if orthogonal else np.linalg.solve(T(v), inner)

def _svd(g: Any, out: Any, a_shape: tuple[int, ...]) -> Any:
    """Pull back to a = u diag(s) vᵀ (Townsend), also to what lies outside of a narrow u or v."""
    (m, n), k = a_shape[-2:], min(a_shape[-2:])
    (u, gu), (s, gs), (vt, gvt) = zip(*(np.split(x, [m, m + 1], axis=-2) for x in (out, g)), strict=True)
    (u, gu), (v, gv) = _thin(u, gu, k), _thin(T(vt[..., :n]), T(gvt[..., :n]), k)
    s, gs = s[..., :k], gs[..., :k]
    left, right = _turn(T(u) @ gu, s * s), _turn(T(v) @ gv, s * s)
    a = (u * gs + u @ (left * s + T(s) * right)) @ T(v)
    if m > n:
        return a + _divide(gu - u @ (T(u) @ gu), s) @ T(v)
    return a + u @ T(_divide(gv - v @ (T(v) @ gv), s)) if m < n else a

def _qr(g: Any, out: Any, a_shape: tuple[int, ...]) -> Any:
    """Pull back to a = q r (Seeger et al., 4.3)."""
    m, n = a_shape[-2:]
    (q, gq), r, gr = _thin(out[..., :m, :], g[..., :m, :], n), out[..., m : m + n, :n], g[..., m : m + n, :n]
    return T(np.linalg.solve(r, T(gq + q @ _symmetric(r @ T(gr) - T(gq) @ q))))

def _cholesky(g: Any, out: Any) -> Any:
    """Pull back to a = l lᵀ (Murray, 2)."""
    return np.linalg.solve(T(out), T(np.linalg.solve(T(out), _symmetric(T(out) @ g) / 2)))

def _pinv(g: Any, a: Any, out: Any) -> Any:
    """Pull back to a matrix whose rank stays as it is (Golub and Pereyra, 1973)."""
    left, right = T(g) @ out, out @ T(g)
    return (left - a @ (out @ left)) @ T(out) + T(out) @ (right - (right @ out) @ a) - T(out) @ g @ T(out)

derivative(np.linalg.inv,   lambda g, out: -T(out) @ g @ T(out))
derivative(np.linalg.solve, lambda g, out, b_shape: -g @ T(out if len(b_shape) > 1 else out[..., None]),
                            lambda g, b_shape: g if len(b_shape) > 1 else g[..., 0],        names="a b",
                            cotangent=lambda g, a, b_shape: np.linalg.solve(T(a), g if len(b_shape) > 1 else g[..., None]))
derivative(np.linalg.det,   lambda g, a: g[..., None, None] * cofactors(a),                 names="a")
derivative(cofactors,       lambda g, a: _cofactors(g, a))
derivative(slogdet,         lambda g, a: g[..., 1, None, None] * np.linalg.inv(T(a)))
derivative(np.linalg.cholesky, lambda g, out, upper=False: _onto_triangle(_cholesky(T(g), T(out)), "U") if upper else _onto_triangle(_cholesky(g, out)))
derivative(np.linalg.pinv,  lambda g, a, out, hermitian=False: _onto_triangle(_pinv(g, _symmetric(a), out)) if hermitian else _pinv(g, a, out), names="a", keywords="rcond rtol")
derivative(qr,              lambda g, out, a_shape: _qr(g, out, a_shape), keywords="mode")
derivative(svd,             lambda g, out, a_shape: _svd(g, out, a_shape), keywords="full_matrices")
derivative(eigh,            lambda g, out, UPLO="L": _onto_triangle(_eigen(g, out, orthogonal=True), UPLO))
derivative(eig,             lambda g, out: _eigen(g, out))

# Definitions, which give NumPy's types of several results
_norm_as_written = own_text(np.linalg.norm, svd=lambda x, compute_uv: np.abs(np.linalg.svdvals(x)))
_svd_as_written, _vector_norm_as_written = own_text(np.linalg.svd), own_text(np.linalg.vector_norm)

def _as(function: Any, *results: Any) -> Any:
    """Return results in the type of NumPy's own function, which is not public."""
    return type(function(np.ones((1, 1))))(*results)

def _qr_of(a: Any, mode: str = "reduced") -> Any:
    if mode not in ("reduced", "complete", "r"):
        raise TypeError(f"np.linalg.qr with mode={mode!r} has no derivative; use mode='reduced'")
    np.linalg.qr(np.empty((*np.shape(a)[:-1], 0)))  # NumPy says that one axis is too few
    m, n = np.shape(a)[-2:]
    packed = qr(a[..., :m], mode="complete" if mode == "complete" else "reduced")
    q, r = packed[..., :m, :], packed[..., m:, : min(m, n)]
    r = np.concatenate([r, T(q) @ a[..., m:]], axis=-1) if m < n else r
    return r if mode == "r" else _as(np.linalg.qr, q, r)

def _svd_of(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    if hermitian:
        return _svd_as_written(a, compute_uv=compute_uv, hermitian=True)
    full = full_matrices and compute_uv
    packed, (m, n) = svd(a, full_matrices=full), np.shape(a)[-2:]
    k = min(m, n)
    u, s, vt = packed[..., :m, : m if full else k], packed[..., m, :k], packed[..., m + 1 :, :n]
    return _as(np.linalg.svd, u, s, vt) if compute_uv else s

def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    np.linalg.lstsq(np.empty((*np.shape(a)[:-1], 0)), np.empty(np.shape(b)))  # do their shapes fit?
    (m, n), eps = np.shape(a), float(np.finfo(float).eps)
    least = eps * max(m, n) if rcond is None else max(rcond, eps)
    a, b = alike(a, b)
    x, s = np.linalg.pinv(a, least) @ b, np.linalg.svdvals(a)
    rank = np.sum(np.greater(s, least * s[:1]), dtype=np.int32)
    squares = np.atleast_1d(np.sum((b - a @ x) ** 2, axis=0))
    return x, squares if rank == n < m else squares[:0], rank, s

def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """Return a norm; where all elements are 0 its gradient is 0, by convention."""
    axes = tuple(range(np.ndim(x))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if (ord is None and (axis is None or len(axes) <= 2)) or (len(axes), ord) in ((1, 2), (2, "fro"), (2, "f")):
        return np.sqrt(np.sum(x * x, axis=axes, keepdims=keepdims))
    if ord == 0 and len(axes) == 1:  # it counts what is not zero
        x, ord = np.where(np.equal(x, 0), x, 1), 1
    return _norm_as_written(x, ord, axes, keepdims)

def _cond(x: Any, p: Any = None) -> Any:
    if p in (None, 2, -2):
        s = np.linalg.svdvals(x)
        over, under = (np.max(s, axis=-1), np.min(s, axis=-1))[:: -1 if p == -2 else 1]
        return np.where(np.equal(under, 0), np.inf, over / np.where(np.equal(under, 0), 1, under))
    with np.errstate(invalid="ignore"):  # NaN is no error
        singular = np.equal(np.linalg.slogdet(value_of(x))[0], 0)
    inverse = np.linalg.inv(np.where(singular[..., None, None], _identity(x), x))
    return np.where(singular, np.inf, np.linalg.matrix_norm(x, ord=p) * np.linalg.matrix_norm(inverse, ord=p))

definition(np.linalg.norm,         _norm)
definition(np.linalg.vector_norm,  lambda x, /, *, axis=None, keepdims=False, ord=2: np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims)) if ord == 2 else _vector_norm_as_written(x, axis=axis, keepdims=keepdims, ord=ord))
definition(np.linalg.cond,         _cond)
definition(np.linalg.slogdet,      lambda a: _as(np.linalg.slogdet, *np.moveaxis(slogdet(a), -1, 0)))
definition(np.linalg.eigh,         lambda a, UPLO="L": _as(np.linalg.eigh, (both := eigh(a, UPLO=UPLO))[..., 0, :], both[..., 1:, :]))
definition(np.linalg.eigvalsh,     lambda a, UPLO="L": np.linalg.eigh(a, UPLO).eigenvalues)
definition(np.linalg.eig,          lambda a: _as(np.linalg.eig, (both := eig(a))[..., 0, :], both[..., 1:, :]))
definition(np.linalg.eigvals,      lambda a: np.linalg.eig(a).eigenvalues)
definition(np.linalg.qr,           _qr_of)
definition(np.linalg.svd,          _svd_of)
definition(np.linalg.lstsq,        _lstsq)
definition(np.linalg.tensorsolve,  lambda a, b, axes=None: np.reshape(np.linalg.solve(
    np.reshape(a := np.moveaxis(a, axes or (), range(-len(axes or ()), 0)), (np.size(b),) * 2), np.ravel(b)), np.shape(a)[np.ndim(b) :]))
