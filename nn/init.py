"""Initial values of parameters. Each function fills a Tensor in place and gives it back.

Randomness comes from ``rng``: a ``numpy.random.Generator``, a seed, or None for a fresh one.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from autograd import Tensor, no_grad

T = TypeVar("T", bound=Tensor)
Rng = np.random.Generator | int | None
DType = npt.DTypeLike | None


def fans(tensor: Tensor) -> tuple[int, int]:
    """Give fan-in and fan-out: how many numbers flow into, and out of, one unit.

    Raises:
        ValueError: the tensor has less than two axes.
    """
    if tensor.ndim < 2:
        raise ValueError(f"fans: expected a weight of two or more axes, got shape {tensor.shape}")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def calculate_gain(nonlinearity: str, param: float = 0.01) -> float:
    """Give the factor by which weights must grow to make up for an activation's shrinking.

    Raises:
        ValueError: the activation is not known.
    """
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
    gains["leaky_relu"] = math.sqrt(2 / (1 + param**2))
    if nonlinearity not in gains:
        raise ValueError(f"nonlinearity: expected one of {', '.join(gains)}, got {nonlinearity!r}")
    return gains[nonlinearity]


def uniform_(tensor: T, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> T:
    """Draw uniformly between a and b."""
    with no_grad():
        return tensor.copy_(np.random.default_rng(rng).uniform(a, b, tensor.shape))


def normal_(tensor: T, mean: float = 0.0, std: float = 1.0, *, rng: Rng = None) -> T:
    """Draw from a normal distribution."""
    with no_grad():
        return tensor.copy_(np.random.default_rng(rng).normal(mean, std, tensor.shape))


def constant_(tensor: T, value: float) -> T:
    """Fill with one number."""
    with no_grad():
        return tensor.fill_(value)


def zeros_(tensor: T) -> T:
    """Fill with 0."""
    return constant_(tensor, 0.0)


def ones_(tensor: T) -> T:
    """Fill with 1."""
    return constant_(tensor, 1.0)


def xavier_uniform_(tensor: T, gain: float = 1.0, *, rng: Rng = None) -> T:
    """Draw uniformly with variance 2 gain² / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    bound = gain * math.sqrt(6 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, rng=rng)


def xavier_normal_(tensor: T, gain: float = 1.0, *, rng: Rng = None) -> T:
    """Draw normally with variance 2 gain² / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor))), rng=rng)


def kaiming_uniform_(
    tensor: T, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> T:
    """Draw uniformly with variance gain² / fan (He et al., 2015)."""
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng=rng)


def kaiming_normal_(
    tensor: T, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> T:
    """Draw normally with variance gain² / fan (He et al., 2015)."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), rng=rng)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode: expected 'fan_in' or 'fan_out', got {mode!r}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor)[mode == "fan_out"])
