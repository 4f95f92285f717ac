"""Sequences: slopes, interpolation and convolution of samples, functions of signals, coefficients of polynomials."""

import math
from functools import reduce
from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from autograd.derivatives.constants import value_of
from autograd.derivatives.own_text import alike, as_array, own_text
from autograd.derivatives.primitive import primitive
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative


# fmt: off
# Slopes and interpolation
def _gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    axes, spacings = np.lib.array_utils.normalize_axis_tuple(range(np.ndim(f)) if axis is None else axis, np.ndim(f)), varargs or (1,)
    spacings = spacings * len(axes) if len(spacings) == 1 and np.ndim(spacings[0]) == 0 else spacings
    if len(spacings) != len(axes):
        raise TypeError(f"np.gradient: expected one spacing, or one for each of {len(axes)} axes, got {len(spacings)}")
    if any(np.shape(f)[i] <= edge_order for i in axes) or edge_order > 2:
        raise ValueError(f"np.gradient: edge_order={edge_order} must be 1 or 2, and less than the length of each axis")
    slopes = tuple(np.moveaxis(_slope(np.moveaxis(f, i, -1), x, edge_order), -1, i) for i, x in zip(axes, spacings, strict=True))
    return slopes if len(axes) > 1 else slopes[0]

def _slope(f: Any, x: Any, edge_order: int) -> Any:
    """Return the slope of the parabola through each three points; at the ends, of a line if of order 1."""
    step = np.diff(x) if np.ndim(x) else x
    slope, (before, after) = np.diff(f) / step, (step[:-1], step[1:]) if np.ndim(x) else (1, 1)
    inner = (before * slope[..., 1:] + after * slope[..., :-1]) / (before + after)
    first, last = slope[..., :1], slope[..., -1:]
    if edge_order == 2:
        first, last = 2 * first - inner[..., :1], 2 * last - inner[..., -1:]
    return astype(np.concatenate([first, inner, last], -1), np.result_type(f, 1.0), copy=False)

def _interp(x: Any, xp: Any, fp: Any, left: Any, right: Any) -> Any:
    x, xp, fp = (astype(values, float) for values in (x, xp, fp))
    i = np.clip(np.searchsorted(xp, x, "right") - 1, 0, max(np.size(xp) - 2, 0))
    j = np.minimum(i + 1, np.size(xp) - 1)
    inside = fp[i] + (x - xp[i]) / np.where(np.equal(xp[i], xp[j]), 1, xp[j] - xp[i]) * (fp[j] - fp[i])
    inside = np.where(np.less(x, xp[0]), fp[0] if left is None else left, inside)
    return np.where(np.greater(x, xp[-1]), fp[-1] if right is None else right, inside)

# Convolution
@primitive
def linear_convolution(x: Any, y: Any, *, adjoint: bool = False) -> Any:
    """Multiply two polynomials, given by their coefficients; the adjoint multiplies y by each part of x that is as long."""
    return np.correlate(x, y, "valid") if adjoint else np.convolve(x, y)

def _convolve(a: Any, v: Any, mode: str, later: bool = False) -> Any:
    """Cut out of the full convolution what the mode asks for, one element later where both are as near."""
    n, m = np.size(a), np.size(v)
    if mode == "valid":
        return linear_convolution(a, np.flip(v), adjoint=True) if n >= m else linear_convolution(v, np.flip(a), adjoint=True)
    if mode not in ("full", "same"):
        raise ValueError(f"np.convolve and np.correlate: expected a mode of full, same, valid, got {mode!r}")
    full, start = linear_convolution(a, v), (min(n, m) - 1 + later) // 2
    return full if mode == "full" else full[start : start + max(n, m)]

