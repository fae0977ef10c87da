"""How the entries of a matrix are drawn together: distinct, in order, one-hot, …; a row a pattern.

Which random word becomes which value is decided here. Every matrix that a pattern allows is as likely as any other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from grader.bank import Pattern, Rule
from grader.drawing.philox import Words
from grader.drawing.random_words import pick
from reference.language.values import Array

Size = tuple[int, int]
Grid = Sequence[float]


class Together(Struct, frozen=True):
    """How the entries of a pattern are drawn.

    ``draw``: random words, (batch, rows, columns), and the values that may be drawn → as many values. ``count``: how many
    different matrices of a size there are; 0 where the values do not suffice or the size does not fit.
    """

    draw: Callable[[Words, Grid], Array]
    count: Callable[[Grid, Size], int]


def arrangements(rule: Rule, size: Size) -> int:
    """How many different matrices of a size a rule can give; 0 where it can give none."""
    return PATTERNS[rule.pattern].count(rule.grid(), size)


def drawn(rule: Rule, words: Words, size: Size) -> Array:
    """What a rule gives, (batch, *size), by random words, (batch, entries)."""
    return PATTERNS[rule.pattern].draw(words.reshape(-1, *size), rule.grid())


def apart(words: Words, count: int) -> NDArray[np.int64]:
    """Different places below ``count``, as many as a line of words is long.

    Each is drawn among those that are left: the k-th of them is k, and one more for each place up to there that is taken.
    """
    found = np.empty(words.shape, dtype=np.int64)
    for index in range(words.shape[1]):
        place = pick(words[:, index], count - index)
        for taken in np.sort(found[:, :index], axis=1).T:
            place += place >= taken
        found[:, index] = place
    return found


def in_lines(words: Words) -> Words:
    return words.reshape(len(words), -1)


def free(words: Words, grid: Grid) -> Array:
    return np.array(grid)[pick(words, len(grid))]


def distinct(words: Words, grid: Grid) -> Array:
    return np.array(grid)[apart(in_lines(words), len(grid)).reshape(words.shape)]


def increasing(words: Words, grid: Grid) -> Array:
    ordered = np.sort(apart(in_lines(words), len(grid)), axis=1)
    return np.array(sorted(grid))[ordered.reshape(words.shape)]


def permutation(words: Words, grid: Grid) -> Array:
    lines = in_lines(words)
    places = np.asarray(apart(lines, lines.shape[1]) + 1, dtype=np.float64)
    return places.reshape(words.shape)


def symmetric(words: Words, grid: Grid) -> Array:
    values = free(words, grid)
    result: Array = np.triu(values) + np.swapaxes(np.triu(values, 1), -1, -2)
    return result


def one_hot(words: Words, grid: Grid) -> Array:
    rows = words.shape[1]
    hot = np.arange(rows)[:, None] == pick(words[:, :1], rows)
    return np.asarray(hot, dtype=np.float64)


def simplex(words: Words, grid: Grid) -> Array:
    """A whole is cut into parts by bars between them; parts that may be 0 are one larger while that is done."""
    batch, rows, columns = words.shape
    least, whole = parts_of(grid)
    longer = 1 - least
    whole += rows * longer
    bars = apart(words.swapaxes(1, 2).reshape(-1, rows)[:, :-1], whole - 1) + 1
    ends = np.pad(np.sort(bars, axis=1), ((0, 0), (1, 1)), constant_values=((0, 0), (0, whole)))
    parts = np.diff(ends, axis=1) - longer
    values: Array = np.array(grid)[parts - least]
    return values.reshape(batch, columns, rows).swapaxes(1, 2)


def parts_of(grid: Grid) -> tuple[int, int]:
    """Of ascending multiples of a share, how many shares the first one is, and how many make 1."""
    share = grid[1] - grid[0]
    return round(grid[0] / share), round(1 / share)


def compositions(grid: Grid, size: Size) -> int:
    """How many columns of such multiples add up to 1."""
    rows, columns = size
    least, whole = parts_of(grid)
    column = math.comb(whole + rows * (1 - least) - 1, rows - 1)
    return int(column**columns)


def symmetric_count(grid: Grid, size: Size) -> int:
    rows, columns = size
    return int(len(grid) ** (rows * (rows + 1) // 2)) if rows == columns else 0


PATTERNS: dict[Pattern, Together] = {
    Pattern.FREE: Together(free, lambda grid, size: len(grid) ** math.prod(size)),
    Pattern.DISTINCT: Together(distinct, lambda grid, size: math.perm(len(grid), math.prod(size))),
    Pattern.INCREASING: Together(
        increasing, lambda grid, size: math.comb(len(grid), math.prod(size))
    ),
    Pattern.SYMMETRIC: Together(symmetric, symmetric_count),
    Pattern.PERMUTATION: Together(permutation, lambda grid, size: math.factorial(math.prod(size))),
    Pattern.ONE_HOT: Together(one_hot, lambda grid, size: size[0] ** size[1]),
    Pattern.SIMPLEX: Together(simplex, compositions),
}
