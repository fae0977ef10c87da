"""Marks → tables for staff."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from msgspec import Struct

from grader.answers import HandedIn
from grader.marking import Marks, to_look_at
from grader.papers.records import Manifest
from grader.words import in_points

PLACES = 2  # of sums; a mark has four, so thirds add up


class Graded(Struct, frozen=True):
    """One student's marks for a whole paper; ``file`` is empty where nothing was handed in."""

    student: str
    file: str
    marks: tuple[Marks, ...]
    notes: tuple[str, ...] = ()  # for the student, too
    for_staff: tuple[str, ...] = ()
    problem: str = ""  # why nothing of it could be marked
    doubts: int = 0  # remarks that a person must look at
    texts: tuple[HandedIn, ...] = ()  # for a person to mark
    answers: Mapping[str, str] = {}  # by full address

    @property
    def points(self) -> float:
        return round(sum(marks.points for marks in self.marks), PLACES)

    @property
    def out_of(self) -> float:
        return round(sum(marks.out_of for marks in self.marks), PLACES)

    @property
    def remarks(self) -> tuple[str, ...]:
        """All that staff should know of the file."""
        return (*self.notes, *self.for_staff)

    @property
    def to_look_at(self) -> int:
        """How many blanks and remarks a person must look at."""
        return self.doubts + to_look_at(self.marks)


def gradebook(graded: Sequence[Graded]) -> str:
    """A CSV row for each student, a column for each question; inert in a spreadsheet."""
    questions: dict[str, None] = {}
    for one in graded:
        questions |= dict.fromkeys(by_question(one))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["student", "points", "out_of", "to_look_at", *questions, "file", "problem", "notes"]
    )
    for one in graded:
        points = by_question(one)
        writer.writerow(
            [
                one.student,
                number(one.points) if not one.problem else "",
                number(one.out_of),
                one.to_look_at,
                *(number(points[name]) if name in points else "" for name in questions),
                *(inert(text) for text in (one.file, one.problem, "; ".join(one.remarks))),
            ]
        )
    return out.getvalue()


def by_question(graded: Graded) -> dict[str, float]:
    """``exercise/question`` → points."""
    points: dict[str, float] = {}
    for marks in graded.marks:
        for address, mark in marks.marks.items():
            name = f"{marks.exercise}/{address.partition('.')[0]}"
            points[name] = points.get(name, 0) + mark.points
    return {name: round(sum_of, PLACES) for name, sum_of in points.items()}


def number(points: float) -> str:
    return str(int(points)) if points == int(points) else str(points)


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    flat = " ".join(text.split())
    return "'" + flat if flat[:1] in tuple("=+-@") else flat


def marked(graded: Sequence[Graded]) -> list[Marks]:
    """The marks of all that could be marked."""
    return [marks for one in graded if not one.problem for marks in one.marks]


def table(graded: Sequence[Graded]) -> str:
    """The gradebook for a terminal."""
    rows = [("student", "points", "of", "to look at", "remark")]
    for one in graded:
        remark = one.problem or "; ".join(one.remarks)
        shown = remark if len(remark) <= 60 else remark[:57] + "..."
        points = "-" if one.problem else in_points(one.points)
        rows.append((one.student, points, in_points(one.out_of), str(one.to_look_at), shown))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = []
    for student, points, out_of, look, remark in rows:
        line = f"{student:<{widths[0]}}  {points:>{widths[1]}}  {out_of:>{widths[2]}}"
        lines.append(f"{line}  {look:>{widths[3]}}  {remark}".rstrip())
    return "\n".join(lines) + "\n"


def key_table(manifest: Manifest, keys: Sequence[tuple[str, str, str, str, str]]) -> str:
    """The keys of all papers as CSV, for staff: student, exercise, blank, key, tolerance."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "exercise", "blank", "key", "within"])
    writer.writerows(keys)
    return out.getvalue()
