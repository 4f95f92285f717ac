"""The arguments of reductions and running sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import Call, Draw, call


def masked(d: Draw, **choices: tuple[Any, ...]) -> Call:
    """Draw a reduction of all elements, or with ``initial`` of those that a mask selects."""
    plain = d.reduction()
    shape = plain.args[0].shape
    how = {name: d.choice(*values) for name, values in choices.items()}
    where = d.choice(d.booleans(shape), d.booleans(shape[-1:]))
    return d.choice(plain, call(*plain.args, **plain.kwargs, **how, where=where))


ARGUMENTS: Lines = {
    np.ptp: Draw.reduction,
    np.var: lambda d: d.reduction(ddof=(0.5,)),
    np.std: lambda d: d.reduction(ddof=(0.5,)),
    np.sum: lambda d: masked(d, initial=(0.5,)),
    np.prod: lambda d: masked(d, initial=(0.5,)),
    np.max: lambda d: masked(d, initial=(0.5,)),
    np.min: lambda d: masked(d, initial=(0.5,)),
    np.amax: lambda d: masked(d, initial=(0.5,)),
    np.amin: lambda d: masked(d, initial=(0.5,)),
    np.mean: Draw.reduction,
    np.cumprod: lambda d: call(x := d.array(least=1), **d.some(axis=(None, d.axis(x.ndim)))),
    np.cumsum: lambda d: call(x := d.array(least=1), **d.some(axis=(None, d.axis(x.ndim)))),
}
if hasattr(np, "cumulative_sum"):  # since NumPy 2.1
    for _function in np.cumulative_sum, np.cumulative_prod:
        ARGUMENTS[_function] = lambda d: call(
            x := d.array(least=1), axis=d.axis(x.ndim), **d.some(include_initial=(True,))
        )
