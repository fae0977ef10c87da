"""Whole processes: how long a person waits."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.table import Row, duration
from benchmarks.timing import gradmark, process_median

STARTS = 5
MARK = ["mark", "two-two-one", "--printed", "output.h1=0.769"]
CHECKS = 3


def rows() -> Iterator[Row]:
    """Start-up, and the check of the bank."""
    for words in (["--version"], ["list"], ["show", "layer-sizes"], MARK):
        taken = process_median(gradmark(), *words, runs=STARTS)
        yield Row(f"`gradmark {' '.join(words)}`", duration(taken), f"median of {STARTS} processes")
    taken = process_median(gradmark(), "check", "--seeds", "100", runs=CHECKS)
    yield Row("`gradmark check --seeds 100`", duration(taken), f"median of {CHECKS} processes")
