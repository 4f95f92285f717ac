"""Layers that change shapes only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nn.errors import RefusedError
from nn.functional.numbers import as_numbers
from nn.module import Module


class Flatten(Module):
    """Make one axis of several.

    Args:
        start_dim: the first of them.
        end_dim: the last of them.

    Raises:
        ValueError: when called with an input that lacks these axes.

    Example:
        >>> Flatten()(np.ones((2, 3, 4, 5))).shape
        (2, 60)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Any) -> Any:
        """Reshape x."""
        x = as_numbers(x)
        axes = range(x.ndim)
        if not -x.ndim <= self.start_dim < x.ndim or not -x.ndim <= self.end_dim < x.ndim:
            raise RefusedError(
                f"Flatten: expected axes {self.start_dim} to {self.end_dim}, got shape {x.shape}"
            )
        first, last = axes[self.start_dim], axes[self.end_dim]
        if first > last:
            raise RefusedError(f"Flatten: expected start_dim up to end_dim, got {first} and {last}")
        length = math.prod(x.shape[first : last + 1])
        return x.reshape(*x.shape[:first], length, *x.shape[last + 1 :])

    def extra_repr(self) -> str:
        """Say the axes."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Make several axes of one.

    Args:
        dim: that axis.
        unflattened_size: the lengths that it is divided into; one of them may be -1.

    Raises:
        ValueError: when called with an input whose axis is not so long.

    Example:
        >>> Unflatten(1, (3, 4))(np.ones((2, 12))).shape
        (2, 3, 4)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, x: Any) -> Any:
        """Reshape x."""
        x = as_numbers(x)
        sizes = self.unflattened_size
        if not -x.ndim <= self.dim < x.ndim or not _fill(sizes, x.shape[self.dim]):
            raise RefusedError(f"Unflatten: expected axis {self.dim} to fill {sizes}, got shape {x.shape}")
        dim = self.dim % x.ndim
        return x.reshape(*x.shape[:dim], *sizes, *x.shape[dim + 1 :])

    def extra_repr(self) -> str:
        """Say the axis and the sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


def _fill(sizes: tuple[int, ...], length: int) -> bool:
    """Tell whether an axis can be divided into these sizes, of which one may be left open as -1."""
    known = math.prod(n for n in sizes if n != -1)
    return length % max(known, 1) == 0 if -1 in sizes else length == known
