"""What a drawing shows: one card for each unit and leaf, and the arrows between them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.drawing.health import complaints, strength, unusable
from autograd.drawing.tape import Tape, has_card, tracked
from autograd.drawing.text import listed, number, rms, shortened, told
from autograd.drawing.units import READABLE, Unit
from autograd.graph import Node, Vertex
from autograd.tensor import Tensor

CROWDED = 40  # with more calls, there are no local derivatives on the arrows,
_MANY = 4  # and leaves with more uses are drawn beside each use
_LONGEST = 16  # characters on an arrow
_INPUTS = 2  # that a module's card names
_SMALLEST, _LARGEST = -12, 0  # the powers of ten that a gauge shows
_SIZES = (("in_features", "out_features"), ("in_channels", "out_channels"), ("input_size", "hidden_size"))


class Arrow(NamedTuple):
    """An argument.

    Attributes:
        source: the key of the argument's card.
        position: which argument it is.
        flow: the rms of the gradient that flows back, or None.
        local: the local derivative in words or numbers, or "".
    """

    source: str
    position: int
    flow: float | None
    local: str = ""


class Card(NamedTuple):
    """One thing in a graph, in words and numbers.

    Attributes:
        key: its name in DOT.
        role: "param", "input", "op", "module" or "output".
        name: what the user calls it, or a number.
        formula: the call that it came from, or what kind of module it is, or "".
        rows: labels and texts: shape, value, gradient, warning.
        arrows: its arguments.
        things: the nodes, or the leaf, that it shows.
        bars: the sizes of gradients, each from 0 to 1: one, or those of all rounds of a loop.
        run: which loop it is a part of, or 0.
    """

    key: str
    role: str
    name: str
    formula: str
    rows: list[tuple[str, str]]
    arrows: list[Arrow]
    things: Sequence[Any]
    bars: Sequence[float] = ()
    run: int = 0


class Deck:
    """All cards, in the order of computation.

    Attributes:
        cards: the cards.
        shared: for each loop, the parameters that its rounds share, by identity.
        whole: whether each call has a card of its own, with all its arguments.
    """

    def __init__(self, tape: Tape, units: Sequence[Unit]) -> None:
        self.tape = tape
        self.cards: list[Card] = []
        self.shared: dict[int, dict[int, Tensor]] = defaultdict(dict)
        self._keys: dict[int, str] = {}
        users = self._users(units)
        few = sum(uses > 1 for uses, _ in users.values()) <= READABLE
        self.whole = all(unit.is_call for unit in units)
        for unit in units:
            nodes = tape.order[unit.start : unit.stop]
            hidden = []
            for leaf in {id(a): a for node in nodes for a in node.args if _is_leaf(a)}.values():
                uses, runs = users[id(leaf)]
                if (uses == 1 or not few) and not unit.is_call:
                    hidden.append(leaf)
                elif not self.whole and uses > len(runs) == 1 and unit.run and tracked(leaf):
                    self.shared[unit.run][id(leaf)] = leaf
                elif id(leaf) not in self._keys or (len(tape.order) > CROWDED and uses > _MANY):
                    self._add_leaf(leaf)
            if unit.is_call:
                self._add_call(nodes[0], unit)
            else:
                self._add_unit(unit, nodes, hidden)
        if not units:
            self._add_leaf(tape.root)

    def _users(self, units: Sequence[Unit]) -> dict[int, tuple[int, set[int]]]:
        """Count the units that use each leaf, and list the loops that they are in."""
        users: dict[int, tuple[int, set[int]]] = {}
        for unit in units:
            nodes = self.tape.order[unit.start : unit.stop]
            for key in {id(a) for node in nodes for a in node.args if _is_leaf(a)}:
                count, runs = users.get(key, (0, set()))
                users[key] = count + 1, runs | {unit.run}
        return users

    def _next(self, things: Iterable[Any]) -> str:
        key = f"n{len(self.cards) + 1}"
        self._keys.update((id(thing), key) for thing in things)
        return key

    def _add_leaf(self, leaf: Any) -> None:
        """Make a card for a Tensor that a user made, or an array."""
        tape = self.tape
        known = isinstance(leaf, Vertex)
        value, g = (tape.values[leaf], tape.gradients.get(leaf)) if known else (leaf, None)
        rows = _rows(value)
        if tracked(leaf) or g is not None or leaf is tape.root:
            rows.append(_row("grad", g))
            rows += [("⚠", word) for word in complaints(value, g, lambda: tape.fades(leaf))]
        role = "param" if tracked(leaf) else "input"
        self.cards.append(Card(self._next([leaf]), role, tape.names.of(leaf), "", rows, [], [leaf]))

    def _add_call(self, node: Node, unit: Unit) -> None:
        tape, g = self.tape, self.tape.gradients.get(node)
        arrows = self._arrows(node)
        words = complaints(tape.values[node], g, lambda: tape.fades(node), node in tape.given)
        warnings = [("⚠", word) for word in words]
        rows = [*_rows(tape.values[node]), _row("grad", g), *warnings]
        role = "output" if node is tape.root else "op"
        text = shortened(tape.formula(node))
        self.cards.append(
            Card(self._next([node]), role, tape.names.of(node), text, rows, arrows, [node], run=unit.run)
        )

    def _arrows(self, node: Node) -> list[Arrow]:
        """Find the arrows to a call, with what flows back along each."""
        tape, few = self.tape, len(self.tape.order) <= CROWDED
        g = tape.gradients.get(node)
        pull = tape.pullback(node) if few else None
        flows = pull(g) if pull and g is not None else {}
        local = tape.locals(node, pull) if pull else {}
        differentiable = {i for i, _, _ in node.plan.pullbacks} if g is not None else set()
        arrows = []
        for i, argument in enumerate(node.args):
            if id(argument) not in self._keys:
                continue
            flow, text = None, ""
            if i in differentiable:
                flow = rms(flows[i] if few else tape.gradients[argument])
                scalar = i in local and local[i].ndim == 0
                text = number(local[i]) if scalar else tape.symbols(node, i) if few else ""
            arrows.append(Arrow(self._keys[id(argument)], i, flow, text if len(text) <= _LONGEST else ""))
        return arrows

    def _add_unit(self, unit: Unit, nodes: Sequence[Node], hidden: Sequence[Any]) -> None:
        """Make a card for all that a module, or some rounds of a loop, computed."""
        tape, last = self.tape, nodes[-1]
        sources: dict[str, float | None] = {}
        for argument in (a for node in nodes for a in node.args if id(a) in self._keys):
            g = tape.gradients.get(argument) if isinstance(argument, Vertex) else None
            sources[self._keys[id(argument)]] = None if g is None else rms(g)
        arrows = [Arrow(key, i, flow) for i, (key, flow) in enumerate(sources.items())]
        slopes = self._slopes(unit, last)
        rows = self._unit_rows(nodes, hidden, slopes)
        count = len(unit.rounds)
        calls = len(nodes) // max(count, 1)
        about = f"{_kind(unit.module)}{f'{count:,} × ' if count else ''}{calls} op{'s' * (calls > 1)}"
        role, name = ("output", tape.names.of(last)) if last is tape.root else ("module", unit.name)
        bars = [_level(size) for size in slopes]
        self.cards.append(Card(self._next(nodes), role, name, about, rows, arrows, nodes, bars, unit.run))

    def _unit_rows(
        self, nodes: Sequence[Node], hidden: Sequence[Any], slopes: Sequence[float]
    ) -> list[tuple[str, str]]:
        tape, last = self.tape, nodes[-1]
        inputs = [leaf for leaf in hidden if not tracked(leaf)]
        parameters = [leaf for leaf in hidden if tracked(leaf)]
        rows = [("input", shortened(f"{tape.names.of(x)} {x.shape}")) for x in inputs[:_INPUTS]]
        rows += [("inputs", f"{len(inputs)} in all")] * (len(inputs) > _INPUTS)
        made = f"{last.shape}" if last.shape else told(tape.values[last])
        if last is not tape.root:  # the formulas of others call it by its name
            made = f"{tape.names.of(last)} {'' if last.shape else '= '}{made}"
        rows.append(("output", made))
        if parameters:
            rows.append(("parameters", f"{sum(p.size for p in parameters):,}"))
        ends = [number(slopes[i]) for i in (0, -1)] if slopes else ["–"]
        rows.append(("grad rms", " … ".join(dict.fromkeys(ends))))
        gradients = [tape.gradients[p] for p in parameters if p in tape.gradients]
        if gradients:
            rows.append(("weight grad", number(rms(np.concatenate([np.ravel(g) for g in gradients])))))
        things = [(tape.values[n], tape.gradients.get(n), n in tape.given) for n in nodes]
        words = [word for thing in things for word in unusable(*thing)]
        words += [word for size in slopes for word in strength(size)]
        return [*rows, *(("⚠", word) for word in sorted(set(words)))]

    def _slopes(self, unit: Unit, last: Node) -> list[float]:
        """Return the sizes of the gradients after each round, or of the one result."""
        ends = [self.tape.order[i - 1] for i in unit.rounds[1:]] + [last]
        return [rms(self.tape.gradients[n]) for n in ends if n in self.tape.gradients]


def _is_leaf(argument: Any) -> bool:
    return not isinstance(argument, Node) and has_card(argument)


def _kind(module: Any) -> str:
    """Say what a module is, with the sizes that it goes by."""
    if module is None:
        return ""
    for pair in _SIZES:
        sizes = [getattr(module, name, None) for name in pair]
        if None not in sizes:
            return f"{type(module).__name__}({sizes[0]}→{sizes[1]}) · "
    return f"{type(module).__name__} · "


def _level(size: float) -> float:
    """Return a place from 0 to 1 on a logarithmic scale."""
    if not size or not math.isfinite(size):
        return float(size > 0)
    return min(max((math.log10(size) - _SMALLEST) / (_LARGEST - _SMALLEST), 0.04), 1.0)


def _rows(value: Any) -> list[tuple[str, str]]:
    real = value.dtype.kind == "f"
    shape = f"{value.shape}" if real else f"{value.shape} {value.dtype}"
    rows = [("shape", shape)] if value.ndim else []
    return [*rows, _row("value", value)] if real or value.size == 1 or listed(value) else rows


def _row(label: str, value: Any) -> tuple[str, str]:
    text = told(value)
    return (f"{label} rms", text.removeprefix("rms ")) if text.startswith("rms") else (label, text)
