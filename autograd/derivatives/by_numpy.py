"""Functions that NumPy makes of others in this table: in Python, and as the methods of ufuncs."""

import functools
import inspect
import itertools
from typing import Any

import numpy as np
from numpy.lib import scimath

from autograd.derivatives import elementwise  # noqa: F401 (its ufuncs have methods)
from autograd.derivatives.own_text import as_array, own_text
from autograd.derivatives.reductions import NOT_GIVEN, as_rows, running
from autograd.derivatives.shapes import along
from autograd.derivatives.table import TABLE, Constant, constant, definition, refused

# fmt: off
# Written in Python
for _function in (
    np.split, np.vsplit, np.hsplit, np.dsplit, np.dstack, np.rollaxis, np.extract, np.append, np.trim_zeros,
    np.array_split, np.atleast_1d, np.atleast_2d, np.atleast_3d, np.apply_over_axes, np.piecewise, np.tril, np.triu, np.ix_,
    np.amax, np.amin, np.ptp, np.union1d, np.setxor1d, np.setdiff1d, np.unique_all, np.unique_counts,
    np.unique_inverse, np.average, np.diff, np.trapezoid, np.nancumsum, np.nancumprod, np.outer, np.tensordot,
    np.poly, np.polyadd, np.polysub, np.polyval, np.polyder, np.zeros_like, np.ones_like,
    np.linalg.matmul, np.linalg.tensordot, np.linalg.vecdot, np.linalg.outer, np.linalg.cross, np.linalg.svdvals,
    np.linalg.matrix_transpose, np.linalg.diagonal, np.linalg.trace, np.linalg.matrix_power, np.linalg.multi_dot,
    np.linalg.tensorinv, np.linalg.matrix_norm, scimath.sqrt, scimath.log, scimath.log2, scimath.log10,
    scimath.logn, scimath.power, scimath.arccos, scimath.arcsin, scimath.arctanh, np.nan_to_num, np.real_if_close,
    np.linspace, np.geomspace, np.logspace, np.histogram2d, np.histogramdd, np.vstack, np.hstack, np.polyint, np.intersect1d,
    *(vars(np)[name] for name in ("cumulative_sum", "cumulative_prod", "unstack") if name in vars(np)),  # since NumPy 2.1
):
    if inspect.isfunction(inspect.unwrap(_function)):  # a release that writes it in C leaves it without an entry
        definition(_function, own_text(_function))

# ``np.add.reduce`` and its like, ``accumulate``, ``outer``, ``reduceat``, ``at``
_KNOWN: dict[Any, Any] = {
    np.add.reduce: np.sum, np.multiply.reduce: np.prod, np.maximum.reduce: np.max, np.minimum.reduce: np.min,
    np.add.accumulate: np.cumsum, np.multiply.accumulate: np.cumprod,
}

def _reduce(ufunc: Any, array: Any, axis: Any = 0, *, keepdims: bool = False, initial: Any = NOT_GIVEN, where: Any = True) -> Any:
    if ufunc.reduce in _KNOWN:
        how = {} if initial is NOT_GIVEN else {"initial": initial}
        return _KNOWN[ufunc.reduce](array, axis=axis, keepdims=keepdims, where=where, **how)
    if where is not True:
        raise TypeError(f"np.{ufunc.__name__}.reduce with where= has no derivative here; select the elements first")
    shape = np.shape(ufunc.reduce(np.ones(np.shape(array)), axis, keepdims=keepdims))
    rows, first = as_rows(array, axis), ufunc.identity if initial is NOT_GIVEN else initial
    rows = rows if first is None else np.concatenate([np.full_like(rows, first, shape=(len(rows), 1)), rows], 1)
    return np.reshape(_accumulate(ufunc, rows, 1)[:, -1], shape)

def _reduceat(ufunc: Any, array: Any, starts: Any, axis: int = 0, *, indices: Any = None) -> Any:
    array, n = np.moveaxis(array, axis, 0), np.shape(array)[axis]  # NumPy gives ``indices`` twice where they are named
    starts = np.minimum.reduceat(np.arange(n), starts)  # or NumPy says that one is out of range
    lengths = np.maximum(np.diff(starts, append=n), 1)
    alike = [ufunc.reduce(array[starts[lengths == k] + np.arange(k)[:, None]]) for k in np.unique(lengths)]
    return np.moveaxis(np.concatenate(alike)[np.argsort(np.argsort(lengths, kind="stable"))], 0, axis)

def _accumulate(ufunc: Any, array: Any, axis: int = 0) -> Any:
    if ufunc.accumulate in _KNOWN:
        return _KNOWN[ufunc.accumulate](array, axis)
    if ufunc in (np.logaddexp, np.logaddexp2, np.maximum, np.minimum, np.fmax, np.fmin, np.hypot):
        return running(ufunc, array, axis)
    if ufunc is np.subtract:
        return np.cumsum(np.concatenate([along(array, axis, slice(1)), -along(array, axis, slice(1, None))], axis), axis)
    return np.stack([*itertools.accumulate(np.moveaxis(array, axis, 0), ufunc)], axis) if np.size(array) else np.copy(array)

_METHODS: dict[str, Any] = {
    "reduce": _reduce,
    "reduceat": _reduceat,
    "accumulate": _accumulate,
    "outer": lambda ufunc, A, B: ufunc(np.reshape(A, np.shape(A) + (1,) * np.ndim(B)), as_array(B)),
}
for _ufunc, _entry in list(TABLE.items()):
    if isinstance(_ufunc, np.ufunc) and _ufunc.signature is None:
        if _ufunc.at not in TABLE:
            refused("it writes in place; where no index is repeated, write x[indices] = f(x[indices])", _ufunc.at)
        if _ufunc.nin == 2 and _ufunc.nout == 1 and isinstance(_entry, Constant):
            constant(*(getattr(_ufunc, name) for name in _METHODS))
        elif "dd->d" in _ufunc.types:
            for _name, _define in _METHODS.items():
                if _ufunc in (np.power, np.arctan2) and _name in ("reduce", "reduceat"):
                    refused("NumPy 2.4 computes another number; use functools.reduce", getattr(_ufunc, _name))
                elif getattr(_ufunc, _name) not in TABLE:
                    definition(getattr(_ufunc, _name), functools.partial(_define, _ufunc))
