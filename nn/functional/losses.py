"""Loss functions: how far predictions are from targets, as one number to be minimised.

All take ``reduction``: ``"mean"``, ``"sum"`` or ``"none"``. Class targets are integers, or rows of
probabilities of the shape of the predictions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import definition, derivative, primitive
from nn.functional.activations import log_softmax, softmax, softplus

REDUCTIONS = ("mean", "sum", "none")


def reduced(losses: Any, reduction: str) -> Any:
    """Sum or average the losses of all elements, or leave them."""
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / losses.size


def _weight(g: Any, count: int, reduction: str) -> Any:
    """Give the cotangent of each element's loss."""
    return g / count if reduction == "mean" else g


def check_reduction(reduction: str) -> None:
    """Refuse a reduction that is none of the three."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction: expected one of {', '.join(REDUCTIONS)}, got {reduction!r}")


def _same_shape(name: str, x: Any, y: Any) -> None:
    if x.shape != y.shape:
        raise ValueError(
            f"{name}: expected input and target of one shape, got {x.shape} and {y.shape}; "
            f"the usual fix is target.reshape(input.shape)"
        )


@primitive
def mse_loss(x: Any, y: Any, reduction: str = "mean") -> Any:
    """Compute the squared error (x - y)², by default its mean.

    Example:
        >>> float(mse_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
        2.0
    """
    _same_shape("mse_loss", x, y)
    check_reduction(reduction)
    error = x - y
    if reduction == "none":
        return error * error
    error = error.reshape(-1)
    total = error.dot(error)
    return total / error.size if reduction == "mean" else total


@primitive
def binary_cross_entropy(p: Any, y: Any, reduction: str = "mean") -> Any:
    """Compute -(y log p + (1 - y) log(1 - p)) for probabilities p and targets y.

    Logarithms are not taken below -100, as in PyTorch, so that 0 · -∞ is 0 and p = 0 stays finite.

    Raises:
        ValueError: a probability or a target is outside of [0, 1].
    """
    _same_shape("binary_cross_entropy", p, y)
    check_reduction(reduction)
    for name, values in ("input", p), ("target", y):
        if not (np.greater_equal(values, 0) & np.less_equal(values, 1)).all():
            raise ValueError(
                f"binary_cross_entropy: expected every {name} in [0, 1], got values from {np.min(values)} to "
                f"{np.max(values)}" + ("; for logits use binary_cross_entropy_with_logits" if name == "input" else "")
            )
    with np.errstate(divide="ignore"):
        losses = -(y * np.maximum(np.log(p), -100) + (1 - y) * np.maximum(np.log(1 - p), -100))
    return reduced(losses, reduction)


@primitive
def binary_cross_entropy_with_logits(x: Any, y: Any, reduction: str = "mean") -> Any:
    """Compute the binary cross-entropy of σ(x), from the logits x and without overflow."""
    _same_shape("binary_cross_entropy_with_logits", x, y)
    check_reduction(reduction)
    return reduced(softplus(x) - x * y, reduction)


def _define_bce_with_logits(x: Any, y: Any, reduction: str = "mean") -> Any:
    _same_shape("binary_cross_entropy_with_logits", x, y)
    check_reduction(reduction)
    return reduced(softplus(x) - x * y, reduction)


def _positions(name: str, x: Any, target: Any) -> np.ndarray[Any, Any]:
    """Give for each row the place of the target's class in ``x.ravel()``; refuse unfit targets."""
    target, shape, axis = np.asarray(target), x.shape, _class_axis(x)
    expected = shape[:axis] + shape[axis + 1 :]
    if target.shape != expected or target.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: expected integer class targets of shape {expected} for an input of shape {shape}, got "
            f"{target.dtype} of {target.shape}; one-hot rows are floating numbers of the input's shape"
        )
    if target.size and target.astype(np.uint64).max() >= shape[axis]:  # a negative number becomes huge
        raise ValueError(
            f"{name}: expected class targets from 0 to {shape[axis] - 1}, got values from {target.min()} to "
            f"{target.max()}; the usual cause is labels that start at 1"
        )
    if x.ndim <= 2:
        return np.arange(0, x.size, shape[axis]) + target if x.ndim == 2 else target
    inner = math.prod(shape[2:])
    row, column = np.divmod(np.arange(target.size), inner)
    return (row * shape[1] + target.ravel()) * inner + column


@primitive
def minus_one_hot(p: Any, positions: Any) -> Any:
    """Subtract 1 at some places of ``p.ravel()``: softmax minus the one-hot target."""
    result = np.array(p, order="C")  # so that reshape gives a view
    result.reshape(-1)[positions] -= 1
    return result


def _softmax_and_log(x: Any, axis: int) -> tuple[Any, Any]:
    """Compute softmax(x) and log softmax(x) from one exponential."""
    logarithms = x - x.max(axis=axis, keepdims=True)
    powers = np.exp(logarithms)
    total = powers.sum(axis=axis, keepdims=True)
    powers /= total
    logarithms -= np.log(total)
    return powers, logarithms


