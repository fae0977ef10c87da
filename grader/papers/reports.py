"""Marks → tables for staff."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.marking import Marks
from grader.papers.records import PLACES, Graded, Manifest
from grader.papers.tables import inert
from grader.words import in_points


def gradebook(graded: Sequence[Graded]) -> str:
    """A CSV row for each student, a column for each question; inert in a spreadsheet."""
    questions: dict[str, None] = {}
    columns: dict[str, None] = {}
    for one in graded:
        questions |= dict.fromkeys(by_question(one))
        columns |= dict.fromkeys(one.columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ("student", "points", "out_of", "to_look_at")
    own = [*head, *questions, "percent", "waiting"]
    about = [name for name in columns if name not in own]
    writer.writerow([*own, *about, "file", "problem", "notes"])
    for one in graded:
        points = by_question(one)
        texts = [
            *(one.columns.get(name, "") for name in about),
            one.file,
            one.problem,
            "; ".join(one.remarks),
        ]
        writer.writerow(
            [
                one.student,
                *map(number, (one.points, one.out_of, one.to_look_at)),
                *(number(points.get(name)) for name in questions),
                *map(number, (one.percent, one.waiting)),
                *(inert(" ".join(text.split())) for text in texts),
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


def number(points: float | None) -> str:
    if points is None:
        return ""
    return str(int(points)) if points == int(points) else str(points)


def marked(graded: Sequence[Graded]) -> list[Marks]:
    """The marks of all that could be marked."""
    return [marks for one in graded if not one.problem for marks in one.marks]


def table(graded: Sequence[Graded]) -> str:
    """The gradebook for a terminal."""
    rows = [("student", "points", "of", "to look at", "remark")]
    for one in graded:
        remark = one.problem or "; ".join(one.remarks)
        shown = remark if len(remark) <= 60 else remark[:57] + "..."
        points = "-" if one.points is None else in_points(one.points)
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
