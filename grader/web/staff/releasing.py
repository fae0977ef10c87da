"""A quiz is published from a page: its papers are drawn in a process of its own, which nobody waits for who answers."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sqlalchemy import Connection
from starlette.responses import Response

from grader import bank
from grader.answers import Level
from grader.cores import watch
from grader.errors import GradmarkError
from grader.papers import roster
from grader.web import publishing
from grader.web.publishing import Published
from grader.web.records import Member, Rules
from grader.web.staff.changes import Refused, rules_of, zone
from grader.web.staff.roles import MAY, office
from grader.web.store import Store, classes, people
from grader.web.visit import Visit
from grader.web.workers import context

SECONDS = 600  # that drawing a class may take


def shown(visit: Visit) -> Response:
    """The form of a quiz that is to be published."""
    with visit.site.store.read() as tx:
        me = office(visit, tx, "change")
        count = len(students(tx, me))
    return page(visit, me, count)


def page(visit: Visit, me: Member, count: int, trouble: str = "") -> Response:
    return visit.page(
        "staff/publish.html",
        422 if trouble else 200,
        me=me,
        may=MAY[me.role],
        quizzes=[*known(visit)],
        count=count,
        rules=Rules(),
        levels=[*Level],
        zone=zone(visit.at),
        trouble=trouble,
        at=visit.at,
    )


def known(visit: Visit) -> dict[str, Path]:
    """The quiz files beside the exercises, by name."""
    folders = [Path(one) for one in visit.site.settings.bank] or [bank.home()]
    found = (path for one in folders for path in sorted((one / "quizzes").glob("*.yaml")))
    return {path.stem: path for path in found}


def students(tx: Connection, me: Member) -> list[dict[str, str]]:
    """The students of a course as a roster has them."""
    names = classes.roster_names(tx, me.course.id)
    about = classes.columns(tx, me.course.id)
    return [
        {
            **{
                key: text
                for key, text in about.get(one.person.id, {}).items()
                if key not in roster.DATES
            },
            "student": names[one.person.id],
            "section": one.section,
            "time_factor": f"{one.time_factor:g}",
        }
        for one in people.members(tx, me.course.id)
        if one.role == "student" and one.person.id in names
    ]


def publish(visit: Visit) -> Response:
    """Draw the papers of a quiz for the students of the course, or of the roster that is given."""
    with visit.site.store.read() as tx:
        me = office(visit, tx, "change")
        rows = students(tx, me)
        names = classes.roster_names(tx, me.course.id)
        staff = {
            names.get(one.person.id, one.person.name)
            for one in people.members(tx, me.course.id)
            if one.is_staff
        }
    with tempfile.TemporaryDirectory() as folder:
        try:
            rules = rules_of(visit, Rules())
            quiz, given = files(visit, Path(folder), rows)
            clash = sorted(staff & roster.read(given).keys())
            if clash:
                raise Refused(f"The roster names {clash[0]}, who is staff here.")
            made = in_a_process(visit, me, quiz, given, rules)
        except (Refused, GradmarkError) as error:
            told = str(error).replace(f"{folder}/", "")
            return page(visit, me, len(rows), told)
    return visit.to(f"/staff/{made.quiz}")


def files(visit: Visit, folder: Path, rows: list[dict[str, str]]) -> tuple[Path, Path]:
    """The quiz file and the roster.

    Raises:
        Refused: there is none.
    """
    pasted, chosen = visit.text("text"), visit.text("quiz")
    quiz = known(visit).get(chosen)
    if pasted.strip():
        quiz = folder / "quiz.yaml"
        quiz.write_text(pasted, "utf-8")
    if quiz is None:
        raise Refused("Choose a quiz, or paste one.")
    given = folder / "roster.csv"
    if visit.text("roster").strip():
        given.write_text(visit.text("roster"), "utf-8")
    elif rows:
        write(given, rows)
    else:
        raise Refused("The course has no students yet: paste a roster.")
    return quiz, given


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """A roster as a file."""
    names = [*dict.fromkeys(name for row in rows for name in row)]
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, names, restval="")
        writer.writeheader()
        writer.writerows(rows)


def in_a_process(visit: Visit, me: Member, quiz: Path, given: Path, rules: Rules) -> Published:
    """Published by a process that ends with it.

    Raises:
        GradmarkError: it cannot be.
    """
    settings = visit.site.settings
    with ProcessPoolExecutor(1, context(), watch) as pool:
        job = pool.submit(
            drawn,
            settings.database,
            settings.bank,
            quiz,
            given,
            me.course.name,
            rules,
            me.person.id,
        )
        found = job.result(SECONDS)
    if isinstance(found, str):
        raise GradmarkError(found)
    return found


def drawn(
    database: str,
    folders: tuple[str, ...],
    quiz: Path,
    given: Path,
    course: str,
    rules: Rules,
    by: int,
) -> Published | str:
    """What the process does; in words, where it cannot be done."""
    store = Store(database)
    try:
        exercises: Mapping[str, bank.Exercise] = bank.load_folder(*map(Path, folders))
        return publishing.publish(store, quiz, given, exercises, course, rules, by)
    except GradmarkError as error:
        return str(error)
    finally:
        store.close()
