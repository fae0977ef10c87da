"""A quiz for a class: who gets what, notebooks to hand out, keys and values to keep.

What is handed out is what is marked: the manifest is written before any paper, and a paper is written from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grader.cores import Each, crew
from grader.errors import AuthorError, UsageError
from grader.papers import blueprint, notebook, reports, roster
from grader.papers import folder as kept
from grader.papers.balancing import USUAL, draw_papers
from grader.papers.files import Progress, alone, no_progress, write_private, write_text
from grader.papers.measuring import Measure
from grader.papers.records import Manifest, Paper
from grader.papers.restoring import Bank, Page, Wanted, held, pages
from grader.words import counted, in_points, listed

Pages = dict[tuple[str, str], Page]  # by student and exercise
WORTH = 20  # papers for which one more process is worth its start


class Made(Struct, frozen=True):
    """The papers of a quiz, and what staff should know of this run."""

    manifest: Manifest
    notes: tuple[str, ...] = ()


def make_quiz(
    quiz_file: Path,
    roster_file: Path,
    out: Path,
    known: Bank,
    secret_file: Path | None = None,
    progress: Progress = no_progress,
    measure: Measure = USUAL,
    jobs: int = 1,
) -> Made:
    """Write ``papers/`` for students and ``staff/`` for staff below ``out``.

    Papers that were made before are kept as they are, so a roster can grow and shrink, and a run that broke off goes on.

    Args:
        jobs: processes at once, fewer for a small class.

    Raises:
        AuthorError: the quiz, the roster or an exercise cannot be used; nothing is written then.
        UsageError: the folder holds other papers, or has lost what is needed to mark them; nothing is written then.
    """
    quiz = blueprint.load(quiz_file, known)
    students = roster.read(roster_file)
    with alone(out / "staff"):
        before = kept.made_before(out)
        if before is not None and before.quiz != quiz.id:
            raise UsageError(
                f"{out} holds the papers of the quiz '{before.quiz}', not of '{quiz.id}'"
            )
        secret = kept.quiz_secret(out, secret_file, before)
        old = {paper.student: paper for paper in before.papers} if before else {}
        kept.check_spellings(students, old, roster_file)
        fresh = [one for one in students if one not in old]
        with crew(known, min(jobs, 1 + len(students) // WORTH)) as each:
            new = draw_papers(quiz, fresh, secret, known, progress, measure, each)
            everyone = [*enrolled(old.values(), students), *enrolled(new, students)]
            manifest = Manifest(quiz.id, quiz.title, quiz.text, everyone, blueprint.digest(quiz))
            missing = kept.unwritten(out, [one for one in everyone if not one.left])
            found = all_pages(everyone, missing, each, progress)
        if not kept.secret_file(out).exists():
            write_private(kept.secret_file(out), secret.hex() + "\n")
        write_text(kept.manifest_file(out), msgspec.json.encode(manifest).decode() + "\n")
        keys = reports.key_table(manifest, list(key_rows(everyone, found)))
        write_text(out / "staff" / "key.csv", keys)
        (out / "papers").mkdir(exist_ok=True)
        for paper in missing:
            text = written(paper, manifest, found)
            write_text(kept.paper_file(out, paper.student), text)
    again = [one for one in missing if one.student in old]
    return Made(manifest, tuple(remarks(before, manifest, again, known)))


def enrolled(papers: Iterable[Paper], students: Mapping[str, Mapping[str, str]]) -> Iterator[Paper]:
    """Papers with what the roster says of their students now."""
    for paper in papers:
        on_it = paper.student in students
        columns = dict(students[paper.student]) if on_it else paper.columns
        yield replace(paper, columns=columns, left=not on_it)


def all_pages(
    everyone: Sequence[Paper], missing: Sequence[Paper], each: Each, progress: Progress
) -> Pages:
    """What papers and keys say of every exercise; in print for papers that are missing.

    Raises:
        AuthorError: a paper is missing, and one of its exercises cannot be restored.
    """
    printed = {
        (one.student, item.draw.exercise): item.weight for one in missing for item in one.items
    }
    holders = held(everyone)
    wanted = [
        Wanted(name, own, {one: printed[one, name] for one, _ in own if (one, name) in printed})
        for name, own in holders.items()
    ]
    found: Pages = {}
    for one, made in zip(
        progress(wanted, "writing papers"), each(pages, wanted, attrgetter("exercise")), strict=True
    ):
        for student, page in made.items():
            if not isinstance(page, AuthorError):
                found[student, one.exercise] = page
            elif (student, one.exercise) in printed:
                raise page
    return found


def written(paper: Paper, manifest: Manifest, found: Pages) -> str:
    """The notebook of a paper."""
    sheets = [found[paper.student, item.draw.exercise].sheet for item in paper.items]
    return notebook.write(
        manifest.quiz,
        manifest.title,
        manifest.text,
        paper.student,
        paper.code,
        [one for one in sheets if one is not None],
        [*roster.times(paper.columns)],
    )


def remarks(
    before: Manifest | None, now: Manifest, again: Sequence[Paper], known: Bank
) -> Iterator[str]:
    """What staff should know: who is new or left, what was written again, and in what papers differ."""
    handed_out = [paper for paper in now.papers if not paper.left]
    lacking = [one for one in held(handed_out) if one not in known]
    if lacking:
        yield f"papers use what the bank does not have, so that it cannot be marked: {listed(lacking)}"
    totals = sorted({round(total(one, known), 4) for one in handed_out if fits(one, known)})
    if len(totals) > 1:
        shown = f"{in_points(totals[0])} to {in_points(totals[-1])}"
        yield f"papers are worth {shown} points: give the picks that choose 'points' to make them alike"
    if before is None:
        return
    old = {paper.student: paper for paper in before.papers}
    new = [paper.student for paper in now.papers if paper.student not in old]
    back = [
        one.student
        for one in now.papers
        if not one.left and one.student in old and old[one.student].left
    ]
    gone = [one.student for one in now.papers if one.left and not old[one.student].left]
    for who, what in ((new, "new"), (back, "back"), (gone, "no longer on the roster")):
        if who:
            yield f"{counted(len(who), 'student')} {what}: {listed(who)}"
    if again:
        names = listed([paper.student for paper in again])
        yield f"{counted(len(again), 'file')} of an earlier run missing, written from its values: {names}"
        edited = changed(again, known)
        if edited:
            yield f"in words of today, as these exercises were changed since: {', '.join(edited)}"
    if before.picks not in ("", now.picks):
        stay = counted(len(old), "earlier paper")
        yield f"the quiz was changed since papers were made last: {stay} stay as they are"


def fits(paper: Paper, known: Bank) -> bool:
    """Does the bank have all its exercises?"""
    return all(item.draw.exercise in known for item in paper.items)


def total(paper: Paper, known: Bank) -> float:
    return sum(known[item.draw.exercise].points * item.weight for item in paper.items)


def changed(papers: Sequence[Paper], known: Bank) -> list[str]:
    """Exercises that were edited after papers were made."""
    draws = [item.draw for paper in papers for item in paper.items]
    edited = [one.exercise for one in draws if known[one.exercise].digest != one.digest]
    return sorted({*edited})


def key_rows(made: Sequence[Paper], found: Pages) -> Iterator[tuple[str, str, str, str, str]]:
    for paper in made:
        for item in paper.items:
            name = item.draw.exercise
            page = found.get((paper.student, name))
            for address, shown, tolerance in page.keys if page else ():
                yield paper.student, name, address, shown, tolerance
