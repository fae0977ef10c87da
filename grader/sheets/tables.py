"""A table in which cells are filled in: what is given stands in it, every other cell has the letter of its blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.bank import Table, fill
from grader.model import Blank, Model
from grader.sheets.asking import Asked, heading
from grader.sheets.notation import Notation, prose


def table(
    asked: Table,
    model: Model,
    blanks: Sequence[Blank],
    letters: Mapping[str, Asked],
    words: Mapping[str, str],
    notation: Notation,
) -> str:
    """The table as Markdown; columns in which something is given stand first."""
    signs = {one.cell: letters[one.address].letter for one in blanks if one.cell}
    shown = {row for row, _ in signs}
    given = {row: cells for row, cells in asked.given.items() if row in shown}
    extra = dict.fromkeys(name for cells in given.values() for name in cells)
    columns = list(
        dict.fromkeys([*(name for name in extra if name not in asked.columns), *asked.columns])
    )
    lines = [["", *(heading(model, name, notation) for name in columns)]]
    for row, cells in given.items():
        texts = {name: prose(fill(text, words), notation) for name, text in cells.items()}
        entries = [texts.get(name, signs.get((row, name), "")) for name in columns]
        lines.append([heading(model, row, notation), *entries])
    return in_markdown(lines)


def in_markdown(lines: Iterable[Sequence[str]]) -> str:
    """Rows of cells, the first one as a heading."""
    head, *body = (
        f"| {' | '.join(one.replace('|', chr(92) + '|') for one in line)} |" for line in lines
    )
    return "\n".join([head, "|" + "---|" * (head.replace(r"\|", "").count("|") - 1), *body])
