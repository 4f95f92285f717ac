"""Checking one entry of the table for all that entries must hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from autograd.derivatives.calls import name_of
from autograd.derivatives.table import Entry
from autograd.testing import properties
from autograd.testing.arguments import calls
from autograd.testing.arguments.kinds import entry_of
from autograd.testing.search import check_all
from autograd.testing.source import Program
from autograd.testing.strategies import ANY_DTYPE, BORDER, EMPTY, SMOOTH, TIED, Call, Draw, Style

Function = Callable[..., Any]
Check = Callable[[Entry, Call], None]

CHECKS: dict[Style, tuple[Check, ...]] = {
    SMOOTH: (
        properties.derivatives_are_those_of_differences,
        properties.arrays_are_differentiated_alone,
        properties.one_tensor_may_come_twice,
        properties.calls_do_not_disturb_each_other,
        properties.gradients_are_arrays_of_their_own,
        properties.nothing_is_written,
        properties.layout_makes_no_difference,
        properties.arguments_may_be_named,
    ),
    TIED: (properties.slope_lies_between_one_sided_slopes, properties.rules_on_tensors_are_rules_on_arrays),
    BORDER: (properties.zero_cotangent_gives_zero,),
    EMPTY: (properties.empty_arrays_are_arrays,),
    ANY_DTYPE: (properties.value_is_that_on_arrays, properties.gradients_fit_their_arrays),
}


def check_entry(
    function: Function | Entry,
    arguments: Callable[[Draw], Call] | None = None,
    *,
    max_examples: int = 25,
) -> None:
    """Check a function of the table, a user's own too, for everything that all entries must hold.

    Args:
        function: a function that was entered with ``derivative`` or ``definition``; or its entry.
        arguments: draws a call, by a line such as ``lambda d: call(d.array(), d.array())``; by default
            the function's line in ``ARGUMENTS``, or what all functions of its kind take.
        max_examples: how many calls of each style are tried.

    Raises:
        AssertionError: a property does not hold. Notes say which one, and give the smallest call
            found, as a program that can be pasted; where derivatives are wrong it is a GradientError.
        LookupError: the table lacks the function, or nothing says which arguments it takes.
        TypeError: the function is a constant, or refused: nothing can be checked.

    Example:
        >>> from autograd import derivative, primitive
        >>> from autograd.testing import call
        >>> @primitive
        ... def scaled_cube(x, factor=1.0):
        ...     return factor * x * x * x
        >>> derivative(scaled_cube, lambda g, x, factor=1.0: 3 * factor * g * x**2)
        >>> check_entry(scaled_cube)
        >>> check_entry(scaled_cube, lambda d: call(d.array(least=1), factor=d.choice(2.0, 0.5)))
    """
    entry = entry_of(function)
    if arguments is not None and (isinstance(arguments, st.SearchStrategy) or not callable(arguments)):
        raise TypeError(
            "check_entry: expected a line that draws a call, in several styles, such as "
            f"lambda d: call(d.array((3,))), got {arguments!r}; strategies are for assert_gradients"
        )
    for style in CHECKS:
        _check(entry, style, calls(entry, style, arguments), max_examples, by_default=arguments is None)


def _check(
    entry: Entry, style: Style, found: st.SearchStrategy[Call], max_examples: int, by_default: bool
) -> None:
    broken: list[Check] = []

    def hold(call: Call) -> None:
        for check in CHECKS[style]:
            try:
                check(entry, call)
            except Exception as error:
                broken[:] = [check]
                name = name_of(entry.function)
                error.add_note(f"{name} breaks a rule for all entries: {check.__doc__}")
                if by_default and style is SMOOTH and (misfit := call.misfit(entry.function)):
                    error.add_note(
                        f"{name} {misfit} at arguments that were drawn by default. If it should, say what it "
                        f"takes: check_entry({name}, lambda d: call(d.array((3, 3)))), or give "
                        "derivative() a domain= such as POSITIVE, or the kind= of functions that take such"
                    )
                raise

    check_all(found, hold, lambda call: _program_of(broken[0], entry, call), max_examples)


def _program_of(check: Check, entry: Entry, call: Call) -> str:
    """Write the check of an entry at one call as a program."""
    program = Program()
    table = program.imported("autograd.derivatives.table", "TABLE")
    arguments = [*map(program.literal, call.args), *program.named(call.kwargs)]
    checked = f"{program.imported('autograd.testing', 'call')}({', '.join(arguments)})"
    program.write(f"{program.function(check)}({table}[{program.function(entry.function)}], {checked})")
    return str(program)