# Functions of signals
@primitive
def sinc_derivative(x: Any, order: int) -> Any:
    """Compute the derivative of some order of sin x / x: by its series where |x| is small."""
    y, odd = np.asarray(x), order % 2
    small = np.abs(y) < order + 1
    s, z = np.where(small, y, 0), np.where(small, 1, y)
    series, term = 0, (-1) ** ((order + odd) // 2) * s**odd
    for power in range(odd, odd + 40, 2):
        series, term = series + term / (power + order + 1), -term * s * s / ((power + 1) * (power + 2))
    value = np.sin(z) / z
    for n in range(1, order + 1):  # by Leibniz's rule for x (sin x / x)
        value = (np.sin(z + n * math.pi / 2) - n * value) / z
    return np.where(small, series, value)

@primitive
def bessel_i(x: Any, order: int) -> Any:
    """Compute Bessel's modified function I: the mean of exp(x cos t) cos(order t) over a circle."""
    n = 40 + order + 10 * math.isqrt(int(np.max(np.abs(x), initial=0, where=np.abs(x) < 1000)))  # beyond, all is infinite
    turns = [2 * math.pi * k / n for k in range(n)]
    return sum(np.exp(x * math.cos(t)) * (math.cos(order * t) / n) for t in turns)

derivative(linear_convolution, lambda g, y, adjoint=False: linear_convolution(g, y, adjoint=not adjoint),
                               lambda g, x, adjoint=False: linear_convolution(x, g, adjoint=True) if adjoint else linear_convolution(g, x, adjoint=True), kind="product")
derivative(np.sinc,          lambda g, x: g * math.pi * sinc_derivative(math.pi * x, 1), bounded=True)
derivative(sinc_derivative,  lambda g, x, order: g * sinc_derivative(x, order + 1), None, bounded=True)
derivative(np.i0,            lambda g, x: g * bessel_i(x, 1))
derivative(bessel_i,         lambda g, x, order: g * (bessel_i(x, abs(order - 1)) + bessel_i(x, order + 1)) / 2, None)
definition(np.gradient,      _gradient)
definition(np.interp,        own_text(np.interp, compiled_interp=_interp))
definition(np.ediff1d,       lambda ary, to_end=None, to_begin=None: np.concatenate([astype(np.ravel(x), np.result_type(ary), copy=False) for x in (to_begin, np.diff(np.ravel(ary)), to_end) if x is not None]))
definition(np.unwrap,        lambda p, discont=None, axis=-1, *, period=2 * math.pi: p + (np.unwrap(value_of(p), discont, axis, period=period) - value_of(p)))
definition(np.convolve,      lambda a, v, mode="full": _convolve(a, v, mode))
definition(np.correlate,     lambda a, v, mode="valid": _convolve(a, np.flip(v), mode, later=np.size(a) < np.size(v)))

# Polynomials, given by their coefficients, the highest power first
def _divided(u: Any, v: Any) -> Any:
    (rest, v), quotient = map(np.atleast_1d, alike(u, v)), []
    for i in range(len(rest) - len(v) + 1):
        quotient.append(1 / v[0] * rest[i])
        rest = rest - np.pad(quotient[i] * v, (i, len(rest) - len(v) - i))
    while len(rest) > 1 and np.isclose(rest[0], 0, rtol=1e-14):
        rest = rest[1:]
    return np.stack(quotient or [0 * rest[0]]), rest

def _fit(x: Any, y: Any, deg: int, rcond: float | None = None, *, w: Any = None) -> Any:
    x = as_array(x) + 0.0
    powers = np.vander(x, deg + 1)
    if w is not None:
        powers, y = np.transpose(w * np.transpose(powers)), np.transpose(w * np.transpose(y))
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    least = len(x) * np.finfo(x.dtype).eps if rcond is None else rcond
    return np.transpose(np.transpose(np.linalg.lstsq(powers / scale, y, least)[0]) / scale)

definition(np.polymul, lambda a1, a2: linear_convolution(*(np.trim_zeros(np.ravel(p), "f") if np.any(p) else np.ravel(p)[-1:] for p in (a1, a2))))
definition(np.polydiv, _divided)
definition(np.polyfit, _fit)
derivative(np.roots,   lambda g, p, out: -(g / np.polyval(np.polyder(p), out)) @ np.vander(out, len(p)), names="p", kind="polynomial")

# Those of numpy.polynomial, the lowest power first
def _along(c: Any, x: Any) -> Any:
    return np.reshape(c, (*np.shape(c), *np.ones(np.ndim(x), int)))

if hasattr(polynomial.polyval2d, "_implementation"):  # later than NumPy 2.0
    definition(polynomial.polyval2d,  lambda x, y, c: np.polyval(np.polyval(_along(c, x)[::-1], x)[::-1], y))
    definition(polynomial.polygrid2d, lambda x, y, c: np.polyval(_along(np.polyval(_along(c, x)[::-1], x), y)[::-1], y))
if hasattr(polynomial, "polyvalnd"):  # since NumPy 2.5
    definition(polynomial.polyvalnd,  lambda pts, c: reduce(lambda c, x: np.polyval(c[::-1], x), pts, _along(c, pts[0])))
