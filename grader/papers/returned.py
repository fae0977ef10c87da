"""What a student gets back of an exercise, and the words for it; a file for each format reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from grader.answers import Level, Verdict
from grader.figures import Figure
from grader.marking import LOOK, Mark, Marks
from grader.sheets import Question, Sheet
from grader.words import counted, in_points, total

MAX_SHOWN = 600  # characters of an answer
RECEIVED = (Verdict.BLANK, *LOOK)  # of which nothing is given away


class Said(Struct, frozen=True):
    """A verdict as a student sees it; ``tone`` and ``icon`` are those of a page."""

    word: str
    tone: str
    icon: str


WITH_A_PERSON = Said("With a person", "wait", "wait")
KEPT = Said("Received", "none", "right")  # where no verdict is told
VERDICTS = {  # in the order of a table
    Verdict.CORRECT: Said("Right", "right", "right"),
    Verdict.FOLLOW_THROUGH: Said("Right from there", "right", "follow"),
    Verdict.PARTIAL: Said("Partly right", "partly", "partly"),
    Verdict.NOT_AS_ASKED: Said("Not as asked", "partly", "form"),
    Verdict.INCORRECT: Said("Wrong", "wrong", "wrong"),
    Verdict.UNREADABLE: WITH_A_PERSON,
    Verdict.WAITING: WITH_A_PERSON,
    Verdict.ERROR: WITH_A_PERSON,
    Verdict.BLANK: Said("Left empty", "none", "empty"),
}
REASONS = {
    Verdict.NOT_AS_ASKED: "The value is right.",
    Verdict.UNREADABLE: "It could not be read, so a person will look at it.",
    Verdict.ERROR: "It could not be marked, so a person will look at it.",
}


class Returned(Struct, frozen=True):
    """One exercise of a paper, marked; ``solutions``: address → Markdown, none where they are not released.

    ``level``: how much of the marks is told.
    """

    sheet: Sheet
    marks: Marks
    answers: Mapping[str, str]
    level: Level = Level.REMARK
    solutions: Mapping[str, str] = {}
    graph: Figure | None = None  # with the numbers of the solution

    @property
    def figures(self) -> list[Figure]:
        """All that is drawn."""
        return [*self.sheet.figures, *([self.graph] if self.graph else [])]

    def blanks(self, question: Question) -> Iterator[tuple[str, str, Mark]]:
        """(address, answer, mark) of each blank of a question that has a mark."""
        for address in question.blanks:
            if address in self.marks.marks:
                yield address, self.answers.get(address, ""), self.marks.marks[address]


def said(mark: Mark, level: Level) -> Said:
    """The verdict, as far as it is told."""
    told = level >= Level.VERDICT or mark.verdict in RECEIVED
    return VERDICTS[mark.verdict] if told else KEPT


def points(mark: Mark, level: Level) -> str:
    """What an answer earned, as far as it is told."""
    if level < Level.POINTS:
        return ""
    out_of = in_points(mark.out_of)
    return f"up to {out_of}" if mark.verdict in LOOK else f"{in_points(mark.points)} of {out_of}"


def remark(mark: Mark, level: Level) -> str:
    """What is said of an answer, as far as it is told."""
    told = level >= Level.VERDICT or mark.verdict in RECEIVED
    parts = [REASONS.get(mark.verdict, "") if told else "", sentence(mark.told(level))]
    return " ".join(filter(None, parts))


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def shortened(text: str) -> str:
    """An answer in one line, and no longer than anyone reads."""
    shown = " ".join(text.split())
    return shown if len(shown) <= MAX_SHOWN else shown[:MAX_SHOWN] + " …"


def earned(returned: Sequence[Returned]) -> str:
    """The points of all exercises; empty where they are not told."""
    told = all(one.level >= Level.POINTS for one in returned)
    return total(one.marks.points for one in returned) if told else ""


def out_of(returned: Sequence[Returned]) -> str:
    return counted(total(one.marks.out_of for one in returned), "point")


def with_a_person(marks: Iterable[Mark]) -> str:
    """The points that a person has still to give; empty where there are none."""
    waiting = total(mark.out_of - mark.points for mark in marks if mark.verdict in LOOK)
    return "" if waiting == "0" else waiting
