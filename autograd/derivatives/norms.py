"""Norms of vectors and of matrices. Where all elements are 0 the gradient is 0, by convention."""

from typing import Any

import numpy as np

from autograd.derivatives.table import definition


# fmt: off
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    axes = tuple(range(np.ndim(x))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(axes) == 1 or (axis is None and ord is None):
        return _vector_norm(x, axis=axes, keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError(f"np.linalg.norm: expected one axis or two with ord={ord!r}, got {len(axes)}")
    norm = _matrix_norm(np.moveaxis(x, axes, (-2, -1)), ord="fro" if ord is None else ord)
    return np.expand_dims(norm, axes) if keepdims else norm

def _vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    if isinstance(ord, str):
        raise ValueError(f"np.linalg.norm: ord={ord!r} is a norm of matrices; expected a number")
    how: dict[str, Any] = {"axis": axis, "keepdims": keepdims}
    if ord == 2:
        return np.sqrt(np.sum(x * x, **how))
    if ord in (np.inf, -np.inf):
        return np.max(np.abs(x), initial=0, **how) if ord > 0 else np.min(np.abs(x), **how)
    total = np.sum(np.abs(x) ** ord if ord else np.where(np.equal(x, 0), np.abs(x), 1), **how)  # 0 counts what is not zero
    return total if ord in (0, 1) else total ** (1 / ord)

def _matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    if ord in ("fro", "f"):
        return _vector_norm(x, axis=(-2, -1), keepdims=keepdims)
    if ord in (1, -1, np.inf, -np.inf):
        sizes = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1)
    elif ord in (2, -2, "nuc"):
        sizes = np.linalg.svdvals(x)
    else:
        raise ValueError(f"np.linalg.norm: ord={ord!r} is no norm of matrices; "
                         f"expected 'fro', 'nuc', 1, -1, 2, -2, np.inf or -np.inf")
    norm = _vector_norm(sizes, axis=-1, ord=1 if ord == "nuc" else ord * np.inf)
    return norm[..., None, None] if keepdims else norm

def _cond(x: Any, p: Any = None) -> Any:
    if p in (None, 2, -2):
        s = np.linalg.svdvals(x)
        least, most = np.min(s, axis=-1), np.max(s, axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return least / most if p == -2 else np.where(np.equal(least, 0), np.inf, most / least)
    return np.linalg.matrix_norm(x, ord=p) * np.linalg.matrix_norm(np.linalg.inv(x), ord=p)

definition(np.linalg.norm,        _norm)
definition(np.linalg.vector_norm, _vector_norm)
definition(np.linalg.matrix_norm, _matrix_norm)
definition(np.linalg.cond,        _cond)
