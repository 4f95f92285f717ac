"""The arguments of elementwise functions that no kind can draw, and of methods of ufuncs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib import scimath

from autograd.derivatives.domains import ABOVE_ONE, NONZERO, POSITIVE, REALS, UNIT
from autograd.derivatives.table import TABLE, Constant, Refused
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import SMOOTH, Array, Call, Draw, call


def _inside(d: Draw, *domains: Any) -> Call:
    """Draw only where the function is real."""
    shapes = d.broadcastable(len(domains))
    return call(*(d.array(s, domain, style=SMOOTH) for s, domain in zip(shapes, domains, strict=True)))


def _quotient(d: Draw) -> Call:
    """Draw numbers that are not near to multiples of others."""
    return call(d.choice(7.3, -5.7) + d.array(s := d.shape()) / 16, np.full(s, 2.0))


ARGUMENTS: Lines = {
    np.ldexp: lambda d: call(d.array(s := d.shape()), d.integers(s, -3, 3)),
    np.nextafter: lambda d: call(*map(d.array, d.broadcastable(2))),
    np.divmod: _quotient,
    np.modf: lambda d: call(d.array(style=SMOOTH)),
    np.frexp: lambda d: call(d.array(style=SMOOTH)),
    np.heaviside: lambda d: d.choice(
        call(d.array(s := d.shape(), NONZERO, style=SMOOTH), d.array(s)),
        call(d.integers(s, -1, 1), d.array(s)),
    ),
    np._core.umath.clip: lambda d: call(d.array(), -0.5, 2.0),  # type: ignore[attr-defined]
    scimath.sqrt: lambda d: _inside(d, POSITIVE),
    scimath.log: lambda d: _inside(d, POSITIVE),
    scimath.log2: lambda d: _inside(d, POSITIVE),
    scimath.log10: lambda d: _inside(d, POSITIVE),
    scimath.logn: lambda d: _inside(d, ABOVE_ONE, POSITIVE),
    scimath.power: lambda d: _inside(d, POSITIVE, REALS),
    scimath.arccos: lambda d: _inside(d, UNIT),
    scimath.arcsin: lambda d: _inside(d, UNIT),
    scimath.arctanh: lambda d: _inside(d, UNIT),
}


def _operand(d: Draw, method: Any) -> Array:
    shape = (3, 2)
    if not isinstance(TABLE[method], Constant):
        return d.array(shape, POSITIVE, style=SMOOTH)
    return d.integers(shape, 0, 3) if "ll->l" in method.__self__.types else d.booleans(shape)


def _method(d: Draw, method: Any) -> Call:
    x = _operand(d, method)
    if method.__self__ in (np.remainder, np.fmod, np.floor_divide):  # keep away from multiples
        x = np.array([[7.3, 8.1], [2.9, 3.1], [1.7, 1.3]])
    others = {"outer": (_operand(d, method)[:, 0],), "reduceat": ([0, 2, 1],)}.get(method.__name__, ())
    if method.__name__ == "outer" and x.dtype.kind == "f":
        return call(x, np.array([2.3, 0.6]))
    return call(x, *others) if others else call(x, **d.some(axis=(-1,)))


ARGUMENTS |= {
    function: lambda d, function=function: _method(d, function)  # type: ignore[misc]
    for function, entry in TABLE.items()
    if isinstance(getattr(function, "__self__", None), np.ufunc) and not isinstance(entry, Refused)
}
