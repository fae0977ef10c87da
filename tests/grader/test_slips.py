"""Slips in numbers and formulas are named; what they give is worked out here by hand, in plain Python and NumPy."""

import math
from itertools import pairwise

import numpy as np
import pytest

from grader import bank
from grader.drawing import printed_variant, variants
from grader.marking import mark
from reference.misconceptions.table import MISCONCEPTIONS
from tests.shipped import BANK

SAID = {row.name: row.message for row in MISCONCEPTIONS}
LOOKS = "it looks like "

BATCH = """
id: batch
title: A line through points
network:
  inputs: {x: 1 × 3, t: 1 × 3}
  parameters: {w: 1, b: 1, M: 2 × 2, p: 2}
  constants: [alpha]
  equations: |
    y = w x + b
    L = sum((y - t)^2) / (2 * 3)
    q = M p
    e1 = (w - 1)^2
    e2 = (b - 1)^2
    A = (e1 + e2) / 2
    c = M[1,2] + 2 M[2,1]
sample:
  x, t: {from: [-3, 3], step: 0.25, not: 0}
  w, b: {from: [-2, 2], step: 0.25, not: [0, 1]}
  M, p: {from: [-3, 3], step: 0.25, not: 0}
  alpha: {one_of: [0.1, 0.2]}
require:
  - abs(M[1,2] - M[2,1]) > 0.5
  - abs(p[1] - p[2]) > 0.5
  - abs(y - t) > 0.1
  - abs(sum(y - t)) > 0.2
  - abs(sum((y - t) ⊙ x)) > 0.2
questions:
  - id: q
    points: 6
    ask: Compute.
    answer:
      - {values: {L: L, slope: dL/dw, q: q, A: A, c: c}}
      - {updates: [w], loss: L, rate: alpha}
"""
TWO = """
id: two
title: Two activations
network:
  inputs: {x: 1, t: 1}
  parameters: {w: 1, b: 1, v: 1, u: 1}
  equations: |
    z = w x + b
    a = sigmoid(z)
    s = v a
    y = tanh(s)
    o = u y
    L = (o - t)^2 / 2
sample:
  x, t, w, b, v, u: {from: [-2, 2], step: 0.125, not: [-1, 0, 1]}
require:
  - abs(z) > 0.3
  - abs(s) > 0.3
  - abs(o - t) > 0.3
  - abs(z - s) > 0.3
questions:
  - id: q
    points: 3
    ask: Compute.
    answer: {values: {u: dL/du, v: dL/dv, w: dL/dw}}
"""
MASKS = """
id: masks
title: Two units
network:
  inputs: {x: 1}
  parameters: {w1: 1, w2: 1, v1: 1, v2: 1}
  equations: |
    h1 = w1 x + 1
    h2 = w2 x - 1
    y = v1 leaky_relu(h1, 0.1) + v2 leaky_relu(h2, 0.1)
sample:
  x, w1, w2, v1, v2: {from: [-2, 2], step: 0.125, not: [-1, 0, 1]}
require:
  - abs(h1) > 0.2
  - abs(h2) > 0.2
  - h1 * h2 < 0
questions:
  - id: q
    points: 3
    ask: Compute.
    answer: {values: {w1: dy/dw1}}
"""


def written(text, path):
    path.write_text(text)
    return bank.load(path)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


SLOPES = {"tenth": 0.1, "fifth": 0.2, "half": 0.5}  # of two-layer-numbers, below zero


def numbers(variant):
    """The values of a variant: scalars as floats, all others as arrays."""
    arrays = {name: np.array(rows) for name, rows in variant.draw.values.items()}
    found = {n: float(a.item()) if a.size == 1 else a for n, a in arrays.items()}
    return found | {"slope": SLOPES.get(variant.draw.choices.get("activation", ""), 0)}


def line(v):
    y = v["w"] * v["x"] + v["b"]
    return y, np.sum((y - v["t"]) ** 2), np.sum((y - v["t"]) * v["x"])


# Blank → slip → the wrong value by hand
OF_A_BATCH = {
    "L": {
        "half": lambda v: line(v)[1] / 3,
        "batch": lambda v: line(v)[1] / 2,
        "batch ": lambda v: line(v)[1] / 2 / 9,
    },
    "w": {
        "half": lambda v: v["w"] - v["alpha"] * 2 * line(v)[2] / 3,
        "batch": lambda v: v["w"] - v["alpha"] * line(v)[2],
        "batch ": lambda v: v["w"] - v["alpha"] * line(v)[2] / 9,
    },
    "slope": {"batch": lambda v: line(v)[2]},
    "q": {"swapped indices": lambda v: v["M"].T @ v["p"]},
    "A": {"mean": lambda v: (v["w"] - 1) ** 2 + (v["b"] - 1) ** 2},
    "c": {"swapped indices": lambda v: v["M"][1, 0] + 2 * v["M"][0, 1]},
}


def deep(v):
    a = sigmoid(v["w"] * v["x"] + v["b"])
    y = math.tanh(v["v"] * a)
    return v["w"] * v["x"] + v["b"], a, v["v"] * a, y, v["u"] * y - v["t"]


