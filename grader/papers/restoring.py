"""Variants from the values that papers store, and what papers and keys say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from grader.bank import Exercise
from grader.drawing import Draw, Variant, restored
from grader.errors import AuthorError, Problem
from grader.papers.records import Paper
from grader.sheets import Sheet, in_print

Bank = Mapping[str, Exercise]
Holders = list[tuple[str, Draw]]  # who has which variant of one exercise


class Wanted(Struct, frozen=True):
    """One exercise of a class. ``weights``: of those who need it in print."""

    exercise: str
    holders: Holders
    weights: Mapping[str, float]


class Page(Struct, frozen=True):
    """One exercise of a paper: address, answer and tolerance of each blank, and in print where that is needed."""

    keys: tuple[tuple[str, str, str], ...]
    sheet: Sheet | None = None


def restore_all(made: Sequence[Paper], known: Bank) -> dict[tuple[str, str], Variant]:
    """(student, exercise) → variant, from the values that the papers store.

    Raises:
        AuthorError: an exercise is gone, or was changed so that a stored variant does not fit it.
    """
    found, misfits = restore_each(made, known)
    for error in misfits.values():
        raise error
    return found


def restore_each(
    made: Sequence[Paper], known: Bank
) -> tuple[dict[tuple[str, str], Variant], dict[tuple[str, str], AuthorError]]:
    """As :func:`restore_all`, and for each exercise of a paper that cannot be restored, why not."""
    found: dict[tuple[str, str], Variant] = {}
    misfits: dict[tuple[str, str], AuthorError] = {}
    for name, holders in held(made).items():
        for student, one in restore(name, holders, known).items():
            if isinstance(one, AuthorError):
                misfits[student, name] = one
            else:
                found[student, name] = one
    return found, misfits


def held(made: Sequence[Paper]) -> dict[str, Holders]:
    """Who has which variant of each exercise."""
    found: dict[str, Holders] = {}
    for paper in made:
        for item in paper.items:
            found.setdefault(item.draw.exercise, []).append((paper.student, item.draw))
    return found


def restore(name: str, holders: Holders, known: Bank) -> dict[str, Variant | AuthorError]:
    """The variant of each student, or why there is none."""
    students = [student for student, _ in holders]
    if name not in known:
        gone = Problem("bank", f"the papers use '{name}', which the bank does not have")
        return dict.fromkeys(students, AuthorError(gone))
    try:
        return dict(
            zip(students, restored(known[name], [draw for _, draw in holders]), strict=True)
        )
    except AuthorError:
        return {student: restored_or_not(known[name], draw) for student, draw in holders}


def restored_or_not(exercise: Exercise, draw: Draw) -> Variant | AuthorError:
    try:
        [found] = restored(exercise, [draw])
    except AuthorError as error:
        return error
    return found


def pages(known: Bank, wanted: Wanted) -> dict[str, Page | AuthorError]:
    """The page of each student, or why there is none."""
    found = restore(wanted.exercise, wanted.holders, known)
    return {student: page(one, wanted.weights.get(student)) for student, one in found.items()}


def page(variant: Variant | AuthorError, weight: float | None) -> Page | AuthorError:
    if isinstance(variant, AuthorError):
        return variant
    keys = variant.keys.items()
    return Page(
        tuple((address, key.show(), key.tolerance()) for address, (_, key) in keys),
        None if weight is None else in_print(variant, weight=weight),
    )
