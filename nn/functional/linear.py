"""The affine map of a layer, as one entry of the table, and the bilinear map."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.errors import RefusedError
from nn.functional.numbers import as_floats


@primitive
def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """Compute x Wᵀ + b.

    Args:
        x: inputs of shape (..., inputs).
        weight: W of shape (outputs, inputs).
        bias: b of shape (outputs,), or None.

    Returns:
        Outputs of shape (..., outputs).

    Raises:
        ValueError: the inputs are not as long as the rows of W.

    Example:
        >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([5.0]))
        array([[16.]])
    """
    try:
        out = x.dot(weight.T) if x.ndim < 3 else _by_rows(x, weight.T)
    except (AttributeError, TypeError, ValueError):
        raise _unfit(x, weight) from None
    if out.ndim != x.ndim:
        raise _unfit(x, weight)
    if bias is None:
        return out
    if bias.dtype is out.dtype:
        out += bias
        return out
    return out + bias


def _unfit(x: Any, weight: Any) -> RefusedError:
    """Say which inputs a weight takes. It is asked when the product fails: a check of shapes takes longer."""
    for name, array in ("x", x), ("weight", weight):
        if not isinstance(getattr(array, "dtype", None), np.dtype):
            got = f"{type(array).__name__} of {type(array).__module__.partition('.')[0]}"
            return RefusedError(f"linear: expected an array, got {got}; the usual fix is np.asarray({name})")
    if x.dtype.kind not in "fiub":
        return RefusedError(f"linear: expected numbers, got {x.dtype}; the usual fix is x.astype(float)")
    if weight.ndim != 2:
        return RefusedError(f"linear: expected a weight of shape (outputs, inputs), got {weight.shape}")
    inputs = weight.shape[1]
    if x.ndim < 2 and inputs == 1:
        fix = "x.reshape(-1, 1)"
    elif math.prod(x.shape[1:]) == inputs:
        fix = "x.reshape(len(x), -1)"
    elif x.ndim == 2 and len(x) == inputs:
        fix = "x.T"
    else:
        fix = f"in_features={math.prod(x.shape[-1:])}"
    return RefusedError(
        f"linear: expected inputs of shape (..., {inputs}) for a weight (outputs, inputs) of shape "
        f"{weight.shape}, got {x.shape}; the usual fix is {fix}"
    )


def _rows(x: Any) -> Any:
    """See an array of vectors as a matrix with one vector a row."""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _by_rows(x: Any, matrix: Any) -> Any:
    """Multiply all vectors by a matrix, as one product: of more axes than two, NumPy makes many small ones."""
    return _rows(x).dot(matrix).reshape(*x.shape[:-1], matrix.shape[-1])


def sum_rows(x: Any) -> Any:
    """Sum the rows of a matrix as a product with ones: BLAS is faster at it than a reduction."""
    return x.T.dot(_ones(x.shape[0], x.dtype))


@lru_cache(maxsize=64)
def _ones(n: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones


# fmt: off
derivative(linear, lambda g, weight: g.dot(weight) if g.ndim < 3 else _by_rows(g, weight),
                   lambda g, x: _rows(x).T.dot(_rows(g)).T,  # in the layout of a layer's weight
                   lambda g: sum_rows(_rows(g)), kind="linear")
# fmt: on


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """Compute x₁ᵀ A x₂ + b: a linear map of all products of an element of x₁ and one of x₂.

    Args:
        input1: x₁ of shape (..., first inputs).
        input2: x₂ of shape (..., second inputs).
        weight: all A, of shape (outputs, first inputs, second inputs).
        bias: b of shape (outputs,), or None.

    Returns:
        Outputs of shape (..., outputs).

    Raises:
        ValueError: the shapes do not go together.

    Example:
        >>> bilinear(np.array([1.0, 2.0]), np.array([3.0]), np.array([[[10.0], [1.0]]]))
        array([36.])
    """
    x, y, weight = as_floats(input1), as_floats(input2), as_floats(weight)
    bias = None if bias is None else as_floats(bias)
    if x.shape[:-1] != y.shape[:-1] or (*x.shape[-1:], *y.shape[-1:]) != weight.shape[1:]:
        raise RefusedError(
            f"bilinear: expected inputs of shapes (..., m) and (..., n), equal in front, and a weight "
            f"(outputs, m, n), got {x.shape}, {y.shape} and {weight.shape}"
        )
    products = np.expand_dims(x, -1) * np.expand_dims(y, -2)
    size = math.prod(weight.shape[1:])
    return linear(products.reshape(*x.shape[:-1], size), weight.reshape(weight.shape[0], size), bias)
