"""Losses of elements: how far each prediction is from its target; and penalties.

All take ``reduction``: ``"mean"``, ``"sum"`` or ``"none"``, and targets of the shape of the predictions.
Predictions and targets are Tensors, arrays or lists. The formulas of regression are written with the
error e = input - target.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from autograd import Tensor, derivative, primitive
from nn.errors import RefusedError
from nn.functional.activations import hardtanh, relu, sigmoid
from nn.functional.composed_activations import logsigmoid
from nn.functional.guard import times
from nn.functional.numbers import as_array, as_floats
from nn.functional.reduction import REDUCTIONS, check_reduction, check_shapes, check_shares, each, reduced

BY_ROWS = (*REDUCTIONS, "batchmean")


@primitive
def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute the squared error (input - target)², by default its mean.

    Args:
        input: predictions.
        target: what they should be, of the same shape.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> float(mse_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
        2.0
    """
    return _mse_loss(input, target, reduction)[0]


def _mse_loss(x: Any, y: Any, reduction: str = "mean") -> tuple[Any, Any]:
    """Compute the loss, and the error that its derivative is made of."""
    x, y = _pair("mse_loss", x, y)
    error = x - y
    if reduction not in ("mean", "sum") or error.dtype == np.float16:
        return reduced(error * error, reduction), error
    flat = error.reshape(-1)
    total = flat.dot(flat)
    return total / flat.size if reduction == "mean" else total, error


@partial(primitive, known_as="binary_cross_entropy")
def bce_of_probabilities(x: Any, y: Any, reduction: str = "mean") -> Any:
    """Compute -(y log x + (1 - y) log(1 - x)), without weights."""
    return reduced(-(y * _log(x) + (1 - y) * _log_of_rest(x)), reduction)


@partial(primitive, known_as="binary_cross_entropy_with_logits")
def bce_of_logits(x: Any, y: Any, reduction: str = "mean") -> Any:
    """Compute log(1 + eˣ) - x y, without weights, as log(1 + e^-|x|) + |x| |[x > 0] - y|: nothing cancels."""
    size = np.abs(x)
    return reduced(np.log1p(np.exp(-size)) + times(np.abs(np.greater(x, 0) - y), size), reduction)


def _log(p: Any, log: Any = np.log) -> Any:
    with np.errstate(divide="ignore"):
        return np.maximum(log(p), -100)


def _log_of_rest(p: Any) -> Any:
    """Compute log(1 - p), where 1 - p would lose a small p."""
    return _log(-p, np.log1p)


def _variance(p: Any) -> Any:
    return np.maximum(p * (1 - p), max(1e-12, float(np.finfo(p.dtype).tiny)))


# The pullbacks are given the cotangent of each loss.
element_loss = partial(
    derivative,
    names="x y how",
    kind="loss",
    cotangent=lambda g, x_shape, how: each(g, math.prod(x_shape), how),
)

# fmt: off
element_loss(mse_loss,
             lambda g:        g,
             lambda g:       -g, None,
             cotangent=lambda g, residual, how: times(each(g + g, residual.size, how), residual),
             forward=_mse_loss, residual=lambda x, y, how: _error("mse_loss", x, y))
element_loss(bce_of_probabilities,
             lambda g, x, y:  g * (x - y) / _variance(x),
             lambda g, x:     g * (_log_of_rest(x) - _log(x)), None)
element_loss(bce_of_logits,
             lambda g, x, y:  times(g, sigmoid(x) - y),
             lambda g, x:     times(-g, x), None)
