"""Variants whose values are known: those of papers, and the printed one of a source exam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.bank import Exercise
from grader.drawing.batch import Columns, entries_of
from grader.drawing.choosing import misfits
from grader.drawing.draw import Draw
from grader.errors import Place
from grader.model import Choices, build, computed_sizes, lengths, with_lengths
from grader.pools import Pool
from reference.language.values import Array


def columns(exercise: Exercise, draws: Sequence[Draw]) -> list[Columns]:
    """Stored draws of one exercise as columns again, one entry for each structure.

    Raises:
        AuthorError: the exercise was changed so that a draw does not fit it any more.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    known: set[Choices] = set()
    for row, draw in enumerate(draws):
        choices = choices_of(exercise, draw)
        if choices not in known and [*misfits(exercise, choices)]:
            raise exercise.at["choose"].error(
                f"seed {draw.seed} uses a choice that the exercise does not have"
            )
        known.add(choices)
        model = build(exercise, choices)
        key = (choices, *(draw.sizes.get(name) for name in model.array_sizes))
        groups.setdefault(key, []).append(row)
    return [
        stack(exercise, choices_of(exercise, draws[rows[0]]), draws, rows)
        for rows in groups.values()
    ]


def choices_of(exercise: Exercise, draw: Draw) -> Choices:
    choices = {name: draw.choices.get(name, "") for name in exercise.file.choose}
    return tuple(with_lengths(exercise, choices, draw.sizes).items())


def stack(exercise: Exercise, choices: Choices, draws: Sequence[Draw], rows: list[int]) -> Columns:
    """The stored draws of one structure as columns."""
    model = build(exercise, choices)
    mine = [draws[row] for row in rows]
    sizes: dict[str, NDArray[np.int64]] = {}
    values: dict[str, Array] = {}
    try:
        for name in model.sizes:
            sizes[name] = np.array([draw.sizes[name] for draw in mine], dtype=np.int64)
        concrete = {name: int(column[0]) for name, column in sizes.items()}
        for name in model.sampled:
            axes = model.lengths(name, concrete)
            values[name] = np.stack([entries_of(draw.values[name], axes) for draw in mine])
        orders = {
            address: [fitting(pool, draw.orders[address]) for draw in mine]
            for address, pool in model.pools.items()
        }
    except (KeyError, ValueError) as error:
        message = f"a stored variant no longer fits this exercise: {error}"
        raise exercise.at.error(message) from None
    return Columns(model, [draw.seed for draw in mine], rows, sizes, values, orders)


def fitting(pool: Pool, order: list[str]) -> list[str]:
    """The order of a stored variant; the exercise must still have every id in it.

    Raises:
        ValueError: it has not.
    """
    problem = pool.misfit(order)
    if problem:
        raise ValueError(problem)
    return order


def printed(exercise: Exercise) -> Draw:
    """The pinned variant with the numbers of the source exam.

    Raises:
        AuthorError: the exercise pins none, leaves a value out, or pins what is not there.
    """
    given = dict(exercise.file.printed)
    at = exercise.at["printed"]
    if not at.is_there:
        raise exercise.at.error("this exercise has no printed variant")
    choices = {}
    for name in exercise.file.choose:
        choices[name] = str(taken(at, given, name, None))
    for name, message in misfits(exercise, tuple(choices.items())):
        raise at[name].error(message)
    for name, counts in lengths(exercise):
        choices[name] = str(whole(at[name], taken(at, given, name, None), least=min(counts)))
    model = build(exercise, tuple(choices.items()))
    sizes: dict[str, int] = {}
    values: dict[str, list[list[float]]] = {}
    formulas = computed_sizes(exercise)
    for name in model.sizes:
        if name in formulas:
            sizes[name] = int(formulas[name].value(sizes))
            continue
        grid = model.grids[name]
        needed = len(grid) > 1 and name in model.visible_sizes
        value = taken(at, given, name, None if needed else grid[0])
        sizes[name] = whole(at[name], value, least=int(min(grid)))
    for name in model.sampled:
        constant = None if model.grids[name] else exercise.file.sample.get(name)
        try:
            array = entries_of(taken(at, given, name, constant), model.lengths(name, sizes))
        except (ValueError, TypeError) as error:
            raise at[name].error(str(error)) from None
        values[name] = array.tolist()
    orders = {
        address: pinned_order(at, address, pool, given) for address, pool in model.pools.items()
    }
    if given:
        name = next(iter(given))
        raise at[name].error(f"'{name}' is not drawn in this exercise")
    return Draw(exercise.id, "printed", exercise.digest, choices, sizes, values, orders)


def taken(at: Place, given: dict[str, Any], name: str, otherwise: object) -> object:
    """The pinned value of a name, taken out of ``given``."""
    value = given.pop(name, otherwise)
    if value is None:
        raise at.error(f"the printed variant gives no value for '{name}'")
    return value


def whole(at: Place, value: object, least: int = 1) -> int:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = -1.0
    if number < min(least, 1) or number != int(number):
        raise at.error(f"expected a size, found '{value}'")
    return int(number)


def pinned_order(at: Place, address: str, pool: Pool, given: dict[str, Any]) -> list[str]:
    order = taken(at, given, address, pool.standard)
    if not isinstance(order, list):
        raise at[address].error("expected a list of options")
    names = pool.pinned([str(name) for name in order])
    problem = pool.misfit(names)
    if problem:
        raise at[address].error(problem)
    return names
