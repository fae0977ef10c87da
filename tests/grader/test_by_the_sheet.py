"""In every exercise, whoever rounds each step as the sheet says, and no further, is right."""

from itertools import cycle

import numpy as np
import pytest

from grader.answers import Verdict
from grader.drawing.solving import roundings
from reference.language.roles import address_of
from tests import on_paper
from tests.shipped import BANK, drawn
from tests.tolerances import STUDENTS

SEEDS = range(6)


@pytest.mark.parametrize("name", BANK)
def test_who_rounds_every_step_is_right(name):
    """One student after the other, whose answers are read as texts; all do a thousand variants in ``make tolerances``."""
    for variant, (student, (hand, _)) in zip(
        drawn(name, SEEDS), cycle(STUDENTS.items()), strict=False
    ):
        for address, answer in worked_out(variant, hand):
            found = variant.keys[address][1].mark(answer).verdict
            assert found is Verdict.CORRECT, (student, variant.draw.seed, address, answer)


def worked_out(variant, hand):
    """The blanks of numbers whose tolerance is derived, with what a student gives in."""
    solved, sizes = variant.solved, variant.draw.sizes
    numbers = {one.target for one in solved.model.numbers}
    known = {
        name: array[[variant.row]] if len(array) > 1 else array
        for name, array in solved.columns.known().items()
    }
    for decimals, rounding in roundings(solved.model).items():
        own = hand(np.random.default_rng(variant.draw.seed), decimals)
        for target, rows in on_paper.answers(rounding, known, 1, own).items():
            if target in numbers:
                axes = solved.model.lengths(target, sizes)
                yield address_of(target), repr(np.reshape(rows, axes).tolist())
