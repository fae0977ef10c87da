"""How many variants there are is counted without working out what is asked in symbols."""

import pytest

from grader.drawing.choosing import possible, structures
from grader.drawing.variety import distinct, distinct_of
from grader.model import build
from tests.shipped import BANK

IDS = [*BANK]

SYMBOLIC = """
id: sized
title: A layer
choose: {function: [relu, tanh]}
network:
  sizes: {d: 2..5, h: 3..4}
  inputs: {x: d}
  parameters: {W: h × d}
  equations: |
    z = W x
    a = {{function}}(z)
    L = sum(a)
questions:
  - id: gradient
    points: 1
    ask: Differentiate.
    answer: {gradients_of: L, by: [W], in_terms_of: [x, z, a]}
"""
COUNT = """
  - id: count
    points: 1
    ask: How many?
    answer: {parameters: all}
"""


def by_all_questions(exercise):
    """The same from models of all that is asked."""
    return sum(
        distinct_of(build(exercise, one)) * possible(exercise, one) for one in structures(exercise)
    )


@pytest.mark.parametrize("name", IDS)
def test_no_question_of_the_bank_is_missed(shipped, name):
    assert distinct(shipped[name]) == by_all_questions(shipped[name])


@pytest.mark.parametrize(
    ("text", "count"),
    {
        "a size that nobody sees": (SYMBOLIC, 2),
        "a size in the words of a symbolic question": (SYMBOLIC.replace("iate.", "iate for {{d}} inputs."), 2 * 4),
        "sizes that a number hangs on": (SYMBOLIC + COUNT, 2 * 4 * 2),
        "a drawn value in a symbolic question": (
            SYMBOLIC.replace("questions:", "sample: {x: {from: [0, 1], step: 1}}\nquestions:"),
            2 * 4 * 2**5,
        ),
        "formulas to choose from": (SYMBOLIC.replace("a]}", "a], offer: 2}"), None),
    }.values(),
)  # fmt: skip
def test_only_what_shows_is_counted(exercise, text, count):
    found = distinct(exercise(text))
    assert found == by_all_questions(exercise(text))
    assert found == count or (count is None and found > 2)
