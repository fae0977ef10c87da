"""Each row of the table: derivatives against finite differences, kinks, steps by hand."""

import itertools

import numpy as np
import pytest
from msgspec.structs import replace

from reference.backprop import differentiate
from reference.language.errors import ShapeError
from reference.language.evaluating import evaluate
from reference.language.expression import Name, apply, number
from reference.language.operations import FUNCTIONS, OPERATIONS, SPELLINGS, describe, shape_of
from reference.language.reading import derivative_name, read
from reference.language.shapes import infer
from tests.reference.strategies import draw_values, one_operation

STEP = 1e-5
SCALAR, COLUMN, ROW = (1, 1), ("d", 1), (1, "m")
MATRIX, SQUARE = ("d", "m"), ("d", "d")
ALIKE = [(shape, shape) for shape in (SCALAR, COLUMN, ROW, MATRIX, SQUARE)]
SPREAD = [*ALIKE, (SCALAR, MATRIX), (MATRIX, SCALAR), (COLUMN, SCALAR), (SCALAR, ROW)]
SINGLE = [(shape,) for shape in (SCALAR, COLUMN, ROW, MATRIX, SQUARE)]
BY_COLUMN = [*SPREAD, (COLUMN, MATRIX), (MATRIX, COLUMN)]
CASES = {
    "add": BY_COLUMN,
    "subtract": BY_COLUMN,
    "scale": [(SCALAR, MATRIX), (MATRIX, SCALAR), (SCALAR, SCALAR), (SCALAR, COLUMN)],
    "matmul": [
        (SCALAR, SCALAR),
        (COLUMN, SCALAR),
        (SCALAR, ROW),
        (COLUMN, ROW),
        ((1, "d"), COLUMN),
        (("h", "d"), COLUMN),
        (("h", "d"), MATRIX),
        (SQUARE, SQUARE),
    ],
    "power": [(shape, SCALAR) for shape in (SCALAR, COLUMN, ROW, MATRIX)],
    "leaky_relu": [(shape, SCALAR) for shape in (SCALAR, COLUMN, ROW, MATRIX)],
    "fill": [
        *ALIKE,
        (SCALAR, COLUMN),
        (SCALAR, ROW),
        (SCALAR, MATRIX),
        (COLUMN, MATRIX),
        (ROW, MATRIX),
    ],
}
POSITIVE_ONLY = {"log", "sqrt", "power"}
FLAT = {"gt", "ge", "lt", "le", "sign", "count"}
EVERY_CASE = [
    pytest.param(operation, shapes, id=f"{operation} {' '.join(describe(s) for s in shapes)}")
    for operation, row in OPERATIONS.items()
    for shapes in CASES.get(operation, SPREAD if row.arity == 2 else SINGLE)
]


def setting(operation, shapes, seed=0):
    """A network of one operation, with values for its arguments and weights."""
    network = one_operation(operation, shapes, shape_of(operation, list(shapes)))
    values = draw_values(
        {name: network.shapes[name] for name in network.inputs}, seed, batch=4, sizes={"h": 5}
    )
    if operation in POSITIVE_ONLY:
        values["x0"] = np.abs(values["x0"])
    return network, values


def differences(network, of, name, values):
    """The derivative by every entry of one name, one at a time, by central differences."""
    slopes = np.zeros_like(values[name])
    for place in np.ndindex(values[name].shape[1:]):
        sides = []
        for sign in (1, -1):
            moved = values[name].copy()
            moved[(slice(None), *place)] += sign * STEP
            sides.append(network.evaluate({**values, name: moved})[of][:, 0, 0])
        slopes[(slice(None), *place)] = (sides[0] - sides[1]) / (2 * STEP)
    return slopes


@pytest.mark.parametrize(("operation", "shapes"), EVERY_CASE)
def test_pulls_agree_with_finite_differences(operation, shapes):
    for seed in range(3):
        network, values = setting(operation, shapes, seed)
        arguments = [name for name in network.inputs if name != "weights"]
        extended = differentiate(network, "L", arguments)
        found = extended.evaluate(values)
        for name in arguments:
            adjoint = derivative_name("L", name)
            assert infer(extended.equations[adjoint], extended.shapes) == network.shapes[name]
            gradient = np.broadcast_to(found[adjoint], values[name].shape)
            expected = differences(network, "L", name, values)
            np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-7)
            if operation in FLAT:
                assert not expected.any()


