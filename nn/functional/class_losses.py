"""Losses of classes: targets are integers, or probabilities of the shape of the predictions.

The scores are seen as a matrix with one class a row. Reductions over the classes are then additions of
rows, which NumPy does several times faster than sums within short rows.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Any

import numpy as np

from autograd import derivative, primitive
from nn.errors import RefusedError
from nn.functional.activations import log_softmax, softmax
from nn.functional.guard import times
from nn.functional.linear import sum_rows
from nn.functional.numbers import as_array, as_floats, sum_along
from nn.functional.reduction import check_shapes, check_shares, each, reduced

_NUMBERED = "np.unique(target, return_inverse=True)[1]"
_BINARY = "BCEWithLogitsLoss, with floating targets of the input's shape"


def _class_axis(shape: tuple[int, ...]) -> int:
    return 0 if len(shape) == 1 else 1


def _without_classes(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of class targets, given that of the scores."""
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
        return matrix.T
    return np.moveaxis(np.reshape(matrix, (shape[1], shape[0], *shape[2:])), 0, 1)


def _positions(name: str, shape: tuple[int, ...], target: Any) -> Any:
    """Return the places of the targets' classes in the matrix of ``_class_rows``, counted flat."""
    target, expected = np.asarray(target), _without_classes(name, shape)
    if target.shape != expected or target.dtype.kind not in "iu":
        raise RefusedError(
            f"{name}: expected integer class targets of shape {expected} for an input of shape {shape}, "
            f"got {target.dtype} of {target.shape}; the usual fix is {_as_classes(target, shape, expected)}"
        )
    classes, numbers = shape[_class_axis(shape)], target.reshape(-1).astype(np.intp, copy=False)
    if not classes:
        raise RefusedError(f"{name}: expected an input with classes, got one of shape {shape}")
    try:
        return np.ravel_multi_index((numbers, _counting(target.size)), (classes, target.size))
    except ValueError:
        low, high = int(target.min()), int(target.max())
        fix = _NUMBERED if low < 0 else f"out_features={high + 1}"
        if classes == 1:
            fix = _BINARY
        elif low == 1 and high == classes:
            fix = "target - 1"
        raise RefusedError(
            f"{name}: expected class targets from 0 to {classes - 1}, got values from {low} to {high}; "
            f"the usual fix is {fix}"
        ) from None


