"""Polynomials given by their coefficients, the highest power first, and fits of them."""

from functools import reduce
from typing import Any

import numpy as np

from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative


# fmt: off
def _without_zeros(p: Any) -> Any:
    return np.trim_zeros(np.ravel(p), "f") if np.any(p) else np.ravel(p)[-1:]

def _divided(u: Any, v: Any) -> Any:
    rest, v, quotient = astype(np.atleast_1d(u), np.result_type(u, v)), np.atleast_1d(v), []
    for i in range(len(rest) - len(v) + 1):
        quotient.append(1 / v[0] * rest[i])
        rest = rest - np.pad(quotient[i] * v, (i, len(rest) - len(v) - i))
    while len(rest) > 1 and np.isclose(rest[0], 0, rtol=1e-14):
        rest = rest[1:]
    return np.stack(quotient or [0 * rest[0]]), rest

def _fit(x: Any, y: Any, deg: int, rcond: float | None = None, *, w: Any = None) -> Any:
    powers, rcond = np.vander(x, deg + 1), len(x) * np.finfo(x.dtype).eps if rcond is None else rcond
    if w is not None:
        powers, y = np.transpose(w * np.transpose(powers)), np.transpose(w * np.transpose(y))
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    return np.transpose(np.transpose(np.linalg.lstsq(powers / scale, y, rcond)[0]) / scale)

definition(np.poly,    lambda seq_of_zeros: reduce(lambda p, root: np.pad(p, (0, 1)) - root * np.pad(p, (1, 0)),
                           np.linalg.eigvals(seq_of_zeros) if np.ndim(seq_of_zeros) == 2 else seq_of_zeros, np.ones(1, np.result_type(seq_of_zeros))))
definition(np.polymul, lambda a1, a2: np.convolve(_without_zeros(a1), _without_zeros(a2)))
definition(np.polydiv, _divided)
definition(np.polyval, lambda p, x: reduce(lambda y, coefficient: y * x + coefficient, p, np.zeros_like(x)))
definition(np.polyder, lambda p, m=1: np.polyder(p[:-1] * np.arange(len(p) - 1, 0, -1), m - 1) if m else p)
definition(np.polyint, lambda p, m=1, k=None: reduce(lambda p, c: np.append(p / np.arange(len(p), 0, -1), c), np.broadcast_to(0 if k is None else k, m), p))
definition(np.polyfit, _fit)
derivative(np.roots,   lambda g, p, out: -(g / np.polyval(np.polyder(p), out)) @ np.vander(out, len(p)), names="p", kind="polynomial")
