"""Wrong answers are named by the misconception that gives them."""

import numpy as np
import pytest

from grader import bank
from grader.checking import check
from grader.drawing import printed_variant, variants, wrong_expressions, wrong_totals
from grader.errors import AuthorError
from grader.marking import mark
from grader.model import Count, Symbolic
from reference.language.writing import plain
from tests.shipped import BANK, drawn

SEEDS = 200
LOOKS = "it looks like "
NUMBERS = ["two-layer-numbers", "two-two-one", "scalar-residual-block"]
OTHERS = [
    "shortcut-network", "softmax-network", "skip-connection", "scalar-classifier", "unit-derivatives",
    "two-class-softmax", "softmax-binary-losses", "softmax-cross-entropy", "layer-sizes",
]  # fmt: skip
SLOW = {"skip-connection", "scalar-classifier"}


def wrong_numbers(variant):
    """(address, text, messages that it may get) of each mistake that makes a difference."""
    solved, row = variant.solved, variant.row
    for asked in solved.model.targets:
        key, within = solved.values[asked.target][row], solved.within[asked.target][row]
        several = [(one, values[row]) for one, values in solved.wrong.get(asked.target, ())]
        for _, value in several:
            if (np.abs(value - key) > within + 1e-9).any():
                close = [
                    one.message
                    for one, other in several
                    if (np.abs(other - value) <= within + 1e-6 * np.abs(value)).all()
                ]
                yield asked.address, repr(float(value.item())), close


@pytest.mark.parametrize("name", NUMBERS)
def test_every_wrong_number_is_named(name):
    """A few mistakes on each of many seeds, so that each mistake comes up on many."""
    tried = set()
    for seed, variant in enumerate(variants(BANK[name], range(SEEDS))):
        wrong = [*wrong_numbers(variant)]
        assert len(wrong) > 10
        for address, text, messages in wrong[seed % 7 :: 7]:
            found = mark(variant, {address: text}).marks[address]
            assert found.verdict == "incorrect", (seed, address, text)
            said = found.message.partition(LOOKS)[2]
            assert any(said.startswith(one) for one in messages), (seed, address, text)
            tried.add((address, said))
    assert len(tried) > (8 if name == "two-two-one" else 15)


@pytest.mark.parametrize("name", [*NUMBERS, *OTHERS])
def test_no_right_answer_looks_like_a_mistake(name):
    for variant in variants(BANK[name], range(SEEDS if name in NUMBERS else 5)):
        marks = mark(variant, {address: key.show() for address, (_, key) in variant.keys.items()})
        assert {one.verdict for one in marks.marks.values()} == {"correct"}
        assert not any(one.message for one in marks.marks.values())


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in OTHERS],
)
def test_every_wrong_expression_and_count_is_named(name):
    tried = 0
    structures = {}
    for variant in variants(BANK[name], range(SEEDS)):  # the mistakes are those of the structure
        structures.setdefault(tuple(variant.draw.choices.items()), variant)
    for variant in [*structures.values()][:6]:
        model = variant.solved.model
        for blank in model.blanks:
            texts = []
            match blank.source:
                case Count() as count:
                    wrong = wrong_totals(model, count, variant.draw.sizes)
                    texts = [(plain(total.written), one.message) for one, total in wrong]
                case Symbolic() as asked:
                    wrong, sides = wrong_expressions(model, blank.address, asked)
                    pairs = zip(wrong, sides.expressions, strict=True)
                    texts = [(plain(e), one.message) for one, e in pairs]
            for text, message in texts:
                if "unit(" in text:
                    continue  # no student can write that
                found = mark(variant, {blank.address: text}).marks[blank.address]
                if found.verdict == "correct":
                    continue  # in this structure it makes no difference
                assert found.verdict == "incorrect", (blank.address, text)
                assert LOOKS in found.message, (blank.address, text, message)
                tried += 1
    assert tried >= 2


def said(name, address, text):
    return mark(printed_variant(BANK[name]), {address: text}).marks[address].message


