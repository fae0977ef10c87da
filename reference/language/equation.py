"""An equation as it is written, and what is wrong with equations."""

from __future__ import annotations

from msgspec import Struct

from reference.language.errors import LanguageError
from reference.language.indexed.places import is_indexed


class Equation(Struct, frozen=True):
    """One written equation; ``line`` counts from 1 in the text it comes from.

    ``places``: what stands in brackets behind the name, of an indexed equation. ``step``: of a recurrence, the step at which its
    letter is read; 0 where it has none.
    """

    name: str
    text: str
    line: int = 0
    column: int = 0
    places: str = ""
    step: int = 0

    @property
    def indexed(self) -> bool:
        """Is each part of it a scalar at some indices?"""
        return bool(self.places) or is_indexed(self.text)


class NetworkError(ValueError):
    """All that is wrong with the equations of a network."""

    def __init__(self, problems: list[tuple[Equation, LanguageError]]) -> None:
        super().__init__("; ".join(f"{eq.name}: {error.message}" for eq, error in problems))
        self.problems = problems
