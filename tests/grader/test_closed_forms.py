"""Keys and solutions as an exam prints them: short, equal to what was derived, in nobody's own notation."""

import re
from pathlib import Path

import numpy as np
import pytest

from grader.answers import DerivationKey, ExpressionKey
from grader.cli import main
from grader.drawing import printed_variant, variant_of
from grader.sheets import Notation
from reference.derivatives.named import in_terms_of, with_derivatives
from reference.equivalence.compare import Agreement, compare
from reference.equivalence.points import SamplePoints
from reference.language.closing import closed, length
from reference.language.dimensions import SCALAR
from reference.language.writing import plain
from reference.network import declare, split_equations
from tests import data, forms
from tests.reference.oracle import value_at
from tests.shipped import BANK, drawn, few, in_turn, worked

SHORTEST = data.load(Path(__file__).parents[1] / "fixtures/closed-forms.yaml")
SEEDS = few(20)
# As it would stand in plain text, in characters, in LaTeX and in MathML.
OURS = "fill|unit|count|row_?sums|column_?sums|is_?largest"
INTERNAL = re.compile(rf"\b(?:{OURS})(?:\(|\}}|\\left|</)")


def looked_at(name):
    return drawn(name, ["printed", *SEEDS])


def formulas(variant):
    return {
        address: key
        for address, (_, key) in variant.keys.items()
        if isinstance(key, ExpressionKey | DerivationKey)
    }


@pytest.mark.parametrize("name", BANK)
def test_nothing_printed_holds_an_operation_of_ours(name):
    for variant in looked_at(name):
        texts = [key.show() for _, key in variant.keys.values()]
        for notation in (Notation.PLAIN, Notation.LATEX):
            texts += worked(variant, notation).values()
        for blank, _ in variant.keys.values():
            texts += blank.written
        for text in texts:
            assert not INTERNAL.search(text), text


@pytest.mark.parametrize(("name", "form"), in_turn(["text", "markdown", "html", "json"], SHORTEST))
def test_no_door_shows_an_operation_of_ours(run, name, form):
    for which in (["--printed"], ["--seed", 1]):
        result = run(main, "show", name, *which, "--solution", "--format", form)
        assert result.exit_code == 0
        assert not INTERNAL.search(result.output)


def test_operations_of_ours_are_found():
    for text in (
        "fill(x, y)",
        r"\operatorname{unit}\left(y\right)",
        "<mi>count</mi>",
        "row_sums(P)",
    ):
        assert INTERNAL.search(text)


@pytest.mark.parametrize("name", BANK)
def test_each_closed_key_is_equal_to_the_derived_one(name):
    seen = set()
    for variant in looked_at(name):
        for address, key in formulas(variant).items():
            if (address, key.expression) in seen:
                continue
            seen.add((address, key.expression))
            assert compare(key.closed, key.expression, key.points) is Agreement.EQUAL, address
            for text in (key.show(), key.in_characters()):
                assert key.mark(text).share == 1, (address, text)
            agree_by_hand(key.closed, key.expression, key.points)


def agree_by_hand(one, other, points):
    """Equal where both are defined, by formulas that share nothing with the table of operations."""
    compared = 0
    for point in range(points.count):
        values = {name: value[point] for name, value in points.values.items()}
        with np.errstate(all="ignore"):
            left, right = value_at(one, values), value_at(other, values)
        if np.isfinite(left).all() and np.isfinite(right).all():
            left, right = np.broadcast_arrays(left, right)
            assert np.allclose(left, right, rtol=1e-5, atol=1e-9), (plain(one), plain(other))
            compared += 1
    assert compared > points.count / 4


@pytest.mark.parametrize("name", SHORTEST)
def test_no_key_is_much_longer_than_the_shortest_that_is_known(name):
    for seed, keys in SHORTEST[name].items():
        variant = printed_variant(BANK[name]) if seed == "printed" else variant_of(BANK[name], seed)
        found = formulas(variant)
        assert seed != "printed" or keys.keys() == found.keys()
        for address, text in keys.items():
            key = found[address]
            outcome = key.mark(text)
            assert outcome.share == 1, (address, text)
            given = getattr(key, "last", key).read_formula(text)[0].node
            assert length(key.closed)[0] <= length(given)[0], (address, key.show())
            assert length(key.closed)[1] <= length(given)[1] + 1, (address, key.show())


@pytest.mark.parametrize("row", [*forms.rows()], ids=lambda row: row.address)
def test_formulas_of_the_sources_are_as_short_as_the_sources_print_them(row):
    assert row.key.mark(row.form).share == row.key.mark(row.ours).share == 1
    assert row.ratio <= forms.MOST
    if isinstance(row.key, ExpressionKey | DerivationKey):
        given = getattr(row.key, "last", row.key).read_formula(row.form)[0].node
        agree_by_hand(given, row.key.expression, row.key.points)


def test_the_page_of_these_formulas_holds_all_of_them():
    assert {row.address for row in forms.rows()} == {*forms.asked()}
    assert forms.PAGE.read_text(encoding="utf-8") == forms.page()


BATCH = {"X": ("d", "m"), "Y": ("K", "m"), "t": (1, "m")}
SIZES = {"K": 3, "d": 4, "m": 5}
SOFTMAX = "P = softmax(W X + b)"
SIGMOID = "p = sigmoid(w^T X)"


@pytest.mark.parametrize(
    ("equations", "by", "expected"),
    [
        (f"{SOFTMAX}\nL = -sum(Y ⊙ log(P)) / m", "W", "((P - Y) @ X^T) / m"),
        (f"{SOFTMAX}\nL = -sum(Y ⊙ log(P)) / m", "b", "row_sums(P - Y) / m"),
        (f"{SOFTMAX}\nL = -mean(Y ⊙ log(P))", "W", "((P - Y) @ X^T) / (K * m)"),
        (f"{SIGMOID}\nL = -mean(t ⊙ log(p) + (1 - t) ⊙ log(1 - p))", "w", "(X @ (p - t)^T) / m"),
        (
            f"{SOFTMAX}\nL = sum((P - Y)^2) / 2",
            "W",
            "(P^2 - P .* Y - P @ diag(column_sums(P .* (P - Y))^T)) @ X^T",
        ),
        (f"{SOFTMAX}\nL = sum(P)", "w", "0 * w"),
    ],
)
def test_gradients_of_a_batch(equations, by, expected):
    network = declare(
        BATCH,
        {"W": ("K", "d"), "b": ("K", 1), "w": ("d", 1)},
        split_equations(equations),
        dict.fromkeys(SIZES, SCALAR),
    )
    network = with_derivatives(network, [f"dL/d{by}"])
    allowed = {"X", "Y", "t", "P", "p", "w", *SIZES}
    derived = in_terms_of(network, network.equations[f"dL/d{by}"], allowed)
    points = SamplePoints(network, {"Y": "one-hot", "t": "binary"}, SIZES)
    found = closed(derived, points.facts)
    assert plain(found) == expected
    assert compare(found, derived, points) is Agreement.EQUAL
    agree_by_hand(found, derived, points)


@pytest.mark.parametrize(
    ("name", "address", "form"),
    [
        ("check-at-a-kink", "error", "ε x² / 2"),
        (
            "vae-two-terms",
            "expected.formula",
            "((x − w μ − b)² + w² exp(s) + exp(s) + μ² − 1 − s) / 2",
        ),
    ],
)
def test_a_half_of_something_stands_below(name, address, form):
    assert printed_variant(BANK[name]).keys[address][1].in_characters() == form
