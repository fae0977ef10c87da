"""What was handed in is marked; what was stored and not marked, when the site starts; what was typed, when time is over."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from grader.answers import Level
from grader.marking import VERSION
from grader.papers import Graded, decisions
from grader.version import __version__
from grader.web.dates import GRACE, Stage, now
from grader.web.records import Handed, Held
from grader.web.scope import window_of
from grader.web.site import Site
from grader.web.store import classes, people, quizzes, work
from grader.web.workers import Undone
from grader.words import in_points

log = logging.getLogger("gradmark")
WARM = 8  # banks that workers have from the start
ENGINE = f"{__version__} ({VERSION})"


def mark(site: Site, held: Held, handed: Handed, cause: str = "handed in") -> None:
    """Mark a submission and keep the marks, unless it has some."""
    with site.store.read() as tx:
        if work.is_marked(tx, handed.id):
            return
        digest = quizzes.digest_of(tx, held.bank)
    found = graded(site, held, handed.answers)
    with site.store.write() as tx:
        work.add_marks(tx, handed.id, found, ENGINE, digest, now(), cause)


def graded(site: Site, held: Held, answers: Mapping[str, str]) -> Graded:
    """The marks of a paper; an exercise that cannot be marked in time waits for a person, and the others do not."""
    lane = site.workers.marks
    try:
        found: Graded = lane.run("graded", held.bank, held.paper, answers)
        return found
    except Undone as failure:
        log.error("paper %d is marked by exercises: %s", held.id, failure)
    parts = []
    for item in held.paper.items:
        alone = msgspec.structs.replace(held.paper, items=(item,))
        start = f"{item.draw.exercise}/"
        own = {name: text for name, text in answers.items() if name.startswith(start)}
        try:
            parts.append(lane.run("graded", held.bank, alone, own))
        except Undone as failure:
            log.error("%s of paper %d waits for a person: %s", start, held.id, failure)
            parts.append(lane.run("waiting", held.bank, alone, item, own))
    marks = tuple(one for part in parts for one in part.marks)
    notes = tuple(note for part in parts for note in part.notes)
    first: Graded = parts[0]
    return msgspec.structs.replace(first, marks=marks, notes=notes, answers=dict(answers))


def mark_left(site: Site) -> int:
    """Mark what was stored and not marked, as after a breakdown; how many there were."""
    with site.store.read() as tx:
        left = work.unmarked(tx)
        papers = {one.paper: quizzes.paper_by_id(tx, one.paper) for one in left}
    for one in left:
        held = papers[one.paper]
        if held is not None:
            mark(site, held, one, "marked at the start")
    return len(left)


def prepare(site: Site) -> int:
    """As :func:`mark_left`, once the workers have the banks of the newest quizzes."""
    with site.store.read() as tx:
        banks = quizzes.newest_banks(tx, WARM)
    site.workers.warm(banks)
    return mark_left(site)


def hand_in_late(site: Site, at: int) -> int:
    """Hand in what was typed where time is over; how many papers there were."""
    with site.store.read() as tx:
        due = [one for number in work.unsubmitted(tx, at) if (one := over(tx, number, at))]
    count = 0
    for held, ends in due:
        with site.store.write() as tx:
            typed = work.drafts(tx, held.id).values()
            answers = {name: text for one in typed for name, text in one.answers.items()}
            handed = (
                work.hand_in(tx, held.id, f"deadline {ends}", answers, at, "deadline")
                if answers
                else None
            )
        if handed is not None:
            mark(site, held, handed)
            count += 1
    return count


def over(tx: Connection, number: int, at: int) -> tuple[Held, int] | None:
    """A paper for which time is over, and since when."""
    held = quizzes.paper_by_id(tx, number)
    quiz = quizzes.quiz_of(tx, held.quiz) if held else None
    member = people.membership(tx, quiz.course, held.person) if quiz and held else None
    if held is None or quiz is None or member is None:
        return None
    own = window_of(tx, quiz, member, held)
    if own.ends is None or own.stage(at, GRACE) is not Stage.CLOSED:
        return None
    return held, own.ends


# What stands, and what counts


def stand(tx: Connection, held: Held, handed: Sequence[Handed]) -> dict[int, Graded]:
    """The marks of submissions as they stand now, by number; none of what is not marked yet."""
    return with_decisions(tx, held.quiz, work.marks_of(tx, [one.id for one in handed]))


def with_decisions(tx: Connection, quiz: int, marks: Mapping[int, Graded]) -> dict[int, Graded]:
    """Marks with what people decided on them."""
    held = decisions.Decisions(classes.holding(tx, quiz))
    return {number: decisions.decided(one, held) for number, one in marks.items()}


def counting(take: str, handed: Sequence[Handed], marks: Mapping[int, Graded]) -> Handed:
    """Which of several submissions counts: the newest, or the one with the most points, the later of two alike."""
    if take == "newest":
        return handed[-1]

    def points(one: Handed) -> tuple[float, int]:
        graded = marks.get(one.id)
        return (graded.points or 0.0 if graded else -1.0), one.number

    return max(handed, key=points)


def points(graded: Graded | None, level: Level) -> str:
    """The points of a paper, as far as they are told; a third of a point is not written out."""
    if graded is None or graded.points is None or level < Level.POINTS:
        return ""
    return in_points(graded.points)
