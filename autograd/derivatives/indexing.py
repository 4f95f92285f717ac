"""Indexing and its adjoint, writing at an index, and functions that choose between elements."""

from functools import reduce
from operator import getitem, setitem
from typing import Any

import numpy as np

from autograd.derivatives.constants import value_of
from autograd.derivatives.positions import rearranged
from autograd.derivatives.primitive import primitive
from autograd.derivatives.shapes import along
from autograd.derivatives.table import TABLE, Definition, definition, derivative


class Writing(Definition):
    """The definition of a function that writes to its first argument, as ``x[index] = value`` does."""


# fmt: off
@primitive
def scatter(x: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Add the elements of ``x`` into zeros at ``index``: the adjoint of ``x[index]``."""
    result = np.zeros(shape, np.result_type(x))
    add_at(result, x, index)
    return result

def add_at(total: Any, x: Any, index: Any) -> None:
    """Add ``x`` to ``total[index]``; an element that is indexed twice is added to twice."""
    if _may_repeat(index):
        if isinstance(index, np.ndarray):  # NumPy is several times faster along one axis
            index, x = np.ravel(index), np.reshape(x, (index.size, *np.shape(total)[1:]))
        np.add.at(total, index, x)
    else:
        total[index] += x

@primitive
def set_item(x: Any, index: Any, value: Any) -> Any:
    """Return a copy of ``x`` with ``value`` at ``index``: what ``x[index] = value`` means."""
    result = np.array(x)
    result[index] = value
    return result

def _may_repeat(index: Any) -> bool:
    """Tell whether an index may name an element twice: only sequences of integers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(np.ndim(part) > 0 and np.asarray(part).dtype.kind in "iu" for part in parts if not (part is None or isinstance(part, (int, slice))))

def _stays(index: Any, shape: tuple[int, ...]) -> Any:
    """Tell which elements of a written value were not written over by a later one."""
    if not _may_repeat(index):
        return True
    number = np.empty(shape, int)
    number[index] = written = np.arange(number[index].size).reshape(number[index].shape)
    return number[index] == written

derivative(getitem,         lambda g, x_shape, index: scatter(g, index, x_shape), None,  names="x index",
                            adding=lambda g, index: lambda total: add_at(total, g, index), kind="indexing")
derivative(scatter,         lambda g, index: g[index], None, None,                       kind="indexing")
derivative(set_item,        lambda g, index: set_item(g, index, 0), None,
                            lambda g, x_shape, index: g[index] if (stays := _stays(index, x_shape)) is True else g[index] * stays, kind="indexing")
derivative(np.where,        None, lambda g, c: np.where(c, g, 0),
                                  lambda g, c: np.where(c, 0, g),                             names="c x y", kind="indexing")

# Functions that choose
def _take(a: Any, indices: Any, axis: int | None = None, *, mode: Any = "raise") -> Any:
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis)
    return along(a, axis, np.take(np.arange(np.shape(a)[axis]), value_of(indices), mode=mode))

definition(np.take,      _take)
definition(np.select,    lambda condlist, choicelist, default=0: reduce(lambda y, pair: np.where(pair[0], pair[1], y), reversed(list(zip(condlist, choicelist, strict=True))), default))

# Functions that only move elements, and the names of the operands whose elements those are
_OPERANDS: dict[Any, str] = {
    np.repeat: "a", np.tile: "A", np.resize: "a", np.rot90: "m", np.fliplr: "m", np.flipud: "m",
    np.block: "arrays", np.column_stack: "tup", np.delete: "arr", np.insert: "arr values",
    np.diagonal: "a", np.diag: "v", np.diagflat: "v", np.compress: "a", np.choose: "choices",
    np.take_along_axis: "arr", np.lib.stride_tricks.sliding_window_view: "x", np.fft.fftshift: "x", np.fft.ifftshift: "x",
}
for _function, _names in _OPERANDS.items():
    definition(_function, rearranged(_function, *_names.split()))

# Functions that write
def _add_at(a: Any, indices: Any, b: Any = None) -> None:
    a += scatter(np.broadcast_to(b, np.shape(np.broadcast_to(0, np.shape(a))[indices])), indices, np.shape(a))

_WRITING: dict[Any, Any] = {
    np.copyto:         lambda dst, src, *, where=True: setitem(dst, m := np.broadcast_to(where, np.shape(dst)), np.broadcast_to(src, np.shape(dst))[m]),
    np.putmask:        lambda a, mask, values: setitem(a, m := np.asarray(mask, bool), np.resize(values, np.shape(a))[m]),
    np.put:            rearranged(np.put, "a", "v", writes=True),
    np.place:          rearranged(np.place, "arr", "vals", writes=True),
    np.put_along_axis: rearranged(np.put_along_axis, "arr", "values", writes=True),
    np.fill_diagonal:  rearranged(np.fill_diagonal, "a", "val", writes=True),
    np.add.at:         _add_at,
    np.subtract.at:    lambda a, indices, b=None: _add_at(a, indices, np.negative(b)),
}
TABLE.update({function: Writing(function, define) for function, define in _WRITING.items()})
