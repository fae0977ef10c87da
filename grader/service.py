"""The use cases: the one place where the stages meet."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from grader import bank, papers, reports
from grader.answers import Key, MatrixKey, NumberKey
from grader.answers.number import show_number
from grader.drawing import Variant, printed_variant, restored, survey, variants
from grader.errors import AuthorError, Problem, SubmissionError, UsageError
from grader.formats import jsonl, notebook, roster
from grader.formats.jsonl import BadLine
from grader.grading import grade
from grader.prompts import Notation, Sheet, sheet
from grader.records import (
    Answers,
    Exercise,
    Item,
    Manifest,
    Marks,
    Paper,
    Submission,
)
from grader.reports import Graded

CHUNK = 2000  # lines that are marked together

Bank = Mapping[str, Exercise]
Progress = Callable[[Sequence[Any], str], Iterable[Any]]


def no_progress(items: Sequence[Any], label: str) -> Iterable[Any]:
    return items


# One exercise


def find(name: str, folders: Sequence[Path] = ()) -> Exercise:
    """An exercise by its id in the bank, or by the path of its file.

    Raises:
        UsageError: there is none.
        AuthorError: its file cannot be used.
    """
    if name.endswith((".yaml", ".yml")):
        return bank.load(bank.files([Path(name)])[0])
    files = bank.files(folders or [bank.home()])
    for path in files:
        if path.stem == name:  # the usual place, so that a fault elsewhere is no matter
            return bank.load(path)
    known = bank.load_folder(*folders)
    if name not in known:
        raise UsageError(f"no exercise '{name}' in the bank; 'gradmark list' shows what there is")
    return known[name]


def variant(exercise: Exercise, seed: int | str) -> Variant:
    """One variant; the seed ``printed`` is the pinned one."""
    return printed_variant(exercise) if seed == "printed" else variants(exercise, [seed])[0]


def in_print(of: Variant, notation: Notation = Notation.LATEX, weight: float = 1) -> Sheet:
    return sheet(of.solved.model, of.draw, notation, weight)


def solution(of: Variant) -> list[tuple[str, str, str]]:
    """(address, key, how far an answer may be off) of each blank."""
    return [(address, key.show(), within(key)) for address, (_, key) in of.keys.items()]


def within(key: Key) -> str:
    """The tolerance of a key for staff to read."""
    match key:
        case NumberKey(_, distance):
            return f"± {show_number(float(f'{distance:.3g}'))}"
        case MatrixKey(_, rows):
            return f"± {show_number(float(f'{max(max(row) for row in rows):.3g}'))}"
    return "exact"


def mark(of: Variant, answers: Mapping[str, str], student: str = "") -> Marks:
    """The marks of answers by address within the exercise."""
    draw = of.draw
    return grade(of.keys, answers, student=student, exercise=draw.exercise, seed=draw.seed)


# Quizzes


def make_quiz(
    quiz_file: Path,
    roster_file: Path,
    out: Path,
    known: Bank,
    secret_file: Path | None = None,
    progress: Progress = no_progress,
) -> Manifest:
    """Write ``papers/`` for students and ``staff/`` for staff below ``out``.

    Papers that were made before are kept as they are, so a roster can grow.

    Raises:
        AuthorError: the quiz, the roster or an exercise cannot be used; nothing is written then.
    """
    quiz = papers.load(quiz_file, known)
    students = roster.read(roster_file)
    staff = out / "staff"
    secret = quiz_secret(staff / "secret", secret_file)
    old = read_manifest(out) if (staff / "manifest.json").exists() else None
    if old is not None and old.quiz != quiz.id:
        raise UsageError(f"{out} holds the papers of the quiz '{old.quiz}', not of '{quiz.id}'")
    kept = {paper.student: paper for paper in old.papers} if old else {}
    made = draw_papers(quiz, [s for s in students if s not in kept], secret, known, progress)
    everyone = [*kept.values(), *made]
    manifest = Manifest(quiz.id, quiz.title, quiz.text, everyone)
    solved = restore_all(everyone, known)
    (out / "papers").mkdir(parents=True, exist_ok=True)
    staff.mkdir(exist_ok=True)
    write_private(staff / "secret", secret.hex() + "\n")
    for paper in progress(everyone, "writing papers"):
        sheets = [
            in_print(solved[paper.student, item.draw.exercise], weight=item.weight)
            for item in paper.items
        ]
        text = notebook.write(quiz.id, quiz.title, quiz.text, paper.student, paper.code, sheets)
        write_text(out / "papers" / f"{paper.student}.ipynb", text)
    write_text(staff / "key.csv", reports.key_table(manifest, list(key_rows(everyone, solved))))
    write_text(staff / "manifest.json", msgspec.json.encode(manifest).decode() + "\n")
    return manifest


def draw_papers(
    quiz: papers.Quiz,
    students: Sequence[str],
    secret: bytes,
    known: Bank,
    progress: Progress,
) -> list[Paper]:
    """A paper for each student; each exercise is drawn for all of them at once."""
    assigned = {student: papers.assign(quiz, student, secret) for student in students}
    seeds: dict[str, list[tuple[str, int]]] = {}
    for student, items in assigned.items():
        for item in items:
            seeds.setdefault(item.exercise, []).append((student, item.seed))
    drawn: dict[tuple[str, str], Variant] = {}
    for name in progress(list(seeds), "drawing variants"):
        found = variants(known[name], [seed for _, seed in seeds[name]])
        drawn |= {
            (student, name): one for (student, _), one in zip(seeds[name], found, strict=True)
        }
    made = []
    for student, items in assigned.items():
        code = papers.code(secret, quiz.id, student, [item.exercise for item in items])
        parts = tuple(
            Item(drawn[student, item.exercise].draw, weight(known[item.exercise], item.points))
            for item in items
        )
        made.append(Paper(student, code, parts))
    return made


def weight(exercise: Exercise, points: float | None) -> float:
    """What the points of an exercise are multiplied by so that they add up to ``points``."""
    if points is None:
        return 1.0
    return points / sum(question.points for question in exercise.file.questions)


def key_rows(
    made: Sequence[Paper], solved: Mapping[tuple[str, str], Variant]
) -> Iterator[tuple[str, str, str, str, str]]:
    for paper in made:
        for item in paper.items:
            name = item.draw.exercise
            for address, key, distance in solution(solved[paper.student, name]):
                yield paper.student, name, address, key, distance


def restore_all(made: Sequence[Paper], known: Bank) -> dict[tuple[str, str], Variant]:
    """(student, exercise) → variant, from the values that the papers store.

    Raises:
        AuthorError: an exercise is gone, or was changed so that a stored variant does not fit it.
    """
    wanted: dict[str, list[Paper]] = {}
    for paper in made:
        for item in paper.items:
            wanted.setdefault(item.draw.exercise, []).append(paper)
    found: dict[tuple[str, str], Variant] = {}
    for name, holders in wanted.items():
        if name not in known:
            raise AuthorError(Problem("bank", f"the papers use '{name}', which is not there"))
        draws = [
            item.draw for paper in holders for item in paper.items if item.draw.exercise == name
        ]
        for paper, one in zip(holders, restored(known[name], draws), strict=True):
            found[paper.student, name] = one
    return found


def quiz_secret(kept: Path, given: Path | None) -> bytes:
    """The secret of a quiz: the one kept with its papers, the one given, or a new one.

    Raises:
        UsageError: another secret than the one the papers were made with is given.
    """
    if given is None:
        return read_secret(kept) if kept.exists() else secrets.token_bytes(32)
    secret = read_secret(given)
    if kept.exists() and read_secret(kept) != secret:
        raise UsageError(f"{given}: these papers were made with another secret")
    return secret


def read_secret(path: Path) -> bytes:
    """A secret from its file.

    Raises:
        UsageError: there is none, or it is too short.
    """
    try:
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        raise UsageError(f"{path}: expected a secret of hexadecimal digits") from None
    if len(secret) < 16:
        raise UsageError(f"{path}: expected at least 32 hexadecimal digits")
    return secret


def read_manifest(folder: Path) -> Manifest:
    """The papers of a quiz.

    Raises:
        UsageError: the folder holds none.
    """
    path = folder / "staff" / "manifest.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: no quiz was made here ({error})") from None


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


# Grading notebooks


def grade_notebooks(
    paths: Sequence[Path], folder: Path, known: Bank, progress: Progress = no_progress
) -> list[Graded]:
    """The marks of everyone on the manifest, then what could not be given to anyone."""
    manifest = read_manifest(folder)
    secret = read_secret(folder / "staff" / "secret")
    solved = restore_all(manifest.papers, known)
    by_student = {paper.student: paper for paper in manifest.papers}
    handed_in: dict[str, list[Submission]] = {student: [] for student in by_student}
    lost: list[Graded] = []
    for path in progress(submissions(paths), "reading"):
        try:
            read = notebook.read(path)
            owner(read, manifest, by_student, secret)
        except SubmissionError as error:
            lost.append(Graded("", path.name, (), (), error.problems[0].message))
        else:
            handed_in[read.student].append(read)
    graded = [
        grade_paper(by_student[student], found, solved, known)
        for student, found in progress(list(handed_in.items()), "marking")
    ]
    return by_file_name(graded, lost)


def by_file_name(graded: Sequence[Graded], lost: Sequence[Graded]) -> list[Graded]:
    """Rows of students, those without a paper taking on a lost file that bears their name; then the rest."""
    named = {Path(one.file).stem: one for one in lost}
    rows = []
    for one in graded:
        if not one.file and one.student in named:
            other = named.pop(one.student)
            one = replace(one, file=other.file, problem=other.problem)
        rows.append(one)
    taken = {row.file for row in rows if row.problem}
    return [*rows, *(one for one in lost if one.file not in taken)]


def submissions(paths: Sequence[Path]) -> list[Path]:
    """The notebooks below files and folders.

    Raises:
        UsageError: a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"no such file or folder: {path}")
        below = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [file for file in below if ".ipynb_checkpoints" not in file.parts]
    return found


