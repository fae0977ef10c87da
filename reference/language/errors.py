"""What can be wrong with a written expression, told to whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Self

LONG = 200  # characters of a message
RUN = re.compile(r"(\S{40})\S{40,}(\S{20})")  # of a student's text, of which the ends are enough
# What stands in a text, what may be meant by it, and its column; 0: wherever it stands
Change = tuple[str, str, int]


class LanguageError(ValueError):
    """A text that is not an expression we can use.

    ``column`` counts characters of the text from 1; 0 means the text as a whole. ``ways``: what may be meant by a text
    that can be several things, each as changes of the text.
    """

    ways: tuple[tuple[Change, ...], ...] = ()

    def __init__(self, message: str, column: int = 0) -> None:
        self.message = message if len(message) < LONG else RUN.sub(r"\1…\2", message)
        super().__init__(self.message)
        self.column = column

    def meaning(self, *ways: tuple[Change, ...]) -> Self:
        """The same error, with what may be meant."""
        self.ways = ways
        return self

    def instead(self, found: str, *others: str, column: int = 0) -> Self:
        """The same error, with what may be meant by a part of the text."""
        return self.meaning(*(((found, other, column),) for other in others))

    def meant(self, text: str) -> Iterator[str]:
        """The texts that may be meant by one that was read as it is."""
        for way in self.ways:
            changed = text
            for found, other, column in sorted(way, key=lambda change: -change[2]):
                start = column - 1 if column else changed.find(found)
                if start >= 0 and changed.startswith(found, start):
                    changed = f"{changed[:start]}{other}{changed[start + len(found) :]}"
            if changed != text:
                yield changed


class ReadingError(LanguageError):
    """The text does not follow the grammar, or uses a name that is not declared."""


class ShapeError(LanguageError):
    """The text can be read, but its shapes do not fit together.

    ``asks``: they fit in more than one way, and the message asks which is meant.
    """

    def __init__(self, message: str, column: int = 0, asks: bool = False) -> None:
        super().__init__(message, column)
        self.asks = asks


class UnknownName(ReadingError):
    """A name that could be known, as every derivative of the network could, and is not."""


class Undeclared(ReadingError):
    """A name that is not declared; ``message`` lists all that are, where a question may allow fewer."""

    def __init__(self, name: str, message: str, column: int = 0) -> None:
        super().__init__(message, column)
        self.name = name
        self.listed = self.message


class Unusual(Exception):
    """The short way does not read a text: the long way tells what it means, or what is wrong with it."""


def quoted(text: str, length: int = 40) -> str:
    """The beginning of a student's text, in which every character can be seen."""
    seen = text.strip()[:length].replace("\n", " ")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in seen)
