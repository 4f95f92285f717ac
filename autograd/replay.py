"""Replay: running the recorded calls of a graph again, from its leaves.

A backward pass releases the arrays that its rules read, but the nodes stay: functions, arguments,
constants. So every value and every gradient of a graph can be had again, at any time, and nothing
of the user's is touched: no ``.grad``, no hook, no retained gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.graph import Node, Vertex, sweep, topological_order
from autograd.versions import check_unchanged


def replay(root: Vertex) -> dict[Vertex, Any]:
    """Compute again the values of ``root`` and of all nodes and Tensors that it came from.

    The arrays of leaves are the Tensors' own; do not write to them.

    Raises:
        RuntimeError: a Tensor in the graph was written in place since; the error names it.
    """
    return _rerun(root)[0]


def replay_backward(root: Vertex) -> tuple[dict[Vertex, Any], dict[Vertex, Any]]:
    """Compute again all values, and the gradients of the sum of ``root`` by them.

    What no gradient reaches has none. Hooks are not called, so what they change is not seen.

    Raises:
        RuntimeError: a Tensor in the graph was written in place since; the error names it.
    """
    values, copies = _rerun(root)
    with np.errstate(all="ignore"):
        found = sweep({copies[root]: np.ones_like(values[root])}, wrt=copies.values())
    return values, {vertex: found[copy] for vertex, copy in copies.items() if copy in found}


def _rerun(root: Vertex) -> tuple[dict[Vertex, Any], dict[Vertex, Vertex]]:
    """Run the calls again; give the values, and fresh copies of the nodes, ready for a sweep."""
    order = topological_order(root)
    for node in order:
        check_unchanged(node)
    values: dict[Vertex, Any] = {}
    copies: dict[Vertex, Vertex] = {}
    for leaf in [root, *(argument for node in order for argument in node.args)]:
        if isinstance(leaf, Vertex) and not isinstance(leaf, Node):
            values[leaf], copies[leaf] = leaf.data, leaf  # type: ignore[attr-defined]
    with np.errstate(all="ignore"):  # what there was to warn of, the first run has said
        for node in order:
            arrays = [values[a] if isinstance(a, Vertex) else a for a in node.args]
            arguments = tuple(copies[a] if isinstance(a, Vertex) else a for a in node.args)
            entry = node.plan.entry
            out = entry.forward(*arrays, **(node.kwargs or {}))
            out, residual = out if entry.residual else (out, None)
            values[node] = np.asarray(out)
            copies[node] = Node(node.plan, arguments, node.kwargs, arrays, values[node], residual)
    return values, copies
