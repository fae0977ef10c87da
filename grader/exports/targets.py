"""The programs to which a quiz is exported: what each can hold of what kind, and who writes its files.

The table of kinds × targets is what each target's module says in ``TARGET``; nothing else knows a target by name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from grader.errors import UsageError
from grader.exports.items import Blank, Item
from grader.exports.labels import Locale
from grader.exports.losses import LOSSES, Report, Row, lost, report
from grader.exports.package import Mode, Package
from grader.exports.programs import MODULES

FAITHFUL, APPROXIMATED, MANUAL, REFUSED = "FAMR"

KINDS = {
    "number": "a number",
    "count": "a whole number",
    "matrix": "a vector, a matrix, slices",
    "formula": "an expression, polynomial, chain, shape or derivation",
    "choice": "one choice",
    "several-all": "several choices, all or nothing",
    "several-each": "several choices, each counts",
    "several-penalised": "several choices, wrong ones are taken off",
    "match": "texts matched",
    "order": "lines in order",
    "order-distractors": "lines in order, some of which do not belong",
    "text": "a text",
    "other": "a construction, sequence, set, literal, …",
}
FEATURES = {
    "follow-through": "what follows from a wrong answer",
    "credit": "points for a misconception",
    "message": "what is said of a misconception",
}


class Carried(Struct, frozen=True):
    """How well a kind is carried, as what it is written, and the codes of what is lost."""

    fidelity: str
    shape: str
    losses: tuple[str, ...] = ()


Files = Mapping[str, bytes]  # path below the folder → content


def no_more(item: Item, blank: Blank, package: Package) -> Iterator[str]:
    """Nothing else is lost."""
    yield from ()


def as_its_kind(blank: Blank) -> Carried | None:
    """No blank is carried in another way than its kind."""
    return None


def in_decimals(item: Item, blank: Blank) -> float:
    """The points of a blank as most programs keep them."""
    return round(float(blank.points), 4)


class Target(Struct, frozen=True):
    """One program.

    ``title``: as it calls itself. ``kinds``: each of :data:`KINDS` → how it is carried; ``features``: each of
    :data:`FEATURES` → how well. ``write``: makes the files; blanks whose kind is not carried are written for a person. ``steps``: of importing,
    as Markdown. ``exception``: of a blank that is not carried as its kind is. ``further``: codes of what else is lost of a blank.
    ``answers``: to the blanks of an exercise, from what the program reports as responses to its questions, by what stands behind
    the code of the exercise. ``kept``: codes of what is not lost in a language. ``points``: of a blank, as the program counts them. ``modes``: how
    variants can reach students.
    """

    title: str
    kinds: Mapping[str, Carried]
    features: Mapping[str, str]
    write: Callable[[Package, Report], Files]
    steps: tuple[str, ...]
    further: Callable[[Item, Blank, Package], Iterator[str]] = no_more
    kept: Mapping[Locale, tuple[str, ...]] = {}
    answers: Callable[[Item, Mapping[str, str], Locale], dict[str, str]] | None = None
    modes: tuple[Mode, ...] = (Mode.PAPERS, Mode.VERSIONS, Mode.VARIANTS)
    points: Callable[[Item, Blank], float] = in_decimals
    exception: Callable[[Blank], Carried | None] = as_its_kind

    def carried(self, blank: Blank) -> Carried:
        return self.exception(blank) or self.kinds[blank.kind]

    def losses(self, item: Item, blank: Blank, package: Package) -> list[str]:
        """The codes of what is lost of a blank, each once, in the order of their table."""
        carried = self.carried(blank)
        found = {*carried.losses, *self.further(item, blank, package)}
        if carried.fidelity in (FAITHFUL, APPROXIMATED):
            if blank.follows and self.features["follow-through"] != FAITHFUL:
                found.add("follow-through")
            if any(one.credit for one in blank.wrong) and not self.credits(blank):
                found.add("partial-credit")
        if self.points(item, blank) != float(blank.points):
            found.add("point-scale")
        return [code for code in LOSSES if code in found - {*self.kept.get(package.locale, ())}]

    def credits(self, blank: Blank) -> bool:
        """Are the points for misconceptions carried? Where each entry is a blank of its own, none meets all of them."""
        return self.features["credit"] == FAITHFUL and blank.kind != "matrix"

    def rows(self, package: Package) -> Iterator[Row]:
        """What becomes of each blank."""
        seen = set()
        for item in package.items:
            if (item.exercise, item.seed) in seen:
                continue
            seen.add((item.exercise, item.seed))
            for blank in item.blanks:
                carried = self.carried(blank)
                yield Row(
                    item.exercise,
                    item.seed,
                    blank.address,
                    blank.kind,
                    carried.fidelity,
                    carried.shape,
                    round(float(blank.points), 4),
                    self.points(item, blank),
                    lost(self.losses(item, blank, package), package.locale),
                )


class Plan(NamedTuple):
    """A target with what it makes of a package."""

    target: Target
    report: Report


def target(name: str) -> Target:
    """A target by its name.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in MODULES:
        raise UsageError(f"no target '{name}': expected one of {', '.join(MODULES)}")
    found: Target = importlib.import_module(f"{__package__}.{MODULES[name]}").TARGET
    return found


def planned(name: str, package: Package) -> Plan:
    """What a target makes of a package, before anything is written.

    Raises:
        UsageError: variants cannot reach students in this way.
    """
    found = target(name)
    if package.mode not in found.modes:
        ways = ", ".join(one.value for one in found.modes)
        raise UsageError(f"{found.title} takes {ways}, not {package.mode.value}")
    rows = [*found.rows(package)]
    return Plan(found, report(name, package.quiz, package.digest, rows))


def carried() -> Mapping[str, Mapping[str, str]]:
    """The table: kind or feature → target → F, A, M or R."""
    found = {name: target(name) for name in MODULES}
    table = {
        kind: {name: one.kinds[kind].fidelity for name, one in found.items()} for kind in KINDS
    }
    return table | {
        feature: {name: one.features[feature] for name, one in found.items()}
        for feature in FEATURES
    }
