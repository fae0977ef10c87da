"""The frozen records that pass between the stages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from grader.errors import AuthorError, Problem
from grader.offers import Choose, ChooseSeveral, Identifier, Match, Order, Text

Points = Annotated[float, Meta(gt=0, le=1000)]
Size = int | str
Position = tuple[int, int]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """What values may be drawn: a grid from ``from`` by ``step``, or one of a list."""

    between: tuple[float, float] | None = field(name="from", default=None)
    step: Annotated[float, Meta(gt=0)] = 1
    excluded: float | list[float] = field(name="not", default_factory=list)
    one_of: Annotated[list[float], Meta(min_length=1)] | None = None

    def grid(self) -> tuple[float, ...]:
        """The values, each the float of its shortest decimal; a grid in ascending order."""
        excluded = self.excluded if isinstance(self.excluded, list) else [self.excluded]
        values = self.one_of if self.one_of is not None else self.steps()
        return tuple(value for value in values if value not in excluded)

    def steps(self) -> list[float]:
        """The values of the grid, those excluded still among them."""
        if self.between is None:
            return []
        low, step = Decimal(repr(self.between[0])), Decimal(repr(self.step))
        return [float(low + index * step) for index in range(min(self.length, MAX_GRID))]

    @property
    def length(self) -> int:
        """How many values the grid has."""
        if self.between is None or not self.finite or self.between[1] < self.between[0]:
            return 0
        low, high = (Decimal(repr(end)) for end in self.between)
        return int((high - low) / Decimal(repr(self.step))) + 1

    @property
    def finite(self) -> bool:
        return all(map(math.isfinite, (*(self.between or ()), *(self.one_of or ()), self.step)))


MAX_GRID = 100_000

Entries = float | list[float | list[float]]


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """A declared quantity with more to say than its shape."""

    shape: int | str
    domain: str = "real"


class Index(Struct, frozen=True, forbid_unknown_fields=True):
    """The place of an entry: the size it runs over, and indices that stand for another place."""

    size: int | str
    apart_from: list[str] = field(name="not", default=[])


class NetworkFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The network of an exercise as its author writes it."""

    sizes: dict[str, int | str | Rule] = {}
    inputs: dict[str, int | str | Quantity] = {}
    parameters: dict[str, int | str | Quantity] = {}
    constants: list[str] = []
    functions: dict[str, Annotated[int, Meta(ge=1, le=2)]] = {}
    indices: dict[str, int | str | Index] = {}
    equations: str = ""
    define: dict[str, str] = {}
    layers: dict[str, int | str] = {}
    units: dict[str, int | str] | str = {}
    batch: int | str = 1


