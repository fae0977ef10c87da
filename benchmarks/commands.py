"""Whole processes: how long a person waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import Row, duration
from benchmarks.timing import gradmark, process, process_median

STARTS = 5
MARK = ["mark", "two-two-one", "--printed", "output.h1=0.769"]
NUMBER = '{"exercise": "two-two-one", "seed": 3, "answers": {"output.y": "0.5"}}\n'
PATIENCE = 900  # seconds for a check of the whole bank, on a busy machine


def rows() -> Iterator[Row]:
    """Start-up, and the check of the bank."""
    for words in (["--version"], ["list"], ["show", "layer-sizes"], MARK):
        taken = process_median(gradmark(), *words, runs=STARTS)
        yield Row(f"`gradmark {' '.join(words)}`", duration(taken), f"median of {STARTS} processes")
    with TemporaryDirectory(prefix="gradmark-start-") as folder:
        answers = Path(folder) / "answers.jsonl"
        answers.write_text(NUMBER)
        words = ["grade", str(answers), "--out", str(answers.with_name("marks.jsonl"))]
        taken = process_median(gradmark(), *words, runs=STARTS)
    yield Row("`gradmark grade`, one number", duration(taken), f"median of {STARTS} processes")
    taken, _ = process(gradmark(), "check", "--seeds", "100", limit=PATIENCE)
    yield Row("`gradmark check --seeds 100`", duration(taken), "the whole bank, once; goal: 120 s")
