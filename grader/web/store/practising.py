"""What somebody practises: variants of exercises that are released, as many as they like."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from grader.papers import Graded, Item
from grader.web.records import Practice
from grader.web.schema import practice
from grader.web.store.work import GRADED, TEXTS, packed

ITEM = msgspec.json.Decoder(Item)
COUNTS = msgspec.json.Decoder(dict[str, int])


def newest(tx: Connection, course: int, who: int, exercise: str) -> Practice | None:
    """The variant that somebody practises now; nothing where they have not begun."""
    mine = practice.c.course == course, practice.c.person == who, practice.c.exercise == exercise
    order = practice.c.number.desc()
    row = tx.execute(select(practice).where(*mine).order_by(order).limit(1)).first()
    if row is None:
        return None
    marks = GRADED.decode(row.marks) if row.marks else None
    answers = TEXTS.decode(row.answers)
    item = ITEM.decode(row.drawn)
    return Practice(
        row.id,
        row.exercise,
        row.number,
        row.bank_version,
        item,
        answers,
        marks,
        COUNTS.decode(row.hints),
        bool(row.told),
    )


def marked(tx: Connection, course: int, who: int, exercise: str) -> Graded | None:
    """The marks of the newest variant that somebody had marked; nothing where they had none marked."""
    mine = practice.c.course == course, practice.c.person == who, practice.c.exercise == exercise
    found = select(practice.c.marks).where(*mine, practice.c.marks != "")
    row = tx.execute(found.order_by(practice.c.number.desc()).limit(1)).first()
    return GRADED.decode(row.marks) if row else None


def add(
    tx: Connection,
    course: int,
    who: int,
    exercise: str,
    number: int,
    bank: int,
    item: Item,
    at: int,
) -> None:
    """A further variant, unless it is there already."""
    given = {"course": course, "person": who, "exercise": exercise, "number": number}
    there = select(practice.c.id).filter_by(**given)
    if tx.execute(there).first() is None:
        drawn = msgspec.json.encode(item).decode()
        row = given | {"bank_version": bank, "drawn": drawn, "marks": "", "at": at}
        tx.execute(insert(practice).values(row))


def answered(tx: Connection, number: int, answers: Mapping[str, str], marks: Graded | None) -> None:
    """What was answered, and its marks; these stay as they are where there are none."""
    given = {"answers": packed(answers)}
    if marks is not None:
        given["marks"] = msgspec.json.encode(marks).decode()
    tx.execute(update(practice).where(practice.c.id == number).values(given))


def hint(tx: Connection, number: int, hints: Mapping[str, int]) -> None:
    """So many hints are open from now on."""
    given = {"hints": msgspec.json.encode(hints).decode()}
    tx.execute(update(practice).where(practice.c.id == number).values(given))


def tell(tx: Connection, number: int) -> None:
    """The solution is shown from now on."""
    tx.execute(update(practice).where(practice.c.id == number).values(told=1))


def tried(tx: Connection, course: int, who: int) -> dict[str, int]:
    """How many variants of each exercise somebody has begun."""
    mine = practice.c.course == course, practice.c.person == who
    found = select(practice.c.exercise, func.count()).where(*mine).group_by(practice.c.exercise)
    return dict(tuple(row) for row in tx.execute(found))
