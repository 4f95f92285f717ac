"""The arguments of constants."""

from __future__ import annotations

import numpy as np

from autograd.derivatives.shapes import astype, cast_away
from autograd.testing.arguments.kinds import Lines
from autograd.testing.strategies import call

ARGUMENTS: Lines = {
    np.argpartition: lambda d: call(x := d.array(least=1), d.integer(0, x.shape[-1] - 1)),
    np.may_share_memory: lambda d: call(d.array(), d.array()),
    np.shares_memory: lambda d: call(d.array(), d.array()),
    np.can_cast: lambda d: call(d.array(), np.float32),
    np.digitize: lambda d: call(d.array(), np.array([-1.0, 0.5, 1.0])),
    np.empty_like: lambda d: call(np.empty((0, d.length()))),
    np.full_like: lambda d: call(d.array(), 2.0),
    np.nonzero: lambda d: call(d.array(least=1)),
    np.result_type: lambda d: call(d.array(), np.float32),
    np.searchsorted: lambda d: call(np.array([-1.0, 0.5, 1.0]), d.array()),
    np.zeros_like: lambda d: call(d.array(), **d.some(dtype=(np.float32, int))),
    cast_away: lambda d: call(d.array(), d.choice(int, bool)),
    astype: lambda d: call(d.array(), d.dtype(), **d.some(copy=(True, False))),
}
if hasattr(np, "astype"):  # since NumPy 2.1
    ARGUMENTS[np.astype] = ARGUMENTS[astype]
