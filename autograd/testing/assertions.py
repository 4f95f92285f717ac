"""Asserting in one line that the gradients of a function are right, whatever its arguments."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Container, Iterable
from typing import Any

from hypothesis import strategies as st

from autograd import GradientWarning, gradcheck
from autograd.containers import leaves, mapped
from autograd.testing.inputs import Group, broadcastable, drawn
from autograd.testing.search import check_all
from autograd.testing.source import Program, Variable, substituted
from autograd.testing.strategies import Call, Draw, call, is_floating, positional_parameters

Function = Callable[..., Any]
Line = Callable[[Draw], Call]


def assert_gradients(
    f: Function | st.SearchStrategy[Any],
    *strategies: st.SearchStrategy[Any] | Line,
    order: int = 2,
    max_examples: int | None = None,
    **tolerances: Any,
) -> None:
    """Assert that the derivatives of a function agree with differences, for drawn arguments.

    Each case is checked by :func:`autograd.gradcheck`. When one fails, Hypothesis looks for the
    smallest that does, and the error carries it as a program that can be pasted and run.

    Args:
        f: a function; or a strategy of functions that know their ``inputs``, such as :func:`graphs`.
        *strategies: one for each argument. What draws a :class:`Call` or a group of
            :func:`broadcastable` gives several arguments, by name too; a function of a
            :class:`Draw` serves as a strategy. By default, arrays that broadcast.
        order: up to which order of derivatives.
        max_examples: how many cases are tried; by default as many as the Hypothesis profile says.
        **tolerances: what ``gradcheck`` takes, such as ``rtol``.

    Gradients are checked by all floating arrays and Tensors, in containers too; anything else that
    is drawn, such as numbers of Python, is held constant.

    Raises:
        GradientError: a derivative is wrong. The program is the last of the error's notes.

    Warns:
        GradientWarning: the function is too flat or too noisy to tell, in every case that was drawn.

    Example:
        >>> from autograd.testing import arrays
        >>> assert_gradients(np.hypot)
        >>> assert_gradients(np.log, arrays(domain=POSITIVE))
        >>> assert_gradients(lambda x, n: x**n, arrays((2,)), st.integers(1, 3))
        >>> assert_gradients(np.sum, lambda d: call(x := d.array(), axis=d.axes(x.ndim)))
    """
    decided = 0

    def check(case: tuple[Function, Call]) -> None:
        nonlocal decided
        function, found = case
        template, variables = _taken_apart(found, _names_of(function, found))
        closed = _closed(function, template, variables)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GradientWarning)  # of single cases that are too flat
            try:
                report = gradcheck(closed, *variables.values(), order=order, **tolerances)
            except Exception as error:
                if not strategies and (misfit := found.misfit(function)):
                    error.add_note(
                        f"the function {misfit} at arguments that were drawn by default. If it should, say "
                        "what it takes: assert_gradients(f, arrays((3, 3))), or arrays(domain=POSITIVE)"
                    )
                raise
        decided += all(row.verdict != "undecided" for row in report.rows)

    def program(case: tuple[Function, Call]) -> str:
        return program_of(*case, order=order, **tolerances)

    check_all(_cases(f, strategies), check, program, max_examples)
    if not decided:
        message = "assert_gradients: in no case could differences tell whether the gradients are right"
        warnings.warn(message, GradientWarning, stacklevel=2)


# Cases


def _cases(
    f: Function | st.SearchStrategy[Any], strategies: tuple[st.SearchStrategy[Any] | Line, ...]
) -> st.SearchStrategy[tuple[Function, Call]]:
    if isinstance(f, st.SearchStrategy):
        return f.map(lambda function: (function, call(*function.inputs)))
    if not strategies:
        strategies = (broadcastable(_count_of_arguments(f)),)
    parts = [part if isinstance(part, st.SearchStrategy) else drawn(part) for part in strategies]
    return st.tuples(*parts).map(lambda values: (f, _joined(values)))


def _count_of_arguments(f: Function) -> int:
    required = sum(p.default is p.empty for p in positional_parameters(f))
    count = int(getattr(f, "nin", required))
    if not count:
        raise TypeError(f"assert_gradients: {f!r} does not say how many arguments it takes; give strategies")
    return count


def _joined(values: tuple[Any, ...]) -> Call:
    """Make one call of what the strategies drew."""
    joined = call()
    for value in values:
        part = value if isinstance(value, Call) else call(*value) if isinstance(value, Group) else call(value)
        joined = Call((*joined.args, *part.args), {**joined.kwargs, **part.kwargs})
    return joined


# A call as a function of its arrays


def _taken_apart(found: Call, names: list[str], used: Container[str] = ()) -> tuple[Call, dict[str, Any]]:
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


def _names_of(function: Function, found: Call) -> list[str]:
    """Name the positional arguments: as the function does, or else x0, x1, …."""
    count = len(found.args)
    names = [p.name for p in positional_parameters(function)]
    if len(names) < count:
        names = [f"x{i}" for i in range(count)]
    return names[:count]


def _is_plain(template: Call) -> bool:
    """Tell whether a call consists of nothing but its variables, by position."""
    return not template.kwargs and all(isinstance(argument, Variable) for argument in template.args)


def _closed(function: Function, template: Call, names: Iterable[str]) -> Function:
    """Give the function of the variables alone."""
    if _is_plain(template):
        return function

    def closed(*values: Any) -> Any:
        return substituted(template, dict(zip(names, values, strict=True))).of(function)

    return closed


# The call as a program


def program_of(function: Function, found: Call, **options: Any) -> str:
    """Write the call of ``gradcheck`` that checks a function at the arguments of a call.

    Example:
        >>> print(program_of(np.sum, call(np.array([0.5, 1.5]), axis=0), order=2))
        import numpy as np
        from autograd import gradcheck
        <BLANKLINE>
        a = np.array([0.5, 1.5])
        gradcheck(lambda a: np.sum(a, axis=0), a, order=2)
    """
    program = Program()
    check = program.imported("autograd", "gradcheck")
    name = program.function(function)
    template, variables = _taken_apart(found, _names_of(function, found), program.names)
    for variable, value in variables.items():
        program.assign(variable, value)
    if not _is_plain(template):
        arguments = [*map(program.literal, template.args), *program.named(template.kwargs)]
        called = f"({name})" if name.startswith("lambda") else name
        name = f"lambda {', '.join(variables)}: {called}({', '.join(arguments)})"
    program.write(f"{check}({', '.join([name, *variables, *program.named(options)])})")
    return str(program)
