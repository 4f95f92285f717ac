"""Pooling: the largest element, or the mean, of each window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from autograd import constant, derivative, primitive
from nn.errors import RefusedError, whole_number
from nn.functional.guard import has_nan
from nn.functional.windows import Windows, batched, whole_numbers, windows_over


@primitive
def max_pooling(x: Any, windows: Windows) -> Any:
    """Take the largest element of every window of x, an array of shape (rows, channels, ...)."""
    padded = windows.padded(x, -math.inf)
    if _large(windows):
        return np.max(_rows(padded, windows), axis=-1)
    first, *others = windows.taps(padded)
    out = np.array(first)
    for tap in others:
        np.maximum(out, tap, out=out)
    return out


@primitive
def first_maxima(x: Any, out: Any, windows: Windows) -> Any:
    """Tell where in its window each maximum stands first, counted from behind: the last is 1."""
    if has_nan(out):  # which is equal to nothing
        x, out = (np.where(np.isnan(array), math.inf, array) for array in (x, out))
    padded, elements = windows.padded(x, math.nan), math.prod(windows.kernel)
    if _large(windows):
        return elements - np.argmax(np.equal(_rows(padded, windows), out[..., None]), axis=-1)
    found = np.zeros_like(out, bool)
    numbers = np.zeros_like(out, np.min_scalar_type(elements))
    for tap in windows.taps(padded):
        found |= np.equal(tap, out)
        numbers += found
    return numbers


@primitive
def to_maxima(g: Any, numbers: Any, windows: Windows) -> Any:
    """Add each element of g at the place of a maximum, into zeros as large as the input."""
    padded = np.zeros_like(numbers, g.dtype, shape=g.shape[:2] + windows.padded_size)
    if _large(windows):
        windows.seen(padded)[_places(numbers, windows)] = g
        return windows.inside(padded)
    ordered = np.empty_like(numbers, g.dtype)  # in memory as what it is multiplied with
    ordered[...] = g
    for number, tap in zip(range(math.prod(windows.kernel), 0, -1), windows.taps(padded), strict=True):
        if windows.overlap:
            tap += ordered * np.equal(numbers, number)
        else:
            np.multiply(ordered, np.equal(numbers, number), out=tap)
    return windows.inside(padded)


@primitive
def at_maxima(x: Any, numbers: Any, windows: Windows) -> Any:
    """Take from every window of x the element where a maximum stands: the adjoint of ``to_maxima``."""
    return windows.seen(windows.padded(x))[_places(numbers, windows)]


def _large(windows: Windows) -> bool:
    """Tell whether it is faster to go through the windows than through the elements of all windows."""
    return not windows.overlap and math.prod(windows.kernel) > 36


def _rows(padded: Any, windows: Windows) -> Any:
    """Return the elements of every window along one last axis."""
    seen = windows.seen(padded)
    return seen.reshape(*seen.shape[: padded.ndim], math.prod(windows.kernel))


def _places(numbers: Any, windows: Windows) -> tuple[Any, ...]:
    """Return the index of the numbered elements in what ``Windows.seen`` gives."""
    within = np.unravel_index(math.prod(windows.kernel) - numbers.astype(int), windows.kernel)
    return (*np.ogrid[*map(slice, numbers.shape)], *within)


def _gap(x: Any, windows: Windows) -> Any:
    """Return the distance between the two largest elements of every window."""
    taps = np.sort([*windows.taps(windows.padded(x, -math.inf))], axis=0)
    return np.diff(taps[-2:], axis=0)


BAND = 2**13  # elements, about: large enough for matrix products, and small enough to have few zeros


class Spans(NamedTuple):
    """The elements of an axis from starts to ends, whose sums are divided by divisors."""

    size: int
    starts: Any
    ends: Any
    divisors: Any

    def bands(self) -> Iterator[tuple[slice, slice, Any]]:
        """Return the matrix that sums and divides, in pieces, outside of which it is 0, and where they lie."""
        count = len(self.starts)
        few = math.ceil(math.sqrt(BAND * count / max(self.size, 1)))
        for first in range(0, count, few):
            places = slice(first, min(first + few, count))
            starts, ends, divisors = self.starts[places], self.ends[places], self.divisors[places]
            i = slice(max(starts[0], 0), min(ends[-1], self.size)) if few < count else slice(0, self.size)
            elements = np.arange(i.start, i.stop)[:, None]
            yield i, places, (np.less_equal(starts, elements) & np.less(elements, ends)) / divisors


@dataclass(frozen=True, eq=False)
class Means:
    """Matrices by which the last axes are multiplied, for the mean of a rectangle is that of its rows' means."""

    axes: tuple[Spans, ...]
    turned: bool = False

    @property
    def transposed(self) -> Means:
        """What cotangents are multiplied by."""
        return Means(self.axes, not self.turned)

    def of(self, x: Any) -> Any:
        """Multiply the last axes of x, an array of shape (rows, channels, ...)."""
        for spans in self.axes:
            pieces = ((p, i, m.T) if self.turned else (i, p, m) for i, p, m in spans.bands())
            products = [(p, np.tensordot(x[:, :, i], m.astype(x.dtype), (2, 0))) for i, p, m in pieces]
            if len(products) == 1:  # of the whole matrix
                x = products[0][1]  # whose last axis was the third one
                continue
            size = spans.size if self.turned else len(spans.starts)
            x = np.zeros((*x.shape[:2], *x.shape[3:], size), x.dtype)
            for p, product in products:
                x[..., p] += product
        return x


