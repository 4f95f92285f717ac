"""Products: of matrices, of vectors, and of any axes with any others."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives import table
from autograd.derivatives.indexing import scatter
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import constant, definition

derivative = partial(table.derivative, kind="product")


def _matmul_left(g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
    """Pull g = x̄y back to x. A vector is a row on the left and a column on the right."""
    if np.ndim(y) == 1:
        return g[..., None] * y if len(x_shape) > 1 else g * y
    return np.matmul(g, np.matrix_transpose(y)) if len(x_shape) > 1 else np.matmul(y, g[..., None])[..., 0]


def _matmul_right(g: Any, x: Any, y_shape: tuple[int, ...]) -> Any:
    if np.ndim(x) == 1:
        return x[:, None] * g[..., None, :] if len(y_shape) > 1 else g * x
    return (
        np.matmul(np.matrix_transpose(x), g)
        if len(y_shape) > 1
        else np.matmul(np.matrix_transpose(x), g[..., None])[..., 0]
    )


@primitive
def contract(*operands: Any, subscripts: str, optimize: Any = False) -> Any:
    """Compute an ``einsum`` whose subscripts name every axis, with the operands first."""
    return np.einsum(subscripts, *operands, optimize=optimize)


def _contract_others(
    g: Any, position: int, operands: Any, shapes: Any, subscripts: str, optimize: Any
) -> Any:
    """Pull back to one operand: contract the cotangent with all others, onto that operand's axes."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    wanted = "".join(dict.fromkeys(terms[position]))
    others = [(term, x) for i, (term, x) in enumerate(zip(terms, operands, strict=True)) if i != position]
    known = set(output).union(*(term for term, _ in others))
    sizes = dict(zip(terms[position], shapes[position], strict=True))
    lost = [axis for axis in wanted if axis not in known]  # axes that were summed: repeat along them
    ones = [np.ones([sizes[axis] for axis in lost], g.dtype)] if lost else []
    equation = ",".join([output, *(term for term, _ in others), *(["".join(lost)] if lost else [])])
    arrays = [g, *(x for _, x in others), *ones]
    result = contract(*arrays, subscripts=f"{equation}->{wanted}", optimize=bool(optimize))
    return result if wanted == terms[position] else _to_diagonal(result, terms[position], sizes)


def _to_diagonal(x: Any, term: str, sizes: dict[str, int]) -> Any:
    """Put an array on the diagonal that a repeated subscript, as in ``ii``, reads."""
    wanted = list(dict.fromkeys(term))
    repeated = tuple(i for i, axis in enumerate(wanted) if sizes[axis] == 1)
    x = np.sum(x, axis=repeated, keepdims=True)  # einsum broadcasts: axes of length 1 may be longer here
    index = np.ix_(*(range(sizes[axis]) for axis in wanted))
    return scatter(x, tuple(index[wanted.index(axis)] for axis in term), tuple(sizes[axis] for axis in term))


# fmt: off
derivative(np.matmul, lambda g, y, x_shape: _matmul_left(g, y, x_shape),
                      lambda g, x, y_shape: _matmul_right(g, x, y_shape))
derivative(contract,  lambda g, position, operands, shapes, subscripts="", optimize=False: _contract_others(g, position, operands, shapes, subscripts, optimize),
                      names="operands", variadic=True)
# fmt: on


# Definitions


def einsum_subscripts(subscripts: str, ndims: Sequence[int]) -> str:
    """Spell out a call of ``einsum``: name the axes of ``...``, and write the output.

    Example:
        >>> einsum_subscripts("...ij,jk", [3, 2])
        'aij,jk->aik'
    """
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ndims):
        raise ValueError(f"np.einsum: {subscripts!r} names {len(terms)} operands, got {len(ndims)}")
    free = [letter for letter in string.ascii_letters if letter not in subscripts]
    spans = [n - len(term.replace("...", "")) for term, n in zip(terms, ndims, strict=True) if "..." in term]
    names = "".join(free[: max(spans, default=0)])
    if names and arrow and "..." not in output:
        raise ValueError(f"np.einsum: {subscripts!r} sums over the axes of '...'; write it in the output too")
    spelled = [
        term.replace("...", names[len(names) - (n - len(term) + 3) :]) if "..." in term else term
        for term, n in zip(terms, ndims, strict=True)
    ]
    if not arrow:
        letters = "".join(terms).replace(".", "")
        output = "..." * bool(spans) + "".join(x for x in sorted(set(letters)) if letters.count(x) == 1)
    return ",".join(spelled) + "->" + output.replace("...", names)


