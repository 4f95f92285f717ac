"""The chance level of a loss: what it is for a model that knows nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from nn import functional
from nn.diagnostics.norms import largest_rms


@dataclass(frozen=True)
class Chance:
    """The loss of knowing nothing.

    Attributes:
        loss: its value.
        guess: in words, what is predicted without knowledge.
        factor: how many times of it a first loss may be.
        target: the root mean square of the largest target, where targets are numbers to be met.
    """

    loss: float
    guess: str
    factor: float
    target: float | None = None


# How many times of chance a first loss may be: an order of magnitude, in errors and in log-probabilities
# alike; of squared errors two. With the initial values of He et al. (2015), a last layer's outputs have
# variance 2 for inputs of variance 1; a narrow layer's draw, or a small batch, may make it a few times that.
TEN, SQUARED = 10.0, 100.0


def _even(logits: Any, y: Any) -> tuple[Any, str]:
    return 0 * logits, "all classes alike"


def _even_log(log_p: Any, y: Any) -> tuple[Any, str]:
    return 0 * log_p - math.log(log_p.shape[1 if log_p.ndim > 1 else 0]), "all classes alike"


def _half(p: Any, y: Any) -> tuple[Any, str]:
    return 0 * p + 0.5, "probability 1/2"


def _mean(outputs: Any, y: Any) -> tuple[Any, str]:
    return 0 * y + y.mean(0), "the mean of the targets"


# fmt: off
GUESSES: dict[Any, tuple[Callable[[Any, Any], tuple[Any, str]], float]] = {
    functional.cross_entropy:                    (_even,     TEN),
    functional.nll_loss:                         (_even_log, TEN),
    functional.binary_cross_entropy:             (_half,     TEN),
    functional.binary_cross_entropy_with_logits: (_even,     TEN),
    functional.mse_loss:                         (_mean,     SQUARED),
    functional.l1_loss:                          (_mean,     TEN),
    functional.huber_loss:                       (_mean,     TEN),
    functional.smooth_l1_loss:                   (_mean,     TEN),
}
# fmt: on


def chance_of(loss: Callable[[Any, Any], Any], outputs: Any, y: Any, recent: Any = None) -> Chance | None:
    """Find the chance level of a loss for one batch, or None if it is not one of ours.

    Of numbers to be met, those of recent batches too may be given: the mean of a few is no guess.

    Example:
        >>> chance_of(nn.CrossEntropyLoss(), np.ones((2, 10)), np.array([3, 4])).loss.__round__(3)
        2.303
    """
    known = GUESSES.get(getattr(type(loss), "function", loss))
    if known is None or isinstance(outputs, (tuple, dict)) or isinstance(y, (tuple, dict)):
        return None
    guess, factor = known
    with no_grad():
        y = recent if recent is not None and guess is _mean else y
        outputs, y = (v.data if isinstance(v, Tensor) else np.asarray(v) for v in (outputs, y))
        if not np.isfinite(y).all():
            return None
        prediction, words = guess(np.zeros_like(outputs), y)
        target = largest_rms(y) if guess is _mean else None
        return Chance(float(loss(prediction, y)), words, factor, target)
