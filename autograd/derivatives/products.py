"""Products: of matrices, of vectors, and of any axes with any others."""

import math
import string
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives.indexing import scatter
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import definition, derivative


# fmt: off
def _matmul_left(g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
    """Pull g = x̄y back to x. A vector is a row on the left and a column on the right."""
    if np.ndim(y) == 1:
        return g[..., None] * y if len(x_shape) > 1 else g * y
    return np.matmul(g, np.matrix_transpose(y)) if len(x_shape) > 1 else np.matmul(y, g[..., None])[..., 0]

def _matmul_right(g: Any, x: Any, y_shape: tuple[int, ...]) -> Any:
    if np.ndim(x) == 1:
        return x[:, None] * g[..., None, :] if len(y_shape) > 1 else g * x
    xt = np.matrix_transpose(x)
    return np.matmul(xt, g) if len(y_shape) > 1 else np.matmul(xt, g[..., None])[..., 0]

@partial(primitive, known_as="np.einsum")
def contract(*operands: Any, subscripts: str, optimize: Any = False) -> Any:
    """Compute an ``einsum`` whose subscripts name every axis, with the operands first; large ones through BLAS."""
    return np.einsum(subscripts, *operands, optimize=optimize or math.prod(map(np.size, operands)) > 2**20)

@partial(primitive, known_as="np.cross")
def cross_rows(x: Any, y: Any) -> Any:
    """Compute the cross products along the last axes."""
    return np.cross(x, y)

def _contract_others(g: Any, position: int, operands: Any, shapes: Any, subscripts: str, optimize: Any) -> Any:
    """Pull back to one operand: contract the cotangent with all others, onto that operand's axes."""
    inputs, output = subscripts.split("->")
    terms, arrays = inputs.split(","), list(operands)
    sizes = dict(zip(term := terms[position], shapes[position], strict=True))
    terms[position], arrays[position] = output, g
    if lost := [axis for axis in sizes if axis not in ",".join(terms)]:  # axes that were summed: repeat along them
        terms, arrays = [*terms, "".join(lost)], [*arrays, np.ones([sizes[axis] for axis in lost], g.dtype)]
    result = contract(*arrays, subscripts=f"{','.join(terms)}->{''.join(sizes)}", optimize=bool(optimize))
    return result if len(sizes) == len(term) else _to_diagonal(result, term, sizes)

def _to_diagonal(x: Any, term: str, sizes: dict[str, int]) -> Any:
    """Put an array on the diagonal that a repeated subscript, as in ``ii``, reads."""
    x = np.sum(x, axis=tuple(i for i, n in enumerate(sizes.values()) if n == 1), keepdims=True)  # einsum broadcasts: axes of length 1 may be longer here
    index = dict(zip(sizes, np.ix_(*map(range, sizes.values())), strict=True))
    return scatter(x, tuple(index[axis] for axis in term), tuple(sizes[axis] for axis in term))

derivative(np.matmul, lambda g, y, x_shape: _matmul_left(g, y, x_shape),
                      lambda g, x, y_shape: _matmul_right(g, x, y_shape), kind="product")
derivative(contract,  lambda g, position, operands, shapes, subscripts="", optimize=False: _contract_others(g, position, operands, shapes, subscripts, optimize), variadic=True, kind="product")
derivative(cross_rows, lambda g, y: cross_rows(y, g), lambda g, x: cross_rows(g, x), kind="product")

# Definitions
def einsum_subscripts(subscripts: str, ndims: Sequence[int]) -> str:
    """Name the axes of ``...``, and write the output: ``...ij,jk`` of 3 and 2 axes is ``aij,jk->aik``."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ndims):
        raise ValueError(f"np.einsum: {subscripts!r} names {len(terms)} operands, got {len(ndims)}")
    spans = [n - len(term.replace("...", "")) if "..." in term else 0 for term, n in zip(terms, ndims, strict=True)]
    names = "".join([letter for letter in string.ascii_letters if letter not in subscripts][: max(spans)])
    if names and arrow and "..." not in output:
        raise ValueError(f"np.einsum: {subscripts!r} sums over the axes of '...'; write it in the output too")
    if not arrow:
        letters = inputs.replace(".", "").replace(",", "")
        output = "..." + "".join(x for x in sorted(set(letters)) if letters.count(x) == 1)
    spelled = [term.replace("...", names[len(names) - span :]) for term, span in zip(terms, spans, strict=True)]
    return ",".join(spelled) + "->" + output.replace("...", names)

def _einsum(*operands: Any, optimize: Any = False) -> Any:
    """Turn every form of ``np.einsum`` into ``contract``; numbered axes get letters of the same order."""
    subscripts, *arrays = operands
    if not isinstance(subscripts, str):  # einsum(x, [0, 1], y, [1, 2], [0, 2])
        letters, n = string.ascii_uppercase + string.ascii_lowercase, len(operands) // 2
        terms = ["".join("..." if i is Ellipsis else letters[i] for i in axes) for axes in (*operands[1::2], *operands[2 * n :])]
        subscripts, arrays = "->".join([",".join(terms[:n]), *terms[n:]]), list(operands[: 2 * n : 2])
    return contract(*arrays, subscripts=einsum_subscripts(subscripts, list(map(np.ndim, arrays))), optimize=optimize)

def _kron(a: Any, b: Any) -> Any:
    ndim = max(np.ndim(a), np.ndim(b))
    n, m = ((1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b))
    return np.reshape(np.reshape(a, [k for i in n for k in (i, 1)]) * np.reshape(b, [k for i in m for k in (1, i)]), [i * j for i, j in zip(n, m, strict=True)])

def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    x, y = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if (n := np.shape(x)[-1], m := np.shape(y)[-1]) != (3, 3):
        raise ValueError(f"np.cross: expected vectors of length 3 along the axis, got {n} and {m}; give vectors in the plane a third element that is 0")
    return np.moveaxis(cross_rows(x, y), -1, axisc)

definition(np.einsum,               _einsum)
definition(np.dot,                  lambda a, b: np.multiply(a, b) if not (np.ndim(a) and np.ndim(b)) else np.matmul(a, b) if max(np.ndim(a), np.ndim(b)) <= 2 else np.tensordot(a, b, (-1, max(np.ndim(b) - 2, 0))))
definition(np.kron,                 _kron)
definition(np.cross,                _cross)
definition(np.vdot,                 lambda a, b: np.dot(np.ravel(a), np.ravel(b)))
definition(np.inner,                lambda a, b: np.tensordot(a, b, (-1, -1)) if np.ndim(a) and np.ndim(b) else np.multiply(a, b))
definition(np.vecdot,               lambda x1, x2, *, axis=-1: np.matmul(np.moveaxis(x1, axis, -1)[..., None, :], np.moveaxis(x2, axis, -1)[..., None])[..., 0, 0])
if hasattr(np, "matvec"):  # since NumPy 2.2
    definition(np.matvec,           lambda x1, x2: np.matmul(x1, np.expand_dims(x2, -1))[..., 0])
    definition(np.vecmat,           lambda x1, x2: np.matmul(np.expand_dims(x1, -2), x2)[..., 0, :])
definition(np.trace,                lambda a, offset=0, axis1=0, axis2=1: np.sum(np.diagonal(a, offset, axis1, axis2), -1))
