"""A graph run again: its values, its gradients, and what flows along every edge.

Nothing of the user's is touched, and what an earlier backward pass released is not missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograd.derivatives.calls import name_of, shape_of
from autograd.drawing.health import not_finite
from autograd.drawing.names import Names
from autograd.drawing.symbols import Symbol, constant, rule_in_symbols, summed
from autograd.drawing.text import formula, rms, written
from autograd.drawing.words import repeated, rule_in_words, why
from autograd.graph import Node, Vertex, sweep
from autograd.modes import enable_grad
from autograd.replay import replay_backward
from autograd.tensor import Tensor

_NAMED = 10_000  # calls that are numbered in their order, shown or not
_LONGEST = 48  # characters of a rule
_ROUNDING = 1e-13  # of a sum, beside its terms
_PRODUCTS = ("product", "linear", "recurrent")  # kinds of calls
Array = np.ndarray[Any, Any]
Pullback = Callable[[Array], dict[int, Array]]


@dataclass(frozen=True, eq=False)
class Step:
    """One edge of the backward pass: what a call passes on to one of its arguments.

    Attributes:
        operation: the function that was called.
        output: the name of its result.
        argument: the name of the argument.
        position: which argument it is.
        upstream: the gradient of the result.
        local: the derivative of the result by the argument, element by element, or None where an
            element of one depends on several of the other.
        contribution: what flows to the argument; ``upstream * local`` where there is a ``local``.
        before: the gradient that was there already, or None.
        after: the gradient now, ``before + contribution``.
        symbols: how the contribution, or for scalars the local derivative, is written.
        why: the rule in one sentence.
        node: the recorded call.
        to: the argument.
    """

    operation: str
    output: str
    argument: str
    position: int
    upstream: Any
    local: Any | None
    contribution: Any
    before: Any | None
    after: Any
    symbols: str
    why: str
    node: Node
    to: Vertex


class Tape:
    """The calls that a Tensor was computed from, with values and gradients.

    Attributes:
        root: what the gradients are of, summed if it is an array.
        order: the calls, in the order of recording.
        values: of all nodes and leaves.
        gradients: of all that a gradient reaches.
        names: of all things.
    """

    def __init__(self, tensor: Tensor, order: Sequence[Node], names: Names) -> None:
        self.root: Vertex = tensor.node or tensor
        self.order, self.names = order, names
        if tensor.name:
            names.call(self.root, tensor.name)
        self.values, gradients = replay_backward(self.root)
        self.gradients = gradients if tensor.tracked else {}
        for node in self.order[:_NAMED]:
            for thing in (*filter(has_card, node.args), node):
                names.of(thing)

    @property
    def goal(self) -> str:
        """Name what the gradients are of: the result, or the sum of its elements."""
        name = self.names.of(self.root)
        return name if self.values[self.root].size == 1 else f"Σ{name}"

    def formula(self, node: Node) -> str:
        """Write a call with the names of its arguments."""
        return formula(node.plan.entry.function, self.texts(node), node.kwargs)

    def texts(self, node: Node) -> list[str]:
        """Write the arguments of a call."""
        return [self.names.of(a) if has_card(a) else written(a, self.names.known) for a in node.args]

    def pullback(self, node: Node, apart: bool = False) -> Pullback:
        """Run one call again; return what pulls a cotangent back to each argument, by its position.

        What was repeated to fit can be taken ``apart``: then the gradients of its copies are not summed.
        """
        args = [self.values[a] if isinstance(a, Vertex) else a for a in node.args]
        leaves = {}
        for i, _, _ in node.plan.pullbacks:
            if apart and repeated(node, i) and node.plan.entry.kind == "elementwise":
                args[i] = np.broadcast_to(args[i], node.shape)
            leaves[i] = args[i] = Tensor(args[i])
            leaves[i].requires_grad = True
        with np.errstate(all="ignore"), enable_grad():
            again = Tensor.apply(node.plan.entry.function, tuple(args), node.kwargs)

        def pull(g: Array) -> dict[int, Array]:
            with np.errstate(all="ignore"):
                found = sweep({again.node: g}, wrt=leaves.values())
            return {i: found[leaf] for i, leaf in leaves.items() if leaf in found}

        return pull

    def locals(self, node: Node, pull: Pullback) -> dict[int, Array]:
        """Return the derivatives of a call by its arguments, where it works element by element."""
        shape = self.values[node].shape
        if node.plan.entry.kind != "elementwise" and any(
            np.size(self.values[node.args[i]]) != 1 for i, _, _ in node.plan.pullbacks
        ):
            return {}
        found = pull(np.ones_like(self.values[node]))
        return {i: x for i, x in found.items() if self.values[node.args[i]].shape == shape}

    def fades(self, thing: Vertex) -> bool:
        """Tell whether a small gradient is so because it fades on its way back.

        It is not where it is the sum of large parts that cancel, nor where all factors are 0. Parts
        may cancel inside of one call too, as the rows do in the gradient of a bias: hence ``abs``.
        """
        uses = [(node, i, self.gradients[node]) for node, i in self._uses[thing] if node in self.gradients]
        parts = [rms(self.pullback(node, apart=True)(np.abs(g)).get(i, 0.0)) for node, i, g in uses]
        if max(parts, default=0) > rms(self.gradients[thing]) / _ROUNDING:
            return False
        return not all(g.any() and self._is_times_zero(node, i) for node, i, g in uses)

    @cached_property
    def given(self) -> set[Vertex]:
        """The calls that are infinite only because a constant is, as scores that are masked by −∞.

        The result is none of them: nothing comes after it that could make it finite.
        """
        found: set[Vertex] = set()
        for node in self.order[:-1]:
            if not_finite(self.values[node]) == "infinite":
                args = [a for a in node.args if self._is_infinite(a)]
                if args and all(a in found if isinstance(a, Node) else not tracked(a) for a in args):
                    found.add(node)
        return found

    def _is_infinite(self, argument: Any) -> bool:
        x = self.values[argument] if isinstance(argument, Vertex) else argument
        return isinstance(x, (float, np.generic, np.ndarray)) and not_finite(np.asarray(x)) == "infinite"

    def _is_times_zero(self, node: Node, i: int) -> bool:
        entry = node.plan.entry
        if entry.function is not np.multiply and entry.kind not in _PRODUCTS:
            return False
        others = [self.values[a] if isinstance(a, Vertex) else a for a in node.args if a is not node.args[i]]
        return any(np.asarray(x).dtype.kind == "f" and not np.any(x) for x in others)

    @cached_property
    def _uses(self) -> dict[Vertex, list[tuple[Node, int]]]:
        uses: dict[Vertex, list[tuple[Node, int]]] = defaultdict(list)
        for node in self.order:
            for i, _, _ in node.plan.pullbacks:
                uses[node.args[i]].append((node, i))
        return uses

    def symbols(self, node: Node, i: int) -> str:
        """Write what a call passes on: of scalars the local derivative, else with the cotangent."""
        name, texts = self.names.of(node), self.texts(node)
        scalar = self.values[node].ndim == 0 and not shape_of(node.args[i])
        g = constant(1) if scalar else Symbol(f"∂{self.goal}/∂{name}", shape=node.shape, rank=3)
        text = "" if scalar else rule_in_words(node, i, g.text, texts)
        if not text:
            args = [
                Symbol(text, shape=shape_of(a)) if has_card(a) else a
                for text, a in zip(texts, node.args, strict=True)
            ]
            rule = rule_in_symbols(node, i, g, args, Symbol(name, shape=node.shape))
            text = str(summed(rule) if rule and repeated(node, i) else rule or "")
        return text if len(text) <= _LONGEST else ""

    @cached_property
    def steps(self) -> list[Step]:
        """All edges of the backward pass."""
        return list(self.play())

    def play(self) -> Iterator[Step]:
        """Play the backward pass, edge by edge."""
        totals: dict[Vertex, Any] = {self.root: self.gradients.get(self.root)}
        for node in reversed(self.order):
            upstream = totals.get(node)
            if upstream is None:
                continue
            pull = self.pullback(node)
            local = self.locals(node, pull)
            for i, contribution in pull(upstream).items():
                to, before = node.args[i], totals.get(node.args[i])
                after = totals[to] = contribution if before is None else before + contribution
                yield Step(
                    name_of(node.plan.entry.function), self.names.of(node), self.names.of(to), i,
                    upstream, local.get(i), contribution, before, after,
                    self.symbols(node, i), why(node, i), node, to,
                )  # fmt: skip


def tracked(argument: Any) -> bool:
    """Tell whether an argument is a Tensor that requires gradients."""
    return isinstance(argument, Tensor) and argument.tracked


def has_card(argument: Any) -> bool:
    """Tell whether an argument is a thing of its own; numbers only stand in formulas."""
    return isinstance(argument, Vertex) or (isinstance(argument, np.ndarray) and argument.ndim > 0)
