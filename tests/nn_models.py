"""Models that several tests train."""

from typing import Any

import nn


class TwoInOut(nn.Module):
    """Two inputs, also by name, and two heads."""

    def __init__(self) -> None:
        self.left, self.right = nn.Linear(3, 2, rng=0), nn.Linear(1, 2, rng=1)

    def forward(self, a: Any, b: Any) -> Any:
        both = self.left(a) + self.right(b)
        return {"sum": both.sum(axis=1), "first": both[:, 0]}
