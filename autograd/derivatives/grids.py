"""Arrays made of a few numbers: ranges between two, grids of powers and places, copies, constants, padding."""

import math
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.indexing import set_item
from autograd.derivatives.own_text import alike, as_array
from autograd.derivatives.positions import moved, rearranged
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition, derivative


# fmt: off
def _linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0) -> Any:
    zeros = np.zeros_like(np.linspace(value_of(start), value_of(stop), 1)[0])
    start, stop = start + zeros, stop + zeros
    t = np.linspace(zeros, zeros + 1, num, endpoint, axis=axis)
    result = as_array((1 - t) * np.expand_dims(start, axis) + t * np.expand_dims(stop, axis), dtype)
    return (result, (stop - start) / (max(num - endpoint, 0) or math.nan)) if retstep else result

def _geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    start, stop, _ = alike(start, stop, np.float64(1))  # as NumPy computes
    zeros = np.zeros_like(start * stop)
    if np.any(np.less_equal(start * stop, 0)):
        raise ValueError("np.geomspace: expected start and stop of one sign, and neither zero")
    return as_array(np.expand_dims(start + zeros, axis) * np.logspace(zeros, zeros + 1, num, endpoint, stop / start + zeros, axis=axis), dtype)

def _arange(start_or_stop: Any, stop: Any = None, step: Any = 1, *, dtype: Any = None) -> Any:
    start, stop = (0, start_or_stop) if stop is None else (start_or_stop, stop)
    return as_array(start + step * np.arange(max(0, int(np.ceil((stop - start) / step)))), dtype)

definition(np.linspace,  _linspace)
definition(np.geomspace, _geomspace)
definition(np.arange,    _arange)
definition(np.logspace, lambda start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0: as_array(np.power(np.expand_dims(base, axis) if np.ndim(base) else base, np.linspace(start, stop, num, endpoint, axis=axis)), dtype))
definition(np.meshgrid, lambda *xi, copy=True, sparse=False, indexing="xy": tuple(np.ravel(x)[i] for x, i in zip(xi, np.meshgrid(*map(np.arange, map(np.size, xi)), sparse=sparse, indexing=indexing), strict=True)))
definition(np.vander, lambda x, N=None, increasing=False: np.power(np.expand_dims(x, 1), np.arange(np.size(x) if N is None else N)[:: 1 if increasing else -1]))

# With like=, a Tensor that NumPy does not hand on; so too np.arange
derivative(np.full,      None, lambda g: g, kind="shape", keywords="order device")
derivative(np.full_like, None, lambda g: g, names="a fill_value", kind="shape", keywords="order subok shape device")
definition(np.empty_like, lambda prototype, dtype=None, order="K", subok=True, shape=None, *, device=None: np.full_like(prototype, 0, dtype, order, subok, shape, device=device))
definition(np.array,     lambda object, dtype=None: np.copy(as_array(object, dtype)))
definition(np.require,   lambda a, dtype=None, requirements=None: as_array(a, dtype))  # a Tensor has no layout
for _function in np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray:
    definition(_function, lambda a, dtype=None: as_array(a, dtype))

# Padding: most modes only move elements; the others compute new ones, axis by axis
_STATISTICS: dict[str, Any] = {"maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min}
_move = rearranged(np.pad, "array")

def _pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    if callable(mode):
        raise TypeError("np.pad with a function has no derivative here; use a named mode, or np.concatenate")
    if mode not in (*_STATISTICS, "linear_ramp", "constant", "empty") and kwargs.get("reflect_type") != "odd":
        return _move(array, pad_width, mode, **kwargs)
    shape, one = np.shape(array), np.pad(np.ones((1,) * np.ndim(array)), pad_width)  # 1 where the array will lie
    if mode in ("constant", "empty"):
        values = as_array(kwargs.pop("constant_values", 0), np.result_type(array))
        outside = moved(values, by=lambda arrays: np.pad(np.zeros(shape, arrays[0].dtype), pad_width, constant_values=arrays[0], **kwargs))
        return set_item(outside, tuple(slice(i, i + n) for i, n in zip(np.unravel_index(np.argmax(one), one.shape), shape, strict=True)), array)
    np.pad(np.ones(shape), 0, mode, **{k: v for k, v in kwargs.items() if k != "end_values"})  # are they known?
    if not np.size(array):  # NumPy fills what is empty with constants only, and says so
        return np.zeros_like(np.pad(np.zeros(shape), pad_width, mode, **kwargs))
    options = np.broadcast_to(as_array(next(iter(kwargs.values()), None)), (np.ndim(array), 2))
    result = array
    for axis, places in enumerate(np.nonzero(one)):
        x = np.moveaxis(result, axis, 0)
        before = _before(x, places[0], mode, options[axis, 0])
        after = _before(np.flip(x, 0), one.shape[axis] - 1 - places[0], mode, options[axis, 1])
        result = np.moveaxis(np.concatenate([before, x, np.flip(after, 0)]), 0, axis)
    return astype(result, np.result_type(array), copy=False)

def _before(x: Any, width: int, mode: Any, option: Any) -> Any:
    """Compute what stands before ``x`` along the first axis."""
    if mode == "linear_ramp":
        return np.linspace(0 if option is None else option, x[0], width, endpoint=False)
    if mode in _STATISTICS:
        return np.broadcast_to(_STATISTICS[mode](x[:option], axis=0, keepdims=True), (width, *np.shape(x)[1:]))
    period = max(len(x) - (mode == "reflect"), 1)  # odd reflections go up in steps of this length
    step = np.reshape(np.arange(-width, 0) // period, (width, *(1,) * (np.ndim(x) - 1)))
    even = x[np.pad(np.arange(len(x)), (width, 0), mode)[:width]]
    return np.where(step % 2, x[0] + x[-1] - even, even) + step * (x[-1] - x[0])

definition(np.pad, _pad)
