"""The complex step: a slope without cancellation, where a function is analytic."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd.checking.differences import scale_of
from autograd.checking.problem import Problem, weighted
from autograd.containers import leaves

Array = np.ndarray[Any, Any]
_STEP = 1e-20  # whose square is nothing beside 1, so that nothing is lost in the real part
_REFUSALS = (
    ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError,
    np.exceptions.ComplexWarning,
)  # fmt: skip


def complex_slope(problem: Problem, i: int, direction: Array, weights: list[Array]) -> float | None:
    """Return the slope of the weighted results along a line, Im f(x + ih v) / h, if there is one.

    It is right only for functions that are analytic and take complex arrays; whoever uses it compares it
    with differences. Where the function refuses complex arrays, or loses their imaginary part, there is none.

    Source: W. Squire, G. Trapp, Using complex variables to estimate derivatives of real functions (1998).

    Example:
        >>> f = lambda x: np.exp(x[0]) + 1e16
        >>> problem = Problem(f, [np.array(0.0)], ["x"], takes_complex=True)
        >>> complex_slope(problem, 0, np.array(1.0), [np.array(1.0)])
        1.0
    """
    if not problem.takes_complex:
        return None
    step = _STEP * scale_of(problem.exact[i])
    arrays: list[Any] = list(problem.exact)
    arrays[i] = arrays[i] + 1j * step * direction
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            results = leaves(problem.call(arrays))
    except _REFUSALS:
        return None
    if not all(isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "c" for x in results):
        return None
    return weighted(weights, map(np.imag, results)) / step
