"""Formulas for an entry, in index notation: right spellings, near misses, and what asks."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from grader.answers import Verdict
from grader.drawing import variant_of, wrong_expressions
from reference.language.evaluating import evaluate
from reference.language.indexed.answers import by_entries
from reference.language.indexed.declaring import known_of
from reference.language.writing import plain
from tests.shipped import drawn

EXERCISE = """
id: kernel
title: One kernel along a signal
network:
  sizes: {n: 5..6, k: 2..3}
  inputs: {x: n}
  parameters: {w: k}
  define: {g: dL/dy}
  equations: |
    y[i] = sum_j w[j] x[i + j - 1]
    L = sum_i y[i]^2 / 2
printed: {n: 5, k: 3}
questions:
  - id: dw
    points: 1
    ask: Give the derivative by $w_j$.
    answer: {values: {dw: dL/dw}, in_terms_of: [g, x, w], places: [j]}
  - id: dx
    points: 1
    ask: Give the derivative by $x_m$.
    answer: {values: {dx: dL/dx}, in_terms_of: [g, x, w], places: [m]}
"""
RIGHT = {
    "dx.dx": [
        "sum_j w[j] g[m - j + 1]",
        "sum_j g_{m-j+1} w_j",
        "sum_j np.multiply(g[m - j + 1], w[j])",
        r"\\sum_{j=1}^{k} w_j g_{m-j+1}",
        r"\\sum_{j=1}^{k} w_j \\, g_{m - j + 1}",
        "Σ_j w_j g_{m-j+1}",
        "sum_i g[i] w[m - i + 1]",
        "sum_{j in 1..k, 1 <= m - j + 1 <= n - k + 1} g[m - j + 1] w[j]",
        "sum_j (g[m - j + 1] else 0) w[j]",
        "sum_{a in 0..k - 1} w[a + 1] g[m - a]",
        "sum_{i in m - k + 1..m} g[i] w[m - i + 1]",
        "dL/dx_m = sum_j w_j g_{m-j+1}",
        "q_m = sum_j w_j g_{m-j+1}",
    ],
    "dw.dw": [
        "sum_i g[i] x[i + j - 1]",
        r"\\sum_{i=1}^{n-k+1} g_i x_{i+j-1}",
        "sum_{i in 1..n - k + 1} x[j + i - 1] g[i]",
        "sum_{a in j..j + n - k} g[a - j + 1] x[a]",
        "Σᵢ gᵢ x_{i+j−1}",
    ],
}
WRONG = {
    "dx.dx": [
        "sum_j w[j] g[m + j - 1]", "sum_j w[j] g[m - j]", "sum_j w[k - j + 1] g[m - j + 1]", "w[m]", "sum_j w[j] g[j]",
        "sum_{j in 1..k - 1} w[j] g[m - j + 1]", "g[m] sum_j w[j]", "-sum_j w[j] g[m - j + 1]",
    ],
    "dw.dw": [
        "sum_i g[i] x[i + j]", "sum_i g[i] x[i - j + 1]", "sum_i g[i] x[j]", "sum_i g[i]", "sum_i g[i] x[i + k - j]", "g[j] x[j]",
    ],
}  # fmt: skip
ASKS = {
    "dx.dx": [
        "sum_j w[j] g[",
        "w[j] g[m]",
        "sum_j w[j] g[m, j]",
        "sum_m w[m] g[m]",
        "g^T w",
        "sum_q q",
        "",
        "x[1/2]",
        "x_m = sum_j w_j g_{m-j+1}",
        "dL/dw_j = sum_j w_j g_{m-j+1}",
        "dw = sum_j w_j g_{m-j+1}",
        "sum_{q in 1..1000000000} x[q]",
        "sum_{a in 1..n^4, b in 1..n^4, c in 1..n^4} x[m]",
        "sum_a sum_b sum_c sum_d sum_e sum_f x[a] x[b] x[c] x[d] x[e] x[f] w[m]",
        "x[99999999999999999999 m]",
        "max_{q in 3..2} x[q]",
        "mean_{q in 3..2} x[q]",
        "x[m]" + " + x[m]" * 130,
        "x[m]" + " + x[m]" * 2000,
        "-" * 500 + "x[m]",
        "max(x[m])",
        "sum(x[m] w[1])",
        "det(x[m]) + inv(x[m])",
        "diag(x[m])",
        "softmax(x[m])",
        "np.outer(x[m], w[1])",
    ],
}


@pytest.fixture
def keys(exercise):
    keys = variant_of(exercise(EXERCISE), 1).keys
    return {address: key for address, (_, key) in keys.items()}


CASES = [
    (address, text, verdict)
    for table, verdict in ((RIGHT, "correct"), (WRONG, "incorrect"))
    for address in table
    for text in table[address]
]


@pytest.mark.parametrize(("address", "text", "verdict"), CASES)
def test_an_entry_is_compared_over_all_places_and_sizes(keys, address, text, verdict):
    outcome = keys[address].mark(text.replace("\\\\", "\\"))
    assert str(outcome.verdict) == verdict, outcome


@pytest.mark.parametrize("text", ASKS["dx.dx"])
def test_what_is_not_clear_asks(keys, text):
    assert keys["dx.dx"].mark(text).verdict not in (Verdict.CORRECT, Verdict.INCORRECT)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "sum_i x[floor((i + j) / (i - j))]",
            "column 9: cannot divide by i - j: expected one size or a positive number",
        ),
        (
            "sum_i x[i j] w[i]",
            "a place is of degree 1 in i, which is multiplied by j",
        ),
        ("x[j j]", "a place is of degree 1 in j, which is multiplied by itself"),
    ],
)
def test_messages_name_indices_as_they_are_written(keys, text, message):
    assert keys["dw.dw"].mark(text).message == message


def test_a_sum_over_steps_in_a_formula_of_an_entry_is_read_as_one():
    for variant in drawn("lstm-four-steps", range(2)):
        key = variant.keys["entry.D"][1]
        reading = key.read("sum_t g_{t,j} s_{t-1,k} - 2 s_{4,k}")
        assert reading.latex == r"\sum_{t=2}^{T} g_{t,j} \, s_{t-1,k} - 2 \, s_{4,k}"
        assert key.read("-2 g_{2,j}").latex == r"-2 \, g_{2,j}"


def test_a_formula_of_an_entry_in_print_has_the_same_values():
    """Whatever the numbers of bound indices are: here an argmax stands within a sum."""
    [variant] = drawn("standing-out", [5])
    model = variant.solved.model
    [blank] = [one for one in model.blanks if one.address == "entry"]
    points = blank.source.key.points
    shapes, known = points.network.shapes, known_of(points.network.symbols.least, {})
    tried = wrong_expressions(model, blank.address, blank.source)[1].expressions
    for expression in tried:
        printed = by_entries(expression, ["m"], shapes, known)
        values = [evaluate(one, points.values) for one in (expression, printed)]
        assert np.allclose(*values), plain(printed)
    assert any("argmax" in plain(one) for one in tried)


NEIGHBOURS = """
id: neighbours
title: Each beside the next
network:
  sizes: {n: 4..5}
  inputs: {x: n}
  parameters: {w: 1}
  equations: |
    y[i] = w x[i]
    M = sum_{i in 1..n - 1} y[i] y[i + 1]