@primitive
def averaging(x: Any, means: Means) -> Any:
    """Average windows of x, an array of shape (rows, channels, ...)."""
    out = means.of(x)
    if has_nan(out):  # from 0 · ∞ too
        out = means.of(np.where(np.isfinite(x), x, 0))
        for value, there in (math.inf, x == math.inf), (-math.inf, x == -math.inf), (math.nan, np.isnan(x)):
            out[means.of(there.astype(x.dtype)) > 0] += value
    return out


# At ties the derivative is taken to be that of the first of the largest elements, as in PyTorch.
# fmt: off
constant(first_maxima)
derivative(max_pooling, lambda g, x, out, windows:   to_maxima(g, first_maxima(x, out, windows), windows), None, kind="pooling", kink=_gap)
derivative(to_maxima,   lambda g, numbers, windows:  at_maxima(g, numbers, windows), None, None, kind="pooling")
derivative(at_maxima,   lambda g, numbers, windows:  to_maxima(g, numbers, windows), None, None, kind="pooling")
derivative(averaging,   lambda g, means:             averaging(g, means.transposed), None, kind="convolution")
# fmt: on


def _pool_windows(
    name: str, x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Windows:
    axes = x.ndim - 2
    kernel, dilation = whole_numbers("kernel_size", kernel, axes), whole_numbers("dilation", dilation, axes)
    stride = kernel if stride is None else whole_numbers("stride", stride, axes)
    padding = whole_numbers("padding", padding, axes, 0)
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise RefusedError(f"padding: expected at most half of the kernel {kernel}, got {padding}")
    return windows_over(name, x.shape[2:], kernel, stride, padding, padding, dilation, ceil_mode)


def _max_pool(
    axes: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
) -> Any:
    name = f"max_pool{axes}d"
    x, alone = batched(name, input, axes)
    out = max_pooling(x, _pool_windows(name, x, kernel_size, stride, padding, dilation, ceil_mode))
    return out[0] if alone else out


def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    """Take the largest element of each window of sequences (rows, channels, length).

    The arguments are those of :func:`max_pool2d`.

    Example:
        >>> max_pool1d(np.array([[[1.0, 3.0, 2.0, 5.0, 4.0]]]), 2)
        array([[[3., 5.]]])
    """
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    """Take the largest element of each window of images.

    Where several elements are the largest, the gradient goes to the first of them.

    Args:
        input: images of shape (rows, channels, height, width), or one without rows.
        kernel_size: height and width of a window, or one number for both.
        stride: how far a window lies from the next one; by default windows touch.
        padding: how far windows reach over the sides, at most half of their size.
        dilation: how far the elements of a window lie apart.
        ceil_mode: whether a last window may end outside.

    Raises:
        ValueError: the numbers do not go together with the input.

    Example:
        >>> max_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)
        array([[[[ 5.,  7.],
                 [13., 15.]]]])
    """
    return _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode)


