"""Recurrences of an exercise: a size to which steps run is a choice of structure, and ``x_t`` stands for one quantity a step."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from grader.answers import DerivationKey, ExpressionKey
from grader.bank import Exercise
from grader.memo import memoized
from grader.model.sizes import drawn_grid, is_drawn
from reference.equivalence.points import SamplePoints
from reference.language.over_time import Time


@memoized
def lengths(exercise: Exercise) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The size to which steps run, with the numbers of steps that are drawn; nothing where there is one."""
    found, sizes = exercise.file.network.runs, exercise.file.network.sizes
    if found is None or not is_drawn(sizes.get(found[1], "")):
        return ()
    grid = tuple(map(int, drawn_grid(sizes[found[1]])))
    return ((found[1], grid),) if len(grid) > 1 else ()


def chosen_lengths(exercise: Exercise, choices: Mapping[str, str]) -> dict[str, int]:
    """The number of steps of one structure, where it is drawn."""
    return {name: int(choices[name]) for name, _ in lengths(exercise)}


def with_lengths(
    exercise: Exercise, choices: Mapping[str, str], sizes: Mapping[str, object]
) -> dict[str, str]:
    """The choices of a draw, its number of steps among them."""
    return {**choices, **{name: str(sizes[name]) for name, _ in lengths(exercise)}}


def at_each_step(exercise: Exercise, name: str) -> list[str]:
    """A name once for each step that there can be, if its subscript is the letter of the steps."""
    found = exercise.file.network.runs
    if found is None or not name.endswith(f"_{found[0]}"):
        return [name]
    known = dict(lengths(exercise)).get(found[1], ())
    rule = exercise.file.network.sizes.get(found[1], found[1])
    last = max(known) if known else int(max(drawn_grid(rule))) if is_drawn(rule) else 0
    return Time(found[0], found[1], last).spread(name)


def over_steps(
    points: SamplePoints, key: ExpressionKey | DerivationKey, told: bool
) -> SamplePoints:
    """The points at which a key is compared, in whose network the letter of the steps stands for what it does in the key.

    Where it stands for any step, or the number of steps is not ``told``, an answer names no step by its number.
    """
    time = key.points.network.symbols.time
    if time is None or (told and not time.at):
        return points
    network = points.network.at_step(time.at) if time.at else points.network
    numbered = (f"{base}_{step}" for base in time.spans for step in range(1, time.last + 1))
    return replace(points, network=network.hiding(numbered))
