"""An exercise of the bank."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.bank.exercise_file import ExerciseFile
from grader.errors import AuthorError, Problem

Position = tuple[int, int]


class Exercise(Struct, frozen=True, eq=False):
    """An exercise of the bank: what its file says, and where it says it.

    ``positions``: path such as ``questions[0].ask`` → line and column of the value.
    ``digest``: changes with any change of the file.
    """

    file: ExerciseFile
    path: str
    positions: Mapping[str, Position]
    digest: str
    folder: str = ""

    @property
    def id(self) -> str:
        return self.file.id

    @property
    def points(self) -> float:
        return sum(question.points for question in self.file.questions)

    def problem(
        self, place: str, message: str, line: int = 0, column: int = 0, code: str = "schema"
    ) -> Problem:
        """A problem at a path of the file; ``line`` and ``column`` count from 1 within its text."""
        while place and place not in self.positions:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        start = self.positions.get(place, (1, 1))
        start = self.positions.get(f"{place}:block", start) if line else start
        return Problem(
            self.path, message, start[0] + max(line - 1, 0), start[1] + max(column - 1, 0), code
        )

    def error(self, place: str, message: str, code: str = "schema") -> AuthorError:
        return AuthorError(self.problem(place, message, code=code))
