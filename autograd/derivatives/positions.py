"""How a function that only moves elements is differentiated: by where it moves their positions.

In the backward pass NumPy's own function is given 1, 2, 3 ... in place of the elements, so that its
result says where each element comes from. What it fills in says 0, and what flows there is dropped.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.derivatives.calls import name_of
from autograd.derivatives.constants import value_of
from autograd.derivatives.primitive import primitive
from autograd.derivatives.shapes import astype
from autograd.derivatives.table import derivative

Function = Callable[..., Any]


@primitive
def moved(*arrays: Any, by: Callable[[Sequence[Any]], Any]) -> Any:
    """Return what a function, which only moves their elements, makes of arrays."""
    return by(arrays)


def _moved_back(g: Any, shapes: list[tuple[int, ...]], by: Function) -> list[Any]:
    """Pull back to all arrays at once: one call of the function tells of them all."""
    ends = [*itertools.accumulate(map(math.prod, shapes), initial=1)]
    parts = [slice(*part) for part in itertools.pairwise(ends)]
    numbers = np.arange(ends[-1])
    positions = by([np.reshape(numbers[part], shape) for part, shape in zip(parts, shapes, strict=True)])
    g = astype(np.ravel(g), np.result_type(g, float), copy=False)
    total = np.zeros_like(g, shape=ends[-1])
    np.add.at(total, np.ravel(positions), g)
    return [np.reshape(total[part], shape) for part, shape in zip(parts, shapes, strict=True)]


derivative(
    moved,
    lambda g, position: g[position],
    cotangent=lambda g, shapes, by=None: _moved_back(g, shapes, by),
    variadic=True,
    kind="shape",
)


def rearranged(function: Function, *operands: str, writes: bool = False) -> Function:
    """Return the definition of a function that moves the elements of its ``operands``.

    One that ``writes`` does so to the first operand, and gives nothing.
    """
    signature = inspect.signature(function)

    def define(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        if call.arguments.pop("out", None) is not None:
            raise TypeError(f"{name_of(function)} with out= has no derivative here; use its result")
        given = [call.arguments.pop(name) for name in operands]
        others = {name: _own(argument) for name, argument in call.arguments.items()}
        places = _filled(given, itertools.repeat(None))  # of arrays, which are not to be kept here

        def by(arrays: Sequence[Any]) -> Any:
            of_operands = _filled(places, iter([np.array(arrays[0]), *arrays[1:]] if writes else arrays))
            filled = others | dict(zip(operands, of_operands, strict=True))
            call = inspect.BoundArguments(signature, filled)
            result = function(*call.args, **call.kwargs)
            return of_operands[0] if writes else result

        by.__name__ = function.__name__
        if not writes:
            return moved(*_arrays(given), by=by)
        target, *values = given
        target[...] = moved(np.copy(target), *_arrays(values), by=by)

    define.__signature__ = signature  # type: ignore[attr-defined]
    return define


def _own(argument: Any) -> Any:
    """Copy an array or a Tensor's, which may be written before the backward pass."""
    array = value_of(argument)
    return array.copy() if isinstance(array, np.ndarray) else array


def _arrays(operand: Any) -> list[Any]:
    """List the arrays in nested lists and tuples."""
    if not isinstance(operand, (list, tuple)):
        return [operand]
    return [array for part in operand for array in _arrays(part)]


def _filled(operand: Any, arrays: Iterator[Any]) -> Any:
    """Put the next arrays in the places of those in nested lists and tuples."""
    if not isinstance(operand, (list, tuple)):
        return next(arrays)
    return type(operand)([_filled(part, arrays) for part in operand])
