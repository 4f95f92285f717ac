"""The shape of a loss curve, in a word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nn.training.learning_rate import TOO_HIGH

SHORTEST = 16  # losses, below which a curve has no shape
RISEN = 2.0  # times of its first level, where a loss has risen: noise of small batches may add half
SWINGS = 2 / 3  # of the first level, between quartiles: up to that level, and down to a third of it
FALLEN = 0.9  # of the first level, where a loss has fallen
LEVEL = 0.1  # of all that was gained, or less, in the second half: flat


@dataclass(frozen=True)
class Curve:
    """The shape of a loss curve.

    Attributes:
        shape: "breaks off", "cannot be judged", "rises", "jumps", "swings", "is flat", "falls" or
            "falls, then flat".
        first: the level at the start; chance, if that is higher.
        last: the median of the last quarter.
    """

    shape: str
    first: float
    last: float

    @property
    def learned(self) -> bool:
        """Whether at least half of the loss is gone, without having risen before."""
        return self.shape.startswith("falls") and self.last < self.first / 2


@np.errstate(over="ignore")
def curve(losses: list[float], chance: float = 0.0, noise: float = 0.0, broken: bool = False) -> Curve:
    """See the shape of a loss curve.

    Args:
        losses: in the order of the steps, all finite.
        chance: the loss of knowing nothing, where it is known.
        noise: how much that differs among batches, between quartiles.
        broken: whether the loss became infinite or NaN at the end.

    A loss that is for some steps as high as where a search for learning rates ends has jumped.

    Example:
        >>> shapes = [2] * 16, [4, 3, 2] + 13 * [1], [1, 9, 9] + 13 * [1], [3, 0] * 9
        >>> for losses in shapes:
        ...     print(curve(losses).shape)
        is flat
        falls, then flat
        jumps
        swings
    """
    if not losses:
        return Curve("breaks off" if broken else "cannot be judged", np.nan, np.nan)
    y, n = np.array(losses), len(losses)
    first, last = max(y[0], chance), np.median(y[-max(n // 4, 1) :])
    if broken:
        shape = "breaks off"
    elif n < SHORTEST:
        shape = "cannot be judged"
    elif last > RISEN * first:
        shape = "rises"
    elif np.median([y[:-2], y[1:-1], y[2:]], axis=0).max() > TOO_HIGH * first:
        shape = "jumps"
    elif np.subtract(*np.quantile(y[n // 2 :], [0.75, 0.25])) > SWINGS * first + noise:
        shape = "swings"
    elif last > FALLEN * first:
        shape = "is flat"
    else:
        gained = first - last
        middle = np.median(y[n // 2 : n // 2 + max(n // 8, 1)])
        shape = "falls, then flat" if middle - last < LEVEL * gained else "falls"
    return Curve(shape, float(first), float(last))
