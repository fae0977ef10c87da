"""Names as they are written in mathematics: italic letters, subscripts, Greek, hats; and how wide they are.

How a name is read is decided in :mod:`reference.language.writing`; here its LaTeX becomes text.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from reference.language.writing import GREEK, latex_name

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
ACCENTS = {r"\hat": "\u0302", r"\bar": "\u0304", r"\tilde": "\u0303"}
SIGNS = {r"\partial": "∂", "'": "′", "*": "∗"}
SMALL = 0.75  # the size of a subscript
NARROW, WIDE = frozenset("fijlrt,.:;'′|()[]!/ "), frozenset("mwMW@%")


class Run(Struct, frozen=True):
    """Characters in one style; ``level`` is -1 for a subscript, 1 for a superscript."""

    text: str
    italic: bool = False
    level: int = 0


Label = tuple[Run, ...]


def words(text: str) -> Label:
    """Upright text."""
    return (Run(text),)


@functools.lru_cache(maxsize=10_000)
def named(name: str) -> Label:
    """The name of a quantity: ``w_21``, ``yhat`` and ``do_y/dw_h1_y`` as a reader expects them."""
    return joined(runs(latex_name(name)))


def runs(latex: str, level: int = 0) -> Iterator[Run]:
    """The runs of what :func:`latex_name` writes."""
    tokens = [token for token in TOKEN.findall(latex) if not token.isspace()]
    while tokens:
        token = tokens.pop(0)
        if token == r"\frac":
            upper, lower = group(tokens), group(tokens)
            yield from (*runs(upper, level), Run("/", level=level), *runs(lower, level))
        elif token in "_^":
            yield from runs(group(tokens), -1 if token == "_" else 1)
        elif token in ACCENTS:
            first, *rest = runs(group(tokens), level)
            accented = unicodedata.normalize("NFC", first.text[0] + ACCENTS[token])
            yield from (Run(accented + first.text[1:], True, level), *rest)
        elif token == r"\mathit":
            yield from runs(group(tokens), level)
        elif token[1:] in GREEK:
            yield Run(greek(token[1:]), True, level)
        elif token not in "{}":
            sign = SIGNS.get(token, token.removeprefix("\\"))
            yield Run(sign, sign.isalpha(), level)


def group(tokens: list[str]) -> str:
    """Take the next token, or all that its braces hold."""
    first = tokens.pop(0)
    if first != "{":
        return first
    depth, taken = 1, [""]
    while depth:
        taken.append(tokens.pop(0))
        depth += {"{": 1, "}": -1}.get(taken[-1], 0)
    return spaced(taken[:-1])


def spaced(tokens: list[str]) -> str:
    """Tokens as LaTeX, commands apart from what follows."""
    return "".join(f"{token} " if token[:1] == "\\" else token for token in tokens)


def greek(name: str) -> str:
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    letter = "LAMDA" if name.lower() == "lambda" else name.upper()
    return unicodedata.lookup(f"GREEK {case} LETTER {letter}")


def joined(parts: Iterator[Run]) -> Label:
    """Neighbours of one style as one run."""
    found: list[Run] = []
    for run in parts:
        if found and (found[-1].italic, found[-1].level) == (run.italic, run.level):
            run = Run(found.pop().text + run.text, run.italic, run.level)
        found.append(run)
    return tuple(found)


def plain(label: Label) -> str:
    """A label as text, for the tests and for a reader of the markup."""
    return "".join(run.text for run in label)


def width(label: Label, size: float) -> float:
    """How wide a label can be, in any common serif."""
    return sum(
        size * (SMALL if run.level else 1) * sum(map(advance, run.text)) + 0.08 * size
        for run in label
    )


@functools.lru_cache(maxsize=4096)
def advance(sign: str) -> float:
    """The width of one character, in its height."""
    if unicodedata.combining(sign):
        return 0
    if sign in NARROW:
        return 0.36
    if sign in WIDE:
        return 0.95
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.05
    return 0.76 if sign.isupper() or not sign.isascii() else 0.56