@primitive
def nll_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -x at the target's class, for log-probabilities x."""
    check_reduction(reduction)
    losses = -x.take(_positions("nll_loss", x, target))
    return reduced(losses.reshape(np.shape(target)), reduction)


def _cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> tuple[Any, Any]:
    check_reduction(reduction)
    positions = _positions("cross_entropy", x, target)
    probabilities, logarithms = _softmax_and_log(x, _class_axis(x))
    losses = -logarithms.take(positions)
    return reduced(losses.reshape(np.shape(target)), reduction), (probabilities, positions)


@primitive
def cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -log softmax(x) at the target's class, for logits x."""
    return _cross_entropy_of_classes(x, target, reduction)[0]


def _cross_entropy_of_probabilities(x: Any, target: Any, reduction: str = "mean") -> tuple[Any, Any]:
    check_reduction(reduction)
    _same_shape("cross_entropy", x, target)
    axis = _class_axis(x)
    probabilities, logarithms = _softmax_and_log(x, axis)
    products = target * np.where(np.equal(target, 0), 0, logarithms)  # 0 · -∞ is 0
    return reduced(-products.sum(axis=axis), reduction), probabilities


@primitive
def cross_entropy_of_probabilities(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -Σ target · log softmax(x) over the classes, where 0 · -∞ is 0."""
    return _cross_entropy_of_probabilities(x, target, reduction)[0]


def _class_axis(x: Any) -> int:
    return 0 if x.ndim == 1 else 1


def _each(g: Any, x: Any, reduction: str) -> Any:
    """Give the cotangent of each row's loss, along the classes."""
    axis = _class_axis(x)
    if reduction == "none":
        return np.expand_dims(g, axis)
    return _weight(g, x.size // max(x.shape[axis], 1), reduction)


# fmt: off
derivative(mse_loss, lambda g, x, y, reduction: _weight(g + g, x.size, reduction) * (x - y),
                     lambda g, x, y, reduction: _weight(g + g, x.size, reduction) * (y - x),
                     None, names="x y reduction", kind="loss")
derivative(binary_cross_entropy,
                     lambda g, p, y, reduction: _weight(g, p.size, reduction) * (p - y) / np.maximum(p * (1 - p), 1e-12),
                     lambda g, p, reduction: _weight(g, p.size, reduction) * (_log(1 - p) - _log(p)), None,
                     names="p y reduction", kind="loss")
derivative(minus_one_hot, lambda g: g, None, names="p positions", kind="class loss")
derivative(nll_of_classes,
                     lambda g, x, target, reduction: _each(g, x, reduction) * minus_one_hot(np.zeros_like(x), _positions("", x, target)),
                     None, None, names="x target reduction", kind="class loss")
derivative(cross_entropy_of_classes,
                     lambda g, residual, reduction: _each(g, residual[0], reduction) * minus_one_hot(*residual),
                     None, None, names="x target reduction", kind="class loss", forward=_cross_entropy_of_classes,
                     residual=lambda x, target, reduction: (softmax(x, _class_axis(x)), _positions("", x, target)))
derivative(cross_entropy_of_probabilities,
                     lambda g, residual, target, reduction: _each(g, residual, reduction) * (residual * np.sum(target, axis=_class_axis(residual), keepdims=True) - target),
                     lambda g, x, reduction: -_each(g, x, reduction) * log_softmax(x, _class_axis(x)), None,
                     names="x target reduction", kind="loss", forward=_cross_entropy_of_probabilities,
                     residual=lambda x, target, reduction: softmax(x, _class_axis(x)))
# fmt: on
definition(binary_cross_entropy_with_logits, _define_bce_with_logits)


def _log(x: Any) -> Any:
    return np.maximum(np.log(x), -100)


def nll_loss(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute the negative log-likelihood -x[target] of log-probabilities x.

    Example:
        >>> float(nll_loss(np.log([[0.5, 0.5]]), np.array([1])))
        0.6931471805599453
    """
    return nll_of_classes(x, target, reduction)


def cross_entropy(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute the cross-entropy -log softmax(x)[target] of logits x.

    Args:
        x: logits of shape (classes,) or (rows, classes, ...).
        target: classes, integers of shape () or (rows, ...), or probabilities of the shape of x.
        reduction: "mean" over rows, "sum", or "none".

    Example:
        >>> float(cross_entropy(np.array([[0.0, 0.0]]), np.array([1])))
        0.6931471805599453
    """
    dtype = getattr(target, "dtype", None) or np.asarray(target).dtype
    if dtype.kind == "f":
        return cross_entropy_of_probabilities(x, target, reduction)
    return cross_entropy_of_classes(x, target, reduction)
