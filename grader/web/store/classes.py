"""What staff see of a whole quiz at once, and what they decide, move and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, func, insert, select, update

from grader.papers import Decision, Graded
from grader.web.records import Decided, Handed, Person, Rules
from grader.web.schema import (
    decision,
    draft,
    event,
    identity,
    marking,
    member,
    paper,
    person,
    quiz,
    submission,
)
from grader.web.store import quizzes, work
from grader.web.store.people import ROSTER


def fraction(_: type, given: str) -> Fraction:
    return Fraction(given)


DECISION = msgspec.json.Decoder(Decision, dec_hook=fraction)

# A whole quiz


def handed_in(tx: Connection, of: int) -> dict[int, list[Handed]]:
    """By paper, what was handed in, the first first."""
    found = select(submission).join(paper, paper.c.id == submission.c.paper)
    by_paper: dict[int, list[Handed]] = {}
    for row in tx.execute(found.where(paper.c.quiz == of).order_by(submission.c.number)):
        by_paper.setdefault(row.paper, []).append(work.as_handed(row))
    return by_paper


def marks(tx: Connection, of: int) -> dict[int, Graded]:
    """The newest marks of every submission, before anything was decided."""
    newest = (
        select(func.max(marking.c.id))
        .join(submission, submission.c.id == marking.c.submission)
        .join(paper, paper.c.id == submission.c.paper)
        .where(paper.c.quiz == of)
        .group_by(marking.c.submission)
    )
    found = select(marking.c.submission, marking.c.marks).where(marking.c.id.in_(newest))
    return {number: work.GRADED.decode(text) for number, text in tx.execute(found) if text}


def typed(tx: Connection, of: int) -> dict[int, tuple[int, int]]:
    """By paper, how many answers are filled in, and when one was saved last."""
    found = select(draft).join(paper, paper.c.id == draft.c.paper).where(paper.c.quiz == of)
    by_paper: dict[int, tuple[int, int]] = {}
    for row in tx.execute(found):
        count, at = by_paper.get(row.paper, (0, 0))
        by_paper[row.paper] = count + len(work.TEXTS.decode(row.answers)), max(at, row.at)
    return by_paper


def appeals_waiting(tx: Connection, papers: Sequence[int]) -> dict[int, int]:
    """By paper, how many marks were asked about and have no answer yet."""
    waiting: dict[int, int] = {}
    for (number, _), talk in work.appeals(tx, papers).items():
        waiting[number] = waiting.get(number, 0) + (talk[-1].what == "asked")
    return waiting


# Decisions


def decide(
    tx: Connection, of: int, given: Decision, by: Person, at: int, withdraws: int | None = None
) -> None:
    """Add a decision, or that an earlier one is withdrawn."""
    who = int(given.student) if given.student else None
    record = msgspec.json.encode(replace(given, by=""), enc_hook=str).decode()
    row = {"person": who, "blank": given.blank, "code": given.code, "record": record, "at": at}
    tx.execute(insert(decision).values(quiz=of, by=by.id, withdraws=withdraws, **row))


def decided(tx: Connection, of: int) -> list[Decided]:
    """All that was decided, the first first, with what became of it."""
    found = select(decision, person.c.name).outerjoin(person, person.c.id == decision.c.by)
    own = decision.c.quiz == of, decision.c.record != ""  # some are emptied with their person
    rows = tx.execute(found.where(*own).order_by(decision.c.id)).all()
    ended = {row.withdraws: row for row in rows if row.withdraws is not None}
    return [as_decided(row, ended.get(row.id)) for row in rows if row.withdraws is None]


def as_decided(row: Any, ended: Any) -> Decided:
    by, at = (ended.by, ended.at) if ended is not None else (None, None)
    given = replace(DECISION.decode(row.record), by=row.name or "")
    return Decided(row.id, given, row.by, row.at, by, at)


def holding(tx: Connection, of: int) -> list[Decision]:
    """The decisions that hold, the newest last."""
    return [one.decision for one in decided(tx, of) if one.withdrawn is None]


# Rules, papers and people


def set_rules(tx: Connection, of: int, rules: Rules) -> None:
    tx.execute(update(quiz).where(quiz.c.id == of).values(quizzes.as_row(rules)))


def move(tx: Connection, papers: Sequence[int], version: int) -> None:
    """From now on, papers are marked by another version of the bank."""
    tx.execute(update(paper).where(paper.c.id.in_(papers)).values(quiz_version=version))


def roster_names(tx: Connection, course: int) -> dict[int, str]:
    """What the roster calls the members of a course."""
    found = (
        select(member.c.person, identity.c.subject)
        .join(identity, identity.c.person == member.c.person)
        .where(member.c.course == course, member.c.left == 0, identity.c.issuer == ROSTER)
    )
    return dict(tuple(row) for row in tx.execute(found))


def columns(tx: Connection, course: int) -> dict[int, dict[str, str]]:
    """By person, what else the roster says, as it was on their newest paper."""
    found = select(paper.c.person, paper.c.columns).join(quiz, quiz.c.id == paper.c.quiz)
    rows = tx.execute(found.where(quiz.c.course == course).order_by(paper.c.id))
    return {who: work.TEXTS.decode(text) for who, text in rows}


def names(tx: Connection, course: int) -> Mapping[int, str]:
    """The names of all who ever did something in a course, members or not."""
    own = select(member.c.person).where(member.c.course == course)
    acted = select(event.c.actor).where(event.c.course == course, event.c.actor.is_not(None))
    found = select(person.c.id, person.c.name).where(person.c.id.in_(own) | person.c.id.in_(acted))
    return dict(tuple(row) for row in tx.execute(found))
