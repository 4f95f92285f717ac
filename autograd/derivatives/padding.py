"""``np.pad``: most modes only move elements; the others compute new ones, axis by axis."""

from typing import Any

import numpy as np

from autograd.derivatives.grids import gathered
from autograd.derivatives.positions import rearranged
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import definition

# fmt: off
_STATISTICS: dict[str, Any] = {"maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min}
_move = rearranged(np.pad, "array")
_fill = rearranged(lambda x, width, values: np.pad(x, width, constant_values=values), "x", "values")

def _pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    if callable(mode):
        raise TypeError("np.pad with a function has no derivative here; use a named mode, or np.concatenate")
    if mode in ("constant", "empty"):
        return _fill(array, pad_width, kwargs.pop("constant_values", 0), **kwargs)
    if mode not in _STATISTICS and mode != "linear_ramp" and kwargs.get("reflect_type") != "odd":
        return _move(array, pad_width, mode, **kwargs)
    inside = np.pad(np.ones(np.shape(array)), pad_width)
    np.pad(inside, 0, mode, **{k: v for k, v in kwargs.items() if k != "end_values"})  # are they known?
    options = np.broadcast_to(gathered(next(iter(kwargs.values()), None)), (np.ndim(array), 2))
    if not np.size(array):  # NumPy fills what is empty with constants only, and says so
        return np.zeros_like(np.pad(np.zeros(np.shape(array)), pad_width, mode, **kwargs))
    result = array
    for axis, places in enumerate(np.nonzero(inside)):
        x = np.moveaxis(result, axis, 0)
        before = _before(x, places[0], mode, options[axis, 0])
        after = _before(np.flip(x, 0), inside.shape[axis] - 1 - places[-1], mode, options[axis, 1])
        result = np.moveaxis(np.concatenate([before, x, np.flip(after, 0)]), 0, axis)
    return astype(result, np.result_type(array), copy=False)

def _before(x: Any, width: int, mode: Any, option: Any) -> Any:
    """Compute what stands before ``x`` along the first axis."""
    if mode == "linear_ramp":
        return np.linspace(0 if option is None else option, x[0], width, endpoint=False)
    if mode in _STATISTICS:
        value = _STATISTICS[mode](x[:option], axis=0, keepdims=True)
        return np.broadcast_to(value, (width, *np.shape(x)[1:]))
    period = max(len(x) - (mode == "reflect"), 1)  # odd reflections go up in steps of this length
    step = np.reshape(np.arange(-width, 0) // period, (width, *(1,) * (np.ndim(x) - 1)))
    even = x[np.pad(np.arange(len(x)), (width, 0), mode)[:width]]
    return np.where(step % 2, x[0] + x[-1] - even, even) + step * (x[-1] - x[0])

definition(np.pad, _pad)