# fmt: on


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Any:
    """Compute -(y log p + (1 - y) log(1 - p)) for probabilities p and targets y.

    Logarithms are not taken below -100, as in PyTorch, so that 0 · -∞ is 0 and p = 0 stays finite.

    Args:
        input: probabilities p.
        target: y, numbers from 0 to 1 of the same shape.
        weight: factors of the losses, of a shape that broadcasts to that.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: shapes do not fit, or a probability or a target is outside of [0, 1].

    Example:
        >>> float(binary_cross_entropy([0.5, 1.0], [1.0, 1.0]))
        0.34657359027997264
    """
    x, y = _pair("binary_cross_entropy", input, target)
    hint = "; for logits use binary_cross_entropy_with_logits"
    check_shares("binary_cross_entropy", "input", x, hint)
    check_shares("binary_cross_entropy", "target", y)
    if weight is None:
        return bce_of_probabilities(x, y, reduction)
    weight = _factors("binary_cross_entropy", "weight", weight, x)
    return reduced(weight * bce_of_probabilities(x, y, "none"), reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """Compute the binary cross-entropy of σ(x), from the logits x and without overflow.

    It is log(1 + eˣ) - x y, or with a weight q of the positives -(q y log σ(x) + (1 - y) log σ(-x)).

    Args:
        input: logits x.
        target: y, numbers from 0 to 1 of the same shape.
        weight: factors of the losses, of a shape that broadcasts to that.
        reduction: "mean", "sum" or "none".
        pos_weight: q, of a shape that broadcasts to that; often (negatives) / (positives) of each column.

    Raises:
        ValueError: shapes do not fit, or a target is outside of [0, 1].

    Example:
        >>> float(binary_cross_entropy_with_logits([0.0, 1000.0], [1.0, 1.0]))
        0.34657359027997264
    """
    name = "binary_cross_entropy_with_logits"
    x, y = _pair(name, input, target)
    check_shares(name, "target", y)
    if weight is None and pos_weight is None:
        return bce_of_logits(x, y, reduction)
    if pos_weight is None:
        losses = bce_of_logits(x, y, "none")
    else:
        positive = _factors(name, "pos_weight", pos_weight, x) * y
        losses = -(positive * logsigmoid(x) + (1 - y) * logsigmoid(-x))
    return reduced(losses if weight is None else _factors(name, "weight", weight, x) * losses, reduction)


def _factors(name: str, which: str, factors: Any, x: Any) -> Any:
    """Refuse factors that do not broadcast to the losses; give them x's dtype."""
    factors = as_array(factors)
    pairs = zip(factors.shape[::-1], x.shape[::-1], strict=False)
    if factors.ndim > x.ndim or any(n not in (1, of) for n, of in pairs):
        raise RefusedError(
            f"{name}: expected {which} to broadcast to the losses of shape {x.shape}, got {factors.shape}"
        )
    return factors.astype(x.dtype)


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Any:
    """Compute y (log y - x), from log-probabilities x: the Kullback-Leibler divergence, term by term.

    A term is 0 where y is. The divergence itself is the sum over the classes, and its mean over rows is
    the reduction "batchmean"; "mean" divides by the number of all terms, as in PyTorch.

    Args:
        input: logarithms x of probabilities, such as ``log_softmax`` gives.
        target: probabilities y of the same shape.
        reduction: "batchmean", "mean", "sum" or "none".
        log_target: whether the target is log y instead.

    Raises:
        ValueError: the shapes differ, or a target is outside of [0, 1].

    Example:
        >>> float(kl_div(np.log([[0.5, 0.5]]), [[0.0, 1.0]], "batchmean"))
        0.6931471805599453
    """
    x, y = _pair("kl_div", input, target)
    check_reduction(reduction, BY_ROWS)
    if log_target:
        losses = np.exp(y) * (y - x)
    else:
        check_shares("kl_div", "target", y, "; for logarithms give log_target=True")
        some = np.greater(y, 0)
        losses = y * np.where(some, np.log(np.where(some, y, 1)) - x, 0)
    if reduction == "batchmean":
        return reduced(losses, "mean", np.ones(x.shape[:1], x.dtype))
    return reduced(losses, reduction)


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, reduction: str = "mean") -> Any:
    """Compute the distance x of a pair that belongs together, and max(0, margin - x) of one that does not.

    Args:
        input: distances x.
        target: 1 where a pair belongs together, and -1 where it does not, of the same shape.
        margin: from which distance a pair that does not costs nothing.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: the shapes differ, or a target is neither 1 nor -1.

    Example:
        >>> hinge_embedding_loss([0.25, 0.25, 3.0], [1, -1, -1], reduction="none")
        array([0.25, 0.75, 0.  ])
    """
    x, y = _pair("hinge_embedding_loss", input, target)
    if np.any(np.not_equal(np.abs(y), 1)):
        low, high = float(np.min(y)), float(np.max(y))
        raise RefusedError(
            f"hinge_embedding_loss: expected every target to be 1 or -1, got values from {low} to {high}; "
            f"the usual fix is 2 * target - 1 for targets 1 and 0"
        )
    return reduced(np.where(np.equal(y, 1), x, relu(margin - x)), reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """Compute max(0, d(a, p) - d(a, n) + margin), with the distance d(x, y) = ‖x - y + ε‖ of the last axis.

    An anchor a is to be closer to what is of its kind than to what is not, by the margin (Schroff, Kalenichenko
    and Philbin, 2015). ε keeps the slope finite where both are equal.

    Args:
        anchor: a, of shape (..., features).
        positive: what is of its kind, of the same shape.
        negative: what is not, of the same shape.
        margin: by how much, above 0.
        p: of the norm: 2 for the Euclidean one.
        eps: ε.
        swap: whether the distance from positive to negative counts where it is the smaller one.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: the shapes differ, or the margin is not positive.

    Example:
        >>> float(triplet_margin_loss([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 1.0]], eps=0.0))
        5.0
    """
    if not margin > 0:
        raise RefusedError(f"triplet_margin_loss: expected a positive margin, got {margin!r}")
    anchor, positive, negative = map(as_floats, (anchor, positive, negative))
    check_shapes("triplet_margin_loss", anchor, positive)
    check_shapes("triplet_margin_loss", anchor, negative)
    near, far = (np.linalg.norm(anchor - other + eps, p, -1) for other in (positive, negative))
    if swap:
        far = np.minimum(far, np.linalg.norm(positive - negative + eps, p, -1))
    return reduced(relu(near - far + margin), reduction)


# Losses of regression, written through others


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute the absolute error |e|; its slope at 0 is 0.

    Example:
        >>> float(l1_loss([1.0, 2.0], [1.0, 4.0]))
        1.0
    """
    return reduced(np.abs(_error("l1_loss", input, target)), reduction)


@primitive
def huber(x: Any, delta: float = 1.0) -> Any:
    """Compute x²/2 for |x| up to δ, and δ (|x| - δ/2) beyond."""
    bounded = hardtanh(x, -delta, delta)
    return bounded * (x - bounded / 2)


derivative(
    huber,
    lambda g, x, delta=1.0: times(g, hardtanh(x, -delta, delta)),
    kink=lambda x, delta=1.0: np.abs(x) - delta,  # of the slope
    bounded=True,
)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Compute e²/2 for |e| up to δ, and δ (|e| - δ/2) beyond (Huber, 1964).

    Raises:
        ValueError: the shapes differ, or δ is not positive.

    Example:
        >>> huber_loss([1.0, 3.0], [0.0, 0.0], reduction="none")
        array([0.5, 2.5])
    """
    if not delta > 0:
        raise RefusedError(f"huber_loss: expected a positive delta, got {delta!r}")
    return reduced(huber(_error("huber_loss", input, target), delta=delta), reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    """Compute e²/(2β) for |e| up to β, and |e| - β/2 beyond; for β = 0 it is |e| (Girshick, 2015).

    Raises:
        ValueError: the shapes differ, or β is negative.

    Example:
        >>> smooth_l1_loss([1.0, 3.0], [0.0, 0.0], reduction="none", beta=2.0)
        array([0.25, 2.  ])
    """
    if not beta >= 0:
        raise RefusedError(f"smooth_l1_loss: expected beta from 0, got {beta!r}")
    error = _error("smooth_l1_loss", input, target)
    return reduced(huber(error, delta=beta) / beta if beta else np.abs(error), reduction)


def _error(name: str, input: Any, target: Any) -> Any:
    x, y = _pair(name, input, target)
    return x - y


def _pair(name: str, input: Any, target: Any) -> tuple[Any, Any]:
    """Make floating numbers of predictions and targets, which must have one shape."""
    x = as_floats(input)
    y = as_floats(target, x.dtype)
    check_shapes(name, x, y)
    return x, y


# Penalties


def l1_penalty(parameters: Any) -> Any:
    """Sum |w| over all elements of parameters, to be added to a loss.

    The usual line is ``loss = loss + 0.01 * F.l1_penalty(model.parameters())``.

    Args:
        parameters: Tensors or arrays, or one.

    Example:
        >>> float(l1_penalty([np.array([1.0, -2.0]), np.array([3.0])]))
        6.0
    """
    return sum(np.sum(np.abs(as_floats(parameter))) for parameter in _several(parameters))


def l2_penalty(parameters: Any) -> Any:
    """Sum w² over all elements of parameters, to be added to a loss.

    The usual line is ``loss = loss + 0.01 * F.l2_penalty(model.parameters())``.

    With SGD, λ times it does what ``weight_decay=2 * λ`` does.

    Args:
        parameters: Tensors or arrays, or one.

    Example:
        >>> float(l2_penalty([np.array([1.0, -2.0]), np.array([3.0])]))
        14.0
    """
    return sum(np.sum(np.square(as_floats(parameter))) for parameter in _several(parameters))


def _several(parameters: Any) -> Iterable[Any]:
    return [parameters] if isinstance(parameters, (Tensor, np.ndarray)) else parameters
