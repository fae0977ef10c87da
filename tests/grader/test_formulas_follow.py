"""A wrong formula costs its own points; what follows from it is right, in any order and company. As data in ``fixtures``."""

from pathlib import Path

import pytest

from grader.drawing import printed_variant, variants
from grader.marking import Answers, mark, mark_all
from tests import data
from tests.shipped import BANK

CASES = data.load(Path(__file__).parents[1] / "fixtures/formulas.yaml")
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
    says = "it follows from your formula for ∂L/∂b₂, which leaves nothing to find here"
    assert says in marks["gradients.W2"].message


DERIVED = """
id: derived
title: Gradients in several lines
network:
  sizes: {d: 2, h: 3}
  inputs: {x: d, y: 1}
  parameters: {W1: h × d, W2: 1 × h}
  equations: |
    z1 = W1 x
    a1 = tanh(z1)
    z2 = W2 a1
    yhat = sigmoid(z2)
    L = (yhat - y)^2 / 2
sample: {x: [1, 2], y: 1, W1: [[1, 0.5], [-1, 1], [1, 1]], W2: [[1, -1, 0.5]]}
printed: {}
questions:
  - {id: error, points: 1, ask: Find it., answer: {values: dL/dz2, in_terms_of: "yhat, y", derivation: true}}
  - {id: top, points: 1, ask: Find it., answer: {values: dL/dW2, in_terms_of: "yhat, y, a1", derivation: true}}
  - {id: below, points: 1, ask: Find it., answer: {values: dL/dz1, in_terms_of: "yhat, y, a1, W2"}}
"""
WRONG_ERROR = "dL/dz2 = (y - yhat) yhat (1 - yhat)\n= (y - yhat) (yhat - yhat^2)"
FROM_ERROR = "dL/dW2 = dL/dz2 a1^T = (y - yhat) yhat (1 - yhat) a1^T"
BELOW = "(y - yhat) yhat (1 - yhat) W2^T ∘ (1 - a1^2)"


@pytest.mark.parametrize(
    ("error", "top", "below", "verdicts"),
    [
        # the last side of a wrong derivation is carried on, by a derivation and by a formula
        (WRONG_ERROR, FROM_ERROR, BELOW, "incorrect follow_through follow_through"),
        # in one line, it is a formula like any other
        ("(y - yhat) yhat (1 - yhat)", FROM_ERROR, BELOW, "incorrect follow_through follow_through"),
        # even if its own lines do not fit together
        (
            "2 (y - yhat) yhat (1 - yhat)\n= (y - yhat) yhat (1 - yhat)",
            FROM_ERROR,
            BELOW,
            "incorrect follow_through follow_through",
        ),
        # lines that do not agree with one another do not follow, whatever the last one says
        (
            WRONG_ERROR,
            "2 (y - yhat) yhat (1 - yhat) a1^T\n= (y - yhat) yhat (1 - yhat) a1^T",
            BELOW,
            "incorrect incorrect follow_through",
        ),
        # nor does a second slip on the way, or at the end
        (WRONG_ERROR, FROM_ERROR.replace("= (", "= 2 ("), BELOW, "incorrect incorrect follow_through"),
        (WRONG_ERROR, FROM_ERROR, f"2 {BELOW}", "incorrect follow_through incorrect"),
        # a wrong line before a right end stands for nothing, and what is wrong after it follows from nothing
        (
            "(y - yhat) yhat (1 - yhat)\n= (yhat - y) yhat (1 - yhat)",
            FROM_ERROR,
            BELOW,
            "incorrect incorrect follow_through",
        ),
        # a derivation that leaves nothing to find
        ("dL/dz2 = yhat / yhat\n= 1", "dL/dW2 = dL/dz2 a1^T = a1^T", "W2^T ∘ (1 - a1^2)", "incorrect incorrect incorrect"),
    ],
)  # fmt: skip
def test_derivations_follow_and_are_followed(error, top, below, verdicts, exercise):
    variant = printed_variant(exercise(DERIVED))
    marks = mark(variant, {"error": error, "top": top, "below": below}).marks
    assert [marks[one].verdict.value for one in ("error", "top", "below")] == verdicts.split()


def test_lines_about_two_other_quantities_are_about_one_each(exercise):
    variant = printed_variant(exercise(DERIVED))
    text = "a1 = tanh(z1)\nz2 = W2 a1\n= W2 tanh(z1)\ndL/dz2 = (yhat - y) yhat (1 - yhat)"
    assert mark(variant, {"error": text}).marks["error"].verdict == "correct"
    wrong = text.replace("= W2 tanh", "= 2 W2 tanh")
    assert mark(variant, {"error": wrong}).marks["error"].verdict == "incorrect"


def test_wrong_derivations_that_end_alike_are_alike(exercise):
    variant = printed_variant(exercise(DERIVED))

    def alike(text):
        return mark(variant, {"error": text}).marks["error"].alike

    wrong, long = alike("(y - yhat) yhat (1 - yhat)"), alike(WRONG_ERROR)
    assert wrong == long == alike(f"2 {WRONG_ERROR.partition('= ')[2]}")
    others = [
        alike("(y - yhat) yhat\n= 2 (yhat - yhat^2) (y - yhat)"),
        alike("x x^T\n= W1 W1^T"),
        alike("2 (yhat - y) yhat (1 - yhat)\n= (yhat - y) yhat (1 - yhat)"),  # right at the end
        alike("3 (yhat - y) yhat (1 - yhat)\n= (yhat - y) yhat (1 - yhat)"),
    ]
    assert all(others)
    assert len({wrong, *others}) == 5
