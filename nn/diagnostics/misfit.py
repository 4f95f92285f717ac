"""Outputs that a loss does not take: probabilities in the place of logits, and the other way round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn import functional
from nn.activations import Sigmoid
from nn.module import Module
from nn.training.data import array_of


def _sums_to_one(p: Any) -> bool:
    axis = 1 if p.ndim > 1 else 0
    return bool(p.ndim and p.shape[axis] > 1 and np.all(p >= 0) and np.allclose(p.sum(axis), 1, atol=1e-4))


PROBABILITIES = (
    "The outputs are probabilities, but the loss takes logits: it applies {0} itself.",
    "leave out the {0} at the end; apply it where probabilities are to be seen.",
)
SCORES = (
    "The outputs are no logarithms of probabilities: their exponentials do not sum to 1 in each row.",
    "nn.LogSoftmax(1) as the last layer, or nn.CrossEntropyLoss() in place of NLLLoss.",
)

# By the loss: what was seen and its cure, where these outputs of that last layer are not what it takes.
# fmt: off
MISFITS: dict[Any, tuple[Callable[[Any, Module | None], bool], tuple[str, str], str]] = {
    functional.cross_entropy: (lambda y, last: _sums_to_one(y),             PROBABILITIES, "softmax"),
    functional.nll_loss:      (lambda y, last: not _sums_to_one(np.exp(y)), SCORES,        ""),
    functional.binary_cross_entropy_with_logits:
                              (lambda y, last: isinstance(last, Sigmoid),   PROBABILITIES, "sigmoid"),
}
# fmt: on


def misfit(loss: Any, outputs: Any, last: Module | None = None) -> tuple[str, str] | None:
    """Say what outputs are that a loss does not take, and the cure; None if it does, or is not known.

    Example:
        >>> misfit(nn.CrossEntropyLoss(), np.array([[0.25, 0.75]]))[0]
        'The outputs are probabilities, but the loss takes logits: it applies softmax itself.'
    """
    known = MISFITS.get(getattr(type(loss), "function", loss))
    if known is None or isinstance(outputs, (tuple, dict)):
        return None
    found, (seen, cure), name = known
    with np.errstate(all="ignore"):
        values = array_of(outputs)
        if not np.isfinite(values).all() or not found(values, last):
            return None
    return seen.format(name), cure.format(name)
