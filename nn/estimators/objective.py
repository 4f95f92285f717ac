"""The objective: the mean loss of the rows, and a penalty of large weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.special import xlogy

from nn import functional as F
from nn.estimators.batches import with_weights
from nn.module import Module
from nn.training import Callback, Training


def poisson_loss(outputs: Any, y: Any, reduction: str = "mean") -> Any:
    """Compute half the Poisson deviance, y log(y / p) - y + p, from outputs log p.

    Example:
        >>> float(poisson_loss(np.log([[2.0]]), np.array([[2.0]])))
        0.0
    """
    losses = np.exp(outputs) - y * outputs + (xlogy(y, y) - y)
    return losses if reduction == "none" else np.mean(losses)


# By the activation of the output: the loss of what it is applied to, and a factor.
LOSSES: dict[str, tuple[Callable[..., Any], float]] = {
    "softmax": (F.cross_entropy, 1.0),
    "logistic": (F.binary_cross_entropy_with_logits, 1.0),
    "identity": (F.mse_loss, 0.5),
    "exp": (poisson_loss, 1.0),
}


class Objective(Callback):
    """What is minimised: Σ w l / Σ w over the rows of a batch, and the penalty α/2 Σ ‖W‖² / Σ w.

    The loss l of a row is the sum over its outputs, w is its weight, by default 1, and the W are all
    parameters with two or more axes. To call it gives the first term. The second needs no graph: its
    gradient is added after the backward pass.

    Args:
        loss: the activation of the output, whose own loss is taken, or any function of outputs and targets.
        network: what gives the outputs.
        alpha: α.
        weighted: whether targets are pairs (targets, weights).
        outputs: how many there are.

    Attributes:
        penalty: the sum of the penalties of an epoch's batches, each times its rows.
    """

    def __init__(self, loss: Any, network: Module, alpha: float, weighted: bool, outputs: int) -> None:
        self.network, self.alpha = network, alpha
        self.decaying = [parameter for parameter in network.parameters() if parameter.ndim > 1]
        self.rows, self.total, self.penalty = 0, 1.0, 0.0
        self.loss, self.factor, self.outputs = loss, 1.0, outputs
        self.is_own = isinstance(loss, str)
        if self.is_own:
            function, self.factor = LOSSES[loss]
            self.loss = partial(function, reduction="none" if weighted else "mean")
            self.factor *= 1 if loss == "softmax" else outputs  # a mean over the outputs becomes a sum

    def __call__(self, outputs: Any, targets: Any) -> Any:
        """Return the loss of a batch.

        Raises:
            ValueError: a module of the user's gives outputs of another shape than its own loss takes.
            TypeError: rows have weights, but the loss gives one number for all.
        """
        y, weights = with_weights(targets)
        self.rows = len(y)
        if self.is_own and outputs.shape != (self.rows, self.outputs):
            raise ValueError(
                f"module: expected outputs of shape {(self.rows, self.outputs)}, got {outputs.shape}; the "
                f"usual fix is nn.Linear(..., outputs), of the function's argument, as its last layer"
            )
        self.total = self.rows if weights is None else float(weights.sum()) or 1.0
        value = self.loss(outputs, y)
        if getattr(value, "ndim", 0):
            rows = value if value.ndim == 1 else np.mean(value, axis=tuple(range(1, value.ndim)))
            value = np.mean(rows) if weights is None else np.sum(rows * (weights / self.total))
        elif weights is not None:
            raise TypeError(
                "loss: expected one number for each row, for rows have weights, got one for all; the usual "
                "fix is reduction='none', as in nn.HuberLoss(reduction='none')"
            )
        return value if self.factor == 1 else self.factor * value

    def decay(self) -> float:
        """Add the gradient of the penalty of the last batch, and give the penalty."""
        share, squares = self.alpha / self.total, 0.0
        for parameter in self.decaying if share else ():
            slope, weight = parameter.grad_array, parameter.data
            if slope is not None:
                flat = weight.ravel(order="K")
                slope += share * weight
                squares += float(flat.dot(flat))
        return share / 2 * squares

    def on_epoch_begin(self, training: Training) -> None:
        """Forget the penalties of the epoch before."""
        self.penalty = 0.0

    def on_backward_end(self, training: Training) -> None:
        """Add the gradient of the penalty before a step."""
        self.penalty += self.rows * self.decay()
