"""Files → reports, on several cores; files that have not changed since they passed are skipped."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader import bank
from grader.bank import Exercise
from grader.checking.groups import Report, check
from grader.checking.quizzes import quiz
from grader.cores import crew
from grader.errors import AuthorError, Problem

Passed = dict[str, str]  # file → what it and gradmark were when nothing was found


def run(
    files: Sequence[Path], seeds: int, jobs: int = 1, passed: Passed | None = None
) -> Iterator[Report]:
    """A report for each file in order, exercises first and then quizzes.

    ``passed``: files that are as they were are not looked at; what passes is noted in it.
    """
    notes = passed if passed is not None else {}
    exercises = [path for path in files if not bank.is_quiz(path)]
    marks = {path: digest(path, seeds) for path in exercises} if passed is not None else {}
    fresh = [path for path in exercises if not marks or notes.get(str(path)) != marks[path]]
    fresh.sort(
        key=size, reverse=True
    )  # many equations first, so that no long file is left for the end
    with crew(seeds, jobs if len(fresh) > 1 else 1) as each:
        reports = dict(zip(fresh, each(check_file, fresh), strict=True))
    seen: dict[str, Path] = {}
    for path in exercises:
        report = reports.get(path) or Report(path.stem, [], skipped=True)
        report = replace(report, file=str(path), problems=[*report.problems, *twice(path, seen)])
        if marks and not report.problems:
            notes[str(path)] = marks[path]
        yield report
    quizzes = [path for path in files if bank.is_quiz(path)]
    known = around(exercises) if quizzes else {}
    for path in quizzes:
        yield Report(path.stem, [*quiz(path, known)], file=str(path), quiz=True)


def size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def check_file(seeds: int, path: Path) -> Report:
    """One exercise by its path."""
    try:
        return check(bank.load(path), seeds)
    except AuthorError as error:
        return Report(path.stem, list(error.problems), unusable=True)


def twice(path: Path, seen: dict[str, Path]) -> Iterator[Problem]:
    """An id that another file has too."""
    try:
        exercise = bank.load(path)
    except AuthorError:
        return
    other = seen.setdefault(exercise.id, path)
    if other != path:
        yield exercise.at["id"].problem(f"'{exercise.id}' is also in {other}", "names")


def around(files: Sequence[Path]) -> Mapping[str, Exercise]:
    """The exercises that a quiz may pick: those that are checked with it, or the whole bank."""
    found: dict[str, Exercise] = {}
    for path in files or bank.files([bank.home()]):
        try:
            exercise = bank.load(path)
        except AuthorError:
            continue
        found[exercise.id] = exercise
    return found


def digest(path: Path, seeds: int) -> str:
    """A hash of all that a report depends on: the file, the number of seeds, and gradmark itself."""
    content = path.read_bytes() if path.is_file() else b""
    return hashlib.blake2b(content + f"{seeds}".encode() + itself(), digest_size=16).hexdigest()


@functools.cache
def itself() -> bytes:
    """A hash of the code of gradmark."""
    here = Path(__file__).parents[1]
    found = hashlib.blake2b(digest_size=16)
    for folder in (here, here.parent / "reference"):
        for path in sorted(folder.rglob("*.py")):
            found.update(path.read_bytes())
    return found.digest()


def read_passed(path: Path) -> Passed:
    """The notes of an earlier run; none where there are none, or they cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Passed)
    except (OSError, msgspec.DecodeError):
        return {}


def write_passed(path: Path, passed: Passed) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(passed, order="sorted")) + b"\n")
