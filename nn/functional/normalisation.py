"""Normalisation: mean 0 and variance 1, or mean square 1, along some axes, then a learned scale and shift."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, TypeVar

import numpy as np

from autograd import derivative, no_grad, primitive
from nn.errors import RefusedError, whole_number
from nn.functional.guard import has_nan, times, without_nan
from nn.functional.numbers import as_floats
from nn.functional.windows import Lengths, whole_numbers

Function = TypeVar("Function", bound=Callable[..., Any])


def _at_least_single(normalise: Function) -> Function:
    """Compute in single precision what comes in half, and give it back in half: its sums would overflow."""

    @wraps(normalise)
    def of_floats(input: Any, *args: Any, **kwargs: Any) -> Any:
        input = as_floats(input)
        if input.dtype != np.float16:
            return normalise(input, *args, **kwargs)
        return normalise(input.astype(np.float32), *args, **kwargs).astype(np.float16)

    return of_floats  # type: ignore[return-value]


def _three(shape: Lengths) -> Lengths:
    """Make (rows, channels, places) of a shape (rows, channels, ...)."""
    return *shape[:2], math.prod(shape[2:])


def _sum(*factors: Any) -> Any:
    """Sum the products of arrays (rows, channels, places) in each channel.

    For this ``einsum`` is faster than ``sum``, in whichever order the elements lie, and keeps no product.
    But where the channels lie last in memory it adds one place after the other, and the longer such a sum,
    the more it loses to rounding: so every row has a sum of its own first.
    """
    rows, _, places = factors[0].shape
    by_row = rows > 1 and places > 1
    sums = np.einsum(",".join(["rcp"] * len(factors)) + ("->rc" if by_row else "->c"), *factors)
    return np.sum(sums, axis=0) if by_row else sums


@primitive
def sum_of_products(x: Any, y: Any) -> Any:
    """Sum the products of two arrays (rows, channels, places) in each channel."""
    return _sum(x, y)


def _sum_with(g: Any, x: Any) -> Any:
    """Sum the products of a cotangent with x in each channel; where it is 0, x may be NaN."""
    total = sum_of_products(g, x)
    return sum_of_products(g, np.where(np.equal(g, 0), 0, x)) if has_nan(total) else total


def _mean(x: Any) -> Any:
    return _each_place(_sum(x) / _count(x.shape))


def _mean_square(x: Any) -> Any:
    return _each_place(sum_of_products(x, x) / _count(x.shape))


def _count(shape: tuple[int, ...]) -> int:
    return max(shape[0] * shape[2], 1)


def _each_place(channels: Any) -> Any:
    """Let one number for each channel stand at all of its places."""
    return channels[:, None]


@primitive
def scale_and_shift(x: Any, weight: Any, bias: Any) -> Any:
    """Multiply every channel of an array (rows, channels, places) by its weight, and add its bias.

    Either may be None.

    Example:
        >>> scale_and_shift(np.array([[[1.0, 3.0]]]), np.array([2.0]), np.array([5.0]))
        array([[[ 7., 11.]]])
    """
    x = _times(x, weight)
    return x if bias is None else x + _each_place(bias)


def _times(x: Any, weight: Any) -> Any:
    return x if weight is None else x * _each_place(weight)


def _standardise(
    x: Any, weight: Any, bias: Any, eps: float, moments: Any = None
) -> tuple[Any, tuple[Any, Any]]:
    """Compute the result, and what its derivative is made of: x̂, and 1 / √(variance + eps)."""
    mean = _mean(x)
    centred = x - mean
    variance = _mean_square(centred)
    if moments is not None:
        moments[...] = mean[:, 0], variance[:, 0]
    scale = 1 / np.sqrt(variance + eps)
    standard = centred * scale
    return scale_and_shift(standard, weight, bias), (standard, scale)


@primitive
def standardise(x: Any, weight: Any, bias: Any, eps: float, moments: Any = None) -> Any:
    """Make x̂ = (x - mean) / √(variance + eps) of every channel of an array, then scale and shift it.

    The array has the axes (rows, channels, places). Weight and bias may be None. The means and the
    variances are written to ``moments``, an array (2, channels), if there is one.

    Example:
        >>> standardise(np.array([[[1.0, 3.0]]]), None, None, 0.0)
        array([[[-1.,  1.]]])
    """
    return _standardise(x, weight, bias, eps, moments)[0]


def _pulled_back(sums: tuple[Any, Any, Any], residual: tuple[Any, Any], weight: Any) -> Any:
    """Take from g what changes the mean and what changes the variance."""
    g, total, along = sums
    standard, scale = residual
    count = _count(g.shape)
    result = standard * _each_place(along / -count)
    result += g
    result -= _each_place(total / count)
    result *= _times(scale, weight)
    return without_nan(result, g, (0, 2))


# fmt: off
entry = partial(derivative, kind="normalisation")
entry(sum_of_products, lambda g, y: times(_each_place(g), y),
                       lambda g, x: times(_each_place(g), x), kind="product")
entry(scale_and_shift, lambda g, weight: _times(g, weight),
                       lambda g, x: _sum_with(g, x),
                       lambda g: _sum(g))
entry(standardise,     lambda g, residual, weight: _pulled_back(g, residual, weight),
                       lambda g: g[2],
                       lambda g: g[1],
                       lambda g, residual, weight: np.sum(times(_each_place(g[2]), _times(residual[1] ** 2, weight))) / -2,
                       cotangent=lambda g, residual: (g, _sum(g), _sum_with(g, residual[0])),
                       forward=_standardise, residual=lambda x, weight, bias, eps, moments=None: _standardise(x, weight, bias, eps)[1], keywords="moments")
# fmt: on


def _fitting(function: str, x: Any, shape: Lengths, option: str, **given: Any) -> list[Any]:
    """Return parameters as floating arrays, or None for None.

    Refuse what has not the shape of the channels, or of the axes that are normalised together.
    """
    arrays = [array if array is None else as_floats(array, x.dtype) for array in given.values()]
    for name, array in zip(given, arrays, strict=True):
        if array is not None and array.shape != shape:
            raise RefusedError(
                f"{function}: expected a {name} of shape {shape} for an input of shape {x.shape}, "
                f"got {array.shape}; the usual fix is another {option}"
            )
    return arrays


@_at_least_single
def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Normalise every channel over all rows and places (Ioffe and Szegedy, 2015).

    Args:
        input: an array of shape (rows, channels, ...).
        running_mean: mean of each channel in evaluation mode; in training it is moved, in place, towards the batch's.
        running_var: variance of each channel, likewise. Both may be None: then the batch's are used.
        weight: factor of each channel, or None.
        bias: what is added to each channel, or None.
        training: whether mean and variance are those of this batch.
        momentum: by which part of the way the running numbers move.
        eps: is added to the variance.

    Raises:
        ValueError: the running numbers or parameters are not as many as channels, or a batch in
            training has one element in each channel.

    Example:
        >>> batch_norm(np.array([[1.0], [3.0]]), None, None, eps=0.0)
        array([[-1.],
               [ 1.]])
    """
    if input.ndim < 2:
        raise RefusedError(f"batch_norm: expected an input (rows, channels, ...), got shape {input.shape}")
    x = input.reshape(_three(input.shape))
    given = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    arrays = _fitting("batch_norm", input, input.shape[1:2], "num_features", **given)
    if training and (arrays[0] is not running_mean or arrays[1] is not running_var):
        raise RefusedError(
            "batch_norm: expected floating arrays as running_mean and running_var, which training moves in "
            "place, got others; the usual fix is np.zeros(channels) and np.ones(channels)"
        )
    running_mean, running_var, weight, bias = arrays
    if (running_mean is None) != (running_var is None):
        raise RefusedError("batch_norm: expected running_mean and running_var, or None for both, got one")
    if running_mean is None or training:
        count = math.prod(x.shape[::2])
        if training and count == 1:
            raise RefusedError(
                f"batch_norm: expected several elements for each channel, for their variance, got an input of "
                f"shape {input.shape}; the usual fix is a larger batch, or running numbers and eval()"
            )
        moments = None if running_mean is None else np.empty((2, x.shape[1]), x.dtype)
        out = standardise(x, weight, bias, eps, moments=moments)
        if moments is not None and count:
            mean, variance = moments
            with no_grad():
                for running, new in (running_mean, mean), (running_var, variance * (count / (count - 1))):
                    running *= 1 - momentum
                    running += momentum * new
    else:
        factor = 1 / np.sqrt(running_var + eps)
        factor = factor if weight is None else factor * weight
        shift = -running_mean * factor
        out = scale_and_shift(x, factor, shift if bias is None else shift + bias)
    return out.reshape(input.shape)


