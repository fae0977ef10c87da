"""The folder of a quiz: ``papers/`` to hand out; ``staff/`` with manifest, secret and keys, without which nothing can be marked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from grader.errors import SubmissionError, UsageError
from grader.papers import blueprint, notebook
from grader.papers.records import Manifest, Paper
from grader.papers.roster import plain, spelled_twice
from grader.words import listed


def read_manifest(folder: Path) -> Manifest:
    """The papers of a quiz.

    Raises:
        UsageError: the folder holds none.
    """
    path = manifest_file(folder)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: no quiz was made here ({error})") from None


def manifest_file(folder: Path) -> Path:
    return folder / "staff" / "manifest.json"


def secret_file(folder: Path) -> Path:
    return folder / "staff" / "secret"


def paper_file(folder: Path, student: str) -> Path:
    return folder / "papers" / f"{student}.ipynb"


def read_secret(path: Path) -> bytes:
    """A secret from its file.

    Raises:
        UsageError: there is none, or it is too short.
    """
    try:
        secret = bytes.fromhex(path.read_text("utf-8").strip())
    except (OSError, ValueError):
        raise UsageError(f"{path}: expected a secret of hexadecimal digits") from None
    if len(secret) < 16:
        raise UsageError(f"{path}: expected at least 32 hexadecimal digits")
    return secret


def made_before(folder: Path) -> Manifest | None:
    """The papers that a folder holds; nothing where it holds none.

    Raises:
        UsageError: there are papers to hand out and no manifest, so nobody could mark them.
    """
    if manifest_file(folder).exists():
        return read_manifest(folder)
    if any((folder / "papers").glob("*.ipynb")):
        raise UsageError(
            f"{folder / 'papers'} holds papers, but {manifest_file(folder)} is gone: restore the folder "
            f"'staff' that was made with them, or name another folder with --out"
        )
    return None


def quiz_secret(folder: Path, given: Path | None, manifest: Manifest | None) -> bytes:
    """The secret of a quiz: the one kept with its papers, the one given, or a new one.

    Raises:
        UsageError: the papers were made with a secret that is gone, or with another one.
    """
    kept = secret_file(folder)
    if manifest is not None and given is None and not kept.exists():
        raise UsageError(
            f"{kept} is gone, with which the papers were made: restore it, or name a copy with --secret"
        )
    if given is None and not kept.exists():
        return secrets.token_bytes(32)
    secret = read_secret(given or kept)
    if manifest is not None:
        check_signatures(manifest.papers, manifest.quiz, secret, given or kept)
    return secret


def check_signatures(papers: Iterable[Paper], quiz: str, secret: bytes, path: Path) -> None:
    """Papers of a manifest were made with a secret.

    Raises:
        UsageError: it was made with another one, or changed since.
    """
    strange = [paper.student for paper in papers if not is_signed(paper, quiz, secret)]
    if strange:
        raise UsageError(
            f"{path}: these papers were made with another secret, or the manifest was changed since: "
            f"{listed(strange)}"
        )


def is_signed(paper: Paper, quiz: str, secret: bytes) -> bool:
    """Does a paper of the manifest bear its signature: over its values, or, of an older version, over its exercises?"""
    draws = [item.draw for item in paper.items]
    signatures = (
        blueprint.code(secret, quiz, paper.student, draws),
        blueprint.code_of_names(secret, quiz, paper.student, [draw.exercise for draw in draws]),
    )
    return any(blueprint.genuine(paper.code, one) for one in signatures)


def unwritten(folder: Path, papers: Iterable[Paper]) -> list[Paper]:
    """The papers that have no file yet.

    Raises:
        UsageError: a file is there that is not the paper of the manifest.
    """
    missing, strange = [], []
    for paper in papers:
        path = paper_file(folder, paper.student)
        if not path.exists():
            missing.append(paper)
        elif code_of(path) != paper.code:
            strange.append(path.name)
    if strange:
        raise UsageError(
            f"{folder / 'papers'}: not the papers of the manifest, by which they would be marked: {listed(strange)}. "
            f"Move them away to have the papers of the manifest written"
        )
    return missing


def code_of(path: Path) -> str:
    """The code in a paper; nothing where it has none."""
    try:
        return notebook.read(path).code
    except SubmissionError:
        return ""


# Students


def check_spellings(students: Iterable[str], kept: Mapping[str, object], roster: Path) -> None:
    """No student comes twice under two spellings: in another case, or without the zeros that a spreadsheet takes away.

    Raises:
        UsageError: one does.
    """
    spelled = {plain(student): student for student in kept}
    for student in students:
        other = spelled.setdefault(plain(student), student)
        if other != student:
            raise UsageError(f"{roster}: {spelled_twice(student, other)}")