def by_v(slope, value, v):
    return deep(v)[4] * v["u"] * slope * value


def by_w(outer, inner, v):
    return deep(v)[4] * v["u"] * outer * v["v"] * inner * v["x"]


def slope_of_sigmoid(a):
    return a * (1 - a)


OF_TWO = {
    "u": {"pre-activation": lambda v: deep(v)[4] * deep(v)[2]},
    "v": {
        "tanh for sigmoid": lambda v: by_v(deep(v)[3] * (1 - deep(v)[3]), deep(v)[1], v),
        "slopes mixed up": lambda v: by_v(slope_of_sigmoid(deep(v)[1]), deep(v)[1], v),
        "pre-activation": lambda v: by_v(1 - deep(v)[3] ** 2, deep(v)[0], v),
    },
    "w": {
        "tanh for sigmoid": lambda v: by_w(deep(v)[3] * (1 - deep(v)[3]), 1 - deep(v)[1] ** 2, v),
    },
}
OF_MASKS = {
    "w1": {
        "another mask": lambda v: v["v1"] * v["x"] * (1 if v["w2"] * v["x"] - 1 > 0 else 0.1),
    }
}


def two_layers(v, *, half=True, mean=False, swapped=False):
    """The forward pass and the error of the bank's two-layer-numbers."""
    w12, w21 = (v["w21"], v["w12"]) if swapped else (v["w12"], v["w21"])
    h1 = v["i1"] * v["w11"] + v["i2"] * w21 + v["b1"]
    h2 = v["i1"] * w12 + v["i2"] * v["w22"] + v["b2"]
    h3, h4 = (h if h > 0 else v["slope"] * h for h in (h1, h2))
    o1 = h3 * v["w31"] + h4 * v["w41"] + v["b3"]
    o2 = h3 * v["w32"] + h4 * v["w42"] + v["b4"]
    squares = (o1 - v["t1"]) ** 2 + (o2 - v["t2"]) ** 2
    back = [(o1 - v["t1"]) * v[f"w{unit}1"] + (o2 - v["t2"]) * v[f"w{unit}2"] for unit in (3, 4)]
    error = squares * (0.5 if half else 1) * (0.5 if mean else 1)
    return {"h1": h1, "h2": h2, "error": error, "back": back, "o1": o1}


def by_w12(v):
    found = two_layers(v)
    return found["back"][1] * (1 if found["h2"] > 0 else v["slope"]) * v["i1"]


OF_TWO_LAYERS = {
    "forward.h1": {"swapped indices": lambda v: two_layers(v, swapped=True)["h1"]},
    "forward.h2": {"swapped indices": lambda v: two_layers(v, swapped=True)["h2"]},
    "error": {
        "half": lambda v: two_layers(v, half=False)["error"],
        "sum": lambda v: two_layers(v, mean=True)["error"],
    },
    "update.gradient": {"swapped indices": by_w12},
    "update.w21": {
        "half": lambda v: v["w21"] - v["alpha"] * 2 * two_layers(v)["back"][0] * v["i2"],
        "swapped indices": lambda v: v["w12"] - v["alpha"] * by_w12(v),
        "swapped indices ": lambda v: v["w21"] - v["alpha"] * by_w12(v),
    },
}
TABLES = {
    "a batch": (BATCH, "q.", OF_A_BATCH),
    "two activations": (TWO, "q.", OF_TWO),
    "masks": (MASKS, "q.", OF_MASKS),
    "two layers": ("two-layer-numbers", "", OF_TWO_LAYERS),
}
CASES = [
    (table, blank, slip) for table in TABLES for blank, s in TABLES[table][2].items() for slip in s
]


