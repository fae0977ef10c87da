"""What is asked: versions of the bank, quizzes, their papers, and who has other dates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from grader.answers import Level
from grader.papers import Item, Paper
from grader.web.records import Held, Outline, Override, Quiz, Rules
from grader.web.schema import (
    bank_version,
    course,
    identity,
    member,
    override,
    paper,
    person,
    quiz,
    quiz_version,
)
from grader.web.store.people import ROSTER

# Versions of the bank


def bank_of(tx: Connection, files: Mapping[str, str], at: int) -> int:
    """The number of a version of the bank, by the texts of its files; a new one where there is none."""
    data = msgspec.json.encode(dict(files), order="deterministic")
    digest = hashlib.blake2b(data, digest_size=32).hexdigest()
    found = tx.execute(select(bank_version.c.id).where(bank_version.c.digest == digest)).scalar()
    if found is not None:
        return int(found)
    given = {"digest": digest, "files": data.decode(), "at": at}
    return int(
        tx.execute(insert(bank_version).values(given).returning(bank_version.c.id)).scalar_one()
    )


def digest_of(tx: Connection, bank: int) -> str:
    """The digest of a version of the bank."""
    found = select(bank_version.c.digest).where(bank_version.c.id == bank)
    return str(tx.execute(found).scalar_one())


def files_of(tx: Connection, bank: int) -> tuple[str, dict[str, str]]:
    """The digest of a version of the bank, and its files by name."""
    found = select(bank_version.c.digest, bank_version.c.files).where(bank_version.c.id == bank)
    digest, files = tx.execute(found).one()
    return digest, msgspec.json.decode(files, type=dict[str, str])


def newest_banks(tx: Connection, most: int) -> list[int]:
    """The versions that were published last."""
    last = func.max(quiz_version.c.id).desc()
    found = select(quiz_version.c.bank_version).group_by(quiz_version.c.bank_version)
    return [*tx.execute(found.order_by(last).limit(most)).scalars()]


# Quizzes


def as_row(rules: Rules) -> dict[str, object]:
    return {name: getattr(rules, name) for name in Rules.__struct_fields__} | {
        "level": int(rules.level),
        "later": int(rules.later),
        "practice": int(rules.practice),
    }


def as_quiz(row: Any) -> Quiz:
    found = row._mapping
    rules = {name: found[name] for name in Rules.__struct_fields__} | {
        "level": Level(found["level"]),
        "later": Level(found["later"]),
        "practice": bool(found["practice"]),
    }
    return Quiz(
        found["id"], found["course"], found["name"], found["title"], found["text"], Rules(**rules)
    )


def put(tx: Connection, course: int, name: str, title: str, text: str, rules: Rules) -> int:
    """The number of a quiz that is published, for the first time or again."""
    place = quiz.c.course == course, quiz.c.name == name
    given = {"title": title, "text": text, **as_row(rules)}
    number = tx.execute(select(quiz.c.id).where(*place)).scalar()
    if number is not None:
        tx.execute(update(quiz).where(quiz.c.id == number).values(given))
        return int(number)
    row = insert(quiz).values(course=course, name=name, **given)
    return int(tx.execute(row.returning(quiz.c.id)).scalar_one())


def add_version(
    tx: Connection, of: int, bank: int, source: str, secret: str, at: int, by: int | None = None
) -> int:
    row = {"quiz": of, "bank_version": bank, "source": source, "secret": secret, "at": at}
    added = insert(quiz_version).values(**row, person=by)
    return int(tx.execute(added.returning(quiz_version.c.id)).scalar_one())


def secret_of(tx: Connection, of: int) -> str:
    """The secret of the papers of a quiz; empty where none were made yet."""
    newest = quiz_version.c.id.desc()
    found = select(quiz_version.c.secret).where(quiz_version.c.quiz == of).order_by(newest)
    return tx.execute(found.limit(1)).scalar() or ""


QUIZ = select(quiz).where(quiz.c.id == bindparam("number"))


def quiz_of(tx: Connection, number: int) -> Quiz | None:
    row = tx.execute(QUIZ, {"number": number}).first()
    return as_quiz(row) if row else None


def quizzes(tx: Connection, courses: Sequence[int]) -> list[Quiz]:
    """The quizzes of courses, those that close first first."""
    found = select(quiz).where(quiz.c.course.in_(courses))
    order = func.coalesce(quiz.c.closes, 2**62), quiz.c.opens, quiz.c.id
    return [as_quiz(row) for row in tx.execute(found.order_by(*order))]


def in_course(tx: Connection, name: str) -> list[Quiz]:
    """The quizzes of a course by its name."""
    found = select(quiz).join(course, course.c.id == quiz.c.course).where(course.c.name == name)
    return [as_quiz(row) for row in tx.execute(found.order_by(quiz.c.id))]


# Papers


def put_papers(
    tx: Connection,
    of: int,
    version: int,
    papers: Iterable[tuple[int, Paper, list[Outline]]],
    number: int = 1,
) -> None:
    """Keep the papers of persons; one that is there stays as it is."""
    there = {*tx.execute(select(paper.c.person).where(paper.c.quiz == of)).scalars()}
    rows = [
        {
            "quiz": of,
            "person": who,
            "number": number,
            "quiz_version": version,
            "code": one.code,
            "drawn": msgspec.json.encode(one.items).decode(),
            "outline": msgspec.json.encode(outline).decode(),
            "columns": msgspec.json.encode(one.columns).decode(),
        }
        for who, one, outline in papers
        if who not in there
    ]
    if rows:
        tx.execute(insert(paper), rows)


PAPERS = (
    select(
        paper.c.id, paper.c.quiz, paper.c.person, paper.c.number, quiz_version.c.bank_version,
        paper.c.begun, paper.c.code, paper.c.drawn, paper.c.outline, paper.c.columns,
    )
    .select_from(paper)
    .join(quiz_version, quiz_version.c.id == paper.c.quiz_version)
)  # fmt: skip
ITEMS = msgspec.json.Decoder(tuple[Item, ...])
OUTLINE = msgspec.json.Decoder(tuple[Outline, ...])
COLUMNS = msgspec.json.Decoder(dict[str, str])


def held(row: Any) -> Held:
    """A paper, whose student is named by number."""
    number, of, who, nth, bank, begun, code, items, outline, columns = row
    drawn = Paper(str(who), code, ITEMS.decode(items), columns=COLUMNS.decode(columns))
    return Held(number, of, who, nth, bank, begun, drawn, OUTLINE.decode(outline))


PAPER = (
    PAPERS.where(paper.c.quiz == bindparam("quiz"), paper.c.person == bindparam("who"))
    .order_by(paper.c.number.desc())
    .limit(1)
)


def paper_of(tx: Connection, of: int, who: int) -> Held | None:
    """The newest paper of a person in a quiz."""
    row = tx.execute(PAPER, {"quiz": of, "who": who}).first()
    return held(row) if row else None


READABLE = (  # made once, as every preview asks it
    PAPERS.join(quiz, quiz.c.id == paper.c.quiz)
    .join(member, (member.c.course == quiz.c.course) & (member.c.person == paper.c.person))
    .where(paper.c.quiz == bindparam("quiz"), paper.c.person == bindparam("who"))
    .where(member.c.left == 0, paper.c.begun.is_not(None))
    .order_by(paper.c.number.desc())
    .limit(1)
)


def begun_paper(tx: Connection, of: int, who: int) -> Held | None:
    """The newest paper of a member of the course, once they have begun it."""
    row = tx.execute(READABLE, {"quiz": of, "who": who}).first()
    return held(row) if row else None


def paper_by_id(tx: Connection, number: int) -> Held | None:
    row = tx.execute(PAPERS.where(paper.c.id == number)).first()
    return held(row) if row else None


def papers_of(tx: Connection, of: int) -> list[Held]:
    """All papers of a quiz, in the order of their owners' names."""
    found = PAPERS.join(person, person.c.id == paper.c.person).where(paper.c.quiz == of)
    return [held(row) for row in tx.execute(found.order_by(person.c.name, paper.c.number))]


