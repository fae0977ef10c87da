"""(exercise, seeds) → values; pure, in batches, the same bytes for ever.

Which random word becomes which value is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.choosing import completed, listed
from grader.columns import Columns, entries_of
from grader.model import Model, build
from grader.records import Exercise
from grader.structure import Choices
from grader.words import Seed, Words, pick, words
from reference.language.values import Array


def propose(exercise: Exercise, seeds: Sequence[Seed], attempt: int) -> list[Columns]:
    """Draw every seed once, without looking at the result; one entry for each structure that came up."""
    combinations = listed(exercise)
    stream = words(exercise.id, seeds, attempt, "structure", 1 + len(exercise.file.network.sizes))
    chosen = [
        completed(exercise, combinations[index], seed, attempt)
        for index, seed in zip(pick(stream[:, 0], len(combinations)).tolist(), seeds, strict=True)
    ]
    first = build(exercise, chosen[0])
    sizes = {
        name: np.array(first.grids[name], dtype=np.int64)[
            pick(stream[:, index + 1], len(first.grids[name]))
        ]
        for index, name in enumerate(first.sizes)
    }
    groups: dict[tuple[Choices, tuple[int, ...]], list[int]] = {}
    for row, choices in enumerate(chosen):
        model = build(exercise, choices)
        key = (choices, tuple(int(sizes[name][row]) for name in model.array_sizes))
        groups.setdefault(key, []).append(row)
    return [
        fill_in(build(exercise, choices), seeds, rows, sizes, attempt)
        for (choices, _), rows in groups.items()
    ]


def fill_in(
    model: Model,
    seeds: Sequence[Seed],
    rows: list[int],
    sizes: Mapping[str, NDArray[np.int64]],
    attempt: int,
) -> Columns:
    """Values and option orders for the seeds of one structure."""
    own = {name: column[rows] for name, column in sizes.items()}
    mine = [seeds[row] for row in rows]
    concrete = {name: int(column[0]) for name, column in own.items()}
    shapes = {name: model.shape(name, concrete) for name in model.sampled}
    pools = {asked.address: asked.pool for asked in model.asked if asked.pool is not None}
    entries = sum(height * width for height, width in shapes.values())
    taken = entries + sum(pool.width for pool in pools.values())
    stream = words(model.exercise.id, mine, attempt, "values", taken)
    values: dict[str, Array] = {}
    position = 0
    for name, shape in shapes.items():
        width = shape[0] * shape[1]
        values[name] = sample(model, name, stream[:, position : position + width], shape)
        position += width
    orders: dict[str, list[list[str]]] = {}
    for address, pool in pools.items():
        part = stream[:, position : position + pool.width]
        orders[address] = [pool.draw(line) for line in part.tolist()]
        position += pool.width
    return Columns(model, mine, rows, own, values, orders)


def sample(model: Model, name: str, stream: Words, shape: tuple[int, int]) -> Array:
    """Values of one quantity, (batch, *shape): from its grid, or the constant that stands there."""
    grid = model.grids[name]
    if grid:
        return np.array(grid)[pick(stream, len(grid))].reshape(-1, *shape)
    constant = next(
        value
        for key, value in model.exercise.file.sample.items()
        if name in [part.strip() for part in key.split(",")]
    )
    try:
        array = entries_of(constant, shape)
    except (ValueError, TypeError) as error:
        raise model.exercise.error(f"sample.{name}", f"'{name}': {error}") from None
    return np.broadcast_to(array, (len(stream), *shape))
