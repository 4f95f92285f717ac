"""The arguments of functions that make arrays of a few numbers, pad them, and of polynomials."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from autograd.creation import as_tensor
from autograd.derivatives.domains import POSITIVE
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import SMOOTH, TIED, Call, Draw, call

LIKE = as_tensor(0)  # with like=, NumPy's creation functions ask a Tensor


def _smooth(d: Draw) -> Any:
    return d.style._replace(numbers=SMOOTH.numbers)


def _spaced(d: Draw, **more: Any) -> Call:
    start, stop = d.broadcastable(2)
    axes = range(-max(len(start), len(stop)) - 1, max(len(start), len(stop)) + 1)
    how = d.some(endpoint=(True, False), axis=(*axes,), **more)
    arrays = [d.array(s, POSITIVE, style=_smooth(d)) for s in (start, stop)]
    return call(*arrays, num=d.choice(1, 2, 5), **how)


def _pad(d: Draw) -> Call:
    x = d.array(least=1)
    width = d.choice(1, (2, 0), (0, 4), tuple((d.integer(0, 3), d.integer(0, 3)) for _ in x.shape))
    pairs = (d.array(()), d.array((1, 2)), tuple((d.array(()), d.array(())) for _ in x.shape))
    statistics = d.some(stat_length=(1, 2))
    reflections = d.some(reflect_type=("even", "odd"))
    mode, how = d.choice(
        ("constant", {}), ("constant", {"constant_values": d.choice(*pairs)}),
        ("linear_ramp", {}), ("linear_ramp", {"end_values": d.choice(*pairs)}),
        ("edge", {}), ("wrap", {}), ("reflect", reflections), ("symmetric", reflections),
        ("mean", statistics), ("median", statistics), ("maximum", statistics), ("minimum", statistics),
    )  # fmt: skip
    if mode == "median" and d.style is TIED:  # where three are equal, no slope lies between the sides
        x = d.array(x.shape, style=SMOOTH)
    return call(x, width, mode, **how)


def _coefficients(d: Draw, least: int = 1) -> Any:
    """Draw the coefficients of a polynomial, of which the first is not zero."""
    p = d.array((d.integer(least, 4),))
    return np.concatenate([np.abs(p[:1]) + 1, p[1:]])


def _series(d: Draw, same: bool) -> Call:
    """Draw where a series in two variables is evaluated, and its coefficients."""
    x, rows, columns = d.array(d.shape(most=1)), d.integer(1, 3), d.integer(1, 3)
    return call(
        x, d.array(np.shape(x) if same else d.shape(most=1)), d.array((rows, columns, *d.shape(most=1)))
    )


def _polyfit(d: Draw) -> Call:
    x = np.arange(5.0) + d.array((5,), style=_smooth(d)) / 16
    y = d.array(d.choice((5,), (5, 2)))
    return call(x, y, d.integer(0, 2), **d.some(w=(d.array((5,), POSITIVE, style=_smooth(d)),)))


def _real_roots(d: Draw) -> Call:
    n = d.integer(1, 3)
    return call(2.5 * np.poly(np.array([-2.0, 0.5, 3.0])[:n] + d.array((n,), style=_smooth(d)) / 8))


def _array(d: Draw) -> Call:
    x = d.array()
    return call(d.choice(x, [x, x + 0.25], [[x], [x - 0.5]]), like=LIKE)


ARGUMENTS: Lines = {
    np.linspace: _spaced,
    np.logspace: lambda d: _spaced(d, base=(2.0, d.array((), POSITIVE, style=_smooth(d)))),
    np.geomspace: _spaced,
    np.arange: lambda d: call(d.array(()), 3.3, d.array((), POSITIVE, style=_smooth(d)), like=LIKE),
    np.meshgrid: lambda d: call(
        *d.arrays(d.choice("i", "i,j", "i,j,k")), **d.some(sparse=(True, False), indexing=("xy", "ij"))
    ),
    np.ix_: lambda d: call(*(d.array((d.integer(1, 3),)) for _ in range(d.integer(1, 3)))),
    np.vander: lambda d: call(d.array(d.shape(1, 1)), **d.some(N=(0, 2, 4), increasing=(True, False))),
    np.full: lambda d: call(s := d.shape(), d.array(d.broadcastable_to(s)), like=LIKE),
    np.full_like: lambda d: call(x := d.array(), d.array(d.broadcastable_to(x.shape))),
    np.zeros_like: lambda d: call(d.array(), **d.some(dtype=(np.float32, int))),
    np.empty_like: lambda d: call(np.empty((0, d.length()))),
    np.array: _array,
    np.asarray: _array,
    np.asanyarray: _array,
    np.ascontiguousarray: lambda d: call(d.array(least=1), like=LIKE),
    np.asfortranarray: lambda d: call(d.array(least=1), like=LIKE),
    np.require: _array,
    np.pad: _pad,
    # Polynomials
    np.poly: lambda d: call(d.array((d.integer(1, 3),))),
    np.polyadd: lambda d: call(_coefficients(d), _coefficients(d)),
    np.polysub: lambda d: call(_coefficients(d), _coefficients(d)),
    np.polymul: lambda d: call(_coefficients(d), _coefficients(d)),
    np.polydiv: lambda d: call(_coefficients(d), _coefficients(d, 2) + 0.123),
    np.polyval: lambda d: call(_coefficients(d), d.array()),
    np.polyder: lambda d: call(_coefficients(d), **d.some(m=(0, 1, 2))),
    np.polyint: lambda d: call(_coefficients(d), **d.some(m=(0, 1, 2), k=(d.array(()),))),
    np.polyfit: _polyfit,
    polynomial.polyval2d: lambda d: _series(d, same=True),
    polynomial.polygrid2d: lambda d: _series(d, same=False),
    np.roots: _real_roots,
}
if hasattr(polynomial, "polyvalnd"):  # since NumPy 2.5

    def _points(d: Draw) -> Call:
        *points, c = _series(d, same=True).args
        return call(points, c)

    ARGUMENTS[polynomial.polyvalnd] = _points
