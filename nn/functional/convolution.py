"""Convolution and its two adjoints, each the derivative of the others.

Arrays have PyTorch's axes, (rows, channels, ...), but in memory the channels lie last. So the
windows of an input become the rows of a matrix by copies of long runs, one matrix product does the
rest, and layers in a row hand the layout on. The windows of a few rows at a time are copied, as
many as fit in the processor's cache, and copied anew for the gradient rather than kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.errors import RefusedError, whole_number
from nn.functional.depthwise import depthwise, depthwise_to_input, depthwise_to_weight, is_depthwise
from nn.functional.guard import over_rows
from nn.functional.numbers import as_floats
from nn.functional.windows import (
    Lengths,
    Windows,
    axis_names,
    batched,
    channels_last,
    in_order,
    rows_at_once,
    sum_per_channel,
    whole_numbers,
    windows_over,
)


def _matrices(x: Any, groups: int) -> Any:
    """See (rows, channels, ...), channels last, as one matrix (all places, channels) a group."""
    count = len(x) * math.prod(x.shape[2:])
    places = np.moveaxis(x, 1, -1).reshape(count, groups, x.shape[1] // groups)
    return np.moveaxis(places, 1, 0)


def _weight_matrices(weight: Any, groups: int) -> Any:
    """Order weights as (groups, outputs, all elements of a kernel, channels)."""
    outputs, channels = weight.shape[:2]
    elements = math.prod(weight.shape[2:])
    return weight.reshape(groups, outputs // groups, channels, elements).swapaxes(2, 3)


def _columns(x: Any, outputs: int, windows: Windows, groups: int) -> Iterator[tuple[slice, Any]]:
    """Return x, some rows at a time, as matrices with one window a row, and which places those are."""
    rows, axes, depth = len(x), len(windows.count), x.shape[1] // groups
    x = windows.padded(x).reshape(rows, groups, depth, *windows.padded_size)
    x = np.ascontiguousarray(np.moveaxis(x, (1, 2), (0, -1)))
    if max(windows.kernel) == 1 and windows.count == windows.padded_size:  # every element is a window
        yield slice(None), x.reshape(groups, rows * math.prod(windows.count), depth)
        return
    steps = zip(x.strides[2:-1], windows.stride, windows.dilation, strict=True)
    between, within = zip(*((n * stride, n * dilation) for n, stride, dilation in steps), strict=True)
    shape = (groups, rows, *windows.count, *windows.kernel, depth)
    strides = (*x.strides[:2], *between, *within, x.itemsize)
    view = np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)
    places, length = math.prod(windows.count), math.prod(windows.kernel) * depth
    bytes_per_row = x.itemsize * places * (groups * length + outputs)
    few = rows_at_once(rows, bytes_per_row)
    copies = np.empty((groups, few, *shape[2:]), x.dtype)
    if depth < 4:  # the longer runs are those from window to window, so the columns lie in order
        copies = copies.reshape(groups, *shape[2 + axes :], few, *windows.count)
        copies = np.moveaxis(copies, range(2 + axes, copies.ndim), range(1, 2 + axes))
    for first in range(0, rows, few):
        part = view[:, first : first + few]
        count = part.shape[1]
        copies[:, :count] = part
        matrices = copies[:, :count].reshape(groups, count * places, length)
        yield slice(first * places, (first + count) * places), matrices


@primitive
def convolution(x: Any, weight: Any, bias: Any, windows: Windows, groups: int) -> Any:
    """Multiply every window of x with the kernels, and add b.

    Args:
        x: inputs of shape (rows, channels, ...).
        weight: kernels of shape (outputs, channels / groups, ...).
        bias: b of shape (outputs,), or None.
        windows: where they lie.
        groups: into how many parts the channels are divided; each part sees its own kernels only.

    Returns:
        Outputs of shape (rows, outputs, ...).
    """
    if is_depthwise(x.shape[1], len(weight), groups):
        out = depthwise(x, weight, windows)
        return out if bias is None else np.add(out, bias.reshape(-1, *[1] * len(windows.count)))
    operands = (x, weight) if bias is None else (x, weight, bias)
    out = channels_last((len(x), len(weight), *windows.count), np.result_type(*operands))
    matrices = _matrices(out, groups)
    kernels = _weight_matrices(weight, groups)
    kernels = kernels.reshape(*kernels.shape[:2], kernels.shape[2] * kernels.shape[3])
    for places, columns in _columns(x, len(weight), windows, groups):
        part = matrices[:, places]
        np.matmul(columns, kernels.swapaxes(1, 2), out=part)
        if bias is not None:
            part += bias.reshape(groups, 1, -1)
    return out


@primitive
def convolution_to_input(y: Any, weight: Any, windows: Windows, groups: int) -> Any:
    """Add to every window the kernels times the output there: the adjoint by the input.

    It is also known as transposed convolution. Channels come from ``weight``, lengths from ``windows``.
    """
    rows, depth = len(y), weight.shape[1]
    if is_depthwise(y.shape[1], groups * depth, groups):
        return depthwise_to_input(y, weight, windows)
    places = _matrices(in_order(y), groups)
    kernels = _weight_matrices(weight, groups)
    dtype = np.result_type(y, weight)
    padded = channels_last((rows, groups * depth, *windows.padded_size), dtype)
    padded.fill(0)
    product = channels_last((rows, groups * depth, *windows.count), dtype)
    matrices = _matrices(product, groups)
    for i, tap in enumerate(windows.taps(padded)):
        np.matmul(places, kernels[:, :, i], out=matrices)
        tap += product
    return windows.inside(padded)


@primitive
def convolution_to_weight(y: Any, x: Any, windows: Windows, groups: int) -> Any:
    """Sum over all windows of x their products with the output there: the adjoint by the kernels."""
    outputs, channels = y.shape[1], x.shape[1]
    if is_depthwise(channels, outputs, groups):
        return depthwise_to_weight(y, x, windows)
    matrices = _matrices(in_order(y), groups).swapaxes(1, 2)
    dtype = np.result_type(x, y)
    total = np.zeros((groups, outputs // groups, math.prod(windows.kernel) * channels // groups), dtype)
    for places, columns in _columns(x, outputs, windows, groups):
        total += np.matmul(matrices[..., places], columns)
    kernels = total.reshape(outputs, math.prod(windows.kernel), channels // groups).swapaxes(1, 2)
    return kernels.reshape(outputs, channels // groups, *windows.kernel)


# fmt: off
entry = partial(derivative, kind="convolution")
entry(convolution,           lambda g, weight, windows, groups: convolution_to_input(g, weight, windows, groups),
                             lambda g, x, windows, groups:      over_rows(convolution_to_weight, g, x, windows, groups),
                             lambda g:                          sum_per_channel(g),
                             None, None)
entry(convolution_to_input,  lambda g, weight, windows, groups: convolution(g, weight, None, windows, groups),
                             lambda g, y, windows, groups:      over_rows(lambda g, y: convolution_to_weight(y, g, windows, groups), g, y),
                             None, None)
entry(convolution_to_weight, lambda g, x, windows, groups:      convolution(x, g, None, windows, groups),
                             lambda g, y, windows, groups:      convolution_to_input(y, g, windows, groups),
                             None, None)
# fmt: on


def _floats(weight: Any, bias: Any, dtype: Any) -> tuple[Any, Any]:
    """Make floating arrays of lists and whole numbers."""
    return as_floats(weight, dtype), None if bias is None else as_floats(bias, dtype)


def _convolved(
    name: str,
    axes: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Any:
    x, alone = batched(name, input, axes)
    groups = whole_number("groups", groups, 1)
    weight, bias = _floats(weight, bias, x.dtype)
    outputs = weight.shape[:1]
    biased = outputs if bias is None else bias.shape
    if weight.ndim != axes + 2 or len(weight) % groups or biased != outputs:
        raise RefusedError(
            f"{name}: expected a weight of {axes + 2} axes, (outputs, channels / groups, ...), and a bias "
            f"(outputs,), whose outputs {groups} groups divide, got {weight.shape} and {biased}"
        )
    if x.shape[1] != weight.shape[1] * groups:
        raise _other_channels(name, x.shape[alone:], weight.shape[1] * groups, axes)
    kernel = weight.shape[2:]
    stride, dilation = whole_numbers("stride", stride, axes), whole_numbers("dilation", dilation, axes)
    before, after = sides(padding, kernel, stride, dilation)
    windows = windows_over(name, x.shape[2:], kernel, stride, before, after, dilation)
    out = convolution(x, weight, bias, windows, groups)
    return out[0] if alone else out


def _other_channels(name: str, shape: Lengths, channels: int, axes: int) -> RefusedError:
    """Say where the channels of an input seem to stand, or else how many there are."""
    place, last = len(shape) - axes - 1, len(shape) - 1
    if shape[last] == channels:
        fix = f"x.transpose{(*range(place), last, *range(place, last))}"
    elif place == 0 and channels == 1:
        fix = "x[:, None]"
    else:
        fix = f"in_channels={shape[place]}"
    letters = axis_names(axes)
    return RefusedError(
        f"{name}: expected an input of shape (rows, {channels}, {letters}), got {shape}; the usual fix is {fix}"
    )


def sides(padding: Any, kernel: Lengths, stride: Lengths, dilation: Lengths) -> tuple[Lengths, Lengths]:
    """Return the padding in front and behind, from numbers, "same" or "valid".

    Raises:
        ValueError: the padding is none of these, or is "same" with a stride.
    """
    if padding == "same" and max(stride) > 1:
        raise RefusedError(f"padding: expected numbers where stride is {stride}, got 'same'")
    if isinstance(padding, str) and padding in ("same", "valid"):
        total = [d * (k - 1) * (padding == "same") for d, k in zip(dilation, kernel, strict=True)]
        return tuple(n // 2 for n in total), tuple(n - n // 2 for n in total)
    before = whole_numbers("padding", padding, len(kernel), 0)
    return before, before


def conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Slide kernels along sequences: at each place Σ weight · window + bias.

    Args:
        input: sequences of shape (rows, channels, length), or one without rows.
        weight: kernels of shape (outputs, channels / groups, kernel length).
        bias: of shape (outputs,), or None.
        stride: how far a window lies from the next one.
        padding: how many zeros stand at both ends; "same" for an output as long as the input, or "valid".
        dilation: how far the elements of a window lie apart.
        groups: into how many parts the channels are divided; each part sees its own kernels only.

    Returns:
        Outputs of shape (rows, outputs, places).

    Raises:
        ValueError: the shapes do not go together, or no window fits.

    Example:
        >>> conv1d(np.array([[[1.0, 2.0, 4.0, 8.0]]]), np.array([[[-1.0, 1.0]]]))
        array([[[1., 2., 4.]]])
    """
    return _convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Slide kernels over images: at each place Σ weight · window + bias.

    What takes one number for both axes also takes two.

    Args:
        input: images of shape (rows, channels, height, width), or one without rows.
        weight: kernels of shape (outputs, channels / groups, kernel height, kernel width).
        bias: of shape (outputs,), or None.
        stride: how far a window lies from the next one.
        padding: how many zeros stand at every side; "same" for an output as large as the input, or "valid".
        dilation: how far the elements of a window lie apart.
        groups: into how many parts the channels are divided; each part sees its own kernels only.

    Returns:
        Outputs of shape (rows, outputs, height, width).

    Raises:
        ValueError: the shapes do not go together, or no window fits.

    Example:
        >>> conv2d(np.ones((1, 1, 3, 4)), np.ones((1, 1, 2, 2)))
        array([[[[4., 4., 4.],
                 [4., 4., 4.]]]])
    """
    return _convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """Add up kernels, each times an element of the input: the adjoint of ``conv2d`` by its input.

    What takes one number for both axes also takes two. An output has the length
    (length - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1 along each axis.

    Args:
        input: images of shape (rows, channels, height, width), or one without rows.
        weight: kernels of shape (channels, outputs / groups, kernel height, kernel width).
        bias: of shape (outputs,), or None.
        stride: how far the kernels of neighbours lie apart.
        padding: how many elements are cut off at every side.
        output_padding: how many are added at the lower and right side; less than stride or dilation.
        groups: into how many parts the channels are divided; each part sees its own kernels only.
        dilation: how far the elements of a kernel lie apart.

    Returns:
        Outputs of shape (rows, outputs, height, width).

    Raises:
        ValueError: the shapes do not go together, or nothing is left.

    Example:
        >>> conv_transpose2d(np.ones((1, 1, 1, 2)), np.ones((1, 1, 1, 2)))
        array([[[[1., 2., 1.]]]])
    """
    x, alone = batched("conv_transpose2d", input, 2)
    groups = whole_number("groups", groups, 1)
    weight, bias = _floats(weight, bias, x.dtype)
    outputs = math.prod(weight.shape[1:2]) * groups
    biased = (outputs,) if bias is None else bias.shape
    if weight.ndim != 4 or len(weight) % groups or biased != (outputs,):
        raise RefusedError(
            f"conv_transpose2d: expected a weight of 4 axes, (channels, outputs / groups, ...), and a bias "
            f"(outputs,), whose channels {groups} groups divide, got {weight.shape} and {biased}"
        )
    if x.shape[1] != len(weight):
        raise _other_channels("conv_transpose2d", x.shape[alone:], len(weight), 2)
    kernel, count = weight.shape[2:], x.shape[2:]
    stride, dilation = whole_numbers("stride", stride, 2), whole_numbers("dilation", dilation, 2)
    cut = whole_numbers("padding", padding, 2, 0)
    added = whole_numbers("output_padding", output_padding, 2, 0)
    axes = zip(count, kernel, stride, cut, dilation, added, strict=True)
    size = tuple((n - 1) * s - 2 * p + d * (k - 1) + more + 1 for n, k, s, p, d, more in axes)
    if min(size) < 1 or any(more >= max(s, d) for more, s, d in zip(added, stride, dilation, strict=True)):
        raise RefusedError(
            f"conv_transpose2d: expected outputs of at least 1 element along every axis and an output_padding "
            f"below stride {stride} or dilation {dilation}, got outputs of {size} and {added}"
        )
    windows = Windows(size, kernel, stride, dilation, cut, count)
    out = convolution_to_input(x, weight, windows, groups)
    out = out if bias is None else out + np.reshape(bias, (outputs, 1, 1))
    return out[0] if alone else out
