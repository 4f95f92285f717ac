"""Layers that make a random part of their input zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import as_tensor
from nn import functional
from nn.functional.dropout import check_probability
from nn.init import Rng
from nn.module import Module


class Dropout(Module):
    """In training, make elements zero with probability p and divide the others by 1 - p.

    Args:
        p: the probability.
        rng: where the zeros are drawn from.

    Raises:
        ValueError: p is no probability.

    Example:
        >>> layer = Dropout(0.5, rng=0)
        >>> layer(np.ones(5)), layer.eval()(np.ones(5))
        (array([2., 2., 2., 0., 0.]), array([1., 1., 1., 1., 1.]))
    """

    def __init__(self, p: float = 0.5, *, rng: Rng = None) -> None:
        self.p, self.rng = check_probability(p), np.random.default_rng(rng)

    def forward(self, x: Any) -> Any:
        """Drop elements."""
        x = x if hasattr(x, "shape") else as_tensor(x)
        return functional.dropout(x, self.p, self.training, rng=self.rng)

    def describe(self) -> str:
        """Say the probability."""
        return f"p={self.p}"


class Dropout2d(Dropout):
    """In training, make whole channels zero with probability p and divide the others by 1 - p.

    Args:
        p: the probability.
        rng: where the zeros are drawn from.

    Raises:
        ValueError: p is no probability.

    Example:
        >>> Dropout2d(0.5, rng=2)(np.ones((1, 3, 1, 2)))[0, :, 0]
        array([[2., 2.],
               [0., 0.],
               [0., 0.]])
    """

    def forward(self, x: Any) -> Any:
        """Drop channels."""
        x = x if hasattr(x, "shape") else as_tensor(x)
        return functional.dropout2d(x, self.p, self.training, rng=self.rng)
