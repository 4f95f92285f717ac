"""A pullback, and how its parameter list says what it reads."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from autograd.derivatives.calls import name_of, parameters_of, shape_of
from autograd.derivatives.guard import without_nan

Get = Callable[[Any, int], Any]
Read = tuple[int | None, Get]
Pull = Callable[[Any, Any, int], Any]
Lift = Callable[..., Any]  # makes a Tensor of an array, and of the vertex whose value it is
OUT, OPERANDS, RESIDUAL = -1, -2, -3  # what a rule may read beside the array of one argument


class Pullback(NamedTuple):
    """A rule, and what each of its parameters after ``g`` reads of a recorded call.

    A read is a pair: whose array it is (the argument's position, ``OUT``, ``OPERANDS``,
    ``RESIDUAL``, or None where it is no array), and a function that gets it from the call, given
    the pullback's own position too.
    """

    rule: Callable[..., Any]
    reads: tuple[Read, ...]
    keywords: frozenset[str]


Step = tuple[int, Pull, Pullback]  # the position of an argument, and its rule in two forms


@dataclass(frozen=True, slots=True)
class Plan:
    """What the backward pass of a call needs, given which of its arguments are tracked."""

    entry: Any
    pullbacks: tuple[Step, ...]
    cotangent: Step | None  # what maps the cotangent of the result before the pullbacks see it
    adding: Pull | None  # the pullback as a function that adds to an array
    kept: tuple[int, ...]  # the positions of the arguments whose arrays are read
    constants: frozenset[int]  # those among them that are numbers, and not tracked
    keep: Callable[[list[Any]], Any] | None  # picks these, or this, out of the arrays of all arguments
    keep_out: bool
    guarded: bool


def plan(entry: Any, tracked: tuple[int, ...], count: int) -> Plan:
    """Plan the backward pass of a call with ``count`` arguments, of which some are tracked."""
    rules = entry.pullbacks * count if entry.variadic else entry.pullbacks
    chosen = [(i, rules[i]) for i in tracked if rules[i] is not None]
    if entry.kind == "parametric" and len(chosen) < len(tracked):
        lost = next(entry.names[i] for i in tracked if rules[i] is None)
        raise TypeError(f"{name_of(entry.function)} has no derivative by {lost!r}; detach() that argument")
    cotangent, adding = (entry.cotangent, entry.adding) if chosen else (None, None)
    # One of each: a variadic entry chooses the same pullback for all its arguments.
    used = {id(pullback): pullback for _, pullback in (*chosen, (OUT, cotangent), (OUT, adding)) if pullback}
    read = {whose for pullback in used.values() for whose, _ in pullback.reads}
    kept = tuple(i for i in range(count) if read & {i, OPERANDS, RESIDUAL})
    constants = frozenset(i for i in kept if i not in tracked and rules[i] is not None)
    guarded = entry.kind in ("elementwise", "parametric") and not entry.bounded
    protect = _guarded if guarded else lambda pull: pull
    pulls = {key: protect(_reader(pullback, kept, constants)) for key, pullback in used.items()}
    return Plan(
        entry,
        tuple((i, pulls[id(pullback)], pullback) for i, pullback in chosen),
        (OUT, pulls[id(cotangent)], cotangent) if cotangent else None,
        _reader(adding, kept, constants) if adding else None,
        kept,
        constants,
        itemgetter(*kept) if kept else None,
        OUT in read,
        guarded,
    )


recent_plan = lru_cache(maxsize=256)(plan)  # of variadic entries, whose calls have no end of forms


def _guarded(pull: Pull) -> Pull:
    return lambda g, call, i: without_nan(pull(g, call, i), g)


def _reader(pullback: Pullback, kept: tuple[int, ...], constants: frozenset[int]) -> Pull:
    """Make of a rule a function of the cotangent, the recorded call and the pullback's position."""
    rule, places = pullback.rule, [whose for whose, _ in pullback.reads]
    if not places:
        return lambda g, call, i: rule(g)
    gets = [_getter(whose, get, kept, constants) for whose, get in pullback.reads]
    if len(places) > 1:
        return lambda g, call, i: rule(g, *[get(call, i) for get in gets])
    (get,), (whose,) = gets, places  # the most frequent cases, for speed
    if whose == OUT:
        return lambda g, call, i: rule(g, call.out)
    if kept == (whose,) and not constants:
        return lambda g, call, i: rule(g, call.values)
    if whose in kept and whose not in constants:
        place = kept.index(whose)
        return lambda g, call, i: rule(g, call.values[place])
    return lambda g, call, i: rule(g, get(call, i))


def _getter(whose: int | None, get: Get, kept: tuple[int, ...], constants: frozenset[int]) -> Get:
    """Make of what reads an array one that knows where the call keeps it: alone, or among others."""
    if whose is None or whose not in kept:
        return get
    place = kept.index(whose)
    if whose in constants:
        if len(kept) == 1:
            return lambda call, _: as_numbers(call.values, call.dtype)
        return lambda call, _: as_numbers(call.values[place], call.dtype)
    return (lambda call, _: call.values) if len(kept) == 1 else (lambda call, _: call.values[place])


