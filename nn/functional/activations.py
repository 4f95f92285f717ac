"""Activation functions and their derivatives. They take arrays, numbers, lists and Tensors."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.errors import RefusedError
from nn.functional.guard import times, without_nan
from nn.functional.numbers import as_floats, as_numbers, sum_along

# Below these e⁻ˣ overflows. As arrays, because NumPy is slow to convert numbers.
_LOWEST = {np.dtype(t): np.array(-np.log(np.finfo(t).max) + 0.1, t) for t in (np.float32, float)}


def above_lowest(x: Any) -> Any:
    """Return x, but nothing so far below 0 that σ(x) cannot tell it from what is above."""
    return np.maximum(x, _LOWEST.get(x.dtype, -709.0))


@primitive
def sigmoid(input: Any) -> Any:
    """Compute σ(x) = 1 / (1 + e⁻ˣ), whatever the size of x.

    Its derivative is σ'(x) = σ(x) (1 - σ(x)).

    Example:
        >>> sigmoid(np.array([-2.0, 0.0, 1000.0]))
        array([0.11920292, 0.5       , 1.        ])
    """
    x = as_floats(input)
    if x.dtype == np.float16:  # where the smallest result would not be nearly 0
        return sigmoid(x.astype(np.float32)).astype(np.float16)
    powers = np.asarray(above_lowest(x))
    np.exp(np.negative(powers, out=powers), out=powers)
    powers += 1.0
    return 1.0 / powers


@primitive
def relu(input: Any, inplace: bool = False) -> Any:
    """Compute max(x, 0). At the kink, x = 0, the derivative is taken to be 0.

    PyTorch's ``inplace`` is accepted here and elsewhere, and changes nothing: x is left as it is.

    Example:
        >>> relu(np.array([-2.0, 0.0, 3.0]))
        array([0., 0., 3.])
    """
    try:
        # NumPy compares two arrays of one layout up to twice as fast as an array and a number.
        zeros = np.zeros(input.shape, input.dtype) if input.flags.c_contiguous else np.zeros_like(input)
        return np.maximum(input, zeros)
    except (AttributeError, TypeError):  # to look beforehand whether these are numbers would take longer
        return relu(as_numbers(input))


@primitive
def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """Compute x for x > 0, and a x elsewhere, where a is ``negative_slope``.

    Example:
        >>> leaky_relu(np.array([-2.0, 3.0]))
        array([-0.02,  3.  ])
    """
    x = as_floats(input)
    out = negative_slope * np.minimum(x, 0)
    out += np.maximum(x, 0)
    return out


@primitive
def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """Compute x for x > 0, and α (eˣ - 1) elsewhere (Clevert et al., 2015).

    Example:
        >>> elu(np.array([-1.0, 3.0]))
        array([-0.63212056,  3.        ])
    """
    x = as_floats(input)
    out = alpha * np.expm1(np.minimum(x, 0))
    out += np.maximum(x, 0)
    return out


@primitive
def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """Compute x for x > 0, and α (e^(x/α) - 1) elsewhere, whose slope has no jump (Barron, 2017).

    Raises:
        ValueError: α is 0.

    Example:
        >>> celu(np.array([-1.0, 3.0]), alpha=2.0)
        array([-0.78693868,  3.        ])
    """
    if not alpha:
        raise RefusedError(f"celu: expected an alpha other than 0, got {alpha!r}")
    x = as_floats(input)
    out = alpha * np.expm1(np.minimum(x, 0) / alpha)
    out += np.maximum(x, 0)
    return out


@primitive
def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """Compute x between two bounds, and the bounds outside, where the slope is 0.

    Raises:
        ValueError: the lower bound is above the upper one.

    Example:
        >>> hardtanh(np.array([-2.0, 0.5, 3.0]))
        array([-1. ,  0.5,  1. ])
    """
    if min_val > max_val:
        raise RefusedError(f"hardtanh: expected min_val up to max_val, got {min_val!r} and {max_val!r}")
    return np.minimum(np.maximum(as_numbers(input), min_val), max_val)


@primitive
def silu(input: Any, inplace: bool = False) -> Any:
    """Compute x σ(x), also called swish (Elfwing et al., 2017). Its derivative is σ(x) (1 + x (1 - σ(x))).

    Example:
        >>> silu(np.array([-1.0, 0.0, 1.0]))
        array([-0.26894142,  0.        ,  0.73105858])
    """
    x = as_floats(input)
    return above_lowest(x) * sigmoid(x)


@primitive
def hardswish(input: Any, inplace: bool = False) -> Any:
    """Compute x relu6(x + 3) / 6 (Howard et al., 2019).

    Example:
        >>> hardswish(np.array([-1.5, 1.5, 9.0]))
        array([-0.375,  1.125,  9.   ])
    """
    x = as_floats(input)
    return x * (hardtanh(x + 3.0, 0.0, 6.0) / 6)


@primitive
def binary_step(input: Any) -> Any:
    """Compute 1 for x ≥ 0, and 0 elsewhere. Its derivative is 0, so nothing learns through it.

    Example:
        >>> binary_step(np.array([-2.0, 0.0, 3.0]))
        array([0., 1., 1.])
    """
    return np.heaviside(as_floats(input), 1)


@primitive
def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """Compute log(1 + e^(β x)) / β, a smooth ``relu``, and x where β x is above the threshold.

    Its derivative is σ(β x), and 1 above the threshold.

    Example:
        >>> softplus(np.array([-1000.0, 0.0, 30.0]))
        array([ 0.        ,  0.69314718, 30.        ])
    """
    x = as_floats(input)
    scaled = x * beta
    out = log1p_exp(scaled)
    out /= beta
    np.copyto(out, x, where=scaled > threshold)
    return out


def log1p_exp(x: Any) -> Any:
    """Compute log(1 + eˣ) of an array, without overflow."""
    out = np.asarray(-np.abs(x))
    np.log1p(np.exp(out, out=out), out=out)
    out += np.maximum(x, 0)
    return out


@primitive
def softmax(input: Any, dim: int | None = None, *, axis: None = None) -> Any:
    """Compute eˣ / Σ eˣ along the axis ``dim``: positive numbers that sum to 1.

    Of one or two axes it is the last one by default.

    Raises:
        ValueError: which of three or more axes is not said.

    Example:
        >>> softmax(np.array([0.0, 0.0, 1000.0]))
        array([0., 0., 1.])
    """
    powers = _shifted("softmax", input, dim, axis)
    np.exp(powers, out=powers)
    powers /= sum_along(powers, _last(dim))
    return powers


@primitive
def logsumexp(input: Any, dim: int = -1, keepdim: bool = False, *, axis: None = None) -> Any:
    """Compute log Σ eˣ along the axis ``dim``, without overflow.

    Example:
        >>> logsumexp(np.array([[1000.0, 1000.0], [0.0, -np.inf]]))
        array([1000.69314718,    0.        ])
    """
    x = as_floats(input)
    highest = _highest("logsumexp", x, dim, axis)
    highest = np.where(np.isinf(highest), 0, highest)  # for ∞ - ∞ is no number
    with np.errstate(divide="ignore"):
        total = (np.log(sum_along(np.exp(x - highest), dim)) + highest).astype(x.dtype, copy=False)
    return total if keepdim else np.squeeze(total, dim)


@primitive
def log_softmax(input: Any, dim: int | None = None, *, axis: None = None) -> Any:
    """Compute x - log Σ eˣ along the axis ``dim``, without overflow.

    Of one or two axes it is the last one by default.

    Raises:
        ValueError: which of three or more axes is not said.

    Example:
        >>> log_softmax(np.array([0.0, 1000.0]))
        array([-1000.,     0.])
    """
    shifted = _shifted("log_softmax", input, dim, axis)
    if shifted.size:  # the logarithm of no sum warns
        shifted -= np.log(sum_along(np.exp(shifted), _last(dim)))
    return shifted


def _last(dim: int | None) -> int:
    return -1 if dim is None else dim


def _highest(name: str, x: Any, dim: int | None, axis: None) -> Any:
    """Return the largest elements along an axis; without elements, -∞. Refuse NumPy's word for the axis."""
    if axis is not None:
        raise RefusedError(f"{name}: expected the axis as dim=, as in PyTorch, got axis={axis!r}")
    if dim is None and np.ndim(x) > 2:
        raise RefusedError(
            f"{name}: expected dim= for an input of three or more axes, got shape {np.shape(x)}; the usual fix "
            f"is dim=1 for (rows, classes, ...), or dim=-1 for (..., classes)"
        )
    dim = _last(dim)
    return np.max(x, axis=dim, keepdims=True) if np.size(x) else np.sum(x, axis=dim, keepdims=True) - np.inf


