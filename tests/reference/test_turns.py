"""Steps and corners are compared where they are: shifted, rounded off or cut off far out, they are others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.equivalence import around
from reference.equivalence.compare import TOGETHER, Agreement, Side, compare_several, compare_sides
from reference.equivalence.parts import Parts
from reference.equivalence.resolver import read_part
from reference.equivalence.sight import at_sight
from reference.network import Symbols
from tests.reference.judging import REALS, judged, setting, understood

EQUAL, DIFFERENT, UNDECIDED = Agreement.EQUAL, Agreement.DIFFERENT, Agreement.UNDECIDED
LAYER = setting(
    {"x": "d 1", "W": "h d", "b": "h 1", "u": "1 h", "y": "1 1"},
    """
    z = W x + b
    a = relu(z)
    s = u a
    p = sigmoid(s)
    """,
    domains={"y": "binary"},
    sizes={"d": 3, "h": 4},
)
POSITIVE = setting({"x": "1 1", "p": "1 1"}, domains={"x": "positive", "p": "probability"})
FUNCTION = setting({"x": "1 1", "w": "1 1"}, symbols=Symbols({"g": 1}, {}, {}))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x > 0.04", "x > 0"),
        ("x > 1e-6", "x > 0"),
        ("x > -1e-6", "x > 0"),
        ("x > 0 - 1", "x > 0"),
        ("sigmoid(10^6 x)", "x > 0"),
        ("sigmoid(10^9 x)", "x > 0"),
        ("(1 + tanh(10^9 x)) / 2", "x > 0"),
        ("min(1, max(0, 1000 x))", "x > 0"),
        ("(x > 0)(x < 1000)", "x > 0"),
        ("(x > 0)(x < 10^9)", "x > 0"),
        ("(x > 0) + (x < -10^9)", "x > 0"),
        ("(x > 0)(1 - (x > 3.1)(x < 3.2))", "x > 0"),
        ("x (x - 3.1)(x - 3.2) > 0", "x > 0"),
        ("(x > 0)(y < 10^7)", "x > 0"),
        ("(x > 0) + exp(-(10000 (x - 0.3))^2)", "x > 0"),
        ("x / sqrt(x^2 + 1e-12) / 2 + 1/2", "x > 0"),
        ("relu(x) / (abs(x) + 1e-9)", "x > 0"),
        ("log(1 + exp(1000 x)) / 1000", "max(0, x)"),
        ("log(1 + exp(10^9 x)) / 10^9 + y", "max(0, x) + y"),
        ("softplus(10^6 x) / 10^6", "relu(x)"),
        ("10^6 tanh(relu(x) / 10^6)", "relu(x)"),
        ("min(x, 1000)", "x"),
        ("min(x, 10^9) + y", "x + y"),
        ("10^6 tanh(x / 10^6)", "x"),
        ("10^6 log(1 + x / 10^6)", "x"),
        ("sign(x - y - 1e-6)", "sign(x - y)"),
        ("sign(x - y)(x < 10^8)", "sign(x - y)"),
        ("sign(x - 1.000001 y)", "sign(x - y)"),
        ("(x - y)^6000", "(x - y)^5999"),
        ("abs(x - y)^6000", "abs(x - y)^5999"),
        ("relu(x - 10^9)", "0"),
    ],
)
def test_a_near_miss_is_another(left, right):
    assert judged(left, right, REALS) is DIFFERENT
    assert at_sight_or_not(left, right, REALS) is DIFFERENT


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x >= 0", "x > 0"),
        ("(sign(x) + 1) / 2", "x > 0"),
        ("max(0, x) / x", "x > 0"),
        ("1 if x > 0 else 0", "x > 0"),
        (r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}", "x > 0"),
        ("(1 + x / abs(x)) / 2", "x > 0"),
        ("1 - (x < 0)", "x > 0"),
        ("x^3 > 0", "x > 0"),
        ("1 / x > 0", "x > 0"),
        ("exp(x) > 1", "x > 0"),
        ("sigmoid(x) > 1/2", "x > 0"),
        ("x + 1000 > 1000", "x > 0"),
        ("(x > 0)(x > -1)", "x > 0"),
        ("(x > 0) + 0 (x > 1000)", "x > 0"),
        ("x (x > 0)", "max(0, x)"),
        ("(x + abs(x)) / 2 + y", "y + relu(x)"),
        ("1{x > y} - 1{x < y}", "sign(x - y)"),
        ("-sign(y - x)", "(x - y) / abs(x - y)"),
        ("x + y - min(x, y)", "max(x, y)"),
        ("relu(x - 1000) - relu(1000 - x)", "x - 1000"),
        ("1 / (1 + exp(-1000 x))", "sigmoid(1000 x)"),
        ("exp(-800 x) exp(790 x)", "exp(-10 x)"),
        ("(x - y)^5999 (x - y)", "(x - y)^6000"),
    ],
)
def test_the_same_step_in_other_words_is_equal(left, right):
    for one, other in ((left, right), (right, left)):
        assert judged(one, other, REALS) is not DIFFERENT
        assert at_sight_or_not(one, other, REALS) is judged(one, other, REALS)
    if "5999" not in left:
        assert judged(left, right, REALS) is EQUAL


def at_sight_or_not(text, key, points):
    """By the short way, as far as it goes."""
    parts, side = Parts(points, {*points.network.shapes}), Side(understood(key, points), points)
    part = read_part(text, parts)
    found = None if part is None else at_sight(part, side, parts)
    given = Side(understood(text, points) if part is None else part.node, points)
    return found or compare_sides(given, side)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("u^T (p - y) ⊙ 1{a > 0}", "u^T (p - y) ⊙ 1{z > 0}", EQUAL),
        ("u^T (p - y) ⊙ 1{W x + b > 0}", "u^T (p - y) ⊙ 1{z > 0}", EQUAL),
        ("u^T (p - y) ⊙ 1{W x > -b}", "u^T (p - y) ⊙ 1{z > 0}", EQUAL),
        ("u^T (p - y) ⊙ a / z", "u^T (p - y) ⊙ 1{z > 0}", EQUAL),
        ("u^T (p - y) ⊙ 1{z > 0} ⊙ 1{p < 1}", "u^T (p - y) ⊙ 1{z > 0}", EQUAL),
        ("u^T (p - y) ⊙ 1{z > 0} ⊙ sign(1 - p)", "u^T (p - y) ⊙ 1{z > 0}", EQUAL),
        ("u^T (p - y) ⊙ 1{z > 0.000001}", "u^T (p - y) ⊙ 1{z > 0}", DIFFERENT),
        ("u^T (p - y) ⊙ 1{a > 0.000001}", "u^T (p - y) ⊙ 1{z > 0}", DIFFERENT),
        ("u^T (p - y) ⊙ sigmoid(10^9 z)", "u^T (p - y) ⊙ 1{z > 0}", DIFFERENT),
        ("u^T (p - y) ⊙ 1{z > 0} ⊙ 1{z < 10^9}", "u^T (p - y) ⊙ 1{z > 0}", DIFFERENT),
        ("u^T (p - y) ⊙ (1{z > 0} + 1{z < -10^9})", "u^T (p - y) ⊙ 1{z > 0}", DIFFERENT),
        ("u^T (p - y) ⊙ 1{z > 0} 1{x_1 < 10^6}", "u^T (p - y) ⊙ 1{z > 0}", DIFFERENT),
        ("u^T (p - y) ⊙ 1{z > 0} 1{p < 0.9999}", "u^T (p - y) ⊙ 1{z > 0}", DIFFERENT),
        ("(p - y) a^T ⊙ 1{a > 0.001}^T", "(p - y) a^T", DIFFERENT),
        ("(p - y) relu(z)^T", "(p - y) a^T", EQUAL),
        ("W > W", "W > W + 1", EQUAL),
        ("u^T u > (u^T u)^T", "u^T u > u^T u", EQUAL),
        ("y > 0.3", "y", EQUAL),  # it has no value between 0 and 1
    ],
)
def test_of_a_layer(left, right, verdict):
    """Where a quantity is computed, its inputs move; what is 0 or 1 does not."""
    assert judged(left, right, LAYER) is verdict
    assert at_sight_or_not(left, right, LAYER) is verdict


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("x > 0", "1", EQUAL),
        ("p < 1", "1", EQUAL),
        ("x > 1.000001", "x > 1", DIFFERENT),
        ("x > 0.001", "1", DIFFERENT),
        ("p > 0.500001", "p > 1/2", DIFFERENT),
        ("p > 0.01", "1", DIFFERENT),
        ("log(x) > 0", "x > 1", EQUAL),
    ],
)
def test_domains_are_kept_beside_turns(left, right, verdict):
    assert judged(left, right, POSITIVE) is verdict


@pytest.mark.parametrize("text", ["g(x) (g(x) < 1000)", "min(g(x), 1000)", "g(x) (x < 10^8)"])
def test_an_abstract_function_may_have_any_value(text):
    assert judged(text, "g(x)", FUNCTION) is DIFFERENT


def test_what_is_tied_wherever_it_is_looked_at_is_compared():
    square = setting({"S": "d d"}, sizes={"d": 3})
    assert judged("S > S^T", "S > S", square) is DIFFERENT
    assert judged("S >= S^T", "1 - (S < S^T)", square) is EQUAL


@pytest.mark.parametrize("key", ["relu(x)", "abs(x)", "x (x > 0)"])
@pytest.mark.parametrize("text", ["sqrt(x)^2", "exp(log(x))", "x sqrt(x) / sqrt(x)"])
def test_what_has_no_value_on_one_side_is_another(text, key):
    assert judged(text, key, REALS) is DIFFERENT


STEPS = ["x > {}", "relu(x - ({}))", "sign(x - ({})) y", "max(x, {})", "abs(x - ({})) w"]
exponents = st.integers(-6, 3)


@st.composite
def thresholds(draw):
    """Two of them, the same or apart by a millionth of their size or more."""
    one = draw(st.integers(-9, 9)) * 10.0 ** draw(exponents)
    apart = draw(st.sampled_from([0, 0, 1, -1])) * 10.0 ** draw(st.integers(-6, 0))
    return one, one + apart * max(1.0, abs(one))


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(STEPS), thresholds())
def test_steps_are_equal_only_at_one_threshold(step, pair):
    one, other = (f"{value:.9f}" for value in pair)
    expected = EQUAL if float(one) == float(other) else DIFFERENT
    assert judged(step.format(one), step.format(other), REALS) is expected


def test_points_are_on_both_sides_of_every_entry_and_near():
    side = Side(understood("relu(z)", LAYER), LAYER)
    [turned] = side.beside.points.turned
    assert turned.shape[1] == 4
    for value in turned.T:
        assert (value > 1e6).any()
        assert (value < -1e6).any()
    near = np.abs(turned).min(axis=1)
    for low, high in ((1e-10, 1e-9), (1e-9, 1e-6), (1e-6, 1)):
        assert ((near >= low) & (near < high)).any()
    assert near.min() >= around.LEAST


def test_where_nothing_turns_nothing_is_added():
    for text in ("z", "sigmoid(s) (1 - p)", "y^2 + p", "exp(p) / (1 + exp(p))"):
        side = Side(understood(text, LAYER), LAYER)
        assert not side.turns
        assert compare_sides(side, side) is EQUAL
        assert "beside" not in vars(side)


def test_answers_with_one_turn_more_are_looked_at_by_a_person():
    many = " + ".join(f"0 (x > {number})" for number in range(1, around.MOST + 2))
    assert judged(f"(x > 0) + {many}", "x > 0", REALS) is UNDECIDED


@pytest.mark.parametrize(
    "other",
    [
        "x if x > 0 else x",
        "x if x > 1 else 1.001 x",
        "1.001 x if x > 1 else x",
        "x + relu(x - 10^6)",
        "max(x, x)",
        "relu(x) - relu(-x)",
        "x + y - y",
        "2 x",
    ],
)
def test_sides_that_are_compared_together_are_judged_as_each_by_itself(other):
    texts = ["x if x > 2 else x", other, "x", "x if x > 3 else x"]
    key = Side(understood("x", REALS), REALS)
    sides = [Side(understood(text, REALS), REALS) for text in texts]
    alone = [compare_sides(one, Side(key.expression, REALS)) for one in sides]
    assert [*compare_several(sides, key)] == alone
    assert [*compare_several(sides, Side(key.expression, REALS), once=True)] == alone
    assert alone[0] is alone[2] is alone[3] is Agreement.EQUAL


@pytest.mark.parametrize(
    ("text", "stated", "expected"),
    [
        ("relu(z)", "h", EQUAL),
        ("h if h > 0 else 0 h", "h", EQUAL),
        ("h if h > 0.1 else 0.99 h", "h", DIFFERENT),
        ("relu(z - 0.001)", "h", DIFFERENT),
        ("z (z > 0.01)", "h", DIFFERENT),
    ],
)
def test_sides_of_other_names_are_compared_beside_the_turns_of_all_names(text, stated, expected):
    points = setting({"z": "4 1"}, "h = relu(z)")
    given, key = (Side(understood(one, points), points) for one in (text, stated))
    assert [*compare_several([given], key, once=True)] == [expected]


def test_too_many_turns_together_are_not_decided_and_what_differs_before_does():
    texts = [f"x if x > {place} else x" for place in range(TOGETHER + 1)]
    sides = [Side(understood(text, REALS), REALS) for text in [*texts, "x", "2 x"]]
    found = [*compare_several(sides, Side(understood("x", REALS), REALS))]
    expected = [Agreement.UNDECIDED] * len(texts) + [Agreement.EQUAL, Agreement.DIFFERENT]
    assert found == expected


@pytest.mark.parametrize("text", ["sin(x) + y", "g(x, y)"])
def test_a_wave_at_large_values_is_no_proof_of_a_difference(text):
    points = setting(
        {"x": "1 1", "y": "1 1"}, symbols=Symbols(functions={"g": 2}, indices={}, apart={})
    )
    near, far = (
        Side(understood(text.replace("x", f"({size} x)"), points), points) for size in ("1", "10^9")
    )
    assert np.isfinite(near.noise_at(0))
    assert np.isinf(far.noise_at(0))


def test_a_turn_that_is_nothing_but_rounding_is_no_place():
    nothing = Side(understood("max(x + y - y, x)", REALS), REALS)
    assert nothing.turns == {}
    assert len(Side(understood("max(x + y, x)", REALS), REALS).turns) == 1
    assert len(Side(understood("max(x + 10^-9, x) + relu(y)", REALS), REALS).turns) == 2