def as_numbers(constant: Any, dtype: Any) -> Any:
    """Make an array of a list, and floating numbers of integers, whose products might overflow."""
    if type(constant) is not np.ndarray:
        if constant is None or isinstance(constant, (float, int)):
            return constant
        constant = np.asarray(constant)
    return constant.astype(dtype) if constant.dtype.kind in "iub" else constant


def lifted(lift: Lift, pullback: Pullback, g: Any, call: Any, i: int) -> Any:
    """Call a rule with Tensors in the place of arrays."""
    plan = call.plan

    def operand(k: int, value: Any) -> Any:
        of_tensor = value is not call.args[k]
        if k in plan.constants:
            numbers = as_numbers(value, call.dtype)
            if not (of_tensor and numbers is value):
                return lift(numbers) if isinstance(numbers, np.ndarray) else numbers
        return lift(value, call.args[k]) if of_tensor else value

    values = call.values if len(plan.kept) > 1 else [call.values] * len(plan.kept)
    operands = {k: operand(k, value) for k, value in zip(plan.kept, values, strict=True)}

    def read(whose: int | None, get: Callable[[Any, int], Any]) -> Any:
        if whose is None:
            return get(call, i)
        if whose == OUT:
            return lift(call.out, call)
        if whose == RESIDUAL:
            return plan.entry.residual(*operands.values(), **(call.kwargs or {}))
        return list(operands.values()) if whose == OPERANDS else operands[whose]

    contribution = pullback.rule(g, *[read(*pair) for pair in pullback.reads])
    return without_nan(contribution, g) if plan.guarded else contribution


def declare(
    function: Callable[..., Any], rule: Callable[..., Any], names: Sequence[str], *, single: bool = False
) -> Pullback:
    """Read off the parameter list of ``rule`` what it needs of a call of ``function``.

    Raises:
        TypeError: a parameter is none of those that the head of ``table.py`` lists, its default is not
            the function's own, or a rule that there is a single one of for all arguments reads the
            position of one.
    """
    if not inspect.isfunction(rule):
        raise TypeError(
            f"derivative of {name_of(function)}: expected pullbacks written with lambda or def, whose parameters "
            f"say what they read, got {rule!r}"
        )
    code, defaults = rule.__code__, rule.__defaults__ or ()
    if code.co_kwonlyargcount or code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        raise TypeError(f"derivative of {name_of(function)}: a pullback has no *, *args nor **kwargs")
    parameters = code.co_varnames[: code.co_argcount]
    required = parameters[: len(parameters) - len(defaults)]
    keywords = dict(zip(parameters[len(required) :], defaults, strict=True))
    if required[:1] != ("g",):
        raise TypeError(f"derivative of {name_of(function)}: a pullback's first parameter is g")
    if single and "position" in required:
        raise TypeError(f"derivative of {name_of(function)}: only pullbacks may read the position")
    for name, default in keywords.items():
        own = parameters_of(function).get(name, inspect.Parameter.empty)
        if own is not inspect.Parameter.empty and not _same(own, default):
            raise TypeError(
                f"derivative of {name_of(function)}: {name}={default!r} in a pullback, {name}={own!r} in the function"
            )
    reads = [_read(function, name, names) for name in required[1:]]
    reads += [(None, _read_keyword(*item)) for item in keywords.items()]
    return Pullback(rule, tuple(reads), frozenset(keywords))


def _same(x: Any, y: Any) -> bool:
    """Compare two defaults, which may be arrays or NaN."""
    return repr(x) == repr(y) or np.array_equal(x, y)


def _read(function: Callable[..., Any], name: str, names: Sequence[str]) -> Read:
    argument = name.removesuffix("_shape")
    if name in _READS:
        return _READS[name]
    if name in names:
        return names.index(name), lambda call, _: call.values
    if argument in names:
        i = names.index(argument)
        return None, lambda call, _: shape_of(call.args[i])
    raise TypeError(
        f"derivative of {name_of(function)}: parameter {name!r} of a pullback is none of g, "
        f"out, {', '.join(names)}, {names[0]}_shape, nor a keyword argument with a default; "
        f"the arguments may be called otherwise by names="
    )


_READS: dict[str, Read] = {
    "out": (OUT, lambda call, _: call.out),
    "residual": (RESIDUAL, lambda call, _: call.out),
    "operands": (OPERANDS, lambda call, _: call.values if len(call.args) > 1 else [call.values]),
    "shapes": (None, lambda call, _: [shape_of(operand) for operand in call.args]),
    "position": (None, lambda call, position: position),
}


def _read_keyword(name: str, default: Any) -> Callable[[Any, int], Any]:
    return lambda call, _: call.kwargs.get(name, default) if call.kwargs else default
