"""Compare what this checkout and another revision print: ``python -m benchmarks.same_as REVISION``.

Both do the same to the bank of this checkout, side by side: ``show`` in every format, ``mark``, ``quiz``, ``grade``
with feedback and solutions, and ``check``; answers are those of the bank, those of the fixtures, and four thousand
lines of right, wrong and strange ones. Exit code 1 if a byte differs.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks.same_as import commands, fixtures
from benchmarks.same_as.comparing import compared
from benchmarks.submissions import anything
from benchmarks.timing import ROOT
from grader import bank

LINES = 4_000
PACKAGES = ("grader", "reference")


def main(revision: str) -> None:
    with TemporaryDirectory(prefix="gradmark-same-") as name:
        folder = Path(name)
        print(gather(folder / "given"), flush=True)
        unpack(revision, folder / "other")
        snapshot(folder / "this")
        before, now = folder / "printed-before", folder / "printed-now"
        running = [
            start(folder / "other", before, folder / "given"),
            start(folder / "this", now, folder / "given"),
        ]
        codes = [version.wait() for version in running]
        if any(codes):
            sys.exit("a version stopped before the end, as it says above")
        differ, text = compared(before, now)
    print(text)
    sys.exit(differ)


def gather(folder: Path) -> str:
    """What both versions are given; a sentence on it."""
    shutil.copytree(bank.home(), folder / "bank")
    shutil.copytree(ROOT / "tests" / "faults", folder / "faults")
    (folder / "secret").write_text("ab" * 32)
    known = bank.load_folder()
    quiz = {"id": "whole-bank", "title": "Whole bank", "pick": [*known]}
    (folder / "bank" / "quizzes" / "whole-bank.yaml").write_text(yaml.safe_dump(quiz))
    (folder / "lines").mkdir()
    (folder / "lines" / "bank.jsonl").write_bytes(b"".join(anything(known, LINES)))
    (folder / "fixtures").mkdir()
    written, all_of_them = fixtures.write(folder / "fixtures")
    return (
        f"{len(known)} exercises, {LINES} lines of answers to them, "
        f"{written} of {all_of_them} answers of the fixtures"
    )


def unpack(revision: str, folder: Path) -> None:
    """The packages of a revision, beside the exercises of this checkout."""
    command = ["git", "archive", revision, "--", *PACKAGES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    if done.returncode:
        sys.exit(done.stderr.decode().strip())
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    shutil.copytree(bank.home(), folder / "exercises")


def snapshot(folder: Path) -> None:
    """The packages as they are now, as somebody may go on writing."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(bank.home(), folder / "exercises")


def start(version: Path, out: Path, given: Path) -> subprocess.Popen[bytes]:
    out.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(version)}
    return subprocess.Popen([sys.executable, commands.__file__, given], cwd=out, env=environment)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("expected a revision, as in: python -m benchmarks.same_as HEAD~1")
    main(sys.argv[1])
