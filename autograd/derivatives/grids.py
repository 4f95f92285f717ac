"""Arrays made of a few numbers: ranges between two, grids of powers and places, copies, constants."""

import math
from typing import Any

import numpy as np

from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative


# fmt: off
def gathered(data: Any) -> Any:
    """Make one array of nested lists that hold Tensors."""
    return np.stack([gathered(part) for part in data]) if isinstance(data, (list, tuple)) else data

def _cast(x: Any, dtype: Any) -> Any:
    return x if dtype is None else astype(x, dtype)

def _steps(start: Any, stop: Any, num: int, endpoint: bool, axis: int) -> tuple[Any, Any, Any]:
    """Give start and stop with a new axis, and numbers from 0 to 1 along that."""
    start, stop = np.broadcast_arrays(start, stop)
    zeros = np.zeros(np.shape(start), np.result_type(start, stop, 1.0))
    t = np.linspace(zeros, zeros + 1, num, endpoint, axis=axis)
    return np.expand_dims(start, axis), np.expand_dims(stop, axis), t

def _linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0) -> Any:
    first, last, t = _steps(start, stop, num, endpoint, axis)
    result = _cast((1 - t) * first + t * last, dtype)
    return (result, (stop - start) / (max(num - endpoint, 0) or math.nan)) if retstep else result

def _geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    if np.any(np.less_equal(start * stop, 0)):
        raise ValueError("np.geomspace: expected start and stop of one sign, and neither zero")
    wide = np.result_type(start, stop, np.float64)  # as NumPy computes
    first, last, t = _steps(astype(start, wide), astype(stop, wide), num, endpoint, axis)
    return _cast(first * np.power(last / first, t), dtype)

def _arange(start_or_stop: Any, stop: Any = None, step: Any = 1, *, dtype: Any = None) -> Any:
    start, stop = (0, start_or_stop) if stop is None else (start_or_stop, stop)
    return _cast(start + step * np.arange(max(0, int(np.ceil((stop - start) / step)))), dtype)

definition(np.linspace,  _linspace)
definition(np.geomspace, _geomspace)
definition(np.arange,    _arange)
definition(np.logspace, lambda start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0:
           _cast(np.power(np.expand_dims(base, axis) if np.ndim(base) else base, np.linspace(start, stop, num, endpoint, axis=axis)), dtype))
definition(np.meshgrid, lambda *xi, copy=True, sparse=False, indexing="xy":
           tuple(np.ravel(x)[i] for x, i in zip(xi, np.meshgrid(*map(np.arange, map(np.size, xi)), sparse=sparse, indexing=indexing), strict=True)))
definition(np.ix_, lambda *args: np.meshgrid(*args, sparse=True, indexing="ij"))
definition(np.vander, lambda x, N=None, increasing=False:
           np.power(np.expand_dims(x, 1), np.arange(np.size(x) if N is None else N)[:: 1 if increasing else -1]))

# With like=, a Tensor that NumPy does not hand on; so too np.arange
derivative(np.full,      None, lambda g: g, kind="shape", keywords="order device")
derivative(np.full_like, None, lambda g: g, names="a fill_value", kind="shape", keywords="order subok shape device")
definition(np.array,     lambda object, dtype=None: _cast(np.copy(gathered(object)), dtype))
definition(np.require,   lambda a, dtype=None, requirements=None: _cast(gathered(a), dtype))  # a Tensor has no layout
for _function in np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray:
    definition(_function, lambda a, dtype=None: _cast(gathered(a), dtype))