def owner(
    read: Submission, manifest: Manifest, by_student: Mapping[str, Paper], secret: bytes
) -> None:
    """Make sure that a submission is one of our papers, and unaltered.

    Raises:
        SubmissionError: it is for another quiz, an unknown paper, or its identity was changed.
    """
    if read.quiz != manifest.quiz:
        message = f"it is a paper of the quiz '{read.quiz}', expected '{manifest.quiz}'"
        raise SubmissionError(Problem(read.file, message))
    paper = by_student.get(read.student)
    if paper is None:
        message = f"unknown paper: no student '{read.student}' has one in this quiz"
        raise SubmissionError(Problem(read.file, message))
    exercises = [item.draw.exercise for item in paper.items]
    expected = papers.code(secret, manifest.quiz, read.student, exercises)
    if not papers.genuine(read.code, expected):
        message = f"the paper's code does not belong to '{read.student}': it was altered or swapped"
        raise SubmissionError(Problem(read.file, message))


def grade_paper(
    paper: Paper,
    found: Sequence[Submission],
    solved: Mapping[tuple[str, str], Variant],
    known: Bank,
) -> Graded:
    """The marks of one student, from the one submission that counts."""
    variants_of = [(item, solved[paper.student, item.draw.exercise]) for item in paper.items]
    empty = Submission("", "", paper.student, "", {})
    submission = found[0] if found else empty
    marks, expected = [], dict[str, None]()
    for item, one in variants_of:
        prefix = item.draw.exercise + "/"
        keys = one.keys
        expected |= dict.fromkeys(prefix + address for address in keys)
        marks.append(
            grade(
                keys,
                below(prefix, submission.answers, keys),
                student=paper.student,
                exercise=item.draw.exercise,
                seed=item.draw.seed,
                weight=item.weight,
                unreadable=below(prefix, submission.unreadable, keys),
            )
        )
    file = ", ".join(Path(one.file).name for one in found)
    problem = ""
    if not found:
        problem = "nothing handed in"
    elif any(one.answers != submission.answers for one in found[1:]):
        problem = f"{len(found)} files with different answers: {file}"
    if problem:
        return Graded(paper.student, file, tuple(blank_out(marks)), (), problem)
    notes = [*submission.notes, *notebook.missing(submission, expected)]
    notes += naming(submission, paper.student) + changed(paper, known)
    return Graded(paper.student, file, tuple(marks), tuple(notes))


