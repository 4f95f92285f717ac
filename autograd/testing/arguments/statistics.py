"""The arguments of averages, covariances, histograms, and of reductions that pass over NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume

from autograd.derivatives.domains import POSITIVE
from autograd.testing.arguments.kinds import Lines
from autograd.testing.arguments.reductions import masked
from autograd.testing.strategies import SMOOTH, Array, Call, Draw, call


def _weights(d: Draw, shape: tuple[int, ...]) -> Array:
    return d.array(shape, POSITIVE, style=d.style._replace(numbers=SMOOTH.numbers))


def _average(d: Draw) -> Call:
    x = d.array(least=1)
    assume(x.size)  # NumPy divides by zero otherwise
    axis = d.integer(0, x.ndim - 1)
    shape = d.choice(None, x.shape, x.shape[axis : axis + 1])
    if shape is None:
        return call(x, **d.some(axis=(None, axis), keepdims=(True, False), returned=(True,)))
    return call(x, axis, _weights(d, shape), **d.some(returned=(True,)))


def _cov(d: Draw) -> Call:
    x, y = (d.array((3, 4), style=SMOOTH) for _ in range(2))
    repeats: Any = np.array([1, 2, 1, 3])
    how = d.some(bias=(True,), ddof=(0,), aweights=(_weights(d, (4,)),), fweights=(repeats,))
    return d.choice(call(x, **how), call(x[0], y[0], **how), call(x, y[:1], **how), call(x, y, rowvar=False))


def _weighted(d: Draw) -> dict[str, Any]:
    return d.choice({}, {"density": True}, {"weights": d.array((3,))})


ARGUMENTS: Lines = {
    np.average: _average,
    np.cov: _cov,
    np.corrcoef: lambda d: call(d.array((3, 4), style=SMOOTH), **d.some(rowvar=(False,))),
    np.bincount: lambda d: call(d.integers((4,), 0, 3), d.array((4,)), **d.some(minlength=(5,))),
    np.histogram: lambda d: call(d.array((3,)), [-4, 0.5, 4], **_weighted(d)),
    np.histogram2d: lambda d: call(d.array((3,)), d.array((3,)), [-4, 0.5, 4], **_weighted(d)),
    np.histogramdd: lambda d: call(d.array((3, 2)), ([-4, 0.5, 4], [-4, 0, 4]), **_weighted(d)),
    np.histogram_bin_edges: lambda d: call(d.array((3,)), **d.some(bins=(2,))),
    np.nansum: lambda d: masked(d, initial=(0.5,)),
    np.nanprod: lambda d: masked(d, initial=(0.5,)),
    np.nanmean: lambda d: d.reduction(),
    np.nanvar: lambda d: d.reduction(ddof=(0.5,)),
    np.nanstd: lambda d: d.reduction(ddof=(0.5,)),
    np.nanmax: lambda d: masked(d, initial=(0.5,)),
    np.nanmin: lambda d: masked(d, initial=(0.5,)),
    np.nancumsum: lambda d: call(x := d.array(least=1), **d.some(axis=(None, d.axis(x.ndim)))),
    np.nancumprod: lambda d: call(x := d.array(least=1), **d.some(axis=(None, d.axis(x.ndim)))),
}
