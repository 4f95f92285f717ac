"""A function evaluated and differentiated once: what both looks at a gradient begin with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.checking.problem import Problem
from autograd.checking.report import Row

Array = np.ndarray[Any, Any]


class Evaluation(NamedTuple):
    """A function evaluated and differentiated once.

    Attributes:
        problem: the function.
        structure: the function's result, whatever it is.
        results: the result's arrays.
        cotangents: one for each.
        gradients: what the pullback makes of them.
        pullback: of cotangents.
        atol: tolerated absolute error.
        rtol: tolerated relative error.
        order: of the derivative.
    """

    problem: Problem
    structure: Any
    results: list[Array]
    cotangents: list[Array]
    gradients: list[Array]
    pullback: Callable[[list[Array]], list[Array]]
    atol: float
    rtol: float
    order: int

    @property
    def eps(self) -> float:
        """The rounding of the gradients, by the least precise of the arrays."""
        return max(float(np.finfo(array.dtype).eps) for array in self.problem.arrays)

    def row(self, i: int, verdict: str, error: float = math.nan, note: str = "", cause: str = "") -> Row:
        """Make the row of an argument."""
        name, shape = self.problem.names[i], self.problem.arrays[i].shape
        return Row(name, shape, self.order, verdict, error, note, cause)
