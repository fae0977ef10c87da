"""A class list as CSV: a column ``student``, anything beside it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from grader.errors import AuthorError, Problem

# A file name on every system, and no formula in a spreadsheet.
STUDENT = re.compile(r"[A-Za-z0-9][\w.@-]{0,63}", re.ASCII)
MAX_STUDENTS = 200_000


def read(path: Path) -> list[str]:
    """The students' ids in the order of the file.

    Raises:
        AuthorError: with every line that cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AuthorError(Problem(str(path), f"cannot be read: {error}")) from None
    lines = csv.reader(text.splitlines())
    header = [name.strip() for name in next(lines, [])]
    if "student" not in header:
        found = ", ".join(header) or "nothing"
        raise AuthorError(Problem(str(path), f"expected a column 'student', found {found}", 1, 1))
    column = header.index("student")
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(lines, start=2):
        if not any(cell.strip() for cell in row):
            continue
        student = row[column].strip() if column < len(row) else ""
        first = seen.setdefault(student.casefold(), number)
        if not STUDENT.fullmatch(student):
            message = f"expected an id of letters, digits and . _ - @, found '{student[:40]}'"
            problems.append(Problem(str(path), message, number, column + 1))
        elif first != number:
            message = f"student '{student}' stands in line {first} already"
            problems.append(Problem(str(path), message, number, column + 1))
    if not seen and not problems:
        problems.append(Problem(str(path), "there is no student in it", 1, 1))
    if problems:
        raise AuthorError(*problems)
    rows = csv.DictReader(text.splitlines(), fieldnames=header)
    students = [(row["student"] or "").strip() for row in rows][1:]
    return [student for student in students if student]
