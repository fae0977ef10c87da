"""The answers of a class to one blank; those of equal value stand together, however they were written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from grader.answers import Criterion, Level, Verdict
from grader.marking import Mark
from grader.papers import Said, decisions, returned
from grader.web.records import Person
from grader.web.staff.whole import Whole

RIGHT = (Verdict.CORRECT, Verdict.FOLLOW_THROUGH)
LONG = 300  # signs of an answer in a list


class Answer(Struct, frozen=True):
    """What one student wrote; ``structure``: the choices that their variant was drawn with."""

    person: Person
    blank: str
    mark: Mark
    structure: tuple[tuple[str, str], ...]
    rubric: Mapping[str, Criterion]

    @property
    def code(self) -> str:
        """Of the answer, for a decision on it."""
        return decisions.code(str(self.person.id), self.blank, self.mark.answer)

    @property
    def kin(self) -> tuple[object, ...]:
        """What equal answers have in common: what explains them, or their value in the same structure."""
        mark, by = self.mark, (self.mark.by, self.mark.verdict, self.mark.points)
        slip = slip_of(mark)
        if mark.verdict in RIGHT:
            return (*by, "right")
        if slip:
            return (*by, "slip", slip)
        same = mark.alike or decisions.said_alike(mark.answer)
        return (*by, "value", same, self.structure if mark.alike else ())


class Group(Struct, frozen=True):
    """Answers of equal value."""

    answers: tuple[Answer, ...]

    @property
    def key(self) -> str:
        """Names the group in an address."""
        data = repr(self.answers[0].kin).encode("utf-8", "surrogatepass")
        return "g" + hashlib.blake2b(data, digest_size=5).hexdigest()

    @property
    def mark(self) -> Mark:
        """That of one of them."""
        return self.answers[0].mark

    @property
    def count(self) -> int:
        return len(self.answers)

    @property
    def said(self) -> Said:
        return returned.said(self.mark, Level.REMARK)

    @property
    def slip(self) -> str:
        """The misconception that explains them."""
        return slip_of(self.mark)

    @property
    def understood(self) -> str:
        """How most of them were read, in LaTeX."""
        [(found, _)] = Counter(one.mark.understood for one in self.answers).most_common(1)
        return found

    @property
    def ways(self) -> list[tuple[str, int]]:
        """How they were written, and how often."""
        return Counter(one.mark.answer[:LONG] for one in self.answers).most_common()

    @property
    def kind(self) -> str:
        """Where it stands: ``decided``, ``waiting``, ``right``, ``empty`` or ``wrong``."""
        if self.mark.by:
            return "decided"
        if self.mark.to_look_at:
            return "waiting"
        if self.mark.verdict is Verdict.BLANK:
            return "empty"
        return "right" if self.mark.verdict in RIGHT else "wrong"


def slip_of(mark: Mark) -> str:
    """What is said of the misconception that a mark names; nothing where it names none."""
    return next((str(one.about["says"]) for one in mark.notes if one.code == "misconception"), "")


def answers(whole: Whole, blank: str) -> Iterator[Answer]:
    """What stands in one blank in the submissions that count."""
    exercise, _, address = blank.partition("/")
    for row in whole.rows:
        for marks in row.graded.marks if row.graded else ():
            if marks.exercise == exercise and address in marks.marks:
                rubric = row.graded.rubrics.get(blank, {}) if row.graded else {}
                structure = tuple(sorted(marks.choices.items()))
                yield Answer(row.member.person, blank, marks.marks[address], structure, rubric)


def grouped(found: Sequence[Answer]) -> list[Group]:
    """Answers by value: what waits first, then by how many wrote it."""
    kin: dict[tuple[object, ...], list[Answer]] = {}
    for one in found:
        kin.setdefault(one.kin, []).append(one)
    order = ["waiting", "wrong", "decided", "right", "empty"]
    groups = [Group(tuple(own)) for own in kin.values()]
    return sorted(groups, key=lambda one: (order.index(one.kind), -one.count))


def blanks(whole: Whole) -> dict[str, list[str]]:
    """By exercise, the full addresses of its blanks, in the order of the papers."""
    found: dict[str, dict[str, None]] = {}
    for row in whole.rows:
        for marks in row.graded.marks if row.graded else ():
            own = found.setdefault(marks.exercise, {})
            own |= dict.fromkeys(f"{marks.exercise}/{address}" for address in marks.marks)
    return {name: [*own] for name, own in found.items()}
