"""Losses as modules: how far predictions are from targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from autograd import Tensor, as_tensor
from nn import functional
from nn.functional.losses import check_reduction
from nn.module import Module


class Loss(Module):
    """A loss: call it with predictions and targets, which may be Tensors, arrays or lists.

    Args:
        reduction: "mean" of the losses, their "sum", or "none" for all of them.

    Raises:
        ValueError: the reduction is unknown.
    """

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction(reduction)
        self.reduction = reduction

    function: ClassVar[Callable[..., Any]]

    def forward(self, input: Any, target: Any) -> Any:
        """Compute the loss."""
        if not isinstance(input, Tensor):
            input = as_tensor(input)
        if not hasattr(target, "dtype"):  # a list
            target = as_tensor(target)
        return self.function(input, target, self.reduction)

    def describe(self) -> str:
        """Say the reduction."""
        return f"reduction={self.reduction!r}"


class MSELoss(Loss):
    """The squared error (input - target)², of predictions and targets of one shape.

    Example:
        >>> y, h = np.array([0.875, 0.426, 0.213, 0.348]), np.array([0.9, 0.526, 0.721, 0.348])
        >>> MSELoss()(h, y)
        tensor(0.06717225)
    """

    function = staticmethod(functional.mse_loss)


class BCELoss(Loss):
    """Binary cross-entropy of probabilities: -(y log p + (1 - y) log(1 - p)).

    Inputs and targets are numbers from 0 to 1, of one shape.

    Example:
        >>> p, y = np.array([0.1, 0.7, 0.5, 0.8, 0.2]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])
        >>> BCELoss()(p, y).item()
        0.3202939485569847
    """

    function = staticmethod(functional.binary_cross_entropy)


class BCEWithLogitsLoss(Loss):
    """Binary cross-entropy of σ(input), computed from the logits without overflow.

    Targets are numbers from 0 to 1, of the shape of the logits.

    Example:
        >>> BCEWithLogitsLoss()([0.0, 1000.0], [1.0, 1.0])
        tensor(0.34657359)
    """

    function = staticmethod(functional.binary_cross_entropy_with_logits)


class CrossEntropyLoss(Loss):
    """Cross-entropy -log softmax(input) at the target's class, computed from logits.

    Logits have the shape (rows, classes), or (classes,), or (rows, classes, ...). Targets are
    classes, integers of that shape without the classes, or probabilities of that very shape.

    Example:
        >>> CrossEntropyLoss()([[0.0, 0.0], [0.0, 1000.0]], [1, 1])
        tensor(0.34657359)
    """

    function = staticmethod(functional.cross_entropy)


class NLLLoss(Loss):
    """Negative log-likelihood -input at the target's class, for log-probabilities.

    Log-probabilities have the shape (rows, classes), or (classes,), or (rows, classes, ...), and
    classes are integers of that shape without the classes.

    Example:
        >>> NLLLoss()(np.log([[0.5, 0.5], [0.25, 0.75]]), [1, 0])
        tensor(1.03972077)
    """

    function = staticmethod(functional.nll_loss)
