"""A paper, an exercise a page: how it begins, its boxes, and how far one has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.answers import State
from grader.web import tokens
from grader.web.boxes import Asking, asking
from grader.web.dates import GRACE, Stage
from grader.web.jobs import Printed, Read
from grader.web.records import Draft, Held
from grader.web.scope import Mine, mine
from grader.web.store import events, quizzes, work
from grader.web.visit import Visit


class Step(Struct, frozen=True):
    """An exercise in the list of a paper."""

    number: int
    title: str
    filled: int
    blanks: int

    @property
    def percent(self) -> int:
        return round(100 * self.filled / self.blanks) if self.blanks else 100


class Refused(Struct, frozen=True):
    """An answer that needs a second look; ``where`` it is, what it is called, and why."""

    where: str
    name: str
    why: str


class Readable(Struct, frozen=True):
    """An exercise of a paper whose boxes a ``person`` may have read; ``draw`` as it is stored."""

    person: int
    bank: int
    exercise: str
    draw: bytes
    printed: Printed


def opened(visit: Visit) -> Response:
    """Where somebody goes who chooses a quiz: to its beginning, on with it, or to its marks."""
    with visit.site.store.read() as tx:
        own = mine(visit, tx)
        used = len(work.handed_in(tx, own.held.id))
        drafts = work.drafts(tx, own.held.id)
    stage = own.window.stage(visit.at, GRACE)
    if stage is Stage.CLOSED or (used and own.window.left(used) == 0):
        return visit.to(f"/quiz/{own.quiz.id}/feedback")
    if stage is Stage.LATER or own.held.begun is None:
        return visit.page("begin.html", own=own, stage=stage, at=visit.at)
    unfinished = [one.number for one in steps(own.held, drafts) if one.filled < one.blanks]
    return visit.to(f"/quiz/{own.quiz.id}/{unfinished[0] if unfinished else 1}")


def begin(visit: Visit) -> Response:
    """From now on, time runs."""
    with visit.site.store.write() as tx:
        own = mine(visit, tx)
        if own.window.stage(visit.at) is Stage.OPEN and own.held.begun is None:
            quizzes.begin(tx, own.held.id, visit.at)
            about = {"quiz": own.quiz.id, "paper": own.held.id}
            events.record(
                tx, "began", visit.at, actor=visit.actor.id, course=own.quiz.course, **about
            )
    return visit.to(f"/quiz/{own.quiz.id}")


def item(visit: Visit) -> Response:
    """One exercise of a paper, to answer."""
    with visit.site.store.read() as tx:
        own, drafts, used = answerable(visit, tx)
    if own is None:
        return visit.to(f"/quiz/{visit.number('quiz')}")
    return shown(visit, own, drafts, used)


def answerable(visit: Visit, tx: Connection) -> tuple[Mine | None, dict[str, Draft], int]:
    """A paper that can be answered now, what was typed into it, how often it was handed in; no paper if it cannot be."""
    own = mine(visit, tx)
    place_in(own.held, visit)
    used = len(work.handed_in(tx, own.held.id))
    late = own.window.stage(visit.at, GRACE) is not Stage.OPEN
    if late or own.held.begun is None or own.window.left(used) == 0:
        return None, {}, used
    return own, work.drafts(tx, own.held.id), used


def place_in(held: Held, visit: Visit) -> int:
    """Which exercise of a paper is meant, counted from 0.

    Raises:
        HTTPException: 404, there is none.
    """
    place = visit.number("item") - 1
    if not 0 <= place < len(held.paper.items):
        raise HTTPException(404)
    return place


def shown(
    visit: Visit,
    own: Mine,
    drafts: Mapping[str, Draft],
    used: int,
    refused: Sequence[Refused] = (),
    status: int = 200,
) -> Response:
    """The page of an exercise."""
    place = place_in(own.held, visit)
    name = own.held.paper.items[place].draw.exercise
    draft = drafts.get(name)
    questions = asked(visit, own.held, place, within(name, draft.answers if draft else {}))
    printed = readable(visit, own.held, place).printed
    return visit.page(
        "paper.html",
        status,
        own=own,
        place=place,
        sheet=printed.sheet,
        questions=questions,
        steps=steps(own.held, drafts),
        draft=draft,
        left=own.window.left(used),
        used=used,
        refused=refused,
        token=tokens.new(),
        at=visit.at,
    )


def readable(visit: Visit, held: Held, place: int) -> Readable:
    """What a person may have read from now on without another look at who they are."""
    item = held.paper.items[place]
    printed, draw = visit.site.printed(held.bank, item), msgspec.json.encode(item.draw)
    found = Readable(held.person, held.bank, item.draw.exercise, draw, printed)
    if visit.known.acting_as is None:
        path = f"/quiz/{held.quiz}/{place + 1}/read"
        visit.site.readable.put((visit.token, visit.named, path), found)
    return found


def asked(visit: Visit, held: Held, place: int, answers: Mapping[str, str]) -> list[Asking]:
    """The questions of an exercise, with answers and how they are read."""
    one = held.paper.items[place]
    readings = visit.site.read(held.bank, one, answers, visit.person.id)
    return [*asking(visit.site.printed(held.bank, one), answers, readings)]


def steps(held: Held, drafts: Mapping[str, Draft]) -> list[Step]:
    """How far one has come, exercise by exercise."""
    pairs = zip(held.paper.items, held.outline, strict=True)
    return [
        Step(number, short.title, filled_in(drafts.get(one.draw.exercise)), short.blanks)
        for number, (one, short) in enumerate(pairs, start=1)
    ]


def filled_in(draft: Draft | None) -> int:
    return len(draft.answers) if draft else 0


def within(exercise: str, answers: Mapping[str, str]) -> dict[str, str]:
    """Answers by address within their exercise."""
    start = f"{exercise}/"
    return {
        name.removeprefix(start): text for name, text in answers.items() if name.startswith(start)
    }


def in_full(exercise: str, answers: Mapping[str, str]) -> dict[str, str]:
    """Answers by full address."""
    return {f"{exercise}/{address}": text for address, text in answers.items()}


def second_looks(visit: Visit, own: Mine, drafts: Mapping[str, Draft]) -> list[Refused]:
    """The answers of a paper that cannot be handed in as they are."""
    found = []
    for place, one in enumerate(own.held.paper.items):
        draft = drafts.get(one.draw.exercise)
        if draft is None:
            continue
        for question in asked(visit, own.held, place, within(one.draw.exercise, draft.answers)):
            for box in question.boxes:
                if box.read.state is State.ASKS:
                    where = f"/quiz/{own.quiz.id}/{place + 1}#{box.place}-a"
                    found.append(Refused(where, f"{place + 1}.{box.spoken}", said(box.read)))
    return found


def said(reading: Read) -> str:
    """Why an answer needs a second look, as a sentence."""
    return reading.message[:1].upper() + reading.message[1:]
