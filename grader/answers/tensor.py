"""Values along three axes or more, marked entry by entry.

Nested lists, ``[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]``, also as NumPy and PyTorch print them, or slice by slice, each of
them in any form in which a matrix is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, permutations
from math import prod
from typing import Any

import numpy as np
from msgspec import Struct

from grader.answers import brackets, matrix
from grader.answers.brackets import split
from grader.answers.matrix import LATEX, MAX_ENTRIES, MAX_LENGTH, SIZED, MatrixKey
from grader.answers.notes import Note, said
from grader.answers.number import ENDS, Rows, show_number
from grader.answers.outcome import NOTHING, Outcome, Verdict
from grader.answers.portable import Entries
from grader.answers.sides import Names, Side, concluded
from reference.language.errors import ReadingError
from reference.language.wrapping import unwrapped

MAX_AXES = 6
BETWEEN = re.compile(r"[\s,;]*")
BETWEEN_ENTRIES = re.compile(r"[\[\](),;&\\\s]+")  # what stands between entries
TOO_MANY = f"expected at most {MAX_ENTRIES} entries"
EXPECTED = "expected slices in brackets, such as [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]"


class Tensor(Struct, frozen=True):
    """Values as they were given: how long each axis is, and rows along the last one, one slice after the other."""

    axes: tuple[int, ...]
    rows: list[list[Any]]


class TensorKey(MatrixKey, frozen=True):
    """Values along some ``axes``, stored as a matrix whose columns are the last one."""

    axes: tuple[int, ...] = ()

    def parse(self, text: str) -> tuple[Tensor, str]:  # type: ignore[override]
        return read_tensor(text, self.axes, self.labels)

    def judge(self, given: Tensor, understood: str) -> Outcome:  # type: ignore[override]
        if given.axes == self.axes:
            return super().judge(given.rows, understood)
        notes = said("shape", found=times(given.axes), expected=times(self.axes))
        notes += self.moved(given)
        return Outcome(Verdict.INCORRECT, NOTHING, notes, understood, alike=repr(given))

    def portable(self) -> Entries:
        return Entries(self.values, self.within, self.axes)

    def moved(self, given: Tensor) -> tuple[Note, ...]:
        """What is said where the axes are there in another order."""
        if sorted(given.axes) != sorted(self.axes):
            return ()
        values = np.reshape(given.rows, given.axes)
        for order in permutations(range(len(self.axes))):
            turned = values.transpose(order)
            if turned.shape == self.axes:
                rows = turned.reshape(len(self.values), -1).tolist()
                if all(map(all, self.compare(rows))):
                    return said("moved")
        return said("axes-order")

    def show(self) -> str:
        return show_tensor(self.values, self.axes)

    def shown_places(self, right: list[list[bool]]) -> str:
        slices = np.reshape(right, (-1, *self.axes[-2:])).tolist()
        return " | ".join(super(TensorKey, self).shown_places(one) for one in slices)

    def near_misses(self) -> list[str]:
        """One entry just outside its tolerance."""
        return [show_exactly(rows, self.axes) for rows in self.slightly_off()]


def read_tensor(text: str, asked: tuple[int, ...], labels: Names = ()) -> tuple[Tensor, str]:
    """Values along any axes as a student writes them, and their LaTeX.

    Args:
        asked: how long the axes are that are asked for, by which a list is a row or a column where it could be both.
        labels: names of what is asked for.

    Raises:
        LanguageError: a bracket or an entry cannot be read, or slices differ in size.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    body = unwrapped(text).strip().rstrip(ENDS)
    found = concluded(body, labels, lambda side: read_side(side, asked), equal)
    rows = [[entry.value for entry in row] for row in found.value.rows]
    return Tensor(found.value.axes, rows), found.latex


def read_side(text: str, asked: tuple[int, ...]) -> Side[Tensor]:
    """Values as they stand on one side of an equality sign."""
    if text.count(",") + text.count(";") > MAX_ENTRIES:
        raise ReadingError(TOO_MANY)
    matrix.check_formulas(filter(None, BETWEEN_ENTRIES.split(text)))
    found = read_slices(matrix.unpacked(text.strip().rstrip(ENDS))[0], asked[-2:])
    if len(found.value.axes) < 3 and prod(found.value.axes[1:]) == 1:
        raise ReadingError(EXPECTED)
    return found


def read_slices(text: str, asked: tuple[int, ...], depth: int = 2) -> Side[Tensor]:
    """A list of lists of lists by its parts, anything else as a matrix."""
    if depth > MAX_AXES:
        raise ReadingError(f"expected at most {MAX_AXES} axes")
    parts = slices(text)
    if not parts:
        rows, columns = asked
        found = matrix.read_side(text, (rows, columns))
        return Side(Tensor(matrix.size(found.value), found.value), found.latex)
    sides = [read_slices(part, asked, depth + 1) for part in parts]
    if len({one.value.axes for one in sides}) > 1:
        raise ReadingError("expected slices of the same size")
    tensor = Tensor(
        (len(sides), *sides[0].value.axes),
        [*chain.from_iterable(one.value.rows for one in sides)],
    )
    if prod(tensor.axes) > MAX_ENTRIES:
        raise ReadingError(TOO_MANY)
    return Side(tensor, rf"\left[{', '.join(one.latex for one in sides)}\right]")


def slices(text: str) -> list[str]:
    """The parts of a list of matrices, or of more; none of a matrix."""
    text = text.strip()
    plain = SIZED.sub("", text)
    closed = plain.count("\\begin") == plain.count("\\end")  # else looking for ends takes long
    written = [one.group() for one in LATEX.finditer(plain)] if closed else []
    if len(written) > 1:
        return written if BETWEEN.fullmatch(LATEX.sub("", plain).strip("()[] ")) else []
    within = text[1:-1] if text[:1] in ("[", "(") and brackets.surround(text) else text
    parts = [part for part in split(within, ",;") if part]
    rows = [row for part in parts for row in split(part, " \n\t\r") if row]
    return rows if all(map(is_nested, rows)) else []


def is_nested(part: str) -> bool:
    """Is a part a list of lists, or of rows, so that it is no row of a matrix?"""
    if part[:1] not in ("[", "(") or not brackets.surround(part):
        return False
    return part[1:].lstrip()[:1] == part[0] or ";" in part


def equal(one: Tensor, other: Tensor) -> bool:
    """Are two sides equal, entry by entry?"""
    return one.axes == other.axes and matrix.equal(one.rows, other.rows)


def show_tensor(rows: Rows, axes: Sequence[int]) -> str:
    """Values as a text that is read."""
    return nested([show_number(entry) for row in rows for entry in row], axes)


def show_exactly(rows: Rows, axes: Sequence[int]) -> str:
    return nested([repr(entry) for row in rows for entry in row], axes)


def nested(entries: Sequence[str], axes: Sequence[int]) -> str:
    """Entries in brackets within brackets, the last axis innermost."""
    if not axes:
        return entries[0]
    each = len(entries) // axes[0]
    parts = (entries[at : at + each] for at in range(0, len(entries), each))
    return f"[{', '.join(nested(part, axes[1:]) for part in parts)}]"


def times(axes: Sequence[int]) -> str:
    return " × ".join(map(str, axes))