@pytest.mark.parametrize(
    ("name", "address", "text", "message"),
    [
        ("two-layer-numbers", "forward.h1", "1.5", "a bias was forgotten"),
        ("two-layer-numbers", "forward.h4", "-0.5", "an activation was skipped"),
        ("two-layer-numbers", "update.w21", "0.35", "a step up the gradient"),
        ("two-layer-numbers", "update.w21", "-1.5", "the gradient or the step"),
        ("two-layer-numbers", "update.w21", "-0.15", "the gradient or the step"),
        ("two-layer-numbers", "update.gradient", "0.65", "the updated value"),
        ("two-layer-numbers", "update.gradient", "1.5", "the other sign"),
        ("two-layer-numbers", "update.gradient", "0.5", "along one path alone"),
        ("scalar-residual-block", "forward.v1", "-0.38", "the shortcut was forgotten"),
        ("calibration-temperature", "gaps.error", "0.117", "the plain mean over the bins"),
        ("calibration-temperature", "gaps.error", "0.11667", "the plain mean over the bins"),
        ("calibration-temperature", "gaps.error", "0.118", None),
        ("calibration-temperature", "gaps.error", "0.0501", None),  # of 0.05, which is exact
        ("shortcut-network", "parameters", "h d + 2 h + 1", "without the weights of the shortcut"),
        ("shortcut-network", "parameters", "2 h d + h + d + 1", None),
        ("shortcut-network", "gradients.W1", "(yhat-y) yhat (1-yhat) W2^T x^T", "without the mask"),
        ("shortcut-network", "gradients.b2", "(yhat-y) yhat (1+yhat)", "s(1 + s)"),
        ("shortcut-network", "gradients.b2", "yhat - y", "skips that of an activation"),
        ("shortcut-network", "gradients.b2", "(y-yhat) yhat (1-yhat)", "the other sign"),
        ("shortcut-network", "gradients.b2", "2 (yhat-y) yhat (1-yhat)", "factor of 2"),
        ("softmax-cross-entropy", "same", "-P_i (1 - P_i)", "the other sign"),
        ("softmax-cross-entropy", "loss", "y_i - P_i", "the other sign"),
        ("softmax-cross-entropy", "loss", "dL/dh_i\n= -sum_j y_j (y_i - P_i)\n= P_i", None),
        # Where an activation is skipped, nothing finite is left.
        ("weighted-threshold", "slope.slope", "-0.25", "the other sign"),
        ("weighted-threshold", "slope.slope", "7", None),
        ("layer-sizes", "parameters.hidden1", "30720", "without the biases"),
        ("layer-sizes", "parameters.hidden1", "524800", "of another layer"),
        ("layer-sizes", "parameters.output", "16416", "grows with the number of examples"),
    ],
)
def test_the_message_says_what_it_looks_like(name, address, text, message):
    found = said(name, address, text)
    if message is None:
        assert LOOKS not in found
    else:
        assert message in found.partition(LOOKS)[2]


def test_of_mistakes_that_lead_to_nearly_the_same_it_is_the_nearest():
    [variant] = drawn("scalar-residual-block", [43])
    found = mark(variant, {"gradients.w0": "-0.00249"}).marks["gradients.w0"]
    assert found.misconception == "bias"


# An author's own, and partial credit

OWN = """
id: own
title: A line
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1}
  equations: |
    z = w x + b
    L = (z - 1)^2 / 2
sample: {x: {from: [2, 5]}, w: {from: [2, 5]}, b: {from: [1, 4]}}
printed: {x: 2, w: 3, b: 1}
questions:
  - id: q
    points: 4
    ask: Compute.
    answer: {values: {z: z, slope: dL/dw}}
    misconceptions:
      - {blank: z, value: w (x + b), says: the bias inside the product, credit: 0.25}
    credit: {bias: 0.5}
"""


def own(tmp_path, old="", new=""):
    assert old in OWN
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace(old, new) if old else OWN)
    return bank.load(path)


def test_an_author_adds_a_misconception_with_credit(tmp_path):
    variant = printed_variant(own(tmp_path))
    found = mark(variant, {"q.z": "9"}).marks["q.z"]
    assert (found.verdict, found.points) == ("partial", 0.5)
    assert (
        found.message == "not equal to the right answer; it looks like the bias inside the product"
    )


def test_a_misconception_of_the_table_earns_what_the_author_says(tmp_path):
    variant = printed_variant(own(tmp_path))
    found = mark(variant, {"q.z": "6"}).marks["q.z"]
    assert (found.verdict, found.points) == ("partial", 1)
    assert "a bias was forgotten" in found.message


def test_the_last_bits_of_large_numbers_do_not_choose_between_equal_mistakes(tmp_path):
    """Without the bias it is w x, and so it is by the author's formula but for these."""
    path = tmp_path / "large.yaml"
    large = OWN.replace("w (x + b)", "w x (0.1 + 0.2) / 0.3")
    path.write_text(large.replace("{x: 2, w: 3, b: 1}", "{x: 123456.7, w: 76543.21, b: 9e7}"))
    found = mark(printed_variant(bank.load(path)), {"q.z": "9449772114.007"}).marks["q.z"]
    assert (found.misconception, found.points) == ("own", 0.5)


def test_a_draw_in_which_a_misconception_meets_the_key_is_rejected(tmp_path):
    """w x + b is w (x + b) where w = 1."""
    exercise = own(tmp_path, "w: {from: [2, 5]}", "w: {from: [1, 2]}")
    drawn = variants(exercise, range(40))
    assert {one.draw.values["w"][0][0] for one in drawn} == {2.0}


CASES = {
    "an unknown blank": ("blank: z,", "blank: y,", "(z, slope), found 'y'"),
    "an unknown name": ("value: w (x + b)", "value: w (x + c)", "unknown name 'c'"),
    "an unknown misconception": ("{bias: 0.5}", "{byas: 0.5}", "no misconception is called 'byas'"),
    "too much credit": ("credit: 0.25", "credit: 1.5", "expected a number <= 1"),
}


@pytest.mark.parametrize("case", CASES)
def test_authors_are_told(case, tmp_path):
    old, new, says = CASES[case]
    with pytest.raises(AuthorError) as caught:
        printed_variant(own(tmp_path, old, new))
    problem = caught.value.problems[0]
    assert says.casefold() in problem.message.casefold()
    line = next(number for number, text in enumerate(OWN.splitlines(), 1) if old in text)
    assert problem.line == line


def test_check_tells_how_often_each_applies():
    shares = check(BANK["scalar-residual-block"], 50).misconceptions
    assert shares["bias"] == shares["sign"] == 1
    assert 0.2 < shares["mask"] < 0.8
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
