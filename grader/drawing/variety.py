"""How many variants of an exercise there are, before any draw is rejected."""

from __future__ import annotations

from grader.bank import Exercise
from grader.drawing.choosing import possible, structures
from grader.model import Model, build


def distinct(exercise: Exercise) -> int:
    """How many variants can be drawn, before any is rejected."""
    return sum(
        distinct_of(build(exercise, choices)) * possible(exercise, choices)
        for choices in structures(exercise)
    )


def distinct_of(model: Model) -> int:
    count = 1
    for name in model.visible_sizes:
        count *= len(model.grids[name])
    largest = {name: int(max(model.grids[name])) for name in model.sizes}
    for name in model.sampled:
        height, width = model.shape(name, largest)
        count *= max(len(model.grids[name]), 1) ** (height * width)
    for pool in model.pools.values():
        count *= pool.arrangements
    return count


def about(count: int) -> str:
    """A number as it is read, or its magnitude where it is long."""
    return str(count) if count < 10**6 else f"about 10^{len(str(count)) - 1}"
