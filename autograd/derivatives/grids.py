"""Arrays made of a few numbers: ranges between two, grids of powers and places, copies, constants, padding."""

import inspect
from typing import Any

import numpy as np

from autograd.derivatives.indexing import set_item
from autograd.derivatives.own_text import an_array, as_array, own_text
from autograd.derivatives.positions import moved, rearranged
from autograd.derivatives.table import definition, derivative


# fmt: off
def _arange(start_or_stop: Any, stop: Any = None, step: Any = 1, *, dtype: Any = None) -> Any:
    start, stop = (0, start_or_stop) if stop is None else (start_or_stop, stop)
    return as_array(start + step * np.arange(max(0, int(np.ceil((stop - start) / step)))), dtype)

definition(np.arange,    _arange)
definition(np.meshgrid,  lambda *xi, copy=True, sparse=False, indexing="xy": tuple(
    np.ravel(x)[i] for x, i in zip(xi, np.meshgrid(*(np.arange(np.size(x)) for x in xi), sparse=sparse, indexing=indexing), strict=True)))
definition(np.vander,    lambda x, N=None, increasing=False: np.power(np.expand_dims(x, 1), np.arange(np.size(x) if N is None else N)[:: 1 if increasing else -1]))

# With like=, a Tensor that NumPy does not hand on; so too np.arange
derivative(np.full,      None, lambda g: g, kind="shape", keywords="order device")
derivative(np.full_like, None, lambda g: g, names="a fill_value", kind="shape", keywords="order subok shape device")
definition(np.empty_like, lambda prototype, dtype=None, order="K", subok=True, shape=None, *, device=None: np.full_like(prototype, 0, dtype, order, subok, shape, device=device))
definition(np.array,     an_array)
definition(np.require,   lambda a, dtype=None, requirements=None: as_array(a, dtype))  # a Tensor has no layout
for _function in np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray:
    definition(_function, lambda a, dtype=None: as_array(a, dtype))

# Padding: constants stand around; some modes only move elements; the others write what NumPy computes
def _amid_zeros(array: Any, widths: Any) -> Any:
    inside = tuple(slice(before, before + n) for (before, _), n in zip(widths, np.shape(array), strict=True))
    shape = [sum(width) + n for width, n in zip(widths, np.shape(array), strict=True)]
    return set_item(np.zeros_like(array, shape=shape), inside, array), inside

_move = rearranged(np.pad, "array")
_pairs = inspect.unwrap(np.pad).__globals__["_as_pairs"]
_write = own_text(
    np.pad, _pad_simple=_amid_zeros,
    _view_roi=lambda padded, inside, axis: padded,  # the corners are written again later
    _as_pairs=lambda x, ndim, as_index=False: _pairs(x, ndim, True) if as_index else np.broadcast_to(as_array(x), (ndim, 2)),
)

def _pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    if callable(mode):
        raise TypeError("np.pad with a function has no derivative here; use a named mode, or np.concatenate")
    if mode in ("edge", "reflect", "symmetric", "wrap") and kwargs.get("reflect_type") != "odd":
        return _move(array, pad_width, mode, **kwargs)
    if mode == "constant":
        shape, values = np.shape(array), as_array(kwargs.get("constant_values", 0), np.result_type(array))
        first = np.argwhere(np.pad(np.ones((1,) * len(shape)), pad_width))[0]
        outside = moved(values, by=lambda x: np.pad(np.zeros(shape, x[0].dtype), pad_width, **kwargs | {"constant_values": x[0]}))
        return set_item(outside, tuple(slice(i, i + n) for i, n in zip(first, shape, strict=True)), array)
    return _write(array, pad_width, mode, **kwargs)

definition(np.pad, _pad)
