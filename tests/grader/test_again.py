"""The network once more with other values: keys against plain arithmetic, draws, mistakes, and what the sheet says."""

import numpy as np
import pytest

from grader.answers import Verdict
from grader.drawing import printed_variant, variants
from grader.marking import mark
from grader.sheets import Notation, in_print

EXERCISE = """
id: once-more
title: Once more
network:
  sizes: {d: 2}
  inputs: {x: d, u: d, t: 1}
  parameters: {w: 1 × d, b: 1}
  constants: [v, alpha]
  equations: |
    z = w x + b
    y = relu(z)
    L = (y - t)^2 / 2
  again:
    moved: {w: w + v x^T}
    other: {x: u}
    after: {w: w - alpha dL/dw, b: b - alpha dL/db}
    turned: {x: u, b: 2 b}
  define: {rise: L_moved - L, both: L + L_other}
sample:
  x, u: {from: [1, 3]}
  w, b: {from: [0.5, 1.5], step: 0.25}
  v: {from: [-0.5, 0.5], step: 0.125, not: 0}
  t: {from: [2, 5]}
  alpha: 0.125
printed: {x: [1, 2], u: [2, 1], w: [[1, 0.5]], b: 0.5, v: 0.25, t: 4}
questions:
  - id: numbers
    points: 6
    ask: Compute.
    may_be_trivial: true
    answer: {values: {moved: L_moved, slope: dL_moved/db, other: L_other, after: L_after, turned: y_turned, rise: rise}}
  - id: sum
    points: 1
    ask: Differentiate.
    answer: {values: dboth/db, in_terms_of: [y, y_other, t, z, z_other]}
accept: [few-variants, no-because]
"""


def by_hand(x, u, w, b, v, t, alpha):
    """The answers in plain NumPy, without a derivative taken by us."""

    def forward(x, w, b):
        return np.maximum((w @ x).item() + b, 0.0)

    def loss(x, w, b):
        return (forward(x, w, b) - t) ** 2 / 2

    moved = w + v * x.T
    error = forward(x, w, b) - t
    after = w - alpha * error * x.T, b - alpha * error
    return {
        "numbers.moved": loss(x, moved, b),
        "numbers.slope": (forward(x, moved, b) - t) * (forward(x, moved, b) > 0),
        "numbers.other": loss(u, w, b),
        "numbers.after": loss(x, *after),
        "numbers.turned": forward(u, w, 2 * b),
        "numbers.rise": loss(x, moved, b) - loss(x, w, b),
    }


def test_keys_are_those_of_plain_arithmetic(exercise):
    for variant in variants(exercise(EXERCISE), range(40)):
        drawn = {name: np.array(rows) for name, rows in variant.draw.values.items()}
        drawn = {n: one.item() if one.size == 1 else one for n, one in drawn.items()}
        for address, expected in by_hand(**drawn).items():
            assert variant.keys[address][1].value == pytest.approx(expected, abs=1e-12)


def test_answers_may_use_the_names_there(exercise):
    variant = printed_variant(exercise(EXERCISE))
    right = "(y - t) 1{z > 0} + (y_other - t) 1{z_other > 0}"
    for text, verdict in {
        right: Verdict.CORRECT,
        right.replace("y_other", "y_{other}").replace("z_other", "z_{other}"): Verdict.CORRECT,
        "(y - t) 1{z > 0} + (y_other - t) 1{z > 0}": Verdict.INCORRECT,
        "(y - t) 1{z > 0}": Verdict.INCORRECT,
    }.items():
        assert mark(variant, {"sum": text}).marks["sum"].verdict is verdict


def test_mistakes_are_made_there_too(exercise):
    variant = printed_variant(exercise(EXERCISE))
    right = variant.keys["numbers.moved"][1].value
    found = mark(variant, {"numbers.moved": str(2 * right)}).marks["numbers.moved"]
    assert found.verdict is Verdict.INCORRECT
    assert "half" in found.message


def test_a_draw_keeps_away_from_kinks_there(exercise):
    """Of the unit at the other example, whose value alone is asked for."""
    text = EXERCISE.replace("w, b: {from: [0.5, 1.5]", "w, b: {from: [-1.5, 1.5]")
    for variant in variants(exercise(text), range(60)):
        values = variant.solved.at([variant.row])
        assert abs(values["z_turned"].item()) > 1e-3 or float(values["z_turned"].item()) == 0.0


@pytest.mark.parametrize("notation", Notation)
def test_the_sheet_says_what_a_subscript_stands_for(exercise, notation):
    stem = in_print(printed_variant(exercise(EXERCISE)), notation).stem
    told = {
        Notation.LATEX: r"The subscript *other* marks what comes out with $x_{\mathit{other}} = u$ in place of $x$.",
        Notation.PLAIN: "The subscript *other* marks what comes out with x_{other} = u in place of x.",
    }[notation]
    assert told in stem
    assert "other}} &=" not in stem and "L_{other} = " not in stem
    hidden = EXERCISE.replace("questions:", "hidden: [other]\nquestions:", 1)
    assert told not in in_print(printed_variant(exercise(hidden)), notation).stem
