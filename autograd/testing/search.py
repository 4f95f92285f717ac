"""Looking for the smallest case in which something does not hold, to show it as a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

T = TypeVar("T")

PATIENCE = 100  # cases that are tried to make a failing one smaller


def check_all(
    cases: st.SearchStrategy[T],
    check: Callable[[T], object],
    program_of: Callable[[T], str],
    max_examples: int | None,
) -> None:
    """Check cases that are drawn; the error of one that fails carries it as a program.

    Args:
        cases: where to draw from.
        check: raises where something does not hold.
        program_of: writes the check of one case as a program, which is the last of the error's notes.
        max_examples: how many cases are tried; by default as many as the Hypothesis profile says.

    Example:
        >>> def is_small(n):
        ...     assert n < 10
        >>> try:
        ...     check_all(st.integers(), is_small, lambda n: f"is_small({n})", None)
        ... except AssertionError as error:
        ...     print(error.__notes__[-1])
        is_small(10)
    """
    failed: list[str] = []  # the last one is the smallest
    found: Exception | None = None  # by that one
    tried = 0

    def written(case: T) -> str:
        try:
            return program_of(case)
        except Exception as error:  # which must not hide what the check found
            return f"(There is no program: writing it raised {error!r}.)"

    @settings(
        settings(),
        max_examples=settings().max_examples if max_examples is None else max_examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(cases)
    def holds(case: T) -> None:
        nonlocal found, tried
        tried += bool(failed)
        if tried > PATIENCE and written(case) not in failed:
            return  # small enough
        try:
            check(case)
        except Exception as error:
            failed.append(written(case))
            found = error
            raise

    try:
        holds()
    except Exception as error:
        if found is None:
            raise
        if flaky := isinstance(error, Flaky):
            error = found
            error.add_note("Tried again it passes: the function, or a rule, keeps something between calls.")
        error.add_note("The smallest case that was found, as a program:")
        error.add_note(failed[-1])
        if flaky:
            raise error from error.__cause__
        raise
