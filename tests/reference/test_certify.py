"""Right rules are certified; a planted fault is refused by both other ways."""

import numpy as np
import pytest
from msgspec.structs import replace

from reference.derivatives.certify import certify, distance, scalar_functions
from reference.language.dimensions import SCALAR
from reference.language.expression import annotate, apply, number
from reference.language.operations import OPERATIONS
from reference.network import Symbols, declare, scalars, split_equations
from tests.reference.strategies import draw_values

DERIVED = {name for name, row in OPERATIONS.items() if row.derived}
SIZES = {"d": 2, "h": 3, "k": 2}
CHAIN = {"x": ("d", 1), "A": ("h", "d"), "B": ("k", "h"), "a": ("h", 1), "s": (1, 1)}
LOSSES = {
    "a layer": "L = sum(sigmoid(A x + a)^2)",
    "two layers": "L = sum(tanh(B relu(A x + a)))",
    "leaky relu of leaky relu": "L = sum(leaky_relu(B leaky_relu(A x + a), 0.2)^2)",
    "the absolute value of a relu": "L = sum(abs(relu(A x) - 1))",
    "cross entropy": "L = -sum(a ⊙ log(softmax(A x)))",
    "a quadratic form": "L = x^T A^T A x / 2",
    "an outer product": "L = sum(exp(a x^T) ⊙ A)",
    "a norm": "L = sqrt(sum((A x)^2))",
    "the larger and the smaller of two": "L = sum(max(A x, a) ⊙ min(A x, s))",
    "the largest and the smallest entry": "L = max(x) min(x)^2",
    "the place of the largest entry": "L = sum(is_largest(x) ⊙ x^3)",
    "the mean": "L = mean(A ⊙ A) sum(B)",
    "quotients": "L = sum(a / (2 + s^2)) / sum(x)",
    "sums of rows and columns": "L = sum(row_sums(A)^2) + sum(column_sums(A)^3)",
    "fillings and counts": "L = sum(fill(s, A) ⊙ A) / count(A)",
    "indicators": "L = sum((A x > a) ⊙ (A x)) + sum((x < 0.5) ⊙ x) + sum((x >= 0) ⊙ x^3)",
    "an indicator of a relu": "h1 = relu(A x)\nL = sum((h1 <= 1) ⊙ h1)",
    "signs": "L = sum(sign(A x) ⊙ A x) - (-s)",
    "a transpose": "L = (A x + a)^T (a - 2)",
    "a sum of a matrix and a scalar": "L = sum((A + s) ⊙ (s - A))",
    "a bias over a batch": "L = sum((A A^T + a) ⊙ (A A^T + a))",
    "cases": "L = sum(A x if a > 0 else (A x)^2) + sum(x if x <= s else s)",
    "equality": "L = sum((A x) ⊙ 1{j = i}) + s 1{i != j} + sum(x if i = j else x^3)",
    "an entry": "L = x_i^2 A[2, i] B[2, j]",
    "an entry of a function of all": "L = softmax(A x)[j] - log(softmax(A x)[2])",
    "the matrix with one entry": "L = sum(A ⊙ unit(A, 2, i)) + sum((A + unit(A, j, i))^2)",
    "turning and swinging": "L = sum(sin(A x) ⊙ cos(a)) + tan(s / 4) + sum(arctan(A x + a))",
    "hyperbolic": "L = sum(sinh(A x) ⊙ cosh(a)) + cosh(s)",
    "logarithms and a soft corner": "L = sum(log2(x^2)) + log10(s^2) + sum(softplus(A x))",
    "the normal law": "L = sum(erf(A x)) + sum(gelu(a)) + silu(s)",
    "steps": "L = sum(floor(3 A x) ⊙ (A x)) + sum(ceil(x) ⊙ x^2) + round(5 s) s",
    "places": "L = sum(x) argmax(x) + argmin(A x) sum(a)",
    "inverses": "L = sum(inv(A^T A + s^2 diag(x / x))) + det(x x^T + s diag(x))",
    "diagonals": "L = sum(diag(x) A^T) + sum(diagonal(A^T A) ⊙ x)",
    "an abstract function": "L = sum(f(A x)) s + f(s)^2",
    "a derivative of one": "L = sum(f'(A x) ⊙ a) + f''(s)",
    "one of two arguments": "L = sum(g(A x, s)) + g(s, x_1)^2 + sum(g(a, A x))",
    "derivatives by either argument": "L = g'1(s, x_2) g'2(x_1, s) + g''2(s, s)",
}
SYMBOLS = Symbols({"f": 1, "g": 2}, {"i": "d", "j": "h"})
PLACES = {"i": 2.0, "j": 1.0, "f()": 0.4, "g()": -1.1}


