"""Right in value, and not in the names or the form asked for: no misconception, and never wrong."""

import pytest

from grader import bank
from grader.drawing import variant_of
from grader.errors import AuthorError
from grader.marking import mark, mark_all, to_look_at
from grader.marking.marks import Answers

LAYER = """
id: layer
title: A layer
accept: [few-variants]
network:
  sizes: {d: 2..4, h: 2..3}
  inputs: {x: d, y: 1}
  parameters: {W: h × d, b: h, v: 1 × h}
  equations: |
    z = W x + b
    a = relu(z)
    p = sigmoid(v a)
    L = (p - y)^2 / 2
  also: {p: [yhat, a2]}
questions:
  - id: g
    points: 4
    ask: Find the gradients.
    answer: {gradients_of: L, by: [v, b], in_terms_of: [y, p, a, z, v]}
    credit: {mask: 0.5, slope: 0.5, bias: 0.25}
  - id: f
    points: 2
    ask: Find the gradient, in terms of the quantities of the forward pass.
    answer: {gradients_of: L, by: [W], in_terms_of: [forward, v]}
  - id: e
    points: 2
    ask: Expand.
    answer: {values: {q: (a - 1)^2}, in_terms_of: [a], form: expanded}
    credit: {not_as_asked: 0.5, bias: 0.5}
"""


def load(folder, old="", new=""):
    assert old in LAYER
    path = folder / "layer.yaml"
    path.write_text(LAYER.replace(old, new) if old else LAYER)
    return bank.load(path)


@pytest.fixture(scope="module")
def variant(tmp_path_factory):
    return variant_of(load(tmp_path_factory.mktemp("layer")), 1)


def found(variant, address, text):
    marks = mark(variant, {address: text})
    one = marks.marks[address]
    return one.verdict, one.points, one.misconception, to_look_at([marks])


DELTA = "(p - y) p (1 - p)"


@pytest.mark.parametrize(
    ("address", "text", "expected"),
    [
        ("g.b", "dL/dz", ("not_as_asked", 0, "", 1)),
        ("g.b", f"v^T {DELTA} ∘ (W x + b > 0)", ("not_as_asked", 0, "", 1)),
        ("g.v", "dL/dp p (1 - p) a^T", ("not_as_asked", 0, "", 1)),
        ("g.v", f"{DELTA} relu(W x + b)^T", ("not_as_asked", 0, "", 1)),
        ("g.v", "dL/dv", ("unreadable", 0, "", 1)),  # says nothing
        ("g.v", "2 dL/dv / 2", ("unreadable", 0, "", 1)),
        ("g.b", f"v^T {DELTA} ∘ (z > 0)", ("correct", 2, "", 0)),
        ("g.b", f"v^T {DELTA}", ("partial", 1, "mask", 0)),
        ("g.b", "v^T dL/dp p (1 - p)", ("partial", 1, "mask", 0)),  # wrong, whatever the names
        ("g.b", "2 dL/dz", ("incorrect", 0, "factor", 0)),
        ("f.W", "dL/db x^T", ("not_as_asked", 0, "", 1)),
        ("f.W", f"v^T {DELTA} ∘ (z > 0) x^T", ("correct", 2, "", 0)),
        ("f.W", f"v^T {DELTA} ∘ (W x + b > 0) x^T", ("not_as_asked", 0, "", 1)),
        ("f.W", "v^T (yhat - y) a2 (1 - p) ∘ (a > 0) x^T", ("correct", 2, "", 0)),
        ("e.q", "a^2 - 2 a + 1", ("correct", 2, "", 0)),
        ("e.q", "(a - 1)^2", ("not_as_asked", 1, "", 0)),
        ("e.q", "(1 - a)(1 - a)", ("not_as_asked", 1, "", 0)),
        ("e.q", "(a + 1)^2", ("incorrect", 0, "", 0)),
        ("e.q", "a^2 + 2 a + 1", ("incorrect", 0, "", 0)),
    ],
)
def test_equality_first_then_names_then_misconceptions(variant, address, text, expected):
    assert found(variant, address, text) == expected


def test_many_are_marked_as_one(variant):
    texts = ["dL/dz", f"v^T {DELTA}", "2 dL/dz", "dL/db", "(a - 1)^2"]
    lines = [Answers("layer", 1, {"g.b": text, "e.q": text}) for text in texts]
    together = mark_all(variant.solved, [(variant.row, line) for line in lines])
    alone = [mark(variant, line.answers) for line in lines]
    assert [one.marks for one in together] == [one.marks for one in alone]


def test_the_key_has_the_form_that_it_asks_for(variant):
    for address, (_, key) in variant.keys.items():
        assert mark(variant, {address: key.show()}).marks[address].verdict == "correct"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{p: [yhat, a2]}", "{p: [y]}", "'y' is declared in the network"),
        ("{p: [yhat, a2]}", "{p: [a_2], z: [a2]}", "'a2' is another name already"),
        ("{p: [yhat, a2]}", "{q: [a2]}", "'q' is not declared in the network"),
        ("{p: [yhat, a2]}", "{p: [a-2]}", "expected a name of letters and digits, found 'a-2'"),
        ("not_as_asked: 0.5", "not_asked: 0.5", "no misconception is called 'not_asked'"),
    ],
)
def test_authors_are_told(tmp_path, old, new, says):
    with pytest.raises(AuthorError) as raised:
        variant_of(load(tmp_path, old, new), 1)
    assert says in str(raised.value)


def test_a_name_that_is_declared_may_be_called_forward(tmp_path):
    text = LAYER.replace("a = relu(z)", "forward = relu(z)").replace("v a)", "v forward)")
    text = text.replace("[y, p, a, z, v]", "[y, p, forward, z, v]").replace(
        "(a - 1)", "(forward - 1)"
    )
    text = text.replace("in_terms_of: [a]", "in_terms_of: [forward]").replace("by: [W]", "by: [v]")
    text = text.replace("in_terms_of: [forward, v]", "in_terms_of: [forward, p, y]")
    path = tmp_path / "layer.yaml"
    path.write_text(text)
    keys = variant_of(bank.load(path), 1).keys
    assert keys["f.v"][1].allowed == ("forward", "p", "y")
