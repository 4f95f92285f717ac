"""Elementwise functions: the table as a mathematics book prints it.

Conventions where the derivative does not exist: at a kink it is a subgradient (0 for ``absolute``,
one half each at a tie of ``maximum``), and where the slope is infinite (``sqrt`` and ``cbrt`` at 0,
``x**p`` with 0 < p < 1 at 0) it is 0. The three functions that end in ``_or_zero`` say the latter.
"""

import math
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.domains import ABOVE_MINUS_ONE, ABOVE_ONE, NONZERO, POSITIVE, REALS, UNIT, Interval
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import definition, derivative


# fmt: off
@primitive
def divide_or_zero(x: Any, y: Any) -> Any:
    """Compute x / y, and 0 where y = 0."""
    return np.where(np.equal(y, 0), 0, np.divide(x, y))

@primitive
def power_or_zero(x: Any, y: Any) -> Any:
    """Compute x**y, and 0 where x = 0 and -1 <= y < 0, or where 1 / x is not finite."""
    power = np.power(x, y)
    return power if np.ndim(y) == 0 and y >= 0 else np.where(_steep(x, y) | np.equal(y, -1) & ~np.isfinite(power), 0, power)

def _steep(x: Any, y: Any) -> Any:
    """Tell where x**y is in the slope of x**p, with 0 <= p < 1, at 0."""
    return np.equal(x, 0) & np.less_equal(-1, y) & np.less(y, 0)

@primitive
def log_or_zero(x: Any) -> Any:
    """Compute log x, and 0 where x = 0."""
    return np.where(np.equal(x, 0), 0, np.log(x))

def _share(x: Any, y: Any, power: Any = np.exp, logaddexp: Any = np.logaddexp) -> Any:
    """Compute eˣ / (eˣ + eʸ), the share of x in the sum, without overflow and with ∞ = ∞ shared."""
    same = np.equal(x, y) & np.isinf(x)
    return power(-logaddexp(0, np.where(same, 0, y) - np.where(same, 0, x)))

def _wins(x: Any, y: Any, nan_loses: bool = False) -> Any:
    """Return 1 where x > y, one half where they are equal, else 0; both share a NaN."""
    wins, nan = np.greater(x, y) + 0.5 * np.equal(x, y), np.isnan(y)
    return wins + (nan * (1 - 0.5 * np.isnan(x)) if nan_loses else 0.5 * (np.isnan(x) | nan))

def _clip(x: Any, low: Any, high: Any) -> Any:
    x = x if low is None else np.maximum(x, low)
    return np.minimum(x, high) if high is not None else np.positive(x) if low is None else x

# Arithmetic
derivative(np.positive,   lambda g: g, bounded=True)
derivative(np.conjugate,  lambda g: g, bounded=True)
derivative(np.nextafter,  lambda g: g, None, bounded=True)
derivative(np.ldexp,      lambda g, n: np.ldexp(g, n), None,                  names="x n", bounded=True)
derivative(np.negative,   lambda g: -g, bounded=True)
derivative(np.add,        lambda g: g,
                          lambda g: g, bounded=True)
derivative(np.subtract,   lambda g: g,
                          lambda g: -g, bounded=True)
derivative(np.multiply,   lambda g, y: g * y,
                          lambda g, x: g * x)
derivative(np.divide,     lambda g, y: g / y,
                          lambda g, y, out: -g * out / y,                     domain=(REALS, NONZERO))
derivative(np.reciprocal, lambda g, out: -g * out * out,                      domain=NONZERO)
derivative(np.square,     lambda g, x: 2 * g * x)
derivative(np.remainder,  lambda g: g,
                          lambda g, x, y: -g * np.floor_divide(x, y),         domain=(REALS, NONZERO), kink=lambda x, y: x / y - np.round(x / y))
derivative(np.fmod,       lambda g: g,
                          lambda g, x, y: -g * np.trunc(x / y),               domain=(REALS, NONZERO), kink=lambda x, y: x / y - np.round(x / y))

# Powers, exponentials, logarithms
for _power in np.power, np.float_power:
    derivative(_power,    lambda g, x, y: g * y * power_or_zero(x, y - 1),
                          lambda g, x, out: g * out * log_or_zero(x),         domain=(POSITIVE, REALS))
derivative(power_or_zero, lambda g, x, y: np.where(_steep(x, y), 0, g * y * power_or_zero(x, y - 1)),
                          lambda g, x, out: g * out * log_or_zero(x),         domain=(POSITIVE, REALS))
derivative(np.sqrt,       lambda g, out: divide_or_zero(g, 2 * out),          domain=POSITIVE)
derivative(np.cbrt,       lambda g, out: divide_or_zero(g, 3 * out * out),    domain=NONZERO)
derivative(np.exp,        lambda g, out: g * out)
derivative(np.exp2,       lambda g, out: g * out * math.log(2))
derivative(np.expm1,      lambda g, out: g * (out + 1))
derivative(np.log,        lambda g, x: g / x,                                 domain=POSITIVE)
derivative(np.log2,       lambda g, x: g / (x * math.log(2)),                 domain=POSITIVE)
derivative(np.log10,      lambda g, x: g / (x * math.log(10)),                domain=POSITIVE)
derivative(np.log1p,      lambda g, x: g / (1 + x),                           domain=ABOVE_MINUS_ONE)
derivative(np.logaddexp,  lambda g, x, y: g * _share(x, y),
                          lambda g, x, y: g * _share(y, x), bounded=True)
