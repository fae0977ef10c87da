"""What is typed, handed in, marked, appealed against, and practised."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from grader.papers import Graded
from grader.web.dates import MINUTE
from grader.web.records import Appeal, Draft, Handed
from grader.web.schema import (
    appeal_event,
    draft,
    marking,
    override,
    paper,
    person,
    quiz,
    submission,
)
from grader.web.store.database import Unavailable

TEXTS = msgspec.json.Decoder(dict[str, str])
GRADED = msgspec.json.Decoder(Graded)


class OldVersion(Exception):
    """A draft was saved elsewhere since this page was opened."""


def filled(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers that are not empty."""
    return {name: text for name, text in answers.items() if text.strip()}


def packed(answers: Mapping[str, str]) -> str:
    """Answers that are not empty, as they are stored."""
    return msgspec.json.encode(filled(answers), order="deterministic").decode()


def digest_of(answers: Mapping[str, str]) -> str:
    """The same for answers that differ in nothing but what is empty."""
    return hashlib.blake2b(packed(answers).encode(), digest_size=32).hexdigest()


EMPTIED = (  # these statements are made once, as every submission asks them
    select(person.c.emptied)
    .join(paper)
    .where(paper.c.id == bindparam("of"))
    .with_for_update(key_share=True)
)
DRAFTS = select(draft).where(draft.c.paper == bindparam("of"))
DRAFT = select(draft.c.version, draft.c.answers).where(
    draft.c.paper == bindparam("of"), draft.c.item == bindparam("exercise")
)
HANDED_IN = (
    select(submission).where(submission.c.paper == bindparam("of")).order_by(submission.c.number)
)
BY_TOKEN = select(submission).where(
    submission.c.paper == bindparam("of"), submission.c.token == bindparam("form")
)


def taken(tx: Connection, of: int) -> None:
    """Wait until nobody else writes to a paper.

    Raises:
        Unavailable: its student was deleted meanwhile, and nothing more is kept of them.
    """
    if tx.execute(EMPTIED, {"of": of}).scalar_one() is not None:
        raise Unavailable("the student of a paper was deleted")


# Drafts


def drafts(tx: Connection, of: int) -> dict[str, Draft]:
    """What was typed into a paper, by exercise."""
    return {
        row.item: Draft(row.item, TEXTS.decode(row.answers), row.version, row.at)
        for row in tx.execute(DRAFTS, {"of": of})
    }


def save(
    tx: Connection, of: int, item: str, answers: Mapping[str, str], version: int, now: int
) -> int:
    """Keep what was typed into an exercise, of which ``version`` was seen last; the version that it has now.

    Raises:
        OldVersion: another version was saved meanwhile, with other answers.
        Unavailable: its student was deleted meanwhile.
    """
    taken(tx, of)
    text = packed(answers)
    place = draft.c.paper == of, draft.c.item == item
    row = tx.execute(DRAFT, {"of": of, "exercise": item}).first()
    if row is not None and row.answers == text:
        return int(row.version)
    if (row.version if row else 0) != version:
        raise OldVersion
    given = {"answers": text, "version": version + 1, "at": now}
    if row is None:
        tx.execute(insert(draft).values(paper=of, item=item, **given))
    elif not tx.execute(
        update(draft).where(*place, draft.c.version == version).values(given)
    ).rowcount:
        raise OldVersion
    return version + 1


# Submissions


def as_handed(row: Any) -> Handed:
    found = row._mapping
    answers = TEXTS.decode(found["answers"] or "{}")
    return Handed(
        found["id"], found["paper"], found["number"], answers, found["digest"], found["cause"], found["at"],
    )  # fmt: skip


def handed_in(tx: Connection, of: int) -> list[Handed]:
    """What was handed in of a paper, the first first."""
    return [as_handed(row) for row in tx.execute(HANDED_IN, {"of": of})]


def by_token(tx: Connection, of: int, token: str) -> Handed | None:
    """What was handed in with a form, if it was."""
    row = tx.execute(BY_TOKEN, {"of": of, "form": token}).first()
    return as_handed(row) if row else None


def hand_in(
    tx: Connection,
    of: int,
    token: str,
    answers: Mapping[str, str],
    now: int,
    cause: str,
    may: Callable[[int], bool] = lambda used: True,
) -> Handed | None:
    """Keep what is handed in; what was already handed in, with the same form or the same answers, stays one submission.

    Nothing where it ``may`` not be handed in after so many attempts.

    Raises:
        Unavailable: its student was deleted meanwhile.
    """
    taken(tx, of)
    before = handed_in(tx, of)
    same = by_token(tx, of, token)
    if same is not None:
        return same
    if before and before[-1].digest == digest_of(answers):
        return before[-1]
    if not may(len(before)):
        return None
    row = {
        "paper": of, "number": len(before) + 1, "token": token, "answers": packed(answers),
        "digest": digest_of(answers), "cause": cause, "at": now,
    }  # fmt: skip
    number = tx.execute(insert(submission).values(row).returning(submission.c.id)).scalar_one()
    return Handed(number, of, len(before) + 1, answers, digest_of(answers), cause, now)


