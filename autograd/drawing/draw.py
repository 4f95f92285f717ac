"""Drawing the graph of a Tensor."""

from __future__ import annotations

from typing import Any

from autograd.drawing.cards import cards_of
from autograd.drawing.dot import caption_of, picture_of
from autograd.drawing.picture import Picture
from autograd.tensor import Tensor

_DIRECTIONS = ("LR", "TB", "RL", "BT")


def draw(tensor: Tensor, *, params: Any = None, direction: str = "LR") -> Picture:
    """Draw what ``tensor`` was computed from, with every value and every gradient.

    Values and gradients are computed again for the drawing. So it shows the same before and after
    ``backward()``, and changes no ``grad``. Things have the names that they were given, or those
    of the variables that hold them.

    Args:
        tensor: usually a loss. Gradients are those of the sum of its elements.
        params: a module, or a dict of Tensors, that gives names.
        direction: where arrows point: "LR", left to right, or "TB", "RL" or "BT".

    Returns:
        A ``graphviz.Digraph``: a notebook shows it, ``render(outfile="graph.svg")`` writes it
        (also png and pdf), ``source`` is its text in the DOT language.

    Raises:
        TypeError: ``tensor`` is no Tensor, or ``params`` gives no names.
        ValueError: the graph is too large, or the direction unknown.
        RuntimeError: a Tensor in the graph was written in place since; the error names it.

    Example:
        >>> from autograd import tensor
        >>> x = tensor(3.0, requires_grad=True)
        >>> y = x * x + x
        >>> print(draw(y).table)
        name  is       value  gradient
        x     param    3      7
        t₁    x · x    9      1
        y     t₁ + x   12     1
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"draw: expected a Tensor, such as a loss, got {type(tensor).__name__}")
    if direction not in _DIRECTIONS:
        raise ValueError(f"direction: expected one of {', '.join(_DIRECTIONS)}, got {direction!r}")
    cards = cards_of(tensor, params)
    return picture_of(cards, direction, caption_of(cards[-1], tensor.size))