def _einsum(*operands: Any, optimize: Any = False) -> Any:
    """Turn every form of ``np.einsum`` into ``contract``."""
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], operands[1:]
    else:  # einsum(x, [0, 1], y, [1, 2], [0, 2])
        arrays = operands[: len(operands) // 2 * 2 : 2]
        spell = [_spell(axes) for axes in operands[1::2]]
        subscripts = ",".join(spell)
        if len(operands) % 2:
            subscripts += "->" + _spell(operands[-1])
    spelled = einsum_subscripts(subscripts, [np.ndim(x) for x in arrays])
    return contract(*arrays, subscripts=spelled, optimize=optimize)


def _spell(axes: Sequence[Any]) -> str:
    """Name numbered axes by letters of the same order."""
    letters = string.ascii_uppercase + string.ascii_lowercase
    return "".join("..." if axis is Ellipsis else letters[axis] for axis in axes)


def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, axes=(-1, max(np.ndim(b) - 2, 0)))


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    n, m = np.ndim(a), np.ndim(b)
    of_a, of_b = (range(n - axes, n), range(axes)) if np.ndim(axes) == 0 else axes
    left = [axis % n for axis in np.atleast_1d(of_a).tolist()]
    right = [axis % m for axis in np.atleast_1d(of_b).tolist()]
    rows = [axis for axis in range(n) if axis not in left]
    columns = [axis for axis in range(m) if axis not in right]
    shape_a, shape_b = np.shape(a), np.shape(b)
    inner = [shape_a[axis] for axis in left]
    if inner != [shape_b[axis] for axis in right]:
        raise ValueError(
            f"np.tensordot: axes {left} of {shape_a} and {right} of {shape_b} are not equally long"
        )
    size = int(np.prod(inner))
    x = np.reshape(np.transpose(a, (*rows, *left)), (int(np.prod([shape_a[i] for i in rows])), size))
    y = np.reshape(np.transpose(b, (*right, *columns)), (size, int(np.prod([shape_b[i] for i in columns]))))
    return np.reshape(np.matmul(x, y), [shape_a[i] for i in rows] + [shape_b[i] for i in columns])


def _inner(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, axes=(-1, -1))


def _kron(a: Any, b: Any) -> Any:
    """Multiply every element of one with every element of the other, axis by axis."""
    ndim = max(np.ndim(a), np.ndim(b))
    shapes = [(1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b)]
    x = np.reshape(a, [n for length in shapes[0] for n in (length, 1)])
    y = np.reshape(b, [n for length in shapes[1] for n in (1, length)])
    return np.reshape(x * y, [n * m for n, m in zip(*shapes, strict=True)])


def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if (np.shape(x)[-1], np.shape(y)[-1]) != (3, 3):
        raise ValueError(
            f"np.cross: expected vectors of length 3 along the axis, got {np.shape(x)[-1]} and "
            f"{np.shape(y)[-1]}; give vectors in the plane a third element that is 0"
        )
    product = np.roll(x, -1, -1) * np.roll(y, 1, -1) - np.roll(x, 1, -1) * np.roll(y, -1, -1)
    return np.moveaxis(product, -1, axisc)


def _vecdot(x1: Any, x2: Any, *, axis: int = -1) -> Any:
    x, y = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    return np.matmul(x[..., None, :], y[..., None])[..., 0, 0]


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Read along rows of length n every element after n others."""
    x = np.moveaxis(a, (axis1, axis2), (-2, -1))
    *stack, m, n = np.shape(x)
    first = max(offset, -offset * n)
    length = max(min(m + min(offset, 0), n - max(offset, 0)), 0)
    return np.reshape(x, (*stack, m * n))[..., first : first + length * (n + 1) : n + 1]


# fmt: off
constant(np.einsum_path)
definition(np.einsum,               _einsum)
definition(np.dot,                  _dot)
definition(np.vdot,                 lambda a, b: np.dot(np.ravel(a), np.ravel(b)))
definition(np.inner,                _inner)
definition(np.outer,                lambda a, b: np.ravel(a)[:, None] * np.ravel(b)[None, :])
definition(np.tensordot,            _tensordot)
definition(np.kron,                 _kron)
definition(np.cross,                _cross)
definition(np.vecdot,               _vecdot)
if hasattr(np, "matvec"):  # since NumPy 2.2
    definition(np.matvec,           lambda x1, x2: np.matmul(x1, x2[..., None])[..., 0])
    definition(np.vecmat,           lambda x1, x2: np.matmul(x1[..., None, :], x2)[..., 0, :])
definition(np.diagonal,             _diagonal)
definition(np.trace,                lambda a, offset=0, axis1=0, axis2=1: np.sum(np.diagonal(a, offset, axis1, axis2), -1))

# The same again in np.linalg, where matrices are the last two axes
definition(np.linalg.matmul,        lambda x1, x2, /: np.matmul(x1, x2))
definition(np.linalg.matrix_transpose, lambda x, /: np.matrix_transpose(x))
definition(np.linalg.tensordot,     lambda x1, x2, /, *, axes=2: np.tensordot(x1, x2, axes))
definition(np.linalg.outer,         lambda x1, x2, /: np.einsum("i,j->ij", x1, x2))
definition(np.linalg.cross,         lambda x1, x2, /, *, axis=-1: np.cross(x1, x2, axis=axis))
definition(np.linalg.vecdot,        lambda x1, x2, /, *, axis=-1: _vecdot(x1, x2, axis=axis))
definition(np.linalg.diagonal,      lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1))
definition(np.linalg.trace,         lambda x, /, *, offset=0: np.trace(x, offset, -2, -1))
# fmt: on