def _shifted(name: str, x: Any, dim: int | None, axis: None) -> Any:
    x = as_floats(x)
    return np.asarray(np.subtract(x, _highest(name, x, dim, axis)))


def _silu_slope(x: Any) -> Any:
    part = sigmoid(x)
    return part * (1 + above_lowest(x) * (1 - part))


def _slope(x: Any, low: Any) -> Any:
    """Return the slope of a function that is x above 0, and has the slope ``low`` below.

    It is a sum of products, for to choose by a mask is several times slower.
    """
    above = np.greater(x, 0).astype(x.dtype)
    return above + (1 - above) * low


def _finite(x: Any, total: Any) -> Any:
    """Put 0 for the scores of which all are -∞: they are equal, and ∞ - ∞ is no number."""
    nothing = np.equal(total, -np.inf)
    return np.where(nothing, 0, x) if np.any(nothing) else x


def _spread(g: Any, dim: int, keepdim: bool) -> Any:
    """Bring back the axis that a reduction removed."""
    return g if keepdim else np.expand_dims(g, dim)


along = partial(derivative, names="x", kind="along an axis", keywords="axis")
bent = partial(derivative, names="x", kink=lambda x: x, bounded=True, keywords="inplace")  # at 0

# Beyond its threshold softplus is x: there the slope is 1, the larger of the two, as σ never exceeds 1.
# fmt: off
derivative(sigmoid,  lambda g, out: g * (out - out * out), names="x", bounded=True)
derivative(softplus, lambda g, x, beta=1.0, threshold=20.0: g * np.maximum(sigmoid(beta * x), np.greater(beta * x, threshold)),
                     names="x", kink=lambda x, beta=1.0, threshold=20.0: beta * x - threshold, bounded=True)
