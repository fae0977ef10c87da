"""Values, over batches and one by one, against plain formulas."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from reference.language.evaluating import evaluate, evaluate_all
from reference.language.expression import Apply, Name, annotate, apply, number
from reference.language.operations import OPERATIONS
from tests.reference.strategies import SHAPES, draw_values, expressions, magnitude

VALUES = draw_values(SHAPES, 2, batch=4)


def one_by_one(function):
    """A function of numbers, applied to arrays of equal shape entry by entry, without NumPy."""

    def apply_to(*arrays):
        arrays = np.broadcast_arrays(*arrays)
        flat = zip(*(array.ravel().tolist() for array in arrays), strict=True)
        return np.array([function(*entries) for entries in flat]).reshape(arrays[0].shape)

    return apply_to


def in_lists(function):
    """A function of nested lists of rows, applied to two-dimensional arrays."""
    return lambda *arrays: np.array(function(*(array.tolist() for array in arrays)), dtype=float)


def product(left, right):
    return [
        [sum(row[k] * right[k][j] for k in range(len(right))) for j in range(len(right[0]))]
        for row in left
    ]


def softmax(rows):
    sums = [sum(math.exp(row[j]) for row in rows) for j in range(len(rows[0]))]
    return [[math.exp(entry) / sums[j] for j, entry in enumerate(row)] for row in rows]


def entries(rows):
    return [entry for row in rows for entry in row]


FORMULAS = {
    "add": one_by_one(lambda a, b: a + b),
    "subtract": one_by_one(lambda a, b: a - b),
    "negate": one_by_one(lambda a: -a),
    "scale": one_by_one(lambda a, b: a * b),
    "hadamard": one_by_one(lambda a, b: a * b),
    "matmul": in_lists(product),
    "divide": one_by_one(lambda a, b: a / b),
    "power": one_by_one(lambda a, b: abs(a) ** b),
    "transpose": in_lists(lambda rows: [list(column) for column in zip(*rows, strict=True)]),
    "gt": one_by_one(lambda a, b: 1.0 if a > b else 0.0),
    "ge": one_by_one(lambda a, b: 1.0 if a >= b else 0.0),
    "lt": one_by_one(lambda a, b: 1.0 if a < b else 0.0),
    "le": one_by_one(lambda a, b: 1.0 if a <= b else 0.0),
    "relu": one_by_one(lambda x: x if x > 0 else 0.0),
    "leaky_relu": one_by_one(lambda x, slope: x if x > 0 else slope * x),
    "sigmoid": one_by_one(lambda x: 1 / (1 + math.exp(-x))),
    "tanh": one_by_one(lambda x: (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x))),
    "softmax": in_lists(softmax),
    "exp": one_by_one(math.exp),
    "log": one_by_one(lambda x: math.log(abs(x))),
    "sqrt": one_by_one(lambda x: math.sqrt(abs(x))),
    "abs": one_by_one(lambda x: x if x > 0 else -x),
    "sign": one_by_one(lambda x: (x > 0) - (x < 0)),
    "max": one_by_one(lambda a, b: a if a > b else b),
    "min": one_by_one(lambda a, b: a if a < b else b),
    "largest": in_lists(lambda rows: [[max(entries(rows))]]),
    "smallest": in_lists(lambda rows: [[min(entries(rows))]]),
    "sum": in_lists(lambda rows: [[math.fsum(entries(rows))]]),
    "mean": in_lists(lambda rows: [[math.fsum(entries(rows)) / len(entries(rows))]]),
    "count": in_lists(lambda rows: [[len(rows) * len(rows[0])]]),
    "row_sums": in_lists(lambda rows: [[math.fsum(row)] for row in rows]),
    "column_sums": in_lists(
        lambda rows: [[math.fsum(column) for column in zip(*rows, strict=True)]]
    ),
    "fill": lambda value, model: np.array(
        [
            [
                value[min(i, len(value) - 1)][min(j, len(value[0]) - 1)]
                for j in range(model.shape[1])
            ]
            for i in range(model.shape[0])
        ]
    ),
}
# Names whose shapes fit, by operation; the positive argument of a root or logarithm is made so.
ARGUMENTS = {
    "add": [("A", "A"), ("A", "s"), ("t", "A"), ("X", "u"), ("u", "X")],
    "subtract": [("A", "A"), ("A", "s"), ("t", "A"), ("X", "u"), ("u", "X")],
    "scale": [("s", "A"), ("A", "s"), ("s", "t")],
    "hadamard": [("C", "C"), ("u", "v"), ("s", "u")],
    "divide": [("u", "v"), ("A", "s"), ("s", "A")],
    "matmul": [("A", "B"), ("A", "u"), ("C", "C"), ("A", "X"), ("s", "r")],
    "power": [("A", "s"), ("t", "s")],
    "leaky_relu": [("A", "s")],
    "fill": [("s", "A"), ("u", "X"), ("r", "X"), ("A", "A")],
}
PAIRS = [("u", "v"), ("A", "s"), ("s", "X"), ("C", "C")]
SINGLES = [("s",), ("u",), ("r",), ("X",), ("C",)]


def argument_names(operation):
    return ARGUMENTS.get(operation, PAIRS if OPERATIONS[operation].arity == 2 else SINGLES)


def test_every_operation_has_a_formula_here():
    assert FORMULAS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_gives_the_value_of_its_formula(operation):
    for names in argument_names(operation):
        values = dict(VALUES)
        if operation in ("log", "sqrt", "power"):
            values[names[0]] = np.abs(values[names[0]])
        found = evaluate(apply(operation, *map(Name, names)), values)
        found = np.broadcast_to(found, (4, *found.shape[-2:]))
        for index in range(4):
            expected = FORMULAS[operation](*(values[name][index] for name in names))
            np.testing.assert_allclose(found[index], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("operation", ["gt", "ge", "lt", "le", "max", "min"])
def test_comparisons_of_equal_values(operation):
    equal = {"u": VALUES["u"], "v": VALUES["u"]}
    found = evaluate(apply(operation, Name("u"), Name("v")), equal)
    expected = {"gt": 0.0, "lt": 0.0, "ge": 1.0, "le": 1.0}.get(operation, VALUES["u"])
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
