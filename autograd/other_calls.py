"""Calling a function that has no pullbacks: by its definition, or on the arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from autograd import errors, modes
from autograd.containers import leaves, mapped
from autograd.derivatives.indexing import Writing
from autograd.derivatives.late import load_late
from autograd.derivatives.table import Constant, Definition
from autograd.handle import is_tracked, plain, read_only
from autograd.inplace import InPlace


def apply_other(entry: Any, function: Any, args: Any, kwargs: Any, lift: Callable[[Any], Any]) -> Any:
    """Call a function on Tensors by its definition, or on their arrays.

    Raises:
        TypeError: a gradient would be lost, because the table lacks the function or its definition
            does not know an argument.
    """
    if isinstance(entry, Constant):
        try:
            return function(*plain(args), **plain(kwargs))
        except (TypeError, ValueError, IndexError) as error:
            raise errors.explained(error, function, args) from error
    if entry is None and load_late():
        return function(*args, **kwargs)
    writes = isinstance(entry, Writing) or function.__name__ == "at"  # of a ufunc
    if is_tracked((args, kwargs)) and modes.recording.get():
        if not isinstance(entry, Definition):
            raise TypeError(errors.no_derivative(function, entry))
        if writes and not isinstance(_target(entry, args, kwargs), InPlace):
            raise TypeError(errors.into_array(function))
        kwargs = {k: v for k, v in kwargs.items() if v is not None or k not in ("dtype", "out")}
        try:
            return entry.define(*args, **kwargs)
        except TypeError as error:
            try:
                inspect.signature(entry.define).bind(*args, **kwargs)
            except TypeError:
                raise TypeError(errors.unknown_argument(function, entry.define, args, kwargs)) from None
            raise error
        except (ValueError, IndexError) as error:
            raise errors.explained(error, function, args) from error
    handed_over = plain if writes else read_only
    try:
        result = function(*handed_over(args), **handed_over(kwargs))
    except (TypeError, ValueError, IndexError) as error:
        raise errors.explained(error, function, args) from error
    if isinstance(entry, Definition) and any(map(np.iscomplexobj, leaves(result))):
        return entry.define(*args, **kwargs)  # it knows what is real all the same, as eigenvalues may be
    tensors = mapped(lift, result)
    arguments = [leaf for leaf in leaves((args, kwargs)) if isinstance(leaf, InPlace)]
    if writes and isinstance(target := _target(entry, args, kwargs), InPlace):
        target.shared_version().write()
    _take_over(leaves(tensors), arguments, function, args, kwargs)
    return tensors


def apply_into(entry: Any, ufunc: np.ufunc, args: Any, kwargs: Any) -> Any:
    """Call a ufunc on the arrays of its arguments, with ``out=`` or ``where=``.

    Raises:
        TypeError: a gradient would be lost, or a Tensor is to be written.
    """
    written = any(isinstance(array, InPlace) for array in kwargs.get("out", ()))
    recorded = modes.recording.get() and not isinstance(entry, Constant)
    if written or (recorded and is_tracked((args, kwargs))):
        raise TypeError(errors.out_or_where(ufunc, kwargs))
    return ufunc(*plain(args), **plain(kwargs))


def _target(entry: Any, args: Any, kwargs: Any) -> Any:
    """Return what a function writes to: its first argument."""
    return args[0] if args else kwargs.get(next(iter(inspect.signature(entry.define).parameters)))


def _take_over(
    results: list[InPlace], arguments: list[InPlace], function: Any, args: Any, kwargs: Any
) -> None:
    """Share memory openly with the arguments, and say where the way back to them was cut off."""
    cut = next((a.cut for a in arguments if a.cut), None)
    if any(argument.tracked for argument in arguments):
        cut = ("no_grad()", function)
    for k, result in enumerate(results):
        if result.dtype.kind == "c":
            raise TypeError(errors.not_real(function, result))
        result.cut = cut
        for argument in arguments:
            if np.may_share_memory(result._array, argument._array):
                with suppress(ValueError):  # what NumPy made read-only stays so
                    result._array.flags.writeable = argument._array.flags.writeable
                if args and argument is args[0]:
                    result.look_at(args, partial(_result, k, function), kwargs)
                else:
                    result.look_at([argument])


def _result(k: int, function: Any, *args: Any, **kwargs: Any) -> Any:
    """Return one of the results of a function."""
    return leaves(function(*args, **kwargs))[k]
