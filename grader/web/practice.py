"""Practice: any exercise that is released, in as many variants as wanted, with the solution on demand; nothing counts."""

from __future__ import annotations

import secrets
from itertools import count
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.answers import Level, State
from grader.papers import Graded, Item, Paper, Returned, feedback_page
from grader.web import helping
from grader.web.boxes import answers_in, asking, place_of, taken
from grader.web.dates import GRACE, Stage
from grader.web.feedback import address_of
from grader.web.paper import in_full, within
from grader.web.records import Member, Practice, Quiz
from grader.web.scope import courses as courses_of
from grader.web.scope import shares, window_of
from grader.web.store import people, practising, quizzes
from grader.web.visit import Visit


class Released(Struct, frozen=True):
    """An exercise that may be practised, by the version of the bank of the quiz that it was in; ``tried`` so often."""

    exercise: str
    title: str
    bank: int
    quiz: Quiz
    tried: int = 0


def released(visit: Visit, tx: Connection, member: Member) -> dict[str, Released]:
    """The exercises of a person's papers that may be practised by now."""
    found: dict[str, Released] = {}
    tried = practising.tried(tx, member.course.id, member.person.id)
    for quiz in quizzes.quizzes(tx, [member.course.id]):
        held = quizzes.paper_of(tx, quiz.id, member.person.id)
        if not quiz.rules.practice or held is None:
            continue
        own = window_of(tx, quiz, member, held)
        if own.stage(visit.at, GRACE) is Stage.CLOSED or (own.ends is None and own.closes is None):
            for item, short in zip(held.paper.items, held.outline, strict=True):
                name = item.draw.exercise
                found[name] = Released(name, short.title, held.bank, quiz, tried.get(name, 0))
    return found


def listed(visit: Visit) -> Response:
    """All that may be practised."""
    with visit.site.store.read() as tx:
        members = courses_of(visit, tx)
        courses = [(one.course, [*released(visit, tx, one).values()]) for one in members]
    return visit.page("practice.html", courses=courses)


def place(visit: Visit, tx: Connection) -> tuple[Member, Released]:
    """The exercise in the path.

    Raises:
        HTTPException: 404, it may not be practised.
    """
    member = people.membership(tx, visit.number("course"), visit.person.id)
    found = released(visit, tx, member).get(visit.given["exercise"]) if member else None
    if member is None or found is None or not shares(visit, tx, member.course.id):
        raise HTTPException(404)
    return member, found


def shown(visit: Visit) -> Response:
    """The variant that somebody practises, or how to begin."""
    with visit.site.store.read() as tx:
        member, of = place(visit, tx)
        now = practising.newest(tx, member.course.id, member.person.id, of.exercise)
    return page(visit, member, of, now)


def page(
    visit: Visit, member: Member, of: Released, now: Practice | None, status: int = 200
) -> Response:
    about: dict[str, object] = {"member": member, "of": of, "now": now}
    if now is None:
        return visit.page("practise.html", status, **about)
    printed = visit.site.printed(now.bank, now.item)
    typed = within(of.exercise, now.answers)
    readings = visit.site.read(now.bank, now.item, typed, visit.person.id)
    level = Level.SOLUTION if now.told else Level.REMARK
    back = returned(visit, now, level)
    exercise = (
        feedback_page.exercise(back[0], (f"answer-{one}" for one in count(1))) if back else None
    )
    about |= {"sheet": printed.sheet, "questions": [*asking(printed, typed, readings)]}
    about |= {"exercise": exercise, "ladders": helping.ladders(visit, now)}
    names = address_of(back, [exercise]) if exercise else {}
    parts, start = helping.parts(visit, now, level), f"{of.exercise}/"
    beside = {
        place: parts[address]
        for place, name in names.items()
        if (address := name.removeprefix(start)) in parts
    }
    return visit.page("practise.html", status, **about, beside=beside)


