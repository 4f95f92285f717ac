"""Shape functions: elements move, are repeated or are joined, but do not change."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives import table
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import definition

derivative = partial(table.derivative, kind="shape")


@primitive
def cast(x: Any, dtype: Any) -> Any:
    """Convert to another floating dtype."""
    return np.asarray(x).astype(dtype)


@primitive
def join(*arrays: Any, axis: int = 0, ends: Sequence[int] = ()) -> Any:
    """Concatenate arrays that are arguments of their own; ``ends`` says where each one ends."""
    return np.concatenate(arrays, axis)


@primitive
def pile(*arrays: Any, axis: int = 0) -> Any:
    """Stack arrays that are arguments of their own along a new axis."""
    return np.stack(arrays, axis)


def _part(g: Any, position: int, axis: int, ends: Sequence[int]) -> Any:
    """Cut out of a concatenation the part that came from one array."""
    start = ends[position - 1] if position else 0
    return g[(slice(None),) * (axis % np.ndim(g)) + (slice(start, ends[position]),)]


def _layer(g: Any, position: int, axis: int) -> Any:
    """Take out of a stack the array at one position."""
    return g[(slice(None),) * (axis % np.ndim(g)) + (position,)]


def _inverse(axes: Sequence[int] | None) -> Any:
    return axes and tuple(int(i) for i in np.argsort([axis % len(axes) for axis in axes]))


# fmt: off
derivative(np.reshape,      lambda g, x_shape: np.reshape(g, x_shape), None,                names="x shape")
derivative(np.ravel,        lambda g, x_shape: np.reshape(g, x_shape))
derivative(np.squeeze,      lambda g, x_shape: np.reshape(g, x_shape),                      keywords="axis")
derivative(np.expand_dims,  lambda g, x_shape: np.reshape(g, x_shape), None,                names="x axis")
derivative(np.transpose,    lambda g, axes=None: np.transpose(g, _inverse(axes)))
derivative(np.matrix_transpose, lambda g: np.matrix_transpose(g))
derivative(np.swapaxes,     lambda g, i, j: np.swapaxes(g, i, j), None, None,               names="x i j")
derivative(np.moveaxis,     lambda g, old, new: np.moveaxis(g, new, old), None, None,       names="x old new")
derivative(np.broadcast_to, lambda g: g, None,                                              names="x shape")
derivative(np.flip,         lambda g, axis=None: np.flip(g, axis))
derivative(np.roll,         lambda g, shift, axis=None: np.roll(g, np.negative(shift), axis), None, names="x shift")
derivative(np.copy,         lambda g: g,                                                    keywords="order")
derivative(cast,            lambda g: g, None,                                              names="x dtype")
derivative(join,            lambda g, position, axis=0, ends=(): _part(g, position, axis, ends), names="arrays", variadic=True)
derivative(pile,            lambda g, position, axis=0: _layer(g, position, axis),              names="arrays", variadic=True)
# fmt: on


# Definitions. Those that join take a list of arrays, some of which may be no Tensors.


@primitive
def cast_away(x: Any, dtype: Any) -> Any:
    """Convert to integers or booleans."""
    return x.astype(dtype)


@primitive
def astype(x: Any, dtype: Any, *, copy: bool = True) -> Any:
    """Convert to ``dtype``. To integers or booleans the derivative is zero: a plain array."""
    return np.asarray(x).astype(dtype, copy=copy)


def _astype(x: Any, dtype: Any, *, copy: bool = True) -> Any:
    if np.dtype(dtype).kind == "c":
        raise TypeError(f"astype: expected a real dtype, got {np.dtype(dtype)}; complex is not supported")
    if np.dtype(dtype).kind != "f":
        return cast_away(x, dtype)
    return x if x.dtype == np.dtype(dtype) and not copy else cast(x, np.dtype(dtype))


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Join a list of arrays, some of which may be no Tensors, along an axis."""
    if axis is None:
        arrays, axis = [np.ravel(array) for array in arrays], 0
    ends = itertools.accumulate(np.shape(array)[axis] for array in arrays)
    return join(*arrays, axis=axis, ends=tuple(ends))