def random_values(shapes, seed, sizes):
    """Values for quantities, and for indices and functions."""
    drawn = draw_values(shapes, seed, 3, sizes)
    return {**drawn, **{name: np.full((3, 1, 1), place) for name, place in PLACES.items()}}


def certificates(text, by, seed=0, **shapes):
    network = declare(shapes, {}, split_equations(text), symbols=SYMBOLS)
    return certify(network, "L", by, random_values(shapes, seed, {"d": 3, "h": 2, "m": 2}))


@pytest.mark.parametrize("text", LOSSES.values(), ids=LOSSES)
def test_right_rules_are_certified(text):
    network = declare(CHAIN, {}, split_equations(text), symbols=SYMBOLS)
    found = certify(network, "L", list(CHAIN), random_values(CHAIN, 1, SIZES))
    assert [one.by for one in found] == list(CHAIN)
    for one in found:
        assert one.holds, one
        assert one.from_sympy < 1e-10


def test_every_operation_is_certified_somewhere():
    used = set()

    def visit(node, _):
        used.add(getattr(node, "operation", None))

    for text in LOSSES.values():
        for root in declare(CHAIN, {}, split_equations(text), symbols=SYMBOLS).equations.values():
            annotate(root, visit)
    assert used >= DERIVED


def test_an_equation_may_sum_over_an_index():
    for text in ("L = sum_q x_q", "L = s + 2 (sum_q B_{1q})"):
        network = declare(CHAIN, {}, split_equations(text), symbols=SYMBOLS)
        assert network.shapes["L"] == SCALAR


def test_every_operation_is_known_to_sympy_too():
    import sympy

    assert scalar_functions(sympy).keys() == DERIVED


@pytest.mark.parametrize("seed", range(3))
def test_the_shortcut_network_is_certified(seed):
    network = declare(
        {"x": ("d", 1), "y": (1, 1)},
        {"W1": ("h", "d"), "b1": ("h", 1), "W2": (1, "h"), "b2": (1, 1), "W": (1, "d")},
        split_equations(
            """
            z1 = W1 x + b1
            a1 = relu(z1)
            yhat = sigmoid(W2 a1 + b2 + W x)
            L = (yhat - y)^2 / 2
            """
        ),
    )
    values = draw_values({n: network.shapes[n] for n in ("x", "y", *network.parameters)}, seed)
    for one in certify(network, "L", network.parameters, values):
        assert one.holds, one


def test_a_name_that_is_not_used_is_certified_as_zero():
    found = certificates("L = sum(x)", ["x", "y"], x=("d", 1), y=("h", 1))
    assert all(one.holds for one in found)


