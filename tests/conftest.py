"""Hypothesis profiles, chosen by the environment variable HYPOTHESIS_PROFILE.

No profile has a deadline or looks at the clock: how long an example takes depends on the machine.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis.database import InMemoryExampleDatabase

no_clock = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", no_clock)
# CI seeds the search (--hypothesis-seed). Were it derandomised, every case of a parametrised test would
# add a link to a chain of settings, which recursion then follows: too deep for a test of 1,000 cases.
settings.register_profile("ci", no_clock, database=InMemoryExampleDatabase(), print_blob=True)
settings.register_profile("nightly", no_clock, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
