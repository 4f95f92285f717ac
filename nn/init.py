"""Initial values of parameters. Each function fills a Tensor, or an array, in place and gives it back.

Randomness comes from ``rng``: a ``numpy.random.Generator``, a seed, or None for a fresh one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from statistics import NormalDist
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from autograd import Tensor, as_tensor, no_grad
from nn.errors import real_number

T = TypeVar("T", bound=Tensor | np.ndarray[Any, Any])
Rng = np.random.Generator | int | None
DType = npt.DTypeLike | None
_CONVOLUTIONS = [f"conv{transposed}{axes}d" for transposed in ("", "_transpose") for axes in (1, 2, 3)]


def fans(tensor: Tensor | np.ndarray[Any, Any]) -> tuple[int, int]:
    """Return fan-in and fan-out: how many numbers flow into, and out of, one unit; 1 where there is none.

    Raises:
        ValueError: the tensor has less than two axes.
    """
    if tensor.ndim < 2:
        raise ValueError(f"fans: expected a weight of two or more axes, got shape {tensor.shape}")
    field = math.prod(tensor.shape[2:])
    return max(tensor.shape[1] * field, 1), max(tensor.shape[0] * field, 1)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor by which weights must grow to make up for an activation's shrinking.

    Args:
        nonlinearity: "linear", "conv1d" and the like, "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
        param: of "leaky_relu" the slope below 0, by default 0.01.

    Raises:
        ValueError: the activation is not known.
    """
    gains = dict.fromkeys(("linear", *_CONVOLUTIONS, "sigmoid"), 1.0)
    gains |= {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
    gains["leaky_relu"] = math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in gains:
        raise ValueError(f"nonlinearity: expected one of {', '.join(gains)}, got {nonlinearity!r}")
    return gains[nonlinearity]


def _fill(tensor: T, values: Callable[[tuple[int, ...]], Any]) -> T:
    """Write values, which a function gives for a shape, into a Tensor or an array."""
    if not isinstance(tensor, (Tensor, np.ndarray)):
        raise TypeError(f"tensor: expected a Tensor or an array to be filled, got {type(tensor).__name__}")
    array = np.asarray(values(tensor.shape))
    if not np.can_cast(array.dtype, tensor.dtype, "same_kind"):
        raise TypeError(f"tensor: expected floating numbers to be filled, got {tensor.dtype}")
    with no_grad():
        as_tensor(tensor).copy_(array)
    return tensor


def uniform_(tensor: T, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> T:
    """Draw uniformly between a and b.

    Raises:
        ValueError: a is above b.
    """
    if not a <= b:
        raise ValueError(f"a, b: expected bounds in order, got {a!r} and {b!r}")
    return _fill(tensor, partial(np.random.default_rng(rng).uniform, a, b))


def normal_(tensor: T, mean: float = 0.0, std: float = 1.0, *, rng: Rng = None) -> T:
    """Draw from a normal distribution.

    Raises:
        ValueError: std is negative.
    """
    if not std >= 0:
        raise ValueError(f"std: expected a number from 0, got {std!r}")
    return _fill(tensor, partial(np.random.default_rng(rng).normal, mean, std))


def trunc_normal_(
    tensor: T, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *, rng: Rng = None
) -> T:
    """Draw from a normal distribution of which only the part between a and b is kept.

    Raises:
        ValueError: std is not positive, or nothing is left between a and b.
    """
    if not std > 0:
        raise ValueError(f"std: expected a positive number, got {std!r}")
    normal = NormalDist(mean, std)
    low, high = normal.cdf(a), normal.cdf(b)
    if not low < high:
        raise ValueError(f"a, b: expected bounds around mean={mean} with std={std}, got {a} and {b}")
    values = np.vectorize(normal.inv_cdf, otypes=[float])
    draw = partial(np.random.default_rng(rng).uniform, low, high)
    return _fill(tensor, lambda shape: np.clip(values(draw(shape)), a, b))


def constant_(tensor: T, val: float) -> T:
    """Fill with one number."""
    real_number("val", val)
    return _fill(tensor, lambda shape: val)


def zeros_(tensor: T) -> T:
    """Fill with 0."""
    return constant_(tensor, 0)


def ones_(tensor: T) -> T:
    """Fill with 1."""
    return constant_(tensor, 1)


def eye_(tensor: T) -> T:
    """Make a matrix the identity, as far as it goes."""
    if tensor.ndim != 2:
        raise ValueError(f"eye_: expected a matrix, got shape {tensor.shape}")
    return _fill(tensor, lambda shape: np.eye(shape[0], shape[1], dtype=tensor.dtype))


def orthogonal_(tensor: T, gain: float = 1.0, *, rng: Rng = None) -> T:
    """Draw a matrix of orthonormal rows, or columns where they are fewer, times gain (Saxe et al., 2014).

    The axes from the second on are seen as one.

    Example:
        >>> w = orthogonal_(np.empty((2, 3)), rng=0)
        >>> (w @ w.T).round(12) + 0.0
        array([[1., 0.],
               [0., 1.]])
    """
    fans(tensor)
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    drawn = np.random.default_rng(rng).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(drawn)
    q *= gain * np.sign(np.diagonal(r))  # so that all such matrices are equally likely
    return _fill(tensor, (q if rows >= columns else q.T).reshape)


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


def _kaiming_std(tensor: Tensor | np.ndarray[Any, Any], a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode: expected 'fan_in' or 'fan_out', got {mode!r}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor)[mode == "fan_out"])
