"""Layers that make a random part of their input zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nn import functional
from nn.functional.dropout import check_probability
from nn.init import Rng
from nn.module import Module


class Dropout(Module):
    """In training, make elements zero with probability p and divide the others by 1 - p.

    Args:
        p: the probability.
        inplace: is accepted as in PyTorch, and changes nothing.
        rng: where the zeros are drawn from.

    Raises:
        ValueError: p is no probability.

    Example:
        >>> layer = Dropout(0.5, rng=0)
        >>> layer(np.ones(5)), layer.eval()(np.ones(5))
        (array([2., 2., 2., 0., 0.]), array([1., 1., 1., 1., 1.]))
    """

    function: ClassVar[Callable[..., Any]] = staticmethod(functional.dropout)

    def __init__(self, p: float = 0.5, inplace: bool = False, *, rng: Rng = None) -> None:
        self.p, self.inplace, self.rng = check_probability(p), inplace, np.random.default_rng(rng)

    def forward(self, x: Any) -> Any:
        """Drop elements, or channels."""
        return self.function(x, self.p, self.training, rng=self.rng)

    def extra_repr(self) -> str:
        """Say the options."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout2d(Dropout):
    """In training, make whole channels zero with probability p and divide the others by 1 - p.

    The arguments are those of :class:`Dropout`.

    Example:
        >>> Dropout2d(0.5, rng=2)(np.ones((1, 3, 1, 2)))[0, :, 0]
        array([[2., 2.],
               [0., 0.],
               [0., 0.]])
    """

    function = staticmethod(functional.dropout2d)
