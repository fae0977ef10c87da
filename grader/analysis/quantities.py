"""What a wrong number is in the student's own variant: the place that it has among its quantities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.drawing import Solved, batched
from grader.model import Blank
from reference.language.roles import is_derivative, is_quantity
from reference.language.values import Array

LITTLE = 1e-9


def recognised(
    solved: Solved, blank: Blank, rows: Sequence[int], texts: Sequence[str]
) -> list[str]:
    """The name of the quantity, or of the entry, that each number is; nothing where it is none, or no number."""
    found = [""] * len(texts)
    assert blank.value is not None
    given = {
        place: number
        for place, (row, text) in enumerate(zip(rows, texts, strict=True))
        if text and (number := read(solved, blank, row, text)) is not None
    }
    if not given:
        return found
    places = [*given]
    own = [rows[place] for place in places]
    names, values = quantities(solved, own)
    if not names:
        return found
    within = solved.within[blank.value.target][own].max(axis=(-2, -1))
    gap = np.abs(values - np.array([given[place] for place in places]))
    gap = np.where(gap <= within + LITTLE * np.abs(values), gap, np.inf)
    for at, (place, nearest) in enumerate(zip(places, gap.argmin(axis=0), strict=True)):
        if np.isfinite(gap[nearest, at]):
            found[place] = names[nearest]
    return found


def read(solved: Solved, blank: Blank, row: int, text: str) -> float | None:
    given = solved.key(blank, row).mark(text).given
    return float(given) if isinstance(given, int | float) else None


def quantities(solved: Solved, rows: Sequence[int]) -> tuple[list[str], Array]:
    """Names of numbers, and their values, (names, rows)."""
    names, values = list[str](), list[Array]()
    for name, array in solved.everything.items():
        if not (is_quantity(name) or is_derivative(name)):
            continue
        own = batched(array, solved.batch)[rows]
        for place in np.ndindex(own.shape[-2:]):
            names.append(entry(name, place, own.shape[-2:]))
            values.append(own[:, *place])
    return names, np.array(values)


def entry(name: str, place: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """How an entry of a quantity is called, counted from 1."""
    if shape == (1, 1):
        return name
    row, column = place
    return f"{name}[{row + 1}]" if shape[1] == 1 else f"{name}[{row + 1},{column + 1}]"
