"""(exercise, seeds) → values; pure, in batches, the same bytes for ever.

Random words are the raw 64-bit stream of Philox, which NumPy keeps fixed, keyed by a BLAKE2b hash of the
exercise's id, the seed and the number of the attempt. Which word becomes which value is decided here.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.columns import Columns, Seed
from grader.model import Asked, Choices, Model, build, structures
from grader.records import Draw, Exercise
from grader.templates import placeholders
from reference.language.operations import Array

Words = NDArray[np.uint64]
MASK = 2**64 - 1


def words(exercise: str, seeds: Sequence[Seed], attempt: int, purpose: str, count: int) -> Words:
    """(len(seeds), count) random words; the same for a seed whatever its company."""
    result = np.empty((len(seeds), count), dtype=np.uint64)
    generator = np.random.Philox(key=0)
    state: Any = generator.state
    state["buffer_pos"] = 4  # nothing is left over from the seed before
    state["has_uint32"] = 0
    for row, seed in enumerate(seeds):
        text = f"{exercise}\n{seed}\n{attempt}\n{purpose}".encode()
        key = int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")
        state["state"] = {
            "counter": np.zeros(4, dtype=np.uint64),
            "key": np.array([key & MASK, key >> 64], dtype=np.uint64),
        }
        generator.state = state
        result[row] = generator.random_raw(count)
    return result


def pick(stream: Words, count: int) -> NDArray[np.int64]:
    """Each word as an index below ``count``; the bias is below count / 2^64."""
    return (stream % np.uint64(count)).astype(np.int64)


def propose(exercise: Exercise, seeds: Sequence[Seed], attempt: int) -> list[Columns]:
    """Draw every seed once, without looking at the result; one entry for each structure that came up."""
    combinations = structures(exercise)
    first = build(exercise, combinations[0])
    stream = words(exercise.id, seeds, attempt, "structure", 1 + len(first.sizes))
    chosen = pick(stream[:, 0], len(combinations))
    sizes = {
        name: np.array(first.grids[name], dtype=np.int64)[
            pick(stream[:, index + 1], len(first.grids[name]))
        ]
        for index, name in enumerate(first.sizes)
    }
    groups: dict[tuple[int, ...], list[int]] = {}
    for row, combination in enumerate(chosen.tolist()):
        model = build(exercise, combinations[combination])
        key = (combination, *(int(sizes[name][row]) for name in model.array_sizes))
        groups.setdefault(key, []).append(row)
    return [
        fill_in(build(exercise, combinations[key[0]]), seeds, rows, sizes, attempt)
        for key, rows in groups.items()
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
    choices = [asked for asked in model.asked if asked.choose is not None]
    entries = sum(height * width for height, width in shapes.values())
    pools = sum(2 + 2 * len(asked.choose.options) for asked in choices if asked.choose)
    stream = words(model.exercise.id, mine, attempt, "values", entries + pools)
    values: dict[str, Array] = {}
    position = 0
    for name, shape in shapes.items():
        width = shape[0] * shape[1]
        values[name] = sample(model, name, stream[:, position : position + width], shape)
        position += width
    orders: dict[str, list[list[str]]] = {}
    for asked in choices:
        assert asked.choose is not None
        width = 2 + 2 * len(asked.choose.options)
        part = stream[:, position : position + width]
        orders[asked.address] = [options(asked, line) for line in part]
        position += width
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
    return np.broadcast_to(entries_of(constant, shape), (len(stream), *shape))


def entries_of(value: object, shape: tuple[int, int]) -> Array:
    """A number, a list of a column's entries, or a list of rows, as an array of a shape.

    Raises:
        ValueError: it has another shape.
    """
    array = np.array(value, dtype=np.float64)
    if array.ndim == 0:
        return np.broadcast_to(array, shape)
    if array.ndim == 1:
        array = array[:, None]
    if array.shape != shape:
        raise ValueError(f"expected {shape[0]} × {shape[1]} values, found {array.shape}")
    return array


def options(asked: Asked, line: Words) -> list[str]:
    """The options shown in one variant, in order; ``none`` stands for none of these."""
    choose = asked.choose
    assert choose is not None
    right = [name for name, option in choose.options.items() if option.right]
    wrong = [name for name, option in choose.options.items() if not option.right]
    count = len(choose.options)
    shown = choose.show or count
    keys = line[2:].tolist()
    without = choose.none_of_these is not None and (
        not right or (len(wrong) >= shown and int(line[0] % np.uint64(shown + 1)) == shown)
    )
    drawn = [] if without else [right[int(line[1] % np.uint64(len(right)))]]
    by_key = sorted(range(len(wrong)), key=lambda index: keys[index])
    drawn += [wrong[index] for index in by_key[: shown - len(drawn)]]
    if choose.shuffle:
        places = sorted(range(len(drawn)), key=lambda index: keys[count + index])
        drawn = [drawn[place] for place in places]
    else:
        drawn.sort(key=list(choose.options).index)
    return [*drawn, "none"] if choose.none_of_these is not None else drawn


def columns(exercise: Exercise, draws: Sequence[Draw]) -> list[Columns]:
    """Stored draws of one exercise as columns again, one entry for each structure.

    Raises:
        AuthorError: the exercise was changed so that a draw does not fit it any more.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    known = set(structures(exercise))
    for row, draw in enumerate(draws):
        choices = choices_of(exercise, draw)
        if choices not in known:
            raise exercise.error("choose", f"seed {draw.seed} uses a choice that is not there")
        model = build(exercise, choices)
        key = (choices, *(draw.sizes.get(name) for name in model.array_sizes))
        groups.setdefault(key, []).append(row)
    return [
        stack(exercise, choices_of(exercise, draws[rows[0]]), draws, rows)
        for rows in groups.values()
    ]


