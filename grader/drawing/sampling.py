"""(exercise, seeds) → values; pure, in batches, the same bytes for ever.

Which random word becomes which value is decided here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from grader.bank import Exercise, Rule
from grader.drawing.batch import Columns, entries_of
from grader.drawing.choosing import completed, listed
from grader.drawing.patterns import arrangements, drawn
from grader.drawing.philox import Words
from grader.drawing.random_words import Attempts, Seed, of_each, pick, words
from grader.model import Choices, Model, build, complete, computed_sizes, lengths
from reference.language.dimensions import describe
from reference.language.values import Array

ATTEMPTS = 100  # at sizes with which no axis is empty

Item = TypeVar("Item", bound=Hashable)


def propose(exercise: Exercise, seeds: Sequence[Seed], attempts: Attempts) -> list[Columns]:
    """Draw every seed once, without looking at the result; one entry for each structure that came up."""
    combinations = listed(exercise)
    attempts = of_each(attempts, seeds)
    stream = structure_words(exercise, seeds, attempts, len(combinations))
    picked = pick(stream[:, 0], len(combinations)).tolist()
    chosen = [
        completed(exercise, combinations[index], seed, attempt)
        for index, seed, attempt in zip(picked, seeds, attempts, strict=True)
    ]
    first = build(exercise, chosen[0])
    steps = steps_of(exercise, chosen)
    sizes = drawn_sizes(first, stream[:, 1:], steps)
    for attempt in range(1, ATTEMPTS):
        empty = np.flatnonzero(emptied(exercise, chosen, sizes)).tolist()
        if not empty:
            break
        again = words(
            exercise.id,
            [seeds[row] for row in empty],
            [attempts[row] for row in empty],
            f"sizes {attempt}",
            stream.shape[1] - 1,
        )
        own = {name: column[empty] for name, column in steps.items()}
        for name, column in drawn_sizes(first, again, own).items():
            sizes[name][empty] = column
    else:
        message = "the sizes hardly ever leave each axis an entry: narrow their ranges"
        raise exercise.at["network"]["sizes"].error(message, "shapes")
    groups: dict[tuple[Choices, tuple[int, ...]], list[int]] = {}
    for choices, rows in grouped(chosen).items():
        varying = [sizes[name][rows].tolist() for name in build(exercise, choices).array_sizes]
        concrete = [*zip(*varying, strict=True)] if varying else [()] * len(rows)
        for key, places in grouped(concrete).items():
            groups[choices, key] = [rows[place] for place in places]
    return [
        fill_in(build(exercise, choices), seeds, rows, sizes, attempts)
        for (choices, _), rows in groups.items()
    ]


def steps_of(exercise: Exercise, chosen: Sequence[Choices]) -> dict[str, NDArray[np.int64]]:
    """The number of steps of each seed, where that is drawn."""
    return {
        name: np.array([int(dict(choices)[name]) for choices in chosen], dtype=np.int64)
        for name, _ in lengths(exercise)
    }


def drawn_sizes(
    model: Model, stream: Words, steps: Mapping[str, NDArray[np.int64]]
) -> dict[str, NDArray[np.int64]]:
    """All sizes by their random words, one for each that is drawn, but for numbers of ``steps``."""
    formulas = computed_sizes(model.exercise)
    drawn: dict[str, NDArray[np.int64]] = {}
    for name in model.sizes:
        if name not in formulas:
            grid = np.array(model.grids[name], dtype=np.int64)
            drawn[name] = grid[pick(stream[:, len(drawn)], len(grid))]
    return complete(model.exercise, {**drawn, **steps})


def emptied(
    exercise: Exercise, chosen: Sequence[Choices], sizes: Mapping[str, NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Where an axis of a quantity would have no entries, so that other sizes are drawn."""
    flags = np.zeros(len(chosen), dtype=np.bool_)
    for choices, rows in grouped(chosen).items():
        own = {name: column[rows] for name, column in sizes.items()}
        for one in build(exercise, choices).axes:
            flags[rows] |= one.value(own) < 1
    return flags


def grouped(items: Sequence[Item]) -> dict[Item, list[int]]:
    """Each distinct item with its places."""
    places: dict[Item, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item, []).append(place)
    return places


def structure_words(
    exercise: Exercise, seeds: Sequence[Seed], attempts: Attempts, combinations: int
) -> Words:
    """The random words that choose a structure; none if there is one structure without sizes."""
    sizes = exercise.file.network.sizes
    if combinations == 1 and not sizes:
        return np.zeros((len(seeds), 1), dtype=np.uint64)
    drawn = len(sizes) - len(computed_sizes(exercise))
    return words(exercise.id, seeds, attempts, "structure", 1 + drawn)


def fill_in(
    model: Model,
    seeds: Sequence[Seed],
    rows: list[int],
    sizes: Mapping[str, NDArray[np.int64]],
    attempts: Sequence[int],
) -> Columns:
    """Values and option orders for the seeds of one structure."""
    own = {name: column[rows] for name, column in sizes.items()}
    mine = [seeds[row] for row in rows]
    concrete = {name: int(column[0]) for name, column in own.items()}
    shapes = {name: model.shape(name, concrete) for name in model.sampled}
    entries = sum(height * width for height, width in shapes.values())
    taken = entries + sum(pool.width for pool in model.pools.values())
    tries = [attempts[row] for row in rows]
    stream = words(model.exercise.id, mine, tries, "values", taken)
    values: dict[str, Array] = {}
    position = 0
    for name, shape in shapes.items():
        width = shape[0] * shape[1]
        values[name] = sample(model, name, stream[:, position : position + width], shape)
        position += width
    orders: dict[str, list[list[str]]] = {}
    for address, pool in model.pools.items():
        part = stream[:, position : position + pool.width]
        orders[address] = [pool.draw(line) for line in part.tolist()]
        position += pool.width
    return Columns(model, mine, rows, own, values, orders)


def sample(model: Model, name: str, stream: Words, shape: tuple[int, int]) -> Array:
    """Values of one quantity, (batch, *shape): by its rule, or the constant that stands there.

    Raises:
        AuthorError: the rule or the constant does not fit the shape.
    """
    rule, at = model.rules[name], model.exercise.at["sample"][name]
    if isinstance(rule, Rule):
        if not arrangements(rule, shape):
            what = f"{rule.pattern.value} values of this rule"
            raise at.error(f"'{name}' is {describe(shape)}, for which there are no {what}")
        return drawn(rule, stream, shape)
    try:
        array = entries_of(rule, shape)
    except (ValueError, TypeError) as error:
        raise at.error(f"'{name}': {error}") from None
    return np.broadcast_to(array, (len(stream), *shape))
