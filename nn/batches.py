"""Batches: an epoch of data in shuffled parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Tensor
from nn.init import Rng


def batches(
    *arrays: Any, batch_size: int = 32, shuffle: bool = True, rng: Rng = None
) -> Iterator[tuple[Any, ...]]:
    """Give arrays in parts of ``batch_size`` rows, in an order that ``rng`` shuffles.

    Args:
        *arrays: arrays, Tensors or lists with the same number of rows.
        batch_size: rows in a part; the last part may have less.
        shuffle: whether to mix the rows.
        rng: a ``numpy.random.Generator``, to be used for all epochs, or a seed.

    Raises:
        ValueError: numbers of rows differ, or ``batch_size`` is no whole number above 0.

    Example:
        >>> for x, y in batches(np.arange(5), np.arange(5) ** 2, batch_size=2, rng=0):
        ...     print(x, y)
        [2 4] [ 4 16]
        [3 0] [9 0]
        [1] [1]
    """
    arrays = tuple(a if isinstance(a, (np.ndarray, Tensor)) else np.asarray(a) for a in arrays)
    rows = {array.shape[:1] for array in arrays}
    if len(rows) != 1 or rows == {()}:
        shapes = [array.shape for array in arrays]
        raise ValueError(f"arrays: expected arrays with one number of rows, got shapes {shapes}")
    if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
        raise ValueError(f"batch_size: expected a whole number, 1 or more, got {batch_size!r}")
    (count,) = rows.pop()
    order = np.random.default_rng(rng).permutation(count) if shuffle else np.arange(count)
    return (
        tuple(array[order[start : start + batch_size]] for array in arrays)
        for start in range(0, len(order), batch_size)
    )
