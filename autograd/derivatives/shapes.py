"""Shape functions: elements move, are repeated or are joined, but do not change."""

import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.derivatives import table
from autograd.derivatives.calls import shape_of
from autograd.derivatives.constants import value_of
from autograd.derivatives.primitive import primitive
from autograd.derivatives.table import definition

derivative = partial(table.derivative, kind="shape")


# fmt: off
@partial(primitive, known_as="astype")
def cast(x: Any, dtype: Any) -> Any:
    """Convert to another floating dtype."""
    return np.asarray(x).astype(dtype)

@primitive
def astype(x: Any, dtype: Any, *, casting: Any = "unsafe", copy: bool = True) -> Any:
    """Convert to ``dtype``. To integers or booleans the derivative is zero: a plain array."""
    return np.asarray(x).astype(dtype, casting=casting, copy=copy)

@partial(primitive, known_as="np.concatenate")
def join(*arrays: Any, axis: int = 0, ends: Sequence[int] = (), **how: Any) -> Any:
    """Concatenate arrays that are arguments of their own; ``ends`` says where each one ends."""
    return np.concatenate(arrays, axis, **how)

@partial(primitive, known_as="np.stack")
def pile(*arrays: Any, axis: int = 0) -> Any:
    """Stack arrays that are arguments of their own along a new axis."""
    return np.stack(arrays, axis)

def along(x: Any, axis: int, index: Any) -> Any:
    """Index one axis."""
    return x[(slice(None),) * (axis % np.ndim(x)) + (index,)]

def _in_order(x: Any, shape: Any = -1, order: Any = "C") -> Any:
    if order not in ("C", "F"):
        raise ValueError(f"order: expected 'C' or 'F', got {order!r}; gradients do not depend on where elements lie in memory")
    return np.reshape(x, shape, order)

derivative(np.reshape,      lambda g, x_shape, order="C": np.reshape(g, x_shape, order=order), None, names="x shape", forward=_in_order)
derivative(np.ravel,        lambda g, x_shape, order="C": np.reshape(g, x_shape, order=order), forward=_in_order)
derivative(np.squeeze,      lambda g, x_shape: np.reshape(g, x_shape),                      keywords="axis")
derivative(np.expand_dims,  lambda g, x_shape: np.reshape(g, x_shape), None,                names="x axis")
derivative(np.transpose,    lambda g, axes=None: np.transpose(g, None if axes is None else np.argsort(np.mod(axes, len(axes))).tolist()))
derivative(np.matrix_transpose, lambda g: np.matrix_transpose(g))
derivative(np.swapaxes,     lambda g, i, j: np.swapaxes(g, i, j), None, None,               names="x i j")
derivative(np.moveaxis,     lambda g, old, new: np.moveaxis(g, new, old), None, None,       names="x old new")
derivative(np.broadcast_to, lambda g: g, None,                                              names="x shape", keywords="subok")
derivative(np.flip,         lambda g, axis=None: np.flip(g, axis))
derivative(np.roll,         lambda g, shift, axis=None: np.roll(g, np.negative(shift), axis), None, names="x shift")
derivative(np.copy,         lambda g: g,                                                    keywords="order")
derivative(cast,            lambda g: g, None)
derivative(join,            lambda g, position, axis=0, ends=(): along(g, axis, slice(ends[position - 1] if position else 0, ends[position])), variadic=True)
derivative(pile,            lambda g, position, axis=0: along(g, axis, position), variadic=True)

def _astype(x: Any, dtype: Any, *, casting: Any = "unsafe", copy: bool = True) -> Any:
    if np.dtype(dtype).kind == "c":
        raise TypeError(f"astype: expected a real dtype, got {np.dtype(dtype)}; complex arrays are not supported: keep to where the function is real, as with np.clip, or leave the graph with tensor.detach()")
    np.empty(0, x.dtype).astype(dtype, casting=casting)  # NumPy says what the rule forbids
    if np.dtype(dtype).kind != "f":
        return value_of(x).astype(dtype)
    return x if x.dtype == np.dtype(dtype) and not copy else cast(x, np.dtype(dtype))

def concatenate(arrays: Sequence[Any], axis: int | None = 0, *, dtype: Any = None) -> Any:
    """Join a list of arrays, some of which may be no Tensors, along an axis."""
    if axis is None:
        arrays, axis = [np.ravel(array) for array in arrays], 0
    lengths = (sum(shape_of(array)[axis : axis + 1 or None]) for array in arrays)  # 0 without that axis: NumPy says it better
    return join(*arrays, axis=axis, ends=tuple(itertools.accumulate(lengths)), **{"dtype": dtype} if dtype else {})

def _apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    rows, axis = np.moveaxis(arr, axis, -1), axis % np.ndim(arr)
    before = np.shape(rows)[:-1]
    results = [np.asanyarray(func1d(rows[i], *args, **kwargs), like=arr) for i in np.ndindex(before)]
    result = np.reshape(np.stack(results), before + np.shape(results[0]))
    return np.moveaxis(result, new := range(len(before), np.ndim(result)), range(axis, axis + len(new)))

definition(astype,              _astype)
if hasattr(np, "astype"):  # since NumPy 2.1
    definition(np.astype,       lambda x, dtype, *, copy=True: _astype(x, dtype, copy=copy))
definition(np.concatenate,      concatenate)
definition(np.apply_along_axis, _apply_along_axis)
definition(np.stack,            lambda arrays, axis=0: pile(*arrays, axis=axis))
definition(np.broadcast_arrays, lambda *args, subok=False: tuple(np.broadcast_to(a, np.broadcast_shapes(*map(np.shape, args))) for a in args))
