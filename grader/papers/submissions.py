"""Marks for what was handed in, from the one submission of a student that counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from msgspec.structs import replace

from grader.answers import Criterion, Verdict, said, sentences
from grader.drawing import Variant
from grader.errors import AuthorError
from grader.marking import VERSION, Mark, Marks, mark
from grader.papers import lines, notebook
from grader.papers.files import Progress, no_progress
from grader.papers.folder import read_manifest
from grader.papers.owners import by_name, read_by_code, read_notebooks
from grader.papers.records import ABSENT, Graded, Item, Manifest, Paper, Submission
from grader.papers.restoring import Bank, restore_each
from grader.words import counted


class Take(StrEnum):
    """Which of several submissions counts; where nothing says so, a person decides."""

    NONE = ""
    NEWEST = "newest"
    FIRST = "first"
    BEST = "best"


def grade_notebooks(
    paths: Sequence[Path],
    folder: Path,
    known: Bank,
    progress: Progress = no_progress,
    take: Take = Take.NONE,
) -> list[Graded]:
    """The marks of everyone on the manifest, then what could not be given to anyone; of notebooks, or of JSON lines."""
    manifest = read_manifest(folder)
    if lines.are_lines(paths):
        return grade_answers(paths, manifest, known, progress)
    handed_in, lost = read_notebooks(paths, folder, manifest, progress)
    present = [one for one in manifest.papers if handed_in[one.student] or not one.left]
    return graded_all(manifest, present, handed_in, lost, known, progress, take)


def grade_by_code(paths: Sequence[Path], manifest: Manifest, known: Bank) -> list[Graded]:
    """The marks of those who handed something in, then what could not be given to anyone; where the quiz's secret must not be."""
    handed_in, lost = read_by_code(paths, manifest)
    present = [one for one in manifest.papers if handed_in[one.student]]
    return graded_all(manifest, present, handed_in, lost, known)


def graded_all(
    manifest: Manifest,
    present: Sequence[Paper],
    handed_in: Mapping[str, Sequence[Submission]],
    lost: Sequence[Graded],
    known: Bank,
    progress: Progress = no_progress,
    take: Take = Take.NONE,
) -> list[Graded]:
    """A row for each of some papers, then those that are of nobody."""
    solved, misfits = restore_each([one for one in present if handed_in[one.student]], known)

    def graded(paper: Paper, found: Sequence[Submission]) -> Graded:
        return grade_paper(paper, found, solved, misfits, known)

    rows = [
        taken(paper, handed_in[paper.student], take, graded)
        for paper in progress(present, "marking")
    ]
    return by_name(rows, lost, [paper.student for paper in manifest.papers])


def grade_answers(
    paths: Sequence[Path], manifest: Manifest, known: Bank, progress: Progress = no_progress
) -> list[Graded]:
    """As :func:`grade_notebooks`, of JSON lines."""
    answered, lost = lines.read(paths, manifest)
    had = [
        answered[paper.student].paper if paper.student in answered else paper
        for paper in manifest.papers
        if paper.student in answered or not paper.left
    ]
    solved, misfits = restore_each([one for one in had if one.student in answered], known)
    rows = []
    for paper in progress(had, "marking"):
        found = []
        if paper.student in answered:
            variants = (solved.get((paper.student, item.draw.exercise)) for item in paper.items)
            blanks = [
                f"{variant.exercise.id}/{address}"
                for variant in variants
                if variant is not None
                for address in variant.addresses
            ]
            given = answered[paper.student].submission
            found = [replace(given, answers={**dict.fromkeys(blanks, ""), **given.answers})]
        rows.append(grade_paper(paper, found, solved, misfits, known))
    return [*rows, *lost]


def grade_paper(
    paper: Paper,
    found: Sequence[Submission],
    solved: Mapping[tuple[str, str], Variant],
    misfits: Mapping[tuple[str, str], AuthorError],
    known: Bank,
) -> Graded:
    """The marks of one student, from the one submission that counts."""
    files = ", ".join(one.file for one in found)
    row = Graded(paper.student, files, (), columns=paper.columns, rubrics=rubrics(paper, solved))
    problem = undecided(found)
    if problem:
        return replace(row, marks=tuple(unmarked(paper, known)), problem=problem)
    submission = found[0]
    marks, expected = [], dict[str, None]()
    unfit = {
        item.draw.exercise: misfits[place].problems[0].message
        for item in paper.items
        if (place := (paper.student, item.draw.exercise)) in misfits
    }
    for item in paper.items:
        name = item.draw.exercise
        if name in unfit:
            marks.append(waiting(paper, item, submission, known))
            expected |= {f"{name}/{address}": None for address in marks[-1].marks}
            continue
        variant = solved[paper.student, name]
        marks.append(marked(variant, paper, item, submission))
        expected |= {f"{name}/{address}": None for address in variant.addresses}
    gone = notebook.missing(submission, expected)
    left = [f"{paper.student} is no longer on the roster"] if paper.left else []
    misfit = [f"{name} no longer fits this paper: {reason}" for name, reason in unfit.items()]
    for_staff = [*left, *misfit, *naming(submission, paper.student), *changed(paper, known)]
    return replace(
        row,
        marks=tuple(marks),
        notes=(*(f"{name} waits for a person" for name in unfit), *submission.notes, *gone),
        for_staff=tuple(for_staff),
        odd=(*submission.odd, *gone, *left),
        answers=submission.answers,
    )


