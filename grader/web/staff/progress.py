"""The pages to watch a class: its quizzes, where everybody is, what goes wrong, and one student."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.answers import Level
from grader.marking import Marks
from grader.papers import returned
from grader.web.records import Quiz
from grader.web.staff import naming
from grader.web.staff.groups import RIGHT, slip_of
from grader.web.staff.roles import MAY, desk, office
from grader.web.staff.whole import Row, Whole, concerning, whole_class
from grader.web.store import classes, quizzes, work
from grader.web.visit import Visit
from grader.words import exact

SHOWN = ("all", "working", "handed in", "not begun", "to look at", "extra time")


class Short(Struct, frozen=True):
    """A quiz in the list of a course."""

    quiz: Quiz
    whole: Whole


class Part(Struct, frozen=True):
    """One exercise of a quiz: what share of its blanks was right at the first attempt, its mean points, and the commonest slip."""

    exercise: str
    title: str
    right: float | None
    points: float | None
    out_of: float
    slip: str
    slips: int
    waiting: int


def home(visit: Visit) -> Response:
    """All quizzes of a course."""
    with visit.site.store.read() as tx:
        me = office(visit, tx, "look")
        found = [
            Short(one, whole_class(tx, one, visit.at))
            for one in quizzes.quizzes(tx, [me.course.id])
        ]
    return visit.page("staff/home.html", me=me, may=MAY[me.role], quizzes=found, at=visit.at)


def live(visit: Visit) -> Response:
    """Where everybody is in a quiz; of authors, nobody's name is shown."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "look")
        whole = whole_class(tx, own.quiz, visit.at)
    show = visit.query.get("show", "all")
    return visit.page(
        "staff/progress.html",
        desk=own,
        whole=whole,
        show=show if show in SHOWN else "all",
        shows={name: [one for one in whole.rows if belongs(one, name)] for name in SHOWN},
        parts=[*parts(whole)],
        at=visit.at,
    )


def belongs(row: Row, show: str) -> bool:
    """Is a student among those that are shown?"""
    if show == "to look at":
        return bool(row.waiting or row.asked)
    if show == "extra time":
        return row.window.factor != 1
    return show in ("all", row.state)


def parts(whole: Whole) -> Iterator[Part]:
    """What goes well and what goes wrong, by exercise."""
    for exercise, title in naming.titles(whole).items():
        first = [*marks_in(whole, exercise, first=True)]
        now = [*marks_in(whole, exercise)]
        blanks = [mark for one in first for mark in one.marks.values()]
        slips = Counter(slip_of(mark) for one in now for mark in one.marks.values())
        slips.pop("", None)
        slip, count = slips.most_common(1)[0] if slips else ("", 0)
        yield Part(
            exercise,
            title,
            sum(one.verdict in RIGHT for one in blanks) / len(blanks) if blanks else None,
            float(sum(exact(one.points) for one in now) / len(now)) if now else None,
            max((one.out_of for one in now), default=0),
            slip,
            count,
            sum(mark.to_look_at for one in now for mark in one.marks.values()),
        )


def marks_in(whole: Whole, exercise: str, first: bool = False) -> Iterator[Marks]:
    """The marks of everybody in one exercise; those of the ``first`` attempt, or those that count."""
    for row in whole.rows:
        graded = row.first if first else row.graded
        yield from (one for one in graded.marks if one.exercise == exercise) if graded else ()


def student(visit: Visit) -> Response:
    """One student in a quiz: attempts, marks, what was changed and decided for them."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "watch")
        row = whole_class(tx, own.quiz, visit.at).of(visit.number("person"))
        if row is None:
            raise HTTPException(404)
        changes = [*concerning(row.member, quizzes.all_overrides(tx, own.quiz.id))]
        decided = [
            one
            for one in classes.decided(tx, own.quiz.id)
            if one.decision.student == str(row.member.person.id)
        ]
        asked = work.appeals(tx, [row.held.id])
        names = classes.names(tx, own.quiz.course)
    return visit.page(
        "staff/student.html",
        desk=own,
        row=row,
        changes=changes,
        decided=decided,
        asked=asked,
        names=names,
        titles=naming.titles(Whole((row,))),
        asked_on={
            blank: found
            for name in {one.exercise for one in (row.graded.marks if row.graded else ())}
            for blank, found in naming.asked_on(visit, row, name).items()
        },
        said=lambda mark: returned.said(mark, Level.REMARK),
        at=visit.at,
    )