bent(relu,           lambda g, out: g * np.greater(out, 0).astype(g.dtype))
bent(leaky_relu,     lambda g, x, negative_slope=0.01: g * _slope(x, negative_slope))
bent(elu,            lambda g, x, alpha=1.0: g * _slope(x, alpha * np.exp(np.minimum(x, 0))))
bent(celu,           lambda g, x, alpha=1.0: g * _slope(x, np.exp(np.minimum(x, 0) / alpha)), bounded=False)
derivative(silu,     lambda g, x: g * _silu_slope(x), names="x", keywords="inplace")
bent(hardtanh,       lambda g, x, min_val=-1.0, max_val=1.0: g * np.logical_and(np.greater(x, min_val), np.less(x, max_val)).astype(g.dtype),
                     kink=lambda x, min_val=-1.0, max_val=1.0: np.minimum(abs(x - min_val), abs(x - max_val)))
bent(hardswish,      lambda g, x: g * np.where(np.less(abs(x), 3), x / 3 + 0.5, np.greater(x, 0)), kink=lambda x: abs(x) - 3)
derivative(binary_step, lambda g: 0 * g, names="x", kink=lambda x: x, bounded=True)
along(softmax,       lambda g, out, dim=None: without_nan(out * (g - sum_along(g * out, _last(dim))), g, _last(dim)))
along(log_softmax,   lambda g, out, dim=None: without_nan(g - np.exp(out) * sum_along(g, _last(dim)), g, _last(dim)))
along(logsumexp,     lambda g, x, out, dim=-1, keepdim=False: times(_spread(g, dim, keepdim), softmax(_finite(x, _spread(out, dim, keepdim)), dim)))
# fmt: on
