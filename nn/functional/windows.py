"""Windows that slide over the last axes of an array: what convolution and pooling share."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.errors import RefusedError, shown
from nn.functional.numbers import as_floats

Lengths = tuple[int, ...]
SCRATCH = 2**19  # bytes that are worked on at once: what stays in the cache


@dataclass(frozen=True)
class Windows:
    """Where windows lie: one number for each of the last axes in every field.

    The axes are ``size`` long and get ``before`` elements in front; ``count`` windows of ``kernel``
    elements, ``dilation`` apart, begin every ``stride`` elements.
    """

    size: Lengths
    kernel: Lengths
    stride: Lengths
    dilation: Lengths
    before: Lengths
    count: Lengths

    @property
    def padded_size(self) -> Lengths:
        """How long the axes are after padding."""
        ends = zip(self.count, self.stride, self.dilation, self.kernel, strict=True)
        needed = ((n - 1) * stride + dilation * (k - 1) + 1 for n, stride, dilation, k in ends)
        lengths = zip(needed, self.before, self.size, strict=True)
        return tuple(max(n, before + size) for n, before, size in lengths)

    @property
    def overlap(self) -> bool:
        """Whether an element may lie in several windows."""
        spans = zip(self.stride, self.dilation, self.kernel, strict=True)
        return any(stride <= dilation * (k - 1) for stride, dilation, k in spans)

    def padded(self, x: Any, fill: float = 0) -> Any:
        """Extend x to the padded size; nothing is copied where there is nothing to extend."""
        if self.padded_size == self.size:
            return x
        result = np.full_like(x, fill, shape=x.shape[:2] + self.padded_size)
        self.inside(result)[...] = x
        return result

    def inside(self, padded: Any) -> Any:
        """Look at what is not padding."""
        return padded[..., *(slice(b, b + n) for b, n in zip(self.before, self.size, strict=True))]

    def taps(self, padded: Any) -> Iterator[Any]:
        """Look at the first elements of all windows, then at the second, and so on."""
        for place in itertools.product(*map(range, self.kernel)):
            starts = zip(place, self.dilation, self.stride, self.count, strict=True)
            yield padded[..., *(slice(i * d, i * d + s * (n - 1) + 1, s) for i, d, s, n in starts)]

    def seen(self, padded: Any) -> Any:
        """Look at all windows: the last axes count the elements of one, those before them the windows."""
        axes = tuple(range(2, padded.ndim))
        lengths = [d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel, strict=True)]
        everywhere = np.lib.stride_tricks.sliding_window_view(padded, lengths, axes, writeable=True)
        starts = (slice(0, s * n, s) for s, n in zip(self.stride, self.count, strict=True))
        return everywhere[:, :, *starts, *(slice(None, None, d) for d in self.dilation)]


def rows_at_once(rows: int, bytes_per_row: int) -> int:
    """Count the rows that are worked on at once."""
    return max(1, min(rows, SCRATCH // max(1, bytes_per_row)))


def channels_last(shape: Lengths, dtype: Any) -> Any:
    """Allocate an array of shape (rows, channels, ...) whose memory is (rows, ..., channels)."""
    return np.moveaxis(np.empty((shape[0], *shape[2:], shape[1]), dtype), -1, 1)


def in_order(y: Any) -> Any:
    """Return y in an order where the channels lie last in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(y, 1, -1)), -1, 1)


def sum_per_channel(y: Any) -> Any:
    """Sum over all axes but that of the channels, as a product: BLAS is faster at it."""
    rows = np.moveaxis(y, 1, -1).reshape(len(y) * math.prod(y.shape[2:]), y.shape[1])
    return np.dot(np.ones(len(rows), y.dtype), rows)


def whole_numbers(name: str, value: Any, axes: int, least: int = 1) -> Lengths:
    """Make one whole number for each axis of a number, or of as many numbers.

    Raises:
        ValueError: they are not that many, not whole, or less than ``least``.
    """
    numbers = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    if len(numbers) != axes or not all(isinstance(n, (int, np.integer)) and n >= least for n in numbers):
        several = f" or {axes} of them" if axes > 1 else ""
        raise RefusedError(f"{name}: expected a whole number from {least}{several}, got {shown(value)}")
    return tuple(map(int, numbers))


def windows_over(
    function: str,
    size: Lengths,
    kernel: Lengths,
    stride: Lengths,
    before: Lengths,
    after: Lengths,
    dilation: Lengths,
    ceil_mode: bool = False,
) -> Windows:
    """Count the windows that fit; with ``ceil_mode`` also one that begins inside and ends outside.

    Raises:
        ValueError: not even one fits.
    """
    count = []
    for axis in zip(size, kernel, stride, before, after, dilation, strict=True):
        n, k, step, front, back, apart = axis
        free = n + front + back - apart * (k - 1) - 1
        last = -(-free // step) if ceil_mode else free // step
        count.append(last if ceil_mode and last * step >= n + front else last + 1)
        if count[-1] < 1:
            raise RefusedError(
                f"{function}: expected an input of at least {apart * (k - 1) + 1} elements along every "
                f"axis for a kernel of {kernel} with dilation {dilation}, got {size} and padding "
                f"{before}; the usual fix is more padding, or a smaller kernel"
            )
    return Windows(size, kernel, stride, dilation, before, tuple(count))


def axis_names(axes: int) -> str:
    """Name the axes that windows slide over."""
    return "length" if axes == 1 else "height, width"


def batched(function: str, x: Any, axes: int) -> tuple[Any, bool]:
    """Return x, as floating numbers, with a first axis for the batch, and whether it had none.

    Raises:
        ValueError: x has neither two axes more than the windows, nor one.
    """
    x = as_floats(x)
    if x.ndim not in (axes + 1, axes + 2):
        letters = axis_names(axes)
        raise RefusedError(
            f"{function}: expected an input of shape (rows, channels, {letters}), got {x.shape}; "
            f"the usual fix is x.reshape(rows, channels, {letters})"
        )
    return (x, False) if x.ndim == axes + 2 else (np.expand_dims(x, 0), True)
