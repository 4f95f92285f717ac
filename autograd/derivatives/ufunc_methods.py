"""Methods of ufuncs: ``np.add.reduce`` and its like, ``accumulate``, ``outer``, ``reduceat``, ``at``."""

import functools
import itertools
from typing import Any

import numpy as np

from autograd.derivatives.reductions import NOT_GIVEN, as_rows
from autograd.derivatives.shapes import along
from autograd.derivatives.table import TABLE, Constant, constant, definition, refused

# fmt: off
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
    rows, start = as_rows(array, axis), [] if initial in (NOT_GIVEN, None) else [initial]
    return np.reshape(functools.reduce(ufunc, [*start, *np.transpose(rows)]), shape)

def _accumulate(ufunc: Any, array: Any, axis: int = 0) -> Any:
    if ufunc.accumulate in _KNOWN:
        return _KNOWN[ufunc.accumulate](array, axis)
    return np.stack(list(itertools.accumulate(np.moveaxis(array, axis, 0), ufunc)), axis)

def _outer(ufunc: Any, A: Any, B: Any) -> Any:
    return ufunc(np.reshape(A, np.shape(A) + (1,) * np.ndim(B)), B)

def _reduceat(ufunc: Any, array: Any, starts: Any, axis: int = 0, *, indices: Any = None) -> Any:
    ends = [*starts[1:], np.shape(array)[axis]]  # NumPy gives ``indices`` twice where they are named
    parts = [slice(i, max(i + 1, end)) for i, end in zip(starts, ends, strict=True)]
    return np.stack([_reduce(ufunc, along(array, axis, part), axis) for part in parts], axis)

_METHODS: dict[str, Any] = {"reduce": _reduce, "accumulate": _accumulate, "outer": _outer, "reduceat": _reduceat}
for _ufunc, _entry in list(TABLE.items()):
    if isinstance(_ufunc, np.ufunc) and _ufunc.signature is None:
        if _ufunc.at not in TABLE:
            refused("it writes in place; write x[indices] = f(x[indices])", _ufunc.at)
        if _ufunc.nin == 2 and _ufunc.nout == 1 and isinstance(_entry, Constant):
            constant(*(getattr(_ufunc, name) for name in _METHODS))
        elif "dd->d" in _ufunc.types:
            for _name, _define in _METHODS.items():
                if _ufunc in (np.power, np.arctan2) and _name in ("reduce", "reduceat"):
                    refused("NumPy 2.4 computes another number; use functools.reduce", getattr(_ufunc, _name))
                else:
                    definition(getattr(_ufunc, _name), functools.partial(_define, _ufunc))
