"""Numbers and the distances within which they are right, as other programs take them."""

from __future__ import annotations

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
