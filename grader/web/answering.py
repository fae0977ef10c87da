"""What is typed into a paper is read, saved and handed in. Read first; refuse, or store; then mark."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from grader.web import marking, paper
from grader.web.boxes import answers_in, place_of, taken
from grader.web.dates import GRACE, Stage, clock
from grader.web.records import Draft, Handed
from grader.web.scope import Mine, begun, mine
from grader.web.store import work
from grader.web.store.work import OldVersion
from grader.web.visit import Visit


def posted(visit: Visit) -> Response:
    """The form of an exercise was sent: save it, go on, or hand the paper in."""
    with visit.site.one_at_a_time(visit.person.id):
        with visit.site.store.read() as tx:
            own, drafts, _ = paper.answerable(visit, tx)
        if own is None:
            return too_late(visit)
        place = paper.place_in(own.held, visit)
        exercise = own.held.paper.items[place].draw.exercise
        printed = visit.site.printed(own.held.bank, own.held.paper.items[place])
        typed = paper.in_full(exercise, answers_in(visit.form, printed))
        try:
            version = save(visit, own, exercise, typed)
        except OldVersion:
            return older(visit, own, drafts.get(exercise), typed)
        if visit.by_script:
            filled = sum(bool(text.strip()) for text in typed.values())
            return JSONResponse({"version": version, "at": clock(visit.at), "filled": filled})
        if visit.text("do") == "submit":
            return submit(visit)
        on = place + 2 if visit.text("do") == "next" else place + 1
        on = min(on, len(own.held.paper.items))
        box = place_of(printed, taken(visit.form)[0])
        return visit.to(f"/quiz/{own.quiz.id}/{on}" + (f"#{box}-a" if box else ""))


def save(visit: Visit, own: Mine, exercise: str, typed: Mapping[str, str]) -> int:
    """Keep what was typed; the version that it has now.

    Raises:
        OldVersion: another version was saved meanwhile.
    """
    seen = visit.text("version")
    version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else -1
    with visit.site.store.write() as tx:
        return work.save(tx, own.held.id, exercise, typed, version, visit.at)


def too_late(visit: Visit) -> Response:
    """Nothing can be changed any more."""
    if visit.by_script:
        return JSONResponse({"closed": True}, 409)
    return visit.page("late.html", 409, quiz=visit.number("quiz"))


def older(visit: Visit, own: Mine, draft: Draft | None, typed: Mapping[str, str]) -> Response:
    """A page that is older than what was saved: both are shown, and the person chooses."""
    if visit.by_script:
        return JSONResponse({"older": True}, 409)
    saved = draft.answers if draft else {}
    differ = {
        name: (text, saved.get(name, ""))
        for name, text in typed.items()
        if text != saved.get(name, "")
    }
    version = draft.version if draft else 0
    return visit.page("older.html", 409, own=own, differ=differ, version=version)


# Handing in


def submit(visit: Visit) -> Response:
    """Read all; refuse, where something needs a second look; else store, then mark."""
    with visit.site.store.read() as tx:
        own, drafts, used = paper.answerable(visit, tx)
        same = work.by_token(tx, mine(visit, tx).held.id, visit.text("token"))
    if same is not None:
        return to_marks(visit, same)
    if own is None:
        return too_late(visit)
    refused = paper.second_looks(visit, own, drafts)
    answers = {name: text for one in drafts.values() for name, text in one.answers.items()}
    if refused or not answers:
        return paper.shown(visit, own, drafts, used, refused, 422)
    with visit.site.store.write() as tx:
        handed = handed_in(visit, tx, own, answers)
    if handed is None:
        return too_late(visit)
    marking.mark(visit.site, own.held, handed)
    return to_marks(visit, handed)


def handed_in(visit: Visit, tx: Connection, own: Mine, answers: Mapping[str, str]) -> Handed | None:
    """What is stored now, or was before; nothing where no attempt is left or time is over."""
    before = work.handed_in(tx, own.held.id)
    again = before and before[-1].digest == work.digest_of(answers)
    over = own.window.left(len(before)) == 0 or own.window.stage(visit.at, GRACE) is not Stage.OPEN
    if over and not again:
        return None
    token = visit.text("token")[:64]
    return work.hand_in(tx, own.held.id, token, answers, visit.at, "student")


def to_marks(visit: Visit, handed: Handed) -> Response:
    return visit.to(f"/quiz/{visit.number('quiz')}/feedback/{handed.number}")


# Reading while one types


def read(visit: Visit) -> Response:
    """How a box of a form is read, as a part of a page; nothing is stored, and nothing compared with a key."""
    with visit.site.store.read() as tx:
        held = begun(visit, tx)
    place, only = paper.place_in(held, visit), visit.text("box")
    typed = answers_in(visit.form, visit.site.printed(held.bank, held.paper.items[place]))
    asked = paper.asked(visit, held, place, {only: typed[only]} if only in typed else {})
    boxes = [box for one in asked for box in one.boxes if box.address == only]
    return visit.page("readings.html", boxes=boxes)