def choices_of(exercise: Exercise, draw: Draw) -> Choices:
    return tuple((name, draw.choices.get(name, "")) for name in exercise.file.choose)


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
            shape = model.shape(name, concrete)
            values[name] = np.stack([entries_of(draw.values[name], shape) for draw in mine])
        orders = {
            asked.address: [known_options(asked, draw) for draw in mine]
            for asked in model.asked
            if asked.choose is not None
        }
    except (KeyError, ValueError) as error:
        raise exercise.error(
            "", f"a stored variant does not fit this exercise any more: {error}"
        ) from None
    return Columns(model, [draw.seed for draw in mine], rows, sizes, values, orders)


def known_options(asked: Asked, draw: Draw) -> list[str]:
    """The options of a stored variant, all of which the exercise must still have."""
    order = draw.orders[asked.address]
    assert asked.choose is not None
    for option in order:
        if option != "none" and option not in asked.choose.options:
            raise KeyError(option)
    return order


def printed(exercise: Exercise) -> Draw:
    """The pinned variant with the numbers of the source exam.

    Raises:
        AuthorError: the exercise pins none, leaves a value out, or pins what is not there.
    """
    given = dict(exercise.file.printed)
    if "printed" not in exercise.positions:
        raise exercise.error("", "this exercise has no printed variant")
    choices = {}
    for name, options in exercise.file.choose.items():
        choices[name] = str(taken(exercise, given, name, None))
        if choices[name] not in options:
            shown = ", ".join(options)
            raise exercise.error(
                f"printed.{name}", f"expected one of {shown}, found '{choices[name]}'"
            )
    model = build(exercise, tuple(choices.items()))
    sizes: dict[str, int] = {}
    values: dict[str, list[list[float]]] = {}
    for name in model.sizes:
        grid = model.grids[name]
        needed = len(grid) > 1 and name in visible_sizes(model)
        value = taken(exercise, given, name, None if needed else grid[0])
        sizes[name] = whole(exercise, name, value)
    for name in model.sampled:
        constant = None if model.grids[name] else exercise.file.sample.get(name)
        try:
            array = entries_of(taken(exercise, given, name, constant), model.shape(name, sizes))
        except (ValueError, TypeError) as error:
            raise exercise.error(f"printed.{name}", str(error)) from None
        values[name] = array.tolist()
    orders = {
        asked.address: pinned_options(exercise, asked, given)
        for asked in model.asked
        if asked.choose is not None
    }
    if given:
        name = next(iter(given))
        raise exercise.error(f"printed.{name}", f"'{name}' is nothing that is drawn")
    return Draw(exercise.id, "printed", exercise.digest, choices, sizes, values, orders)


def taken(exercise: Exercise, given: dict[str, Any], name: str, otherwise: object) -> object:
    """The pinned value of a name, taken out of ``given``."""
    value = given.pop(name, otherwise)
    if value is None:
        raise exercise.error("printed", f"the printed variant gives no value for '{name}'")
    return value


def whole(exercise: Exercise, name: str, value: object) -> int:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = -1.0
    if number < 1 or number != int(number):
        raise exercise.error(f"printed.{name}", f"expected a size, found '{value}'")
    return int(number)


def pinned_options(exercise: Exercise, asked: Asked, given: dict[str, Any]) -> list[str]:
    choose = asked.choose
    assert choose is not None
    standard = list(choose.options) if choose.show is None else None
    order = taken(exercise, given, asked.address, standard)
    place = f"printed.{asked.address}"
    if not isinstance(order, list):
        raise exercise.error(place, "expected a list of options")
    names = [str(name) for name in order if name != "none"]
    unknown = [name for name in names if name not in choose.options]
    if unknown:
        raise exercise.error(place, f"unknown option '{unknown[0]}'")
    return [*names, "none"] if choose.none_of_these is not None else names


def distinct(exercise: Exercise) -> int:
    """How many variants can be drawn, before any is rejected."""
    return sum(distinct_of(build(exercise, choices)) for choices in structures(exercise))


def distinct_of(model: Model) -> int:
    count = 1
    for name in visible_sizes(model):
        count *= len(model.grids[name])
    largest = {name: int(max(model.grids[name])) for name in model.sizes}
    for name in model.sampled:
        height, width = model.shape(name, largest)
        count *= max(len(model.grids[name]), 1) ** (height * width)
    for asked in model.asked:
        if asked.choose is not None:
            count *= arrangements(asked)
    return count


def visible_sizes(model: Model) -> list[str]:
    """The sizes whose values a student sees; a symbolic question has the same face for all."""
    file = model.exercise.file
    shown = {
        name
        for text in [file.text, *(q.ask for q in file.questions)]
        for name in placeholders(text)
    }
    return [name for name in model.sizes if name in shown or name in model.array_sizes]


def arrangements(asked: Asked) -> int:
    """How many lists of options one choice can show."""
    choose = asked.choose
    assert choose is not None
    right = sum(option.right for option in choose.options.values())
    wrong = len(choose.options) - right
    shown = choose.show or len(choose.options)
    orders = math.factorial(shown) if choose.shuffle else 1
    count = right * math.comb(wrong, shown - 1)
    if choose.none_of_these is not None:
        count += math.comb(wrong, shown)
    return max(count, 1) * orders
