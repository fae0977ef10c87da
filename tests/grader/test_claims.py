"""What options claim of the network is decided: of values over the seeds, of formulas for any values."""

import pytest

from grader.checking import check

TEXT = """
id: claimed
title: One unit
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1}
  equations: |
    z = w x + b
    a = sigmoid(z)
    L = a^2 / 2
SAMPLE
questions:
  - id: slope
    points: 1
    ask: By what does $L$ change with $z$?
    answer: {gradients_of: L, by: [z], in_terms_of: [a]}
  - id: pick
    points: 1
    ask: What is true of it?
    answer:
      choose_one:
        options:
          claim: {text: What is claimed., RIGHT, holds: "CONDITION", because: A test.}
          other: {text: What is not claimed., OTHER, because: A test.}
accept: [few-variants, length]
"""
DRAWN = "sample: {x: {from: [1, 4]}, w: {from: [1, 4]}, b: {one_of: [0.5, 1]}}"
SIDES = {True: ("right: true", "right: false"), False: ("right: false", "right: true")}


def found(exercise, condition, right, sample=""):
    mine, other = SIDES[right]
    text = TEXT.replace("CONDITION", condition).replace("SAMPLE", sample)
    subject = exercise(text.replace("RIGHT", mine).replace("OTHER", other))
    return [one for one in check(subject, seeds=30).problems if one.code == "false-claim"]


ANY_VALUES = {
    "dL/dz == a^2 (1 - a)": "always",
    "dL/dz == a (1 - a)": "never",
    "dL/dz == a^2 (1 - a) + 0.000001 x": "never",
    "dL/db - dL/dz == 0": "always",
    "a <= 1": "always",
    "a > 0.5": "never",
    "a != z": "always",
}
ONE_OF_A_GRID = {
    "dL/dz == a^2 (1 - a)": "always",
    "z >= 1.5": "always",
    "z > 3.5": "sometimes",
    "z == 5": "sometimes",
    "z < 1.5": "never",
    "dL/dw > dL/dx": "sometimes",
    "dL/dw != 0": "always",
}


@pytest.mark.parametrize(
    ("sample", "condition", "held"),
    [("", *row) for row in ANY_VALUES.items()] + [(DRAWN, *row) for row in ONE_OF_A_GRID.items()],
)
def test_a_right_option_claims_what_always_holds_and_a_wrong_one_what_never_does(
    exercise, sample, condition, held
):
    assert (found(exercise, condition, True, sample) == []) == (held == "always")
    assert (found(exercise, condition, False, sample) == []) == (held == "never")


def test_a_finding_counts_the_variants(exercise):
    [one] = found(exercise, "z > 3.5", True, DRAWN)
    assert "the option is right, and 'z > 3.5' holds in " in one.message
    [one] = found(exercise, "dL/dz == a (1 - a)", True)
    assert one.message.endswith("holds in 0 of 30 variants")
