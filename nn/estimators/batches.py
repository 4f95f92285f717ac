"""Batches: rows as scikit-learn takes them, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import gen_batches

from nn.layers import Linear


def dense(x: Any) -> Any:
    """Return rows as an array, if they are sparse."""
    return x.toarray() if issparse(x) else x


def affine(x: Any, layer: Linear) -> Any:
    """Compute x Wᵀ + b for sparse rows, which are not made dense."""
    outputs = x @ layer.weight.data.T
    return outputs if layer.bias is None else outputs + layer.bias.data


def rows_at_once(x: Any) -> int:
    """Return how many rows are used at once, so that they fit into memory when they are dense."""
    features: int = x.shape[1]
    return min(4096, max(1, 2**23 // features))


def with_weights(targets: Any) -> tuple[Any, Any]:
    """Return the targets of a batch, and the weights of its rows or None."""
    return targets if isinstance(targets, tuple) else (targets, None)


class Batches:
    """An epoch of batches at each pass; shuffled, each pass mixes the order of the one before.

    Args:
        x: rows, an array or a sparse matrix; the batches are arrays.
        *targets: an array, or several, which come as a tuple.
        size: rows in a batch.
        random_state: what shuffles; by default nothing does.
        least: if fewer rows are left at the end, the batch before takes them.

    Example:
        >>> batches = Batches(np.arange(4), np.arange(4) ** 2, size=2)
        >>> [(x.tolist(), y.tolist()) for x, y in batches]
        [([0, 1], [0, 1]), ([2, 3], [4, 9])]
    """

    def __init__(
        self,
        x: Any,
        *targets: Any,
        size: int,
        random_state: np.random.RandomState | None = None,
        least: int = 0,
    ) -> None:
        self.x, self.targets, self.random_state = x, targets, random_state
        self.parts = list(gen_batches(x.shape[0], size, min_batch_size=least))
        self.order = np.arange(x.shape[0])

    def __len__(self) -> int:
        """Count the batches."""
        return len(self.parts)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        """Return all rows, once."""
        if self.random_state is not None:
            self.order = self.random_state.permutation(self.order)
        for part in self.parts:
            x, *targets = (self._rows(array, part) for array in (self.x, *self.targets))
            yield x, tuple(targets) if len(targets) > 1 else targets[0]

    def _rows(self, array: Any, part: slice) -> Any:
        if self.random_state is None:
            return dense(array[part])
        rows = self.order[part]
        return array.take(rows, axis=0) if isinstance(array, np.ndarray) else dense(array[rows])
