"""Properties are tried on the same examples every time; ``make explore`` tries others."""

import os

from hypothesis import settings

# Exercises of tests are no tests: some have planted faults.
collect_ignore_glob = ["exercises/*", "faults/*", "fixtures/*"]

settings.register_profile("fixed", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
