"""Asserting in one line that the gradients of a function are right, whatever its arguments."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from autograd import GradientWarning, gradcheck
from autograd.testing.closures import closed_over, is_plain, names_of, taken_apart
from autograd.testing.inputs import Group, broadcastable, drawn
from autograd.testing.search import check_all
from autograd.testing.source import Program
from autograd.testing.strategies import Call, Draw, call, positional_parameters

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
    smallest that does, and the error carries it as a program that can be pasted and run. Ties, float32
    and memory layout are not tried here; for an entry of the table, :func:`check_entry` does.

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
        template, variables = taken_apart(found, names_of(function, found))
        closed = closed_over(function, template, variables)
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
    return st.tuples(*map(_strategy, strategies)).map(lambda values: (f, _joined(values)))


def _strategy(part: st.SearchStrategy[Any] | Line) -> st.SearchStrategy[Any]:
    if isinstance(part, st.SearchStrategy):
        return part
    if not callable(part):
        raise TypeError(
            "assert_gradients: expected a strategy for each argument, such as arrays((3,)), or a line like "
            f"lambda d: call(d.array((3,))), got {part!r}; to check at one point: gradcheck(f, x)"
        )
    return drawn(part)


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
    template, variables = taken_apart(found, names_of(function, found), program.names)
    for variable, value in variables.items():
        program.assign(variable, value)
    if not is_plain(template):
        arguments = [*map(program.literal, template.args), *program.named(template.kwargs)]
        called = f"({name})" if name.startswith("lambda") else name
        name = f"lambda {', '.join(variables)}: {called}({', '.join(arguments)})"
    program.write(f"{check}({', '.join([name, *variables, *program.named(options)])})")
    return str(program)
