"""A quiz folder, or a quiz file with a roster, comes into the store: papers are drawn here and not when a page is opened."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from grader import papers, sheets
from grader.bank import fill
from grader.drawing import Variant
from grader.errors import UsageError
from grader.papers import Bank, Paper, blueprint, roster
from grader.web import dates
from grader.web.records import Course, Outline, Override, Person, Rules
from grader.web.store import Store, events, people, quizzes


class Source(Struct, frozen=True):
    """What is published: a quiz and the papers that there are, with the secret that signed them."""

    name: str
    title: str
    text: str
    papers: list[Paper]
    secret: bytes
    picks: str = ""


class Published(Struct, frozen=True):
    """What was published; ``notes`` for staff."""

    quiz: int
    course: Course
    papers: int


def of_folder(folder: Path) -> Source:
    """The papers that ``gradmark quiz`` made.

    Raises:
        UsageError: there are none.
    """
    manifest = papers.read_manifest(folder)
    secret = papers.read_secret(papers.secret_file(folder))
    given = manifest.quiz, manifest.title, manifest.text, manifest.papers, secret, manifest.picks
    return Source(*given)


def drawn(
    file: Path, students: Mapping[str, Mapping[str, str]], known: Bank, secret: bytes
) -> Source:
    """A paper of a quiz file for each student.

    Raises:
        AuthorError: the file cannot be used.
    """
    quiz = blueprint.load(file, known)
    made = papers.draw_papers(quiz, [*students], secret, known, papers.no_progress)
    return Source(quiz.id, quiz.title, quiz.text, made, secret, blueprint.digest(quiz))


def publish(
    store: Store,
    source: Path,
    class_list: Path | None,
    known: Bank,
    course: str,
    rules: Rules,
    by: int | None = None,
) -> Published:
    """Publish a quiz for the first time, or again: who has a paper keeps it, who is new has one drawn.

    Raises:
        UsageError: a quiz file has no roster beside it.
        AuthorError: the quiz, the roster or an exercise cannot be used.
    """
    students = roster.read(class_list) if class_list else {}
    if source.is_dir():
        found = of_folder(source)
        students = students or {one.student: one.columns for one in found.papers if not one.left}
    elif not students:
        raise UsageError(f"{source}: a quiz file needs a roster beside it: --roster class.csv")
    else:
        with store.read() as tx:
            secret = earlier_secret(tx, source, known, course) or secrets.token_bytes(32)
        found = drawn(source, students, known, secret)
    with store.write() as tx:
        return put(tx, found, students, known, course, rules, by)


def earlier_secret(tx: Connection, source: Path, known: Bank, course: str) -> bytes:
    """The secret of a quiz that was published before; empty where it was not."""
    name = blueprint.load(source, known).id
    numbers = [one for one in quizzes.in_course(tx, course) if one.name == name]
    return bytes.fromhex(quizzes.secret_of(tx, numbers[0].id)) if numbers else b""


def put(
    tx: Connection,
    source: Source,
    students: Mapping[str, Mapping[str, str]],
    known: Bank,
    course: str,
    rules: Rules,
    by: int | None = None,
) -> Published:
    """Keep all of it, in one transaction."""
    at = dates.now()
    within = people.course_named(tx, course)
    quiz = quizzes.put(tx, within.id, source.name, source.title, source.text, rules)
    used = {item.draw.exercise for one in source.papers for item in one.items}
    bank = quizzes.bank_of(tx, texts(used, known), at)
    version = quizzes.add_version(tx, quiz, bank, source.picks, source.secret.hex(), at, by)
    enrolled = {name: enrol(tx, within, name, about) for name, about in students.items()}
    mine = [one for one in source.papers if one.student in enrolled]
    short = outlines(mine, known)
    kept = [(enrolled[one.student].id, one, short[one.student]) for one in mine]
    quizzes.put_papers(tx, quiz, version, kept)
    for name, change in changes(students, at):
        quizzes.override_once(tx, quiz, replace(change, person=enrolled[name].id))
    about = {"quiz": quiz, "papers": len(mine), "version": version}
    events.record(tx, "published", at, actor=by, course=within.id, **about)
    return Published(quiz, within, len(mine))


def outlines(made: Sequence[Paper], known: Bank) -> dict[str, list[Outline]]:
    """By student, each exercise of their paper in short."""
    solved = papers.restore_all(made, known)

    def outline(one: Variant) -> Outline:
        words = sheets.placeholders(one)
        return Outline(fill(one.exercise.file.title, words), len(one.keys))

    return {
        one.student: [outline(solved[one.student, item.draw.exercise]) for item in one.items]
        for one in made
    }


def texts(exercises: set[str], known: Bank) -> dict[str, str]:
    """The files of exercises, by name.

    Raises:
        UsageError: the bank lacks one.
    """
    gone = sorted(exercises - known.keys())
    if gone:
        raise UsageError(f"the papers use '{gone[0]}', which the bank does not have")
    return {f"{name}.yaml": Path(known[name].path).read_text("utf-8") for name in sorted(exercises)}


def enrol(tx: Connection, within: Course, name: str, about: Mapping[str, str]) -> Person:
    """A student of a roster as a member of the course."""
    who = people.named(tx, people.ROSTER, name)
    section = about.get("section") or about.get("group") or ""
    factor = roster.factor(about.get("time_factor", "")) or 1.0
    people.join(tx, within, who, "student", section, factor)
    return who


def changes(students: Mapping[str, Mapping[str, str]], at: int) -> Iterator[tuple[str, Override]]:
    """The dates that a roster gives students of their own."""
    for name, about in students.items():
        opens, closes = (milliseconds(about.get(one, "")) for one in roster.DATES)
        if opens or closes:
            yield name, Override(opens=opens, closes=closes, reason="by the roster", at=at)


def milliseconds(text: str) -> int | None:
    """A point in time of a roster, if there is one."""
    found = roster.moment(text)
    return None if found is None else round(found.timestamp() * 1000)