def _as_classes(target: Any, shape: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Say how targets of another kind or shape become classes, for scores of this shape."""
    if target.dtype.kind not in "fiub":
        return _NUMBERED
    if target.shape == expected:
        return "target.astype(int)"
    if len(shape) > 2 and target.shape == shape[:-1]:
        return "np.moveaxis(input, -1, 1), for the classes are the second axis"
    if target.shape == shape:
        return f"target.argmax({_class_axis(shape)})" if len(shape) > 1 or target.sum() == 1 else _BINARY
    if target.size == math.prod(expected):
        return f"target.reshape({expected})"
    return "one target for each row"


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


def _one_hot(target: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Return a matrix with one class a row: 1 at the targets' classes, 0 elsewhere."""
    matrix = np.zeros((shape[_class_axis(shape)], target.size), dtype)
    matrix.reshape(-1)[_positions("nll_loss", shape, target)] = 1
    return matrix


@partial(primitive, known_as="nll_loss")
def nll_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -x at the target's class, for log-probabilities x."""
    positions = _positions("nll_loss", x.shape, target)
    losses = -_class_rows(x).take(positions)
    return reduced(losses.reshape(np.shape(target)), reduction)


def _cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> tuple[Any, Any]:
    """Compute the loss, and its derivative: softmax(x) minus the one-hot target."""
    positions = _positions("cross_entropy", x.shape, target)
    scores = np.array(_class_rows(x), order="C")
    scores -= np.maximum.reduce(scores, 0)
    at_target = scores.take(positions)
    powers = np.exp(scores, out=scores)
    sums = sum_rows(powers)
    powers /= sums
    powers.reshape(-1)[positions] -= 1
    losses = np.log(sums) - at_target
    if reduction == "none":
        losses = losses.reshape(np.shape(target))
    return reduced(losses, reduction), powers


@partial(primitive, known_as="cross_entropy")
def cross_entropy_of_classes(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -log softmax(x) at the target's class, for logits x."""
    return _cross_entropy_of_classes(x, target, reduction)[0]


@partial(primitive, known_as="cross_entropy")
def cross_entropy_of_probabilities(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Compute -Σ target · log softmax(x) over the classes, where 0 · -∞ is 0."""
    axis = _class_axis(x.shape)
    products = target * np.where(np.equal(target, 0), 0, log_softmax(x, axis))
    losses = np.negative(np.squeeze(sum_along(products, axis), axis), dtype=products.dtype)
    return reduced(losses, reduction)


def _each_row(g: Any, rows: int, reduction: str) -> Any:
    """Return the cotangent of the loss of every row, for a matrix with one class a row."""
    return g.reshape(-1) if reduction == "none" else each(g, rows, reduction)


def _each_class(g: Any, shape: tuple[int, ...], reduction: str) -> Any:
    """Return the cotangent of the loss of every row, along the classes of scores of that shape."""
    if reduction == "none":
        return np.expand_dims(g, _class_axis(shape))
    return each(g, math.prod(_without_classes("cross_entropy", shape)), reduction)


def _surplus(x: Any, y: Any) -> Any:
    """Return softmax(x) Σ y - y, the derivative of -Σ y · log softmax(x)."""
    axis = _class_axis(x.shape)
    return softmax(x, axis) * sum_along(y, axis) - y


def _softmax_minus_one_hot(x: Any, y: Any, how: str) -> Any:
    return minus_one_hot(softmax(_class_rows(x), 0), _positions("cross_entropy", x.shape, y))


class_loss = partial(derivative, names="x y how", kind="class loss")

# fmt: off
derivative(minus_one_hot,
           lambda g: g, None, kind="class loss")
class_loss(nll_of_classes,
           lambda g, y, x_shape, how:        _unrolled(_each_row(-g, y.size, how) * _one_hot(y, x_shape, g.dtype), x_shape),
           None, None)
class_loss(cross_entropy_of_classes,
           lambda g, residual, x_shape, how: _unrolled(times(_each_row(g, residual.shape[1], how), residual), x_shape),
           None, None, forward=_cross_entropy_of_classes, residual=_softmax_minus_one_hot)
class_loss(cross_entropy_of_probabilities,
           lambda g, x, y:  times(g, _surplus(x, y)),
           lambda g, x:     times(-g, log_softmax(x, _class_axis(x.shape))), None,
           kind="loss", cotangent=lambda g, x_shape, how: _each_class(g, x_shape, how))
# fmt: on


def _kept(name: str, x: Any, target: Any, ignore_index: int) -> tuple[Any, Any]:
    """Tell which rows are not ignored, and give targets that are classes in all of them."""
    kept = np.not_equal(target, ignore_index)
    target = np.where(kept, target, 0)
    _positions(name, x.shape, target)
    return kept, target


def _of_classes(name: str, x: Any, weight: Any) -> Any:
    """Refuse what is not one weight for each class; give them x's dtype, and 1 by default."""
    classes = x.shape[_class_axis(x.shape)]
    if weight is None:
        return np.ones(classes, x.dtype)
    weight = as_array(weight)
    if weight.shape != (classes,):
        raise RefusedError(f"{name}: expected a weight for each of {classes} classes, got {weight.shape}")
    return weight.astype(x.dtype)


def _counted(loss: Any, x: Any, target: Any, weight: Any, ignore_index: int, reduction: str) -> Any:
    """Reduce the losses of rows times the weights of their classes; those that are ignored weigh nothing."""
    name = loss.known_as
    kept, target = _kept(name, x, target, ignore_index)
    weights = np.take(_of_classes(name, x, weight), target) * kept
    losses = np.where(np.equal(weights, 0), 0, loss(x, target, "none"))  # for 0 · ∞
    return reduced(weights * losses, reduction, weights)


def _ignored(target: Any, ignore_index: int) -> bool:
    """Tell whether some targets are to be ignored."""
    return bool(np.count_nonzero(np.asarray(target) == ignore_index))


def _check_ignored(ignore_index: Any) -> None:
    if not isinstance(ignore_index, (int, np.integer)):
        raise RefusedError(
            f"ignore_index: expected a whole number, got {ignore_index!r}; the usual fix is to leave it out"
        )


def nll_loss(
    input: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"
) -> Any:
    """Compute the negative log-likelihood -input[target] of log-probabilities.

    Args:
        input: log-probabilities of shape (classes,) or (rows, classes, ...).
        target: classes, integers of shape () or (rows, ...).
        weight: a factor for each class; the mean is then divided by the sum of the rows' factors.
        ignore_index: a target whose rows do not count.
        reduction: "mean" over rows, "sum", or "none".

    Raises:
        ValueError: the targets are no integers of that shape, or no classes; weights are not one a class.

    Example:
        >>> float(nll_loss(np.log([[0.5, 0.5]]), [1]))
        0.6931471805599453
    """
    _check_ignored(ignore_index)
    x, target = as_floats(input), as_array(target)
    if weight is None and not _ignored(target, ignore_index):
        return nll_of_classes(x, target, reduction)
    return _counted(nll_of_classes, x, target, weight, ignore_index, reduction)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Compute the cross-entropy -log softmax(input)[target] of logits.

    For probabilities it is -Σ target · log softmax(input) over the classes, where 0 · -∞ is 0. With a
    label smoothing s they become (1 - s) · target + s / classes, and so do one-hot rows of classes.

    Args:
        input: logits of shape (classes,) or (rows, classes, ...).
        target: classes, integers of shape () or (rows, ...), or probabilities of the input's shape.
        weight: a factor for each class; the mean over classes as targets is then divided by the sum
            of their factors.
        ignore_index: a target whose rows do not count; from 0 on, probabilities are refused.
        reduction: "mean" over rows, "sum", or "none".
        label_smoothing: s, from 0 to 1 (Szegedy et al., 2015).

    Raises:
        ValueError: the targets are neither, or outside of their range; weights are not one a class.

    Example:
        >>> float(cross_entropy([[0.0, 0.0]], [1]))
        0.6931471805599453
    """
    _check_ignored(ignore_index)
    x, target = as_floats(input), as_array(target)
    of_classes = target.dtype.kind != "f" or target.ndim < x.ndim
    plain = weight is None and not label_smoothing
    if of_classes and plain and not (ignore_index >= 0 and _ignored(target, ignore_index)):
        try:
            return cross_entropy_of_classes(x, target, reduction)
        except RefusedError:  # a look beforehand for targets that are ignored would take longer
            if not _ignored(target, ignore_index):
                raise
    _without_classes("cross_entropy", x.shape)
    check_shares("cross_entropy", "label_smoothing", label_smoothing)
    if of_classes and not label_smoothing:
        return _counted(cross_entropy_of_classes, x, target, weight, ignore_index, reduction)
    if not of_classes:
        if ignore_index >= 0:
            raise RefusedError(
                "cross_entropy: expected classes as targets for ignore_index, got probabilities"
            )
        check_shapes("cross_entropy", x, target)
        check_shares("cross_entropy", "target", target)
        if plain:
            return cross_entropy_of_probabilities(x, target, reduction)
    weight, axis, weights = _of_classes("cross_entropy", x, weight), _class_axis(x.shape), None
    factors = np.reshape(weight, (-1,) + (1,) * (x.ndim - 1 - axis))
    if of_classes:
        kept, target = _kept("cross_entropy", x, target, ignore_index)
        weights = np.take(weight, target) * kept
        target = _unrolled(_one_hot(target, x.shape, x.dtype), x.shape)
    shares = (target * (1 - label_smoothing) + label_smoothing / x.shape[axis]) * factors
    losses = cross_entropy_of_probabilities(x, shares.astype(x.dtype), "none")
    return reduced(np.where(kept, losses, 0) if of_classes else losses, reduction, weights)
