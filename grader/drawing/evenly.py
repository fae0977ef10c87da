"""What is drawn first: of each seed the values that its numbers must give, each equally often."""

from __future__ import annotations

import math

import numpy as np

from grader.bank import Exercise
from grader.drawing.batch import Columns
from grader.drawing.random_words import pick, words
from grader.drawing.solving import Flags
from grader.memo import memoized
from grader.model import Model
from reference.language.evaluating import run
from reference.language.expression import names
from reference.network import Network

NEAR = 1e-9


def combinations(exercise: Exercise) -> int:
    """How many combinations of values may be drawn first."""
    return math.prod(map(len, exercise.file.evenly.values()))


def missed(columns: Columns) -> Flags:
    """(batch,) where the numbers give other values than were drawn first; whatever the attempt, a seed's are the same."""
    model, seeds = columns.model, columns.seeds
    flags = np.zeros(len(seeds), dtype=bool)
    if not model.evenly:
        return flags
    values = leading(model).evaluate(columns.known())
    stream = words(model.exercise.id, seeds, 0, "evenly", len(model.evenly))
    for place, (expression, listed) in enumerate(model.evenly):
        wanted = np.array(listed)[pick(stream[:, place], len(listed))]
        flags |= ~(np.abs(run(expression, values)[..., 0, 0] - wanted) <= NEAR)
    return flags


@memoized
def leading(model: Model) -> Network:
    """The part of the network that gives these values."""
    return model.network.pruned({name for one, _ in model.evenly for name in names(one)})
