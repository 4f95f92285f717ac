"""Loss functions: how far predictions are from targets, as one number to be minimised.

All take ``reduction``: ``"mean"``, ``"sum"`` or ``"none"``. Class targets are integers, or rows of
probabilities of the shape of the predictions.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.errors import RefusedError
from nn.functional.activations import log1p_exp, log_softmax, sigmoid, softmax

REDUCTIONS = ("mean", "sum", "none")


def check_reduction(reduction: str) -> None:
    """Refuse a reduction that is none of the three."""
    if reduction not in REDUCTIONS:
        known = ", ".join(REDUCTIONS)
        raise RefusedError(f"reduction: expected one of {known}, got {reduction!r}")


def _reduced(losses: Any, reduction: str) -> Any:
    """Sum or average the losses of all elements, or leave them."""
    if reduction == "mean":
        return np.add.reduce(losses, None) / losses.size
    if reduction == "sum":
        return np.add.reduce(losses, None)
    check_reduction(reduction)
    return losses


def _each(g: Any, x: Any, reduction: str) -> Any:
    """Give the cotangent of each loss, of which there are as many as elements of ``x``."""
    return g / x.size if reduction == "mean" else g


def _shapes_differ(name: str, x: Any, y: Any) -> RefusedError:
    fix = "target.reshape(input.shape)" if x.size == y.size else "one target for each prediction"
    return RefusedError(
        f"{name}: expected input and target of one shape, got {x.shape} and {y.shape}; the usual fix is {fix}"
    )


def _check_shares(name: str, which: str, values: Any, hint: str = "") -> None:
    """Refuse values outside of [0, 1], and NaN."""
    if not np.all(np.greater_equal(values, 0) & np.less_equal(values, 1)):
        low, high = float(np.min(values)), float(np.max(values))
        raise RefusedError(f"{name}: expected every {which} in [0, 1], got values from {low} to {high}{hint}")


# Losses of elements


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
    if input.shape != target.shape:
        raise _shapes_differ("mse_loss", input, target)
    error = input - target
    flat = error.reshape(-1)
    if reduction == "mean":
        return flat.dot(flat) / flat.size
    return flat.dot(flat) if reduction == "sum" else _reduced(error * error, reduction)


@primitive
def binary_cross_entropy(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -(y log p + (1 - y) log(1 - p)) for probabilities p and targets y.

    Logarithms are not taken below -100, as in PyTorch, so that 0 · -∞ is 0 and p = 0 stays finite.

    Args:
        input: probabilities p.
        target: y, numbers from 0 to 1 of the same shape.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: the shapes differ, or a probability or a target is outside of [0, 1].

    Example:
        >>> float(binary_cross_entropy(np.array([0.5, 1.0]), np.array([1.0, 1.0])))
        0.34657359027997264
    """
    if input.shape != target.shape:
        raise _shapes_differ("binary_cross_entropy", input, target)
    hint = "; for logits use binary_cross_entropy_with_logits"
    _check_shares("binary_cross_entropy", "input", input, hint)
    _check_shares("binary_cross_entropy", "target", target)
    return _reduced(-(target * _log(input) + (1 - target) * _log(1 - input)), reduction)


