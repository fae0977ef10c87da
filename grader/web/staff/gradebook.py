"""The gradebook of a quiz as CSV, in the export of any platform, and without names."""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace
from starlette.responses import Response

from grader.bulk import jsonl
from grader.errors import GradmarkError
from grader.marking import Marks
from grader.papers import ABSENT, Graded, platforms, reports
from grader.web.staff.members import file
from grader.web.staff.roles import Desk, desk
from grader.web.staff.whole import Row, Whole, whole_class
from grader.web.store import classes, quizzes
from grader.web.visit import Visit

FORMATS = {
    "canvas": "Canvas",
    "moodle": "Moodle, grader report",
    "moodle-assign": "Moodle, grading worksheet of an assignment",
    "gradescope": "Gradescope",
    "blackboard": "Blackboard",
}


def opened(visit: Visit) -> tuple[Desk, Whole, dict[int, str]]:
    """The quiz in the path, with its class and what the roster calls them."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "watch")
        return own, whole_class(tx, own.quiz, visit.at), classes.roster_names(tx, own.quiz.course)


def shown(visit: Visit) -> Response:
    """What can be had of the marks."""
    own, whole, _ = opened(visit)
    return page(visit, own, whole)


def page(visit: Visit, own: Desk, whole: Whole, trouble: str = "") -> Response:
    return visit.page(
        "staff/gradebook.html",
        422 if trouble else 200,
        desk=own,
        whole=whole,
        formats=FORMATS,
        format=visit.text("format"),
        column=visit.text("column"),
        given=visit.text("given"),
        scale=visit.text("scale"),
        trouble=trouble,
        at=visit.at,
    )


def rows(whole: Whole, names: dict[int, str]) -> Iterator[Graded]:
    """A row for each student, under the name of the roster."""
    for row in whole.rows:
        name = names.get(row.member.person.id, row.member.person.name)
        yield graded(row, name)


def graded(row: Row, name: str) -> Graded:
    """The marks of a student that count; nothing handed in, where they are none."""
    columns = row.held.paper.columns
    if row.graded is None or row.counts is None:
        items = row.held.paper.items
        marks = (Marks(name, one.draw.exercise, one.draw.seed, 0, one.out_of) for one in items)
        problem = "not marked yet" if row.handed else ABSENT
        return Graded(
            name, "attempt" if row.handed else "", tuple(marks), problem=problem, columns=columns
        )
    which = f"attempt {row.counts.number} of {len(row.handed)}"
    return replace(row.graded, student=name, file=which, columns=columns)


def as_csv(visit: Visit) -> Response:
    """Our own gradebook."""
    own, whole, names = opened(visit)
    return file(reports.gradebook([*rows(whole, names)]), f"{own.quiz.name}.csv", "text/csv")


def filled(visit: Visit) -> Response:
    """The export of a platform with the points in it."""
    own, whole, names = opened(visit)
    name, given = visit.text("format"), visit.text("given")
    if name not in FORMATS or not given.strip():
        return page(visit, own, whole, "Choose a platform, and give its export.")
    with tempfile.TemporaryDirectory() as folder:
        marks, template = Path(folder, "gradebook.csv"), Path(folder, "export.csv")
        marks.write_text(reports.gradebook([*rows(whole, names)]), "utf-8")
        template.write_text(given, "utf-8", newline="")
        column, scale = visit.text("column").strip(), visit.text("scale") == "yes"
        try:
            found = platforms.fill(marks, template, name, column, scale).table.bytes()
        except GradmarkError as error:
            return page(visit, own, whole, str(error).replace(f"{folder}/", ""))
    response = Response(found, media_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{own.quiz.name}-{name}.csv"'
    return response


# Without names


def anonymised(visit: Visit) -> Response:
    """Every mark as a line of JSON; students have a number that nobody can lead back to them, and nothing else of the roster."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "change")
        whole = whole_class(tx, own.quiz, visit.at)
        key = bytes.fromhex(quizzes.secret_of(tx, own.quiz.id))
    lines = [*sorted(unnamed(whole, key), key=lambda one: (one.student, one.slot))]
    text = jsonl.write(lines).decode()
    return file(text, f"{own.quiz.name}.jsonl", "application/jsonl")


def unnamed(whole: Whole, key: bytes) -> Iterator[Marks]:
    for row in whole.rows:
        sign = hmac.new(key, str(row.held.id).encode(), hashlib.blake2b).hexdigest()[:12]
        for one in row.graded.marks if row.graded else ():
            marks = {
                name: replace(mark, by="staff" if mark.by else "")
                for name, mark in one.marks.items()
            }
            yield replace(one, student=f"p{sign}", columns={}, marks=marks)
