"""A hundred papers as PDFs, with their answer sheets; ``python -m benchmarks.paper``, with a number behind it that many.

The papers are drawn before the clock starts. They are printed twice, and both must be the same bytes.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import Failed
from grader import bank, papers, pdf

QUIZ = bank.home() / "quizzes" / "sample-quiz.yaml"


def printed(manifest: papers.Manifest, known: papers.Bank) -> list[bytes]:
    labels = pdf.LABELS["en"]
    class_ = pdf.all_printed(manifest, manifest.papers, known)
    return [*pdf.all_compiled(pdf.source(one, labels) for one in class_)]


def run(students: int, folder: Path) -> None:
    known = bank.load_folder()
    roster = folder / "class.csv"
    roster.write_text("student\n" + "\n".join(f"s{number:03}" for number in range(students)) + "\n")
    manifest = papers.make_quiz(QUIZ, roster, folder / "quiz", known).manifest
    wall, cpu = time.perf_counter(), time.process_time()
    first = printed(manifest, known)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if printed(manifest, known) != first:
        raise Failed("two runs differ")
    size = sum(map(len, first)) / len(first)
    print(
        f"{students} papers on {os.cpu_count()} cores: {wall:.1f} s, {cpu:.1f} s of processors, {size / 1e3:.0f} kB each"
    )


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        run(int(sys.argv[1]) if len(sys.argv) > 1 else 100, Path(folder))
