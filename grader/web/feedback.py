"""What a person is told of what they handed in, as far as their quiz tells it by now; and what they ask about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, count

from msgspec import Struct
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.answers import Level
from grader.papers import Graded, Returned, feedback_page, with_a_person
from grader.web import dates, marking
from grader.web.records import Appeal, Handed
from grader.web.scope import Mine, mine
from grader.web.store import events, work
from grader.web.visit import Visit

MOST = 2000  # signs of what somebody asks


class Attempt(Struct, frozen=True):
    """One submission in the list of a person's; ``points`` where they are told."""

    handed: Handed
    graded: Graded | None
    points: str
    counts: bool


def newest(visit: Visit) -> Response:
    """To the marks that count."""
    with visit.site.store.read() as tx:
        own = mine(visit, tx)
        handed = work.handed_in(tx, own.held.id)
        marks = marking.stand(tx, own.held, handed)
    if not handed:
        return visit.page("nothing.html", own=own, at=visit.at)
    counts = marking.counting(own.quiz.rules.take, handed, marks)
    return visit.to(f"/quiz/{own.quiz.id}/feedback/{counts.number}")


def shown(visit: Visit) -> Response:
    """What became of one submission."""
    with visit.site.store.read() as tx:
        own = mine(visit, tx)
        handed = work.handed_in(tx, own.held.id)
        marks = marking.stand(tx, own.held, handed)
        asked = work.appeals(tx, [own.held.id])
    number = visit.number("number")
    found = next((one for one in handed if one.number == number), None)
    if found is None:
        raise HTTPException(404)
    level = dates.told(own.quiz.rules, own.window, visit.at)
    graded = marks.get(found.id)
    returned = given_back(visit, own, graded, level)
    places = (f"answer-{number}" for number in count(1))
    exercises = [feedback_page.exercise(one, places) for one in returned]
    names = address_of(returned, exercises)
    return visit.page(
        "feedback.html",
        own=own,
        handed=found,
        graded=graded,
        earned=marking.points(graded, level),
        waiting=with_a_person(chain.from_iterable(one.marks.values() for one in graded.marks))
        if graded
        else "",
        exercises=exercises,
        shares=[share(one, level) for one in returned],
        glance=feedback_page.glance(exercises),
        count=len(feedback_page.answers_of(exercises)),
        attempts=attempts(own, handed, marks, level),
        left=own.window.left(len(handed)),
        open=own.window.stage(visit.at) is dates.Stage.OPEN,
        asked={
            place: asked[own.held.id, name]
            for place, name in names.items()
            if (own.held.id, name) in asked
        },
        names=names,
        level=level,
        at=visit.at,
    )


def given_back(visit: Visit, own: Mine, graded: Graded | None, level: Level) -> list[Returned]:
    if graded is None:
        return []
    lane = visit.site.workers.marks
    found: list[Returned] = lane.run("returned", own.held.bank, own.held.paper, graded, level)
    return found


def address_of(
    returned: Sequence[Returned], exercises: Sequence[feedback_page.Exercise]
) -> dict[str, str]:
    """The place of an answer on the page → its full address."""
    names = [
        f"{one.sheet.exercise}/{address}"
        for one in returned
        for question in one.sheet.questions
        for address, _, _ in one.blanks(question)
    ]
    return dict(zip((one.place for one in feedback_page.answers_of(exercises)), names, strict=True))


def share(one: Returned, level: Level) -> int:
    """The part of the points of an exercise, in percent, as far as it is told."""
    if level < Level.POINTS or not one.marks.out_of:
        return 0
    return round(100 * one.marks.points / one.marks.out_of)


def attempts(
    own: Mine, handed: Sequence[Handed], marks: Mapping[int, Graded], level: Level
) -> list[Attempt]:
    """All submissions of a person, the first first."""
    counts = marking.counting(own.quiz.rules.take, handed, marks)
    return [
        Attempt(
            one,
            marks.get(one.id),
            marking.points(marks.get(one.id), level),
            one is counts,
        )
        for one in handed
    ]


# Asking about a mark


def ask(visit: Visit) -> Response:
    """Ask about a mark, or take back what was asked."""
    with visit.site.store.write() as tx:
        own = mine(visit, tx)
        blank = blank_of(own, visit.text("blank"))
        text = visit.text("text").strip()[:MOST]
        now_open = open_appeal(tx, own, blank)
        what = "withdrawn" if visit.text("do") == "withdraw" else "asked"
        if (what == "asked" and text and not now_open) or (what == "withdrawn" and now_open):
            work.appeal(tx, Appeal(own.held.id, blank, what, text, visit.actor.id, visit.at))
            who, where = visit.actor.id, own.quiz.course
            about = own.held.id, blank
            events.record(tx, what, visit.at, actor=who, course=where, about=about)
    place = visit.text("place")
    anchor = f"#{place}" if place.removeprefix("answer-").isdecimal() else ""
    return visit.to(f"/quiz/{own.quiz.id}/feedback/{visit.number('number')}{anchor}")


def blank_of(own: Mine, given: str) -> str:
    """The full address of a blank of the paper.

    Raises:
        HTTPException: 404, it has no such exercise.
    """
    exercises = {item.draw.exercise for item in own.held.paper.items}
    if given.partition("/")[0] not in exercises or len(given) > 200:
        raise HTTPException(404)
    return given


def open_appeal(tx: Connection, own: Mine, blank: str) -> bool:
    """Does somebody wait for an answer?"""
    events_of_it = work.appeals(tx, [own.held.id]).get((own.held.id, blank), [])
    return bool(events_of_it) and events_of_it[-1].what == "asked"
