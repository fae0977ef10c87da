"""Mutation testing: ``python -m tests.mutation [--sample N] [--seed N] [--of PACKAGE …]``, and what mutmut's workers do with tests.

mutmut finds the tests that run a function. A worker tries the quick ones first, for no more than ``BOUND``
seconds as measured without a fault, and properties on a few examples only. What survives that might not
survive the whole suite: the score is a lower bound.
"""

from __future__ import annotations

import argparse
import functools
import gc
import math
import os
import random
import subprocess
import sys
from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import settings

from grader.bank import Exercise

BOUND = 15.0  # seconds of tests for a mutant
EXAMPLES = 20  # of a property
DEPTH = 10_000  # of calls; mutmut wraps every function twice
OURS = ("grader", "reference", "tests")
KILLED = (
    "killed",
    "timeout",
    "segfault",
    "suspicious",  # the tests could not be found,
    "check was interrupted by user",  # or not be imported
)


# In a worker


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Tables that a faulty function makes are made anew; and mutmut needs room for its own calls."""
    from mutmut.mutation.trampoline import get_mutant_under_test
    from mutmut.state import state

    sys.setrecursionlimit(DEPTH)
    function = get_mutant_under_test().rpartition("__mutmut_")[0]
    if state().tests_by_mangled_function_name.get(function) == set(state().duration_by_test):
        for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
            del sys.modules[name]


def pytest_configure(config: pytest.Config) -> None:
    """Of the tests for a mutant the quick ones, to the bound; pytest is slow with thousands of names."""
    from mutmut.state import state

    took = state().duration_by_test
    named = sorted((took[name], name) for name in config.args if name in took)
    sums = accumulate(seconds for seconds, _ in named)
    chosen = [name for (_, name), total in zip(named, sums, strict=True) if total <= BOUND]
    config.chosen = chosen or [name for _, name in named[:1]]
    if named:
        config.args[:] = sorted({name.partition("::")[0] for name in config.chosen})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The quick ones first, and few examples of properties."""
    if config.chosen:
        place = {name: place for place, name in enumerate(config.chosen)}
        items[:] = sorted(
            (item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid]
        )
    for function in {item.obj for item in items if hasattr(item.obj, "hypothesis")}:
        own = function._hypothesis_internal_use_settings
        few = settings(own, max_examples=min(EXAMPLES, own.max_examples))
        function._hypothesis_internal_use_settings = few


def pytest_collection_finish(session: pytest.Session) -> None:
    """What runs on import is no matter of the first test, and what was cached before hides a fault."""
    from mutmut.state import state

    session.imported = set(state()._stats)
    state()._stats.clear()
    for cached in gc.get_objects():
        if isinstance(cached, functools._lru_cache_wrapper):
            cached.cache_clear()
        elif isinstance(cached, Exercise):
            cached.__dict__.clear()  # what is derived from it


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A function that only runs on import, as it makes a table, is for every test to look at."""
    from mutmut.state import state

    known = state().tests_by_mangled_function_name
    for function in getattr(session, "imported", set()) - known.keys():
        known[function] = set(state().duration_by_test)


# The run


def generate() -> None:
    """Write all mutants, which mutmut does only on its way to running them."""
    from mutmut import __main__ as mutmut

    Path("mutants").mkdir(exist_ok=True)
    mutmut.set_mutant_under_test("mutant_generation")
    with mutmut.CatchOutput(spinner_title="Generating mutants"):
        mutmut.copy_src_dir()
        mutmut.copy_also_copy_files()
        mutmut.create_mutants(os.cpu_count() or 1)


def verdicts() -> dict[str, str]:
    """The verdict on each mutant by its name."""
    command = ["mutmut", "results", "--all", "true"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return dict(line.strip().rsplit(": ", 1) for line in lines)


def module(mutant: str) -> str:
    return mutant.rpartition(".")[0]


def within(mutant: str, packages: list[str]) -> bool:
    """Is a mutant in one of some packages or modules, or are there none?"""
    return not packages or any(f"{module(mutant)}.".startswith(f"{one}.") for one in packages)


def sample(mutants: list[str], count: int, seed: int) -> list[str]:
    """Of every module a share of its mutants, at least one."""
    stream = random.Random(seed)
    modules = Counter(map(module, mutants))
    chosen = []
    for name, size in sorted(modules.items()):
        own = sorted(mutant for mutant in mutants if module(mutant) == name)
        chosen += stream.sample(own, max(1, min(size, round(count * size / len(mutants)))))
    return chosen


def interval(killed: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share; 95 % unless another quantile is given."""
    share, spread = killed / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / count + spread / count / 4) / (1 + spread)
    return middle - half, middle + half


def report(found: dict[str, str]) -> None:
    for name in sorted(set(map(module, found))):
        own = Counter(verdict for mutant, verdict in found.items() if module(mutant) == name)
        killed = sum(own[verdict] for verdict in KILLED)
        print(f"{name:35} {killed:5} of {own.total():5}   {dict(own)}")
    survivors = [mutant for mutant, verdict in found.items() if verdict not in KILLED]
    Path("mutants/survivors.txt").write_text("\n".join(survivors))
    killed = len(found) - len(survivors)
    low, high = interval(killed, len(found))
    print(
        f"{killed} of {len(found)} killed: {killed / len(found):.1%}, 95 % interval {low:.1%} to {high:.1%}"
    )
    print("mutants/survivors.txt names the others; mutmut show NAME shows one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="how many mutants; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another sample")
    parser.add_argument("--of", nargs="*", default=[], help="packages or modules; none for all")
    parser.add_argument("--children", type=int, default=os.cpu_count(), help="workers at a time")
    chosen = parser.parse_args()
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    generate()
    mutants = [mutant for mutant in verdicts() if within(mutant, chosen.of)]
    names = sample(mutants, chosen.sample, chosen.seed) if chosen.sample else []
    names = names or (mutants if chosen.of else [])
    print(f"{len(names) or len(mutants)} of {len(mutants)} mutants")
    command = ["mutmut", "run", "--max-children", str(chosen.children), *names]
    if subprocess.run(command).returncode:
        raise SystemExit("mutmut failed: see above")
    found = verdicts()
    report({name: found[name] for name in names or mutants})


if __name__ == "__main__":
    sys.exit(main())
