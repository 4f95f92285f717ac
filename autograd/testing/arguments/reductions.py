"""The arguments of reductions and running sums."""

from __future__ import annotations

import numpy as np
from hypothesis import assume

from autograd.derivatives.domains import POSITIVE
from autograd.derivatives.reductions import running_sum
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import SMOOTH, Call, Draw, call


def _average(d: Draw) -> Call:
    x = d.array(least=1)
    assume(x.size)  # NumPy divides by zero otherwise
    axis = d.integer(0, x.ndim - 1)
    shape = d.choice(None, x.shape, x.shape[axis : axis + 1])
    if shape is None:
        return call(x, **d.some(axis=(None, axis), keepdims=(True, False)))
    return call(x, axis, d.array(shape, POSITIVE, style=d.style._replace(numbers=SMOOTH.numbers)))


def _norm(d: Draw) -> Call:
    x = d.array(least=1)
    orders = (0, 1, 2, 3, np.inf, -np.inf) if x.size else (0, 1, 2, 3)  # releases differ on empty maxima
    along_one = d.some(axis=(d.axis(x.ndim),))
    how = along_one | d.some(ord=orders) if along_one or x.ndim == 1 else {}
    if x.ndim > 1 and not how:
        how = d.some(axis=(d.order(x.ndim)[:2],))
        how |= d.some(ord=("fro",)) if how or x.ndim == 2 else {}
    return call(x, **how, **d.some(keepdims=(True, False)))


ARGUMENTS: Lines = {
    np.ptp: Draw.reduction,
    np.var: lambda d: d.reduction(ddof=(0.5,)),
    np.std: lambda d: d.reduction(ddof=(0.5,)),
    np.average: _average,
    np.linalg.norm: _norm,
    running_sum: lambda d: call(x := d.array(least=1), d.axis(x.ndim)),
    np.cumsum: lambda d: call(x := d.array(least=1), **d.some(axis=(None, d.axis(x.ndim)))),
}
