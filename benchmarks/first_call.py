"""Prints how many seconds the first ``grade_notebooks`` of a process takes: NOTEBOOK, QUIZ FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.timing import seconds
from grader import bank, papers


def main(notebook: Path, folder: Path) -> None:
    known = bank.load_folder()
    print(seconds(lambda: papers.grade_notebooks([notebook], folder, known)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
