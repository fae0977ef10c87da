"""The cells of a table that are filled in, each as an answer of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from grader.bank import CELLS, AnswerFile, Table, fill
from grader.model.structure import Structure

ROW = "row"


class Cell(Struct, frozen=True):
    """What one cell asks for: a blank whose name is that of its row and of its column."""

    row: str
    column: str
    answer: AnswerFile


def cells(structure: Structure, table: Table) -> Iterator[Cell]:
    """Every cell that asks, row by row; not those where something is given, nor those of a layer that a structure has not."""
    first = set[str]()
    for row, given in rows(structure, table).items():
        words = {ROW: row, **{f"{ROW}.{name}": text for name, text in given.items()}}
        for column, asked in table.columns.items():
            if column not in given:
                why = asked.because if column not in first else None
                first.add(column)
                yield Cell(row, column, one_cell(asked, f"{row}-{column}", words, why))


def rows(structure: Structure, table: Table) -> dict[str, dict[str, str]]:
    """Row → column → what is given there, of the rows that the structure has."""
    missing = {*structure.file.network.stack} - {*structure.stack}
    return {
        row: {name: fill(text, structure.context) for name, text in given.items()}
        for row, given in table.given.items()
        if row not in missing
    }


def one_cell(asked: AnswerFile, name: str, words: Mapping[str, str], why: str | None) -> AnswerFile:
    """A column's answer for one row, whose blank has a name of its own."""
    written: dict[str, Any] = msgspec.to_builtins(asked)
    told = {
        key: {name: fill(text, words)} if key in CELLS and isinstance(text, str) else text
        for key, text in written.items()
    }
    return msgspec.convert({**told, "because": why}, AnswerFile)
