"""The keys of a variant for staff to read."""

from __future__ import annotations

from grader.answers import Key, MatrixKey, NumberKey, TextKey, show_number
from grader.drawing import Variant


def solution(of: Variant) -> list[tuple[str, str, str]]:
    """(address, key, how far an answer may be off) of each blank."""
    return [(address, key.show(), within(key)) for address, (_, key) in of.keys.items()]


def within(key: Key) -> str:
    """The tolerance of a key for staff to read."""
    match key:
        case NumberKey(_, distance):
            return f"± {show_number(float(f'{distance:.3g}'))}"
        case MatrixKey(_, rows):
            return f"± {show_number(float(f'{max(max(row) for row in rows):.3g}'))}"
        case TextKey():
            return "marked by a person"
    return "exact"
