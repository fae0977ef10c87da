"""What a student gets back of an exercise, and the words for it; a file for each format reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from grader.answers import Level, Verdict
from grader.figures import Figure
from grader.marking import LOOK, Mark, Marks
from grader.papers.records import Graded
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
EXCUSED = Said("Excused", "none", "empty")
SETTLED = Said("Looked at", "none", "right")  # by a person, and our mark stands
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
EVERY = (KEPT, *VERDICTS.values(), SETTLED, EXCUSED)  # in the order of a table
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


def waits(mark: Mark) -> bool:
    """Has a person still to give points?"""
    return mark.verdict in LOOK and not mark.by


def said(mark: Mark, level: Level) -> Said:
    """The verdict, as far as it is told."""
    if mark.by and mark.verdict in LOOK:
        return EXCUSED if not mark.out_of else SETTLED
    told = level >= Level.VERDICT or mark.verdict in RECEIVED
    return VERDICTS[mark.verdict] if told else KEPT


def points(mark: Mark, level: Level) -> str:
    """What an answer earned, as far as it is told."""
    if level < Level.POINTS:
        return ""
    out_of = in_points(mark.out_of)
    if mark.by and not mark.out_of:
        return "not counted"
    return f"up to {out_of}" if waits(mark) else f"{in_points(mark.points)} of {out_of}"


def remark(mark: Mark, level: Level) -> str:
    """What is said of an answer, as far as it is told."""
    told = (level >= Level.VERDICT or mark.verdict in RECEIVED) and not mark.by
    parts = [REASONS.get(mark.verdict, "") if told else "", sentence(mark.told(level))]
    return " ".join(filter(None, parts))


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def shortened(text: str) -> str:
    """An answer in one line, and no longer than anyone reads."""
    shown = " ".join(text.split())
    return shown if len(shown) <= MAX_SHOWN else shown[:MAX_SHOWN] + " …"


def earned(graded: Graded, level: Level) -> str:
    """The points of a paper, as far as there are some; empty where they are not told."""
    if level < Level.POINTS:
        return ""
    if graded.decision is None:
        return total(one.points for one in graded.marks)
    return "none" if graded.points is None else in_points(graded.points)


def out_of(graded: Graded) -> str:
    return counted(total(one.out_of for one in graded.marks), "point")


def with_a_person(marks: Iterable[Mark]) -> str:
    """The points that a person has still to give; empty where there are none."""
    waiting = total(mark.out_of - mark.points for mark in marks if waits(mark))
    return "" if waiting == "0" else waiting
