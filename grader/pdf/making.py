"""The papers of a quiz, ready to be printed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol

from grader.drawing import Variant
from grader.papers import Bank, Manifest, Paper, restore_all, roster
from grader.pdf.documents import Printed
from grader.sheets import Sheet, in_print


class Titled(Protocol):
    """A quiz by its id, title and text."""

    @property
    def quiz(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def text(self) -> str: ...


SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "COMBINING")  # those that the fonts of Typst have wholly
NAMES = ("name", "full_name", "student_name")  # columns of a roster that are printed


def all_printed(manifest: Manifest, chosen: Sequence[Paper], known: Bank) -> list[Printed]:
    """Papers as they were made, with what is needed to print them.

    Raises:
        AuthorError: an exercise no longer fits its papers.
    """
    solved = restore_all(chosen, known)
    found = []
    for paper in chosen:
        variants = [solved[paper.student, one.draw.exercise] for one in paper.items]
        pairs = zip(variants, paper.items, strict=True)
        sheets = [in_print(of, weight=item.weight) for of, item in pairs]
        found.append(printed(manifest, paper, sheets, variants))
    return found


def printed(
    of: Titled, paper: Paper, sheets: Sequence[Sheet], variants: Sequence[Variant]
) -> Printed:
    """A paper with what is said of its student; a name that the fonts cannot show is left out, beside the id."""
    names = (paper.columns[one] for one in NAMES if is_printable(paper.columns.get(one, "")))
    times = tuple(roster.times(paper.columns))
    return Printed(
        of.quiz, of.title, of.text, paper.student, next(names, ""), paper.code, tuple(sheets), tuple(variants), times
    )  # fmt: skip


def is_printable(name: str) -> bool:
    """Can a name be printed, and is there one?"""
    letters = (one for one in name if not (one.isascii() and one.isprintable()))
    return bool(name) and all(unicodedata.name(one, "").startswith(SCRIPTS) for one in letters)
