"""Questions on data sufficiency: what a student is shown, and what an author is told."""

import re

import pytest

from grader import bank, load_bank
from grader.api import Bank
from grader.checking import check
from grader.drawing import printed_variant
from grader.errors import AuthorError
from reference.sufficiency.deciding import Sufficient
from tests.shipped import BANK

GOOD = """
id: small
title: Enough?
network:
  units: {x: 2, h: 2 relu, y: 1}
printed: {}
questions:
  - id: q
    points: 1
    ask: Can it be known?
    answer:
      sufficiency: {target: o_y, first: outputs of h, second: [weights, inputs]}
"""


def loaded(tmp_path, old="", new=""):
    assert old in GOOD
    path = tmp_path / "small.yaml"
    path.write_text(GOOD.replace(old, new) if old else GOOD)
    return bank.load(path)


def test_the_right_option_is_proved(tmp_path):
    loaded(tmp_path)
    variant = load_bank(tmp_path)["small"].printed()
    assert variant.mark({"q": "b"}).points == 1
    assert variant.mark({"q": "second"}).points == 1


def test_a_wrong_option_is_answered_with_a_proof(tmp_path):
    loaded(tmp_path)
    variant = load_bank(tmp_path)["small"].printed()
    said = {letter: variant.mark({"q": letter}).marks["q"].message for letter in "acde"}
    assert said["a"].startswith("not so: with item (1), o_y can be ")
    assert "in two networks that have " in said["a"]
    assert said["c"].startswith("not so: from item (2), o_y follows: ")
    assert said["c"].endswith("o_y = w_{h₁,y} o_{h₁} + w_{h₂,y} o_{h₂}")
    assert said["d"].startswith("not so: with item (1), ")
    assert said["e"].startswith("not so: from item (2), ")


def test_the_data_are_listed(tmp_path):
    loaded(tmp_path)
    text = load_bank(tmp_path)["small"].printed().markdown()
    assert "- Item (1): the outputs of $h$\n- Item (2): all weights and the inputs" in text


def test_equations_of_scalars_will_do(tmp_path):
    equations = 'inputs: {x: 1}\n  parameters: {w: 1}\n  equations: "a = relu(w x)"'
    loaded(tmp_path, "units: {x: 2, h: 2 relu, y: 1}", equations)
    path = tmp_path / "small.yaml"
    text = path.read_text().replace(
        "{target: o_y, first: outputs of h, second: [weights, inputs]}",
        "{target: da/dw, first: [x, a], second: a}",
    )
    path.write_text(text + "accept: [few-variants, unnamed]\n")
    assert load_bank(tmp_path)["small"].printed().mark({"q": "a"}).points == 1
    assert not check(bank.load(path), 10).problems


CASES = {
    "an unknown target": ("target: o_y", "target: o_z", "unknown name 'o_z'"),
    "an expression": ("target: o_y", "target: o_y + 1", "expected a quantity of the network"),
    "a derivative by what is not seen": ("target: o_y", "target: do_h1/dw_x1_h2", "'o_h1' does not depend on 'w_x1_h2'"),
    "a derivative of an input": ("target: o_y", "target: do_x1/do_y", "'o_x1' does not depend on 'o_y'"),
    "empty data": ("first: outputs of h", "first: []", "expected at least one quantity"),
    "an unknown item": ("first: outputs of h", "first: [o_h1, o_q]", "unknown name 'o_q'"),
    "a group that is not there": ("first: outputs of h", "first: outputs of q", "there are no outputs of q"),
    "weights that are not there": ("first: outputs of h", "first: weights from h to x", "there are no weights from h to x"),
    "the target itself": ("first: outputs of h", "first: [o_h1, o_y]", "o_y is what is asked for"),
    "units that are none": ("h: 2 relu", "h: many relu", "expected 1 to 8 units, found 'many relu'"),
    "a network of matrices": ("units: {x: 2, h: 2 relu, y: 1}", "layers: {x: 2, h: 2 relu, o_y: 1}", "expected a network of scalars"),
    "a missing item": (", second: [weights, inputs]", "", "the key 'second' is missing"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_authors_are_told_what_makes_no_sense(case, tmp_path):
    old, new, says = CASES[case]
    with pytest.raises(AuthorError) as caught:
        printed_variant(loaded(tmp_path, old, new))
    problem = caught.value.problems[0]
    assert says in problem.message
    line = next(number for number, text in enumerate(GOOD.splitlines(), 1) if old in text)
    assert problem.line == (12 if "matrices" in case else line)


def test_what_only_zeros_speak_against_is_no_question(tmp_path):
    """u = w x + b gives w, unless x is 0."""
    path = tmp_path / "small.yaml"
    equations = 'inputs: {x: 1}\n  parameters: {w: 1, b: 1}\n  equations: "u = w x + b"'
    data = "{target: w, first: [u, x, b], second: u}"
    text = GOOD.replace("units: {x: 2, h: 2 relu, y: 1}", equations)
    path.write_text(re.sub(r"\{target.*\}", data, text))
    with pytest.raises(
        AuthorError, match="whether item \\(1\\) determines w: only a zero or a dead"
    ):
        printed_variant(bank.load(path))


def test_a_planted_decision_is_found_by_check(tmp_path, monkeypatch):
    """Were the laws wrong, ``check`` would say so."""
    from grader.model.sufficiency import question

    monkeypatch.setattr(question.Sufficiency, "decide", lambda self, target, given: Sufficient(()))
    report = check(loaded(tmp_path), 5)
    assert any("no step leads to o_y" in problem.message for problem in report.problems)


@pytest.mark.slow
def test_the_questions_of_the_bank_have_their_answers_in_every_network():
    """A drawn question has the same answer whatever the sizes, which students could not see from it."""
    found = {}
    for variant in Bank(BANK)["data-sufficiency"].variants(range(300)):
        for part, key in variant.keys.items():
            row = variant.draw.choices["front" if part in "abc" else "back"]
            found.setdefault((part, row), set()).add(key.show())
    assert len(found) == 60
    assert all(len(keys) == 1 for keys in found.values())
    for part in "abcdef":
        keys = sorted(min(keys) for (one, _), keys in found.items() if one == part)
        assert keys == [*"aabbccddee"]