def unmarked(tx: Connection) -> list[Handed]:
    """What was stored and not marked."""
    found = select(submission).outerjoin(marking, marking.c.submission == submission.c.id)
    left = marking.c.id.is_(None), submission.c.answers != ""  # else emptied with its person
    return [as_handed(row) for row in tx.execute(found.where(*left))]


def unsubmitted(tx: Connection, at: int) -> list[int]:
    """The papers in which something was typed that was not handed in since, and for which time may be over.

    Nobody has less time than the quiz says, unless something was changed for somebody.
    """
    last = (
        select(submission.c.paper, func.max(submission.c.at).label("at"))
        .group_by(submission.c.paper)
        .subquery()
    )
    changed = select(override.c.id).where(override.c.quiz == quiz.c.id).exists()
    ran_out = paper.c.begun + quiz.c.minutes * MINUTE <= at
    found = (
        select(draft.c.paper)
        .join(paper, paper.c.id == draft.c.paper)
        .join(quiz, quiz.c.id == paper.c.quiz)
        .outerjoin(last, last.c.paper == draft.c.paper)
        .where(or_(last.c.at.is_(None), draft.c.at > last.c.at))
        .where(or_(quiz.c.closes <= at, ran_out, changed))
        .distinct()
    )
    return [*tx.execute(found).scalars()]


# Marks


def add_marks(
    tx: Connection,
    of: int,
    graded: Graded,
    engine: str,
    digest: str,
    now: int,
    cause: str = "handed in",
    by: int | None = None,
) -> None:
    """Keep the marks of a submission; ``digest`` of the bank that they were made by.

    Of one that was emptied while it was marked, the points alone.
    """
    there = tx.execute(select(submission.c.answers).where(submission.c.id == of)).scalar()
    marks = msgspec.json.encode(graded).decode() if there else ""
    row = {
        "submission": of, "engine": engine, "digest": digest, "points": graded.points,
        "out_of": graded.out_of, "marks": marks, "cause": cause, "by": by, "at": now,
    }  # fmt: skip
    tx.execute(insert(marking).values(row))


def is_marked(tx: Connection, of: int) -> bool:
    """Has a submission marks? Who writes is the only one to mark it until they are done."""
    tx.execute(select(submission.c.id).where(submission.c.id == of).with_for_update())
    found = select(marking.c.id).where(marking.c.submission == of).limit(1)
    return tx.execute(found).first() is not None


def marks_of(tx: Connection, submissions: Sequence[int]) -> dict[int, Graded]:
    """The marks that stand, by submission; none of what is not marked."""
    newest = (
        select(func.max(marking.c.id))
        .where(marking.c.submission.in_(submissions))
        .group_by(marking.c.submission)
    )
    found = select(marking.c.submission, marking.c.marks).where(marking.c.id.in_(newest))
    return {of: GRADED.decode(marks) for of, marks in tx.execute(found) if marks}


def points_of(
    tx: Connection, papers: Sequence[int]
) -> dict[int, list[tuple[int, float | None, float]]]:
    """By paper, for each submission its number, points and what these are out of."""
    newest = select(func.max(marking.c.id)).group_by(marking.c.submission)
    found = (
        select(submission.c.paper, submission.c.number, marking.c.points, marking.c.out_of)
        .join(marking, marking.c.submission == submission.c.id)
        .where(submission.c.paper.in_(papers), marking.c.id.in_(newest))
        .order_by(submission.c.number)
    )
    points: dict[int, list[tuple[int, float | None, float]]] = {}
    for of, number, earned, out_of in tx.execute(found):
        points.setdefault(of, []).append((number, earned, out_of))
    return points


# Appeals


def appeal(tx: Connection, given: Appeal) -> None:
    row = {name: getattr(given, name) for name in Appeal.__struct_fields__}
    tx.execute(insert(appeal_event).values(row))


def appeals(tx: Connection, papers: Sequence[int]) -> dict[tuple[int, str], list[Appeal]]:
    """By paper and blank what was asked and answered, the first first."""
    found = select(appeal_event).where(appeal_event.c.paper.in_(papers)).order_by(appeal_event.c.id)
    events: dict[tuple[int, str], list[Appeal]] = {}
    for row in tx.execute(found).mappings():
        one = Appeal(**{name: row[name] for name in Appeal.__struct_fields__})
        events.setdefault((one.paper, one.blank), []).append(one)
    return events
