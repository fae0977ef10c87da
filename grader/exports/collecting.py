"""Responses as a program reports them → JSON lines of answers, which `gradmark grade` marks again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from grader import papers
from grader.errors import AuthorError, Problem
from grader.exports.items import Item
from grader.exports.labels import Locale
from grader.exports.package import MARK, Selection, packed
from grader.exports.targets import target
from grader.papers import Bank, Manifest
from grader.words import counted, listed


class Report(Struct, frozen=True):
    """Where a report has its questions and responses.

    ``ids``: columns of which one tells students apart. ``response``: a column with a response, by its name. ``question``: the column that
    shows its question, from the number in that name; empty where the name itself does.
    """

    ids: tuple[str, ...]
    response: re.Pattern[str]
    question: str = ""


REPORTS = {  # as `papers.platforms` has their other exports
    "moodle": Report(
        (),
        re.compile(r"(?:Response|Antwort) ([0-9]+)"),
        r"(?:Question|Frage) {}",
    ),
    "canvas": Report(("id", "sis_id", "name"), re.compile(r".*gradmark:.*", re.DOTALL)),
}


EMPTY = ("", "-")  # what stands where nothing was answered


class Collected(Struct, frozen=True):
    """JSON lines, and what staff should know."""

    lines: bytes
    notes: tuple[str, ...]


def collect(path: Path, platform: str, folder: Path, known: Bank) -> Collected:
    """The answers of a report, a line for each exercise of each student.

    Raises:
        AuthorError: the report does not show the questions, or a row is no student's, or a student's second.
        UsageError: the folder holds no quiz.
    """
    manifest = papers.read_manifest(folder)
    items = {one.code: one for one in packed(folder, known, Selection(), Locale.EN).items}
    report = REPORTS[platform]
    answers = target(platform).answers
    assert answers is not None
    table = papers.tables.read(path)
    columns = asked(path, table, report)
    rows = [*students(path, table, report, manifest)]
    lines, unknown, empty = [], 0, []
    for student, row in rows:
        found: dict[str, dict[str, str]] = {}
        for response, question in columns:
            mark = MARK.search(row.cells[question] if question else response)
            if mark is None or mark[1] not in items:
                unknown += bool(row.cells[response].strip() not in EMPTY)
                continue
            found.setdefault(mark[1], {})[mark[2] or ""] = row.cells[response]
        lines += [
            line(student, items[code], answers(items[code], found[code], Locale.EN))
            for code in had(path, row.line, student, items, found)
        ]
        empty += [student] * (not found)
    notes = [f"{counted(len(rows), 'student')}, {counted(len(lines), 'line')}"]
    notes += [f"{counted(unknown, 'response')} to no question of this quiz"] * bool(unknown)
    notes += [f"without any question of this quiz: {listed(empty)}"] * bool(empty)
    return Collected(b"".join(lines), tuple(notes))


def had(
    path: Path,
    number: int,
    student: str,
    items: Mapping[str, Item],
    found: Mapping[str, Mapping[str, str]],
) -> Iterator[str]:
    """The codes of the variants that a student had: a report may have columns for those of others, which are empty.

    Raises:
        AuthorError: the student answered two variants of one exercise.
    """
    by_exercise: dict[str, list[str]] = {}
    for code in found:
        by_exercise.setdefault(items[code].exercise, []).append(code)
    for exercise, codes in by_exercise.items():
        given = [one for one in codes if any(t.strip() not in EMPTY for t in found[one].values())]
        if len(given) > 1:
            message = f"'{student}' answered {len(given)} variants of '{exercise}'"
            raise AuthorError(Problem(str(path), message, number, 1))
        yield (given or codes)[0]


def line(student: str, item: Item, answers: Mapping[str, str]) -> bytes:
    found = {
        "student": student,
        "exercise": item.exercise,
        "seed": item.seed,
        "answers": answers,
    }
    return msgspec.json.encode(found) + b"\n"


def asked(path: Path, table: papers.tables.Table, report: Report) -> list[tuple[str, str]]:
    """Each column of responses, with that of its questions.

    Raises:
        AuthorError: there are none, or one does not show its questions.
    """
    found = []
    for name in table.columns:
        match = report.response.fullmatch(name)
        if match and report.question:
            wanted = re.compile(report.question.format(match[1]))
            questions = [one for one in table.columns if wanted.fullmatch(one)]
            if not questions:
                message = f"no column shows the questions of '{name}': download the report with question text"
                raise AuthorError(Problem(str(path), message, 1, 1))
            found.append((name, questions[0]))
        elif match:
            found.append((name, ""))
    if not found:
        raise AuthorError(Problem(str(path), "no column with responses to this quiz", 1, 1))
    return found


def students(
    path: Path, table: papers.tables.Table, report: Report, manifest: Manifest
) -> Iterator[tuple[str, papers.tables.Row]]:
    """Each student with the row.

    Raises:
        AuthorError: a row is no student's of the quiz, or a student has two.
    """
    platform = papers.platforms
    known = {*report.ids, *platform.HEADERS, *platform.PLATFORMS["moodle"].emails}
    columns = [
        one for one in table.columns if one.casefold() in {name.casefold() for name in known}
    ]
    owners = owned(manifest, {*known, "email"})
    problems, seen = [], dict[str, int]()
    for row in table.rows:
        student = owner(row, columns, owners)
        if not student:
            if is_summary(row, columns):
                continue
            shown = ", ".join(filter(None, (row.cells[one].strip() for one in columns))) or "nobody"
            problems.append(
                Problem(str(path), f"no paper of this quiz is that of {shown}", row.line, 1)
            )
        elif student in seen:
            message = f"'{student}' has another row in line {seen[student]}: download one attempt a student"
            problems.append(Problem(str(path), message, row.line, 1))
        else:
            seen[student] = row.line
            yield student, row
    if problems:
        raise AuthorError(*problems)


def owned(manifest: Manifest, columns: Collection[str]) -> dict[str, str]:
    """Whatever tells a student from all others, by the roster's columns of ids → the student."""
    found: dict[str, set[str]] = {}
    for paper in manifest.papers:
        for name in (one for column, one in paper.columns.items() if column in columns):
            found.setdefault(papers.roster.plain(name.strip()), set()).add(paper.student)
    own = {papers.roster.plain(paper.student): paper.student for paper in manifest.papers}
    return {name: next(iter(those)) for name, those in found.items() if len(those) == 1} | own


def owner(row: papers.tables.Row, columns: Sequence[str], owners: Mapping[str, str]) -> str:
    cells = (
        papers.roster.plain(row.cells[one].strip()) for one in columns if row.cells[one].strip()
    )
    return next((owners[cell] for cell in cells if cell in owners), "")


def is_summary(row: papers.tables.Row, columns: Sequence[str]) -> bool:
    """Is it the last row of a report, with averages?"""
    return not any(row.cells[one].strip() for one in columns)
