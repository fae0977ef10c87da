"""Whose paper a file holds: the code inside says so, and the name of the file must not say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from grader.errors import Problem, SubmissionError
from grader.papers import blueprint, intake, notebook
from grader.papers.files import Progress, no_progress
from grader.papers.folder import check_signatures, read_secret, secret_file
from grader.papers.records import Graded, Manifest, Paper, Submission


def read_notebooks(
    paths: Sequence[Path], folder: Path, manifest: Manifest, progress: Progress = no_progress
) -> tuple[dict[str, list[Submission]], list[Graded]]:
    """As :func:`read_by_code`, where the manifest bears the signatures of the quiz's secret."""
    path = secret_file(folder)
    secret = read_secret(path)
    handed_in, lost = read_by_code(paths, manifest, progress)
    present = [paper for paper in manifest.papers if handed_in[paper.student]]
    check_signatures(present, manifest.quiz, secret, path)
    return handed_in, lost


def read_by_code(
    paths: Sequence[Path], manifest: Manifest, progress: Progress = no_progress
) -> tuple[dict[str, list[Submission]], list[Graded]]:
    """What each student of a quiz handed in, by the codes of their papers, and what could not be given to anyone."""
    by_student = {paper.student: paper for paper in manifest.papers}
    handed_in: dict[str, list[Submission]] = {student: [] for student in by_student}
    lost: list[Graded] = []
    names = Names(by_student)
    for file in progress(intake.files(paths), "reading"):
        try:
            read = notebook.parse(file.bytes, file.name, file.at)
            owner(read, manifest, by_student)
        except SubmissionError as error:
            lost.append(Graded("", file.name, (), problem=error.problems[0].message))
            continue
        bearer = names.of(file.name)
        if bearer not in ("", read.student):
            lost.append(
                Graded("", file.name, (), problem=f"the paper inside is that of '{read.student}'")
            )
            if not handed_in[read.student]:
                handed_in[read.student].append(replace(read, borrowed=bearer))
            continue
        handed_in[read.student] = [one for one in handed_in[read.student] if not one.borrowed]
        handed_in[read.student].append(read)
    return handed_in, lost


WORD = re.compile(r"[\s/\\()\[\],;]+")


class Names:
    """Students, found in the names of files."""

    def __init__(self, students: Iterable[str]) -> None:
        self.known = {student.casefold(): student for student in students}

    def of(self, name: str) -> str:
        """The one student whose id stands in a name by itself; nothing where there is none, or more than one."""
        words = {word for part in WORD.split(name.casefold()) for word in pieces(part)}
        found = {self.known[word] for word in words if word in self.known}
        return found.pop() if len(found) == 1 else ""


def pieces(part: str) -> Iterator[str]:
    """A word of a file name, and what stands between its dots, dashes and underscores."""
    yield part
    for length in range(1, part.count(".") + 1):
        yield part.rsplit(".", length)[0]
    yield from re.split(r"[_.]", part)
    yield from re.split(r"[_.-]", part)


def by_name(
    graded: Sequence[Graded], lost: Sequence[Graded], students: Sequence[str]
) -> list[Graded]:
    """Rows of students, those without a paper taking on a lost file that bears their name; then the rest."""
    names, rest = Names(students), list(lost)
    bearers = {one.file: names.of(one.file) for one in lost}
    rows = []
    for one in graded:
        named = [other for other in rest if bearers[other.file] == one.student]
        if not one.file and named:
            rest.remove(named[0])
            one = replace(one, file=named[0].file, problem=named[0].problem)
        rows.append(one)
    return [*rows, *rest]


def owner(read: Submission, manifest: Manifest, by_student: Mapping[str, Paper]) -> None:
    """Make sure that a submission is one of our papers, and unaltered.

    Raises:
        SubmissionError: it is for another quiz, an unknown paper, or its identity was changed.
    """
    if read.quiz != manifest.quiz:
        message = f"it is a paper of the quiz '{read.quiz}', expected '{manifest.quiz}'"
        raise SubmissionError(Problem(read.file, message))
    paper = by_student.get(read.student)
    if paper is None:
        message = f"unknown paper: no student '{read.student}' has one in this quiz"
        raise SubmissionError(Problem(read.file, message))
    if not blueprint.genuine(read.code, paper.code):
        message = f"the paper's code does not belong to '{read.student}': it was altered or swapped, or is of another run"
        raise SubmissionError(Problem(read.file, message))