def lengths(normalized_shape: int | Sequence[int]) -> Lengths:
    """Return the lengths of the axes that are normalised together, also of one that came as a number."""
    given = [normalized_shape] if isinstance(normalized_shape, (int, np.integer)) else normalized_shape
    return whole_numbers("normalized_shape", given, len(given), 0)


@_at_least_single
def layer_norm(
    input: Any, normalized_shape: int | Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Normalise over the last axes, for each row by itself (Ba, Kiros and Hinton, 2016).

    Args:
        input: an array of shape (..., *normalized_shape).
        normalized_shape: the lengths of the axes that are normalised together.
        weight: factor of each element, of that shape, or None.
        bias: what is added to each element, of that shape, or None.
        eps: is added to the variance.

    Raises:
        ValueError: the last axes of the input, or the parameters, are not so long.

    Example:
        >>> layer_norm(np.array([[1.0, 3.0]]), (2,), eps=0.0)
        array([[-1.,  1.]])
    """
    shape = lengths(normalized_shape)
    rows = _rows_of("layer_norm", input, shape)
    weight, bias = _fitting("layer_norm", input, shape, "normalized_shape", weight=weight, bias=bias)
    out = standardise(input.reshape(1, *rows), None, None, eps)
    return _elementwise(out.reshape(*rows, 1), weight, bias).reshape(input.shape)


@_at_least_single
def rms_norm(
    input: Any, normalized_shape: int | Sequence[int], weight: Any = None, eps: float | None = None
) -> Any:
    """Divide by the root of the mean square over the last axes, for each row by itself.

    It is x / √(mean of x² + eps) · weight (Zhang and Sennrich, 2019).

    Args:
        input: an array of shape (..., *normalized_shape).
        normalized_shape: the lengths of the axes that are normalised together.
        weight: factor of each element, of that shape, or None.
        eps: is added to the mean square; by default the distance from 1 to the next number of the dtype.

    Raises:
        ValueError: the last axes of the input, or the parameters, are not so long.

    Example:
        >>> rms_norm(np.array([[1.0, 7.0]]), (2,), eps=0.0)
        array([[0.2, 1.4]])
    """
    shape = lengths(normalized_shape)
    rows = input.reshape(_rows_of("rms_norm", input, shape))
    (weight,) = _fitting("rms_norm", input, shape, "normalized_shape", weight=weight)
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    mean_square = np.sum(rows * rows, axis=1, keepdims=True) / max(rows.shape[1], 1)
    out = rows / np.sqrt(mean_square + eps)
    return _elementwise(out.reshape(*rows.shape, 1), weight, None).reshape(input.shape)


def _elementwise(out: Any, *parameters: Any) -> Any:
    """Scale and shift rows by parameters that are as many as their elements."""
    flat = (p if p is None or p.ndim == 1 else p.reshape(out.shape[1]) for p in parameters)
    return scale_and_shift(out, *flat)


def _rows_of(name: str, x: Any, shape: Lengths) -> Lengths:
    """Return the shape of a matrix that has the axes (..., *shape) of x as its two."""
    if not shape or x.shape[-len(shape) :] != shape:
        expected = ", ".join(["...", *map(str, shape)])
        raise RefusedError(
            f"{name}: expected an input of shape ({expected}), got {x.shape}; "
            f"the usual fix is another normalized_shape"
        )
    return math.prod(x.shape[: x.ndim - len(shape)]), math.prod(shape)


@_at_least_single
def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Normalise the channels of each group over all places, for each row by itself (Wu and He, 2018).

    Args:
        input: an array of shape (rows, channels, ...).
        num_groups: into how many parts of one size, in order, the channels are divided.
        weight: factor of each channel, or None.
        bias: what is added to each channel, or None.
        eps: is added to the variance.

    Raises:
        ValueError: the input has no channels, groups do not divide them, a group has one element and
            there is one row, or parameters are not as many.

    Example:
        >>> group_norm(np.array([[1.0, 3.0, 5.0, 9.0]]), 2, eps=0.0)
        array([[-1.,  1., -1.,  1.]])
    """
    groups = whole_number("num_groups", num_groups, 1)
    if input.ndim < 2 or input.shape[1] % groups:
        raise RefusedError(
            f"group_norm: expected an input (rows, channels, ...) whose channels {groups} groups divide, "
            f"got shape {input.shape}"
        )
    if input.size == groups:
        raise RefusedError(
            f"group_norm: expected several elements in a group, for their variance, got an input of shape "
            f"{input.shape} for {groups} groups; the usual fix is fewer groups"
        )
    weight, bias = _fitting("group_norm", input, input.shape[1:2], "num_channels", weight=weight, bias=bias)
    rows, size = len(input) * groups, math.prod(input.shape[1:]) // groups
    out = standardise(input.reshape(1, rows, size), None, None, eps)
    return scale_and_shift(out.reshape(_three(input.shape)), weight, bias).reshape(input.shape)
