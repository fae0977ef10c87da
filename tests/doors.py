"""The whole bank at many seeds, written for every program and read back by a reader of its own: what differs, and figures.

python -m tests.doors 20
"""

import importlib
import sys
import time

from grader.exports import MODULES, targets
from tests.grader.readers import Compared, packed
from tests.shipped import BANK

READERS = {
    "moodle": "moodle",
    "canvas": "canvas",
    "canvas-classic": "classic",
    "qti3": "qti3",
}  # program → module of tests/grader/readers


def reader(name):
    return importlib.import_module(f"tests.grader.readers.{READERS[name]}")


def compared(name, exercise, seeds, into):
    """One exercise written for one program, read back and compared."""
    package, variants = packed(exercise, seeds)
    plan = targets.planned(name, package)
    reader(name).compare(plan.target.write(package, plan.report), variants, into)


def main(seeds, names=()):
    start = time.process_time()
    found = {name: Compared() for name in names or MODULES if name in READERS}
    for name, into in found.items():
        for exercise in BANK.values():
            compared(name, exercise, range(seeds), into)
        told = ", ".join(f"{count:,} {what}" for what, count in sorted(into.counts.items()))
        print(f"{name}: {len(BANK)} exercises at {seeds} seeds: {told}; {len(into.differ)} differ")
        for line in into.differ[:20]:
            print(f"  {line}")
    print(f"{time.process_time() - start:.0f} s")
    return any(into.differ for into in found.values())


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, sys.argv[2:]))