def returned(visit: Visit, now: Practice, level: Level) -> list[Returned]:
    """The marks as they are given back; nothing where there are none, and nobody asked for the solution."""
    lane, paper = visit.site.workers.marks, alone(now.item)
    marks = now.marks
    if marks is None and now.told:
        marks = lane.run("graded", now.bank, paper, {})
    if marks is None:
        return []
    found: list[Returned] = lane.run("returned", now.bank, paper, marks, level)
    return found


def alone(item: Item) -> Paper:
    """A paper of one exercise, which nobody signs."""
    return Paper("practice", "", (item,))


def posted(visit: Visit) -> Response:
    """Another variant, an answer, a hint, or the solution."""
    with visit.site.one_at_a_time(visit.person.id):
        with visit.site.store.read() as tx:
            member, of = place(visit, tx)
            now = practising.newest(tx, member.course.id, member.person.id, of.exercise)
        done(visit, member, of, now)
    asked = visit.text("hint").rpartition(":")[0]
    anchor = "#marks" if visit.text("do") in ("check", "solution") else ""
    anchor = f"#hints-{quote(asked)}" if asked else anchor
    if visit.text("use") and now:
        box = place_of(visit.site.printed(now.bank, now.item), taken(visit.form)[0])
        anchor = f"#{box}-a"
    return visit.to(f"/practice/{member.course.id}/{of.exercise}{anchor}")


def done(visit: Visit, member: Member, of: Released, now: Practice | None) -> None:
    """What a button asks for."""
    wanted = visit.text("do")
    if wanted == "another" or now is None:
        another(visit, member, of, now)
    elif wanted == "solution":
        with visit.site.store.write() as tx:
            practising.tell(tx, now.id)
    elif visit.text("use"):
        keep(visit, of, now)
    elif visit.text("hint"):
        hint(visit, of, now)
    else:
        answer(visit, of, now)


def another(visit: Visit, member: Member, of: Released, now: Practice | None) -> None:
    """Draw a further variant, which shows what went wrong last."""
    number = now.number + 1 if now else 1
    with visit.site.store.read() as tx:
        mistake = helping.misconception(tx, member, of.exercise, of.quiz)
    given = of.exercise, secrets.randbits(62), mistake
    item: Item = visit.site.workers.marks.run("drawn", of.bank, *given)
    with visit.site.store.write() as tx:
        who = member.course.id, member.person.id
        practising.add(tx, *who, of.exercise, number, of.bank, item, visit.at)


def keep(visit: Visit, of: Released, now: Practice) -> None:
    """Take an answer that may be meant; nothing is marked."""
    typed = answers_in(visit.form, visit.site.printed(now.bank, now.item))
    with visit.site.store.write() as tx:
        practising.answered(tx, now.id, in_full(of.exercise, typed), None)


def hint(visit: Visit, of: Released, now: Practice) -> None:
    """Open the next hint for a blank; what was typed is kept."""
    typed = answers_in(visit.form, visit.site.printed(now.bank, now.item))
    hints = helping.climbed(visit, now)
    with visit.site.store.write() as tx:
        practising.answered(tx, now.id, in_full(of.exercise, typed), None)
        practising.hint(tx, now.id, hints)


def answer(visit: Visit, of: Released, now: Practice) -> None:
    """Mark what was typed, unless something of it cannot be read."""
    site = visit.site
    typed = answers_in(visit.form, site.printed(now.bank, now.item))
    filled = {name: text for name, text in typed.items() if text.strip()}
    readings = site.read(now.bank, now.item, filled, visit.person.id)
    refused = any(one.state is State.ASKS for one in readings.values())
    answers = in_full(of.exercise, typed)
    marks: Graded | None = None
    if not refused:
        marks = site.workers.marks.run("graded", now.bank, alone(now.item), answers)
    with site.store.write() as tx:
        practising.answered(tx, now.id, answers, marks)
