"""Sequences of samples: differences, integrals, interpolation, convolution, and two functions of signals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.primitive import primitive
from autograd.derivatives.reductions import reduced_axes, reduced_shape
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative

# Differences and integrals


def _along(x: Any, axis: int, part: slice) -> Any:
    return x[(slice(None),) * (axis % np.ndim(x)) + (part,)]


def _steps(x: Any, axis: int) -> tuple[Any, Any]:
    """Give all elements but the last, and all but the first."""
    return _along(x, axis, slice(None, -1)), _along(x, axis, slice(1, None))


def _diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    if n < 0:
        raise ValueError(f"np.diff: expected an order n of at least 0, got {n}")
    one = reduced_shape(np.shape(a), axis)
    ends = [
        np.broadcast_to(end, one) if end is not None and np.ndim(end) == 0 else end
        for end in (prepend, append)
    ]
    parts = [part for part in (ends[0], a, ends[1]) if part is not None]
    a = np.concatenate(parts, axis) if len(parts) > 1 and n else a
    for _ in range(n):
        before, after = _steps(a, axis)
        a = after - before
    return a


def _ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    parts = [np.ravel(part) for part in (to_begin, np.diff(np.ravel(ary)), to_end) if part is not None]
    return np.concatenate(parts)


def _gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    axes = reduced_axes(np.shape(f), axis)
    spacings = varargs or (1,)
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError(
            f"np.gradient: expected one spacing, or one for each of {len(axes)} axes, got {len(spacings)}"
        )
    if any(np.shape(f)[i] <= edge_order for i in axes) or edge_order > 2:
        raise ValueError(
            f"np.gradient: edge_order={edge_order} must be 1 or 2, and less than the length of each axis"
        )
    slopes = tuple(
        _slope(np.moveaxis(f, i, -1), x, i, edge_order) for i, x in zip(axes, spacings, strict=True)
    )
    return slopes if len(axes) > 1 else slopes[0]


def _slope(f: Any, x: Any, axis: int, edge_order: int) -> Any:
    """Give the slope of the parabola through each three points; at the ends, of a line if of order 1."""
    step = np.diff(x) if np.ndim(x) else x
    slope, (before, after) = np.diff(f) / step, _steps(step, 0) if np.ndim(x) else (1, 1)
    inner = (before * slope[..., 1:] + after * slope[..., :-1]) / (before + after)
    first, last = slope[..., :1], slope[..., -1:]
    if edge_order == 2:
        first, last = 2 * first - inner[..., :1], 2 * last - inner[..., -1:]
    slopes = np.moveaxis(np.concatenate([first, inner, last], -1), -1, axis)
    return astype(slopes, f.dtype) if f.dtype.kind == "f" else slopes


def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    if x is not None:
        dx = np.diff(x) if np.ndim(x) == 1 else np.diff(x, axis=axis)
    if np.ndim(dx) == 1:
        dx = np.reshape(dx, [-1 if i == axis % np.ndim(y) else 1 for i in range(np.ndim(y))])
    before, after = _steps(y, axis)
    return np.sum(dx * (before + after) / 2, axis=axis)


def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    x, xp, fp = (astype(values, float) for values in (x, xp, fp))
    if period is not None:
        x, xp = np.remainder(x, abs(period)), np.remainder(xp, abs(period))
        order = np.argsort(xp)
        order = np.concatenate([order[-1:], order, order[:1]])
        turn = np.zeros(len(order))
        turn[0], turn[-1] = -abs(period), abs(period)
        xp, fp, left, right = np.take(xp, order) + turn, np.take(fp, order), None, None
    i = np.clip(np.searchsorted(xp, x, "right") - 1, 0, max(np.size(xp) - 2, 0))
    j = np.minimum(i + 1, np.size(xp) - 1)
    width = np.where(np.equal(xp[i], xp[j]), 1, xp[j] - xp[i])
    inside = fp[i] + (x - xp[i]) / width * (fp[j] - fp[i])
    inside = np.where(np.less(x, xp[0]), fp[0] if left is None else left, inside)
    return np.where(np.greater(x, xp[-1]), fp[-1] if right is None else right, inside)


def _unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * math.pi) -> Any:
    return p + (np.unwrap(value_of(p), discont, axis, period=period) - value_of(p))


# Convolution


@primitive
def full_convolution(x: Any, y: Any) -> Any:
    """Multiply two polynomials, given by their coefficients."""
    return np.convolve(x, y)


def _convolve(a: Any, v: Any, mode: str = "full", later: bool = False) -> Any:
    """Cut out of the full convolution what the mode asks for, one element later where both are as near."""
    n, m = np.size(a), np.size(v)
    lengths = {"full": n + m - 1, "same": max(n, m), "valid": abs(n - m) + 1}
    if mode not in lengths:
        raise ValueError(
            f"np.convolve and np.correlate: expected a mode of {', '.join(lengths)}, got {mode!r}"
        )
    start = (n + m - 1 - lengths[mode] + later) // 2
    return full_convolution(a, v)[start : start + lengths[mode]]


# Functions of signals


@primitive
def sinc_derivative(x: Any, order: int) -> Any:
    """Compute the derivative of some order of sin x / x: by its series where |x| is small."""
    y = np.asarray(x)
    small = np.abs(y) < order + 1
    s, z = np.where(small, y, 0), np.where(small, 1, y)
    odd = order % 2
    series, term = 0, (-1) ** ((order + odd) // 2) * s**odd
    for power in range(odd, odd + 40, 2):
        series = series + term / (power + order + 1)
        term = -term * s * s / ((power + 1) * (power + 2))
    value = np.sin(z) / z
    for n in range(1, order + 1):  # by Leibniz's rule for x (sin x / x)
        value = (np.sin(z + n * math.pi / 2) - n * value) / z
    return np.where(small, series, value)


@primitive
def bessel_i(x: Any, order: int) -> Any:
    """Compute Bessel's modified function I: the mean of exp(x cos t) cos(order t) over a circle."""
    n = 40 + order + 10 * math.isqrt(int(np.max(np.abs(x), initial=0)))
    turns = [2 * math.pi * k / n for k in range(n)]
    return sum(np.exp(x * math.cos(t)) * (math.cos(order * t) / n) for t in turns)


# fmt: off
derivative(full_convolution, lambda g, y: np.correlate(g, y, "valid"),
                             lambda g, x: np.correlate(g, x, "valid"),               kind="product")
derivative(np.sinc,          lambda g, x: g * math.pi * sinc_derivative(math.pi * x, 1), bounded=True)
derivative(sinc_derivative,  lambda g, x, order: g * sinc_derivative(x, order + 1), None, names="x order", bounded=True)
derivative(np.i0,            lambda g, x: g * bessel_i(x, 1))
derivative(bessel_i,         lambda g, x, order: g * (bessel_i(x, abs(order - 1)) + bessel_i(x, order + 1)) / 2, None, names="x order")
# fmt: on
definition(np.diff, _diff)
definition(np.ediff1d, _ediff1d)
definition(np.gradient, _gradient)
definition(np.trapezoid, _trapezoid)
definition(np.interp, _interp)
definition(np.unwrap, _unwrap)
definition(np.convolve, lambda a, v, mode="full": _convolve(a, v, mode))
definition(
    np.correlate, lambda a, v, mode="valid": _convolve(a, np.flip(v), mode, later=np.size(a) < np.size(v))
)
