"""What losses share: how they are reduced to one number, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.errors import RefusedError

REDUCTIONS = ("mean", "sum", "none")


def check_reduction(reduction: str, known: tuple[str, ...] = REDUCTIONS) -> None:
    """Refuse a reduction that is none of those known."""
    if reduction not in known:
        raise RefusedError(f"reduction: expected one of {', '.join(known)}, got {reduction!r}")


def reduced(losses: Any, reduction: str, weights: Any = None) -> Any:
    """Sum or average the losses of all elements, or leave them.

    The mean is the sum divided by the number of losses, or by the sum of the weights that they have.
    """
    if losses.dtype == np.float16:  # whose sums would overflow
        weights = weights if weights is None else weights.astype(np.float32)
        return reduced(losses.astype(np.float32), reduction, weights).astype(np.float16)
    if reduction == "mean":
        return np.add.reduce(losses, None) / (
            losses.size if weights is None else np.add.reduce(weights, None)
        )
    if reduction == "sum":
        return np.add.reduce(losses, None)
    check_reduction(reduction)
    return losses


def each(g: Any, count: int, reduction: str) -> Any:
    """Return the cotangent of each of so many losses."""
    return g * (1 / max(count, 1)) if reduction == "mean" else g


def check_shapes(name: str, x: Any, y: Any) -> None:
    """Refuse a target of another shape than the input, even if it broadcasts."""
    if x.shape != y.shape:
        fix = "target.reshape(input.shape)" if x.size == y.size else "one target for each prediction"
        raise RefusedError(
            f"{name}: expected input and target of one shape, got {x.shape} and {y.shape}; "
            f"the usual fix is {fix}"
        )


def check_shares(name: str, which: str, values: Any, hint: str = "") -> None:
    """Refuse values outside of [0, 1], and NaN."""
    if not np.all(np.greater_equal(values, 0) & np.less_equal(values, 1)):
        low, high = float(np.min(values)), float(np.max(values))
        raise RefusedError(f"{name}: expected every {which} in [0, 1], got values from {low} to {high}{hint}")
