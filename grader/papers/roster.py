"""A class list as CSV: a column ``student``, and others, which go with the marks."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.errors import AuthorError, Problem
from grader.papers import tables

# A file name on every system, and no formula in a spreadsheet.
STUDENT = re.compile(r"[A-Za-z0-9][\w.@+'-]{0,63}", re.ASCII)


# Names that some system takes for a device, whatever stands behind a dot.
DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
DATES = ("opens", "closes")
MAX_FACTOR = 10.0  # of the time that a student has


def read(path: Path) -> dict[str, dict[str, str]]:
    """The students' ids in the order of the file, each with what the other columns say.

    Raises:
        AuthorError: with every line that cannot be used.
    """
    table = tables.read(path, ["student"])
    problems: list[Problem] = []
    students: dict[str, tuple[str, int]] = {}
    others: dict[str, dict[str, str]] = {}
    for row in table.rows:
        cells = {name: cell.strip() for name, cell in row.cells.items() if name}
        student = cells.pop("student")
        other, first = students.setdefault(plain(student), (student, row.line))
        faults = [("student", fault) for fault in wrong_ids(student)] + [*wrong_times(cells)]
        if first != row.line and not faults:
            message = f"student '{student}' is already in line {first}"
            if other != student:
                message = f"{spelled_twice(student, other)}, in line {first}"
            faults.append(("student", message))
        problems += [
            Problem(str(path), message, row.line, table.columns.index(name) + 1)
            for name, message in faults
        ]
        others[student] = cells
    if not others:
        problems.append(Problem(str(path), "expected at least one student", 1, 1))
    if problems:
        raise AuthorError(*problems)
    return others


def wrong_ids(student: str) -> Iterator[str]:
    """What is wrong with an id."""
    if not STUDENT.fullmatch(student):
        yield f"expected an id of letters, digits and . _ - @ + ', found '{student[:40]}'"
    elif is_system_name(student):
        yield is_system_name(student)


def is_system_name(student: str) -> str:
    """Why an id can be no name of a file; nothing where it can."""
    if DEVICES.fullmatch(student) or student.endswith("."):
        return f"'{student}' cannot be the name of a file on every system: choose another id"
    return ""


def wrong_times(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(column, what is wrong there) of dates and of extra time, where a roster has them."""
    for name in DATES:
        if cells.get(name) and moment(cells[name]) is None:
            yield (
                name,
                f"expected a time with its offset from UTC, such as 2026-12-01T09:00+01:00, found '{cells[name][:40]}'",
            )
    given = cells.get("time_factor", "")
    if given and factor(given) is None:
        yield (
            "time_factor",
            f"expected a number from 1 to {MAX_FACTOR:g}, such as 1.25, found '{given[:40]}'",
        )
    times = [moment(cells.get(name, "")) for name in DATES]
    if times[0] and times[1] and times[1] <= times[0]:
        yield "closes", "it closes before it opens"


def times(cells: Mapping[str, str]) -> Iterator[str]:
    """When a student may write, in sentences."""
    for name in DATES:
        found = moment(cells.get(name, ""))
        if found is not None:
            yield f"It {name} on {found:%Y-%m-%d} at {found:%H:%M} (UTC{found:%z}).".replace(
                "+0000", "+0"
            ).replace("UTC+0)", "UTC)")
    extra = factor(cells.get("time_factor", "")) or 1
    if extra != 1:
        yield f"You have {extra:g} times the usual time."


def moment(text: str) -> datetime.datetime | None:
    """A point in time, if its offset from UTC is given."""
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def factor(text: str) -> float | None:
    """By what the time of a student is multiplied."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if 1 <= found <= MAX_FACTOR else None


def plain(student: str) -> str:
    """A student's id without what programs change in it: case, and the zeros that a spreadsheet takes away."""
    return student.casefold().lstrip("0") or "0"


def spelled_twice(student: str, other: str) -> str:
    """What is wrong with two ids that are plainly the same."""
    what = "case" if student.casefold() == other.casefold() else "leading zeros"
    return f"'{student}' differs from '{other}' in {what} only: write one student one way"