def scaled(factor, expression):
    return apply("scale", number(factor), expression)


@pytest.mark.parametrize("operation", [name for name, row in OPERATIONS.items() if any(row.pulls)])
@pytest.mark.parametrize("fault", ["sign", "double", "none"])
def test_a_planted_fault_is_found(operation, fault, monkeypatch):
    row = OPERATIONS[operation]
    right = row.pulls[0]
    wrong = {
        "sign": lambda *args: scaled(-3, right(*args)),  # not -1, which could undo itself
        "double": lambda *args: scaled(2, right(*args)),
        "none": None,
    }[fault]
    monkeypatch.setitem(OPERATIONS, operation, replace(row, pulls=(wrong, *row.pulls[1:])))
    shapes = CASES.get(operation, SPREAD if row.arity == 2 else SINGLE)[-1]
    network, values = setting(operation, shapes, 1)
    found = differentiate(network, "L", ["x0"]).evaluate(values)["dL/dx0"]
    gradient = np.broadcast_to(found, values["x0"].shape)
    assert not np.allclose(gradient, differences(network, "L", "x0", values), rtol=1e-4, atol=1e-5)


GRID = (-1.0, 0.0, 1.0)
DIRECTIONS = {1: ((1.0,), (0.7,)), 2: ((1.0, 0.3), (0.3, -1.0), (-1.0, 1.0))}


def bends(operation, point):
    """Whether the value jumps or the slope changes on a line through a point of numbers."""
    row = OPERATIONS[operation]

    def at(distance, direction):
        args = [np.array([[x + distance * step]]) for x, step in zip(point, direction, strict=True)]
        with np.errstate(all="ignore"):
            return float(row.value(*args)[0, 0])

    for direction in DIRECTIONS[row.arity]:
        here, left, right = (at(distance, direction) for distance in (0, -STEP, STEP))
        after, before = (right - here) / STEP, (here - left) / STEP
        if not np.isfinite([after, before]).all():
            return None  # the edge of the domain
        jumps = max(abs(right - here), abs(here - left)) > 0.1
        if jumps or abs(after - before) > 1e-2:
            return True
    return False


@pytest.mark.parametrize("operation", OPERATIONS)
def test_kinks_are_declared_where_a_derivative_jumps(operation):
    row = OPERATIONS[operation]
    names = [f"x{index}" for index in range(row.arity)]
    declared = row.kinks(*map(Name, names))
    for point in itertools.product(GRID, repeat=row.arity):
        values = {name: np.array([[x]]) for name, x in zip(names, point, strict=True)}
        zeros = any(evaluate(kink, values)[0, 0] == 0 for kink in declared)
        found = bends(operation, point)
        if operation == "leaky_relu" and point[1] == 1:
            assert not found  # with the slope 1 it is a line
        elif found is not None:
            assert zeros == found, point


def test_these_operations_have_kinks():
    found = {name for name, row in OPERATIONS.items() if row.kinks(*map(Name, "ab"[: row.arity]))}
    assert found == {
        *("gt", "ge", "lt", "le", "relu", "leaky_relu", "abs", "sign", "max", "min"),
    }


@pytest.mark.parametrize(
    ("operation", "slopes"),
    [("relu", [0.0]), ("leaky_relu", [1.0, 0.0]), ("abs", [0.0]), ("max", [1, 0]), ("min", [1, 0])],
)
def test_derivatives_on_a_kink_are_as_agreed(operation, slopes):
    network = one_operation(operation, (SCALAR,) * len(slopes), SCALAR)
    values = {f"x{index}": np.zeros((1, 1, 1)) for index in range(len(slopes))}
    if operation == "leaky_relu":
        values["x1"] += 0.01
    values["weights"] = np.ones((1, 1, 1))
    found = differentiate(network, "L", list(values)[:-1]).evaluate(values)
    assert [float(found[f"dL/dx{index}"].item()) for index in range(len(slopes))] == slopes


