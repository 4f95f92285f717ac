"""How large values inside a function are, whose rounding its results have even where they cancel."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import modes
from autograd.checking.problem import Problem
from autograd.containers import ravel_pytree
from autograd.replay import replay_backward
from autograd.tensor import Tensor

Array = np.ndarray[Any, Any]
SizeInside = Callable[[Array], float]


def size_inside(problem: Problem) -> SizeInside:
    """Return a function of weights of all results: of what size their sum was before anything cancelled.

    Rounding of an intermediate value v, to which the sum has the slope ḡ, moves the sum by about eps Σ|ḡ v|.
    The largest Σ|ḡ v| of all counts.

    Source: N. Higham, Accuracy and Stability of Numerical Algorithms (2002), section 3.3.

    Example:
        >>> difference = size_inside(Problem(lambda x: (1 + x[0]) - 1, [np.array(1e-20)], ["x"]))
        >>> difference(np.array([1.0]))
        1.0
    """
    with modes.enable_grad():
        results, _ = ravel_pytree(problem.recorded())

    def size(weights: Array) -> float:
        with modes.enable_grad():
            total = np.sum(weights * results)
        if not (isinstance(total, Tensor) and total.node):
            return 0.0
        values, cotangents = replay_backward(total.node)
        sizes = [float(np.sum(np.abs(values[vertex] * g))) for vertex, g in cotangents.items()]
        return max(filter(math.isfinite, sizes), default=0.0)

    return size
