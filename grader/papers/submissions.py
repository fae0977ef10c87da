"""Notebooks that were handed in: whose they are, and their marks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from grader.answers import HandedIn
from grader.drawing import Variant
from grader.errors import Problem, SubmissionError, UsageError
from grader.marking import Marks, mark
from grader.papers import blueprint, notebook
from grader.papers.files import Progress, no_progress
from grader.papers.making import Bank, read_manifest, read_secret, restore_all
from grader.papers.records import Manifest, Paper, Submission
from grader.papers.reports import Graded
from grader.papers.text_marks import waiting


def grade_notebooks(
    paths: Sequence[Path], folder: Path, known: Bank, progress: Progress = no_progress
) -> list[Graded]:
    """The marks of everyone on the manifest, then what could not be given to anyone."""
    manifest = read_manifest(folder)
    handed_in, lost = read_notebooks(paths, folder, manifest, progress)
    present = [paper for paper in manifest.papers if handed_in[paper.student]]
    solved = restore_all(present, known)
    graded = [
        grade_paper(paper, handed_in[paper.student], solved, known)
        for paper in progress(manifest.papers, "marking")
    ]
    return by_file_name(graded, lost)


def read_notebooks(
    paths: Sequence[Path], folder: Path, manifest: Manifest, progress: Progress = no_progress
) -> tuple[dict[str, list[Submission]], list[Graded]]:
    """What each student of a quiz handed in, and what could not be given to anyone."""
    secret = read_secret(folder / "staff" / "secret")
    by_student = {paper.student: paper for paper in manifest.papers}
    handed_in: dict[str, list[Submission]] = {student: [] for student in by_student}
    lost: list[Graded] = []
    for path, name in progress(submissions(paths), "reading"):
        try:
            if path.suffix.lower() != ".ipynb":
                raise SubmissionError(Problem(name, "not a notebook: expected a file .ipynb"))
            read = notebook.read(path, name)
            owner(read, manifest, by_student, secret)
        except SubmissionError as error:
            lost.append(Graded("", name, (), problem=error.problems[0].message))
        else:
            handed_in[read.student].append(read)
    return handed_in, lost


def by_file_name(graded: Sequence[Graded], lost: Sequence[Graded]) -> list[Graded]:
    """Rows of students, those without a paper taking on a lost file that bears their name; then the rest."""
    rest = list(lost)
    rows = []
    for one in graded:
        named = [other for other in rest if Path(other.file).stem == one.student]
        if not one.file and named:
            rest.remove(named[0])
            one = replace(one, file=named[0].file, problem=named[0].problem)
        rows.append(one)
    return [*rows, *rest]


def submissions(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """The files below folders and those named, each with a name for reports.

    Hidden files, and those that editors and systems leave behind, are no submissions.

    Raises:
        UsageError: a path that is not there.
    """
    found: list[tuple[Path, str]] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"no such file or folder: {path}")
        if not path.is_dir():
            found.append((path, readable(path.name)))
            continue
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            left = any(part.startswith((".", "__")) for part in inside.parts)
            if not left and not (file.is_dir() and file.suffix.lower() != ".ipynb"):
                found.append((file, readable(str(inside))))
    return found


def readable(name: str) -> str:
    """A file name that can be written out, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")


def owner(
    read: Submission, manifest: Manifest, by_student: Mapping[str, Paper], secret: bytes
) -> None:
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
    exercises = [item.draw.exercise for item in paper.items]
    expected = blueprint.code(secret, manifest.quiz, read.student, exercises)
    if not blueprint.genuine(read.code, expected):
        message = f"the paper's code does not belong to '{read.student}': it was altered or swapped"
        raise SubmissionError(Problem(read.file, message))


def grade_paper(
    paper: Paper,
    found: Sequence[Submission],
    solved: Mapping[tuple[str, str], Variant],
    known: Bank,
) -> Graded:
    """The marks of one student, from the one submission that counts."""
    file = ", ".join(one.file for one in found)
    problem = undecided(found)
    if problem:
        return Graded(paper.student, file, tuple(unmarked(paper, known)), problem=problem)
    submission = found[0]
    marks, handed_in, expected = [], list[HandedIn](), dict[str, None]()
    for item in paper.items:
        name = item.draw.exercise
        keys = solved[paper.student, name].keys
        expected |= dict.fromkeys(f"{name}/{address}" for address in keys)
        answers = below(f"{name}/", submission.answers, keys)
        marked = mark(
            solved[paper.student, name],
            answers,
            student=paper.student,
            weight=item.weight,
            unreadable=below(f"{name}/", submission.unreadable, keys),
        )
        marks.append(
            replace(marked, slot=item.slot, difficulty=item.difficulty, columns=paper.columns)
        )
        handed_in += waiting(marks[-1], keys, answers)
    gone = notebook.missing(submission, expected)
    for_staff = [*naming(submission, paper.student), *changed(paper, known)]
    doubts = submission.doubts + len(gone)
    return Graded(
        paper.student,
        file,
        tuple(marks),
        (*submission.notes, *gone),
        tuple(for_staff),
        doubts=doubts,
        texts=tuple(handed_in),
        answers=submission.answers,
    )


def undecided(found: Sequence[Submission]) -> str:
    """Why there is no one submission that counts; empty where there is."""
    if not found:
        return "nothing handed in"
    if any(texts(one) != texts(found[0]) for one in found[1:]):
        files = ", ".join(one.file for one in found)
        return f"{len(found)} files with different answers: {files}"
    return ""


def texts(submission: Submission) -> tuple[dict[str, str], dict[str, str]]:
    return submission.answers, submission.unreadable


def unmarked(paper: Paper, known: Bank) -> Iterator[Marks]:
    """Marks without points, of which only the possible points are known."""
    for item in paper.items:
        name = item.draw.exercise
        if name in known:
            out_of = round(known[name].points * item.weight, 4)
            yield Marks(paper.student, name, item.draw.seed, 0, out_of)


def below(prefix: str, texts: Mapping[str, str], keys: Mapping[str, object]) -> dict[str, str]:
    """The texts of one exercise, by address within it."""
    inside = {
        name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)
    }
    return {address: text for address, text in inside.items() if address in keys}


def naming(submission: Submission, student: str) -> list[str]:
    stem = Path(submission.file).stem
    if student.casefold() in stem.casefold():
        return []
    return [f"the file is named '{stem}', the paper inside is that of '{student}'"]


def changed(paper: Paper, known: Bank) -> list[str]:
    """Exercises that were edited after the paper was made; they are marked by their present version."""
    edited = [
        item.draw.exercise
        for item in paper.items
        if known[item.draw.exercise].digest != item.draw.digest
    ]
    return [f"changed since the paper was made: {', '.join(edited)}"] if edited else []
