"""Functions defined through others, whose derivatives follow from theirs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.derivatives.table import definition


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Compute the norm of a vector, or the Frobenius norm of a matrix; at 0 the gradient is 0."""
    axes = tuple(range(np.ndim(x))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    possible = (2,) if ord == "fro" else (1, 2)
    if len(axes) not in possible and not (axis is None and ord is None):
        raise ValueError(f"np.linalg.norm: ord={ord!r} is no norm of {len(axes)} axes")
    if len(axes) > 1 and ord not in (None, "fro"):
        raise TypeError(f"np.linalg.norm of a matrix with ord={ord!r} has no derivative here; use ord=None")
    size = np.abs(x)
    if ord in (None, 2, "fro"):
        return np.sqrt(np.sum(x * x, axis=axes, keepdims=keepdims))
    if ord == 0:
        size = np.where(np.equal(x, 0), size, 1)  # it counts what is not zero
    if ord in (0, 1) or (ord == np.inf and not np.size(x)):
        return np.sum(size, axis=axes, keepdims=keepdims)
    if ord == np.inf:
        return np.max(size, axis=axes, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(size, axis=axes, keepdims=keepdims)
    return np.sum(size**ord, axis=axes, keepdims=keepdims) ** (1 / ord)


def _ptp(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def _average(a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    if axis is not None and np.ndim(weights) != np.ndim(a):
        weights = np.reshape(weights, [n if i == axis % np.ndim(a) else 1 for i, n in enumerate(np.shape(a))])
    weights = np.broadcast_to(weights, np.shape(a))
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    if np.any(np.equal(total, 0)):
        raise ZeroDivisionError("np.average: the weights sum to zero")
    return np.sum(a * weights, axis=axis, keepdims=keepdims) / total


definition(np.linalg.norm, _norm)
definition(np.ptp, _ptp)
definition(np.average, _average)
