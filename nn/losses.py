"""Losses as modules: how far predictions are from targets."""

from __future__ import annotations

from typing import Any

from autograd import as_tensor
from nn import functional
from nn.functional.losses import check_reduction
from nn.module import Module


class Loss(Module):
    """A loss: call it with predictions and targets.

    Args:
        reduction: "mean" of the losses, their "sum", or "none" for all of them.
    """

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction(reduction)
        self.reduction = reduction

    def describe(self) -> str:
        """Say the reduction."""
        return f"reduction={self.reduction!r}"


class MSELoss(Loss):
    """The squared error (input - target)².

    Example:
        >>> y, h = np.array([0.875, 0.426, 0.213, 0.348]), np.array([0.9, 0.526, 0.721, 0.348])
        >>> MSELoss()(h, y)
        tensor(0.06717225)
    """

    def forward(self, input: Any, target: Any) -> Any:
        """Compute the loss of predictions and targets of one shape."""
        return functional.mse_loss(as_tensor(input), target, self.reduction)


class BCELoss(Loss):
    """Binary cross-entropy of probabilities: -(y log p + (1 - y) log(1 - p)).

    Example:
        >>> p, y = np.array([0.1, 0.7, 0.5, 0.8, 0.2]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])
        >>> BCELoss()(p, y).item()
        0.3202939485569847
    """

    def forward(self, input: Any, target: Any) -> Any:
        """Compute the loss of probabilities and targets between 0 and 1, of one shape."""
        return functional.binary_cross_entropy(as_tensor(input), target, self.reduction)


class BCEWithLogitsLoss(Loss):
    """Binary cross-entropy of σ(input), computed from the logits without overflow."""

    def forward(self, input: Any, target: Any) -> Any:
        """Compute the loss of logits and targets between 0 and 1, of one shape."""
        return functional.binary_cross_entropy_with_logits(as_tensor(input), target, self.reduction)


class CrossEntropyLoss(Loss):
    """Cross-entropy -log softmax(input) at the target's class, computed from logits.

    Targets are classes, or rows of probabilities of the shape of the input.
    """

    def forward(self, input: Any, target: Any) -> Any:
        """Compute the loss of logits (rows, classes) and classes (rows,) or probabilities."""
        return functional.cross_entropy(as_tensor(input), target, self.reduction)


class NLLLoss(Loss):
    """Negative log-likelihood -input at the target's class, for log-probabilities."""

    def forward(self, input: Any, target: Any) -> Any:
        """Compute the loss of log-probabilities (rows, classes) and classes (rows,)."""
        return functional.nll_loss(as_tensor(input), target, self.reduction)
