"""What is typed into a paper is read, saved and handed in. Read first; refuse, or store; then mark."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from grader.web import marking, paper
from grader.web.boxes import answers_in, place_of, taken
from grader.web.dates import GRACE, Stage, clock
from grader.web.records import Draft, Handed
from grader.web.scope import Mine, mine
from grader.web.store import work
from grader.web.store.work import OldVersion
from grader.web.visit import Visit


def posted(visit: Visit) -> Response:
    """The form of an exercise was sent: save it, go on, or hand the paper in."""
    with visit.site.one_at_a_time(visit.person.id):
        with visit.site.store.read() as tx:
            own, drafts, used = paper.answerable(visit, tx)
            same = before(visit, tx) if own is None else None
        if own is None:
            return to_marks(visit, same) if same else too_late(visit)
        place = paper.place_in(own.held, visit)
        exercise = own.held.paper.items[place].draw.exercise
        printed = visit.site.printed(own.held.bank, own.held.paper.items[place])
        typed = Draft(
            exercise,
            paper.in_full(exercise, answers_in(visit.form, printed)),
            seen(visit),
            visit.at,
        )
        try:
            if visit.text("do") == "submit" and not visit.by_script:
                return submit(visit, own, {**drafts, exercise: typed}, typed, used)
            with visit.site.store.write() as tx:
                version = save(tx, own, typed)
        except OldVersion:
            return older(visit, own, drafts.get(exercise), typed.answers)
        if visit.by_script:
            filled = len(work.filled(typed.answers))
            return JSONResponse({"version": version, "at": clock(visit.at), "filled": filled})
        on = place + 2 if visit.text("do") == "next" else place + 1
        on = min(on, len(own.held.paper.items))
        box = place_of(printed, taken(visit.form)[0])
        return visit.to(f"/quiz/{own.quiz.id}/{on}" + (f"#{box}-a" if box else ""))


def before(visit: Visit, tx: Connection) -> Handed | None:
    """What was handed in with this form, as by the first of two clicks on the last attempt."""
    if visit.by_script or visit.text("do") != "submit":
        return None
    return work.by_token(tx, mine(visit, tx).held.id, visit.text("token"))


def seen(visit: Visit) -> int:
    """The version that a form was made from."""
    text = visit.text("version")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def save(tx: Connection, own: Mine, typed: Draft) -> int:
    """Keep what was typed; the version that it has now.

    Raises:
        OldVersion: another version was saved meanwhile.
    """
    return work.save(tx, own.held.id, typed.item, typed.answers, typed.version, typed.at)


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


def submit(visit: Visit, own: Mine, drafts: dict[str, Draft], typed: Draft, used: int) -> Response:
    """Read all; refuse, where something needs a second look, and only save it; else save and store, then mark.

    Raises:
        OldVersion: another version was saved meanwhile.
    """
    refused = paper.second_looks(visit, own, drafts)
    answers = work.filled(
        {name: text for one in drafts.values() for name, text in one.answers.items()}
    )
    with visit.site.store.write() as tx:
        version = save(tx, own, typed)
        handed = None if refused or not answers else handed_in(visit, tx, own, answers)
    if refused or not answers:
        kept = replace(typed, answers=work.filled(typed.answers), version=version)
        return paper.shown(visit, own, {**drafts, typed.item: kept}, used, refused, 422)
    if handed is None:
        return too_late(visit)
    marking.mark(visit.site, own.held, handed)
    return to_marks(visit, handed)


def handed_in(visit: Visit, tx: Connection, own: Mine, answers: Mapping[str, str]) -> Handed | None:
    """What is stored now, or was before; nothing where no attempt is left or time is over."""
    in_time = own.window.stage(visit.at, GRACE) is Stage.OPEN
    return work.hand_in(
        tx, own.held.id, visit.text("token")[:64], answers, visit.at, "student",
        lambda used: in_time and own.window.left(used) != 0,
    )  # fmt: skip


def to_marks(visit: Visit, handed: Handed) -> Response:
    return visit.to(f"/quiz/{visit.number('quiz')}/feedback/{handed.number}")