def _cut(split: Any, ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    before = (slice(None),) * (axis % np.ndim(ary))
    pieces = split(np.arange(np.shape(ary)[axis]), indices_or_sections)
    starts = np.cumsum([0, *map(len, pieces)])
    return [ary[(*before, slice(int(i), int(j)))] for i, j in itertools.pairwise(starts)]


def _at_least(x: Any, ndim: int) -> Any:
    """Add axes as ``np.atleast_1d``, ``_2d`` and ``_3d`` do: in front, and the third behind."""
    while np.ndim(x) < min(ndim, 2):
        x = np.expand_dims(x, 0)
    return np.expand_dims(x, 2) if np.ndim(x) < ndim else x


def _at_least_all(ndim: int, arrays: Sequence[Any]) -> Any:
    results = tuple(_at_least(array, ndim) for array in arrays)
    return results[0] if len(results) == 1 else results


def _hstack(arrays: Sequence[Any]) -> Any:
    arrays = [_at_least(array, 1) for array in arrays]
    return concatenate(arrays, axis=0 if np.ndim(arrays[0]) == 1 else 1)


def _trim_zeros(filt: Any, trim: Any = "fb", **axis: Any) -> Any:
    nonzero, index = np.argwhere(filt), []
    kept = np.shape(np.trim_zeros(np.not_equal(filt, 0), trim, **axis))
    for i, (n, length) in enumerate(zip(np.shape(filt), kept, strict=True)):
        start = min(nonzero[:, i], default=0) if "f" in trim.lower() and length < n else 0
        index.append(slice(start, start + length))
    return filt[tuple(index)]


def _apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    rows, axis = np.moveaxis(arr, axis, -1), axis % np.ndim(arr)
    before = np.shape(rows)[:-1]
    results = [np.asanyarray(func1d(rows[i], *args, **kwargs), like=arr) for i in np.ndindex(before)]
    result = np.reshape(np.stack(results), before + np.shape(results[0]))
    new = range(len(before), np.ndim(result))
    return np.moveaxis(result, new, range(axis, axis + len(new)))


def _apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    for axis in np.atleast_1d(axes):
        result = func(a, int(axis))
        a = result if np.ndim(result) == np.ndim(a) else np.expand_dims(result, int(axis))
    return a


_trim_zeros.__signature__ = inspect.signature(np.trim_zeros)  # type: ignore[attr-defined]
table.constant(cast_away)
if hasattr(np, "astype"):  # since NumPy 2.1
    definition(np.astype, _astype)
definition(astype, _astype)
definition(np.concatenate, concatenate)
definition(np.stack, lambda arrays, axis=0: pile(*arrays, axis=axis))
definition(np.vstack, lambda tup: concatenate([_at_least(array, 2) for array in tup]))
definition(np.hstack, lambda tup: _hstack(tup))
# fmt: off
definition(np.split,       lambda ary, indices_or_sections, axis=0: _cut(np.split, ary, indices_or_sections, axis))
definition(np.array_split, lambda ary, indices_or_sections, axis=0: _cut(np.array_split, ary, indices_or_sections, axis))
definition(np.vsplit,      lambda ary, indices_or_sections: np.split(ary, indices_or_sections, 0))
definition(np.hsplit,      lambda ary, indices_or_sections: np.split(ary, indices_or_sections, min(np.ndim(ary), 2) - 1))
definition(np.dsplit,      lambda ary, indices_or_sections: np.split(ary, indices_or_sections, 2))
# fmt: on
definition(np.atleast_1d, lambda *arys: _at_least_all(1, arys))
definition(np.atleast_2d, lambda *arys: _at_least_all(2, arys))
definition(np.atleast_3d, lambda *arys: _at_least_all(3, arys))
definition(
    np.broadcast_arrays,
    lambda *args: tuple(np.broadcast_to(a, np.broadcast_shapes(*map(np.shape, args))) for a in args),
)
definition(np.fliplr, lambda m: np.flip(m, 1))
definition(np.flipud, lambda m: np.flip(m, 0))
definition(np.append, lambda arr, values, axis=None: concatenate([arr, values], axis))
definition(np.trim_zeros, _trim_zeros)
definition(np.apply_along_axis, _apply_along_axis)
definition(np.apply_over_axes, _apply_over_axes)