def _avg_pool(
    axes: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> Any:
    name = f"avg_pool{axes}d"
    x, alone = batched(name, input, axes)
    windows = _pool_windows(name, x, kernel_size, stride, padding, 1, ceil_mode)
    divisor = None if divisor_override is None else whole_number("divisor_override", divisor_override, 1)
    spans = []
    for n, kernel, step, before, count in zip(
        windows.size, windows.kernel, windows.stride, windows.before, windows.count, strict=True
    ):
        starts = np.arange(count) * step - before
        ends = np.minimum(starts + kernel, n + before)
        lengths = ends - starts if count_include_pad else np.minimum(ends, n) - np.maximum(starts, 0)
        spans.append(Spans(n, starts, ends, lengths if divisor is None else np.ones(count)))
    out = averaging(x, Means(tuple(spans)))
    out = out if divisor is None else out / divisor
    return out[0] if alone else out


def avg_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """Average each window of sequences (rows, channels, length).

    The arguments are those of :func:`avg_pool2d`.

    Example:
        >>> avg_pool1d(np.array([[[1.0, 3.0, 2.0, 4.0]]]), 2)
        array([[[2., 3.]]])
    """
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Average each window of images.

    Args:
        input: images of shape (rows, channels, height, width), or one without rows.
        kernel_size: height and width of a window, or one number for both.
        stride: how far a window lies from the next one; by default windows touch.
        padding: how many zeros stand at every side, at most half of the window.
        ceil_mode: whether a last window may end outside.
        count_include_pad: whether zeros of the padding count.
        divisor_override: by what sums are divided in the place of the number of elements.

    Raises:
        ValueError: the numbers do not go together with the input.

    Example:
        >>> avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)
        array([[[[ 2.5,  4.5],
                 [10.5, 12.5]]]])
    """
    return _avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _adaptive_avg_pool(axes: int, input: Any, output_size: Any) -> Any:
    x, alone = batched(f"adaptive_avg_pool{axes}d", input, axes)
    wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * axes
    if len(wanted) == axes:
        wanted = tuple(n if m is None else m for n, m in zip(x.shape[2:], wanted, strict=True))
    wanted = whole_numbers("output_size", wanted, axes)
    if max(wanted) == 1 and x.size:
        out = np.mean(x, axis=tuple(range(2, x.ndim)), keepdims=True)
        return out[0] if alone else out
    spans = []
    for n, m in zip(x.shape[2:], wanted, strict=True):
        cuts = np.arange(m + 1) * n
        starts, ends = cuts[:-1] // m, -(-cuts[1:] // m)
        spans.append(Spans(n, starts, ends, ends - starts))
    out = averaging(x, Means(tuple(spans)))
    return out[0] if alone else out


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """Average sequences (rows, channels, length) over so many windows as the output shall have places.

    Example:
        >>> adaptive_avg_pool1d(np.array([[[1.0, 3.0, 2.0, 4.0]]]), 1)
        array([[[2.5]]])
    """
    return _adaptive_avg_pool(1, input, output_size)


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """Average images over so many windows as the output shall have places.

    The windows cover the image and overlap by one element where their number does not divide it.

    Args:
        input: images of shape (rows, channels, height, width), or one without rows.
        output_size: height and width, or one number for both; None keeps the input's.

    Raises:
        ValueError: the output size is not made of whole numbers.

    Example:
        >>> adaptive_avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), (2, 1))
        array([[[[ 3.5],
                 [11.5]]]])
    """
    return _adaptive_avg_pool(2, input, output_size)
