"""What can be said of an answer: as data in a mark, and as sentences where a person reads them.

``SENTENCES`` is the one table of all sentences, each with the level from which on a student sees it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any

from msgspec import Struct

from reference.language.unicode import unicode_name


class Level(IntEnum):
    """How much a student is told; each level tells all that those before it do."""

    RECEIVED = 0  # that an answer is there, and how it was read
    POINTS = 1
    VERDICT = 2  # right or wrong, and in which way
    REMARK = 3  # what may have gone wrong; it helps to find the right answer
    SOLUTION = 4


class Note(Struct, frozen=True, omit_defaults=True):
    """One thing that is said of an answer: the code of its sentence, and what the sentence is about."""

    code: str
    about: Mapping[str, Any] = {}


def said(code: str, **about: Any) -> tuple[Note, ...]:
    """One note, as outcomes hold them; one that is about nothing is the same object each time.

    >>> sentences(said("shape", found="2 × 1", expected="1 × 2") + said("transposed"))
    'the shape is 2 × 1, expected 1 × 2; transposed it is right'
    """
    return (Note(code, about),) if about else plain(code)


@functools.cache
def plain(code: str) -> tuple[Note, ...]:
    return (Note(code),)


def sentences(notes: Iterable[Note], level: Level = Level.SOLUTION) -> str:
    """What notes say, as far as it is told at a level; an unknown code, of a newer version, speaks for itself."""
    return "; ".join(
        text.format(**note.about) if isinstance(text, str) else text(**note.about)
        for note in notes
        for least, text in [SENTENCES.get(note.code, (Level.VERDICT, note.code))]
        if least <= level
    )


def listed(names: list[str]) -> str:
    """Names of quantities; of a blank that has none, what it is called within its question."""
    return " and ".join(
        name.rpartition(".")[2].replace("_", " ") if "." in name else unicode_name(name)
        for name in names
    )


def values(names: list[str]) -> str:
    return f"your value{'s' * (len(names) > 1)} of {listed(names)}"


def formulas(names: list[str]) -> str:
    return f"your formula{'s' * (len(names) > 1)} for {listed(names)}"


def follows(names: list[str]) -> str:
    return f"right from {values(names)}"


def follows_formula(names: list[str]) -> str:
    return f"right from {formulas(names)}"


def entries_follow(right: int, entries: int, names: list[str]) -> str:
    return f"{right} of {entries} entries are right, or right from {values(names)}"


def empty(names: list[str]) -> str:
    which = "leaves" if len(names) == 1 else "leave"
    return f"it follows from {values(names)}, which {which} nothing to compute here"


def empty_formula(names: list[str]) -> str:
    which = "leaves" if len(names) == 1 else "leave"
    return f"it follows from {formulas(names)}, which {which} nothing to find here"


def lines_in_order(placed: int, lines: int, strange: int) -> str:
    found = f"{placed} of {lines} lines stand in the right order"
    return f"{found}, and {strange} of those used do not belong there" if strange else found


def together(names: list[str]) -> str:
    return f"it is judged together with {listed(names)}"


def held(held: int, tried: int) -> str:
    if tried == 1:
        return "what is asked does not hold"
    return f"what is asked holds in {held} of {tried} cases"


def at_a_point(where: str, of: str, found: str, asked: str) -> str:
    place = f"at {where}, " if where else ""
    return place + (f"{of} is {found}" if of else f"{found} comes out") + f", asked is {asked}"


def axes(wrong: list[int]) -> str:
    listed = " and ".join(map(str, wrong))
    return f"axis {listed} is not right" if len(wrong) == 1 else f"axes {listed} are not right"


def members(right: int, members: int, strange: int) -> str:
    found = f"{right} of the {members} that belong to it are there"
    return (
        f"{found}, and {strange} that {'does' if strange == 1 else 'do'} not" if strange else found
    )


SENTENCES: dict[str, tuple[Level, str | Callable[..., str]]] = {
    # How an answer was read
    "unread": (Level.RECEIVED, "{text}"),
    "waiting": (Level.RECEIVED, "a person has to mark this text"),
    "misfit": (
        Level.RECEIVED,
        "the exercise was changed so that it no longer fits this paper; a person has to mark it",
    ),
    "undecided": (
        Level.RECEIVED,
        "gradmark could not decide whether this is right; a person must look at it",
    ),
    "failed": (Level.RECEIVED, "gradmark failed ({failure}); a person must look at this answer"),
    # Right or wrong
    "different": (Level.VERDICT, "not equal to the right answer"),
    "shape": (Level.VERDICT, "the shape is {found}, expected {expected}"),
    "no-fit": (Level.VERDICT, "{text}"),
    "entries": (Level.VERDICT, "{right} of {entries} entries are right"),
    "count": (Level.VERDICT, "not the right number"),
    "count-formula": (Level.VERDICT, "not the right expression"),
    "option": (Level.VERDICT, "not the right option"),
    "options": (Level.VERDICT, "{right} of {options} options are judged rightly"),
    "pairs": (Level.VERDICT, "{right} of {pairs} pairs are right"),
    "lines": (Level.VERDICT, lines_in_order),
    "prefix": (Level.VERDICT, "right up to place {right} of {tokens}"),
    "members": (Level.VERDICT, members),
    "line": (Level.VERDICT, "line {line} is not equal to what is asked for"),
    "equality": (Level.VERDICT, "line {line} says that two sides are equal, which they are not"),
    "step": (Level.VERDICT, "line {line} does not follow from line {before}"),
    "follows": (Level.VERDICT, follows),
    "follows-formula": (Level.VERDICT, follows_formula),
    "entries-follow": (Level.VERDICT, entries_follow),
    "empty": (Level.VERDICT, empty),
    "empty-formula": (Level.VERDICT, empty_formula),
    "holds": (Level.VERDICT, held),
    "domain": (Level.VERDICT, "the numbers must be {expected}"),
    "beside": (Level.VERDICT, together),
    "lacks": (
        Level.VERDICT,
        lambda names: f"{together(names)}, where something is missing or does not fit",
    ),
    "waits": (Level.RECEIVED, lambda names: f"{together(names)}, which could not be read"),
    "person": (Level.VERDICT, "{text}"),
    # Right, but not as asked
    "names": (
        Level.VERDICT,
        "equal to the right answer, but '{name}' is not allowed here: write it in terms of {names}",
    ),
    "form": (Level.VERDICT, "equal to the right answer, but it is to be written {form}"),
    # What helps to find the right answer
    "not-allowed": (Level.REMARK, "'{name}' is not allowed here: write it in terms of {names}"),
    "close": (Level.REMARK, "close, but not within the tolerance: carry more decimals"),
    "even": (Level.REMARK, "close, but this value is exact in a few digits: give it in full"),
    "even-entries": (Level.REMARK, "give exact values in full"),
    "counterexample": (Level.REMARK, at_a_point),
    "places": (Level.REMARK, "place by place: {shown}"),
    "how-many": (Level.REMARK, "the right answer has another number of entries"),
    "unit": (Level.REMARK, "it would be right in another unit: it is asked for in {unit}"),
    "transposed": (Level.REMARK, "transposed it is right"),
    "moved": (Level.REMARK, "with its axes in another order it is right"),
    "would-fit": (Level.REMARK, "a transpose would fit"),
    "swapped": (Level.REMARK, "rows and columns are swapped"),
    "rows": (Level.REMARK, "the number of rows is not right"),
    "columns": (Level.REMARK, "the number of columns is not right"),
    "neither": (Level.REMARK, "neither the number of rows nor that of columns is right"),
    "rank": (
        Level.REMARK,
        lambda found, expected: (
            f"it has {found} ax{'e' if found > 1 else 'i'}s, expected {expected}"
        ),
    ),
    "axis-missing": (Level.REMARK, "axis {axis} is missing"),
    "axes-order": (Level.REMARK, "the axes are right, but not their order"),
    "axes": (Level.REMARK, axes),
    "independent": (Level.REMARK, "the count does not depend on {names}"),
    "proof": (Level.REMARK, "{text}"),
    "factor-missing": (Level.REMARK, "the factor {factor} is missing"),
    "factor": (Level.REMARK, "{text}"),
    "ways": (Level.REMARK, "{of} depends on {by} along {ways} ways, found {found}"),
    "way-twice": (Level.REMARK, "a path occurs twice"),
    "misconception": (Level.REMARK, "it looks like {says}"),
    "first": (Level.REMARK, "the first value that went wrong"),
}
