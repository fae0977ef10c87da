"""Brackets of an answer, round, square or curly, and those of floors, before anything is read of what stands in them."""

from __future__ import annotations

from itertools import accumulate

from reference.language.errors import ReadingError

OPENING = "([{⌊⌈"
CLOSING = ")]}⌋⌉"


def depths(text: str) -> list[int]:
    """How many brackets are open before each sign, and at the end; below zero where one too many is closed."""
    return [*accumulate([(sign in OPENING) - (sign in CLOSING) for sign in text], initial=0)]


def match(text: str) -> bool:
    """Is every bracket closed, after it was opened?"""
    found = depths(text)
    return min(found) == found[-1] == 0


def surround(text: str) -> bool:
    """Is the first sign a bracket that the last one closes?"""
    found = depths(text)
    return len(text) > 1 and found[-1] == 0 and min(found[1:-1]) > 0


def split(text: str, signs: str) -> list[str]:
    """Cut at signs that stand outside brackets.

    Raises:
        ReadingError: brackets that do not match.
    """
    found = depths(text)
    if min(found) < 0:
        raise ReadingError("a bracket is closed that was not opened", found.index(-1))
    if found[-1]:
        raise ReadingError("a bracket is not closed")
    parts, start = list[str](), 0
    for place, sign in enumerate(text):
        if sign in signs and not found[place]:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]
