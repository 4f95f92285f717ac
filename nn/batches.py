"""Batches: epochs of data in shuffled parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.instead import Instead
from nn.errors import whole_number
from nn.init import Rng


class Batches:
    """What :func:`batches` gives: to go through it is an epoch, and each has an order of its own."""

    dataset = Instead("use loader.rows for its length, loader.arrays for what is in it")

    def __init__(
        self, arrays: tuple[Any, ...], batch_size: int, shuffle: bool, drop_last: bool, rng: Rng
    ) -> None:
        self.arrays = tuple(a if isinstance(a, (np.ndarray, Tensor)) else np.asarray(a) for a in arrays)
        rows = {array.shape[:1] for array in self.arrays}
        if len(rows) != 1 or rows == {()}:
            shapes = [array.shape for array in self.arrays]
            fix = "".join(f"; the usual fix is batch_size={a}" for a in arrays if isinstance(a, int))
            raise ValueError(f"arrays: expected arrays with one number of rows, got shapes {shapes}{fix}")
        (self.rows,) = map(int, rows.pop())
        self.batch_size = whole_number("batch_size", batch_size, 1)
        self.shuffle, self.drop_last = shuffle, drop_last
        self.rng = np.random.default_rng(rng)

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        return self.rows // self.batch_size if self.drop_last else -(-self.rows // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Go through an epoch."""
        order = self.rng.permutation(self.rows) if self.shuffle else np.arange(self.rows)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            rows = order[start : start + self.batch_size]
            yield tuple(array[rows] for array in self.arrays)


def batches(
    *arrays: Any, batch_size: int = 32, shuffle: bool = True, drop_last: bool = False, rng: Rng = None
) -> Batches:
    """Return arrays in parts of ``batch_size`` rows, in an order that ``rng`` shuffles anew for each epoch.

    Args:
        *arrays: arrays, Tensors or lists with the same number of rows.
        batch_size: rows in a part; the last part may have less.
        shuffle: whether to mix the rows.
        drop_last: whether to leave out a last part that has less.
        rng: a ``numpy.random.Generator``, or a seed, of which one generator is made for all epochs.

    Raises:
        ValueError: numbers of rows differ, or ``batch_size`` is no whole number above 0.

    Example:
        >>> loader = batches(np.arange(5), np.arange(5) ** 2, batch_size=2, rng=0)
        >>> for epoch in range(2):
        ...     print(*(f"{x} {y}" for x, y in loader), sep=", ")
        [2 4] [ 4 16], [3 0] [9 0], [1] [1]
        [4 1] [16  1], [2 0] [4 0], [3] [9]
        >>> len(loader)
        3
    """
    return Batches(arrays, batch_size, shuffle, drop_last, rng)
