"""The Python door: ``load_bank()["two-layer-numbers"].variant(seed=17).mark({...})``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader import bank, drawing, marking, sheets
from grader.answers import Key, Reading
from grader.bank import Exercise as Record
from grader.drawing import Draw
from grader.marking import Marks
from grader.sheets import Notation, document


class Variant:
    """An exercise with its values drawn."""

    def __init__(self, variant: drawing.Variant) -> None:
        self._variant = variant

    @property
    def draw(self) -> Draw:
        """The drawn values."""
        return self._variant.draw

    @property
    def keys(self) -> dict[str, Key]:
        """Address → key."""
        return {address: key for address, (_, key) in self._variant.keys.items()}

    def mark(self, answers: Mapping[str, str], student: str = "") -> Marks:
        """Mark answers by address: ``question`` or ``question.blank``."""
        return marking.mark(self._variant, answers, student=student)

    def preview(self, answers: Mapping[str, str]) -> dict[str, Reading]:
        """How answers are read, by address; it tells nothing of the keys.

        Raises:
            KeyError: an address is not there.
        """
        keys = self.keys
        return {address: keys[address].read(text) for address, text in answers.items()}

    def markdown(self) -> str:
        """The variant as a student sees it."""
        return document(sheets.in_print(self._variant, Notation.LATEX))


class Exercise:
    """One exercise of a bank."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def id(self) -> str:
        return self._record.id

    @property
    def title(self) -> str:
        return self._record.file.title

    def variant(self, seed: int | str) -> Variant:
        """The variant of a seed; the same one on any machine, at any time."""
        return Variant(drawing.variant_of(self._record, seed))

    def variants(self, seeds: range | list[int]) -> list[Variant]:
        """Many variants in one pass."""
        return [Variant(one) for one in drawing.variants(self._record, seeds)]

    def printed(self) -> Variant:
        """The variant with the numbers of the source exam."""
        return Variant(drawing.printed_variant(self._record))


class Bank(Mapping[str, Exercise]):
    """Exercises by id."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records

    def __getitem__(self, name: str) -> Exercise:
        return Exercise(self._records[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


def load_bank(*folders: str | os.PathLike[str]) -> Bank:
    """The bank in the given folders, or the one that comes with gradmark.

    Raises:
        AuthorError: with every problem in its files.
    """
    return Bank(bank.load_folder(*(Path(folder) for folder in folders)))