class Tolerance(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a number may be off; one of these. Without any: as rounding to three decimals goes."""

    absolute: Annotated[float, Meta(ge=0)] | None = None
    relative: Annotated[float, Meta(ge=0)] | None = None
    decimals: Annotated[int, Meta(ge=0, le=12)] | None = None
    significant: Annotated[int, Meta(ge=1, le=12)] | None = None
    rounding: Annotated[int, Meta(ge=1, le=12)] | None = None
    exact: bool = False


class Data(Struct, frozen=True, forbid_unknown_fields=True):
    """Do two items of data, alone or together, determine ``target``?"""

    target: str
    first: str | list[str]
    second: str | list[str]


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


class Form(StrEnum):
    """How an expression is to be written."""

    ANY = "any"
    EXPANDED = "expanded"
    FACTORED = "factored"
    NO_CALLS = "no calls"


class AnswerFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked, in one of several ways; see ``docs/authoring.md``.

    ``values``, ``entries``, ``parameters``, ``shapes``, ``chain``: a text makes one blank, a list or
    mapping one for each.
    """

    values: str | list[str] | dict[Identifier, str] | None = None
    gradients_of: str | None = None
    by: list[str] = []
    updates: list[str] | None = None
    loss: str | None = None
    rate: str | float | None = None
    parameters: str | list[str] | dict[Identifier, str | list[str]] | None = None
    entries: str | list[str] | dict[Identifier, str] | None = None
    shapes: str | list[str] | dict[Identifier, str] | None = None
    chain: str | dict[Identifier, str] | None = None
    choose_one: Choose | None = None
    choose_several: ChooseSeveral | None = None
    match: Match | None = None
    order: Order | None = None
    text: Text | None = None
    sufficiency: Data | None = None
    offer: Annotated[int, Meta(ge=2, le=8)] | None = None
    in_terms_of: str | list[str] | None = None
    either_layout: bool = False
    form: Form = Form.ANY
    derivation: bool = False


class FigureFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Loss curves, each at its rate, on a problem that the rate ``suited`` suits."""

    loss_curves: dict[Identifier, float | str]
    suited: float | str


class Mistake(Struct, frozen=True, forbid_unknown_fields=True):
    """A misconception that an author adds: the value it gives to a blank, and what to say of it."""

    value: str
    says: str
    blank: str = ""
    credit: Annotated[float, Meta(ge=0, le=1)] = 0


class QuestionFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One question of an exercise as its author writes it."""

    id: Identifier
    points: Points
    ask: str
    answer: AnswerFile | list[AnswerFile]
    equations: str = ""  # in place of those of the network
    tolerance: Tolerance | None = None
    may_be_trivial: bool | list[str] = False
    figure: str | FigureFile | None = None
    misconceptions: list[Mistake] = []
    credit: dict[str, Annotated[float, Meta(ge=0, le=1)]] = {}  # by name of the misconception

    @property
    def answers(self) -> list[AnswerFile]:
        return self.answer if isinstance(self.answer, list) else [self.answer]


class ExerciseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """An exercise as its author writes it.

    ``choose``: the options of each choice, or ``sufficiency`` for a question that is drawn.
    """

    id: Identifier
    title: str
    questions: Annotated[list[QuestionFile], Meta(min_length=1)]
    source: str = ""
    topics: list[str] = []
    text: str = ""
    choose: dict[Identifier, list[str] | dict[str, str | dict[str, str]] | str] = {}
    network: NetworkFile = NetworkFile()
    sample: dict[str, Entries | Rule] = {}
    require: list[str] = []
    tolerance: Tolerance = Tolerance()
    printed: dict[str, Any] = {}
    figure: str | FigureFile | None = None  # ``network``, or what is drawn


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

    def problem(self, place: str, message: str, line: int = 0, column: int = 0) -> Problem:
        """A problem at a path of the file; ``line`` and ``column`` count from 1 within its text."""
        while place and place not in self.positions:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        start = self.positions.get(place, (1, 1))
        start = self.positions.get(f"{place}:block", start) if line else start
        return Problem(
            self.path, message, start[0] + max(line - 1, 0), start[1] + max(column - 1, 0)
        )

    def error(self, place: str, message: str) -> AuthorError:
        return AuthorError(self.problem(place, message))


class Draw(Struct, frozen=True):
    """The values of one variant: all that tells it from its siblings."""

    exercise: str
    seed: int | str
    digest: str
    choices: dict[str, str] = {}
    sizes: dict[str, int] = {}
    values: dict[str, list[list[float]]] = {}
    orders: dict[str, list[str]] = {}


class Blank(Struct, frozen=True):
    """One thing a student fills in; ``name`` is empty where its question has no other."""

    question: str
    name: str
    points: Fraction
    hint: str  # how to write the answer

    @property
    def address(self) -> str:
        return f"{self.question}.{self.name}" if self.name else self.question


class Verdict(StrEnum):
    """What a mark says; ``unreadable``, ``waiting`` and ``error`` are never counted as wrong."""

    CORRECT = "correct"
    PARTIAL = "partial"
    FOLLOW_THROUGH = "follow_through"
    INCORRECT = "incorrect"
    BLANK = "blank"
    UNREADABLE = "unreadable"
    WAITING = "waiting"  # for a person to mark it
    ERROR = "error"


ALL = Fraction(1)  # of the points; this very object where many are marked


class Outcome(Struct, frozen=True):
    """What one answer shape says of one answer; ``share`` of the points, from 0 to 1."""

    verdict: Verdict
    share: Fraction = Fraction(0)
    message: str = ""
    understood: str = ""  # LaTeX


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


class Pick(Struct, frozen=True, forbid_unknown_fields=True):
    """Exercises of a quiz: one by its id, or some of a list or of a topic."""

    exercise: str | None = None
    among: list[str] | None = field(name="from", default=None)
    topic: str | None = None
    choose: Annotated[int, Meta(ge=1)] = 1
    points: Points | None = None


class QuizFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A quiz as its author writes it."""

    id: Identifier
    title: str
    pick: Annotated[list[str | Pick], Meta(min_length=1)]
    text: str = ""


class Item(Struct, frozen=True):
    """One exercise of a paper: its variant, and what its points are multiplied by."""

    draw: Draw
    weight: float = 1.0


class Paper(Struct, frozen=True):
    """One student's variants of a quiz; ``code`` signs who it is for."""

    student: str
    code: str
    items: tuple[Item, ...]


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
