"""health: one look at a model."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor
from nn.diagnostics.recorder import Recorder
from nn.diagnostics.report import Report
from nn.errors import whole_number
from nn.module import Module
from nn.training.data import apply, source
from nn.training.passes import value_of
from nn.training.state import in_mode


def health(model: Module, data: Any, loss: Callable[[Any, Any], Any], batch_size: int = 256) -> Report:
    """Look at a model before it is trained: its inputs, activations, gradients and first loss.

    One batch goes forward and back through a copy of the model in training; nothing of the model itself
    is changed. What shows itself only over time, such as the learning rate, :class:`HealthWatch` sees.

    Args:
        model: what is looked at.
        data: as in :func:`nn.fit`: a tuple (x, y), of which some rows are drawn, or batches, of which the
            first is taken.
        loss: as in :func:`nn.fit`.
        batch_size: how many rows are drawn.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: arrays have different numbers of rows.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(100, 2))
        >>> model = nn.MLP([2, 50, 50, 1], nn.ReLU, rng=0)
        >>> [finding.name for finding in health(model, (1000 * x, x[:, :1]), nn.MSELoss()).findings]
        ['unscaled inputs', 'first loss above chance']
    """
    if not isinstance(model, Module):
        raise TypeError(f"model: expected a module, got {model!r}")
    if not callable(loss) or isinstance(loss, type):
        raise TypeError(f"loss: expected a function, such as nn.MSELoss(), got {loss!r}")
    rows = whole_number("batch_size", batch_size, 1)
    x, y = next(iter(source("data", data).epoch(rows, np.random.default_rng(0), shuffle=True)))
    fields = [value for module in model.modules() for _, value in module._named_fields()]
    memo: dict[int, Any] = {id(value): value for value in fields if _is_result(value)}  # have no copies
    generators = (value for value in fields if isinstance(value, np.random.Generator))
    memo |= {id(rng): copy.deepcopy(rng) for rng in generators}  # so that every look sees the same
    seen, measure = copy.deepcopy((model, loss), memo)
    recorder = Recorder(seen, most=1)
    gradients = [(p, p.grad) for p in model.parameters()]  # a loss may know the model, as penalties do
    try:
        model.zero_grad()
        seen.zero_grad()
        with in_mode(seen, training=True), recorder.attached():
            result = recorder.watched(measure)(apply(seen, x), y)
            if math.isfinite(value_of(result)):
                result.backward()
            recorder.end_step()
    finally:
        for parameter, gradient in gradients:
            parameter.grad = gradient
    return Report(recorder)


def _is_result(value: Any) -> bool:
    return isinstance(value, Tensor) and not value.is_leaf
