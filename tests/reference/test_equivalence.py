"""Equal expressions are judged equal, other ones different, whatever came before."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reference.equivalence import compare as equivalence
from reference.equivalence.compare import Agreement, Side, compare, compare_sides
from reference.equivalence.noise import TINY, hidden
from reference.equivalence.points import COUNT, SamplePoints
from reference.language.evaluating import evaluate, evaluate_parts
from reference.language.expression import Apply, Name, annotate, apply, parts
from reference.language.operations import OPERATIONS
from reference.language.writing import plain
from reference.network import Network, Symbols
from tests.reference.judging import PAIRS, REALS, judged, setting, understood, verdicts
from tests.reference.rewriting import rewritten, slipped
from tests.reference.strategies import (
    ANSWER_SHAPES,
    PLACES,
    SIZES,
    SYMBOLS,
    expressions,
    finds,
)

EQUAL, DIFFERENT, UNDECIDED = Agreement.EQUAL, Agreement.DIFFERENT, Agreement.UNDECIDED
INPUTS = tuple(name for name in ANSWER_SHAPES if name not in SYMBOLS.shapes and name not in SIZES)
ANSWERS = SamplePoints(Network(ANSWER_SHAPES, INPUTS, (), {}, SYMBOLS), {}, SIZES)


# Random expressions

answers = expressions(places=PLACES)
seeds = st.integers(0, 2**32)


def rewriting_is_equal(expression, seed):
    other = rewritten(expression, seed, times=1 + seed % 3)
    assert compare(other, expression, ANSWERS) is EQUAL, plain(other)


@settings(deadline=None, max_examples=400)
@given(answers, seeds)
def test_the_same_value_in_other_words_is_equal(expression, seed):
    rewriting_is_equal(expression, seed)


def many_points(count=200):
    """Values at points of our own."""
    generator = np.random.default_rng(7)
    spread = np.resize([0.3, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0, 10.0], count)[:, None, None]
    values = {}
    for name, shape in ANSWER_SHAPES.items():
        rows, columns = (SIZES[size] if isinstance(size, str) else size for size in shape)
        values[name] = generator.normal(0, 1, (count, rows, columns)) * spread
    values |= {name: np.full((count, 1, 1), float(size)) for name, size in SIZES.items()}
    for name, size in SYMBOLS.indices.items():
        values[name] = generator.integers(1, SIZES[size] + 1, (count, 1, 1)).astype(float)
    values["q"] = 1 + (values["k"] - 1 + generator.integers(1, 3, (count, 1, 1))) % 3
    return values


MANY = many_points()


def parts_at_points(expression):
    """The value, and the largest absolute value of any part, at each point."""
    largest = np.zeros(200)

    def visit(node, args):
        value = (
            OPERATIONS[node.operation].value(*args)
            if isinstance(node, Apply)
            else evaluate(node, MANY)
        )
        size = np.abs(value)
        if value.ndim > 2:
            over = tuple(axis for axis in range(size.ndim) if axis != size.ndim - 3)
            np.maximum(largest, size.max(axis=over), out=largest)
        return value

    with np.errstate(all="ignore"):
        results = annotate(expression, visit)
        value = results[id(expression)]
        return np.broadcast_to(value, (200, *value.shape[-2:])), largest


def clearly_different(left, right):
    """At many points, by far more than rounding does."""
    (one, first), (other, second) = parts_at_points(left), parts_at_points(right)
    with np.errstate(all="ignore"):
        gap = np.abs(one - other)
        reach = 1e-6 * np.maximum(np.abs(one), np.abs(other))
        apart = (gap > reach + 1e-9 * np.maximum(first, second)[:, None, None]).any(axis=(1, 2))
        finite = np.isfinite(gap).all(axis=(1, 2))
    return bool(finite.mean() > 0.9 and (apart & finite).mean() > 0.4)


def slip_is_different(expression, seed):
    other = slipped(expression, seed)
    if clearly_different(other, expression):
        assert compare(other, expression, ANSWERS) is DIFFERENT, plain(other)


@settings(deadline=None, max_examples=500)
@given(answers, seeds)
def test_a_slip_is_different(expression, seed):
    slip_is_different(expression, seed)


@pytest.mark.slow
def test_most_slips_are_tried():
    tried = []

    def count(expression, seed):
        tried.append(clearly_different(slipped(expression, seed), expression))

    finds(count, answers, seeds)
    assert len(tried) >= 100
    assert sum(tried) > 0.5 * len(tried)


@settings(deadline=None, max_examples=100)
@given(answers, seeds)
def test_either_may_stand_first(expression, seed):
    """Where both have a value at every point, the order is no matter."""
    other = slipped(expression, seed)
    assume(Side(other, ANSWERS).is_defined)  # no logarithm whose argument has lost its sign
    assert compare(other, expression, ANSWERS) is compare(expression, other, ANSWERS)


@settings(deadline=None, max_examples=100)
@given(answers)
def test_an_expression_is_equal_to_itself(expression):
    assert compare(expression, expression, ANSWERS) is EQUAL


def test_a_comparison_that_finds_too_much_equal_is_found(monkeypatch):
    monkeypatch.setattr(equivalence, "RELATIVE", 1e9)
    assert finds(slip_is_different, answers, seeds)


def test_both_sides_of_a_kink_are_looked_for(monkeypatch):
    """A kink just beyond the first points is seen, but by who does not look for it."""
    kink = int(REALS.values["x"].max()) + 2
    assert judged(f"relu(x - {kink})", "0", REALS) is DIFFERENT
    monkeypatch.setattr(equivalence, "TURNING", frozenset())
    assert judged(f"relu(x - {kink})", "0", REALS) is EQUAL


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["sigmoid", "relu", "transpose", "where", "entry"])
def test_an_operation_that_is_wrong_breaks_identities(operation, monkeypatch):
    row = OPERATIONS[operation]
    monkeypatch.setitem(
        OPERATIONS, operation, replace(row, value=lambda *args: 1.01 * row.value(*args) + 0.01)
    )
    assert finds(rewriting_is_equal, answers, seeds, examples=400)


def test_a_comparison_that_never_ends_in_equality_is_found(monkeypatch):
    monkeypatch.setattr(equivalence, "RELATIVE", -1.0)
    assert finds(rewriting_is_equal, answers, seeds)


SWAMPED = [
    ("log(1 - a)", "log(sigmoid(-z))"),  # a rounds to 1 where z is large
    ("log(1 - sigmoid(z))", "-z + log(sigmoid(z))"),
    ("-log(1 - a)", "log(1 + exp(z))"),
    ("1 / (1 - a)", "1 + exp(z)"),
    ("a / (1 - a)", "exp(z)"),
    ("sigmoid(10 x) + w - w", "sigmoid(10 x)"),
    ("tanh(x^2)^3 + x - x", "tanh(x^2)^3"),
    ("1 / (x - w)", "(x + w) / (x^2 - w^2)"),
]


@pytest.mark.parametrize(("left", "right"), SWAMPED)
def test_rounding_never_makes_a_difference(left, right):
    """At whatever points: what cancels leaves noise, and noise is not a difference."""
    found = [judged(left, right, replace(NETWORK, seed=100 * seed)) for seed in range(1, 41)]
    assert DIFFERENT not in found


# The examples of the design, and others like them

VECTORS = setting(
    {"z": "h 1", "u": "d 1", "v": "d 1", "W": "h d", "V": "h d", "S": "d d", "s": "1 1"},
    sizes={"d": 3, "h": 2},
)
POSITIVE = setting(
    {"k": "1 1", "m": "1 1", "x": "1 1"},
    domains={"k": "positive", "m": "positive", "x": "positive"},
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 / (1 + exp(-2 x))", "tanh(x) / 2 + 1/2"),
        ("1 / (1 + exp(-x))", "exp(x) / (1 + exp(x))"),
        ("sigmoid(x)", "1 - sigmoid(-x)"),
        ("sigmoid'(x)", "sigmoid(x) (1 - sigmoid(x))"),
        ("sigmoid'(x)", "exp(-x) / (1 + exp(-x))^2"),
        ("tanh'(x)", "1 - tanh(x)^2"),
        ("abs(x)", "sqrt(x^2)"),
        ("abs(x)", "max(x, -x)"),
        ("relu(x)", "x if x > 0 else 0"),
        ("relu(x)", "x 1{x > 0}"),
        ("relu'(x)", "1{x > 0}"),
        ("x > 0", "x >= 0"),
        ("(x + y)^2", "x^2 + 2 x y + y^2"),
        ("(x^2 - y^2) / (x - y)", "x + y"),
        ("x / y", "x (1/y)"),
        ("x/x", "1"),
        ("exp(x + y)", "exp(x) exp(y)"),
        ("e^x", "exp(x)"),
        ("log(x^2)", "2 log(abs(x))"),
        ("sqrt(x)^2", "x"),
        ("0.1 + 0.2", "0.3"),
        ("x - x", "0"),
        ("1e-30 x", "x / 1e30"),
        ("3e-9", "0.000000003"),
        ("1e12 (x - x) + y", "y"),
        ("exp(3 x) / (exp(2 x) (1 + exp(x))^2)", "sigmoid'(x)"),
        ("(exp(x)^2 / exp(x) / (1 + exp(x))^2) (y > 0)", "sigmoid'(x) (y > 0)"),
        ("sqrt(exp(4 x) / ((1 + exp(x))^4 exp(2 x))) (y > 0)", "sigmoid'(x) (y > 0)"),
        ("(relu(exp(-x^2)^2) / exp(-x^2)) (y > 0)", "exp(-x^2) (y > 0)"),
        ("((exp(x) / (1 + exp(x)))^5 / sigmoid(x)^4) (y > 0)", "sigmoid(x) (y > 0)"),
        ("exp(2 x) > exp(x)", "x > 0"),
        ("exp(-3 x) <= exp(-2 x)", "x > 0"),
        ("sign(exp(2 x) - exp(x)) / 2 + 1/2", "x > 0"),
        ("max(exp(x), exp(2 x)) / exp(max(x, 2 x))", "1"),
        ("log(exp(x)) / x", "1"),
        ("sin(100000 pi + x)", "sin(x)"),
    ],
)
def test_equal_in_reals(left, right):
    assert judged(left, right, REALS) is EQUAL
    assert judged(right, left, REALS) is EQUAL


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x", "relu(x)"),
        ("x", "abs(x)"),
        ("relu(x)", "abs(x)"),
        ("relu(x)", "leaky_relu(x)"),
        ("leaky_relu(x, 0.01)", "leaky_relu(x, 0.02)"),
        ("x > 0", "x < 0"),
        ("x > 0", "y > 0"),
        ("x > 0", "x > 1"),
        ("relu(x)", "relu(x - 3)"),
        ("relu(x - 3)", "0"),
        ("relu(x) - relu(x - 5)", "relu(x)"),
        ("min(x, 4)", "x"),
        ("3e-9", "0"),
        ("3e-9", "4e-9"),
        ("3e-9 x", "0"),
        ("1e-30 x", "0"),
        ("1e-30 exp(x)", "0"),
        ("1e-30 exp(x)", "1.0001e-30 exp(x)"),
        ("sigmoid(x) + 3e-7", "sigmoid(x)"),
        ("exp(x)", "exp(x) (1 + 1e-6)"),
        ("exp(x)", "exp(1.000001 x)"),
        ("x", "x + 1e-15"),
        ("123456 x + y", "123457 x + y"),
        ("123456 x y", "123456 x y + 1"),
        ("x^3 + 100001", "x^3 + 100000"),
        ("1000000 x / 1000001", "x"),
        ("1/3", "0.333333"),
        ("1/3", "0.3333333333333333333333333333333333"),  # numbers are exact
        ("pi", "3.14159"),
        ("x^2", "x^3"),
        ("x / y", "y / x"),
        ("x y", "x w"),
        ("sigmoid(x)", "sigmoid(-x)"),
        ("sigmoid(x)", "tanh(x)"),
        ("log(x)", "log(x) / log(2)"),
        ("(x + y)^2", "x^2 + y^2"),
        ("2 log(x)", "log(2 x)"),
        ("exp(3 x) / (exp(2 x) (1 + exp(x)^2))", "sigmoid'(x)"),
        ("exp(2 x) > 1.0001 exp(x)", "x > 0"),
        ("(exp(x)^2 / exp(x) / (1 + exp(x))^2) (y > 1e-6)", "sigmoid'(x) (y > 0)"),
        ("1.00001 (relu(exp(-x^2)^2) / exp(-x^2)) (y > 0)", "exp(-x^2) (y > 0)"),
        ("1 + 1e-5 exp(-exp(-1000 (x > 0))^2) - 1e-5 exp(-1)", "1"),
        ("log(exp(x)) / (x + 1e-5)", "1"),
    ],
)
def test_different_in_reals(left, right):
    assert judged(left, right, REALS) is DIFFERENT
    assert judged(right, left, REALS) is DIFFERENT


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("1 / sqrt(k / m)", "sqrt(m / k)", EQUAL),
        ("1 / sqrt(k / m)", "sqrt(k / m)", DIFFERENT),
        ("sqrt(k m)", "sqrt(k) sqrt(m)", EQUAL),
        ("log(k / m)", "log(k) - log(m)", EQUAL),
        ("log(k m)", "log(k) log(m)", DIFFERENT),
        ("abs(x)", "x", EQUAL),
        ("relu(x)", "x", EQUAL),
        ("x > 0", "1", EQUAL),
        ("relu(x - 1)", "x - 1", DIFFERENT),
        ("sqrt(-x)", "sqrt(-x)", UNDECIDED),
    ],
)
def test_of_positive_quantities(left, right, verdict):
    assert judged(left, right, POSITIVE) is verdict


@pytest.mark.parametrize(
    "right", ["x", "0", "log(-x^2)", "log(-x^2) + 1", "0 / 0", "sqrt(-1 - x^2)"]
)
def test_what_is_defined_nowhere_is_not_decided(right):
    if right in ("x", "0"):  # a key that has a value: an answer that has none is another one
        assert judged("log(-x^2)", right, REALS) in (UNDECIDED, DIFFERENT)
        assert judged(right, "log(-x^2)", REALS) is UNDECIDED
    else:
        assert judged("log(-x^2)", right, REALS) is UNDECIDED


def test_what_is_defined_at_half_of_the_points_is_decided():
    assert judged("log(x)", "-log(1/x)", REALS) is EQUAL
    assert judged("sqrt(x)", "sqrt(x) + 1e-3", REALS) is DIFFERENT


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("W^T z", "(z^T W)^T", EQUAL),
        ("W^T (z ⊙ 1{z > 0})", "W^T relu(z)", EQUAL),
        ("W^T (z ⊙ 1{z > 0})", "W^T z", DIFFERENT),
        ("W^T (z ⊙ 1{z > 0})", "W^T (z ⊙ 1{z < 0})", DIFFERENT),
        ("S u", "S^T u", DIFFERENT),
        ("S @ S", "S ⊙ S", DIFFERENT),
        ("(W + V) u", "W u + V u", EQUAL),
        ("u^T v", "v^T u", EQUAL),
        ("u^T v", "sum(u ⊙ v)", EQUAL),
        ("u v^T", "v u^T", DIFFERENT),
        ("(u v^T)^T", "v u^T", EQUAL),
        ("mean(u)", "sum(u) / d", EQUAL),
        (
            "mean(u)",
            "sum(u) / 3",
            DIFFERENT,
        ),  # three in the exercise, which is only one of its sizes
        ("mean(u)", "sum(u) / h", DIFFERENT),
        ("sum(W)", "sum(W^T)", EQUAL),
        ("W u / s", "(1/s) W u", EQUAL),
        ("softmax(u)", "exp(u) / sum(exp(u))", EQUAL),
        ("softmax(u)", "softmax(u + s)", EQUAL),
        ("softmax(u)", "softmax(s u)", DIFFERENT),
        ("z", "relu(z)", DIFFERENT),
        ("z", "abs(z)", DIFFERENT),
        ("relu(z)", "abs(z)", DIFFERENT),
        ("z / z", "fill(1, z)", EQUAL),
    ],
)
def test_of_vectors_and_matrices(left, right, verdict):
    assert judged(left, right, VECTORS) is verdict


ENTRIES = setting(
    {"yhat": "K 1", "y": "K 1", "W": "K K", "s": "1 1"},
    sizes={"K": 4},
    symbols=Symbols({"g": 1, "F": 2}, {"i": "K", "k": "K", "l": "K"}, {"l": ("k",)}),
)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("yhat_k (1{i = k} - yhat_i)", "yhat_k (1 - yhat_k) if i = k else -yhat_i yhat_k", EQUAL),
        ("yhat_k (1{i = k} - yhat_i)", "-yhat_k yhat_i", DIFFERENT),
        ("yhat_k (1{i = k} - yhat_i)", "yhat_k (1 - yhat_i)", DIFFERENT),
        ("1{i = k}", "0", DIFFERENT),
        ("1{l = k}", "0", EQUAL),  # l is declared to be another one
        ("1{l != k}", "1", EQUAL),
        ("yhat_k", "yhat_i", DIFFERENT),
        ("yhat_k", "yhat_1", DIFFERENT),
        ("W_ik", "W_ki", DIFFERENT),
        ("W_ik", "(W^T)[k, i]", EQUAL),
        ("sum_j yhat_j", "sum(yhat)", EQUAL),
        ("sum_j W_ij yhat_j", "(W yhat)[i]", EQUAL),
        ("sum_j W_ij yhat_j", "(W^T yhat)[i]", DIFFERENT),
        ("sum_{j != k} yhat_j", "sum(yhat) - yhat_k", EQUAL),
        ("sum_{j != k} yhat_j", "sum(yhat)", DIFFERENT),
        ("sum_j 1{j = k} yhat_j", "yhat_k", EQUAL),
        ("sum_k s", "K s", EQUAL),
        ("sum_k s", "4 s", DIFFERENT),  # four in the exercise, which is only one of its sizes
        ("sum_{i != k} s", "3 s", DIFFERENT),
        ("sum(yhat + 1)", "sum(yhat) + 4", DIFFERENT),
        ("sum(yhat + 1)", "sum(yhat) + K", EQUAL),
        ("sum_j sum_l W_jl", "sum(W)", EQUAL),
        ("exp(yhat_k) / (sum_j exp(yhat_j))", "softmax(yhat)[k]", EQUAL),
        ("g'(s)", "g(s)", DIFFERENT),
        ("g(s + s)", "g(2 s)", EQUAL),
        ("g(s)", "s", DIFFERENT),
        ("g''(s)", "-g(s)", DIFFERENT),
        ("F'1(s, yhat_k)", "F'2(s, yhat_k)", DIFFERENT),
        ("F(s, yhat_k)", "F(yhat_k, s)", DIFFERENT),
        ("F(s, s)", "g(s)", DIFFERENT),
        ("F'1(s, yhat_k)", "0.6 F'2(s, yhat_k)", DIFFERENT),
        ("F'1(s, yhat_k) / F'2(s, yhat_k)", "F'1(yhat_k, s) / F'2(yhat_k, s)", DIFFERENT),
    ],
)
def test_of_entries_sums_and_functions(left, right, verdict):
    assert judged(left, right, ENTRIES) is verdict
    assert judged(right, left, ENTRIES) is verdict


NETWORK = setting(
    {"x": "1 1", "w": "1 1", "y": "1 1"},
    """
    u = w x
    z = u + y
    a = sigmoid(z)
    r = relu(u)
    """,
    domains={"y": "binary"},
)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("u", "w x", EQUAL),
        ("z - y", "u", EQUAL),
        ("z - y", "w x", EQUAL),
        ("z", "u", DIFFERENT),
        ("a", "sigmoid(w x + y)", EQUAL),
        ("a (1 - a)", "sigmoid'(z)", EQUAL),
        ("a (1 - a)", "a^2", DIFFERENT),
        ("r", "u", DIFFERENT),
        ("r", "u 1{r > 0}", EQUAL),
        ("y^2", "y", EQUAL),
        ("y (1 - y)", "0", EQUAL),
        ("z^2 - u^2", "y (2 u + 1)", EQUAL),
        ("y", "1", DIFFERENT),
        ("y", "0", DIFFERENT),
        ("1{y = 1}", "y", EQUAL),
        ("x^2", "x", DIFFERENT),
        ("123456 u + 1", "123457 w x + 1", DIFFERENT),
    ],
)
def test_over_a_network_and_its_domains(left, right, verdict):
    """Computed quantities are what they are computed from, and a label is 0 or 1."""
    assert judged(left, right, NETWORK) is verdict
    assert judged(right, left, NETWORK) is verdict


HOT = setting({"y": "K 1", "p": "K 1"}, sizes={"K": 4}, domains={"y": "one-hot", "p": "simplex"})


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("sum(y)", "1", EQUAL),
        ("y ⊙ y", "y", EQUAL),
        ("y^T y", "1", EQUAL),
        ("sum(p)", "1", EQUAL),
        ("p ⊙ p", "p", DIFFERENT),
        ("p sum(y) - y", "p - y", EQUAL),
        ("sum(y ⊙ log(p))", "log(y^T p)", EQUAL),
        ("y_1", "0", DIFFERENT),
    ],
)
def test_over_labels_and_probabilities(left, right, verdict):
    assert judged(left, right, HOT) is verdict


ZERO_SUM = setting(
    {"z": "K 1", "W": "K D", "y": "K 1"},
    """
    p = softmax(4 z)
    d = p - y
    q = 1 - p_1
    r = p_2 + p_3 + p_4
    """,
    sizes={"K": 4, "D": 3},
    domains={"y": "one-hot"},
)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("(W + 1)^T d", "W^T d", EQUAL),
        ("W^T d + 1000 sum(d)", "W^T d", EQUAL),
        ("W^T d + 0.001 sum(d ⊙ d)", "W^T d", DIFFERENT),
        ("W^T d + 0.001 d_1", "W^T d", DIFFERENT),
        ("(W + 1)^T p", "W^T p", DIFFERENT),
        ("q", "r", EQUAL),
        ("z_1 q", "z_1 r", EQUAL),
        ("q", "1.001 r", DIFFERENT),
    ],
)
def test_what_equations_make_equal_is_equal_where_rounding_hides_it(left, right, verdict):
    """All entries of p add up to 1, but for rounding, which is more than d where p is nearly y, and more than q where p_1 is nearly 1."""
    assert judged(left, right, ZERO_SUM) is verdict
    assert judged(right, left, ZERO_SUM) is verdict


# Points

DOMAINS = {
    "real": lambda x: (x < 0).any() and (x > 0).any() and (abs(x) > 3).any(),
    "positive": lambda x: (x > 0).all() and (x < 1).any() and (x > 1).any(),
    "probability": lambda x: ((x > 0) & (x < 1)).all() and (x < 0.4).any() and (x > 0.6).any(),
    "binary": lambda x: set(x.ravel()) == {0, 1},
    "integer": lambda x: (x == x.round()).all() and (x >= 1).all() and len(set(x.ravel())) > 5,
    "one-hot": lambda x: (
        set(x.ravel()) == {0, 1} and (x.sum(axis=1) == 1).all() and x.any(axis=(0, 2)).all()
    ),
    "simplex": lambda x: (x > 0).all() and np.allclose(x.sum(axis=1), 1) and (x > 0.4).any(),
}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("shape", ["K 1", "K n"])
def test_points_respect_domains(domain, shape):
    points = setting({"x": shape, "other": shape}, domains={"x": domain}, sizes={"K": 5, "n": 3})
    assert points.values["x"].shape == (COUNT, 5, 1 if shape == "K 1" else 3)
    for one in (points, points.resized):
        assert DOMAINS[domain](one.values["x"])
        assert DOMAINS["real"](one.values["other"])


@pytest.mark.parametrize("domain", DOMAINS)
def test_another_domain_is_found(domain):
    """Each check above refuses the points of every other domain, but for what lies within it."""
    within = {
        ("binary", "one-hot"),
        ("positive", "integer"),
        ("positive", "probability"),
        ("probability", "simplex"),
    }
    for other in DOMAINS:
        x = setting({"x": "K 1"}, domains={"x": other}, sizes={"K": 5}).values["x"]
        if DOMAINS[domain](x):
            assert other == domain or (domain, other) in within


def test_points_satisfy_the_equations():
    values = NETWORK.values
    np.testing.assert_allclose(values["u"], values["w"] * values["x"])
    np.testing.assert_allclose(
        values["a"], 1 / (1 + np.exp(-values["w"] * values["x"] - values["y"]))
    )
    assert (values["r"] >= 0).all()
    assert (values["r"] > 0).any()


def test_places_are_within_their_size_and_apart():
    for points in (ENTRIES, ENTRIES.resized):
        places = {name: points.values[name][:, 0, 0] for name in ("i", "k", "l")}
        for one in places.values():
            assert set(one) <= set(range(1, points.sizes["K"] + 1))
            assert len(set(one)) > 2
        assert (places["l"] != places["k"]).all()
        assert (places["i"] == places["k"]).any()
        assert (places["i"] != places["k"]).any()
        assert {1.0, 2.0} <= set(places["k"]) or points.sizes["K"] > 4


def test_three_indices_may_all_be_apart():
    symbols = Symbols({}, {"i": "K", "j": "K", "k": "K"}, {"j": ("i",), "k": ("i", "j")})
    points = setting({"y": "K 1"}, sizes={"K": 3}, symbols=symbols)
    for row in range(COUNT):
        assert {float(points.values[name][row, 0, 0]) for name in "ijk"} == {1, 2, 3}


def test_sizes_are_values_and_other_points_have_others():
    points = setting({"W": "h d"}, sizes={"d": 3, "h": 2})
    assert points.values["W"].shape == (COUNT, 2, 3)
    assert points.values["d"].ravel().tolist() == [3] * COUNT
    rows, columns = points.resized.values["W"].shape[1:]
    assert rows != columns
    assert (rows, columns) != (2, 3)


# Nothing else decides


def test_verdicts_do_not_depend_on_random_state_or_on_what_came_before():
    first = verdicts()
    assert {*first[: len(PAIRS)]} == {"equal", "different", "undecided"}
    random.seed(5)
    np.random.seed(5)
    drawn = random.random(), np.random.random()
    random.seed(5)
    np.random.seed(5)
    assert verdicts() == first
    assert (random.random(), np.random.random()) == drawn
    backwards = [judged(*pair, REALS).value for pair in reversed(PAIRS)]
    assert backwards[::-1] == first[: len(PAIRS)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "123"])
def test_verdicts_do_not_depend_on_the_process(seed):
    code = (
        "import json; from tests.reference.judging import verdicts; print(json.dumps(verdicts()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(result.stdout) == verdicts()


def test_a_side_that_is_kept_is_judged_alike():
    key = Side(understood("relu(x) + y", REALS), REALS)
    for text, verdict in [
        ("y + relu(x)", EQUAL),
        ("y + x", DIFFERENT),
        ("max(x, 0) + y", EQUAL),
        ("log(-x^2)", DIFFERENT),
        ("y + relu(x)", EQUAL),
    ]:
        assert compare_sides(Side(understood(text, REALS), REALS), key) is verdict


def test_what_underflow_hides_is_hidden_behind_a_sign_too():
    product = apply("hadamard", Name("p"), Name("p"))
    values = {"p": np.full((2, 1, 1), 1e-200)}
    for expression in (product, apply("negate", product)):
        nodes = parts(expression)
        found = hidden(nodes, evaluate_parts(nodes, values), frozenset())
        assert (found == TINY).all()
