"""The frozen records that pass between the stages."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.answers import Verdict as Verdict
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


class Draw(Struct, frozen=True):
    """The values of one variant: all that tells it from its siblings."""

    exercise: str
    seed: int | str
    digest: str
    choices: dict[str, str] = {}
    sizes: dict[str, int] = {}
    values: dict[str, list[list[float]]] = {}
    orders: dict[str, list[str]] = {}


class Mark(Struct, frozen=True, omit_defaults=False):
    """Verdict, points and message for one blank."""

    verdict: Verdict
    points: float
    out_of: float
    message: str = ""
    understood: str = ""


class Marks(Struct, frozen=True, omit_defaults=True):
    """The marks of one student's answers to one exercise."""

    student: str
    exercise: str
    seed: int | str
    points: float
    out_of: float
    marks: dict[str, Mark] = {}
    notes: list[str] = []


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """One student's answers to one variant, by address of the blank within the exercise."""

    exercise: str
    seed: int | str
    answers: dict[str, str]
    student: str = ""


class Item(Struct, frozen=True):
    """One exercise of a paper: its variant, and what its points are multiplied by."""

    draw: Draw
    weight: float = 1.0


class Paper(Struct, frozen=True):
    """One student's variants of a quiz; ``code`` signs who it is for.

    ``difficulty`` is predicted; ``unbalanced`` is what it would be with the student's first seeds.
    """

    student: str
    code: str
    items: tuple[Item, ...]
    difficulty: float | None = None
    unbalanced: float | None = None


class Manifest(Struct, frozen=True):
    """All papers of a quiz, for staff."""

    quiz: str
    title: str
    text: str
    papers: list[Paper]


class Submission(Struct, frozen=True):
    """What a student handed in, by full address (``exercise/question.blank``).

    ``unreadable``: address → why its answer cannot be told; ``notes``: what was found and survived;
    ``doubts``: how many of them a person must look at.
    """

    file: str
    quiz: str
    student: str
    code: str
    answers: dict[str, str]
    unreadable: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    doubts: int = 0
