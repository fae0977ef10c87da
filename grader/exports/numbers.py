"""Numbers and the distances within which they are right, as other programs take them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from grader.answers import Entries

NOISE = 1e-9  # of the arithmetic, relative to the value; of what is nearly nothing, to a thousandth
LITTLE = 1e-3


def bound(value: float, within: float) -> float:
    """The distance up to which gradmark marks a number right."""
    return within + NOISE * (LITTLE + abs(value))


def decimal(value: float) -> str:
    """The shortest decimal that reads back as the same number."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def places(key: Entries) -> Sequence[str]:
    """What each entry is called, row by row; nothing where there is only one."""
    if key.single:
        return [""]
    rows, columns = len(key.values), len(key.values[0])
    axes = key.axes or ((rows,) if columns == 1 else (columns,) if rows == 1 else (rows, columns))
    return [f"[{', '.join(map(str, index(place, axes)))}]" for place in range(prod(axes))]


def index(place: int, axes: Sequence[int]) -> list[int]:
    """The indices, from 1, of an entry, the last axis first in order."""
    found = []
    for length in reversed(axes):
        place, at = divmod(place, length)
        found.append(at + 1)
    return found[::-1]


COMMA = re.compile(r"\s*[-+]?[0-9]*,[0-9]+(?:[eE][-+]?[0-9]+)?\s*")


def as_entries(key: Entries, texts: Sequence[str]) -> str:
    """The texts of all entries as one answer; nothing where none is there."""
    if not any(text.strip() for text in texts):
        return ""
    plain = [one.replace(",", ".") if COMMA.fullmatch(one) else one for one in texts]
    axes = key.axes or (len(key.values), len(key.values[0]))
    return nested(plain, axes)


def nested(texts: Sequence[str], axes: Sequence[int]) -> str:
    """Lists in lists, a level for each axis."""
    if not axes:
        return texts[0]
    each = len(texts) // axes[0]
    parts = (texts[at : at + each] for at in range(0, len(texts), each))
    return f"[{', '.join(nested(one, axes[1:]) for one in parts)}]"


def entries(key: Entries) -> list[tuple[float, float]]:
    """Each value with its distance, row by row."""
    rows = zip(key.values, key.within, strict=True)
    return [pair for row in rows for pair in zip(*row, strict=True)]