printed: {n: 4}
questions:
  - id: slope
    points: 1
    ask: Give the derivative of $M$ by $w$.
    answer: {values: dM/dw, in_terms_of: [w, x]}
"""
SLOPES = {
    "2 w sum_{i=1}^{n-1} x_i x_{i+1}": "correct",
    "2 w sum_i x_i x_{i+1}": "correct",
    "w sum_i x_i x_{i+1} + w sum_i x_i x_{i-1}": "correct",
    "2 w x[1] x[2] + 2 w sum_{i=2}^{n-1} x_i x_{i+1}": "correct",
    "2 w slice(x, from: 1, to: n - 1)^T slice(x, from: 2, to: n)": "correct",
    "2 w sum_i x_i x_{i+1} + w x[n] - w x [n]": "correct",
    "2 w sum_{i=1}^{n-2} x_i x_{i+1}": "incorrect",
    "2 w sum(x^2)": "incorrect",
    "2 w x^T x": "incorrect",
    "w sum_i x_i x_{i+1}": "incorrect",
    "2 w sum_i x_i x_{i+": "unreadable",
}


@pytest.mark.parametrize(("text", "verdict"), SLOPES.items())
def test_a_number_made_of_entries_is_written_with_sums_or_without(exercise, text, verdict):
    [(_, key)] = variant_of(exercise(NEIGHBOURS), 1).keys.values()
    assert key.mark(text).verdict == verdict
    assert key.mark(key.show()).verdict == "correct"


NETWORKS = msgspec.yaml.decode(
    (Path(__file__).parents[1] / "fixtures" / "by-places.yaml").read_bytes()
)


@pytest.mark.parametrize("name", NETWORKS)
def test_an_entry_is_written_in_indices_or_in_matrices(exercise, name):
    given = NETWORKS[name]
    asked = {"id": "entry", "points": 1, "ask": "Give it.", "answer": given["answer"]}
    file = {"id": name, "title": name, "network": given["network"], "questions": [asked]}
    [(_, key)] = variant_of(exercise(msgspec.yaml.encode(file).decode()), 1).keys.values()
    assert key.mark(key.show()).verdict == "correct"
    for verdict in (Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNREADABLE):
        for text in given.get(str(verdict), []):
            assert key.mark(text).verdict == verdict, text
