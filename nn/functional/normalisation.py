"""Normalisation: mean 0 and variance 1, or mean square 1, along some axes, then a learned scale and shift."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import derivative, no_grad, primitive
from nn.errors import RefusedError, whole_number
from nn.functional.numbers import as_floats


def _mean(x: Any, axis: int) -> Any:
    """Average a matrix along an axis, as a product: BLAS is several times faster at it."""
    shares = np.full(x.shape[axis], 1 / max(x.shape[axis], 1), x.dtype)
    return np.expand_dims(np.dot(shares, x) if axis == 0 else np.dot(x, shares), axis)


def _standardise(x: Any, axis: int, eps: float) -> tuple[Any, tuple[Any, Any]]:
    """Compute the result, and what its derivative is made of: itself, and 1 / √(variance + eps)."""
    centred = x - _mean(x, axis)
    scale = 1 / np.sqrt(_mean(centred * centred, axis) + eps)
    out = centred * scale
    return out, (out, scale)


@primitive
def standardise(x: Any, axis: int, eps: float) -> Any:
    """Compute (x - mean) / √(variance + eps) of every column (axis 0) or row (axis 1) of a matrix.

    Example:
        >>> standardise(np.array([[1.0, 3.0]]), 1, 0.0)
        array([[-1.,  1.]])
    """
    return _standardise(x, axis, eps)[0]


def _pulled_back(g: Any, residual: tuple[Any, Any], axis: int) -> Any:
    """Take from g what changes the mean and what changes the variance."""
    out, scale = residual
    return scale * (g - _mean(g, axis) - out * _mean(g * out, axis))


derivative(
    standardise,
    lambda g, residual, axis: _pulled_back(g, residual, axis),
    None,
    None,
    kind="normalisation",
    forward=_standardise,
    residual=lambda x, axis, eps: _standardise(x, axis, eps)[1],
)


def _scaled(x: Any, weight: Any, bias: Any) -> Any:
    """Multiply by the weight and add the bias, where there are any."""
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def _channels_in_columns(x: Any) -> Any:
    """See (rows, channels, ...) as a matrix with one channel a column."""
    return x if x.ndim == 2 else np.moveaxis(x, 1, -1).reshape(x.size // max(x.shape[1], 1), x.shape[1])


def _as_before(columns: Any, shape: tuple[int, ...]) -> Any:
    """Undo ``_channels_in_columns``."""
    if len(shape) == 2:
        return columns
    return np.moveaxis(columns.reshape(shape[0], *shape[2:], shape[1]), -1, 1)


def _check_channels(function: str, x: Any, given: dict[str, Any], option: str) -> None:
    """Refuse what has not one number for each channel of (rows, channels, ...)."""
    for name, array in given.items():
        if array is not None and array.shape != x.shape[1:2]:
            raise RefusedError(
                f"{function}: expected a {name} of shape ({x.shape[1]},) for an input of shape {x.shape}, "
                f"got {array.shape}; the usual fix is another {option}"
            )


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
        running_mean: mean of each channel in use; in training it is moved, in place, towards the batch's.
        running_var: variance of each channel, likewise. Both may be None: then the batch's are used.
        weight: factor of each channel, or None.
        bias: what is added to each channel, or None.
        training: whether mean and variance are those of this batch.
        momentum: by which part of the way the running numbers move.
        eps: is added to the variance.

    Raises:
        ValueError: the running numbers or parameters are not as many as channels, or a batch in
            training has less than two elements in each channel.

    Example:
        >>> batch_norm(np.array([[1.0], [3.0]]), None, None, eps=0.0)
        array([[-1.],
               [ 1.]])
    """
    input = as_floats(input)
    if input.ndim < 2:
        raise RefusedError(f"batch_norm: expected an input (rows, channels, ...), got shape {input.shape}")
    columns = _channels_in_columns(input)
    given = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    _check_channels("batch_norm", input, given, "num_features")
    if running_mean is None or training:
        count = len(columns)
        if training and count < 2:
            raise RefusedError(
                f"batch_norm: expected several elements for each channel in training, got an input of shape "
                f"{input.shape}; the usual fix is a larger batch, or eval()"
            )
        if running_mean is not None:
            with no_grad():
                mean = _mean(columns, 0)
                variance = _mean((columns - mean) ** 2, 0)[0] * (count / (count - 1))
                running_mean += momentum * (mean[0] - running_mean)
                running_var += momentum * (variance - running_var)
        out = _scaled(standardise(columns, 0, eps), weight, bias)
    else:
        factor = 1 / np.sqrt(running_var + eps)
        factor = factor if weight is None else factor * weight
        shift = -running_mean * factor
        out = _scaled(columns, factor, shift if bias is None else shift + bias)
    return _as_before(out, input.shape)


