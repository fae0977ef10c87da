"""How a value is written down in a solution: in full where it comes out even, else as precisely as its sheet asks."""

from __future__ import annotations

import math
from collections.abc import Callable

from grader.answers import without_noise
from grader.bank import Tolerance
from grader.drawing import by_rounding
from grader.model import Model
from grader.sheets.solutions.step import Rounded
from reference.language.values import Array

EVEN = 8  # significant digits of what comes out even
NOISE = 1e-13  # of the arithmetic
DECIMALS = 3


def carried(model: Model) -> int:
    """The decimals that values on the way are carried to: one more than a sheet asks for, so that the last digit of a result is right."""
    return 1 + max([DECIMALS, *(needed(asked.tolerance) for asked in model.written)])


def needed(tolerance: Tolerance) -> int:
    """The decimals with which a stated precision can be reached."""
    if by_rounding(tolerance):
        return tolerance.rounding or DECIMALS
    return max(tolerance.decimals or 0, tolerance.significant or 0)


def on_the_way(value: Array, decimals: int) -> Rounded:
    """A value, (rows, columns), to so many decimals, and to one significant figure more."""
    return rounded(value, lambda entry: max(decimals, decimals - magnitude(entry)))


def as_asked(value: Array, tolerance: Tolerance) -> Rounded:
    """A key, (rows, columns), to what its sheet asks for."""
    if tolerance.exact:
        return Rounded(value.tolist())
    if (places := tolerance.decimals) is not None:
        return rounded(value, lambda _: places)
    if (figures := tolerance.significant) is not None:
        return rounded(value, lambda entry: figures - 1 - magnitude(entry))
    return on_the_way(value, tolerance.rounding or DECIMALS)


def rounded(value: Array, places: Callable[[float], int]) -> Rounded:
    rows = without_noise(value.tolist())
    even = [[float(f"{entry:.{EVEN}g}") for entry in row] for row in rows]
    if all(map(near, flat(even), flat(rows))):
        return Rounded(even)
    return Rounded([[round(entry, places(entry)) for entry in row] for row in rows], exact=False)


def near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=NOISE, abs_tol=NOISE)


def flat(rows: list[list[float]]) -> list[float]:
    return [entry for row in rows for entry in row]


def magnitude(value: float) -> int:
    """The power of ten of the first figure."""
    return math.floor(math.log10(abs(value))) if value else 0
