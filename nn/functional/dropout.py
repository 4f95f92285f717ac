"""Dropout: a random part of the elements, or of the channels, becomes zero in training."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.errors import RefusedError, shown
from nn.functional.numbers import as_array, as_floats
from nn.init import Rng


def check_probability(p: Any, name: str = "p") -> float:
    """Refuse what is no probability."""
    if not isinstance(p, (int, float, np.number)) or not 0 <= p <= 1:
        raise RefusedError(f"{name}: expected a probability from 0 to 1, got {shown(p)}")
    return float(p)


def _masked(x: Any, shape: tuple[int, ...], p: float, rng: Rng) -> Any:
    """Multiply by 0 with probability p, else by 1 / (1 - p), so that the mean stays; draw for a shape.

    What is drawn is a constant of the graph: to replay the graph repeats the draw.
    """
    kept = np.greater_equal(np.random.default_rng(rng).random(shape, np.float32), p)
    return x * kept * (1 / (1 - p) if p < 1 else 0.0)


def dropout(
    input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, *, rng: Rng = None
) -> Any:
    """Make elements zero with probability p, and divide the others by 1 - p (Srivastava et al., 2014).

    Args:
        input: an array of any shape.
        p: the probability of a zero.
        training: otherwise the input is given back.
        inplace: is accepted as in PyTorch, and changes nothing.
        rng: where the zeros are drawn from.

    Raises:
        ValueError: p is no probability.

    Example:
        >>> dropout(np.ones(5), 0.5, rng=0)
        array([2., 2., 2., 0., 0.])
    """
    p, input = check_probability(p), as_array(input)
    if not training or not p:
        return input
    input = as_floats(input)
    return _masked(input, input.shape, p, rng)


def dropout2d(
    input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, *, rng: Rng = None
) -> Any:
    """Make whole channels zero with probability p, and divide the others by 1 - p.

    Args:
        input: an array of shape (rows, channels, ...).
        p: the probability of a zero.
        training: otherwise the input is given back.
        inplace: is accepted as in PyTorch, and changes nothing.
        rng: where the zeros are drawn from.

    Raises:
        ValueError: p is no probability, or the input has no channels.

    Example:
        >>> dropout2d(np.ones((1, 3, 1, 2)), 0.5, rng=2)
        array([[[[2., 2.]],
                [[0., 0.]],
                [[0., 0.]]]])
    """
    p, input = check_probability(p), as_array(input)
    if input.ndim not in (3, 4):
        raise RefusedError(
            f"dropout2d: expected an input (rows, channels, ...) of 3 or 4 axes, got {input.shape}"
        )
    if not training or not p:
        return input
    input = as_floats(input)
    return _masked(input, input.shape[:2] + (1,) * (input.ndim - 2), p, rng)
