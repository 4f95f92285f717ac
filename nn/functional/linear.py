"""The affine map of a layer, as one entry of the table."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.errors import RefusedError


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
        out = x.dot(weight.T)
    except ValueError:
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
    inputs = weight.shape[1]
    return RefusedError(
        f"linear: expected inputs of shape (..., {inputs}) for a weight of shape {weight.shape}, "
        f"got {x.shape}; the usual fix is x.reshape(-1, {inputs}), or another in_features"
    )


def _rows(x: Any) -> Any:
    """See an array of vectors as a matrix with one vector a row."""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def sum_rows(x: Any) -> Any:
    """Sum the rows of a matrix as a product with ones: BLAS is faster at it than a reduction."""
    return x.T.dot(_ones(x.shape[0], x.dtype))


@lru_cache(maxsize=64)
def _ones(n: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones


# fmt: off
derivative(linear, lambda g, weight: g.dot(weight),
                   lambda g, x: _rows(x).T.dot(_rows(g)).T,  # in the layout of a layer's weight
                   lambda g: sum_rows(_rows(g)),               names="x weight bias", kind="linear")
# fmt: on
