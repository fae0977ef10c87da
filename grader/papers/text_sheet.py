"""Texts for staff to mark, as a CSV file that goes out and comes back.

One row for each text; a column ``met: …`` for each criterion, to be filled with a share from 0 to 1. Rows
are known by their code, so that nothing that was given for one text is ever taken for another.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from grader.answers import HandedIn, Outcome
from grader.errors import AuthorError, Problem

ABOUT = ("student", "exercise", "blank", "code", "text", "rubric")
REMARK = "remark"
MET = "met: "
NOT_ASKED = "n/a"  # a criterion of another text
SHARE = re.compile(r"0|1|[01]?[.,][0-9]{1,6}|1/[2-9]|2/3|3/4")


class Cells(Struct, frozen=True):
    """What a file holds: its columns, and code → cells by column."""

    columns: tuple[str, ...] = ()
    rows: Mapping[str, Mapping[str, str]] = {}


def read(path: Path) -> Cells:
    """A file that we wrote, and that staff filled in.

    Raises:
        AuthorError: with every cell that cannot be used.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        header, *rows = numbered(content) or [(1, [])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AuthorError(Problem(str(path), f"cannot be read: {error}")) from None
    columns = tuple(name.strip() for name in header[1])
    missing = [name for name in ABOUT if name not in columns]
    if missing or len({*columns}) < len(columns):
        message = f"no column '{missing[0]}'" if missing else "two columns have one name"
        raise AuthorError(Problem(str(path), f"not a file of texts: {message}", 1, 1))
    found: dict[str, Mapping[str, str]] = {}
    problems: list[Problem] = []
    for line, cells in rows:
        row = dict(zip(columns, [*cells, *[""] * len(columns)], strict=False))
        problems += [
            Problem(str(path), message, line, columns.index(name) + 1)
            for name, message in faults(row, found)
        ]
        found[row["code"]] = row
    if problems:
        raise AuthorError(*problems)
    return Cells(columns, found)


def numbered(content: str) -> list[tuple[int, list[str]]]:
    """Each row that is not empty, with the number of its first line; between commas or semicolons."""
    header = content.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    rows, start = [], 1
    for row in reader:
        if any(cell.strip() for cell in row):
            rows.append((start, row))
        start = reader.line_num + 1
    return rows


def faults(row: Mapping[str, str], before: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(column, what is wrong there) of one row."""
    if row["code"] in before:
        yield "code", f"a second row for the text '{row['code'][:20]}'"
    for name, cell in row.items():
        given = cell.strip()
        if name.startswith(MET) and given not in ("", NOT_ASKED) and not share(given):
            yield name, f"expected a share from 0 to 1, found '{given[:40]}'"


def share(given: str) -> tuple[Fraction] | None:
    """A share as people write it, if it is one."""
    if not SHARE.fullmatch(given):
        return None
    found = Fraction(given.replace(",", "."))
    return (found,) if found <= 1 else None


def awarded(text: HandedIn, sheet: Cells) -> Outcome | None:
    """What staff gave for a text, once every criterion has its share."""
    row = sheet.rows.get(text.code, {})
    shares = {name: share(row.get(MET + name, "").strip()) for name in text.key.rubric}
    met = {name: found[0] for name, found in shares.items() if found}
    if len(met) < len(shares):
        return None
    return text.key.awarded(met, " ".join(row.get(REMARK, "").split()))


def write(texts: Sequence[HandedIn], sheet: Cells) -> str:
    """All texts with what staff filled in so far, then the rows of texts that are no longer there.

    Of those, rows in which staff wrote nothing are left out.
    """
    criteria = dict.fromkeys(MET + name for text in texts for name in text.key.rubric)
    own = [*ABOUT, *criteria, REMARK]
    columns = [*own, *(name for name in sheet.columns if name and name not in own)]
    rows = [{**sheet.rows.get(text.code, {}), **about(text)} for text in texts]
    for text, row in zip(texts, rows, strict=True):
        strange = [name for name in criteria if name[len(MET) :] not in text.key.rubric]
        row |= {name: row.get(name) or NOT_ASKED for name in strange}
    current = {text.code for text in texts}
    rows += [
        dict(row) for code, row in sheet.rows.items() if code not in current and filled_in(row)
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([inert(row.get(name, "")) for name in columns] for row in rows)
    return out.getvalue()


def about(text: HandedIn) -> dict[str, str]:
    cells = (text.student, text.exercise, text.blank, text.code, text.text, text.key.show())
    return dict(zip(ABOUT, cells, strict=True))


def filled_in(row: Mapping[str, str]) -> bool:
    """Did staff write anything into a row?"""
    return any(
        cell.strip() not in ("", NOT_ASKED) for name, cell in row.items() if name not in ABOUT
    )


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; lines are kept, signs that nobody sees are not."""
    lines = cell.replace("\r\n", "\n").expandtabs(4).strip()
    shown = "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in lines)
    first = unicodedata.normalize("NFKC", shown[:1])
    return "'" + shown if first in ("=", "+", "-", "@", "−") else shown
