"""Figures as one table in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One figure: what was measured, what came out, and how it was measured."""

    what: str
    result: str
    how: str = ""


def markdown(rows: Sequence[Row]) -> str:
    """A table with columns as wide as their widest cell."""
    lines = [Row("Measured", "Result", "How"), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    text = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def duration(seconds: float) -> str:
    """A time in the unit that reads best, with three significant digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds * 1e6)} µs"


def rate(count: float, seconds: float, unit: str) -> str:
    return f"{digits(count / seconds)} {unit}/s"


def ratio(small: float, large: float) -> str:
    """``1 : 200`` where the second is 200 times the first."""
    return f"1 : {digits(large / small)}"


def digits(value: float) -> str:
    """Three significant digits, without an exponent, thousands set apart."""
    places = 0 if value >= 100 else 1 if value >= 10 else 2
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.{places}f}"
