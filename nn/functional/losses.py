"""Loss functions: how far predictions are from targets, as one number to be minimised.

All take ``reduction``: ``"mean"``, ``"sum"`` or ``"none"``. Class targets are integers, or rows of
probabilities of the shape of the predictions.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from autograd import definition, derivative, primitive
from nn.functional.activations import log_softmax, softmax, softplus

REDUCTIONS = ("mean", "sum", "none")


def reduced(losses: Any, reduction: str) -> Any:
    """Sum or average the losses of all elements, or leave them."""
    if reduction == "none":
        return losses
    total = losses.sum()
    return total if reduction == "sum" else total / losses.size


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


# Losses over classes see scores as a matrix with one class a row. Reductions over the classes are
# then additions of rows, which NumPy does several times faster than sums within short rows.


def _class_axis(x: Any) -> int:
    return 0 if x.ndim == 1 else 1


def _class_rows(x: Any) -> Any:
    """See scores of shape (classes,) or (rows, classes, ...) as a matrix of shape (classes, all rows)."""
    if x.ndim == 2:
        return x.T
    axis = _class_axis(x)
    return np.reshape(np.moveaxis(x, axis, 0), (x.shape[axis], -1))


def _unrolled(matrix: Any, shape: tuple[int, ...]) -> Any:
    """Bring a matrix with one class a row back to the shape of the scores."""
    if len(shape) == 1:
        return np.reshape(matrix, shape)
    if len(shape) == 2:
        return np.transpose(matrix)
    return np.moveaxis(np.reshape(matrix, (shape[1], shape[0], *shape[2:])), 0, 1)


def _positions(name: str, x: Any, target: Any) -> np.ndarray[Any, Any]:
    """Give the places of the targets' classes in the matrix of ``_class_rows``, counted flat."""
    target, shape, axis = np.asarray(target), x.shape, _class_axis(x)
    if target.shape != shape[:axis] + shape[axis + 1 :] or target.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: expected integer class targets of shape {shape[:axis] + shape[axis + 1 :]} for an input of "
            f"shape {shape}, got {target.dtype} of {target.shape}; one-hot rows are floating numbers of the "
            f"input's shape"
        )
    # Seen as unsigned, negative numbers are huge: one look finds those and the too large.
    if target.size and np.maximum.reduce(target.astype(np.uint64), None) >= shape[axis]:
        raise ValueError(
            f"{name}: expected class targets from 0 to {shape[axis] - 1}, got values from {target.min()} to "
            f"{target.max()}; the usual cause is labels that start at 1"
        )
    return target.reshape(-1) * target.size + _counting(target.size)


@lru_cache(maxsize=64)
def _counting(n: int) -> np.ndarray[Any, Any]:
    numbers = np.arange(n)
    numbers.flags.writeable = False
    return numbers


@primitive
def minus_one_hot(p: Any, positions: Any) -> Any:
    """Subtract 1 at some places of a matrix, counted flat: softmax minus the one-hot target."""
    result = np.array(p, order="C")  # so that reshape gives a view
    result.reshape(-1)[positions] -= 1
    return result


@primitive
def nll_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -x at the target's class, for log-probabilities x."""
    check_reduction(reduction)
    losses = -_class_rows(x).take(_positions("nll_loss", x, target))
    return reduced(losses.reshape(np.shape(target)), reduction)


def _cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> tuple[Any, Any]:
    check_reduction(reduction)
    positions = _positions("cross_entropy", x, target)
    scores = np.array(_class_rows(x), order="C")
    scores -= np.maximum.reduce(scores, 0)
    at_target = scores.take(positions)
    powers = np.exp(scores, out=scores)
    sums = np.add.reduce(powers, 0)
    powers /= sums
    losses = np.log(sums) - at_target
    if reduction == "none":
        losses = losses.reshape(np.shape(target))
    return reduced(losses, reduction), (powers, positions)


@primitive
def cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -log softmax(x) at the target's class, for logits x."""
    return _cross_entropy_of_classes(x, target, reduction)[0]


@primitive
def cross_entropy_of_probabilities(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -Σ target · log softmax(x) over the classes, where 0 · -∞ is 0."""
    check_reduction(reduction)
    _same_shape("cross_entropy", x, target)
    axis = _class_axis(x)
    products = target * np.where(np.equal(target, 0), 0, log_softmax(x, axis))
    return reduced(-np.add.reduce(products, axis), reduction)


def _each(g: Any, count: int, reduction: str) -> Any:
    """Give the cotangent of the loss of every row."""
    return np.reshape(g, (-1,)) if reduction == "none" else _weight(g, count, reduction)


def _each_class(g: Any, x: Any, reduction: str) -> Any:
    """Give the cotangent of the loss of every row, along the classes."""
    axis = _class_axis(x)
    return np.expand_dims(g, axis) if reduction == "none" else _weight(g, x.size // max(x.shape[axis], 1), reduction)


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
                     lambda g, x_shape, target, reduction: -_unrolled(_each(g, np.size(target), reduction) * one_hot(target, x_shape), x_shape),
                     None, None, names="x target reduction", kind="class loss")
derivative(cross_entropy_of_classes,
                     lambda g, residual, x_shape, reduction: _unrolled(_each(g, residual[1].size, reduction) * minus_one_hot(*residual), x_shape),
                     None, None, names="x target reduction", kind="class loss", forward=_cross_entropy_of_classes,
                     residual=lambda x, target, reduction: (softmax(_class_rows(x), 0), _positions("", x, target)))
derivative(cross_entropy_of_probabilities,
                     lambda g, x, target, reduction: _each_class(g, x, reduction) * (softmax(x, _class_axis(x)) * np.sum(target, axis=_class_axis(x), keepdims=True) - target),
                     lambda g, x, reduction: -_each_class(g, x, reduction) * log_softmax(x, _class_axis(x)),
                     None, names="x target reduction", kind="loss")
# fmt: on
definition(binary_cross_entropy_with_logits, _define_bce_with_logits)


def one_hot(target: Any, shape: tuple[int, ...]) -> Any:
    """Give a matrix with one class a row: 1 at the targets' classes, 0 elsewhere."""
    classes = shape[0] if len(shape) == 1 else shape[1]
    return np.equal(np.arange(classes)[:, None], np.reshape(target, (-1,))) * 1.0


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
