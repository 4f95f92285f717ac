"""The affine map of a layer, as one entry of the table."""

from __future__ import annotations

from typing import Any

from autograd import derivative, primitive


@primitive
def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """Compute x Wᵀ + b.

    Args:
        x: inputs of shape (..., inputs).
        weight: W of shape (outputs, inputs).
        bias: b of shape (outputs,), or None.

    Returns:
        Outputs of shape (..., outputs).

    Example:
        >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([5.0]))
        array([[16.]])
    """
    out = x.dot(weight.T)
    if bias is None:
        return out
    if out.ndim and bias.dtype == out.dtype:
        out += bias
        return out
    return out + bias


def _rows(x: Any) -> Any:
    """See an array of vectors as a matrix with one vector a row."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


# fmt: off
derivative(linear, lambda g, weight: g.dot(weight),
                   lambda g, x: _rows(g).T.dot(_rows(x)),
                   lambda g: _rows(g).sum(0),               names="x weight bias", kind="linear")
# fmt: on
