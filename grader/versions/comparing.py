"""Two versions of an exercise side by side: what becomes of variants, keys, tolerances, points, words and marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from grader.answers import Key, Verdict
from grader.drawing import Seed, Variant
from grader.marking import Marks, shown
from grader.model import Blank
from grader.sheets import Notation, in_print

Pair = tuple[Variant, Variant]
Told = Callable[[Blank, Key], str]


class Status(StrEnum):
    """What became of an exercise."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    UNUSABLE = "unusable"  # by one of the versions, or both


class Shift(Struct, frozen=True):
    """One thing of a blank that differs: in how many variants, and what it is in the first of them."""

    blank: str
    variants: int
    seed: Seed
    old: str
    new: str


class Difference(Struct, frozen=True, omit_defaults=True):
    """One exercise in two versions.

    ``compared``: how many variants both versions have; ``variants``: how many of them differ, and in
    which ``parts`` of what is drawn. The rest is compared in the variants that stay; but for ``sheets``,
    which read otherwise, in all of them where none stays. ``troubles``: what a version cannot load or draw.
    """

    exercise: str
    status: Status
    compared: int = 0
    variants: int = 0
    parts: dict[str, int] = {}
    sheets: int = 0
    keys: tuple[Shift, ...] = ()
    tolerances: tuple[Shift, ...] = ()
    points: tuple[Shift, ...] = ()
    added: tuple[str, ...] = ()  # blanks
    removed: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def marked_otherwise(self) -> bool:
        """Does anything differ that marks depend on?"""
        shifts = (*self.keys, *self.tolerances, *self.points, *self.added, *self.removed)
        return bool(self.variants or shifts)


class MarkShift(Struct, frozen=True):
    """A mark that differs; a blank that a version has not has no verdict there."""

    student: str
    exercise: str
    seed: Seed
    blank: str
    old: Verdict | None
    new: Verdict | None
    old_points: float = 0
    new_points: float = 0


def compare(
    exercise: str,
    old: Mapping[Seed, Variant | str],
    new: Mapping[Seed, Variant | str],
) -> Difference:
    """What changed of an exercise, over the variants of the same seeds.

    Args:
        old, new: seed → variant, or why there is none.
    """
    pairs = [
        (before, after)
        for seed, before in old.items()
        if isinstance(before, Variant) and isinstance(after := new[seed], Variant)
    ]
    drawn = [[*redrawn(*pair)] for pair in pairs]
    same = [pair for pair, parts in zip(pairs, drawn, strict=True) if not parts]
    looked_at = same or pairs
    had, has = (blanks(pair[side] for pair in pairs) for side in (0, 1))
    return Difference(
        exercise,
        Status.CHANGED,
        compared=len(pairs),
        variants=len(pairs) - len(same),
        parts=dict(Counter(part for parts in drawn for part in parts)),
        sheets=sum(read(one) != read(other) for one, other in same),
        keys=shifts(looked_at, lambda _, key: key.show()),
        tolerances=shifts(looked_at, lambda _, key: key.leeway()),
        points=shifts(looked_at, lambda blank, _: f"{shown(blank.points):g}"),
        added=tuple(name for name in has if name not in had),
        removed=tuple(name for name in had if name not in has),
        troubles=(*troubles("old", old), *troubles("new", new)),
    )


def redrawn(old: Variant, new: Variant) -> Iterator[str]:
    """The parts of a draw that differ; sizes that no student sees do not count."""
    one, other = old.draw, new.draw
    if one.choices != other.choices:
        yield "structure"
    if (one.values, sizes(old)) != (other.values, sizes(new)):
        yield "values"
    if one.orders != other.orders:
        yield "order"


def sizes(of: Variant) -> dict[str, int]:
    return {name: of.draw.sizes[name] for name in of.solved.model.visible_sizes}


def blanks(variants: Iterator[Variant]) -> dict[str, None]:
    """The addresses of all blanks, in order."""
    return dict.fromkeys(address for one in variants for address in one.keys)


def shifts(pairs: Sequence[Pair], told: Told) -> tuple[Shift, ...]:
    """What ``told`` says of each blank, where the versions differ in it."""
    found: dict[str, Shift] = {}
    for old, new in pairs:
        after = new.keys
        for address, before in old.keys.items():
            if address not in after:
                continue
            texts = told(*before), told(*after[address])
            if texts[0] != texts[1]:
                first = found.get(address) or Shift(address, 0, old.draw.seed, *texts)
                found[address] = Shift(
                    address, first.variants + 1, first.seed, first.old, first.new
                )
    return tuple(found.values())


def read(of: Variant) -> tuple[object, ...]:
    """What a student reads, but for points."""
    page = in_print(of, Notation.PLAIN)
    asked = {one.id: (one.text, one.options, one.items) for one in page.questions}
    hints = {
        name: (how.called, how.how) for one in page.questions for name, how in one.blanks.items()
    }
    return page.title, page.stem, asked, hints


def troubles(side: str, drawn: Mapping[Seed, Variant | str]) -> Iterator[str]:
    """How many variants are missing, and why the first is."""
    missing = [reason for reason in drawn.values() if isinstance(reason, str)]
    if missing:
        yield f"{side}: {len(missing)} of {len(drawn)} variants cannot be drawn; {missing[0]}"


def mark_shifts(old: Marks, new: Marks) -> Iterator[MarkShift]:
    """The blanks of one student's answers to one exercise that are marked otherwise."""
    for blank in {**old.marks, **new.marks}:
        before, after = (
            (mark.verdict, mark.points) if (mark := marks.marks.get(blank)) else (None, 0)
            for marks in (old, new)
        )
        if before != after:
            yield MarkShift(
                old.student, old.exercise, old.seed, blank,
                before[0], after[0], before[1], after[1],
            )  # fmt: skip
