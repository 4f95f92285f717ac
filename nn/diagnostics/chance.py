"""The chance level of a loss: what it is for a model that knows nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import no_grad
from nn import functional
from nn.diagnostics.curve import FALLEN
from nn.diagnostics.norms import largest_rms
from nn.training.data import array_of


@dataclass(frozen=True)
class Chance:
    """The loss of knowing nothing.

    Attributes:
        loss: its value.
        guess: in words, what is predicted without knowledge.
        most: how high a first loss may be.
        target: the root mean square of the largest target, where targets are numbers to be met.
    """

    loss: float
    guess: str
    most: float
    target: float | None = None


# How many times of chance a first loss may be: an order of magnitude, in errors and in log-probabilities
# alike; of squared errors two. With the initial values of He et al. (2015), a last layer's outputs have
# variance 2 for inputs of variance 1; a narrow layer's draw, or a small batch, may make it a few times that.
TEN, SQUARED = 10.0, 100.0


Guess = Callable[[Any, Any], tuple[Any, str]]
ROWS = 16  # of fewer, a loss and its chance level are mostly noise


def _even(logits: Any, y: Any) -> tuple[Any, str]:
    return 0 * logits, "all classes alike"


def _even_log(log_p: Any, y: Any) -> tuple[Any, str]:
    return 0 * log_p - math.log(log_p.shape[1 if log_p.ndim > 1 else 0]), "all classes alike"


def _half(p: Any, y: Any) -> tuple[Any, str]:
    return 0 * p + 0.5, "probability 1/2"


def _mean(outputs: Any, y: Any) -> tuple[Any, str]:
    return 0 * y + y.mean(0), "the mean of the targets"


# What the frequencies of the labels tell: the loss of knowing them, as a part of that of an even guess


def _entropy(counts: Any) -> Any:
    """Return the entropy of each column of counts as a part of the largest, without bias (Miller, 1955)."""
    classes, n = len(counts), counts.sum(0)
    p = counts / n
    entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)), 0) + (classes - 1) / (2 * n)
    return np.minimum(entropy / math.log(classes), 1)


def _of_classes(scores: Any, labels: Any) -> float:
    classes = scores.shape[1 if scores.ndim > 1 else 0]
    if classes < 2 or labels.dtype.kind not in "iu":  # probabilities
        return 1.0
    known = labels[(labels >= 0) & (labels < classes)]
    return float(_entropy(np.bincount(known, minlength=classes))) if known.size else 1.0


def _of_columns(scores: Any, labels: Any) -> float:
    return float(np.mean(_entropy(np.stack([labels.sum(0), (1 - labels).sum(0)]))))


# fmt: off
GUESSES: dict[Any, tuple[Guess, float, Callable[[Any, Any], float] | None]] = {
    functional.cross_entropy:                    (_even,     TEN,     _of_classes),
    functional.nll_loss:                         (_even_log, TEN,     _of_classes),
    functional.binary_cross_entropy:             (_half,     TEN,     _of_columns),
    functional.binary_cross_entropy_with_logits: (_even,     TEN,     _of_columns),
    functional.mse_loss:                         (_mean,     SQUARED, None),
    functional.l1_loss:                          (_mean,     TEN,     None),
    functional.huber_loss:                       (_mean,     TEN,     None),
    functional.smooth_l1_loss:                   (_mean,     TEN,     None),
}
# fmt: on


def chance_of(loss: Callable[[Any, Any], Any], outputs: Any, y: Any, recent: Any = None) -> Chance | None:
    """Find the chance level of a loss for one batch, or None if it is not one of ours.

    The targets of recent batches may be given too: the mean of a few is no guess, nor are their frequencies.
    Where classes have frequencies of their own, to guess these is not to know anything either; but a network
    without training guesses all classes alike, and so a first loss is measured by that.

    Example:
        >>> chance_of(nn.CrossEntropyLoss(), np.ones((2, 10)), np.array([3, 4])).loss.__round__(3)
        2.303
    """
    known = GUESSES.get(getattr(type(loss), "function", loss))
    if known is None or isinstance(outputs, (tuple, dict)) or isinstance(y, (tuple, dict)):
        return None
    guess, factor, part_of = known
    with no_grad():
        outputs, y, recent = map(array_of, (outputs, y, y if recent is None else recent))
        if not np.isfinite(recent).all():
            return None
        if part_of is None:
            y = recent[-max(ROWS, len(np.atleast_1d(y))) :]
        prediction, words = guess(np.zeros_like(outputs), y)
        even = float(loss(prediction, y))
        weighted = any(getattr(loss, name, None) is not None for name in ("weight", "pos_weight"))
        if hasattr(loss, "ignore_index"):
            recent = recent[recent != loss.ignore_index]
        part = 1.0 if part_of is None or weighted else part_of(outputs, recent)
        if part > FALLEN:
            part = 1.0
        else:
            words = "the frequencies of the labels"
        return Chance(part * even, words, factor * even, None if part_of else largest_rms(y))
