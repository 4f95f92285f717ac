"""Products: of matrices, of vectors, and of any axes with any others."""

import math
import string
from functools import partial
from typing import Any

import numpy as np
from numpy._core import einsumfunc

from autograd.derivatives.indexing import scatter
from autograd.derivatives.own_text import own_text
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

# Definitions
_AXES, _BROADCAST = string.ascii_uppercase + string.ascii_lowercase, frozenset(map(chr, range(945, 1009)))  # of "...": Greek
_parse_as_written = einsumfunc._parse_einsum_input  # type: ignore[attr-defined]
_parse = own_text(_parse_as_written, einsum_symbols=_AXES + "".join(_BROADCAST), einsum_symbols_set=_BROADCAST)

def _einsum(*operands: Any, optimize: Any = False) -> Any:
    """Turn every form of ``np.einsum`` into ``contract``: ``...ij,jk`` of 3 and 2 axes becomes ``aij,jk->aik``."""
    inputs, output, arrays = _parse(operands)
    broadcast = [name for name in dict.fromkeys(inputs) if name in _BROADCAST]
    if not set(broadcast) <= set(output):
        raise ValueError("np.einsum: it sums over the axes of '...'; write '...' in the output too")
    free = [letter for letter in string.ascii_letters if letter not in inputs]
    spelled = str.maketrans(dict(zip(broadcast, free, strict=False)))
    return contract(*arrays, subscripts=f"{inputs}->{output}".translate(spelled), optimize=optimize)

def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) and np.ndim(b):
        return np.matmul(a, b) if max(np.ndim(a), np.ndim(b)) <= 2 else np.tensordot(a, b, (-1, max(np.ndim(b) - 2, 0)))
    return np.multiply(a, b)

def _kron(a: Any, b: Any) -> Any:
    ndim = max(np.ndim(a), np.ndim(b))
    a, b = (np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) for x in (a, b))
    pairs = np.expand_dims(a, tuple(range(1, 2 * ndim, 2))) * np.expand_dims(b, tuple(range(0, 2 * ndim, 2)))
    return np.reshape(pairs, np.multiply(np.shape(a), np.shape(b)))

def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    x, y = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if (n := np.shape(x)[-1], m := np.shape(y)[-1]) != (3, 3):
        raise ValueError(f"np.cross: expected vectors of length 3 along the axis, got {n} and {m}; give vectors in the plane a third element that is 0")
    return np.moveaxis(np.roll(x * np.roll(y, -1, -1) - np.roll(x, -1, -1) * y, -1, -1), -1, axisc)

definition(np.einsum,               _einsum)
definition(np.dot,                  _dot)
definition(np.kron,                 _kron)
definition(np.cross,                _cross)
definition(np.vdot,                 lambda a, b: np.dot(np.ravel(a), np.ravel(b)))
definition(np.inner,                lambda a, b: np.tensordot(a, b, (-1, -1)) if np.ndim(a) and np.ndim(b) else np.multiply(a, b))
definition(np.vecdot,               lambda x1, x2, *, axis=-1: np.matmul(np.moveaxis(x1, axis, -1)[..., None, :], np.moveaxis(x2, axis, -1)[..., None])[..., 0, 0])
if hasattr(np, "matvec"):  # since NumPy 2.2
    definition(np.matvec,           lambda x1, x2: np.matmul(x1, np.expand_dims(x2, -1))[..., 0])
    definition(np.vecmat,           lambda x1, x2: np.matmul(np.expand_dims(x1, -2), x2)[..., 0, :])
definition(np.trace,                lambda a, offset=0, axis1=0, axis2=1: np.sum(np.diagonal(a, offset, axis1, axis2), -1))
