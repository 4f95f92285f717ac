"""Depthwise convolution: every channel has a kernel of its own, and is one output.

Products of matrices with a single column would be slow. Here whole arrays are multiplied by one
element of all kernels at a time, with the channels last in memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.functional.windows import Windows, channels_last, in_order, rows_at_once, sum_per_channel


def is_depthwise(channels: int, outputs: int, groups: int) -> bool:
    """Tell whether every group is one channel and one output."""
    return channels == outputs == groups > 1


def _kernel_elements(weight: Any, windows: Windows) -> list[Any]:
    """List the elements of the kernels, each for all channels, as what is multiplied with a tap.

    They are repeated along the last axis, for NumPy is faster along two axes that are one in memory.
    """
    width, ones = windows.count[-1], [1] * (len(windows.count) - 1)
    elements = np.repeat(weight.reshape(len(weight), -1).T[:, None], width, axis=1)
    return [element.T.reshape(len(weight), *ones, width) for element in elements]


def _parts(y: Any) -> Iterator[tuple[slice, Any]]:
    """Return some rows at a time, and an array for products with these, which stay in the cache."""
    few = rows_at_once(len(y), y[:1].nbytes)
    product = channels_last((few, *y.shape[1:]), y.dtype)
    for first in range(0, len(y), few):
        yield slice(first, first + few), product[: len(y) - first]


def depthwise(x: Any, weight: Any, windows: Windows) -> Any:
    """Multiply every window of x with the kernel of its channel."""
    out = channels_last(x.shape[:2] + windows.count, np.result_type(x, weight))
    out.fill(0)
    padded, elements = windows.padded(in_order(x)), _kernel_elements(weight, windows)
    for part, product in _parts(out):
        for tap, element in zip(windows.taps(padded[part]), elements, strict=True):
            out[part] += np.multiply(tap, element, out=product)
    return out


def depthwise_to_input(y: Any, weight: Any, windows: Windows) -> Any:
    """Add to every window the kernel of its channel times the output there."""
    padded = channels_last(y.shape[:2] + windows.padded_size, np.result_type(y, weight))
    padded.fill(0)
    y, elements = in_order(y), _kernel_elements(weight, windows)
    for part, product in _parts(y.astype(padded.dtype, copy=False)):
        for tap, element in zip(windows.taps(padded[part]), elements, strict=True):
            tap += np.multiply(y[part], element, out=product)
    return windows.inside(padded)


def depthwise_to_weight(y: Any, x: Any, windows: Windows) -> Any:
    """Sum over all windows of a channel their products with the output there."""
    y, padded = in_order(y), windows.padded(in_order(x))
    total = np.zeros((math.prod(windows.kernel), y.shape[1]), np.result_type(x, y))
    for part, product in _parts(y.astype(total.dtype, copy=False)):
        for tap, sums in zip(windows.taps(padded[part]), total, strict=True):
            sums += sum_per_channel(np.multiply(tap, y[part], out=product))
    return total.T.reshape(y.shape[1], 1, *windows.kernel)
