"""Hypothesis profiles, chosen by the environment variable HYPOTHESIS_PROFILE.

No profile has a deadline or looks at the clock: how long an example takes depends on the machine.
"""

import os

from hypothesis import HealthCheck, settings

no_clock = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", no_clock)
settings.register_profile("ci", no_clock, derandomize=True, database=None, print_blob=True)
settings.register_profile("nightly", no_clock, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
