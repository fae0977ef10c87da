"""What students ask about their marks, and what staff answer; nothing of it is ever lost."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.sheets import Asked
from grader.web.records import Appeal
from grader.web.staff import answers, naming
from grader.web.staff.groups import Answer
from grader.web.staff.groups import answers as written
from grader.web.staff.roles import Desk, desk
from grader.web.staff.whole import Row, Whole, whole_class
from grader.web.store import classes, events, work
from grader.web.visit import Visit


class Talk(Struct, frozen=True):
    """All that was said of one mark, the first first; ``answer``: as it counts now."""

    row: Row
    blank: str
    said: tuple[Appeal, ...]
    answer: Answer | None
    number: str
    asked: Asked | None

    @property
    def is_open(self) -> bool:
        return self.said[-1].what == "asked"

    @property
    def place(self) -> str:
        return f"{self.row.held.id}:{self.blank}"


def shown(visit: Visit) -> Response:
    """All that was asked, what waits for an answer first."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "watch")
        whole = whole_class(tx, own.quiz, visit.at)
        asked = work.appeals(tx, [one.held.id for one in whole.rows])
        names = classes.names(tx, own.quiz.course)
    return page(visit, own, whole, [*asked.values()], names)


def page(
    visit: Visit,
    own: Desk,
    whole: Whole,
    asked: Sequence[Sequence[Appeal]],
    names: object,
    trouble: str = "",
) -> Response:
    talks = [talk(visit, whole, one) for one in asked]
    talks.sort(key=lambda one: (not one.is_open, one.said[-1].at))
    return visit.page(
        "staff/appeals.html",
        422 if trouble else 200,
        desk=own,
        talks=talks,
        names=names,
        trouble=trouble,
        about=visit.text("about") or visit.query.get("about", ""),
        at=visit.at,
    )


def talk(visit: Visit, whole: Whole, said: Sequence[Appeal]) -> Talk:
    """What was said, beside what it was said of."""
    blank = said[0].blank
    row = next(one for one in whole.rows if one.held.id == said[0].paper)
    own = Whole((row,))
    found = next(iter(written(own, blank)), None)
    number, asked = naming.asked_on(visit, row, blank.partition("/")[0]).get(blank, ("", None))
    return Talk(row, blank, tuple(said), found, number, asked)


def answer(visit: Visit) -> Response:
    """Answer what was asked; with it, what the answer earns may be decided."""
    about, text = visit.text("about"), visit.text("why").strip()[: answers.MOST]
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "decide")
        whole = whole_class(tx, own.quiz, visit.at)
        asked = work.appeals(tx, [one.held.id for one in whole.rows])
        names = classes.names(tx, own.quiz.course)
    said = next((one for one in asked.values() if f"{one[0].paper}:{one[0].blank}" == about), None)
    if said is None:
        raise HTTPException(404)
    found = talk(visit, whole, said)
    if not found.is_open:
        return visit.to(f"{own.home}/appeals")
    try:
        if not text:
            raise answers.Refused("An answer is missing; the student reads it.")
        leave = visit.text("d") == "leave" or found.answer is None
        given = [] if leave or not found.answer else [answers.decision(visit, found.answer)]
    except answers.Refused as trouble:
        return page(visit, own, whole, [*asked.values()], names, str(trouble))
    with visit.site.store.write() as tx:
        event = Appeal(found.row.held.id, found.blank, "answered", text, visit.actor.id, visit.at)
        work.appeal(tx, event)
        person = found.row.member.person.id
        events.record(tx, "answered", visit.at, **own.by, person=person, blank=found.blank)
        if given:
            answers.record(visit, tx, own, given)
    return visit.to(f"{own.home}/appeals")
