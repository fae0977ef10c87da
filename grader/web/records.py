"""What stands between the store and the pages."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.answers import Level
from grader.papers import Decision, Graded, Item, Paper

ROLES = ("student", "grader", "instructor", "author", "admin")
STAFF = ROLES[1:]


class Person(Struct, frozen=True):
    """Somebody, by number; ``name`` is what staff call them, as a rule the id of a roster."""

    id: int
    name: str


class Course(Struct, frozen=True):
    id: int
    name: str
    title: str


class Member(Struct, frozen=True):
    """A person in a course."""

    course: Course
    person: Person
    role: str
    section: str
    time_factor: float

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


class Session(Struct, frozen=True):
    """Who somebody is, and as whom they look at pages: staff may see what a student sees."""

    id: int
    person: Person
    acting_as: Person | None
    ends: int


class Rules(Struct, frozen=True):
    """When and how often a quiz may be answered, and what is told of the marks.

    ``minutes`` from the beginning; ``attempts``: nothing where there is no limit; ``level``: what is told at once, ``later`` once
    it has closed; ``take``: which of several attempts counts, ``best`` or ``newest``.
    """

    opens: int | None = None
    closes: int | None = None
    minutes: int | None = None
    attempts: int | None = None
    level: Level = Level.REMARK
    later: Level = Level.SOLUTION
    take: str = "best"
    practice: bool = False


class Quiz(Struct, frozen=True):
    """A quiz of a course, as it was published last."""

    id: int
    course: int
    name: str
    title: str
    text: str
    rules: Rules


class Override(Struct, frozen=True):
    """Other dates, minutes or attempts, of one person, a section, or all; the newest says each of them."""

    person: int | None = None
    section: str = ""
    opens: int | None = None
    closes: int | None = None
    minutes: int | None = None
    attempts: int | None = None
    reason: str = ""
    by: int | None = None
    at: int = 0


class Outline(Struct, frozen=True):
    """An exercise of a paper in short."""

    title: str
    blanks: int


class Held(Struct, frozen=True):
    """A paper in the store; ``bank``: the number of the version that it is marked by, ``begun``: when it was opened first."""

    id: int
    quiz: int
    person: int
    number: int
    bank: int
    begun: int | None
    paper: Paper
    outline: tuple[Outline, ...]

    @property
    def out_of(self) -> float:
        """All its points."""
        return sum(one.out_of for one in self.paper.items)

    @property
    def blanks(self) -> int:
        return sum(one.blanks for one in self.outline)


class Draft(Struct, frozen=True):
    """What was typed into one exercise, by full address; the version goes up with each saving."""

    item: str
    answers: Mapping[str, str]
    version: int
    at: int


class Handed(Struct, frozen=True):
    """What was handed in, by full address."""

    id: int
    paper: int
    number: int
    answers: Mapping[str, str]
    digest: str
    cause: str
    at: int


class Appeal(Struct, frozen=True):
    """One event of an appeal against a mark; ``what``: asked, answered or withdrawn."""

    paper: int
    blank: str
    what: str
    text: str
    by: int
    at: int


class Practice(Struct, frozen=True):
    """A variant that somebody practises; ``told``: is the solution shown?"""

    id: int
    exercise: str
    number: int
    bank: int
    item: Item
    answers: Mapping[str, str]
    marks: Graded | None
    told: bool


class Decided(Struct, frozen=True):
    """A decision as it is kept: by whom and when, and who withdrew it."""

    id: int
    decision: Decision
    by: int
    at: int
    withdrawn_by: int | None = None
    withdrawn: int | None = None
