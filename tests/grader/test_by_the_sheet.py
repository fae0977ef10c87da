"""In every exercise, whoever rounds each step as the sheet says, and no further, is right."""

import random

import numpy as np
import pytest

from grader.answers import Verdict
from grader.drawing import by_rounding
from reference.derivatives.steps import in_steps
from reference.language.evaluating import run
from reference.language.roles import address_of
from tests.shipped import BANK, drawn
from tests.students import place

SEEDS = range(6)


@pytest.mark.parametrize("name", BANK)
def test_who_rounds_every_step_is_right(name):
    for variant in drawn(name, SEEDS):
        for address, answer in worked_out(variant):
            key = variant.keys[address][1]
            assert key.mark(answer).verdict is Verdict.CORRECT, (variant.draw.seed, address, answer)


def worked_out(variant):
    """The blanks whose tolerance is derived, with answers that were rounded on the way."""
    model, chance = variant.solved.model, random.Random(name_of(variant))
    asked = {
        one.target: one.tolerance.rounding or 3
        for one in model.numbers
        if by_rounding(one.tolerance)
    }
    if not asked:
        return
    network = in_steps(model.network.pruned([*asked]))
    known = variant.solved.columns.known()
    values = {
        name: array[[variant.row]] if len(array) > 1 else array for name, array in known.items()
    }
    digits = max(asked.values()) + chance.choice([0, 0, 0, 1, 2, 3])
    for name, equation in network.equations.items():
        exact = np.array(run(equation, values), float, ndmin=3)
        values[name] = np.reshape([rounded(value, digits) for value in exact.flat], exact.shape)
    for target in asked:
        rows = values[target][0].tolist()
        yield address_of(target), repr(rows[0][0] if rows == [[rows[0][0]]] else rows)


def name_of(variant):
    return f"{variant.draw.exercise} {variant.draw.seed}"


def rounded(value, decimals):
    """To so many decimals, and three figures of what is small."""
    return round(value, max(decimals, 2 - place(value))) if np.isfinite(value) else value