Y = {"y": ("h", 1), "x": ("d", 1), "A": ("h", "d")}
FAULTS = {
    "sigmoid' is y(1 + y)": (
        "sigmoid",
        0,
        lambda g, y, x: apply("hadamard", g, apply("hadamard", y, apply("add", number(1), y))),
        "L = sum(sigmoid(A x))",
        "x",
    ),
    "relu without its mask": ("relu", 0, lambda g, y, x: g, "L = sum(relu(A x))", "x"),
    "relu with the mask reversed": (
        "relu",
        0,
        lambda g, y, x: apply("hadamard", g, apply("lt", x, number(0))),
        "L = sum(relu(A x))",
        "x",
    ),
    "a product without its transpose": (
        "matmul",
        1,
        lambda g, y, a, b: apply("matmul", a, g),
        "L = sum((S x)^2)",
        "x",
    ),
    "a product with its factors exchanged": (
        "matmul",
        0,
        lambda g, y, a, b: apply("matmul", apply("transpose", b), g),
        "L = sum((S Q) ⊙ Q)",
        "S",
    ),
    "tanh' is 1 - y": (
        "tanh",
        0,
        lambda g, y, x: apply("hadamard", g, apply("subtract", number(1), y)),
        "L = sum(tanh(A x))",
        "x",
    ),
    "softmax without its coupling": (
        "softmax",
        0,
        lambda g, y, x: apply("hadamard", g, apply("hadamard", y, apply("subtract", number(1), y))),
        "L = sum(softmax(A x) ⊙ y)",
        "x",
    ),
    "a power without its exponent": (
        "power",
        0,
        lambda g, y, a, b: apply("hadamard", g, apply("power", a, apply("subtract", b, number(1)))),
        "L = sum((A x)^2)",
        "x",
    ),
    "a difference with the sign of a sum": (
        "subtract",
        1,
        lambda g, y, a, b: g,
        "L = sum((y - A x)^2)",
        "x",
    ),
    "a quotient by the divisor not squared": (
        "divide",
        1,
        lambda g, y, a, b: apply("negate", apply("hadamard", g, apply("divide", number(1), b))),
        "L = sum(y / (A x))",
        "x",
    ),
    "a mean that is not divided": (
        "mean",
        0,
        lambda g, y, x: apply("fill", g, x),
        "L = mean((A x)^2)",
        "x",
    ),
    "a rule left out": ("exp", 0, None, "L = sum(exp(A x)) + sum(A x)", "x"),
    "a leaky relu that is flat": (
        "leaky_relu",
        0,
        lambda g, y, x, slope: apply("hadamard", g, apply("ge", x, number(0))),
        "L = sum(leaky_relu(A x, 0.2))",
        "x",
    ),
    "an absolute value without its sign": ("abs", 0, lambda g, y, x: g, "L = sum(abs(A x))", "x"),
    "a largest entry spread over all": (
        "largest",
        0,
        lambda g, y, x: apply("fill", g, x),
        "L = max(A x)",
        "x",
    ),
    "an entry spread over all": (
        "entry",
        0,
        lambda g, y, x, i, j: apply("fill", g, x),
        "L = x_i^2",
        "x",
    ),
    "cases without their mask": (
        "where",
        1,
        lambda g, y, test, yes, no: g,
        "L = sum(x if x > 0 else 1)",
        "x",
    ),
    "cases with the mask of the other": (
        "where",
        2,
        lambda g, y, test, yes, no: apply("hadamard", g, test),
        "L = sum(x if x > 0 else x^2)",
        "x",
    ),
    "a derivative of the same order": (
        "call1",
        2,
        lambda g, y, f, n, x: apply("hadamard", g, apply("call1", f, n, x)),
        "L = sum(f(A x))",
        "x",
    ),
    "a derivative by the other argument": (
        "call2",
        3,
        lambda g, y, f, m, n, a, b: apply(
            "hadamard", g, apply("call2", f, m, apply("add", n, number(1)), a, b)
        ),
        "L = sum(g(A x, 1))",
        "x",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_refused_by_both_other_ways(fault, monkeypatch):
    operation, place, wrong, text, by = fault
    shapes = {**Y, "S": ("d", "d"), "Q": ("d", "d")}
    text = text.replace("S Q", "S @ Q")

    def check():
        return certificates(text, [by], 2, **shapes)[0]

    assert check().holds
    row = OPERATIONS[operation]
    pulls = (*row.pulls[:place], wrong, *row.pulls[place + 1 :])
    monkeypatch.setitem(OPERATIONS, operation, replace(row, pulls=pulls))
    refused = check()
    assert refused.from_differences > 1e-3
    assert refused.from_sympy > 1e-3
    assert not refused.holds


def test_a_wrong_value_is_refused_by_sympy_alone(monkeypatch):
    """Differences use the table's values; only SymPy knows a function by its name."""
    row = OPERATIONS["tanh"]
    monkeypatch.setitem(
        OPERATIONS,
        "tanh",
        replace(row, value=np.arctan, pulls=(atan_rule,)),
    )
    (found,) = certificates("L = sum(tanh(A x))", ["x"], **Y)
    assert found.from_differences < 1e-6
    assert found.from_sympy > 1e-3
    assert not found.holds


def atan_rule(g, y, x):
    return apply("divide", g, apply("add", number(1), apply("power", x, number(2))))


def test_what_is_no_number_is_never_close():
    assert distance(np.array([[np.nan]]), np.array([[np.nan]])) == np.inf
    assert distance(np.array([[1.0, 2.0]]), np.array([[1.0, np.nan]])) == np.inf
    assert distance(np.array([[1.0]]), np.array([[3.0]])) == 1.0


def test_outside_a_domain_nothing_is_certified():
    network = declare(scalars({"x": 1}), {}, split_equations("L = log(x)"))
    (found,) = certify(network, "L", ["x"], {"x": np.array([[[-2.0]]])})
    assert not found.holds
