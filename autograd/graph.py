"""The graph: recorded calls, their order, and the sweep that pulls cotangents back through it.

A node is a recorded call. It refers to its arguments (nodes, Tensors, constants) and never to
what was made of it, so a graph is freed as soon as nobody holds its result. A call is recorded
after its arguments were; hence **the order of recording is a topological order**.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import reduce
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any

import numpy as np

from autograd import errors
from autograd.derivatives.pullback import Lift, Plan, lifted
from autograd.fit import fit
from autograd.versions import Version, check_unchanged, last_write, next_serial


class Vertex:
    """What a node may refer to and a sweep may reach: a node or a Tensor."""

    __slots__ = ("hooks", "version")
    hooks: dict[int, Callable[[Any], Any]] | None
    version: Version | None

    def hooked(self, g: Any) -> Any:
        """Return what the hooks make of the cotangent."""
        return reduce(lambda g, hook: hook(g), list((self.hooks or {}).values()), g)


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


RELEASED = object()  # stands in ``out`` when a sweep has released what the node kept


def topological_order(*roots: Vertex, since: int = 0) -> list[Node]:
    """List the nodes that ``roots`` came from, and themselves, arguments first; none older than ``since``."""
    seen = {root for root in roots if type(root) is Node and root.serial >= since}
    stack = list(seen)
    while stack:
        for argument in stack.pop().args:
            if type(argument) is Node and argument not in seen and argument.serial >= since:
                seen.add(argument)
                stack.append(argument)
    return sorted(seen, key=attrgetter("serial"))


def sweep(
    seeds: dict[Vertex, Any],
    *,
    wrt: Iterable[Vertex] | None = None,
    since: int = 0,
    lift: Lift | None = None,
    release: bool = False,
) -> dict[Any, Any]:
    """Pull cotangents back through the graph.

    Args:
        seeds: where the sweep begins: vertices, and cotangents of their shapes and dtypes.
        wrt: the vertices whose cotangents are wanted; by default all tracked leaves.
        since: the serial number of a call that nothing wanted is older than.
        lift: makes Tensors of arrays; when given, rules run on them, so that the derivative is recorded.
        release: let go of the arrays that a node kept, as the sweep passes it.

    Returns:
        The cotangents, by vertex. Two of them may share one array.
    """
    wanted = set(wrt or ())
    useful = wanted.copy()  # and what leads to it
    for node in () if wrt is None else topological_order(*seeds, since=since):
        if any(node.args[i] in useful for i, _, _ in node.plan.pullbacks):
            useful.add(node)
    cotangents = seeds.copy()
    summed: set[Vertex] = set()  # whose cotangent is a sum made here, to be added to in place
    ready = deque(sorted([v for v in seeds if type(v) is Node], key=attrgetter("serial")))
    between: list[tuple[int, Node]] = []  # a heap, latest first: what lies between the ends of ``ready``
    if release and ready and ready[-1].serial < last_write.serial:
        check_unchanged(*topological_order(*ready, since=since))  # before anything is released
    settings: Any = None  # of NumPy's warnings, as they were
    try:
        while ready or between:
            late = between and not (ready and ready[-1].serial > -between[0][0])
            node = heappop(between)[1] if late else ready.pop()
            g = cotangents.pop(node)
            if node.out is RELEASED:
                raise RuntimeError(errors.released(node))
            if node.serial < last_write.serial:
                check_unchanged(node)
            if node.hooks:
                g = node.hooked(g)
            if node in wanted:
                cotangents[node] = g
            args, plan = node.args, node.plan
            steps, adding = plan.pullbacks, plan.adding if lift is None else None
            if wrt is not None:
                steps = tuple(step for step in steps if args[step[0]] in useful)
            if plan.guarded and settings is None:  # slopes may be infinite, silently
                settings = np.seterr(divide="ignore", invalid="ignore")
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
                    if argument not in cotangents:
                        cotangents[argument] = contribution
                        if like is argument:
                            if not ready or argument.serial > ready[-1].serial:
                                ready.append(argument)
                            elif argument.serial < ready[0].serial:
                                ready.appendleft(argument)
                            else:
                                heappush(between, (-argument.serial, argument))
                        if adding:
                            summed.add(argument)
                    elif argument in summed:
                        cotangents[argument] += contribution
                    else:
                        cotangents[argument] = cotangents[argument] + contribution
                        summed.add(argument)
            except Exception as error:
                error.add_note(errors.in_pullback(node, i))
                raise
            if release:
                node.values, node.out = None, RELEASED
    finally:
        if settings:
            np.seterr(**settings)
    return cotangents
