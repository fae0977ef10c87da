"""A sample class to look at: two quizzes, one of them answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader import bank, papers
from grader.drawing import Variant
from grader.papers import Bank, roster
from grader.web import dates, publishing
from grader.web.dates import MINUTE
from grader.web.records import Rules
from grader.web.site import DAY, Site
from grader.web.store import people, quizzes, work

COURSE = "Deep learning, autumn 2026"
SECRET = b"gradmark demo secret"
STAFF = {"grader": "grader", "instructor": "instructor"}
Students = Mapping[str, Mapping[str, str]]
Answers = Callable[[str, Mapping[str, Variant]], Mapping[str, str]]


def sample_class(site: Site, answers: Answers) -> None:
    """Publish the quizzes of a sample class, and hand in what simulated students answer; nothing where that was done before."""
    with site.store.read() as tx:
        if people.course_called(tx, COURSE):
            return
    at, home = dates.now(), bank.home() / "quizzes"
    students = roster.read(home / "sample-roster.csv")
    known = bank.load_folder()
    open_quiz = Rules(closes=at + 2 * DAY, minutes=90, attempts=3)
    published(site, "sample-quiz", students, known, open_quiz, answers)
    exam = Rules(opens=at + 7 * DAY, closes=at + 7 * DAY + 4 * 60 * MINUTE, minutes=60, attempts=1)
    published(site, "week-02", students, known, exam)
    practised = Rules(closes=at - DAY, practice=True)
    published(site, "week-01", students, known, practised, answers)
    with site.store.write() as tx:
        within = people.course_named(tx, COURSE)
        for name, role in STAFF.items():
            people.join(tx, within, people.named(tx, people.ROSTER, name), role)


def published(
    site: Site,
    name: str,
    students: Students,
    known: Bank,
    rules: Rules,
    answers: Answers | None = None,
) -> None:
    """Publish a quiz of the bank; where there are ``answers``, all students but the last hand them in."""
    file = bank.home() / "quizzes" / f"{name}.yaml"
    source = publishing.drawn(file, students, known, SECRET)
    with site.store.write() as tx:
        made = publishing.put(tx, source, students, known, COURSE, rules)
    if answers is None:
        return
    solved = papers.restore_all(source.papers, known)
    with site.store.write() as tx:
        for one in source.papers[1:-1]:
            who = people.named(tx, people.ROSTER, one.student)
            held = quizzes.paper_of(tx, made.quiz, who.id)
            variants = {
                item.draw.exercise: solved[one.student, item.draw.exercise] for item in one.items
            }
            if held is not None:
                at = dates.now()
                quizzes.begin(tx, held.id, at)
                work.hand_in(tx, held.id, "demo", answers(one.student, variants), at, "student")
