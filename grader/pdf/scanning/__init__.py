"""Scanned answer sheets: ``pages`` with their corners, ``marks`` in their fields, ``reading`` of a whole class, ``typed`` by a person.

What is doubtful, missing, doubled or unknown is left to a person, with a picture of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grader.errors import UsageError
from grader.papers import Bank, Line, read_manifest, write_bytes
from grader.pdf.answer_sheet import AnswerSheet
from grader.pdf.making import all_printed
from grader.pdf.scanning import typed
from grader.pdf.scanning.reading import Sheets

try:
    from PIL import Image

    from grader.pdf.scanning.pages import Page, crop, pages
except ImportError as error:
    raise UsageError(f"scans need {error.name}: pip install 'gradmark[paper]'") from None


class Scanned(Struct, frozen=True):
    """Lines of answers; how many pages were read."""

    lines: tuple[Line, ...]
    pages: int

    @property
    def waiting(self) -> int:
        """How many blanks and pages wait for a person."""
        return sum(len(one.unreadable) + len(one.odd) for one in self.lines)


def scan(
    scans: Iterable[Path],
    folder: Path,
    known: Bank,
    crops: Path | None = None,
) -> Scanned:
    """Read the answer sheets of a quiz from PDFs of a scanner.

    Args:
        crops: where pictures of what waits for a person are put.

    Raises:
        UsageError: there is no quiz, or a file is no PDF.
        AuthorError: an exercise no longer fits its papers.
    """
    manifest = read_manifest(folder)
    class_ = all_printed(manifest, manifest.papers, known)
    sheets = {one.student: one.answer_sheet for one in class_}
    read, count = Sheets(manifest, sheets), 0
    for path in scans:
        for page in pages(path):
            count += 1
            found = read.add(page)
            if crops is not None and page.code is not None:
                doubtful = [blank for blank, one in found.items() if one.doubt]
                paper = read.by_code[page.code.code] if doubtful else None
                if paper is not None:
                    keep(page, sheets[paper.student], doubtful, crops / paper.student)
    return Scanned(tuple(read.lines()), count)


def with_typed(scanned: Scanned, path: Path) -> Scanned:
    """With what a person typed into a file of all blanks that wait; the file is written anew.

    Raises:
        AuthorError: it is no file of this kind.
    """
    given = typed.read(path)
    write_bytes(path, typed.waiting(scanned.lines, given))
    return replace(scanned, lines=tuple(typed.filled(one, given) for one in scanned.lines))


def as_lines(scanned: Scanned) -> str:
    """JSON, a line an exercise of a student."""
    return msgspec.json.Encoder().encode_lines(scanned.lines).decode()


def keep(page: Page, sheet: AnswerSheet, blanks: Iterable[str], folder: Path) -> None:
    """A picture for each of some blanks, by their names."""
    boxes: Mapping[str, tuple[float, float, float, float]] = {
        one.blank: one.box for one in sheet.fields
    }
    folder.mkdir(parents=True, exist_ok=True)
    for blank in blanks:
        picture = Image.fromarray(crop(page, boxes[blank]))
        picture.save(folder / f"{blank.replace('/', '.')}.png")
