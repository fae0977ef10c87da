"""Letters of the options that a variant shows, as students list them: ``a, c``, ``ac``, ``(a) (c)``."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence

from reference.language.errors import ReadingError, quoted

MAX_LENGTH = 400
LETTERS = string.ascii_lowercase
COMMENT = re.compile(r"#[^\n]*")
APART = re.compile(r"[\s,;:.&+<>→()\[\]{}]+|->|\band\b")


def letter(options: Sequence[str], option: str) -> str:
    """The letter under which an option is shown."""
    return LETTERS[options.index(option)]


def listed(letters: Iterable[str]) -> str:
    """Letters as LaTeX, to show what was understood."""
    return rf"\text{{{', '.join(f'({one})' for one in letters) or 'none'}}}"


def plain(text: str) -> str:
    """A text in small letters without comments.

    Raises:
        ReadingError: it is too long.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    return COMMENT.sub("", text).strip().casefold()


def read_letters(text: str, options: Sequence[str]) -> list[str]:
    """The options that a list of letters or ids names, in the order in which they are written.

    Raises:
        ReadingError: something else stands there, or an option stands there twice.
    """
    found: list[str] = []
    for word in filter(None, APART.split(plain(text))):
        found += named(word, options)
    for option in found:
        if found.count(option) > 1:
            raise ReadingError(f"({letter(options, option)}) stands there twice: write it once")
    if not found:
        raise ReadingError(expected(options))
    return found


def named(word: str, options: Sequence[str]) -> list[str]:
    """The options of one word: an id, or a run of letters."""
    ids = {option.casefold(): option for option in options}
    if word in ids:
        return [ids[word]]
    letters = dict(zip(LETTERS, options, strict=False))
    if not all(sign in letters for sign in word):
        raise ReadingError(f"{expected(options)}, found '{quoted(word)}'")
    return [letters[sign] for sign in word]


def expected(options: Sequence[str]) -> str:
    return f"expected letters from a to {LETTERS[len(options) - 1]}"
