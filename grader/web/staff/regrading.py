"""A quiz is marked again by the bank as it is now, while other pages are shown; the difference is shown before anything changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection
from starlette.responses import Response

from grader import bank
from grader.papers import Graded
from grader.versions import MarkShift, mark_shifts, not_lower
from grader.web import marking
from grader.web.records import Handed
from grader.web.site import Site
from grader.web.staff.roles import Desk, desk
from grader.web.staff.whole import Row, Whole, whole_class
from grader.web.store import classes, events, quizzes, work
from grader.web.tasks import Task
from grader.web.visit import Visit

SOON = 2.0  # seconds in which a small class is marked again
MOST = 200  # changes that are shown


class Shifted(Struct, frozen=True):
    """One mark that would change."""

    row: Row
    attempt: int
    shift: MarkShift


class Again(Struct, frozen=True):
    """What marking again gives: new marks by submission, before decisions, and what differs.

    ``misfits``: papers that no longer fit the bank, which stay as they are. ``bank``: the number of its version. ``before``: the marks
    that there were.
    """

    bank: int
    before: Mapping[int, Graded]
    marks: Mapping[int, Graded]
    shifts: tuple[Shifted, ...]
    misfits: tuple[Row, ...]
    never_lower: bool

    @property
    def digest(self) -> str:
        """Of all that would change, so that what is done is what was seen."""
        seen = [(one.row.held.id, one.attempt, one.shift) for one in self.shifts]
        return hashlib.blake2b(msgspec.json.encode([self.bank, seen]), digest_size=16).hexdigest()

    @property
    def students(self) -> int:
        return len({one.row.held.id for one in self.shifts})

    @property
    def lower(self) -> int:
        return sum(one.shift.new_points < one.shift.old_points for one in self.shifts)


def shown(visit: Visit) -> Response:
    """What has changed in the bank since the quiz was published."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "change")
        whole = whole_class(tx, own.quiz, visit.at)
        before = files(tx, whole)
    return page(visit, own, changed(before, now(visit, before)))


def page(visit: Visit, own: Desk, changes: Sequence[str], stale: bool = False) -> Response:
    task = visit.site.regrades.get(own.quiz.id)
    again = task.found if task else None
    return visit.page(
        "staff/regrade.html",
        409 if stale else 200,
        desk=own,
        changes=changes,
        task=task,
        again=again,
        stale=stale,
        most=MOST,
        never_lower=again.never_lower if again else visit.method == "GET",
        at=visit.at,
    )


def files(tx: Connection, whole: Whole) -> dict[str, str]:
    """The exercises of a quiz by which its papers are marked, as they are stored."""
    found: dict[str, str] = {}
    for number in sorted({row.held.bank for row in whole.rows}):
        found |= quizzes.files_of(tx, number)[1]
    return found


def now(visit: Visit, before: Mapping[str, str]) -> dict[str, str]:
    """The same exercises as they are on the disk; one that is gone stays as it was."""
    folders = [Path(one) for one in visit.site.settings.bank] or [bank.home()]
    there = {path.name: path for path in bank.files(folders)}
    return {
        name: there[name].read_text("utf-8") if name in there else text
        for name, text in before.items()
    }


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [name.removesuffix(".yaml") for name in before if before[name] != after[name]]


def regrade(visit: Visit) -> Response:
    """Look at the difference, or make it so."""
    with visit.site.store.read() as tx:
        own = desk(visit, tx, "change")
        whole = whole_class(tx, own.quiz, visit.at)
        before = files(tx, whole)
        raw = classes.marks(tx, own.quiz.id)
    after = now(visit, before)
    with visit.site.store.write() as tx:
        number = quizzes.bank_of(tx, after, visit.at)
    if visit.text("do") == "apply":
        if stands(visit, own, whole, number):
            return visit.to(own.home)
        return page(visit, own, changed(before, after), stale=True)
    task = begun(visit, own, whole, raw, number)
    task.wait(SOON)
    if task.is_running:
        return visit.to(f"{own.home}/regrade")
    return page(visit, own, changed(before, after))