def blank_out(marks: Sequence[Marks]) -> list[Marks]:
    """Marks of which only what they are out of is known."""
    return [Marks(m.student, m.exercise, m.seed, 0, m.out_of) for m in marks]


def below(prefix: str, texts: Mapping[str, str], keys: Mapping[str, object]) -> dict[str, str]:
    """The texts of one exercise, by address within it."""
    inside = {
        name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)
    }
    return {address: text for address, text in inside.items() if address in keys}


def naming(submission: Submission, student: str) -> list[str]:
    stem = Path(submission.file).stem
    if student.casefold() in stem.casefold():
        return []
    return [f"the file is named '{stem}', the paper inside is that of '{student}'"]


def changed(paper: Paper, known: Bank) -> list[str]:
    """Exercises that were edited after the paper was made; they are marked as they are now."""
    edited = [
        item.draw.exercise
        for item in paper.items
        if known[item.draw.exercise].digest != item.draw.digest
    ]
    return [f"changed since the paper was made: {', '.join(edited)}"] if edited else []


# Grading JSON lines


def grade_lines(lines: Iterable[bytes], known: Bank) -> Iterator[Marks | BadLine]:
    """A result for each line, in order."""
    chunk: list[tuple[int, Answers | BadLine]] = []
    for line in jsonl.read(lines):
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield from grade_chunk(chunk, known)
            chunk = []
    yield from grade_chunk(chunk, known)


