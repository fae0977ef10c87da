"""A number times a list, as people write vectors: ``1/6 [1, 2, 3]``, ``0.01 * (1, 1, -1)``, ``[-3, -1, 1]/√5``."""

from __future__ import annotations

import re

from grader.answers import brackets
from grader.answers.number import Number
from grader.answers.number import read_side as number_on_side
from grader.answers.sides import Side
from reference.language.errors import LanguageError

TIMES = r"[*·⋅×]|\\cdot(?![a-z])|\\times(?![a-z])"
LAST = re.compile(rf"(?:{TIMES})\Z")
BEHIND = re.compile(rf"\s*(/|{TIMES})\s*(.+)", re.DOTALL)
ADDED = re.compile(  # a sign between two summands
    r"(?<=[\w)\]}%.])(?<![0-9.][eE])(?<!\\cdot)(?<!\\times)\s*[-+−–]"
)
STARTS = ("[", "(", "\\begin")
LONGEST = 100  # characters of a factor
SEVERAL = ",;&\n"  # what stands in a list, and in no number


def factored(text: str) -> tuple[Side[Number] | None, str]:
    """The number by which all entries are multiplied, if one is written, and the list."""
    for factor, rest in splits(text):
        several = any(sign in factor for sign in SEVERAL)
        if 0 < len(factor) <= LONGEST and not several and is_product(factor):
            try:
                found = number_on_side(factor)
            except LanguageError:
                continue
            if found.doubt:
                raise found.doubt
            return found, rest
    return None, text


def splits(text: str) -> list[tuple[str, str]]:
    """The texts of a factor and of a list behind it, before it, or within it: ``-[2, 0]/3``."""
    depth = brackets.depths(text)
    if min(depth) < 0 or depth[-1]:
        return []
    starts = [place for place in range(len(text)) if not depth[place] and opens(text, place)]
    found = []
    if starts and starts[-1] and is_list(text[starts[-1] :]):
        before = text[: starts[-1]].rstrip()
        sign = LAST.search(before)
        alone = before[:1] == "[" or "\n" in text[len(before) : starts[-1]]
        rows = alone and brackets.surround(before) and is_list(before)
        if not rows:  # [3 -4] before [5 6], or (3 -4) on the line above
            first = before[: sign.start() if sign else None].strip()
            first = "-1" if first in ("-", "−") else first
            found += followed(text, starts[-1], depth, first)
            found.append((first, text[starts[-1] :]))
    if starts[:1] == [0]:
        found += followed(text, 0, depth, "")
    return found


def followed(text: str, start: int, depth: list[int], first: str) -> list[tuple[str, str]]:
    """The factor behind the list that begins at a place, with that before it, and the list."""
    if text[start] == "\\":
        return []
    end = 1 + next(place for place in range(start + 1, len(text)) if not depth[place + 1])
    behind, body = BEHIND.fullmatch(text[end:]), text[start:end]
    if not behind or not is_list(body):
        return []
    if not first and behind[1] != "/":
        return [(behind[2], body)]
    return [(f"{first or 1}{'/' if behind[1] == '/' else '*'}{behind[2]}", body)]


def is_product(text: str) -> bool:
    """Is it no sum? Of ``1 - 2 [1, 0]`` only the 2 is a factor."""
    depth = brackets.depths(text)
    return all(depth[one.start()] for one in ADDED.finditer(text))


def opens(text: str, place: int) -> bool:
    """May a list begin there?"""
    return text.startswith(STARTS, place)


def is_list(text: str) -> bool:
    """Does it hold several entries? ``(1/2)`` is a number."""
    inside = text[1:].strip()
    return text[0] == "\\" or any(sign in inside for sign in ",;\n ")
