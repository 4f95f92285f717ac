"""Kinks inside a function, which differences of its values may not see because they cancel."""

from __future__ import annotations

import inspect

import numpy as np

from autograd import modes
from autograd.checking.problem import Problem
from autograd.containers import leaves
from autograd.derivatives.calls import name_of
from autograd.derivatives.table import Derivative
from autograd.graph import Node, topological_order
from autograd.replay import replay
from autograd.tensor import Tensor


def kinks_inside(problem: Problem) -> list[str]:
    """Name the functions, of those that the result is computed with, that stand at a kink.

    Example:
        >>> relu_twice = lambda x: np.maximum(x[0], 0) - np.maximum(-x[0], 0)
        >>> kinks_inside(Problem(relu_twice, [np.array([0.0, 1.0])], ["x"]))
        ['np.maximum']
    """
    with modes.enable_grad():
        inputs = [Tensor(np.array(array)).requires_grad_() for array in problem.arrays]
        results = [Tensor.lift(leaf) for leaf in leaves(problem.call(list(inputs)))]
    found: dict[str, None] = {}
    for node in [result.node for result in results if result.node is not None]:
        values = replay(node)
        for call in topological_order(node):
            entry = call.plan.entry
            if isinstance(entry, Derivative) and entry.kink is not None:
                arguments = [values[a] if isinstance(a, (Node, Tensor)) else a for a in call.args]
                known = inspect.signature(entry.kink).parameters
                kwargs = {name: value for name, value in (call.kwargs or {}).items() if name in known}
                if np.any(np.equal(entry.kink(*arguments, **kwargs), 0)):
                    found[name_of(entry.function)] = None
    return list(found)
