"""Which papers of a quiz are exported, and for whom: all of them, some versions, or pools of variants."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import string
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from grader import papers
from grader.drawing import Variant
from grader.errors import UsageError
from grader.exports.items import Item, item
from grader.exports.labels import Locale
from grader.papers import Bank, Manifest, Paper
from grader.sheets import Sheet
from grader.words import counted, listed

MARK = re.compile(r"gradmark:([0-9a-f]{12})(?:/([\w.-]+(?::[0-9]+)?))?")


def named(code: str) -> str:
    """How the code of a question stands where students may see it, and `collect` finds it."""
    return f"gradmark:{code}"


class Mode(StrEnum):
    """How variants reach students."""

    PAPERS = "papers"  # everyone has a paper
    VERSIONS = "versions"  # some papers, each for several students
    VARIANTS = "variants"  # the program draws a variant of each exercise for each student


class Set(Struct, frozen=True):
    """One paper as it is exported: what it is called, its code, who has it, and what is on it.

    ``paper``, ``variants``: what it was made from, for targets that print it themselves.
    """

    name: str
    code: str
    students: tuple[str, ...]
    items: tuple[Item, ...]
    paper: Paper | None = None
    variants: tuple[Variant, ...] = ()

    @property
    def sheets(self) -> list[Sheet]:
        """Its exercises as they are printed."""
        return [one.sheet for one in self.items]


class Source(Struct, frozen=True):
    """What a quiz is exported from: its folder, the exercises it uses, and wheels for programs that run gradmark themselves."""

    folder: Path = Path()
    exercises: Bank = {}
    wheels: Path | None = None


class Package(Struct, frozen=True):
    """All that is exported of a quiz; ``digest`` is that of the exercises used."""

    quiz: str
    title: str
    text: str
    mode: Mode
    sets: tuple[Set, ...]
    digest: str
    locale: Locale = Locale.EN
    source: Source = Source()

    @property
    def items(self) -> list[Item]:
        """Every exercise of every paper."""
        return [one for each in self.sets for one in each.items]

    @property
    def pools(self) -> Mapping[int, list[Item]]:
        """The variants from which each place of the quiz is filled, by its number from 1; each variant once."""
        found: dict[int, dict[tuple[str, int | str], Item]] = {}
        for each in self.sets:
            for place, one in enumerate(each.items, start=1):
                found.setdefault(place, {}).setdefault((one.exercise, one.seed), one)
        return {place: [*pool.values()] for place, pool in found.items()}


class Selection(Struct, frozen=True):
    """What is asked for: a number of variants or of versions, or the papers of a roster; at most one of them. ``wheels``: a folder of them."""

    variants: int = 0
    versions: int = 0
    roster: Path | None = None
    wheels: Path | None = None

    @property
    def mode(self) -> Mode:
        return Mode.VARIANTS if self.variants else Mode.VERSIONS if self.versions else Mode.PAPERS


def packed(folder: Path, known: Bank, selection: Selection, locale: Locale) -> Package:
    """The papers of a quiz that are exported.

    Raises:
        UsageError: there are not as many papers, or a student of the roster has none.
        AuthorError: an exercise no longer fits its papers.
    """
    manifest = papers.read_manifest(folder)
    chosen = [*assigned(manifest, folder, selection)]
    solved = papers.restore_all([paper for _, paper, _ in chosen], known)
    sets = tuple(
        Set(
            name,
            paper.code,
            students,
            tuple(
                item(paper, one, solved[paper.student, one.draw.exercise], locale)
                for one in paper.items
            ),
            paper,
            tuple(solved[paper.student, one.draw.exercise] for one in paper.items),
        )
        for name, paper, students in chosen
    )
    used = sorted({one.exercise for each in sets for one in each.items})
    text = "\n".join(f"{name} {known[name].digest}" for name in used)
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    source = Source(folder, {name: known[name] for name in used}, selection.wheels)
    return Package(
        manifest.quiz, manifest.title, manifest.text, selection.mode, sets, digest, locale, source
    )


def assigned(
    manifest: Manifest, folder: Path, selection: Selection
) -> Iterator[tuple[str, Paper, tuple[str, ...]]]:
    """What each paper is called, the paper, and the students who get it."""
    there = [paper for paper in manifest.papers if not paper.left]
    wanted = selection.variants or selection.versions
    if wanted > len(there):
        raise UsageError(
            f"{folder}: expected at least {counted(wanted, 'paper')}, found {len(there)}: make more with 'gradmark quiz'"
        )
    if selection.mode is Mode.VARIANTS:
        yield from ((paper.code[:6], paper, ()) for paper in there[:wanted])
    elif selection.mode is Mode.VERSIONS:
        students = [paper.student for paper in there]
        for place, paper in enumerate(there[:wanted]):
            yield versions(place), paper, tuple(students[place::wanted])
    else:
        yield from ((one.student, one, (one.student,)) for one in enrolled(there, selection.roster))


def versions(place: int) -> str:
    """A, B, …, Z, AA, and so on."""
    more, place = divmod(place, len(string.ascii_uppercase))
    return (versions(more - 1) if more else "") + string.ascii_uppercase[place]


def enrolled(there: list[Paper], roster: Path | None) -> list[Paper]:
    """The papers of those on a roster; all of them without one."""
    if roster is None:
        return there
    own = {paper.student: paper for paper in there}
    students = papers.roster.read(roster)
    missing = [student for student in students if student not in own]
    if missing:
        raise UsageError(
            f"{roster}: no paper was made for {listed(missing)}: run 'gradmark quiz' with this roster"
        )
    return [own[student] for student in students]


def who_has_which(package: Package) -> bytes:
    """A table of students and versions."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "version"])
    rows = [(student, each.name) for each in package.sets for student in each.students]
    writer.writerows(sorted(rows))
    return out.getvalue().encode()
