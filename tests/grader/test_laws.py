"""Means and variances through the doors: keys, formulas, what the sheet says, and what is refused."""

import itertools

import numpy as np
import pytest

from grader.answers import Verdict
from grader.drawing import printed_variant, variants
from grader.errors import AuthorError
from grader.marking import mark
from grader.sheets import Notation, in_print, worked

EXERCISE = """
id: dropped
title: Dropout
network:
  sizes: {d: 20..60}
  inputs: {h: 3, m: 3, q: d, w: d}
  parameters: {v: 1 × 3}
  constants: [k, c]
  equations: |
    s = v (m .* h) / k + c
    p = sigmoid(s)
    r = q^T w
  laws:
    m: {bernoulli: k}
    q, w: {mean: 0, variance: c}
  define: {pbar: "E[p]"}
sample:
  h: {from: [0.5, 2], step: 0.5}
  v: {from: [-2, 2], step: 0.5, not: 0}
  c: {from: [0.25, 1], step: 0.25}
  k: {one_of: [0.5, 0.8]}
printed: {h: [1.5, 0.5, 1], v: [[0.5, -1, 2]], c: 0.25, k: 0.5, d: 20}
questions:
  - {id: n, points: 4, ask: All., answer: {values: {mean: "E[s]", spread: "Var[s]", output: "E[p]", scores: "Var[r]"}}, may_be_trivial: true}
  - {id: f, points: 1, ask: As a formula., answer: {values: "Var[s]", in_terms_of: [v, h, k]}}
  - {id: g, points: 1, ask: As a formula., answer: {values: "Var[r]", in_terms_of: [d, c]}}
accept: [few-variants, no-because]
"""


def test_keys_are_those_of_all_masks(exercise):
    for variant in variants(exercise(EXERCISE), range(20)):
        drawn = {name: np.ravel(rows) for name, rows in variant.draw.values.items()}
        h, v, (k,), (c,) = (drawn[name] for name in "hvkc")
        masks = np.array([*itertools.product((0, 1), repeat=3)])
        weights = np.prod(np.where(masks, k, 1 - k), axis=1)
        s = (masks * v * h).sum(axis=1) / k + c
        expected = {
            "n.mean": weights @ s,
            "n.spread": weights @ (s - weights @ s) ** 2,
            "n.output": weights @ (1 / (1 + np.exp(-s))),
            "n.scores": variant.draw.sizes["d"] * c**2,
        }
        for address, value in expected.items():
            assert variant.keys[address][1].value == pytest.approx(value, rel=1e-12)


def test_formulas_are_compared(exercise):
    variant = printed_variant(exercise(EXERCISE))
    for address, text, verdict in (
        ("f", "(1/k - 1) sum_j v_j^2 h_j^2", Verdict.CORRECT),
        ("f", "sum((v^T .* h)^2) (1/k - 1)", Verdict.CORRECT),
        ("f", "k (1 - k) sum((v^T .* h)^2)", Verdict.INCORRECT),  # not divided by k
        ("g", "d c^2", Verdict.CORRECT),
        ("g", "d^2 c^2", Verdict.INCORRECT),
    ):
        assert mark(variant, {address: text}).marks[address].verdict is verdict, text


@pytest.mark.parametrize("notation", Notation)
def test_the_sheet_says_what_is_random(exercise, notation):
    variant = printed_variant(exercise(EXERCISE))
    stem = in_print(variant, notation).stem
    told = {
        Notation.LATEX: (
            "The entries of $m$ are independent: each is 1 with probability $k$, else 0.",
            "The entries of $q$ are independent: each has the mean $0$ and the variance $c$.",
            r"Write $\bar{p} = \mathbb{E}\left[p\right]$.",
        ),
        Notation.PLAIN: (
            "The entries of m are independent: each is 1 with probability k, else 0.",
            "The entries of q are independent: each has the mean 0 and the variance c.",
            " = E[p]",
        ),
    }[notation]
    for one in (*told, "What is random is independent of all else that is."):
        assert one in stem
    assert "_{000}" not in stem


def test_the_solution_goes_through_the_outcomes(exercise):
    text = "\n".join(worked(printed_variant(exercise(EXERCISE)), Notation.PLAIN).values())
    assert "m₀₁₀ = [0, 1, 0]" in text and "E[p] = (1 − k)³ p₀₀₀ + " in text
    assert "unit" not in text and "fill" not in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{bernoulli: k}", "{mean: k}", "expected 'mean' and 'variance', or 'bernoulli'"),
        ("m: {bernoulli", "z: {bernoulli", "unknown name 'z'"),
        ("variance: c", "variance: v", "expected a scalar or d × 1, found 1 × 3"),
        ("sample:", "sample:\n  m: 1", "'m' is random by its law, so no value of it is drawn"),
        ('scores: "Var[r]"', 'scores: "Var[c]"', "c is not random"),
        ('scores: "Var[r]"', 'scores: "E[r + 1]"', r"expected the name of a quantity, found 'r \+ 1'"),
        ("r = q^T w", "r = exp(q^T w)", "means and variances do not tell"),
        ('scores: "Var[r]"', "scores: r", "needs values of q, w"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(exercise, old, new, says):
    with pytest.raises(AuthorError, match=says):
        variants(exercise(EXERCISE.replace(old, new)), [0])
