"""Tables as programs export them: whatever the encoding, whatever stands between the cells, lines before the header.

A table is written back the way it came, so that the program that exported it reads it again.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import AuthorError, Problem

MAX_BYTES = 50_000_000
BEFORE = 10  # lines among which the header is looked for
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SEPARATED = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
FORMULA = frozenset("=+-@−")


class Row(Struct, frozen=True):
    """Cells by column, and the line of the file on which they begin."""

    line: int
    cells: dict[str, str]


class Table(Struct, frozen=True):
    """A header with rows, and how they were written; ``before``: the lines before the header, as they are."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    before: str = ""

    def column(self, names: Collection[str]) -> str:
        """The first column that bears one of some names, whatever their case; nothing where none does."""
        folded = {name.casefold(): name for name in reversed(self.columns)}
        return next((folded[one.casefold()] for one in names if one.casefold() in folded), "")

    def bytes(self) -> bytes:
        """The table as a file."""
        out = io.StringIO()
        out.write(self.before)
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows([row.cells.get(name, "") for name in self.columns] for row in self.rows)
        return out.getvalue().encode(self.encoding)

    def filled(self, column: str, cells: Callable[[Row], str | None]) -> Table:
        """With a column, which may be new; where there is nothing to fill in, a cell stays as it is."""
        columns = self.columns if column in self.columns else (*self.columns, column)
        rows = []
        for row in self.rows:
            cell = cells(row)
            rows.append(row if cell is None else replace(row, cells={**row.cells, column: cell}))
        return replace(self, columns=columns, rows=tuple(rows))


def read(path: Path, wanted: Collection[str] = ()) -> Table:
    """A table from a file.

    Args:
        wanted: names of columns, one of which the header has; the header is the first line otherwise.

    Raises:
        AuthorError: it is no table, has no such column, or one twice.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise fault(path, f"cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise fault(path, f"too large: expected at most {MAX_BYTES} bytes")
    text, encoding = decoded(data, path)
    signs, start = separators(text)
    try:
        delimiter, lines, place = split(text, signs, start, wanted)
    except csv.Error as error:
        raise fault(path, f"cannot be read: {error}") from None
    if place is None:
        found = ", ".join(lines[0][1][:12]) if lines else "nothing"
        raise fault(path, f"expected one column '{first(wanted)}', found {found}")
    columns = tuple(name.strip() for name in lines[place][1])
    named = [name for name in columns if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise fault(path, f"two columns are called '{twice}'", lines[place][0])
    rows = tuple(
        Row(number, dict(zip(columns, [*cells, *[""] * len(columns)], strict=False)))
        for number, cells in lines[place + 1 :]
        if any(cell.strip() for cell in cells)
    )
    ends = text.splitlines(keepends=True)
    return Table(columns, rows, encoding, delimiter, "".join(ends[: lines[place][0] - 1]))


def split(
    text: str, signs: str, start: int, wanted: Collection[str]
) -> tuple[str, list[tuple[int, list[str]]], int | None]:
    """The sign, lines and place of the header by the first sign with which there is one, else by the likeliest sign."""
    lines = list(numbered(text, signs[0], start))
    place = header(lines, wanted)
    if place is None and signs[1:]:
        other = split(text, signs[1:], start, wanted)
        if other[2] is not None:
            return other
    return signs[0], lines, place


def fault(path: Path, message: str, line: int = 1) -> AuthorError:
    return AuthorError(Problem(str(path), message, line, 1))


def first(names: Collection[str]) -> str:
    return next(iter(names), "")


def header(lines: Sequence[tuple[int, list[str]]], wanted: Collection[str]) -> int | None:
    """The place of the header among the lines."""
    if not wanted:
        return 0 if lines else None
    names = {name.casefold() for name in wanted}
    for place, (_, cells) in enumerate(lines[:BEFORE]):
        if any(cell.strip().casefold() in names for cell in cells):
            return place
    return None


def decoded(data: bytes, path: Path) -> tuple[str, str]:
    """Text and encoding: by its mark, else UTF-8, else what Windows writes in the west.

    Raises:
        AuthorError: it is none of these.
    """
    marked = next((name for mark, name in BOMS.items() if data.startswith(mark)), None)
    unmarked = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be" if data[:1] == b"\0" else "utf-8"
    for encoding in [marked] if marked else [unmarked, "cp1252"]:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise fault(path, "cannot be read: it is neither UTF-8 nor UTF-16")


def separators(text: str) -> tuple[str, int]:
    """What may stand between the cells, the likeliest first, and at which line they begin: a first line may say it."""
    line, _, rest = text.partition("\n")
    said = SEPARATED.fullmatch(line)
    if said:
        return said[1], 1
    sample = [unquoted(one) for one in (line, *rest.splitlines()[:BEFORE])]
    counts = {sign: alike([one.count(sign) for one in sample]) for sign in ",;\t"}
    return "".join(sorted(counts, key=counts.__getitem__, reverse=True)), 0


def alike(counts: Sequence[int]) -> tuple[int, int]:
    """How many lines have as many signs as another, and how many these are: so often stands what separates cells."""
    return max((counts.count(one), one) if one else (0, 0) for one in counts)


def unquoted(line: str) -> str:
    """A line without what stands in quotation marks."""
    return re.sub(r'"[^"]*"', "", line)


def numbered(text: str, delimiter: str, start: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line; a quoted field may run over several."""
    lines = io.StringIO(text, newline="")
    for _ in range(start):
        next(lines, "")
    reader = csv.reader(lines, delimiter=delimiter)
    number = start + 1
    for row in reader:
        yield number, row
        number = start + reader.line_num + 1


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, at whatever sign it splits cells; signs that nobody sees are shown."""
    lines = cell.replace("\r\n", "\n").expandtabs(4).strip()
    shown = "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in lines)
    if not shown:
        return shown
    parts = re.split(r"([,;\n]\s*\"?)", shown)
    return "".join(quoted(part) for part in parts)


def quoted(part: str) -> str:
    return "'" + part if unicodedata.normalize("NFKC", part[:1]) in FORMULA else part