def rubrics(
    paper: Paper, solved: Mapping[tuple[str, str], Variant]
) -> dict[str, Mapping[str, Criterion]]:
    """The criteria of the texts of a paper, by full address."""
    found = {}
    for item in paper.items:
        name = item.draw.exercise
        if (paper.student, name) in solved:
            for blank in solved[paper.student, name].solved.model.blanks:
                if blank.fixed is not None and blank.fixed.criteria():
                    found[f"{name}/{blank.address}"] = blank.fixed.criteria()
    return found


def marked(variant: Variant, paper: Paper, item: Item, submission: Submission) -> Marks:
    """The marks of one exercise."""
    prefix, addresses = f"{item.draw.exercise}/", variant.addresses
    found = mark(
        variant,
        below(prefix, submission.answers, addresses),
        student=paper.student,
        weight=item.weight,
        unreadable=below(prefix, submission.unreadable, addresses),
    )
    return replace(found, slot=item.slot, difficulty=item.difficulty, columns=paper.columns)


# Several submissions of one student


def taken(
    paper: Paper,
    found: Sequence[Submission],
    take: Take,
    graded: Callable[[Paper, Sequence[Submission]], Graded],
) -> Graded:
    """The marks for the submission that counts."""
    filled = [one for one in found if not one.is_untouched] or list(found[:1])
    if len(filled) < 2 or not undecided(filled) or take is Take.NONE:
        return graded(paper, filled)
    if take is Take.BEST:
        rows = [graded(paper, [one]) for one in filled]
        best = max(rows, key=lambda one: one.points or 0)
        return said_of(best, found, "the best")
    times = sorted({one.at for one in filled})
    if not times[0] or len(times) < len(filled):
        row = graded(paper, filled)
        return replace(row, problem=f"{row.problem}; nothing says which is the {take.value}")
    chosen = times[-1] if take is Take.NEWEST else times[0]
    counts = [one for one in filled if one.at == chosen]
    return said_of(graded(paper, counts), found, f"the {take.value}, of {chosen},")


def said_of(row: Graded, found: Sequence[Submission], which: str) -> Graded:
    return replace(row, notes=(f"{which} of {counted(len(found), 'file')} counts", *row.notes))


def undecided(found: Sequence[Submission]) -> str:
    """Why there is no one submission that counts; empty where there is."""
    if not found:
        return ABSENT
    if found[0].borrowed:
        return f"the only paper is in a file of '{found[0].borrowed}'"
    if any(texts(one) != texts(found[0]) for one in found[1:]):
        files = ", ".join(one.file for one in found)
        return f"{len(found)} files with different answers: {files}"
    return ""


def texts(submission: Submission) -> tuple[dict[str, str], dict[str, str]]:
    return submission.answers, submission.unreadable


def unmarked(paper: Paper, known: Bank) -> Iterator[Marks]:
    """Marks without points, of which only the possible points are known."""
    for item in paper.items:
        name = item.draw.exercise
        if name in known:
            yield Marks(paper.student, name, item.draw.seed, 0, worth(item, known))


def worth(item: Item, known: Bank) -> float:
    """The points of an exercise of a paper."""
    name = item.draw.exercise
    return item.out_of or (round(known[name].points * item.weight, 4) if name in known else 0)


def waiting(paper: Paper, item: Item, submission: Submission, known: Bank) -> Marks:
    """The answers to an exercise that no longer fits: all of them wait for a person, for an equal part of its points."""
    name, out_of = item.draw.exercise, worth(item, known)
    prefix = f"{name}/"
    answers = {
        address.removeprefix(prefix): text
        for address, text in submission.answers.items()
        if address.startswith(prefix)
    }
    part, notes = round(out_of / max(len(answers), 1), 4), said("misfit")
    marks = {}
    for address, text in answers.items():
        verdict = Verdict.WAITING if text.strip() else Verdict.BLANK
        marks[address] = Mark(verdict, 0, part, sentences(notes), notes=notes, answer=text)
    return Marks(
        paper.student, name, item.draw.seed, 0, out_of, marks, slot=item.slot, version=VERSION
    )


def below(prefix: str, texts: Mapping[str, str], addresses: Collection[str]) -> dict[str, str]:
    """The texts of one exercise, by address within it."""
    inside = {
        name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)
    }
    return {address: text for address, text in inside.items() if address in addresses}


def naming(submission: Submission, student: str) -> list[str]:
    stem = Path(submission.file).stem
    if student.casefold() in stem.casefold() or submission.file.endswith(lines.SUFFIX):
        return []
    return [f"the file is named '{stem}', the paper inside is that of '{student}'"]


def changed(paper: Paper, known: Bank) -> list[str]:
    """Exercises that were edited after the paper was made; they are marked by their present version."""
    edited = [
        item.draw.exercise
        for item in paper.items
        if item.draw.exercise in known and known[item.draw.exercise].digest != item.draw.digest
    ]
    return [f"changed since the paper was made: {', '.join(edited)}"] if edited else []
