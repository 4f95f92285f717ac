"""Calling a function that has no pullbacks: by its definition, or on the arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import errors, modes
from autograd.containers import leaves, mapped
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
        return function(*plain(args), **plain(kwargs))
    if is_tracked((args, kwargs)) and modes.recording.get():
        if not isinstance(entry, Definition):
            raise TypeError(errors.no_derivative(function, entry))
        try:
            return entry.define(*args, **kwargs)
        except TypeError as error:
            try:
                inspect.signature(entry.define).bind(*args, **kwargs)
            except TypeError:
                raise TypeError(errors.unknown_argument(function, entry.define, args, kwargs)) from None
            raise error
    try:
        result = function(*read_only(args), **read_only(kwargs))
    except (TypeError, ValueError, IndexError) as error:
        raise errors.explained(error, function, args) from error
    tensors = mapped(lift, result)
    arguments = [leaf for leaf in leaves((args, kwargs)) if isinstance(leaf, InPlace)]
    _take_over(leaves(tensors), arguments, function)
    return tensors


def _take_over(results: list[InPlace], arguments: list[InPlace], function: Any) -> None:
    """Share memory openly with the arguments, and say where the way back to them was cut off."""
    cut = next((a.cut for a in arguments if a.cut), None)
    if any(argument.tracked for argument in arguments):
        cut = ("no_grad()", function)
    for result in results:
        result.cut = cut
        for argument in arguments:
            if np.may_share_memory(result._data, argument._data):
                result._data.flags.writeable = argument._data.flags.writeable
                result.share_version([argument])
