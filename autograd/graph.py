"""The graph: recorded calls, their order, and the sweep that pulls cotangents back through it.

A node is a recorded call. It refers to its arguments (nodes, Tensors, constants) and never to
what was made of it, so a graph is freed as soon as nobody holds its result. A call is recorded
after its arguments were; hence **the order of recording is a topological order**.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from autograd import errors
from autograd.derivatives.pullback import OPERANDS, OUT, Pullback
from autograd.derivatives.table import Plan
from autograd.fit import fit
from autograd.versions import Version, check_unchanged, next_serial

Lift = Callable[[Any, "Vertex"], Any]


class Vertex:
    """What a node may refer to and a sweep may reach: a node or a Tensor."""

    __slots__ = ("hooks", "version")
    hooks: dict[int, Callable[[Any], Any]] | None
    version: Version | None
    shape: Any
    dtype: Any


class Node(Vertex):
    """A recorded call: its function (in the plan), arguments and keyword arguments.

    Beside them it keeps the arrays that its rules will read, until a sweep releases them.
    """

    __slots__ = (
        "args", "dtype", "grad", "kwargs", "out", "plan", "released", "retains", "serial", "shape",
        "values",
    )  # fmt: skip

    def __init__(self, plan: Plan, args: Any, kwargs: Any, values: list[Any], out: Any) -> None:
        self.plan = plan
        self.args = args
        self.kwargs = kwargs or None
        self.values = plan.keep and [v if k else None for v, k in zip(values, plan.keep, strict=True)]
        self.out = out if plan.keep_out else None
        self.shape = out.shape
        self.dtype = out.dtype
        self.serial = next_serial()
        self.version = self.hooks = self.grad = None
        self.retains = self.released = False


def topological_order(root: Vertex) -> list[Node]:
    """List the nodes that ``root`` was computed from, and itself: arguments before results."""
    seen = {root}
    stack = [root]
    while stack:
        vertex = stack.pop()
        if type(vertex) is Node:
            for argument in vertex.args:
                if type(argument) is Node and argument not in seen:
                    seen.add(argument)
                    stack.append(argument)
    return sorted((v for v in seen if type(v) is Node), key=attrgetter("serial"))


def sweep(
    root: Vertex,
    seed: Any,
    *,
    wrt: Iterable[Vertex] | None = None,
    lift: Lift | None = None,
    release: bool = False,
) -> dict[Vertex, Any]:
    """Pull the cotangent ``seed`` of ``root`` back through the graph.

    Args:
        root: where the sweep begins.
        seed: its cotangent, an array of its shape and dtype.
        wrt: the vertices whose cotangents are wanted; by default all tracked leaves.
        lift: makes a Tensor of an array and the vertex whose value it is. When given, rules run
            on Tensors, so that the sweep records the graph of the derivative.
        release: let go of the arrays that a node kept, as the sweep passes it.

    Returns:
        The cotangents, by vertex. Two of them may share one array.
    """
    order = topological_order(root)
    check_unchanged(order)
    wanted = set(wrt or ())
    useful = None if wrt is None else _leading_to(wanted, order)
    cotangents = {root: seed}
    summed: set[Vertex] = set()  # whose cotangent is a sum made here, to be added to in place
    with np.errstate(divide="ignore", invalid="ignore"):
        for node in reversed(order):
            g = cotangents.get(node) if node in wanted else cotangents.pop(node, None)
            if g is None:
                continue
            if node.released:
                raise RuntimeError(errors.released(node))
            if node.hooks:
                for hook in list(node.hooks.values()):
                    g = hook(g)
            if node.retains:
                node.grad = g.copy()
            for i, pullback in node.plan.pullbacks:
                argument = node.args[i]
                if useful is not None and argument not in useful:
                    continue
                contribution = _pull_back(node, i, pullback, g, lift)
                total = cotangents.get(argument)
                if total is None:
                    cotangents[argument] = contribution
                elif argument in summed:
                    total += contribution
                    cotangents[argument] = total
                else:
                    cotangents[argument] = total + contribution
                    summed.add(argument)
            if release:
                node.values = node.out = None
                node.released = True
    return cotangents


def _leading_to(wanted: set[Vertex], order: Sequence[Node]) -> set[Vertex]:
    useful = set(wanted)
    for node in order:
        if any(node.args[i] in useful for i, _ in node.plan.pullbacks):
            useful.add(node)
    return useful


def _pull_back(node: Node, i: int, pullback: Pullback, g: Any, lift: Lift | None) -> Any:
    """Pull ``g`` back to argument ``i``, and fit it to that argument."""
    argument, entry = node.args[i], node.plan.entry
    if lift is None:
        reads = [get(node, i) for _, get in pullback.reads]
    else:
        reads = [_lifted(lift, node, whose, get(node, i)) for whose, get in pullback.reads]
    try:
        contribution = pullback.rule(g, *reads)
        if entry.guarded and _has_nan(contribution, lift):
            # Where nothing flows in, nothing flows on, be the slope infinite or undefined.
            contribution = np.where(np.isnan(contribution) & (g == 0), 0, contribution)
        return fit(contribution, argument.shape, argument.dtype)
    except Exception as error:
        error.add_note(errors.in_pullback(node, i))
        raise


def _lifted(lift: Lift, node: Node, whose: int | None, value: Any) -> Any:
    """Make a Tensor of what a rule reads if it is the array of something recorded."""
    if whose is None:
        return value
    if whose == OPERANDS:
        return [_lifted(lift, node, i, operand) for i, operand in enumerate(value)]
    vertex = node if whose == OUT else node.args[whose]
    return lift(value, vertex) if isinstance(vertex, Vertex) else value


def _has_nan(array: Any, lift: Lift | None) -> bool:
    """Look for a NaN at the price of one dot product: a sum of squares is NaN if a term is."""
    return bool(np.isnan(np.vdot(array, array)) if lift is None else np.isnan(array).any())
