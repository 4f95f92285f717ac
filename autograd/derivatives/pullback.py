"""A pullback, and how its parameter list says what it reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd.derivatives.calls import name_of, shape_of

Read = tuple[int | None, Callable[[Any, int], Any]]
OUT, OPERANDS = -1, -2  # what a rule may read beside the array of one argument


class Pullback(NamedTuple):
    """A rule, and how to find in a recorded call what each of its parameters after ``g`` reads.

    A read is a pair: whose array it is (the argument's position, ``OUT``, ``OPERANDS``, or None
    where it is no array), and a function of the call and of the pullback's own position.
    """

    rule: Callable[..., Any]
    reads: tuple[Read, ...]
    keywords: frozenset[str]


def declare(function: Callable[..., Any], rule: Callable[..., Any], names: Sequence[str]) -> Pullback:
    """Read off the parameter list of ``rule`` what it needs of a call of ``function``.

    Raises:
        TypeError: a parameter is none of those that the head of ``table.py`` lists.
    """
    code, defaults = rule.__code__, rule.__defaults__ or ()
    parameters = code.co_varnames[: code.co_argcount]
    required = parameters[: len(parameters) - len(defaults)]
    keywords = dict(zip(parameters[len(required) :], defaults, strict=True))
    if required[:1] != ("g",):
        raise TypeError(f"derivative of {name_of(function)}: a pullback's first parameter is g")
    reads = []
    for name in required[1:]:
        argument = name.removesuffix("_shape")
        if name in _READS:
            reads.append(_READS[name])
        elif name in names:
            reads.append((names.index(name), _read_array(names.index(name))))
        elif argument in names:
            reads.append((None, _read_shape(names.index(argument))))
        else:
            raise TypeError(
                f"derivative of {name_of(function)}: parameter {name!r} of a pullback is none of g, "
                f"out, {', '.join(names)}, {names[0]}_shape, nor a keyword argument with a default"
            )
    reads += [(None, _read_keyword(*item)) for item in keywords.items()]
    return Pullback(rule, tuple(reads), frozenset(keywords))


_READS: dict[str, Read] = {
    "out": (OUT, lambda call, _: call.out),
    "operands": (OPERANDS, lambda call, _: call.values),
    "shapes": (None, lambda call, _: [shape_of(operand) for operand in call.args]),
    "position": (None, lambda call, position: position),
}


def _read_array(i: int) -> Callable[[Any, int], Any]:
    return lambda call, _: call.values[i]


def _read_shape(i: int) -> Callable[[Any, int], Any]:
    return lambda call, _: shape_of(call.args[i])


def _read_keyword(name: str, default: Any) -> Callable[[Any, int], Any]:
    return lambda call, _: call.kwargs.get(name, default) if call.kwargs else default
