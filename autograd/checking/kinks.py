"""Kinks inside a function, which differences of its values may not see because they cancel."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd.checking.problem import Problem
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
    found: dict[str, None] = {}
    for node in [result.node for result in problem.recorded() if result.node is not None]:
        values = replay(node)
        for call in topological_order(node):
            entry = call.plan.entry
            if isinstance(entry, Derivative) and entry.kink is not None:
                arguments = [values[a] if isinstance(a, (Node, Tensor)) else a for a in call.args]
                if np.any(np.equal(gap_to_kink(entry, arguments, call.kwargs or {}), 0)):
                    found[name_of(entry.function)] = None
    return list(found)


def gap_to_kink(entry: Derivative, args: Iterable[Any], kwargs: Mapping[str, Any]) -> Any:
    """Tell how far the arguments of a call are from the kinks of a function that has some.

    Example:
        >>> from autograd.derivatives.table import TABLE
        >>> gap_to_kink(TABLE[np.maximum], (np.array([1.0, 2.0]), 2.0), {})
        array([-1.,  0.])
    """
    assert entry.kink is not None
    known = inspect.signature(entry.kink).parameters
    return entry.kink(*args, **{name: value for name, value in kwargs.items() if name in known})
