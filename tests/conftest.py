"""Properties are tried on the same examples every time; ``make explore`` tries others."""

import os

from hypothesis import HealthCheck, settings

# Exercises of tests are no tests: some have planted faults.
collect_ignore_glob = ["exercises/*", "faults/*", "fixtures/*"]

# A busy machine is no fault, so nothing is timed.
settings.register_profile(
    "fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", derandomize=False)
settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