@pytest.mark.parametrize("operation", [name for name, row in OPERATIONS.items() if row.by_hand])
def test_steps_by_hand_give_the_operations_value(operation):
    row = OPERATIONS[operation]
    for shapes in SINGLE:
        network, values = setting(operation, shapes)
        by_hand = row.by_hand(*map(Name, [f"x{i}" for i in range(row.arity)]))
        assert infer(by_hand, network.shapes) == network.shapes["y"]
        np.testing.assert_allclose(
            evaluate(by_hand, values), network.evaluate(values)["y"], rtol=1e-12
        )


@pytest.mark.parametrize("operation", [n for n, row in OPERATIONS.items() if row.keeps_digits])
def test_what_keeps_digits_keeps_them(operation):
    row = OPERATIONS[operation]
    for shapes in CASES.get(operation, SPREAD if row.arity == 2 else SINGLE):
        network, values = setting(operation, shapes)
        rounded = {name: np.round(value, 3) for name, value in values.items()}
        result = evaluate(network.equations["y"], rounded)
        assert np.array_equal(np.round(result, 3), result)


def test_what_does_not_keep_digits_loses_them():
    """So no operation is said to keep too few: sums alone could, and are bounded all the same."""
    losing = set()
    for operation, row in OPERATIONS.items():
        if not row.keeps_digits:
            shapes = CASES.get(operation, SPREAD if row.arity == 2 else SINGLE)[-1]
            network, values = setting(operation, shapes)
            rounded = {name: np.round(value, 3) for name, value in values.items()}
            result = evaluate(network.equations["y"], rounded)
            if not np.allclose(np.round(result, 3), result, atol=1e-9):
                losing.add(operation)
    keeping = {name for name, row in OPERATIONS.items() if not row.keeps_digits} - losing
    assert keeping == {"add", "subtract", "sum", "row_sums", "column_sums"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_row_is_complete(operation):
    row = OPERATIONS[operation]
    assert len(row.pulls) == row.arity
    assert row.written or row.sign or operation in ("negate", "transpose")
    assert row.call if row.written else True
    if row.written:
        assert FUNCTIONS[row.written, row.arity] == operation


def test_functions_are_called_by_number_of_arguments():
    assert read("max(a)", "ab").operation == "largest"
    assert read("max(a, b)", "ab").operation == "max"
    assert read("min(a)", "ab").operation == "smallest"
    assert set(SPELLINGS.values()) <= {function for function, _ in FUNCTIONS}


def test_no_two_operations_are_written_alike():
    assert len(FUNCTIONS) == sum(bool(row.written) for row in OPERATIONS.values())


@pytest.mark.parametrize(
    ("operation", "shapes", "expected"),
    [
        ("add", [("d", 1), ("d", "m")], ("d", "m")),
        ("add", [("d", "m"), ("d", 1)], ("d", "m")),
        ("add", [(1, 1), ("d", "m")], ("d", "m")),
        ("matmul", [("a", "b"), ("b", "c")], ("a", "c")),
        ("matmul", [(2, 3), (3, 4)], (2, 4)),
        ("transpose", [("a", "b")], ("b", "a")),
        ("sum", [("a", "b")], (1, 1)),
        ("largest", [("a", "b")], (1, 1)),
        ("count", [("a", "b")], (1, 1)),
        ("row_sums", [("a", "b")], ("a", 1)),
        ("column_sums", [("a", "b")], (1, "b")),
        ("softmax", [("a", "b")], ("a", "b")),
        ("power", [("a", "b"), (1, 1)], ("a", "b")),
        ("fill", [(1, "b"), ("a", "b")], ("a", "b")),
        ("gt", [("a", "b"), (1, 1)], ("a", "b")),
        ("add", [(1, "m"), ("d", "m")], None),
        ("hadamard", [("d", 1), ("d", "m")], None),
        ("matmul", [("a", "b"), ("c", "b")], None),
        ("scale", [("d", 1), ("d", 1)], None),
        ("power", [(1, 1), ("d", 1)], None),
        ("fill", [("a", "b"), (1, 1)], None),
        ("max", [("d", 1), ("d", "m")], None),
    ],
)
def test_shape_rules(operation, shapes, expected):
    if expected is None:
        with pytest.raises(ShapeError, match="does not fit shapes"):
            shape_of(operation, shapes)
    else:
        assert shape_of(operation, shapes) == expected