def layer_norm(
    input: Any, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Normalise over the last axes, for each row by itself (Ba, Kiros and Hinton, 2016).

    Args:
        input: an array of shape (..., *normalized_shape).
        normalized_shape: the lengths of the axes that are normalised together.
        weight: factor of each element, of that shape, or None.
        bias: what is added to each element, of that shape, or None.
        eps: is added to the variance.

    Raises:
        ValueError: the last axes of the input are not so long.

    Example:
        >>> layer_norm(np.array([[1.0, 3.0]]), (2,), eps=0.0)
        array([[-1.,  1.]])
    """
    input = as_floats(input)
    rows = _last_axes_in_rows("layer_norm", input, tuple(normalized_shape))
    return _scaled(standardise(rows, 1, eps).reshape(input.shape), weight, bias)


def rms_norm(
    input: Any, normalized_shape: Sequence[int], weight: Any = None, eps: float | None = None
) -> Any:
    """Divide by the root of the mean square over the last axes, for each row by itself.

    It is x / √(mean of x² + eps) · weight (Zhang and Sennrich, 2019).

    Args:
        input: an array of shape (..., *normalized_shape).
        normalized_shape: the lengths of the axes that are normalised together.
        weight: factor of each element, of that shape, or None.
        eps: is added to the mean square; by default the distance from 1 to the next number of the dtype.

    Raises:
        ValueError: the last axes of the input are not so long.

    Example:
        >>> rms_norm(np.array([[1.0, 7.0]]), (2,), eps=0.0)
        array([[0.2, 1.4]])
    """
    input = as_floats(input)
    rows = _last_axes_in_rows("rms_norm", input, tuple(normalized_shape))
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    return _scaled((rows / np.sqrt(_mean(rows * rows, 1) + eps)).reshape(input.shape), weight, None)


def _last_axes_in_rows(name: str, x: Any, shape: tuple[int, ...]) -> Any:
    """See (..., *shape) as a matrix."""
    if not shape or x.shape[-len(shape) :] != shape:
        expected = ", ".join(["...", *map(str, shape)])
        raise RefusedError(
            f"{name}: expected an input of shape ({expected}), got {x.shape}; "
            f"the usual fix is another normalized_shape"
        )
    return x.reshape(math.prod(x.shape[: x.ndim - len(shape)]), math.prod(shape))


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Normalise the channels of each group over all places, for each row by itself (Wu and He, 2018).

    Args:
        input: an array of shape (rows, channels, ...).
        num_groups: into how many parts of one size, in order, the channels are divided.
        weight: factor of each channel, or None.
        bias: what is added to each channel, or None.
        eps: is added to the variance.

    Raises:
        ValueError: the input has no channels, groups do not divide them, or parameters are not as many.

    Example:
        >>> group_norm(np.array([[1.0, 3.0, 5.0, 9.0]]), 2, eps=0.0)
        array([[-1.,  1., -1.,  1.]])
    """
    input, groups = as_floats(input), whole_number("num_groups", num_groups, 1)
    if input.ndim < 2 or input.shape[1] % groups:
        raise RefusedError(
            f"group_norm: expected an input (rows, channels, ...) whose channels {groups} groups divide, "
            f"got shape {input.shape}"
        )
    given = {"weight": weight, "bias": bias}
    _check_channels("group_norm", input, given, "num_channels")
    rows, size = len(input) * groups, math.prod(input.shape[1:]) // groups
    out = standardise(input.reshape(rows, size), 1, eps).reshape(input.shape)
    channels = (-1, *[1] * (input.ndim - 2))
    return _scaled(out, *(None if p is None else p.reshape(channels) for p in given.values()))
