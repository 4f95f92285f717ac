"""Hypothesis profiles, chosen by the environment variable HYPOTHESIS_PROFILE; and what tests share.

No profile has a deadline or looks at the clock: how long an example takes depends on the machine.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import InMemoryExampleDatabase

from autograd.derivatives.late import CHAPTERS, load_late
from autograd.derivatives.table import TABLE
from autograd.testing import ARGUMENTS

no_clock = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", no_clock)
# CI seeds the search (--hypothesis-seed). Were it derandomised, every case of a parametrised test would
# add a link to a chain of settings, which recursion then follows: too deep for a test of 1,000 cases.
settings.register_profile("ci", no_clock, database=InMemoryExampleDatabase(), print_blob=True)
settings.register_profile("nightly", no_clock, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(scope="session")
def chapters() -> None:
    """Load nn and the chapters that load late: they load once, so no test may take their entries back."""
    for library in ("nn", *CHAPTERS):
        with suppress(ImportError):
            import_module(library)
    load_late()


@pytest.fixture(autouse=True)
def entries(chapters: None) -> Iterator[None]:
    """Take back what a test enters in the tables, so that no other test meets it, whatever their order."""
    before = [(table, dict(table)) for table in (TABLE, ARGUMENTS)]
    yield
    for table, known in before:
        table.clear()
        table.update(known)
