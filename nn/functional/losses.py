"""Loss functions: how far predictions are from targets, as one number to be minimised.

All take ``reduction``: ``"mean"``, ``"sum"`` or ``"none"``. Class targets are integers, or rows of
probabilities of the shape of the predictions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import definition, derivative, primitive
from nn.functional.activations import log_softmax, softmax, softplus

REDUCTIONS = ("mean", "sum", "none")


def reduced(losses: Any, reduction: str) -> Any:
    """Sum or average the losses of all elements, or leave them."""
    if reduction == "none":
        return losses
    return np.sum(losses) if reduction == "sum" else np.mean(losses)


def _weight(g: Any, count: int, reduction: str) -> Any:
    """Give the cotangent of each element's loss."""
    return g / count if reduction == "mean" else g


def check_reduction(reduction: str) -> None:
    """Refuse a reduction that is none of the three."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction: expected one of {', '.join(REDUCTIONS)}, got {reduction!r}")


def _same_shape(name: str, x: Any, y: Any) -> None:
    if np.shape(x) != np.shape(y):
        raise ValueError(
            f"{name}: expected input and target of one shape, got {np.shape(x)} and {np.shape(y)}; "
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


def _classes(name: str, x: Any, target: Any) -> np.ndarray[Any, Any]:
    """Check class targets against scores of shape (classes,) or (rows, classes, ...)."""
    target = np.asarray(target)
    shape = np.shape(x)
    classes = shape[0] if len(shape) == 1 else shape[1]
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if target.shape != expected:
        raise ValueError(
            f"{name}: expected class targets of shape {expected} for an input of shape {shape}, got {target.shape}; "
            f"one-hot rows are floating numbers of the input's shape"
        )
    if target.size and not (0 <= target.min() and target.max() < classes):
        raise ValueError(
            f"{name}: expected class targets from 0 to {classes - 1} for {classes} classes, got values from "
            f"{target.min()} to {target.max()}; the usual cause is labels that start at 1"
        )
    return target


def _at_class(x: Any, target: Any) -> Any:
    """Pick the score of the target's class: x[i, target[i], ...]."""
    if x.ndim == 1:
        return x[int(target)]
    if x.ndim == 2:
        return x[np.arange(len(target)), target]
    return np.take_along_axis(x, np.expand_dims(target, 1), 1).squeeze(1)


@primitive
def one_hot(target: Any, shape: tuple[int, ...]) -> Any:
    """Give 1 at the target's class and 0 elsewhere, for scores of ``shape``."""
    result = np.zeros(shape)
    if len(shape) == 2:
        result[np.arange(shape[0]), target] = 1
    else:
        np.put_along_axis(result, np.expand_dims(target, min(len(shape) - 1, 1)), 1, min(len(shape) - 1, 1))
    return result


@primitive
def nll_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -x at the target's class, for log-probabilities x."""
    check_reduction(reduction)
    return reduced(-_at_class(x, _classes("nll_loss", x, target)), reduction)


@primitive
def cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -log softmax(x) at the target's class, for logits x."""
    check_reduction(reduction)
    target = _classes("cross_entropy", x, target)
    return reduced(-_at_class(log_softmax(x, _class_axis(x)), target), reduction)


@primitive
def cross_entropy_of_probabilities(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -Σ target · log softmax(x) over the classes, where 0 · -∞ is 0."""
    check_reduction(reduction)
    _same_shape("cross_entropy", x, target)
    axis = _class_axis(x)
    logarithms = np.where(np.equal(target, 0), 0, log_softmax(x, axis))
    return reduced(-np.sum(target * logarithms, axis=axis), reduction)


def _class_axis(x: Any) -> int:
    return 0 if np.ndim(x) == 1 else 1


def _each(g: Any, shape: tuple[int, ...], reduction: str) -> Any:
    """Give the cotangent of each row's loss, along the classes."""
    axis = 0 if len(shape) == 1 else 1
    rows = int(np.prod(shape)) // max(shape[axis], 1)
    return np.expand_dims(g, axis) if reduction == "none" and len(shape) > 1 else _weight(g, rows, reduction)


# fmt: off
derivative(mse_loss, lambda g, x, y, reduction="mean": _weight(2 * g, np.size(x), reduction) * (x - y),
                     lambda g, x, y, reduction="mean": _weight(2 * g, np.size(x), reduction) * (y - x), kind="loss")
derivative(binary_cross_entropy,
                     lambda g, p, y, reduction="mean": _weight(g, np.size(p), reduction) * (p - y) / np.maximum(p * (1 - p), 1e-12),
                     lambda g, p, reduction="mean": _weight(g, np.size(p), reduction) * (_log(1 - p) - _log(p)),
                     names="p y", kind="loss")
derivative(nll_of_classes,
                     lambda g, x_shape, target, reduction="mean": -_each(g, x_shape, reduction) * one_hot(target, x_shape),
                     None, names="x target", kind="class loss")
derivative(cross_entropy_of_classes,
                     lambda g, x, target, reduction="mean": _each(g, np.shape(x), reduction) * (softmax(x, _class_axis(x)) - one_hot(target, np.shape(x))),
                     None, names="x target", kind="class loss")
derivative(cross_entropy_of_probabilities,
                     lambda g, x, target, reduction="mean": _each(g, np.shape(x), reduction) * (softmax(x, _class_axis(x)) * np.sum(target, axis=_class_axis(x), keepdims=True) - target),
                     lambda g, x, reduction="mean": -_each(g, np.shape(x), reduction) * log_softmax(x, _class_axis(x)),
                     names="x target", kind="loss")
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
    return nll_of_classes(x, target, reduction=reduction)


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
        return cross_entropy_of_probabilities(x, target, reduction=reduction)
    return cross_entropy_of_classes(x, target, reduction=reduction)
