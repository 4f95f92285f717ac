"""Activation functions written through others, from which their derivatives follow.

They take arrays, numbers, lists and Tensors. What PyTorch can do in place has ``inplace``, for programs
that say so; it changes nothing, and x is left as it is. At a bend the slope is that of the flatter side.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn.errors import RefusedError
from nn.functional.activations import above_lowest, elu, hardtanh, sigmoid, softmax, softplus
from nn.functional.error_function import exact_gelu
from nn.functional.numbers import as_floats, as_numbers


def identity(input: Any) -> Any:
    """Return x."""
    return input


def tanh(input: Any) -> Any:
    """Compute the hyperbolic tangent; its derivative is 1 - tanh²."""
    return np.tanh(as_floats(input))


def relu6(input: Any, inplace: bool = False) -> Any:
    """Compute min(max(x, 0), 6).

    Example:
        >>> relu6(np.array([-2.0, 3.0, 9.0]))
        array([0., 3., 6.])
    """
    return hardtanh(input, 0.0, 6.0)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """Compute relu6(x + 3) / 6, a sigmoid of straight lines.

    Example:
        >>> hardsigmoid(np.array([-3.0, 0.0, 9.0]))
        array([0. , 0.5, 1. ])
    """
    return relu6(as_floats(input) + 3.0) / 6


def mish(input: Any, inplace: bool = False) -> Any:
    """Compute x tanh(log(1 + eˣ)) (Misra, 2019).

    Example:
        >>> mish(np.array([-1.0, 0.0, 1.0]))
        array([-0.30340146,  0.        ,  0.86509839])
    """
    x = as_floats(input)
    return above_lowest(x) * np.tanh(softplus(x))


def gelu(input: Any, approximate: str = "none") -> Any:
    """Compute x Φ(x), where Φ is the normal distribution function (Hendrycks & Gimpel, 2016).

    Args:
        input: any numbers x.
        approximate: "none", or "tanh" for x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.

    Raises:
        ValueError: ``approximate`` is neither.

    Example:
        >>> gelu(np.array([-1.0, 0.0, 1.0]))
        array([-0.15865525,  0.        ,  0.84134475])
    """
    x = as_floats(input)
    if approximate == "none":
        return exact_gelu(x)
    if approximate == "tanh":
        half = x * 0.5
        cube = half * half * half * 8
        return half * (1 + np.tanh((half * 2 + 0.044715 * cube) * math.sqrt(2 / math.pi)))
    raise RefusedError(f"gelu: expected approximate to be 'none' or 'tanh', got {approximate!r}")


def selu(input: Any, inplace: bool = False) -> Any:
    """Compute λ elu(x, α), with α and λ that keep mean 0 and variance 1 (Klambauer et al., 2017).

    Example:
        >>> selu(np.array([-1.0, 1.0]))
        array([-1.11133074,  1.05070099])
    """
    return 1.0507009873554805 * elu(input, 1.6732632423543772)


def logsigmoid(input: Any) -> Any:
    """Compute log σ(x) = -log(1 + e⁻ˣ), without overflow.

    Example:
        >>> logsigmoid(np.array([-1000.0, 0.0]))
        array([-1.00000000e+03, -6.93147181e-01])
    """
    return -softplus(-as_floats(input), threshold=math.inf)


def softsign(input: Any) -> Any:
    """Compute x / (1 + |x|).

    Example:
        >>> softsign(np.array([-1.0, 3.0]))
        array([-0.5 ,  0.75])
    """
    x = as_floats(input)
    return x / (np.abs(x) + 1.0)


def tanhshrink(input: Any) -> Any:
    """Compute x - tanh(x).

    Example:
        >>> tanhshrink(np.array([0.0, 1.0]))
        array([0.        , 0.23840584])
    """
    x = as_floats(input)
    return x - np.tanh(x)


def hardshrink(input: Any, lambd: float = 0.5) -> Any:
    """Compute x where |x| > λ, else 0.

    Example:
        >>> hardshrink(np.array([-2.0, 0.5, 3.0]))
        array([-2.,  0.,  3.])
    """
    x = as_floats(input)
    return x * np.greater(np.abs(x), lambd)


def softshrink(input: Any, lambd: float = 0.5) -> Any:
    """Compute x moved towards 0 by λ, and 0 where it would pass.

    Raises:
        ValueError: λ is negative.

    Example:
        >>> softshrink(np.array([-2.0, 0.5, 3.0]))
        array([-1.5,  0. ,  2.5])
    """
    if not lambd >= 0:
        raise RefusedError(f"softshrink: expected a lambd from 0, got {lambd!r}")
    shrunk = hardshrink(input, lambd)
    return shrunk - np.sign(shrunk) * lambd


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """Compute x where it is above a threshold, else a value.

    Example:
        >>> threshold(np.array([0.5, 3.0]), 1.0, -7.0)
        array([-7.,  3.])
    """
    x = as_numbers(input)
    return np.where(np.less_equal(x, threshold), value, x)


def prelu(input: Any, weight: Any) -> Any:
    """Compute x for x > 0, and a x elsewhere, where a is learned (He et al., 2015). The slope at 0 is a.

    Args:
        input: x, of any shape, or (rows, channels, ...).
        weight: a, of shape (1,) or (channels,).

    Raises:
        ValueError: the weight has neither shape.

    Example:
        >>> prelu(np.array([[-2.0, -2.0]]), np.array([0.25, 0.5]))
        array([[-0.5, -1. ]])
    """
    x = as_floats(input)
    channels = np.shape(x)[1] if np.ndim(x) > 1 else 1
    if np.shape(weight) not in ((1,), (channels,)):
        raise RefusedError(
            f"prelu: expected a weight of shape (1,) or ({channels},) for an input of shape {np.shape(x)}, "
            f"got {np.shape(weight)}; the usual fix is PReLU(num_parameters={channels})"
        )
    slopes = np.reshape(weight, ((-1,) + (1,) * (x.ndim - 2))[: x.ndim])
    return np.where(np.greater(x, 0), x, np.multiply(x, slopes))


def glu(input: Any, dim: int = -1) -> Any:
    """Compute a σ(b) for the two halves a and b along the axis ``dim`` (Dauphin et al., 2016).

    Raises:
        ValueError: the axis does not have two halves.

    Example:
        >>> glu(np.array([3.0, 4.0, 0.0, 0.0]))
        array([1.5, 2. ])
    """
    x = as_floats(input)
    shape = x.shape
    if not -len(shape) <= dim < len(shape) or shape[dim] % 2:
        raise RefusedError(f"glu: expected an axis {dim} of even length, got an input of shape {shape}")
    a, b = np.split(x, 2, axis=dim)
    return a * sigmoid(b)


def softmin(input: Any, dim: int | None = None) -> Any:
    """Compute e⁻ˣ / Σ e⁻ˣ along the axis ``dim``, by default the last one of one or two.

    Raises:
        ValueError: which of three or more axes is not said.

    Example:
        >>> softmin(np.array([0.0, 0.0, 1000.0]))
        array([0.5, 0.5, 0. ])
    """
    return softmax(-as_floats(input), dim)
