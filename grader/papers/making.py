"""A quiz for a class: who gets what, notebooks to hand out, keys and values to keep."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader.bank import Exercise
from grader.drawing import Variant, restored
from grader.errors import AuthorError, Problem, UsageError
from grader.papers import blueprint, notebook, reports, roster
from grader.papers.balancing import draw_papers
from grader.papers.files import Progress, no_progress, write_private, write_text
from grader.papers.records import Manifest, Paper
from grader.sheets import in_print, solution

Bank = Mapping[str, Exercise]


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
    quiz = blueprint.load(quiz_file, known)
    students = roster.read(roster_file)
    staff = out / "staff"
    secret = quiz_secret(staff / "secret", secret_file)
    old = read_manifest(out) if (staff / "manifest.json").exists() else None
    if old is not None and old.quiz != quiz.id:
        raise UsageError(f"{out} holds the papers of the quiz '{old.quiz}', not of '{quiz.id}'")
    kept = {paper.student: paper for paper in old.papers} if old else {}
    folded = {student.casefold(): student for student in kept}
    for student in students:
        if folded.get(student.casefold(), student) != student:
            other = folded[student.casefold()]
            raise UsageError(f"{roster_file}: '{student}' differs from '{other}' in case only")
    made = draw_papers(quiz, [s for s in students if s not in kept], secret, known, progress)
    everyone = [*kept.values(), *(replace(one, columns=students[one.student]) for one in made)]
    manifest = Manifest(quiz.id, quiz.title, quiz.text, everyone)
    solved = restore_all(everyone, known)
    (out / "papers").mkdir(parents=True, exist_ok=True)
    staff.mkdir(mode=0o700, exist_ok=True)
    if not (staff / "secret").exists():
        write_private(staff / "secret", secret.hex() + "\n")
    unwritten = [one for one in everyone if not (out / "papers" / f"{one.student}.ipynb").exists()]
    for paper in progress(unwritten, "writing papers"):
        sheets = [
            in_print(solved[paper.student, item.draw.exercise], weight=item.weight)
            for item in paper.items
        ]
        text = notebook.write(quiz.id, quiz.title, quiz.text, paper.student, paper.code, sheets)
        write_text(out / "papers" / f"{paper.student}.ipynb", text)
    write_text(staff / "key.csv", reports.key_table(manifest, list(key_rows(everyone, solved))))
    write_text(staff / "manifest.json", msgspec.json.encode(manifest).decode() + "\n")
    return manifest


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
            raise AuthorError(
                Problem("bank", f"the papers use '{name}', which the bank does not have")
            )
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