@primitive
def binary_cross_entropy_with_logits(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute the binary cross-entropy of σ(x), from the logits x and without overflow.

    It is log(1 + eˣ) - x y.

    Args:
        input: logits x.
        target: y, numbers from 0 to 1 of the same shape.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: the shapes differ, or a target is outside of [0, 1].

    Example:
        >>> float(binary_cross_entropy_with_logits(np.array([0.0, 1000.0]), np.array([1.0, 1.0])))
        0.34657359027997264
    """
    if input.shape != target.shape:
        raise _shapes_differ("binary_cross_entropy_with_logits", input, target)
    _check_shares("binary_cross_entropy_with_logits", "target", target)
    return _reduced(log1p_exp(input) - input * target, reduction)


def _log(p: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(p), -100)


def _variance(p: Any) -> Any:
    return np.maximum(p * (1 - p), 1e-12)


element_loss = partial(derivative, names="x y how", kind="loss")

# fmt: off
element_loss(mse_loss,
             lambda g, x, y, how:  _each(g + g, x, how) * (x - y),
             lambda g, x, y, how:  _each(g + g, x, how) * (y - x), None)
element_loss(binary_cross_entropy,
             lambda g, x, y, how:  _each(g, x, how) * (x - y) / _variance(x),
             lambda g, x, how:     _each(g, x, how) * (_log(1 - x) - _log(x)), None)
element_loss(binary_cross_entropy_with_logits,
             lambda g, x, y, how:  _each(g, x, how) * (sigmoid(x) - y),
             lambda g, x, how:    -_each(g, x, how) * x, None)
# fmt: on


# Losses of classes. They see scores as a matrix with one class a row. Reductions over the classes
# are then additions of rows, which NumPy does several times faster than sums within short rows.


def _class_axis(shape: tuple[int, ...]) -> int:
    return 0 if len(shape) == 1 else 1


def _without_classes(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Give the shape of class targets, given that of the scores."""
    if not shape:
        raise RefusedError(f"{name}: expected an input of shape (rows, classes, ...), got ()")
    axis = _class_axis(shape)
    return shape[:axis] + shape[axis + 1 :]


def _class_rows(x: Any) -> Any:
    """See scores of shape (classes,) or (rows, classes, ...) as a matrix (classes, all rows)."""
    if x.ndim == 2:
        return x.T
    axis = _class_axis(x.shape)
    return np.reshape(np.moveaxis(x, axis, 0), (x.shape[axis], -1))


def _unrolled(matrix: Any, shape: tuple[int, ...]) -> Any:
    """Bring a matrix with one class a row back to the shape of the scores."""
    if len(shape) == 1:
        return np.reshape(matrix, shape)
    if len(shape) == 2:
        return np.transpose(matrix)
    return np.moveaxis(np.reshape(matrix, (shape[1], shape[0], *shape[2:])), 0, 1)


def _positions(name: str, shape: tuple[int, ...], target: Any) -> Any:
    """Give the places of the targets' classes in the matrix of ``_class_rows``, counted flat."""
    target, expected = np.asarray(target), _without_classes(name, shape)
    if target.shape != expected or target.dtype.kind not in "iu":
        fix = "one-hot rows are floating numbers of the input's shape, and for cross_entropy"
        if target.shape == expected:
            fix = "the usual fix is target.astype(int)"
        elif target.size == math.prod(expected):
            fix = f"the usual fix is target.reshape({expected})"
        raise RefusedError(
            f"{name}: expected integer class targets of shape {expected} for an input of shape "
            f"{shape}, got {target.dtype} of {target.shape}; {fix}"
        )
    classes = shape[_class_axis(shape)]
    numbers = target.reshape(-1).astype(np.int64)  # as int8, positions would overflow
    # Seen as unsigned, negative numbers are huge: one look finds those and the too large.
    if target.size and np.maximum.reduce(numbers.view(np.uint64)) >= classes:
        raise RefusedError(
            f"{name}: expected class targets from 0 to {classes - 1}, got values from "
            f"{target.min()} to {target.max()}; the usual cause is labels that start at 1"
        )
    return numbers * target.size + _counting(target.size)


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


def _one_hot(target: Any, shape: tuple[int, ...]) -> Any:
    """Give a matrix with one class a row: 1 at the targets' classes, 0 elsewhere."""
    classes = np.arange(shape[_class_axis(shape)])
    return np.equal(classes[:, None], np.reshape(target, (-1,))) * 1.0


@primitive
def nll_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -x at the target's class, for log-probabilities x."""
    positions = _positions("nll_loss", x.shape, target)
    losses = -_class_rows(x).take(positions)
    return _reduced(losses.reshape(np.shape(target)), reduction)


def _cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> tuple[Any, Any]:
    """Compute the loss, and what its derivative is made of: softmax(x), and the places."""
    positions = _positions("cross_entropy", x.shape, target)
    scores = np.array(_class_rows(x), order="C")
    scores -= np.maximum.reduce(scores, 0)
    at_target = scores.take(positions)
    powers = np.exp(scores, out=scores)
    sums = np.add.reduce(powers, 0)
    powers /= sums
    losses = np.log(sums) - at_target
    if reduction == "none":
        losses = losses.reshape(np.shape(target))
    return _reduced(losses, reduction), (powers, positions)


@primitive
def cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -log softmax(x) at the target's class, for logits x."""
    return _cross_entropy_of_classes(x, target, reduction)[0]


@primitive
def cross_entropy_of_probabilities(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -Σ target · log softmax(x) over the classes, where 0 · -∞ is 0."""
    axis = _class_axis(x.shape)
    products = target * np.where(np.equal(target, 0), 0, log_softmax(x, axis))
    return _reduced(-np.add.reduce(products, axis), reduction)


def _each_row(g: Any, rows: Any, reduction: str) -> Any:
    """Give the cotangent of the loss of every row, for a matrix with one class a row."""
    return g.reshape(-1) if reduction == "none" else _each(g, rows, reduction)


def _each_class(g: Any, x: Any, reduction: str) -> Any:
    """Give the cotangent of the loss of every row, along the classes of ``x``."""
    axis = _class_axis(x.shape)
    if reduction == "none":
        return np.expand_dims(g, axis)
    rows = x.size // max(x.shape[axis], 1)
    return g / rows if reduction == "mean" else g


def _surplus(x: Any, y: Any) -> Any:
    """Give softmax(x) Σ y - y, the derivative of -Σ y · log softmax(x)."""
    axis = _class_axis(x.shape)
    return softmax(x, axis) * np.sum(y, axis=axis, keepdims=True) - y


def _softmax_and_positions(x: Any, y: Any, how: str) -> tuple[Any, Any]:
    return softmax(_class_rows(x), 0), _positions("cross_entropy", x.shape, y)


class_loss = partial(derivative, names="x y how", kind="class loss")

# fmt: off
derivative(minus_one_hot,
           lambda g: g, None, names="p positions", kind="class loss")
class_loss(nll_of_classes,
           lambda g, y, x_shape, how:        _unrolled(_each_row(-g, y, how) * _one_hot(y, x_shape), x_shape),
           None, None)
class_loss(cross_entropy_of_classes,
           lambda g, residual, x_shape, how: _unrolled(_each_row(g, residual[1], how) * minus_one_hot(*residual), x_shape),
           None, None, forward=_cross_entropy_of_classes, residual=_softmax_and_positions)
element_loss(cross_entropy_of_probabilities,
           lambda g, x, y, how:  _each_class(g, x, how) * _surplus(x, y),
           lambda g, x, how:    -_each_class(g, x, how) * log_softmax(x, _class_axis(x.shape)), None)
# fmt: on


def nll_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute the negative log-likelihood -input[target] of log-probabilities.

    Args:
        input: log-probabilities of shape (classes,) or (rows, classes, ...).
        target: classes, integers of shape () or (rows, ...).
        reduction: "mean" over rows, "sum", or "none".

    Raises:
        ValueError: the targets are no integers of that shape, or no classes.

    Example:
        >>> float(nll_loss(np.log([[0.5, 0.5]]), np.array([1])))
        0.6931471805599453
    """
    if not hasattr(target, "dtype"):  # a list
        target = np.asarray(target)
    return nll_of_classes(input, target, reduction)


def cross_entropy(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute the cross-entropy -log softmax(input)[target] of logits.

    For probabilities it is -Σ target · log softmax(input) over the classes, where 0 · -∞ is 0.

    Args:
        input: logits of shape (classes,) or (rows, classes, ...).
        target: classes, integers of shape () or (rows, ...), or probabilities of the input's shape.
        reduction: "mean" over rows, "sum", or "none".

    Raises:
        ValueError: the targets are neither, or outside of their range.

    Example:
        >>> float(cross_entropy(np.array([[0.0, 0.0]]), np.array([1])))
        0.6931471805599453
    """
    if not hasattr(target, "dtype"):  # a list
        target = np.asarray(target)
    if target.dtype.kind != "f" or target.ndim < input.ndim:
        return cross_entropy_of_classes(input, target, reduction)
    _without_classes("cross_entropy", input.shape)
    if input.shape != target.shape:
        raise _shapes_differ("cross_entropy", input, target)
    _check_shares("cross_entropy", "target", target)
    return cross_entropy_of_probabilities(input, target, reduction)
