"""The arguments of constants: functions that have no derivative, and give plain arrays."""

import io
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.testing import Call, Draw, call
from autograd.testing.arguments.grids import LIKE
from autograd.testing.arguments.kinds import required

DAY = np.datetime64("2024-02-28")

CONSTANT_ARGUMENTS: dict[Callable[..., Any], Callable[[Draw], Call]] = {
    np.argpartition: lambda d: call(x := d.array(least=1), d.integer(0, x.shape[-1] - 1)),
    np.may_share_memory: lambda d: call(d.array(), d.array()),
    np.shares_memory: lambda d: call(d.array(), d.array()),
    np.min_scalar_type: lambda d: call(d.array()),
    np.can_cast: lambda d: call(d.array(), np.float32),
    np.digitize: lambda d: call(d.array(), np.array([-1.0, 0.5, 1.0])),
    np.nonzero: lambda d: call(d.array(least=1)),
    np.result_type: lambda d: call(d.array(), np.float32),
    np.searchsorted: lambda d: call(np.array([-1.0, 0.5, 1.0]), d.array()),
    np.diag_indices_from: lambda d: call(d.array((2, 2))),
    np.tril_indices_from: lambda d: call(d.array(d.shape(2, 2))),
    np.triu_indices_from: lambda d: call(d.array(d.shape(2, 2))),
    np.unravel_index: lambda d: call(d.integers(d.shape(), 0, 5), (2, 3)),
    np.ravel_multi_index: lambda d: call((d.integers(s := d.shape(), 0, 1), d.integers(s, 0, 2)), (2, 3)),
    np.lexsort: lambda d: call(d.array((2, 3))),
    np.common_type: lambda d: call(d.array(), d.array()),
    np.packbits: lambda d: call(d.booleans(d.shape(1))),
    np.unpackbits: lambda d: call(np.packbits(d.booleans(d.shape(1)))),
    # Creation, where like= is a Tensor
    np.zeros: lambda d: call(d.shape(), like=LIKE),
    np.ones: lambda d: call(d.shape(), like=LIKE),
    np.empty: lambda d: call((0, d.length()), like=LIKE),
    np.eye: lambda d: call(d.length(), **d.some(k=(1, -1)), like=LIKE),
    np.identity: lambda d: call(d.length(), like=LIKE),
    np.tri: lambda d: call(d.length(), **d.some(k=(1, -1)), like=LIKE),
    np.fromfunction: lambda d: call(lambda i, j: i - 2 * j, (2, d.length()), like=LIKE),
    np.fromiter: lambda d: call([1.5, 2.5], float, like=LIKE),
    np.frombuffer: lambda d: call(b"12345678", like=LIKE),
    np.fromstring: lambda d: call("1 2", sep=" ", like=LIKE),
    np.fromfile: lambda d: call(os.devnull, like=LIKE),
    np.loadtxt: lambda d: call(["1 2", "3 4"], like=LIKE),
    np.genfromtxt: lambda d: call(["1 2", "3 4"], like=LIKE),
    # Files
    np.save: lambda d: call(io.BytesIO(), d.array()),
    np.savez: lambda d: call(io.BytesIO(), d.array()),
    np.savez_compressed: lambda d: call(io.BytesIO(), d.array()),
    np.savetxt: lambda d: call(io.BytesIO(), d.array(d.shape(1, 2))),
    # Dates
    np.is_busday: lambda d: call(DAY + np.timedelta64(d.integer(0, 9), "D")),
    np.busday_count: lambda d: call(DAY, DAY + np.timedelta64(d.integer(0, 9), "D")),
    np.busday_offset: lambda d: call(DAY, d.integers(d.shape(), 0, 9), "forward"),
    np.datetime_as_string: lambda d: call(DAY + np.timedelta64(d.integer(0, 9), "D")),
}


def constant_call(function: Callable[..., Any]) -> Callable[[Draw], Call]:
    """Return the function's own line; or draw floats for what is required, integers if it takes no floats."""

    def draw(d: Draw) -> Call:
        shapes = d.broadcastable(required(function))
        if isinstance(function, np.ufunc) and not any(types[0] == "d" for types in function.types):
            return call(*(d.integers(shape, 0, 5) for shape in shapes))
        return call(*map(d.array, shapes))

    return CONSTANT_ARGUMENTS.get(function, draw)
