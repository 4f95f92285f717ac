"""Losses as modules: how far predictions are from targets."""

from __future__ import annotations

from typing import Any, ClassVar

from autograd import Tensor, as_tensor
from nn import functional
from nn.errors import RefusedError
from nn.function import Function
from nn.functional.losses import BY_ROWS
from nn.functional.reduction import REDUCTIONS, check_reduction


class Loss(Function):
    """A loss: call it with predictions and targets, which may be Tensors, arrays or lists.

    All have ``reduction``: "mean" of the losses, their "sum", or "none" for all of them. Weights are
    buffers.

    Raises:
        ValueError: the reduction is unknown.
    """

    inputs = 2
    reductions: ClassVar[tuple[str, ...]] = REDUCTIONS
    _arrays = "weight", "pos_weight"
    reduction: str

    def __post_init__(self) -> None:
        """Check the reduction, and make the weights buffers."""
        check_reduction(self.reduction, self.reductions)
        for name in self._arrays:
            if name in self.options:
                weight = getattr(self, name)
                if isinstance(weight, str):
                    raise RefusedError(f"{name}: expected numbers, got {weight!r}; did you mean reduction=?")
                self.register_buffer(name, weight)

    def forward(self, input: Any, target: Any) -> Any:
        """Compute the loss."""
        input = input if isinstance(input, Tensor) else as_tensor(input)
        return self.function(input, target, *[getattr(self, name) for name in self.options])


class L1Loss(Loss, function=functional.l1_loss):
    """The absolute error |input - target|.

    Example:
        >>> L1Loss()([1.0, 2.0], [1.0, 4.0])
        tensor(1.)
    """


class MSELoss(Loss, function=functional.mse_loss):
    """The squared error (input - target)².

    Example:
        >>> y, h = np.array([0.875, 0.426, 0.213, 0.348]), np.array([0.9, 0.526, 0.721, 0.348])
        >>> MSELoss()(h, y)
        tensor(0.06717225)
    """


class HuberLoss(Loss, function=functional.huber_loss):
    """Half the squared error up to ``delta``, linear beyond.

    Example:
        >>> HuberLoss(delta=2.0)([1.0, 3.0], [0.0, 0.0])
        tensor(2.25)
    """


class SmoothL1Loss(Loss, function=functional.smooth_l1_loss):
    """The Huber loss divided by its ``beta``, so that the slope beyond is 1.

    Example:
        >>> SmoothL1Loss(beta=2.0)([1.0, 3.0], [0.0, 0.0])
        tensor(1.125)
    """


class BCELoss(Loss, function=functional.binary_cross_entropy):
    """Binary cross-entropy of probabilities: -(y log p + (1 - y) log(1 - p)).

    Example:
        >>> p, y = np.array([0.1, 0.7, 0.5, 0.8, 0.2]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])
        >>> BCELoss()(p, y).item()
        0.32029394855698473
    """


class BCEWithLogitsLoss(Loss, function=functional.binary_cross_entropy_with_logits):
    """Binary cross-entropy of σ(input), computed from the logits without overflow.

    ``pos_weight`` multiplies the losses of positives.

    Example:
        >>> BCEWithLogitsLoss()([0.0, 1000.0], [1.0, 1.0])
        tensor(0.34657359)
    """


class CrossEntropyLoss(Loss, function=functional.cross_entropy):
    """Cross-entropy -log softmax(input) at the target's class, computed from logits.

    Logits have the shape (rows, classes), or (classes,), or (rows, classes, ...). Targets are
    classes, integers of that shape without the classes, or probabilities of that very shape.
    :func:`nn.functional.cross_entropy` explains the options.

    Example:
        >>> CrossEntropyLoss()([[0.0, 0.0], [0.0, 1000.0]], [1, 1])
        tensor(0.34657359)
    """


class NLLLoss(Loss, function=functional.nll_loss):
    """Negative log-likelihood -input at the target's class, for log-probabilities.

    Shapes are those of :class:`CrossEntropyLoss`.

    Example:
        >>> NLLLoss()(np.log([[0.5, 0.5], [0.25, 0.75]]), [1, 0])
        tensor(1.03972077)
    """


class KLDivLoss(Loss, function=functional.kl_div):
    """The Kullback-Leibler divergence of log-probabilities from target probabilities, term by term.

    With ``reduction="batchmean"`` it is that of the distributions, averaged over rows.
    :func:`nn.functional.kl_div` explains the options.

    Example:
        >>> KLDivLoss("batchmean")(np.log([[0.5, 0.5]]), [[0.0, 1.0]])
        tensor(0.69314718)
    """

    reductions = BY_ROWS


class HingeEmbeddingLoss(Loss, function=functional.hinge_embedding_loss):
    """The distance of pairs whose target is 1, and what it lacks to ``margin`` where the target is -1.

    Example:
        >>> HingeEmbeddingLoss(reduction="sum")([0.25, 0.25, 3.0], [1, -1, -1])
        tensor(1.)
    """


class TripletMarginLoss(Loss, function=functional.triplet_margin_loss):
    """How much farther an anchor is from what is of its kind than from what is not, and ``margin``.

    It is called with three: anchor, positive and negative. :func:`nn.functional.triplet_margin_loss`
    explains the options.

    Example:
        >>> TripletMarginLoss(eps=0.0)([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 1.0]])
        tensor(5.)
    """

    inputs = 3

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:  # type: ignore[override]
        """Compute the loss."""
        anchor = anchor if isinstance(anchor, Tensor) else as_tensor(anchor)
        return Function.forward(self, anchor, positive, negative)
