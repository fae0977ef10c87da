"""Sizes of an exercise: those that are drawn, and those that are computed from them, as ``floor((n + 2 p - k) / s) + 1``."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grader.answers import Points
from grader.bank import RANGE, Exercise, Rule
from grader.memo import memoized
from reference.counting.floors import spread
from reference.language.dimensions import axes_of
from reference.language.errors import LanguageError, ReadingError
from reference.language.indexed.reading import read_whole
from reference.language.whole import Whole, filled_in, whole
from reference.layers.stack import Stack
from reference.network import Network

MANY = 20_000  # combinations of drawn sizes, all of which are looked at
ALWAYS_THE_SAME = 7  # values that are tried of a size that has one


@memoized
def computed_sizes(exercise: Exercise) -> dict[str, Whole]:
    """Each computed size over the drawn ones.

    Raises:
        AuthorError: with every formula that cannot be read.
    """
    found: dict[str, Whole] = {}
    file, at = exercise.file.network, exercise.at["network"]["sizes"]
    for name, rule in file.sizes.items():
        if not is_drawn(rule):
            try:
                value = read_whole(str(rule), [one for one in file.sizes if one != name])
                found[name] = filled_in(value, found)
            except ReadingError as error:
                raise at[name].error(error.message) from None
            later = found[name].symbols - {
                one for one, rule in file.sizes.items() if is_drawn(rule)
            }
            if later:
                raise at[name].error(f"it needs {min(later)}, which is computed after it")
    return found


def is_drawn(rule: int | str | Rule) -> bool:
    """Is a size a number, a range or a rule, and no formula?"""
    return isinstance(rule, Rule) or re.fullmatch(RANGE, str(rule)) is not None


def drawn_grid(rule: int | str | Rule) -> tuple[float, ...]:
    """The values of a size that is drawn."""
    if isinstance(rule, Rule):
        return rule.grid()
    low, _, high = str(rule).partition("..")
    return tuple(float(size) for size in range(int(low), int(high or low) + 1))


def size_grids(exercise: Exercise) -> dict[str, tuple[float, ...]]:
    """The values of each size; of a computed one, those that it has for any of the others, or the ends of them."""
    rules = exercise.file.network.sizes
    grids = {name: drawn_grid(rule) for name, rule in rules.items() if is_drawn(rule)}
    formulas = computed_sizes(exercise)
    found: dict[str, tuple[float, ...]] = {}
    for name in rules:
        found[name] = grids[name] if name in grids else values_of(formulas[name], grids)
    return found


def values_of(formula: Whole, grids: Mapping[str, tuple[float, ...]]) -> tuple[float, ...]:
    used = sorted(formula.symbols)
    options = [grids[name] for name in used]
    if math.prod(map(len, options)) > MANY:
        options = [tuple({min(one), max(one)}) for one in options]
    known = (dict(zip(used, map(int, one), strict=True)) for one in itertools.product(*options))
    return tuple(sorted({float(formula.value(one)) for one in known}))


def least_sizes(exercise: Exercise) -> dict[str, int]:
    """The least value of each drawn size."""
    rules = exercise.file.network.sizes
    return {name: int(min(drawn_grid(rule))) for name, rule in rules.items() if is_drawn(rule)}


def complete(exercise: Exercise, drawn: Mapping[str, Any]) -> dict[str, Any]:
    """All sizes, in their order, from those that are drawn: numbers, or arrays of them."""
    formulas = computed_sizes(exercise)
    return {
        name: drawn[name] if name in drawn else formulas[name].value(drawn)
        for name in exercise.file.network.sizes
    }


def axes(network: Network) -> frozenset[Whole]:
    """How long the axes of quantities are, as far as that hangs on sizes; each is at least 1."""
    sizes = (whole(one) for shape in network.shapes.values() for one in axes_of(shape))
    return frozenset(one for one in sizes if one.symbols)


def points(
    exercise: Exercise, names: tuple[str, ...], lengths: Collection[Whole], stack: Stack | None
) -> Points:
    """Values of some sizes, from everywhere in their ranges, with which no axis is empty and all layers fit.

    A size that is always the same stands for any: it is tried with larger ones, too.

    Args:
        lengths: of axes.
    """
    rules = exercise.file.network.sizes
    drawn = {name: tried(drawn_grid(rule)) for name, rule in rules.items() if is_drawn(rule)}
    found: dict[tuple[int, ...], None] = {}
    for one in spread(drawn):
        sizes = complete(exercise, one)
        if all(length.value(sizes) >= 1 for length in lengths) and fit(stack, sizes):
            found[tuple(sizes[name] for name in names)] = None
    return tuple(found)


def tried(grid: tuple[float, ...]) -> Sequence[int]:
    first, *more = map(int, grid)
    return (first, *more) if more else range(first, first + ALWAYS_THE_SAME)


def fit(stack: Stack | None, sizes: Mapping[str, int]) -> bool:
    """Do the layers of a stack fit?"""
    try:
        return stack is None or bool(stack.at(sizes))
    except LanguageError:
        return False


def read_size(text: str, exercise: Exercise, known: Collection[str]) -> Whole:
    """A size as it stands in a shape, over the drawn ones.

    Raises:
        ReadingError: it is none.
    """
    return filled_in(read_whole(text, known), computed_sizes(exercise))
