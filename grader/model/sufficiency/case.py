"""A question on data that is drawn."""

from __future__ import annotations

from msgspec import Struct


class Case(Struct, frozen=True):
    """A question on data that is drawn: what is asked for, and two items, each of phrases after semicolons."""

    target: str
    first: str
    second: str

    @classmethod
    def parse(cls, text: str) -> Case:
        """As a choice stands in a draw: ``o_y | weights; inputs | outputs of h``.

        Raises:
            ValueError: the text has not three parts.
        """
        parts = [part.strip() for part in text.split("|")]
        if len(parts) != 3 or not all(parts):
            raise ValueError(f"expected 'target | first item | second item', found '{text[:80]}'")
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.target} | {self.first} | {self.second}"
