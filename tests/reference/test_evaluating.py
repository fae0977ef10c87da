"""Values, over batches and one by one, against plain formulas."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from reference.language.evaluating import evaluate, evaluate_all
from reference.language.expression import Apply, Name, Number, annotate, apply, number
from reference.language.operations import OPERATIONS
from reference.language.reading import Vocabulary, read
from reference.language.shapes import infer, resolve
from tests.reference.oracle import FORMULAS, value_at
from tests.reference.strategies import (
    ANSWER_SHAPES,
    PLACES,
    SHAPES,
    answer_values,
    concrete,
    draw_values,
    expressions,
    finds,
    magnitude,
)

VALUES = draw_values(SHAPES, 2, batch=4)
EXTRA = {  # what some arguments must be: places in a 2 × 2 corner, orders, masks, equal entries
    "one": np.array([1.0, 2.0, 1.0, 2.0]).reshape(4, 1, 1),
    "two": np.array([1.0, 1.0, 2.0, 2.0]).reshape(4, 1, 1),
    "order": np.array([0.0, 1.0, 2.0, 3.0]).reshape(4, 1, 1),
    "mask": (VALUES["A"] > 0).astype(float),
    "rounded": np.sign(VALUES["A"]),
}


# Names whose shapes fit, by operation; the positive argument of a root or logarithm is made so.
ARGUMENTS = {
    "add": [("A", "A"), ("A", "s"), ("t", "A"), ("X", "u"), ("u", "X")],
    "subtract": [("A", "A"), ("A", "s"), ("t", "A"), ("X", "u"), ("u", "X")],
    "scale": [("s", "A"), ("A", "s"), ("s", "t")],
    "hadamard": [("C", "C"), ("u", "v"), ("s", "u")],
    "divide": [("u", "v"), ("A", "s"), ("s", "A")],
    "matmul": [("A", "B"), ("A", "u"), ("C", "C"), ("A", "X"), ("s", "r")],
    "eq": [("rounded", "mask"), ("mask", "mask"), ("A", "A"), ("mask", "two")],
    "ne": [("rounded", "mask"), ("mask", "mask"), ("A", "A"), ("mask", "two")],
    "where": [("mask", "A", "s"), ("mask", "t", "s"), ("s", "A", "A")],
    "entry": [("A", "one", "two"), ("X", "two", "one")],
    "unit": [("A", "one", "two"), ("X", "two", "one")],
    "call1": [("s", "order", "A"), ("t", "two", "X")],
    "call2": [("s", "order", "two", "A", "A"), ("t", "one", "order", "u", "s")],
    "power": [("A", "s"), ("t", "s")],
    "leaky_relu": [("A", "s")],
    "diag": [("u",), ("s",)],
    "diagonal": [("C",), ("s",)],
    "inv": [("C",), ("s",)],
    "det": [("C",), ("s",)],
    "argmax": [("u",), ("r",), ("s",)],
    "fill": [("s", "A"), ("u", "X"), ("r", "X"), ("A", "A")],
}
PAIRS = [("u", "v"), ("A", "s"), ("s", "X"), ("C", "C")]
SINGLES = [("s",), ("u",), ("r",), ("X",), ("C",)]


def argument_names(operation):
    return ARGUMENTS.get(operation, PAIRS if OPERATIONS[operation].arity == 2 else SINGLES)


def test_every_operation_has_a_formula_here():
    assert FORMULAS.keys() | {"span", "sum_over"} == OPERATIONS.keys()


@pytest.mark.parametrize("operation", FORMULAS)
def test_an_operation_gives_the_value_of_its_formula(operation):
    for names in argument_names(operation):
        values = {**VALUES, **EXTRA}
        if operation in ("log", "log2", "log10", "sqrt", "power"):
            values[names[0]] = np.abs(values[names[0]])
        found = evaluate(apply(operation, *map(Name, names)), values)
        found = np.broadcast_to(found, (4, *found.shape[-2:]))
        for index in range(4):
            expected = FORMULAS[operation](*(values[name][index] for name in names))
            np.testing.assert_allclose(found[index], expected, rtol=1e-12, atol=1e-14)


def entries_of(values, row):
    return {name: value[row].tolist() for name, value in values.items()}


SUMS = {
    "sum_k u_k": lambda u, A, s, C: sum(u[k][0] for k in range(3)),
    "sum_k u_k^2 s": lambda u, A, s, C: sum(u[k][0] ** 2 for k in range(3)) * s[0][0],
    "sum_{k=1}^d C_kk": lambda u, A, s, C: sum(C[k][k] for k in range(3)),
    "sum_{k != q} u_k": lambda u, A, s, C: u[0][0] + u[2][0],
    "s - sum_k u_k": lambda u, A, s, C: s[0][0] - sum(u[k][0] for k in range(3)),
    "sum_l A_lk u_k": lambda u, A, s, C: (A[0][1] + A[1][1]) * u[1][0],
    "sum_k u_k sum_l A_lk": lambda u, A, s, C: sum(
        u[k][0] * A[q][k] for k in range(3) for q in range(2)
    ),
    "sum_l sum_k sum_m A_lk C_km u_m": lambda u, A, s, C: sum(
        A[q][k] * C[k][m] * u[m][0] for q in range(2) for k in range(3) for m in range(3)
    ),
    "(sum_k u_k) (sum_k u_k^2)": lambda u, A, s, C: (
        sum(u[k][0] for k in range(3)) * sum(u[k][0] ** 2 for k in range(3))
    ),
    "sum_k u_k (sum_k u_k)": lambda u, A, s, C: sum(u[k][0] for k in range(3)) ** 2,
    "sum_k exp(u_k) / (sum_m exp(u_m))": lambda u, A, s, C: 1.0,
    "sum_k delta_kq u_k": lambda u, A, s, C: u[1][0],
    "sum_k (u_k if k < q else 0)": lambda u, A, s, C: u[0][0],
    "sum_k k u_k": lambda u, A, s, C: u[0][0] + 2 * u[1][0] + 3 * u[2][0],
}


@pytest.mark.parametrize("text", SUMS)
@pytest.mark.parametrize("batch", [4, 1, 0])
def test_a_sum_over_an_index_adds_its_terms(text, batch):
    shapes = {"u": ("d", 1), "A": ("h", "d"), "s": (1, 1), "C": ("d", "d")}
    indices = {"k": "d", "l": "h", "m": "d", "q": "d"}
    quantities = {**shapes, **dict.fromkeys([*indices, "d", "h"], (1, 1))}
    written = read(text, Vocabulary(tuple(quantities), (), tuple(indices)))
    resolved, shape = resolve(written, quantities, indices)
    assert shape == (1, 1)
    named = {name: VALUES[name][:batch] if batch else VALUES[name][0] for name in shapes}
    numbers = {"d": 3.0, "h": 2.0, "k": 2.0, "l": 1.0, "m": 3.0, "q": 2.0}
    found = evaluate(resolved, {**named, **{n: np.array([[x]]) for n, x in numbers.items()}})
    found = np.broadcast_to(found, (max(batch, 1), 1, 1))
    for row in range(max(batch, 1)):
        expected = SUMS[text](**entries_of({name: VALUES[name] for name in shapes}, row))
        assert found[row, 0, 0] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("last", [1, 2, 5])
def test_the_axis_of_an_index_counts_from_one(last):
    for depth in range(3):
        found = evaluate(apply("span", number(last), number(depth)), {})
        assert found.shape == (last, *(1,) * (depth + 3))
        assert found.ravel().tolist() == list(range(1, last + 1))


@pytest.mark.parametrize("place", [(0, 1), (4, 1), (1, 0), (1, 2), (1.5, 1), (-1, 1)])
def test_where_there_is_no_entry_there_is_no_value(place):
    row, column = (Number(Fraction(one)) for one in place)
    for operation in ("entry", "unit"):
        found = evaluate(apply(operation, Name("u"), row, column), VALUES)
        assert np.isnan(found).all()


def test_a_branch_that_is_not_taken_may_be_undefined():
    expression = apply("where", apply("gt", Name("s"), number(0)), Name("s"), number(0))
    guarded = apply("where", apply("gt", Name("s"), number(0)), apply("log", Name("s")), number(0))
    values = {"s": np.array([[[-2.0]], [[2.0]]])}
    assert evaluate(expression, values).ravel().tolist() == [0, 2]
    assert evaluate(guarded, values).ravel().tolist() == pytest.approx([0, math.log(2)])


@pytest.mark.parametrize("operation", ["gt", "ge", "lt", "le", "eq", "ne", "max", "min"])
def test_comparisons_of_equal_values(operation):
    equal = {"u": VALUES["u"], "v": VALUES["u"]}
    found = evaluate(apply(operation, Name("u"), Name("v")), equal)
    indicators = {"gt": 0.0, "lt": 0.0, "ne": 0.0, "ge": 1.0, "le": 1.0, "eq": 1.0}
    expected = indicators.get(operation, VALUES["u"])
    assert np.array_equal(found, np.broadcast_to(expected, found.shape))


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("relu", 0), ("leaky_relu", 0), ("abs", 0), ("sign", 0), ("sigmoid", 0.5), ("tanh", 0)],
)
def test_values_at_zero(operation, expected):
    args = [number(0), number(3)][: OPERATIONS[operation].arity]
    assert evaluate(apply(operation, *args), {})[0, 0] == expected


@settings(deadline=None, max_examples=200)
@given(expressions())
def test_a_batch_is_its_members_one_by_one(expression):
    together = evaluate(expression, VALUES)
    tolerance = 1e-11 * magnitude(expression, VALUES)
    for index in range(4):
        alone = evaluate(expression, {name: value[index] for name, value in VALUES.items()})
        member = together[index] if together.ndim == 3 else together
        np.testing.assert_allclose(member, alone, rtol=1e-10, atol=tolerance)


@settings(deadline=None, max_examples=100)
@given(expressions())
def test_more_batch_axes_are_no_matter(expression):
    values = {name: value.reshape(2, 2, *value.shape[1:]) for name, value in VALUES.items()}
    found = evaluate(expression, values)
    flat = evaluate(expression, VALUES)
    tolerance = 1e-11 * magnitude(expression, VALUES)
    np.testing.assert_allclose(
        found.reshape(flat.shape) if found.ndim == 4 else found, flat, rtol=1e-10, atol=tolerance
    )


def test_names_with_and_without_a_batch_go_together():
    values = {"A": VALUES["A"], "u": VALUES["u"][0]}
    found = evaluate(apply("matmul", Name("A"), Name("u")), values)
    expected = np.stack([matrix @ values["u"] for matrix in VALUES["A"]])
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (apply("log", number(-1)), np.nan),
        (apply("log", number(0)), -np.inf),
        (apply("sqrt", number(-1)), np.nan),
        (apply("divide", number(1), number(0)), np.inf),
        (apply("divide", number(0), number(0)), np.nan),
        (apply("exp", number(1000)), np.inf),
        (apply("power", number(10), number(1000)), np.inf),
        (apply("power", number(0), number(-1)), np.inf),
        (apply("sigmoid", number(-1000)), 0.0),
        (apply("sigmoid", number(1000)), 1.0),
        (apply("tanh", number(1000)), 1.0),
    ],
)
def test_outside_a_domain_nothing_is_raised_or_warned_of(expression, expected):
    assert np.array_equal(evaluate(expression, {}), [[expected]], equal_nan=True)


def test_softmax_of_large_values_is_finite():
    values = {"u": np.array([[1000.0], [1000.0], [-1000.0]])}
    np.testing.assert_allclose(evaluate(apply("softmax", Name("u")), values), [[0.5], [0.5], [0]])


def test_equations_may_use_those_before_them():
    equations = {
        "a": apply("add", Name("s"), number(1)),
        "b": apply("scale", Name("a"), Name("a")),
    }
    found = evaluate_all(equations, {"s": np.array([[2.0]])})
    assert {name: float(value[0, 0]) for name, value in found.items()} == {"s": 2, "a": 3, "b": 9}


def test_a_shared_part_is_computed_once(monkeypatch):
    calls = []

    def counted(x):
        calls.append(x)
        return np.exp(x)

    monkeypatch.setitem(OPERATIONS, "exp", replace(OPERATIONS["exp"], value=counted))
    shared = apply("exp", Name("s"))
    for _ in range(12):
        shared = apply("add", shared, shared)
    found = evaluate(shared, {"s": np.array([[0.0]])})
    assert found[0, 0] == 2**12
    assert len(calls) == 1


def test_deep_expressions_are_no_matter():
    deep = Name("s")
    for _ in range(2000):
        deep = Apply("negate", (deep,))
    assert evaluate(deep, {"s": np.array([[2.0]])})[0, 0] == 2
    assert len(annotate(deep, lambda node, args: None)) == 2001


ANSWERS = answer_values(3, 2)


def agrees_with_the_formulas(expression):
    found = np.broadcast_to(
        evaluate(expression, ANSWERS), (2, *concrete(infer(expression, ANSWER_SHAPES)))
    )
    for row in range(2):
        expected = value_at(expression, {name: value[row] for name, value in ANSWERS.items()})
        tolerance = 1e-10 * (magnitude(expression, ANSWERS) if np.isfinite(expected).all() else 1)
        np.testing.assert_allclose(
            found[row], np.broadcast_to(expected, found[row].shape), rtol=1e-9, atol=tolerance
        )


@settings(deadline=None, max_examples=200)
@given(expressions(places=PLACES))
def test_an_answer_has_the_value_of_plain_formulas(expression):
    """Sums over an index term by term, indices and abstract functions included."""
    agrees_with_the_formulas(expression)


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["sum_over", "span", "entry", "where", "call1", "call2"])
def test_a_wrong_value_is_found(operation, monkeypatch):
    row = OPERATIONS[operation]
    wrong = replace(row, value=lambda *args: 1.01 * row.value(*args))
    monkeypatch.setitem(OPERATIONS, operation, wrong)
    assert finds(agrees_with_the_formulas, expressions(places=PLACES))