def begin(tx: Connection, number: int, now: int) -> None:
    """A paper is opened for the first time."""
    fresh = paper.c.id == number, paper.c.begun.is_(None)
    tx.execute(update(paper).where(*fresh).values(begun=now))


def roster_names(tx: Connection, of: int) -> dict[str, int]:
    """The ids of a roster that have a paper in a quiz, each with the number of its person."""
    found = (
        select(identity.c.subject, identity.c.person)
        .join(paper, paper.c.person == identity.c.person)
        .where(paper.c.quiz == of, identity.c.issuer == ROSTER)
    )
    return dict(tuple(row) for row in tx.execute(found))


# Other dates, minutes and attempts


def add_override(tx: Connection, of: int, given: Override) -> None:
    row = {name: getattr(given, name) for name in Override.__struct_fields__}
    tx.execute(insert(override).values(quiz=of, **row))


def override_once(tx: Connection, of: int, given: Override) -> None:
    """As :func:`add_override`, unless it was the last that was said of the person."""
    before = [one for one in all_overrides(tx, of) if one.person == given.person]
    if not before or replace(before[-1], at=given.at) != given:
        add_override(tx, of, given)


OVERRIDES = (
    select(override)
    .where(
        override.c.quiz == bindparam("quiz"),
        or_(override.c.person == bindparam("who"), override.c.person.is_(None)),
        or_(override.c.section == "", override.c.section == bindparam("section")),
    )
    .order_by(override.c.id)
)


def overrides(tx: Connection, of: int, who: int, section: str) -> list[Override]:
    """What differs for a person, the oldest first: of all, of a section, of the person."""
    found = tx.execute(OVERRIDES, {"quiz": of, "who": who, "section": section})
    return [as_override(row) for row in found]


def all_overrides(tx: Connection, of: int) -> list[Override]:
    found = select(override).where(override.c.quiz == of).order_by(override.c.id)
    return [as_override(row) for row in tx.execute(found)]


def as_override(row: Any) -> Override:
    return Override(**{name: row._mapping[name] for name in Override.__struct_fields__})


def enrolled(tx: Connection, courses: Sequence[int]) -> dict[int, int]:
    """How many students each course has."""
    of = member.c.course.in_(courses), member.c.role == "student", member.c.left == 0
    found = select(member.c.course, func.count()).where(*of).group_by(member.c.course)
    return dict(tuple(row) for row in tx.execute(found))


def renamed(one: Held, name: str) -> Paper:
    """A paper under the name of its owner."""
    return replace(one.paper, student=name)
