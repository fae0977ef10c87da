"""What the values of a network take by hand, against counts made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.derivatives.effort import Operand, prepare
from reference.derivatives.reverse_mode import differentiate
from reference.language.operations import OPERATIONS
from reference.network import declare, split_equations


def network(equations, **shapes):
    return declare(shapes, {}, split_equations(equations))


def effort(net, target, **values):
    """(steps, signs, digits, active, special) of one variant."""
    arrays = {
        name: np.array(value, dtype=float).reshape(1, *shape(value))
        for name, value in values.items()
    }
    found = prepare(net, [target]).effort(arrays, 1)
    return tuple(int(getattr(found, name)[0]) for name in found.__struct_fields__)


def shape(value):
    return np.array(value).shape if np.ndim(value) else (1, 1)


ONE = (1, 1)


@pytest.mark.parametrize(
    ("equations", "values", "counted"),
    [
        # 2 · 3 and 6 + 1: four operands of one digit.
        ("z = w x + b", {"w": 2, "x": 3, "b": 1}, (2, 0, 4, 0, 0)),
        # -0.25 · 1.5 has four digits and a sign; -0.375 + 0 falls away.
        ("z = w x + b", {"w": -0.25, "x": 1.5, "b": 0}, (1, 1, 4, 0, 1)),
        # exp(-0.5), 1 + 0.607, 1 / 1.607: digits 1 + (1 + 3) + (1 + 4); the unit passes a gradient on.
        ("z = sigmoid(x)", {"x": 0.5}, (3, 1, 10, 1, 0)),
        # 1/3 is carried as 0.333, so 0.333 · 2 has four digits and 1 / 3 two; 1 is no divisor here.
        ("z = x / b * w", {"x": 1, "b": 3, "w": 2}, (2, 0, 6, 0, 0)),
        # 3 · 3 is squared in one step of two operands, 3 and the exponent.
        ("z = x^2 / b", {"x": 3, "b": -1}, (1, 0, 2, 0, 1)),
        # The product is computed once, and named twice: 6 + 6.
        ("u = w x\nz = u + w x", {"w": 2, "x": 3}, (2, 0, 4, 0, 0)),
        # 120 has the digits of 12.
        ("z = w x", {"w": 120, "x": 0.0004}, (1, 0, 3, 0, 0)),
    ],
)  # fmt: skip
def test_counts_made_by_hand(equations, values, counted):
    net = network(equations, **dict.fromkeys(values, ONE))
    assert effort(net, "z", **values) == counted


def test_a_product_of_matrices_counted_by_hand():
    net = network("z = W x", W=(2, 2), x=(2, 1))
    # 1 · 4 and 0 · 4 fall away, 2 · 0.5 and -3 · 0.5 do not; 4 + 1 is a step, 0 - 1.5 is none.
    assert effort(net, "z", W=[[1, 2], [0, -3]], x=[[4], [0.5]]) == (3, 1, 6, 0, 3)


NUMBERS = st.integers(-40, 40).map(lambda whole: whole / 8)


@given(st.lists(NUMBERS, min_size=9, max_size=9))
def test_matrices_take_what_their_entries_take(drawn):
    """(2 × 3)(3 × 1) in one product, and entry by entry."""
    whole = network("u = W x\nz = sum(u)", W=(2, 3), x=(3, 1))
    names = [*"abcdef", *"pqr"]
    single = network(
        "u = a p + b q + c r\nv = d p + e q + f r\nz = u + v", **dict.fromkeys(names, ONE)
    )
    matrix = np.array(drawn[:6]).reshape(2, 3), np.array(drawn[6:]).reshape(3, 1)
    together = effort(whole, "z", W=matrix[0], x=matrix[1])
    apart = effort(single, "z", **dict(zip(names, drawn, strict=True)))
    if (
        len({*map(tuple, matrix[0].tolist())}) == 2
    ):  # equal rows are computed once, if written apart
        assert together == apart


@given(st.floats(0.1, 5).map(lambda x: round(x, 2)), st.floats(0.1, 5).map(lambda x: round(x, 2)))
def test_a_dead_unit_takes_less(w, v):
    net = network("h = relu(w x + b)\ny = v h\nL = (y - 2)^2", **dict.fromkeys("wxbv", ONE))
    net = differentiate(net, "L", ["w"])
    live = effort(net, "dL/dw", w=w, x=1.5, b=0.25, v=v)
    dead = effort(net, "dL/dw", w=-w, x=1.5, b=-0.25, v=v)
    assert dead[0] < live[0]
    assert (dead[3], live[3]) == (0, 1)
    assert dead[4] > live[4]


@given(st.lists(st.integers(2, 9), min_size=3, max_size=3))
def test_decimals_carry_more_digits_and_minus_signs_count(whole):
    net = network("z = w x + b", w=ONE, x=ONE, b=ONE)
    plain, decimal, minus = (
        effort(net, "z", **dict(zip("wxb", values, strict=True)))
        for values in (whole, [x + 0.25 for x in whole], [-whole[0], *whole[1:]])
    )
    assert decimal[2] > plain[2]
    assert minus[1] > plain[1] == 0


@pytest.mark.parametrize("noise", [0, 1e-13, -1e-13])
def test_the_last_bits_decide_nothing(noise):
    """0.0995 is rounded to 0.1 or 0.099; 1 is 1; 0 is 0."""
    net = network("u = w x\nz = u * v", w=ONE, x=ONE, v=ONE)
    for product in (0.0995, 1.0, 0.0, -1.0, 0.5):
        exact = effort(net, "z", w=product, x=1, v=3)
        assert effort(net, "z", w=product + noise, x=1, v=3) == exact
        noisy, clean = (Operand(np.array([[one]]), 10**6) for one in (product + noise, product))
        assert noisy.written == clean.written


def test_what_cannot_be_computed_does_no_harm():
    net = network("u = log(x)\nz = exp(w) * u", w=ONE, x=ONE)
    assert effort(net, "z", w=1000.0, x=-1.0)[0] == 2  # a product with what is no number falls away


def test_every_step_of_arithmetic_has_its_rule():
    """What keeps digits is no step, what has steps is written out, abstract functions have no numbers."""
    left = {
        name
        for name, row in OPERATIONS.items()
        if row.derived and not row.keeps_digits and row.by_hand is None
    }
    asked = {name for name, row in OPERATIONS.items() if row.nothing_to_do is not None}
    sums = {name for name, row in OPERATIONS.items() if row.axes}
    assert left - {"matmul", "inv", "det", "call1", "call2", *sums} == asked


BY_HAND = {  # products, sums, quotients, comparisons and functions, counted on paper
    "y[i] = sum_j w[j] x[i + j - 1]": 4 * 3 + 4 * 2,
    "y = conv(x, w, padding: 1)": (6 * 3 - 2)
    + (6 * 2 - 2),  # two products and two additions meet no number
    "y = pad(x, padding: 2)": 0,
    "y = maxpool(x, kernel: k)": 2 * 2,
    "y = mean(X, along: 1)": 2 * (2 + 1),
    "y = var(X, along: 1)": 2 * (2 + 1) + 6 + 6 + 2 * (2 + 1),
    "y = softmax(X, along: 2)": 6 + 3 + 6,
    "y[i] = (tanh(x[i - 1] + 1) else 0) for i in 1..n": 5 + 5,
}


@pytest.mark.parametrize("text", BY_HAND)
def test_entries_take_what_a_person_does(text):
    given = {"x": ("n", 1), "w": ("k", 1), "X": ("m", 2)}
    sizes = {"n": 6, "k": 3, "m": 3}
    net = declare(given, {}, split_equations(text), dict.fromkeys(sizes, (1, 1)), sizes=sizes)
    values = {
        "x": [1.3, 1.7, 2.1, 2.6, 3.2, 3.9], "w": [1.5, 2.5, 3.5], "X": [[1.2, 2.3], [3.4, 4.7], [5.7, 6.9]],
    }  # fmt: skip
    arrays = {
        name: np.array(one).reshape(1, *np.shape(one), *[1] * (2 - np.ndim(one)))
        for name, one in values.items()
    }
    arrays |= {name: np.full((1, 1, 1), float(size)) for name, size in sizes.items()}
    assert prepare(net, ["y"]).effort(arrays, 1).steps.tolist() == [BY_HAND[text]]
