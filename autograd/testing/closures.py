"""A call as a function of its arrays alone: what one differentiates by."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterable
from typing import Any

from autograd.containers import leaves, mapped
from autograd.testing.source import Variable, substituted
from autograd.testing.strategies import Call, is_floating, positional_parameters

Function = Callable[..., Any]


def taken_apart(found: Call, names: list[str], used: Container[str] = ()) -> tuple[Call, dict[str, Any]]:
    """Put variables in the place of what one differentiates by; and list what they stand for.

    An argument that consists of floating arrays becomes one variable, as a whole. Variables are
    called as the arguments are, or similarly where such a name is ``used``.
    """
    variables: dict[str, Any] = {}

    def taken(name: str, value: Any) -> Variable:
        while name in variables or name in used:
            name += "_"
        variables[name] = value
        return Variable(name)

    def apart(name: str, argument: Any) -> Any:
        inside = [is_floating(leaf) for leaf in leaves([argument])]
        if inside and all(inside):
            return taken(name, argument)
        return mapped(lambda leaf: taken(name, leaf) if is_floating(leaf) else leaf, argument)

    args = tuple(map(apart, names, found.args))
    return Call(args, {name: apart(name, value) for name, value in found.kwargs.items()}), variables


def names_of(function: Function, found: Call) -> list[str]:
    """Name the positional arguments: as the function does, or else x0, x1, …."""
    count = len(found.args)
    names = [p.name for p in positional_parameters(function)]
    if len(names) < count:
        names = [f"x{i}" for i in range(count)]
    return names[:count]


def is_plain(template: Call) -> bool:
    """Tell whether a call consists of nothing but its variables, by position."""
    return not template.kwargs and all(isinstance(argument, Variable) for argument in template.args)


def closed_over(function: Function, template: Call, names: Iterable[str]) -> Function:
    """Return the function of the variables alone, whose parameters are called as they are."""
    if is_plain(template):
        return function

    def closed(*values: Any) -> Any:
        return substituted(template, dict(zip(names, values, strict=True))).of(function)

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    closed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return closed
