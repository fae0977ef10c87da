"""Properties are tried on the same examples every time, ``make long`` on more; ``make explore`` tries others."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Exercises of tests are no tests: some have planted faults.
collect_ignore_glob = ["exercises/*", "faults/*", "fixtures/*"]

# A busy machine is no fault, so nothing is timed.
settings.register_profile(
    "fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fixed")
settings.load_profile(PROFILE)
LEAST = 100  # examples of a property that the suite tries


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a property that asks for many examples, the suite tries the first few."""
    if PROFILE != "fixed" or "ALL_SEEDS" in os.environ:
        return
    for function in {item.obj for item in items if hasattr(item.obj, "hypothesis")}:
        own = function._hypothesis_internal_use_settings
        few = settings(own, max_examples=min(LEAST, own.max_examples))
        function._hypothesis_internal_use_settings = few
