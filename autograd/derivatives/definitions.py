"""Elementwise functions defined through others, whose derivatives follow from theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib import scimath

from autograd.derivatives.calls import name_of
from autograd.derivatives.constants import value_of
from autograd.derivatives.elementwise import fraction
from autograd.derivatives.table import definition


def _mantissa(x: Any) -> tuple[Any, Any]:
    exponent = np.frexp(value_of(x))[1]
    return np.ldexp(x, -exponent), exponent


def _real(function: Callable[..., Any], formula: Callable[..., Any], *numbers: Any) -> Any:
    """Compute a function whose values turn complex outside of a domain, inside of that."""
    if np.iscomplexobj(function(*map(value_of, numbers))):
        raise TypeError(
            f"{name_of(function)} is complex here, and complex arrays are not supported: keep to the domain where "
            f"it is real, as with np.clip, or leave the graph with tensor.detach()"
        )
    return formula(*numbers)


# fmt: off
definition(np.divmod,        lambda x, y: (np.floor_divide(x, y), np.remainder(x, y)))
definition(np.modf,          lambda x: (fraction(x), np.trunc(x)))
definition(np.frexp,         _mantissa)
definition(np.heaviside,     lambda x, y: np.where(np.equal(x, 0), y, np.heaviside(value_of(x), 0)))
definition(np._core.umath.clip, lambda x, low, high: np.minimum(np.maximum(x, low), high))  # type: ignore[attr-defined]
definition(np.real,          lambda val: np.positive(val))
definition(np.real_if_close, lambda a, tol=100: np.positive(a))
definition(np.nan_to_num,    lambda x, *, nan=0.0, posinf=None, neginf=None: np.where(np.isfinite(x), x, np.nan_to_num(value_of(x), nan=nan, posinf=posinf, neginf=neginf)))

definition(scimath.sqrt,     lambda x: _real(scimath.sqrt, np.sqrt, x))
definition(scimath.log,      lambda x: _real(scimath.log, np.log, x))
definition(scimath.log2,     lambda x: _real(scimath.log2, np.log2, x))
definition(scimath.log10,    lambda x: _real(scimath.log10, np.log10, x))
definition(scimath.logn,     lambda n, x: _real(scimath.logn, lambda n, x: np.log(x) / np.log(n), n, x))
definition(scimath.power,    lambda x, p: _real(scimath.power, np.power, x, p))
definition(scimath.arccos,   lambda x: _real(scimath.arccos, np.arccos, x))
definition(scimath.arcsin,   lambda x: _real(scimath.arcsin, np.arcsin, x))
definition(scimath.arctanh,  lambda x: _real(scimath.arctanh, np.arctanh, x))
# fmt: on
