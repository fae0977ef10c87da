"""Choices whose wrong options are what misconceptions lead to."""

import re
from itertools import pairwise

import pytest

from grader import bank
from grader.checking import check
from grader.drawing import printed_variant, restored, variants
from grader.errors import AuthorError
from grader.marking import mark
from grader.sheets import Notation, in_print
from reference.network import Network

TEXT = """
id: offered
title: Which one is it?
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1, v: 1}
  equations: |
    z = w x + b
    a = sigmoid(z)
    y = v a
    L = (y - 1)^2 / 2
sample: {x: {from: [0.5, 2], step: 0.5}, w: {from: [-1, 1], step: 0.25, not: 0}, b: {from: [-1, 1], step: 0.5, not: 0}, v: {from: [2, 5]}}
printed: {x: 2, w: 0.5, b: 0.5, v: 3, number.slope: [sign, right, slope, factor], formula.w: [right, slope, sign, power]}
questions:
  - id: number
    points: 1
    ask: Which number is it?
    answer: {values: {slope: dL/dw}, offer: 4}
  - id: formula
    points: 1
    ask: Which formula is it?
    answer: {gradients_of: L, by: [w], in_terms_of: [x, y, v, a], offer: 4}
"""


def loaded(tmp_path, old="", new=""):
    assert old in TEXT
    path = tmp_path / "offered.yaml"
    path.write_text(TEXT.replace(old, new) if old else TEXT)
    return bank.load(path)


def numbers(variant):
    [question] = [q for q in in_print(variant, Notation.PLAIN).questions if q.id == "number"]
    return [float(text) for _, text in question.options]


def by_hand(v):
    z = v["w"] * v["x"] + v["b"]
    a = 1 / (1 + 2.718281828459045**-z)
    return (v["v"] * a - 1) * v["v"] * a * (1 - a) * v["x"]


def test_no_number_is_computed_again_in_print(tmp_path, monkeypatch):
    drawn = variants(loaded(tmp_path), range(2))
    monkeypatch.setattr(Network, "evaluate", None)
    assert [len(numbers(variant)) for variant in drawn] == [4, 4]


def test_the_right_number_is_among_them_and_no_two_are_close(tmp_path):
    for variant in variants(loaded(tmp_path), range(100)):
        shown = numbers(variant)
        right = by_hand({name: rows[0][0] for name, rows in variant.draw.values.items()})
        letter = variant.keys["number.slope"][1].show()
        assert shown["abcd".index(letter)] == pytest.approx(right, rel=1e-3)
        assert len(shown) == 4
        ordered = sorted(shown)
        assert all(b - a > 0.009 for a, b in pairwise(ordered))


def test_all_places_and_many_distractors_come_up(tmp_path):
    drawn = variants(loaded(tmp_path), range(100))
    assert {one.keys["number.slope"][1].show() for one in drawn} == set("abcd")
    offered = {name for one in drawn for name in one.draw.orders["number.slope"]}
    assert len(offered) > 8


def test_who_chooses_a_wrong_one_is_told_which(tmp_path):
    variant = printed_variant(loaded(tmp_path))
    assert numbers(variant)[0] == -numbers(variant)[1]
    told = {
        letter: mark(variant, {"number.slope": letter}).marks["number.slope"] for letter in "abcd"
    }
    assert told["b"].verdict == "correct"
    assert told["a"].message == "not the right option; it looks like the other sign"
    assert "skips that of an activation" in told["c"].message
    assert "factor of 2" in told["d"].message
    formula = mark(variant, {"formula.w": "d"}).marks["formula.w"]
    assert "the exponent" in formula.message


def test_formulas_are_shown_as_mathematics(tmp_path):
    sheet = in_print(printed_variant(loaded(tmp_path)))
    texts = [text for _, text in sheet.questions[1].options]
    assert len(set(texts)) == 4
    assert all(re.fullmatch(r"\$.+\$", text) for text in texts)


def test_stored_variants_come_back_and_check_holds(tmp_path):
    exercise = loaded(tmp_path)
    draws = [one.draw for one in variants(exercise, range(5))]
    assert [one.draw for one in restored(exercise, draws)] == draws
    assert [numbers(one) for one in restored(exercise, draws)] == [
        numbers(one) for one in variants(exercise, range(5))
    ]
    assert not check(exercise, 30).problems


CASES = {
    "more than there are": ("{values: {slope: dL/dw}, offer: 4}", "{values: {slope: x + 1}, offer: 4}", "misconceptions give "),
    "two blanks": ("by: [w], in_terms_of", "by: [w, b], in_terms_of", "the only blank of a question"),
    "too many options": ("dL/dw}, offer: 4", "dL/dw}, offer: 40", "expected a whole number <= 8"),
    "a printed option that is none": ("[sign, right, slope, factor]", "[sign, right, slope, luck]", "luck"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_authors_are_told(case, tmp_path):
    old, new, says = CASES[case]
    with pytest.raises(AuthorError) as caught:
        printed_variant(loaded(tmp_path, old, new))
    assert any(says in problem.message for problem in caught.value.problems)
