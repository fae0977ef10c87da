"""How many variants of an exercise there are, before any draw is rejected."""

from __future__ import annotations

import math

from grader.asking import Asked
from grader.choosing import possible, structures
from grader.model import Model, build
from grader.records import Exercise


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
    for asked in model.asked:
        if asked.choose is not None:
            count *= arrangements(asked)
    return count


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
