"""What is right where the numbers of a variant decide it: by a comparison for each text, or by their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

from msgspec.structs import replace

from grader.errors import Place
from grader.pools.pool import Option, Path, Sides, by_words

TIE = 1e-9  # of numbers that are the same but for the last bits of the arithmetic


class Extreme(StrEnum):
    """Which of some numbers belongs to the right option."""

    LARGEST = "largest"
    SMALLEST = "smallest"


class Direction(StrEnum):
    """The order of lines, each with a number."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


def claims_in(options: Mapping[str, Option]) -> dict[Path, str | list[str]]:
    """The comparisons that decide whether options are right."""
    return {
        ("options", name, "right"): option.right
        for name, option in options.items()
        if not isinstance(option.right, bool)
    }


def by_claims(options: Mapping[str, Option], values: Mapping[str, float]) -> dict[str, Option]:
    """Options, each right as its comparison holds, or as its author says."""
    return {
        name: sided(option, bool(values.get(name, option.right)))
        for name, option in options.items()
    }


def by_rank(
    options: Mapping[str, Option], which: Extreme, shown: Sequence[str], values: Mapping[str, float]
) -> dict[str, Option]:
    """Options of which the one with the largest or the smallest number of those shown is right."""
    right = outermost(which, shown, values)[0]
    return {name: sided(option, name == right) for name, option in options.items()}


def outermost(which: Extreme, shown: Sequence[str], values: Mapping[str, float]) -> list[str]:
    """The two options with the largest numbers, or with the smallest."""
    ranked = in_order(shown, values)
    return ranked[:2] if which is Extreme.SMALLEST else ranked[:-3:-1]


def sided(option: Option, right: bool) -> Option:
    """An option of which it is known whether it is right, and what is said of that."""
    because = option.because
    if isinstance(because, Sides):
        because = because.right if right else because.wrong
    return replace(option, right=right, because=because)


def in_order(names: Sequence[str], values: Mapping[str, float]) -> list[str]:
    """Names by their numbers, the smallest first."""
    return sorted(names, key=lambda name: values[name])


def tied(names: Sequence[str], values: Mapping[str, float]) -> bool:
    """Have two neighbours of an order the same number?"""
    return any(abs(values[one] - values[other]) <= TIE for one, other in pairwise(names))


def any_drawn(names: Sequence[str], count: int, shuffle: bool, words: Sequence[int]) -> list[str]:
    """So many ids from random words, whatever is right."""
    drawn = by_words(names, words)[:count]
    return by_words(drawn, words[len(names) :]) if shuffle else sorted(drawn, key=names.index)


def check_options(options: Mapping[str, Option], which: Extreme | None, at: Place) -> None:
    """Where numbers decide, each option says which; elsewhere none does. What decides is stated once."""
    for name, option in options.items():
        here = at[name]
        if which and not option.value:
            here.report(f"expected 'value', the number of which the {which} is right")
        elif which and option.right:
            here["right"].report(f"the {which} value is right: 'right' has no say beside it")
        elif option.value and not which:
            here["value"].report(
                "'value' needs 'right: largest' or 'right: smallest' beside 'options'"
            )
        elif option.holds and (which or not isinstance(option.right, bool)):
            found = f"{which} beside 'options'" if which else "the comparison under 'right'"
            here["holds"].report(f"{found} decides what is right: 'holds' has no say beside it")
        elif isinstance(option.because, Sides) and isinstance(option.right, bool) and not which:
            here["because"].report("expected one text, as no number decides whether this is right")
