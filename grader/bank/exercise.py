"""An exercise of the bank."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.bank.exercise_file import ExerciseFile
from grader.errors import Place

Position = tuple[int, int]


class Exercise(Struct, frozen=True, eq=False, dict=True):
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

    @property
    def at(self) -> Place:
        """The whole file, from which its places are reached; nothing is noted there yet."""
        return Place(self.path, self.positions)
