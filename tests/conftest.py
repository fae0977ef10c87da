"""Properties are tried on the same examples every time; ``make explore`` tries others."""

import os

from hypothesis import settings

collect_ignore_glob = ["faults/*", "fixtures/*"]  # exercises with planted faults

settings.register_profile("fixed", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
