"""What people decide: points for an answer or a paper, beside or instead of our mark. One record for every door.

A decision holds for the answer that it was made on: an answer that has changed waits again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from grader.answers import Criterion, Verdict, said
from grader.marking import Mark, Marks, shown
from grader.papers.records import Decision, Graded
from grader.papers.standing import summed
from grader.words import in_points


class Decisions:
    """Decisions, found by what they are about."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self.by_code: dict[str, Decision] = {}
        self.by_place: dict[tuple[str, str, str], Decision] = {}
        for one in decisions:
            if one.code:
                self.by_code[one.code] = one
            else:
                self.by_place[one.student, one.blank, said_alike(one.answer)] = one

    def about(self, student: str, blank: str, answer: str) -> Decision | None:
        """The decision that holds: what is said of one student before what is said of all, of this answer before that of any."""
        exact = self.by_code.get(code(student, blank, answer))
        if exact is not None:
            return exact
        places = [(who, blank, text) for who in (student, "") for text in (said_alike(answer), "")]
        found = (self.by_place.get(place) for place in places)
        return next((one for one in found if one is not None), None)


def said_alike(answer: str) -> str:
    """An answer without what does not matter where a person types it again."""
    return " ".join(answer.split())


def code(student: str, blank: str, answer: str) -> str:
    """Tells one answer from any other; a letter first, or spreadsheets would make a number of it."""
    exercise, _, address = blank.partition("/")
    data = "\0".join((student, exercise, address, answer)).encode("utf-8", "surrogatepass")
    return "t" + hashlib.blake2b(data, digest_size=8).hexdigest()


class Open(Struct, frozen=True):
    """What a person must look at: an answer, or with no ``blank`` what is odd about a paper."""

    student: str
    blank: str
    answer: str
    verdict: str = ""
    understood: str = ""
    message: str = ""
    out_of: float = 0
    rubric: str = ""
    criteria: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return code(self.student, self.blank, self.answer)


def open_in(graded: Graded) -> Iterator[Open]:
    """All that a person must look at in one row of marks, before anything was decided."""
    odd = oddities(graded)
    if odd:
        who = graded.student or graded.file
        yield Open(who, "", odd, message=odd, out_of=graded.out_of)
    for marks in graded.marks:
        for address, mark in marks.marks.items():
            if mark.to_look_at:
                blank = f"{marks.exercise}/{address}"
                rubric = graded.rubrics.get(blank, {})
                yield Open(
                    graded.student, blank, mark.answer, mark.verdict, mark.understood, mark.message, mark.out_of,
                    "; ".join(f"{name} ({one.weight:g}): {one.text}" for name, one in rubric.items()),
                    tuple(rubric),
                )  # fmt: skip


def oddities(graded: Graded) -> str:
    """Why a person must look at a paper as a whole; nothing where nobody need."""
    if graded.problem and graded.file:
        return graded.problem
    return "; ".join(graded.odd)


# Applied


def reopened(graded: Graded, decisions: Decisions) -> Graded:
    """A row in which marks of before wait again where the decision that gave them is withdrawn."""
    found = []
    for marks in graded.marks:
        again = {
            name: replace(mark, verdict=Verdict.WAITING, points=0, by="", notes=(), message="")
            for name, mark in marks.marks.items()
            if mark.by
            and decisions.about(marks.student, f"{marks.exercise}/{name}", mark.answer) is None
        }
        found.append(summed(replace(marks, marks={**marks.marks, **again})) if again else marks)
    return replace(graded, marks=tuple(found))


def decide(graded: Sequence[Graded], decisions: Decisions) -> list[Graded]:
    """Rows of marks with all that was decided."""
    return [decided(one, decisions) for one in graded]


def decided(graded: Graded, decisions: Decisions) -> Graded:
    marks = tuple(with_decisions(one, graded, decisions) for one in graded.marks)
    found = replace(graded, marks=marks)
    about = decisions.about(graded.student or graded.file, "", oddities(graded))
    if about is None:
        return found
    if about.code or about.share is None:  # a share for being late says nothing of what is odd
        found = replace(found, odd=())
    if about.settled:
        return found
    return replace(found, decision=about, notes=(*graded.notes, spoken(about)))


def spoken(decision: Decision) -> str:
    """A decision on a paper in words."""
    if decision.excused:
        what = "excused"
    elif decision.points is not None:
        what = f"{in_points(decision.points)} points"
    else:
        what = f"{in_points(100 * (decision.share or Fraction(0)))} % of the points"
    return f"{what}: {decision.comment}" if decision.comment else f"{what}, by {decision.who}"


def with_decisions(marks: Marks, graded: Graded, decisions: Decisions) -> Marks:
    """The marks of one exercise with what was decided on its blanks."""
    found = {}
    for address, mark in marks.marks.items():
        blank = f"{marks.exercise}/{address}"
        about = decisions.about(marks.student, blank, mark.answer)
        found[address] = marked(mark, about, graded.rubrics.get(blank, {})) if about else mark
    if found == marks.marks:
        return marks
    return summed(replace(marks, marks=found))


def marked(mark: Mark, decision: Decision, rubric: Mapping[str, Criterion]) -> Mark:
    """A mark as a person decided it."""
    if decision.settled:
        return replace(mark, by=decision.who)
    if decision.excused:
        return given(mark, mark.verdict, 0, 0, decision, "excused")
    share = decision.share_of(Fraction(str(mark.out_of)), rubric)
    if share is None:
        return mark
    verdict = Verdict.PARTIAL if share else Verdict.INCORRECT
    verdict = Verdict.CORRECT if share >= 1 else verdict
    points = shown(share * Fraction(str(mark.out_of)))
    met = ", ".join(
        f"{name} {float(decision.met[name]):g}" for name in rubric if name in decision.met
    )
    default = f"marked by a person: {met}" if met else "marked by a person"
    return given(mark, verdict, points, mark.out_of, decision, default)


def given(
    mark: Mark, verdict: Verdict, points: float, out_of: float, decision: Decision, default: str
) -> Mark:
    notes = said("person", text=decision.comment or default)
    return replace(
        mark, verdict=verdict, points=points, out_of=out_of, by=decision.who, notes=notes,
        message=decision.comment or default,
    )  # fmt: skip
