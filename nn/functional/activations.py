"""Activation functions and their derivatives. They take arrays, numbers, lists and Tensors."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd import definition, derivative, primitive
from nn.errors import RefusedError
from nn.functional.numbers import as_floats

# Below these e⁻ˣ overflows. As arrays, because NumPy is slow to convert numbers.
_LOWEST = {np.dtype(t): np.array(-np.log(np.finfo(t).max) + 0.1, t) for t in (np.float16, np.float32, float)}


@primitive
def sigmoid(x: Any) -> Any:
    """Compute σ(x) = 1 / (1 + e⁻ˣ), whatever the size of x.

    Its derivative is σ'(x) = σ(x) (1 - σ(x)).

    Example:
        >>> sigmoid(np.array([-2.0, 0.0, 1000.0]))
        array([0.11920292, 0.5       , 1.        ])
    """
    x = np.asarray(x)
    powers = np.exp(-np.maximum(x, _LOWEST.get(x.dtype, -709.0)))
    powers += 1.0
    return 1.0 / powers


@primitive
def relu(x: Any, inplace: bool = False) -> Any:
    """Compute max(x, 0). At the kink, x = 0, the derivative is taken to be 0.

    PyTorch's ``inplace`` is accepted here and elsewhere, and changes nothing: x is left as it is.

    Example:
        >>> relu(np.array([-2.0, 0.0, 3.0]))
        array([0., 0., 3.])
    """
    x = np.asarray(x)
    # NumPy compares two arrays of one layout up to twice as fast as an array and a number.
    zeros = np.zeros(x.shape, x.dtype) if x.flags.c_contiguous else np.zeros_like(x)
    return np.maximum(x, zeros)


@primitive
def leaky_relu(x: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """Compute x for x > 0, and a x elsewhere, where a is ``negative_slope``.

    Example:
        >>> leaky_relu(np.array([-2.0, 3.0]))
        array([-0.02,  3.  ])
    """
    return np.where(np.greater(x, 0), x, np.multiply(x, negative_slope))


@primitive
def elu(x: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """Compute x for x > 0, and α (eˣ - 1) elsewhere (Clevert et al., 2015).

    Example:
        >>> elu(np.array([-1.0, 3.0]))
        array([-0.63212056,  3.        ])
    """
    x = as_floats(x)
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0)))


@primitive
def binary_step(x: Any) -> Any:
    """Compute 1 for x ≥ 0, and 0 elsewhere. Its derivative is 0, so nothing learns through it.

    Example:
        >>> binary_step(np.array([-2.0, 0.0, 3.0]))
        array([0., 1., 1.])
    """
    return np.heaviside(as_floats(x), 1)


@primitive
def softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """Compute log(1 + e^(β x)) / β, a smooth ``relu``, and x where β x is above the threshold.

    Its derivative is σ(β x), and 1 above the threshold.

    Example:
        >>> softplus(np.array([-1000.0, 0.0, 30.0]))
        array([ 0.        ,  0.69314718, 30.        ])
    """
    scaled = np.multiply(as_floats(x), beta)
    return np.where(np.greater(scaled, threshold), x, log1p_exp(scaled) / beta)


def log1p_exp(x: Any) -> Any:
    """Compute log(1 + eˣ) of an array, without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@primitive
def softmax(x: Any, dim: int = -1, *, axis: None = None) -> Any:
    """Compute eˣ / Σ eˣ along the axis ``dim``: positive numbers that sum to 1.

    Example:
        >>> softmax(np.array([0.0, 0.0, 1000.0]))
        array([0., 0., 1.])
    """
    powers = np.exp(_shifted("softmax", x, dim, axis))
    return powers / powers.sum(axis=dim, keepdims=True)


@primitive
def logsumexp(x: Any, dim: int = -1, keepdim: bool = False, *, axis: None = None) -> Any:
    """Compute log Σ eˣ along the axis ``dim``, without overflow.

    Example:
        >>> logsumexp(np.array([[1000.0, 1000.0], [0.0, -np.inf]]))
        array([1000.69314718,    0.        ])
    """
    x = as_floats(x)
    highest = _highest("logsumexp", x, dim, axis)
    highest = np.where(np.isinf(highest), 0, highest)  # for ∞ - ∞ is no number
    with np.errstate(divide="ignore"):
        total = np.log(np.sum(np.exp(x - highest), axis=dim, keepdims=True)) + highest
    return total if keepdim else np.squeeze(total, dim)


@primitive
def log_softmax(x: Any, dim: int = -1, *, axis: None = None) -> Any:
    """Compute x - log Σ eˣ along the axis ``dim``, without overflow.

    Example:
        >>> log_softmax(np.array([0.0, 1000.0]))
        array([-1000.,     0.])
    """
    shifted = _shifted("log_softmax", x, dim, axis)
    if not shifted.size:  # the logarithm of no sum warns
        return shifted
    return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))


def _highest(name: str, x: Any, dim: int, axis: None) -> Any:
    """Give the largest elements along an axis; without elements, -∞. Refuse NumPy's word for the axis."""
    if axis is not None:
        raise RefusedError(f"{name}: expected the axis as dim=, as in PyTorch, got axis={axis!r}")
    return np.max(x, axis=dim, keepdims=True) if np.size(x) else np.sum(x, axis=dim, keepdims=True) - np.inf


def _shifted(name: str, x: Any, dim: int, axis: None) -> Any:
    x = as_floats(x)
    return np.subtract(x, _highest(name, x, dim, axis))


def _slope(x: Any, low: Any, bend: float = 0) -> Any:
    """Give the slope of a function that is x above ``bend``, and has the slope ``low`` below."""
    return np.where(np.greater(x, bend), 1, low)


def _spread(g: Any, dim: int, keepdim: bool) -> Any:
    """Bring back the axis that a reduction removed."""
    return g if keepdim else np.expand_dims(g, dim)


def _sum(x: Any, dim: int) -> Any:
    return np.sum(x, axis=dim, keepdims=True)


along = partial(derivative, kind="along an axis", keywords="axis")
bent = partial(derivative, kink=lambda x: x, bounded=True, keywords="inplace")  # at 0

# fmt: off
derivative(sigmoid,  lambda g, out: g * (out - out * out), bounded=True)
derivative(softplus, lambda g, x, beta=1.0, threshold=20.0: g * _slope(beta * x, sigmoid(beta * x), threshold),
                     kink=lambda x, beta=1.0, threshold=20.0: beta * x - threshold, bounded=True)
bent(relu,           lambda g, out: g * np.greater(out, 0).astype(g.dtype))
bent(leaky_relu,     lambda g, x, negative_slope=0.01: g * _slope(x, negative_slope))
bent(elu,            lambda g, x, alpha=1.0: g * _slope(x, alpha * np.exp(np.minimum(x, 0))))
derivative(binary_step, lambda g: 0 * g, kink=lambda x: x, bounded=True)
along(softmax,       lambda g, out, dim=-1: out * (g - _sum(g * out, dim)))
along(log_softmax,   lambda g, out, dim=-1: g - np.exp(out) * _sum(g, dim))
along(logsumexp,     lambda g, x, dim=-1, keepdim=False: _spread(g, dim, keepdim) * softmax(x, dim))
# fmt: on


@primitive
def identity(x: Any) -> Any:
    """Give x back."""
    return x


@primitive
def tanh(x: Any) -> Any:
    """Compute the hyperbolic tangent; its derivative is 1 - tanh²."""
    return np.tanh(as_floats(x))


definition(identity, lambda x: x)
definition(tanh, lambda x: np.tanh(as_floats(x)))