def begun(
    visit: Visit, own: Desk, whole: Whole, raw: Mapping[int, Graded], number: int
) -> Task[Again]:
    """A quiz that is being marked again, by whomever."""
    running = visit.site.regrades.get(own.quiz.id)
    if running is not None and running.is_running:
        return running
    never_lower = visit.text("never_lower") == "yes"
    site, count = visit.site, sum(len(row.handed) for row in whole.rows)
    task = Task(lambda step: compared(site, whole, raw, number, never_lower, step), count)
    site.regrades.put(own.quiz.id, task)
    return task


def stands(visit: Visit, own: Desk, whole: Whole, number: int) -> bool:
    """Let the new marks stand, if they are those that were seen and nothing changed since."""
    task = visit.site.regrades.get(own.quiz.id)
    again = task.found if task else None
    if again is None or visit.text("digest") != again.digest:
        return False
    visit.site.regrades.drop(own.quiz.id)
    return again.bank == number and apply(visit, own, whole, again)


def compared(
    site: Site,
    whole: Whole,
    raw: Mapping[int, Graded],
    number: int,
    never_lower: bool,
    step: Callable[[], None],
) -> Again:
    """All submissions marked again, beside the marks that they have."""
    marks: dict[int, Graded] = {}
    shifts: list[Shifted] = []
    misfits: list[Row] = []
    for row in whole.rows:
        fresh = {}
        for one in row.handed:
            if one.id in raw:
                fresh[one.id] = marked(site, row, one, number)
            step()
        if any("no longer fits" in note for one in fresh.values() for note in one.for_staff):
            misfits.append(row)
            continue
        for one in row.handed:
            if one.id in fresh:
                found = standing(raw[one.id], fresh[one.id]) if never_lower else fresh[one.id]
                marks[one.id] = found
                shifts += (
                    Shifted(row, one.number, shift) for shift in differences(raw[one.id], found)
                )
    return Again(number, raw, marks, tuple(shifts), tuple(misfits), never_lower)


def marked(site: Site, row: Row, one: Handed, number: int) -> Graded:
    """A submission marked by another version of the bank."""
    return marking.graded(site, replace(row.held, bank=number), one.answers)


def standing(before: Graded, after: Graded) -> Graded:
    """The new marks, but for those that would be lower."""
    old = {one.exercise: one for one in before.marks}
    marks = tuple(
        not_lower(old[one.exercise], one) if one.exercise in old else one for one in after.marks
    )
    return replace(after, marks=marks)


def differences(before: Graded, after: Graded) -> Iterator[MarkShift]:
    old = {one.exercise: one for one in before.marks}
    for one in after.marks:
        if one.exercise in old:
            yield from mark_shifts(old[one.exercise], one)


def apply(visit: Visit, own: Desk, whole: Whole, again: Again) -> bool:
    """Keep the new marks beside the old ones, and mark what comes by the new bank; not where others were made meanwhile."""
    fitting = [row.held.id for row in whole.rows if row not in again.misfits]
    with visit.site.store.write() as tx:
        if classes.marks(tx, own.quiz.id) != again.before:
            return False
        digest, _ = quizzes.files_of(tx, again.bank)
        secret = quizzes.secret_of(tx, own.quiz.id)
        version = quizzes.add_version(
            tx, own.quiz.id, again.bank, "regrade", secret, visit.at, visit.actor.id
        )
        classes.move(tx, fitting, version)
        for number, found in again.marks.items():
            work.add_marks(
                tx, number, found, marking.ENGINE, digest, visit.at, "marked again", visit.actor.id
            )
        count = len(again.shifts)
        events.record(tx, "marked again", visit.at, **own.by, changed=count, bank=digest)
    return True
