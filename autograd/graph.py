"""The graph: recorded calls, their order, and the sweep that pulls cotangents back through it.

A node is a recorded call. It refers to its arguments (nodes, Tensors, constants) and never to
what was made of it, so a graph is freed as soon as nobody holds its result. A call is recorded
after its arguments were; hence **the order of recording is a topological order**.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from operator import attrgetter
from typing import Any

import numpy as np

from autograd import errors
from autograd.derivatives.pullback import Plan, lifted
from autograd.fit import fit
from autograd.versions import Version, check_unchanged, next_serial

Lift = Callable[[Any, "Vertex"], Any]


class Vertex:
    """What a node may refer to and a sweep may reach: a node or a Tensor."""

    __slots__ = ("hooks", "version")
    hooks: dict[int, Callable[[Any], Any]] | None
    version: Version | None
    _array: Any
    _grad: Any


class Node(Vertex):
    """A recorded call: its function (in the plan), arguments and keyword arguments.

    Until a sweep releases it, it also keeps what its rules will read: ``values``, arrays of its
    arguments, and ``out``, its result or residual.
    """

    __slots__ = ("args", "dtype", "kwargs", "out", "plan", "serial", "shape", "values")

    def __init__(
        self, plan: Plan, args: tuple[Any, ...], kwargs: Any, values: list[Any], out: Any, residual: Any
    ) -> None:
        self.plan = plan
        self.args = args
        self.kwargs = kwargs
        self.values = plan.keep(values) if plan.keep else None
        self.out = out if plan.keep_out else residual
        self.shape = out.shape
        self.dtype = out.dtype
        self.serial = next_serial()
        self.version = self.hooks = None


_by_serial = attrgetter("serial")
_AS_IT_IS = nullcontext()
RELEASED = object()  # stands in ``out`` when a sweep has released what the node kept


def topological_order(root: Vertex) -> list[Node]:
    """List the nodes that ``root`` was computed from, and itself: arguments before results."""
    if type(root) is not Node:
        return []
    seen = {root}
    stack = [root]
    while stack:
        for argument in stack.pop().args:
            if type(argument) is Node and argument not in seen:
                seen.add(argument)
                stack.append(argument)
    return sorted(seen, key=_by_serial)


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
        seed: its cotangent, of its shape and dtype.
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
    unbounded = any(node.plan.guarded for node in order)  # slopes may be infinite, silently
    with np.errstate(divide="ignore", invalid="ignore") if unbounded else _AS_IT_IS:
        for node in reversed(order):
            g = cotangents.get(node) if node in wanted else cotangents.pop(node, None)
            if g is None:
                continue
            if node.out is RELEASED:
                raise RuntimeError(errors.released(node))
            if node.hooks:
                for hook in list(node.hooks.values()):
                    g = hook(g)
            args, plan = node.args, node.plan
            steps, adding = plan.pullbacks, plan.adding if lift is None else None
            if useful is not None:
                steps = tuple(step for step in steps if args[step[0]] in useful)
            try:
                if plan.cotangent and steps:
                    i, pull, pullback = plan.cotangent
                    g = pull(g, node, i) if lift is None else lifted(lift, pullback, g, node, i)
                for i, pull, pullback in steps:
                    argument = args[i]
                    if adding and argument in summed and argument.shape:  # sums of scalars are no arrays
                        adding(g, node, i)(cotangents[argument])
                        continue
                    contribution = pull(g, node, i) if lift is None else lifted(lift, pullback, g, node, i)
                    like = argument if type(argument) is Node else argument._array
                    if contribution.shape != like.shape or contribution.dtype is not like.dtype:
                        contribution = fit(contribution, like.shape, like.dtype)
                    total = cotangents.get(argument)
                    if total is None:
                        cotangents[argument] = contribution
                        if adding:
                            summed.add(argument)
                    elif argument in summed:
                        total += contribution
                        cotangents[argument] = total
                    else:
                        cotangents[argument] = total + contribution
                        summed.add(argument)
            except Exception as error:
                error.add_note(errors.in_pullback(node, i))
                raise
            if release:
                node.values, node.out = None, RELEASED
    return cotangents


def _leading_to(wanted: set[Vertex], order: Sequence[Node]) -> set[Vertex]:
    useful = wanted.copy()
    for node in order:
        if any(node.args[i] in useful for i, _, _ in node.plan.pullbacks):
            useful.add(node)
    return useful
