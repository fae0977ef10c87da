"""A class list as CSV: a column ``student``, and others, which go with the marks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from grader.errors import AuthorError, Problem

# A file name on every system, and no formula in a spreadsheet.
STUDENT = re.compile(r"[A-Za-z0-9][\w.@+'-]{0,63}", re.ASCII)


def read(path: Path) -> dict[str, dict[str, str]]:
    """The students' ids in the order of the file, each with what the other columns say.

    Raises:
        AuthorError: with every line that cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(numbered(text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AuthorError(Problem(str(path), f"cannot be read: {error}")) from None
    header = [name.strip() for name in rows[0][1]] if rows else []
    if header.count("student") != 1:
        found = ", ".join(header) or "nothing"
        raise AuthorError(Problem(str(path), f"expected one column 'student', found {found}", 1, 1))
    column = header.index("student")
    problems: list[Problem] = []
    students: dict[str, tuple[str, int]] = {}
    others: dict[str, dict[str, str]] = {}
    for number, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        student = row[column].strip() if column < len(row) else ""
        other, first = students.setdefault(plain(student), (student, number))
        if not STUDENT.fullmatch(student):
            message = f"expected an id of letters, digits and . _ - @, found '{student[:40]}'"
            problems.append(Problem(str(path), message, number, column + 1))
        elif first != number:
            message = f"student '{student}' is already in line {first}"
            if other != student:
                message = f"{spelled_twice(student, other)}, in line {first}"
            problems.append(Problem(str(path), message, number, column + 1))
        cells = zip(header, row, strict=False)
        others[student] = {
            name: cell.strip() for name, cell in cells if name not in ("", "student")
        }
    if not students and not problems:
        problems.append(Problem(str(path), "expected at least one student", 1, 1))
    if problems:
        raise AuthorError(*problems)
    return others


def plain(student: str) -> str:
    """A student's id without what programs change in it: case, and the zeros that a spreadsheet takes away."""
    return student.casefold().lstrip("0") or "0"


def spelled_twice(student: str, other: str) -> str:
    """What is wrong with two ids that are plainly the same."""
    what = "case" if student.casefold() == other.casefold() else "leading zeros"
    return f"'{student}' differs from '{other}' in {what} only: write one student one way"


def numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line; a quoted field may run over several."""
    reader = csv.reader(io.StringIO(text, newline=""))
    start = 1
    for row in reader:
        yield start, row
        start = reader.line_num + 1
