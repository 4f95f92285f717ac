"""One pass through data: a step for each batch, or a test."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from nn.errors import shown
from nn.training.data import apply, array_of, count_rows, joined, mapped
from nn.training.state import Metrics, Training, in_mode


class Numbers:
    """The loss and the metrics of one pass through data."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics, self.total, self.rows = metrics, 0.0, 0
        self.outputs: list[Any] = []
        self.targets: list[Any] = []

    def add(self, loss: float, outputs: Any, y: Any) -> None:
        """Count a batch by its rows."""
        rows = count_rows(y)
        self.total, self.rows = self.total + rows * loss, self.rows + rows
        if self.metrics:
            self.outputs.append(mapped(_array, outputs))
            self.targets.append(mapped(_array, y))

    def result(self) -> dict[str, float]:
        """Return the mean loss, and the metrics of all rows."""
        row = {"loss": self.total / self.rows}
        if self.metrics:
            outputs, targets = joined(self.outputs), joined(self.targets)
            row |= {name: _number(name, metric(outputs, targets)) for name, metric in self.metrics.items()}
        return row


def _array(value: Any) -> Any:
    return np.atleast_1d(array_of(value))


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"metrics: expected a number from {name!r}, got {shown(value)}; the usual fix is its .mean()"
        ) from error


def train(training: Training, batches: Iterable[tuple[Any, Any]], bar: Any = None) -> dict[str, float]:
    """Make a step for each batch, and give the loss and metrics on the way."""
    numbers = Numbers(training.metrics)
    for batch, (x, y) in enumerate(batches, 1):
        outputs, value = step(training, x, y, f"in epoch {training.epoch + 1}, batch {batch}")
        training.batch_loss = value
        numbers.add(value, outputs, y)
        for callback in training.callbacks:
            callback.on_batch_end(training)
        if bar is not None:
            bar.update()
    return numbers.result()


def step(training: Training, x: Any, y: Any, where: str) -> tuple[Any, float]:
    """Make one step, and give the outputs and the loss before it.

    Raises:
        FloatingPointError: the loss is infinite or NaN; no parameter is changed.
    """
    training.optimizer.zero_grad()
    outputs = apply(training.model, x)
    result = training.loss(outputs, y)
    value = value_of(result)
    if not math.isfinite(value):
        raise FloatingPointError(
            f"the loss is {value} {where}; the usual fix is a lower learning rate, scaled inputs free "
            f"of NaN, nn.utils.clip_grad_norm_, or a loss of logits instead of probabilities"
        )
    result.backward()
    for callback in training.callbacks:
        callback.on_backward_end(training)
    training.optimizer.step()
    return outputs, value


def value_of(result: Any) -> float:
    """Return the number that a loss is.

    Raises:
        TypeError: it is no Tensor of one number.
    """
    if not isinstance(result, Tensor) or result.size != 1:
        got = f"shape {result.shape}" if hasattr(result, "shape") else type(result).__name__
        is_recorded = isinstance(result, Tensor)
        fix = "reduction='mean'" if is_recorded else "to give the Tensor itself, without .item() or .data"
        raise TypeError(f"loss: expected a Tensor of one number, got {got}; the usual fix is {fix}")
    return float(result.item())


def evaluate(training: Training, batches: Iterable[tuple[Any, Any]]) -> dict[str, float]:
    """Find the loss and the metrics of the model in evaluation mode."""
    numbers = Numbers(training.metrics)
    with in_mode(training.model, training=False), no_grad():
        for x, y in batches:
            outputs = apply(training.model, x)
            numbers.add(float(training.loss(outputs, y)), outputs, y)
    return numbers.result()