@pytest.fixture(scope="module")
def exercises(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slips")
    return {
        name: BANK[text] if text in BANK else written(text, folder / f"{name}.yaml")
        for name, (text, *_) in TABLES.items()
    }


def text_of(value):
    rows = np.atleast_1d(np.asarray(value, dtype=float))
    return repr(rows.tolist()) if rows.size > 1 else repr(float(rows.item()))


@pytest.mark.parametrize(("table", "blank", "slip"), CASES)
def test_a_slip_is_named(exercises, table, blank, slip):
    """Wherever it is wrong, but for a few where a mistake that is looked for before gives the same by chance."""
    _, prefix, slips = TABLES[table]
    wrong, named = 0, 0
    for variant in variants(exercises[table], range(40)):
        value = slips[blank][slip](numbers(variant))
        found = mark(variant, {prefix + blank: text_of(value)}).marks[prefix + blank]
        wrong += found.verdict == "incorrect"
        named += SAID[slip.strip()] in found.message.partition(LOOKS)[2]
    assert wrong >= 20
    assert named >= 0.8 * wrong


@pytest.mark.parametrize(("table", "blank", "slip"), CASES)
def test_what_is_near_a_slip_is_not_named_so(exercises, table, blank, slip):
    """A fifth more than the slip gives, and the right answer."""
    _, prefix, slips = TABLES[table]
    named = 0
    for variant in variants(exercises[table], range(25)):
        value = 1.2371 * np.asarray(slips[blank][slip](numbers(variant))) + 0.1234
        found = mark(variant, {prefix + blank: text_of(value)}).marks[prefix + blank]
        named += SAID[slip.strip()] in found.message
        right = variant.keys[prefix + blank][1].show()
        assert mark(variant, {prefix + blank: right}).marks[prefix + blank].verdict == "correct"
    assert named <= 3


FORMULAS = [  # exercise, blank, what a student writes, what it looks like
    ("softmax-network", "same", "-yhat_k yhat_i", "other case"),
    ("softmax-network", "other", "yhat_k (1 - yhat_k)", "other case"),
    ("softmax-network", "other", "yhat_i (1 - yhat_i)", "other case"),
    ("softmax-network", "loss.same", "yhat_i", "other case"),
    ("softmax-network", "loss.other", "yhat_k - 1", "other case"),
    ("softmax-network", "delta2", "1{z1 > 0}", "another mask"),
    ("softmax-cross-entropy", "same", "-P_i P_j", "other case"),
    ("softmax-cross-entropy", "other", "P_i (1 - P_i)", "other case"),
    ("skip-connection", "gradients.w1", "L' w2 g0'(z0) h0", "slopes mixed up"),
    ("skip-connection", "gradients.w1", "L' w2 g1'(z0) h0", "slopes mixed up"),
    ("skip-connection", "gradients.w1", "L' w2 g0'(z1) h0", "slopes mixed up"),
    ("skip-connection", "gradients.w1", "L' w2 g1'(z1) z0", "pre-activation"),
    ("skip-connection", "gradients.w3", "L' z0", "pre-activation"),
    ("skip-connection", "gradients.b0", "L' (w3 + w2 g0'(z0) w1) g1'(z1)", "slopes mixed up"),
    ("shortcut-network", "gradients.W2", "(yhat - y) yhat (1 - yhat) z1^T", "pre-activation"),
    ("shortcut-network", "gradients.b2", "(yhat - y) (1 - yhat^2)", "tanh for sigmoid"),
    ("scalar-classifier", "gradient_w2", "(a2 - ystar) (1 - a2^2) a1", "tanh for sigmoid"),
    ("scalar-classifier", "update_w1", "w1 - 2 alpha (a2 - ystar) a2 (1 - a2) w2 a1 (1 - a1) x", "half"),
    ("softmax-network", "same", "-yhat_k yhat_i + 0.01", None),
    ("softmax-network", "same", "-yhat_i^2", None),
    ("softmax-network", "loss.same", "yhat_i - 0.01", None),
    ("softmax-cross-entropy", "loss", "P_i", None),
    ("skip-connection", "gradients.w1", "L' w3 g0'(z0) h0", None),
    ("skip-connection", "gradients.w1", "L' w2 g1'(z1) z1", None),
    ("shortcut-network", "gradients.b2", "(yhat - y) (1 - yhat)^2", None),
    ("scalar-classifier", "gradient_w2", "(a2 - ystar) (1 - a2^2) z1", None),
]  # fmt: skip


@pytest.mark.parametrize(("exercise", "blank", "text", "slip"), FORMULAS)
def test_a_slip_in_a_formula_is_named(exercise, blank, text, slip):
    found = mark(printed_variant(BANK[exercise]), {blank: text}).marks[blank]
    assert found.verdict == "incorrect"
    assert found.message.partition(LOOKS)[2] == ("" if slip is None else SAID[slip])


def entries(sizes, *, wide):
    """The parameters of dense layers of these sizes, with a bias for each unit or for each input."""
    return [after * before + (before if wide else after) for before, after in pairwise(sizes)]


def test_a_bias_for_each_input_is_named():
    for variant in variants(BANK["layer-sizes"], range(10)):
        sizes = [variant.draw.sizes[name] for name in ("n0", "n1", "n2", "n3")]
        wrong, right = entries(sizes, wide=True), entries(sizes, wide=False)
        blanks = [f"parameters.{name}" for name in ("hidden1", "hidden2", "output", "total")]
        for blank, count, own in zip(
            blanks, [*wrong, sum(wrong)], [*right, sum(right)], strict=True
        ):
            found = mark(variant, {blank: str(count)}).marks[blank]
            assert found.message.endswith(
                "it looks like a count with a bias for each input, not for each unit"
            )
            assert "each input" not in mark(variant, {blank: str(count + 1)}).marks[blank].message
            assert mark(variant, {blank: str(own)}).marks[blank].verdict == "correct"


EQUAL = """
id: equal
title: Two weights
accept: [few-variants]
network:
  parameters: {w12: 1, w21: 1}
  equations: c = w12 + 2 w21
sample: {w12: {from: [2, 3]}, w21: {from: [2, 3]}}
questions:
  - {id: q, points: 1, ask: Compute., answer: {values: {c: c}}}
"""


def test_no_draw_is_rejected_for_what_is_only_named(tmp_path):
    """Where both weights are equal, they may be swapped."""
    drawn = [numbers(one) for one in variants(written(EQUAL, tmp_path / "equal.yaml"), range(20))]
    assert {one["w12"] == one["w21"] for one in drawn} == {True, False}
