"""The arguments of differences, integrals, interpolation, convolution and the like."""

from __future__ import annotations

import numpy as np

from autograd.derivatives.domains import POSITIVE
from autograd.derivatives.signals import bessel_i, linear_convolution, sinc_derivative
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import SMOOTH, Array, Call, Draw, call


def _places(d: Draw, n: int) -> Array:
    return np.cumsum(d.array((n,), POSITIVE, style=SMOOTH))


def _diff(d: Draw) -> Call:
    x = d.array((3, 4))
    return call(x, **d.some(n=(0, 2), axis=(0, -1), prepend=(0.5, d.array(x.shape)), append=(d.array(()),)))


def _gradient(d: Draw) -> Call:
    x, h, how = d.array((3, 4)), d.array((), POSITIVE, style=SMOOTH), d.some(edge_order=(2,))
    both = call(x, _places(d, 3), d.choice(h, _places(d, 4)), **how)
    return d.choice(
        call(x, **how), call(x, h, axis=(1, 0), **how), call(x, _places(d, 4), axis=-1, **how), both
    )


def _trapezoid(d: Draw) -> Call:
    x = d.array((3, 4))
    places = call(x, d.choice(_places(d, 4), d.array((3, 4))))
    return d.choice(
        places, call(x, **d.some(dx=(0.5, d.array(()), d.array((3,))))), call(x, axis=0, x=_places(d, 3))
    )


def _interp(d: Draw) -> Call:
    xp = np.array([-1.5, 0.0, 0.5, 2.0])
    how = d.some(left=(d.array(()),), right=(0.5,)) if d.style.distinct else {}
    ordered = call(d.array(), xp, d.array((4,)), **how)
    return d.choice(ordered, call(d.array(), xp[[2, 0, 3, 1]], d.array((4,)), period=4.0))


def _two(d: Draw) -> Call:
    return call(d.array((d.length(),)), d.array((d.length(),)))


ARGUMENTS: Lines = {
    np.diff: _diff,
    np.ediff1d: lambda d: call(d.array(), **d.some(to_end=(d.array(),), to_begin=(0.5,))),
    np.gradient: _gradient,
    np.trapezoid: _trapezoid,
    np.interp: _interp,
    np.unwrap: lambda d: call(d.array((3, 4)) * 3, **d.some(axis=(0,), period=(4.3,), discont=(5.0,))),
    linear_convolution: lambda d: call(
        *sorted(_two(d).args, key=len, reverse=True), **d.some(adjoint=(True,))
    ),
    np.convolve: lambda d: call(*_two(d).args, **d.some(mode=("full", "same", "valid"))),
    np.correlate: lambda d: call(*_two(d).args, **d.some(mode=("full", "same", "valid"))),
    sinc_derivative: lambda d: call(d.array(), d.integer(1, 4)),
    bessel_i: lambda d: call(d.array(), d.integer(0, 3)),
}
