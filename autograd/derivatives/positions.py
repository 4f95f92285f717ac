"""How a function that only moves elements is defined: by where it moves their positions.

NumPy's own function is given 1, 2, 3 ... in place of the elements, so that its result says where
each element comes from. What it fills in says 0, and at position 0 there is a zero.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.derivatives.calls import name_of
from autograd.derivatives.constants import value_of
from autograd.derivatives.shapes import astype, concatenate

Function = Callable[..., Any]


def rearranged(function: Function, *operands: str) -> Function:
    """Give the definition of a function that moves the elements of its ``operands``.

    The dtype is that of the first operand. A function that gives nothing has written to that one.
    """
    signature = inspect.signature(function)

    def define(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        if call.arguments.pop("out", None) is not None:
            raise TypeError(f"{name_of(function)} with out= has no derivative here; use its result")
        for name in call.arguments.keys() - set(operands):
            call.arguments[name] = value_of(call.arguments[name])
        target, elements = call.arguments[operands[0]], np.zeros(1, bool)
        for name in operands:
            arrays: list[Any] = []
            call.arguments[name] = _numbered(call.arguments[name], np.size(elements), arrays)
            added = concatenate([np.ravel(array) for array in arrays])
            elements = concatenate(
                [elements, added if name == operands[0] else astype(added, elements.dtype)]
            )
        positions = function(*call.args, **call.kwargs)
        if positions is None:
            target[...] = elements[call.arguments[operands[0]]]
            return None
        return tuple(elements[p] for p in positions) if isinstance(positions, tuple) else elements[positions]

    define.__signature__ = signature  # type: ignore[attr-defined]
    return define


def _numbered(operand: Any, first: int, arrays: list[Any]) -> Any:
    """Put positions, counted from ``first``, in the place of elements; list the arrays."""
    if isinstance(operand, (list, tuple)):
        return type(operand)([_numbered(part, first, arrays) for part in operand])
    start = first + sum(map(np.size, arrays))
    arrays.append(operand)
    return np.reshape(np.arange(start, start + np.size(operand)), np.shape(operand))
