"""Activation functions and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import definition, derivative, primitive

# Below these e⁻ˣ overflows. As arrays, because NumPy is slow to convert numbers.
_LOWEST = {np.dtype(t): np.array(-np.log(np.finfo(t).max) + 0.1, t) for t in (np.float16, np.float32, np.float64)}


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
def relu(x: Any) -> Any:
    """Compute max(x, 0). At the kink, x = 0, the derivative is taken to be 0."""
    return np.maximum(x, 0)


@primitive
def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Compute x for x > 0, and a x elsewhere, where a is ``negative_slope``."""
    return np.where(np.greater(x, 0), x, np.multiply(x, negative_slope))


@primitive
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Compute x for x > 0, and α (eˣ - 1) elsewhere (Clevert et al., 2015)."""
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0)))


@primitive
def binary_step(x: Any) -> Any:
    """Compute 1 for x ≥ 0, and 0 elsewhere. Its derivative is 0, so nothing learns through it."""
    return np.heaviside(x, 1)


@primitive
def softplus(x: Any) -> Any:
    """Compute log(1 + eˣ), a smooth ``relu``; its derivative is σ(x)."""
    return np.logaddexp(0, x)


@primitive
def softmax(x: Any, axis: int = -1) -> Any:
    """Compute eˣ / Σ eˣ along an axis: positive numbers that sum to 1.

    Example:
        >>> softmax(np.array([0.0, 0.0, 1000.0]))
        array([0., 0., 1.])
    """
    powers = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@primitive
def logsumexp(x: Any, axis: int = -1, keepdims: bool = False) -> Any:
    """Compute log Σ eˣ along an axis, without overflow."""
    highest = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - highest), axis=axis, keepdims=True)) + highest
    return total if keepdims else np.squeeze(total, axis)


@primitive
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Compute x - log Σ eˣ along an axis, without overflow."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def _spread(x: Any, axis: int, keepdims: bool) -> Any:
    return x if keepdims else np.expand_dims(x, axis)


# fmt: off
derivative(sigmoid,     lambda g, out: g * (out - out * out), bounded=True)
derivative(relu,        lambda g, out: g * np.greater(out, 0),                 kink=lambda x: x, bounded=True)
derivative(leaky_relu,  lambda g, x, negative_slope=0.01: g * np.where(np.greater(x, 0), 1, negative_slope),
                                                                               kink=lambda x: x, bounded=True)
derivative(elu,         lambda g, x, alpha=1.0: g * np.where(np.greater(x, 0), 1, alpha * np.exp(np.minimum(x, 0))),
                                                                               kink=lambda x: x, bounded=True)
derivative(binary_step, lambda g: 0 * g,                                       kink=lambda x: x, bounded=True)
derivative(softplus,    lambda g, x: g * sigmoid(x), bounded=True)
derivative(softmax,     lambda g, out, axis=-1: out * (g - np.sum(g * out, axis=axis, keepdims=True)), kind="along an axis")
derivative(log_softmax, lambda g, out, axis=-1: g - np.exp(out) * np.sum(g, axis=axis, keepdims=True), kind="along an axis")
derivative(logsumexp,   lambda g, x, axis=-1, keepdims=False: _spread(g, axis, keepdims) * softmax(x, axis), kind="along an axis")
# fmt: on


@primitive
def identity(x: Any) -> Any:
    """Give x back."""
    return x


@primitive
def tanh(x: Any) -> Any:
    """Compute the hyperbolic tangent; its derivative is 1 - tanh²."""
    return np.tanh(x)


definition(identity, lambda x: x)
definition(tanh, lambda x: np.tanh(x))