derivative(np.logaddexp2, lambda g, x, y: g * _share(x, y, np.exp2, np.logaddexp2),
                          lambda g, x, y: g * _share(y, x, np.exp2, np.logaddexp2), bounded=True)
derivative(divide_or_zero, lambda g, y: divide_or_zero(g, y),
                           lambda g, y, out: -divide_or_zero(g * out, y),     domain=(REALS, NONZERO))
derivative(log_or_zero,   lambda g, x: divide_or_zero(g, x),                  domain=POSITIVE)

# Trigonometric and hyperbolic functions
derivative(np.sin,        lambda g, x: g * np.cos(x), bounded=True)
derivative(np.cos,        lambda g, x: -g * np.sin(x), bounded=True)
derivative(np.tan,        lambda g, out: g * (1 + out * out),                 domain=Interval("cos x ≠ 0", -math.inf, math.inf, without=(-math.pi / 2, math.pi / 2)))
derivative(np.arcsin,     lambda g, x: g / np.sqrt(1 - x * x),                domain=UNIT)
derivative(np.arccos,     lambda g, x: -g / np.sqrt(1 - x * x),               domain=UNIT)
derivative(np.arctan,     lambda g, x: g / (1 + x * x), bounded=True)
derivative(np.arctan2,    lambda g, y, x: g * divide_or_zero(divide_or_zero(x, r := np.hypot(x, y)), r),
                          lambda g, y, x: -g * divide_or_zero(divide_or_zero(y, r := np.hypot(x, y)), r), names="y x", domain=(NONZERO, NONZERO))
derivative(np.hypot,      lambda g, x, out: g * divide_or_zero(x, out),
                          lambda g, y, out: g * divide_or_zero(y, out),       domain=(NONZERO, NONZERO))
derivative(np.deg2rad,    lambda g: g * (math.pi / 180), bounded=True)
derivative(np.radians,    lambda g: g * (math.pi / 180), bounded=True)
derivative(np.rad2deg,    lambda g: g * (180 / math.pi), bounded=True)
derivative(np.degrees,    lambda g: g * (180 / math.pi), bounded=True)
derivative(np.sinh,       lambda g, x: g * np.cosh(x))
derivative(np.cosh,       lambda g, x: g * np.sinh(x))
derivative(np.tanh,       lambda g, out: g * (1 - out * out), bounded=True)
derivative(np.arcsinh,    lambda g, x: g / np.hypot(1, x), bounded=True)
derivative(np.arccosh,    lambda g, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)), domain=ABOVE_ONE)
derivative(np.arctanh,    lambda g, x: g / (1 - x * x),                       domain=UNIT)

# Functions with a kink
derivative(np.absolute,   lambda g, x: g * np.sign(x),                        kink=lambda x: x, bounded=True)
derivative(np.fabs,       lambda g, x: g * np.sign(x),                        kink=lambda x: x, bounded=True)
derivative(np.maximum,    lambda g, x, y: g * _wins(x, y),
                          lambda g, x, y: g * _wins(y, x),                    kink=lambda x, y: x - y, bounded=True)
derivative(np.minimum,    lambda g, x, y: g * _wins(y, x),
                          lambda g, x, y: g * _wins(x, y),                    kink=lambda x, y: x - y, bounded=True)
derivative(np.fmax,       lambda g, x, y: g * _wins(x, y, nan_loses=True),
                          lambda g, x, y: g * _wins(y, x, nan_loses=True),    kink=lambda x, y: x - y, bounded=True)
derivative(np.fmin,       lambda g, x, y: g * _wins(-x, -y, nan_loses=True),
                          lambda g, x, y: g * _wins(-y, -x, nan_loses=True),  kink=lambda x, y: x - y, bounded=True)
derivative(np.copysign,   lambda g, x, y: g * (np.sign(x) * np.copysign(1, y)),
                          None,                                               domain=(NONZERO, NONZERO), bounded=True)

# Through others
definition(np.divmod,        lambda x, y: (np.floor_divide(x, y), np.remainder(x, y)))
definition(np.modf,          lambda x: (np.fmod(np.where(np.isinf(x), np.copysign(0, x), x), 1), np.trunc(x)))
definition(np.frexp,         lambda x: (np.ldexp(x, -(exponent := np.frexp(value_of(x))[1])), exponent))
definition(np.heaviside,     lambda x, y: np.where(np.equal(x, 0), y, np.heaviside(value_of(x), 0)))
definition(np.clip,          lambda a, a_min=None, a_max=None, *, min=None, max=None: _clip(a, a_min if min is None else min, a_max if max is None else max))
definition(np._core.umath.clip, _clip)  # type: ignore[attr-defined]
definition(np.real,          lambda val: val[...])
