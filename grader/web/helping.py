"""What helps to practise: hints, one step a click; a wrong formula part by part; and what went wrong, which the next variant shows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from grader.answers import Level, Verdict
from grader.marking import Mark
from grader.papers import Graded
from grader.sheets import Compared
from grader.web import marking
from grader.web.jobs import Ladder
from grader.web.records import Member, Practice, Quiz
from grader.web.store import practising, quizzes, work
from grader.web.visit import Visit
from grader.web.workers import Undone

log = logging.getLogger("gradmark")
WRONG = (Verdict.INCORRECT, Verdict.PARTIAL)


def ladders(visit: Visit, now: Practice) -> Mapping[str, Ladder]:
    """The hints for each blank that is not right yet, by address; none beside a solution."""
    if now.told:
        return {}
    right = {name for name, one in marked(now) if one.verdict is Verdict.CORRECT}
    found: Mapping[str, Ladder] = done(visit, "hints", now, now.hints, right)
    return found


def parts(visit: Visit, now: Practice, level: Level) -> Mapping[str, list[Compared]]:
    """The answers that were marked wrong, part by part, by address; with the right parts once the solution is shown."""
    wrong = {name: one.answer for name, one in marked(now) if one.verdict in WRONG}
    found: Mapping[str, list[Compared]] = done(visit, "beside", now, wrong, level) if wrong else {}
    return found


def marked(now: Practice) -> Iterator[tuple[str, Mark]]:
    """The marks of a variant, by address."""
    for one in now.marks.marks if now.marks else ():
        yield from one.marks.items()


def done(visit: Visit, job: str, now: Practice, *given: object) -> Mapping[str, Any]:
    """What a job finds; nothing where it cannot be done, as nobody must have it."""
    try:
        found: Mapping[str, Any] = visit.site.workers.marks.run(job, now.bank, now.item, *given)
        return found
    except Undone as failure:
        log.error("%s of %s: %s", job, now.exercise, failure)
        return {}


def climbed(visit: Visit, now: Practice) -> Mapping[str, int]:
    """Up to which hint they are open once the one that the form asks for is: the next of a blank, however often it is asked for."""
    address, _, number = visit.text("hint").rpartition(":")
    one = ladders(visit, now).get(address)
    is_next = one is not None and one.left and number == str(one.number)
    return {**now.hints, address: int(number)} if is_next else now.hints


def misconception(tx: Connection, member: Member, exercise: str, quiz: Quiz) -> str:
    """What the answers that somebody had marked last look like, here or else in the quiz; empty where they look like nothing known."""
    who = member.course.id, member.person.id
    graded = practising.marked(tx, *who, exercise) or counted(tx, quiz, member.person.id)
    found = (
        mark.misconception
        for one in (graded.marks if graded else ())
        if one.exercise == exercise
        for mark in one.marks.values()
    )
    return next(filter(None, found), "")


def counted(tx: Connection, quiz: Quiz, person: int) -> Graded | None:
    """The marks that count of somebody in a quiz; nothing where there are none."""
    held = quizzes.paper_of(tx, quiz.id, person)
    handed = work.handed_in(tx, held.id) if held else []
    if held is None or not handed:
        return None
    marks = marking.stand(tx, held, handed)
    return marks.get(marking.counting(quiz.rules.take, handed, marks).id)
