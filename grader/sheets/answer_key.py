"""The keys of a variant for staff to read."""

from __future__ import annotations

from grader.drawing import Variant
from reference.language.unicode import unicode_numbers


def solution(of: Variant) -> list[tuple[str, str, str]]:
    """(address, key in characters, how far an answer may be off) of each blank."""
    return [
        (address, key.in_characters(), unicode_numbers(key.tolerance()))
        for address, (_, key) in of.keys.items()
    ]
