"""A wrong formula costs its own points; what follows from it is right, in any order and company. As data in ``fixtures``."""

from pathlib import Path

import pytest
import yaml

from grader import bank
from grader.drawing import printed_variant, variants
from grader.marking import Answers, mark, mark_all

CASES = yaml.safe_load((Path(__file__).parents[1] / "fixtures/formulas.yaml").read_text())
BANK = bank.load_folder()
SEEDS = 200


def variant_of(case):
    exercise = BANK[case["exercise"]]
    if "variant" not in case:
        return printed_variant(exercise)
    drawn = variants(exercise, range(SEEDS))
    return next(one for one in drawn if one.solved.model.choices == case["variant"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_formulas_follow(case):
    variant = variant_of(case)
    texts = {address: text for address, (text, _) in case["answers"].items()}
    marks = mark(variant, texts).marks
    found = {address: marks[address].verdict.value for address in texts}
    assert found == {address: verdict for address, (_, verdict) in case["answers"].items()}
    for address in texts:
        earned = marks[address].out_of if found[address] in ("correct", "follow_through") else 0
        assert marks[address].points == earned, address
    assert mark(variant, dict(reversed(texts.items()))).marks == marks
    lines = [Answers(case["exercise"], "printed", one) for one in (texts, {}, texts)]
    both = mark_all(variant.solved, [(variant.row, line) for line in lines])
    assert both[0].marks == both[2].marks == marks


@pytest.mark.parametrize("numbers", [False, True])
def test_the_same_slip_earns_the_same_in_formulas_and_in_numbers(numbers, exercise):
    """y - yhat for yhat - y in five gradients, of 12 points."""
    if numbers:
        variant = printed_variant(exercise(NUMBERS))
        wrong = {
            one.target: -variant.solved.values[one.target][0]
            for one in variant.solved.model.numbers
        }
        texts = {
            name.removeprefix("@"): str(value.round(4).tolist()) for name, value in wrong.items()
        }
        texts["gradients.b2"] = texts["gradients.b2"].strip("[]")
    else:
        variant = printed_variant(BANK["shortcut-network"])
        texts = {address: text for address, (text, _) in CASES[0]["answers"].items()}
    marks = mark(variant, texts).marks
    assert [one for one in texts if not marks[one].points] == ["gradients.b2"]
    assert sum(marks[one].points for one in texts) == pytest.approx(9.6)


NUMBERS = """
id: numbers
title: A shortcut in numbers
network:
  sizes: {d: 2, h: 3}
  inputs: {x: d, y: 1}
  parameters: {W1: h × d, b1: h, W2: 1 × h, b2: 1, W: 1 × d}
  equations: |
    z1 = W1 x + b1
    a1 = relu(z1)
    z2 = W2 a1 + b2 + W x
    yhat = sigmoid(z2)
    L = (yhat - y)^2 / 2
sample: {x: [1, 2], y: 1, W1: [[1, 0.5], [-1, 1], [1, 1]], b1: [0.5, -2, 0.3], W2: [[1, -1, 0.5]], b2: -4.2, W: [[0.5, -0.7]]}
printed: {}
questions:
  - {id: gradients, points: 12, ask: Find them., answer: {gradients_of: L, by: [b2, W2, W, b1, W1]}, may_be_trivial: true}
"""


def test_what_leaves_nothing_to_find_is_told():
    variant = printed_variant(BANK["shortcut-network"])
    marks = mark(variant, {"gradients.b2": "1", "gradients.W2": "a1^T"}).marks
    says = "it follows from your formula for dL/db2, which leaves nothing to find here"
    assert says in marks["gradients.W2"].message
