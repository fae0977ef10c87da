"""What a person reads off a sheet: a CSV file of all blanks that wait, which goes out, is filled in, and comes back.

What is typed is an answer like any other, so it is marked with all tolerances and with follow-through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from grader.papers import Line, decision_sheet, inert, tables

COLUMNS = ("student", "blank", "why", "answer")
EMPTY = "-"  # typed where nothing was answered

Typed = Mapping[tuple[str, str], str]  # (student, full address of a blank) → what was typed


def read(path: Path) -> Typed:
    """What was typed so far; nothing where there is no file.

    Raises:
        AuthorError: it is no file of this kind.
    """
    if not path.exists():
        return {}
    cells = [row.cells for row in tables.read(path, ["blank"]).rows]
    typed = {
        (one.get("student", ""), one.get("blank", "")): decision_sheet.typed(
            one.get("answer", "").strip()
        )
        for one in cells
    }
    return {place: text for place, text in typed.items() if text}


def waiting(lines: Sequence[Line], typed: Typed) -> bytes:
    """A row for every blank that cannot be told, with what was typed."""
    rows = [
        (line.student, blank, why, typed.get((line.student, blank), ""))
        for line in lines
        for blank, why in unreadable(line)
    ]
    found = (tables.Row(0, dict(zip(COLUMNS, map(inert, cells), strict=True))) for cells in rows)
    return tables.Table(COLUMNS, tuple(found), "utf-8-sig").bytes()


def unreadable(line: Line) -> Iterator[tuple[str, str]]:
    """The full address of each blank that cannot be told, and why not."""
    for address, why in line.unreadable.items():
        yield f"{line.exercise}/{address}", why


def filled(line: Line, typed: Typed) -> Line:
    """A line with what was typed in the place of what could not be told."""
    given = {
        address: typed[line.student, f"{line.exercise}/{address}"]
        for address in line.unreadable
        if (line.student, f"{line.exercise}/{address}") in typed
    }
    answers = {address: "" if text == EMPTY else text for address, text in given.items()}
    left = {address: why for address, why in line.unreadable.items() if address not in given}
    return replace(line, answers={**line.answers, **answers}, unreadable=left)
