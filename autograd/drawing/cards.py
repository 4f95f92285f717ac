"""What a drawing shows: one card for each call, leaf and constant array, and the arrows."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from autograd import errors
from autograd.drawing.names import names_of
from autograd.drawing.text import formula, number, numbered, rms, shortened, written
from autograd.graph import Node, Vertex, topological_order
from autograd.replay import replay_backward
from autograd.tensor import Tensor

LARGEST = 3000  # calls: more can neither be laid out nor read
_CROWDED, _MANY = 40, 4  # with more calls, leaves with more uses are drawn beside each use


class Card(NamedTuple):
    """One thing in a graph, in words and numbers.

    Attributes:
        key: its name in DOT.
        role: "param", "input", "op" or "output".
        name: what the user calls it, or a number.
        formula: the call that it came from, or "".
        rows: labels and texts: shape, value, gradient.
        slope: the rms of its gradient, or None where none reaches it.
        sources: the keys of its arguments, in order.
    """

    key: str
    role: str
    name: str
    formula: str
    rows: list[tuple[str, str]]
    slope: float | None
    sources: list[str]


def cards_of(tensor: Tensor, params: Any) -> list[Card]:
    """Put on cards what ``tensor`` was computed from, and itself, in the order of computation.

    Raises:
        ValueError: there are too many calls to draw.
        RuntimeError: a Tensor in the graph was written in place since; the error names it.
    """
    root = tensor.node or tensor
    order = topological_order(root)
    if len(order) > LARGEST:
        raise ValueError(
            f"draw: the graph of {errors.describe(tensor)}, has {len(order):,} calls; more than "
            f"{LARGEST:,} can neither be laid out nor read. The usual fix: draw a smaller case "
            f"(fewer time steps, layers or terms), or a Tensor from an earlier stage"
        )
    values, gradients = replay_backward(root)
    deck = _Deck(root, values, gradients if tensor.tracked else {}, names_of(params))
    if tensor.name:
        deck.names[id(root)] = tensor.name
    uses = Counter(id(a) for node in order for a in node.args if _is_leaf(a))
    for node in order:
        for argument in {id(a): a for a in node.args}.values():
            often = len(order) > _CROWDED and uses[id(argument)] > _MANY
            if _is_leaf(argument) and (often or id(argument) not in deck.keys):
                deck.add(argument)
        deck.add(node)
    if not order:
        deck.add(root)
    return deck.cards


def _is_leaf(argument: Any) -> bool:
    """Tell whether an argument has a card but no call; numbers only stand in formulas."""
    if isinstance(argument, Vertex):
        return not isinstance(argument, Node)
    return isinstance(argument, np.ndarray) and argument.ndim > 0


class _Deck:
    """The cards so far, and what is known of the things on them. Things go by identity."""

    def __init__(
        self, root: Vertex, values: dict[Any, Any], gradients: dict[Any, Any], names: dict[int, str]
    ) -> None:
        self.root, self.values, self.gradients, self.names = root, values, gradients, names
        self.cards: list[Card] = []
        self.keys: dict[int, str] = {}
        self.unnamed = 0

    def add(self, thing: Any) -> None:
        """Make a card for a node, a leaf Tensor or an array."""
        text, sources = "", []
        if isinstance(thing, Node):
            role = "output" if thing is self.root else "op"
            texts = [self.text(argument) for argument in thing.args]
            text = shortened(formula(thing.plan.entry.function, texts, thing.kwargs))
            sources = [self.keys[id(a)] for a in thing.args if id(a) in self.keys]
        else:
            role = "param" if isinstance(thing, Tensor) and thing.tracked else "input"
        name = self.name(thing)
        key = self.keys[id(thing)] = f"n{len(self.cards) + 1}"
        known = isinstance(thing, Vertex)
        rows = _rows(self.values[thing] if known else thing)
        g = self.gradients.get(thing) if known else None
        if role != "input" or g is not None or thing is self.root:
            rows.append(_row("grad", g))
        slope = None if g is None else rms(g)
        self.cards.append(Card(key, role, name, text, rows, slope, sources))

    def name(self, thing: Any) -> str:
        """Name a thing as its user does, else by a number."""
        name = self.names.get(id(thing)) or getattr(thing, "name", None)
        if not name and isinstance(thing, Tensor):
            name = self.names.get(id(thing.data))
        if not name:
            self.unnamed += 1
            name = numbered(self.unnamed)
        self.names[id(thing)] = shortened(str(name))
        return self.names[id(thing)]

    def text(self, argument: Any) -> str:
        """Write an argument of a call: by its name, or a constant by its value."""
        return self.names[id(argument)] if id(argument) in self.keys else written(argument)


def _rows(value: Any) -> list[tuple[str, str]]:
    real = value.dtype.kind == "f"
    shape = f"{value.shape}" if real else f"{value.shape} {value.dtype}"
    rows = [("shape", shape)] if value.ndim else []
    return [*rows, _row("value", value)] if real or value.size == 1 else rows


def _row(label: str, value: Any) -> tuple[str, str]:
    if value is None or not value.size:
        return label, "–"
    if value.size == 1:
        return label, number(value.item())
    return f"{label} rms", number(rms(value))
