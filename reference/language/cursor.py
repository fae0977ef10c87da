"""A place in a list of tokens."""

from __future__ import annotations

from typing import NoReturn

from reference.language.errors import ReadingError
from reference.language.tokens import Token

MAX_DEPTH = 50


class Cursor:
    """Reads tokens one after the other; what it cannot use it leaves where it is."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.depth = 0
        self.seek(0)

    def seek(self, index: int) -> None:
        """Go to a token, which is then ``self.token``."""
        self.index = index
        self.token = self.tokens[index]

    def ahead(self, places: int = 1) -> Token:
        """A token further on; behind the end there is nothing but the end."""
        index = self.index + places
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def advance(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.seek(self.index + 1)
        return token

    def at(self, *signs: str) -> bool:
        """Is one of the signs next? No word and no number is spelled like a sign."""
        return self.token.text in signs

    def accept(self, *signs: str) -> bool:
        """Pass over one of the signs, if it is next."""
        if self.token.text not in signs:
            return False
        self.seek(self.index + 1)
        return True

    def fail(self, expected: str) -> NoReturn:
        found = "the end" if self.token.kind == "end" else f"'{self.token.text[:40]}'"
        raise ReadingError(f"expected {expected}, found {found}", self.token.column)

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            self.fail(f"'{sign}'")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ReadingError(f"nested more than {MAX_DEPTH} deep", self.token.column)