def grade_chunk(
    chunk: Sequence[tuple[int, Answers | BadLine]], known: Bank
) -> Iterator[Marks | BadLine]:
    """Some lines, each exercise drawn once for all of them."""
    wanted: dict[str, dict[int | str, None]] = {}
    for _, line in chunk:
        if isinstance(line, Answers) and line.exercise in known:
            wanted.setdefault(line.exercise, {})[line.seed] = None
    drawn: dict[tuple[str, int | str], Variant | str] = {}
    for name, seeds in wanted.items():
        drawn |= {(name, seed): one for seed, one in draw_seeds(known[name], list(seeds)).items()}
    for number, line in chunk:
        if isinstance(line, BadLine):
            yield line
            continue
        one = drawn.get((line.exercise, line.seed), f"no exercise '{line.exercise}' in the bank")
        if isinstance(one, str):
            yield BadLine(number, one)
        else:
            yield mark(one, line.answers, line.student)


def draw_seeds(exercise: Exercise, seeds: Sequence[int | str]) -> dict[int | str, Variant | str]:
    """Seed → variant, or why there is none."""
    found: dict[int | str, Variant | str] = {}
    try:
        if "printed" in seeds:
            found["printed"] = printed_variant(exercise)
        drawn = [seed for seed in seeds if seed != "printed"]
        for seed, one in zip(drawn, survey(exercise, drawn)[0], strict=True):
            found[seed] = one or f"seed {seed} of '{exercise.id}' has no good variant"
    except AuthorError as error:
        return {seed: found.get(seed, str(error)) for seed in seeds}
    return found
