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
from autograd.derivatives.table import definition

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
def contract(*operands: Any, subscripts: str) -> Any:
    """Compute an ``einsum`` whose subscripts name every axis, with the operands first."""
    return np.einsum(subscripts, *operands)


def _contract_others(
    g: Any, position: int, operands: Sequence[Any], shapes: Sequence[tuple[int, ...]], subscripts: str
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
    result = contract(g, *(x for _, x in others), *ones, subscripts=f"{equation}->{wanted}")
    return result if wanted == terms[position] else _to_diagonal(result, terms[position], sizes)


def _to_diagonal(x: Any, term: str, sizes: dict[str, int]) -> Any:
    """Put an array on the diagonal that a repeated subscript, as in ``ii``, reads."""
    wanted = list(dict.fromkeys(term))
    index = np.ix_(*(range(sizes[axis]) for axis in wanted))
    return scatter(x, tuple(index[wanted.index(axis)] for axis in term), tuple(sizes[axis] for axis in term))


# fmt: off
derivative(np.matmul, lambda g, y, x_shape: _matmul_left(g, y, x_shape),
                      lambda g, x, y_shape: _matmul_right(g, x, y_shape))
derivative(contract,  lambda g, position, operands, shapes, subscripts="": _contract_others(g, position, operands, shapes, subscripts),
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
    free = [letter for letter in string.ascii_letters if letter not in subscripts]
    spans = [n - len(term.replace("...", "")) for term, n in zip(terms, ndims, strict=True) if "..." in term]
    names = "".join(free[: max(spans, default=0)])
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
    return contract(*arrays, subscripts=einsum_subscripts(subscripts, [np.ndim(x) for x in arrays]))


def _spell(axes: Sequence[Any]) -> str:
    return "".join("..." if axis is Ellipsis else string.ascii_letters[axis] for axis in axes)


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
    size = int(np.prod(inner))
    x = np.reshape(np.transpose(a, (*rows, *left)), (int(np.prod([shape_a[i] for i in rows])), size))
    y = np.reshape(np.transpose(b, (*right, *columns)), (size, int(np.prod([shape_b[i] for i in columns]))))
    return np.reshape(np.matmul(x, y), [shape_a[i] for i in rows] + [shape_b[i] for i in columns])


def _inner(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, axes=(-1, -1))


definition(np.einsum, _einsum)
definition(np.dot, _dot)
definition(np.vdot, lambda a, b: np.dot(np.ravel(a), np.ravel(b)))
definition(np.inner, _inner)
definition(np.outer, lambda a, b: np.ravel(a)[:, None] * np.ravel(b)[None, :])
definition(np.tensordot, _tensordot)
