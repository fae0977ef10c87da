"""What is drawn first comes equally often; what is computed may be told, and what led to it kept back."""

from collections import Counter

import numpy as np
import pytest

from grader.answers import Verdict
from grader.drawing import printed_variant, survey, variants
from grader.errors import AuthorError
from grader.marking import mark
from grader.sheets import Notation, in_print

RARE = """
id: rare-first
title: A count that is seldom small
network:
  sizes: {n: 6}
  inputs: {x: n}
  equations: count = sum(x)
sample:
  x: {one_of: [0, 1]}
evenly: {count: [1, 3, 5, 6]}
questions:
  - {id: count, points: 1, ask: How many are on?, answer: {values: count}, may_be_trivial: true}
accept: [few-variants, no-because]
"""
SEEDS = 400


def test_rare_values_come_as_often_as_others(exercise):
    """Of 64 draws, 6, 20, 6 and 1 give them."""
    found, survival = survey(exercise(RARE), range(SEEDS))
    counts = Counter(one.keys["count"][1].value for one in found)
    assert counts.keys() == {1, 3, 5, 6}
    assert all(abs(times - SEEDS / 4) < 5 * np.sqrt(SEEDS * 3 / 16) for times in counts.values())
    assert survival.rejected["evenly"] == survival.proposed - SEEDS


def test_a_seed_has_its_value_whatever_its_company(exercise):
    alone = [variants(exercise(RARE), [seed])[0].draw for seed in range(10)]
    assert alone == [one.draw for one in variants(exercise(RARE), range(10))]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{count: [1, 3, 5, 6]}", "{total: [0, 1]}", "unknown name 'total'"),
        ("{count: [1, 3, 5, 6]}", "{x: [0, 1]}", "'x' is n × 1, expected a scalar"),
        ("{count: [1, 3, 5, 6]}", "{count: [9]}", "no draw of seed 0 makes a good question in 400 attempts"),
        ("{count: [1, 3, 5, 6]}", "{count: []}", "expected"),
        ("evenly: {count", "given: [x]\nevenly: {count", "'x' is computed by no equation"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(exercise, old, new, says):
    with pytest.raises(AuthorError, match=says):
        variants(exercise(RARE.replace(old, new)), [0])


INVERSE = """
id: what-came-before
title: What came before the gradient
network:
  sizes: {K: 3}
  inputs: {p: K, y: K}
  equations: |
    g = p - y
    L = -sum(y .* log(p))
sample:
  p: {pattern: simplex, step: 0.1, not: 0}
  y: {pattern: one-hot}
given: [g]
hidden: [p, y, g]
printed: {p: [0.2, 0.3, 0.5], y: [0, 1, 0]}
questions:
  - {id: p, points: 1, ask: The probabilities?, answer: {values: p}}
  - {id: loss, points: 1, ask: The loss?, answer: {values: L}}
accept: [no-because]
"""


@pytest.mark.parametrize("notation", Notation)
def test_what_is_computed_is_told_and_what_is_drawn_is_not(exercise, notation):
    variant = printed_variant(exercise(INVERSE))
    stem = in_print(variant, notation).stem
    assert ("g = [0.2, −0.7, 0.5]" in stem) or (r"g = \begin{bmatrix}0.2" in stem)
    assert "0.3" not in stem and "g = p" not in stem and "g &=" not in stem
    marks = mark(variant, {"p": "[0.2, 0.3, 0.5]", "loss": "1.204"}).marks
    assert {one.verdict for one in marks.values()} == {Verdict.CORRECT}
    marks = mark(variant, {"p": "[0.3, 0.2, 0.6]", "loss": "0.357"}).marks
    assert {one.verdict for one in marks.values()} == {Verdict.INCORRECT}


def test_a_value_that_is_told_can_be_written_down(exercise):
    text = INVERSE.replace("g = p - y", "g = p - y + 0 * q\n    q = exp(p)").replace(
        "given: [g]", "given: [q]"
    )
    found, survival = survey(exercise(text), range(3))
    assert found == [None] * 3 and survival.rejected == {"given": survival.proposed}
