"""The learning-rate finder: one sweep from low to high rates (Smith, 2017)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

import numpy as np

from nn.errors import whole_number
from nn.init import Rng
from nn.module import Module
from nn.optim import Optimiser
from nn.training.data import source
from nn.training.passes import step
from nn.training.state import Training, in_mode
from nn.training.tables import new_axes

Array = np.ndarray[Any, Any]
SMOOTHING = 0.9
TOO_HIGH = 4.0  # times the lowest loss: there is nothing to be learned from higher rates


@dataclass(frozen=True)
class LearningRates:
    """The losses of a sweep.

    Attributes:
        rates: the learning rates.
        losses: the losses, smoothed.
        suggestion: a tenth of the rate with the lowest loss, for that one is at the edge of divergence.
    """

    rates: Array
    losses: Array
    suggestion: float

    def __repr__(self) -> str:
        """Say the suggestion and the range."""
        low, high = self.rates[[0, -1]]
        return (
            f"LearningRates(suggestion={self.suggestion:.2g}, {len(self.rates)} from {low:.2g} to {high:.2g})"
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw the losses over the rates, and give the matplotlib axes.

        Raises:
            ImportError: matplotlib is not installed.
        """
        axes = new_axes() if axes is None else axes
        axes.semilogx(self.rates, self.losses)
        axes.axvline(self.suggestion, linestyle="--", label=f"suggested: {self.suggestion:.2g}")
        axes.set_xlabel("Learning rate")
        axes.set_ylabel("Loss, smoothed")
        axes.legend()
        return axes


def find_learning_rate(
    model: Module,
    data: Any,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimiser,
    batch_size: int = 32,
    *,
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 100,
    rng: Rng = None,
) -> LearningRates:
    """Train for some steps at rates that grow from lowest to highest, and suggest one.

    Afterwards everything is as before: parameters, buffers, optimiser and generators; gradients are
    forgotten. The sweep ends early when the loss is four times its lowest value, or not finite.

    Args:
        model: what is trained.
        data: as in :func:`nn.fit`.
        loss: as in :func:`nn.fit`.
        optimizer: of the model's parameters.
        batch_size: rows in a batch, if the data are arrays.
        lowest: the first rate.
        highest: the last rate.
        steps: how many rates are tried.
        rng: what shuffles.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: the rates do not grow, or steps are fewer than 10.
        FloatingPointError: the loss is not finite at once.

    Example:
        >>> x = np.linspace(-1.0, 1.0, 64)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> optimiser = nn.optim.SGD(model.parameters(), lr=1e-3)
        >>> found = find_learning_rate(model, (x, 2 * x + 1), nn.MSELoss(), optimiser, rng=0)
        >>> 0.03 < found.suggestion < 1.0
        True
    """
    if not 0 < lowest < highest < float("inf"):
        raise ValueError(f"lowest, highest: expected 0 < lowest < highest, got {lowest!r} and {highest!r}")
    rates = np.geomspace(lowest, highest, whole_number("steps", steps, 10))
    batches, generator = source("data", data), np.random.default_rng(rng)
    training = Training(model, loss, optimizer, rng=generator, data=data)
    parts = chain.from_iterable(batches.epoch(batch_size, generator, shuffle=True) for _ in count())
    before, mean = training.state_dict(), 0.0
    smooth: list[float] = []
    try:
        with in_mode(model, training=True):
            for i, (rate, (x, y)) in enumerate(zip(rates, parts, strict=False), 1):
                for group in optimizer.param_groups:
                    group["lr"] = float(rate)
                _, value = step(training, x, y, f"at the rate {rate:.2g}")
                mean = SMOOTHING * mean + (1 - SMOOTHING) * value
                smooth.append(mean / (1 - SMOOTHING**i))
                if smooth[-1] > TOO_HIGH * min(smooth):
                    break
    except FloatingPointError:
        if len(smooth) < 2:
            raise
    finally:
        training.load_state_dict(before)
        optimizer.zero_grad()
    tried, curve = rates[: len(smooth)], np.array(smooth)
    return LearningRates(tried, curve, float(tried[curve.argmin()] / 10))
