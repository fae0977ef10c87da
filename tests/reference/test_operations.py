"""Each row of the table: derivatives against finite differences, kinks, steps by hand."""

import itertools

import numpy as np
import pytest
from msgspec.structs import replace

from reference.derivatives.reverse_mode import differentiate
from reference.language.dimensions import describe
from reference.language.errors import ReadingError, ShapeError
from reference.language.evaluating import evaluate
from reference.language.expression import Name, apply, number
from reference.language.operations import FUNCTIONS, OPERATIONS, SPELLINGS, shape_of
from reference.language.reading import read
from reference.language.roles import derivative_name
from reference.language.shapes import infer
from tests.reference.strategies import draw_values, one_operation

STEP = 1e-5
SCALAR, COLUMN, ROW = (1, 1), ("d", 1), (1, "m")
MATRIX, SQUARE = ("d", "m"), ("d", "d")
ALIKE = [(shape, shape) for shape in (SCALAR, COLUMN, ROW, MATRIX, SQUARE)]
SPREAD = [*ALIKE, (SCALAR, MATRIX), (MATRIX, SCALAR), (COLUMN, SCALAR), (SCALAR, ROW)]
SINGLE = [(shape,) for shape in (SCALAR, COLUMN, ROW, MATRIX, SQUARE)]
BY_COLUMN = [*SPREAD, (COLUMN, MATRIX), (MATRIX, COLUMN)]
PLACED = [(shape, SCALAR, SCALAR) for (shape,) in SINGLE]
CASES = {
    "where": [
        *((shape,) * 3 for (shape,) in SINGLE),
        (SCALAR, MATRIX, MATRIX),
        (MATRIX, SCALAR, MATRIX),
        (MATRIX, MATRIX, SCALAR),
        (COLUMN, SCALAR, SCALAR),
    ],
    "entry": PLACED,
    "unit": PLACED,
    "call1": [(SCALAR, SCALAR, shape) for (shape,) in SINGLE],
    "call2": [(SCALAR, SCALAR, SCALAR, *shapes) for shapes in SPREAD],
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
    "diag": [(SCALAR,), (COLUMN,)],
    "diagonal": [(SCALAR,), (SQUARE,)],
    "argmax": [(SCALAR,), (COLUMN,), (ROW,)],
    "inv": [(SCALAR,), (SQUARE,)],
    "det": [(SCALAR,), (SQUARE,)],
    "fill": [
        *ALIKE,
        (SCALAR, COLUMN),
        (SCALAR, ROW),
        (SCALAR, MATRIX),
        (COLUMN, MATRIX),
        (ROW, MATRIX),
    ],
}
POSITIVE_ONLY = {"log", "log2", "log10", "sqrt", "power"}
FLAT = {
    "gt",
    "ge",
    "lt",
    "le",
    "eq",
    "ne",
    "sign",
    "count",
    "unit",
    "is_largest",
    "argmax",
    "floor",
    "ceil",
}
# Arguments that take single values only, so that nothing is derived by them: an indicator, a place,
# the number of an abstract function and how often it is derived.
DISCRETE = {"where": (0,), "entry": (1, 2), "unit": (1, 2), "call1": (0, 1), "call2": (0, 1, 2)}
DERIVED = {name: row for name, row in OPERATIONS.items() if row.derived}


def cases(operation):
    return CASES.get(operation, SPREAD if OPERATIONS[operation].arity == 2 else SINGLE)


EVERY_CASE = [
    pytest.param(operation, shapes, id=f"{operation} {' '.join(describe(s) for s in shapes)}")
    for operation in DERIVED
    for shapes in cases(operation)
]


def continuous(operation):
    """The arguments by which there are derivatives."""
    arguments = range(OPERATIONS[operation].arity)
    return [index for index in arguments if index not in DISCRETE.get(operation, ())]


def setting(operation, shapes, seed=0):
    """A network of one operation, with values for its arguments and weights."""
    network = one_operation(operation, shapes, shape_of(operation, list(shapes)))
    values = draw_values(
        {name: network.shapes[name] for name in network.inputs}, seed, batch=4, sizes={"h": 5}
    )
    generator = np.random.default_rng(seed)
    if operation in POSITIVE_ONLY:
        values["x0"] = np.abs(values["x0"])
    if operation == "where":
        values["x0"] = (values["x0"] > 0).astype(float)
    if operation in ("entry", "unit"):
        for axis in (1, 2):
            last = values["x0"].shape[axis]
            values[f"x{axis}"] = generator.integers(1, last + 1, (4, 1, 1)).astype(float)
    if operation.startswith("call"):
        for index in DISCRETE[operation][1:]:
            values[f"x{index}"] = generator.integers(0, 3, (1, 1, 1)) * np.ones((4, 1, 1))
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
        arguments = [f"x{index}" for index in continuous(operation)]
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


EVERY_PULL = [
    (operation, place)
    for operation, row in DERIVED.items()
    for place, pull in enumerate(row.pulls)
    if pull is not None
]


@pytest.mark.parametrize(("operation", "place"), EVERY_PULL)
@pytest.mark.parametrize("fault", ["sign", "double", "none"])
def test_a_planted_fault_is_found(operation, place, fault, monkeypatch):
    row = OPERATIONS[operation]
    right = row.pulls[place]
    wrong = {
        "sign": lambda *args: scaled(-3, right(*args)),  # not -1, which could undo itself
        "double": lambda *args: scaled(2, right(*args)),
        "none": None,
    }[fault]
    pulls = (*row.pulls[:place], wrong, *row.pulls[place + 1 :])
    monkeypatch.setitem(OPERATIONS, operation, replace(row, pulls=pulls))
    network, values = setting(operation, cases(operation)[-1], 1)
    name = f"x{place}"
    found = differentiate(network, "L", [name]).evaluate(values)[f"dL/d{name}"]
    gradient = np.broadcast_to(found, values[name].shape)
    assert not np.allclose(gradient, differences(network, "L", name, values), rtol=1e-4, atol=1e-5)


def test_what_is_derived_has_a_rule_for_each_argument_that_moves_it():
    """An argument without a rule is a discrete one, or the value is flat in it."""
    for operation, row in DERIVED.items():
        missing = [place for place in continuous(operation) if row.pulls[place] is None]
        assert not missing or operation in FLAT or (operation, missing) == ("fill", [1])


def test_what_is_not_derived_stands_in_answers_only():
    left = OPERATIONS.keys() - DERIVED.keys()
    assert left == {"span", "sum_over"}
    assert not any(pull for name in left for pull in OPERATIONS[name].pulls)


GRID = (-1.0, 0.0, 1.0)
DIRECTIONS = {
    1: ((1.0,), (0.7,)),
    2: ((1.0, 0.3), (0.3, -1.0), (-1.0, 1.0)),
}


def directions(operation):
    """Directions in which the arguments move that can."""
    places = continuous(operation)
    for steps in DIRECTIONS[len(places)]:
        moved = dict(zip(places, steps, strict=True))
        yield [moved.get(place, 0.0) for place in range(OPERATIONS[operation].arity)]


def bends(operation, point):
    """Whether the value jumps or the slope changes on a line through a point of numbers."""
    row = OPERATIONS[operation]

    def at(distance, direction):
        args = [np.array([[x + distance * step]]) for x, step in zip(point, direction, strict=True)]
        with np.errstate(all="ignore"):
            return float(row.value(*args)[0, 0])

    for direction in directions(operation):
        here, left, right = (at(distance, direction) for distance in (0, -STEP, STEP))
        after, before = (right - here) / STEP, (here - left) / STEP
        if not np.isfinite([after, before]).all():
            return None  # the edge of the domain
        jumps = max(abs(right - here), abs(here - left)) > 0.1
        if jumps or abs(after - before) > 1e-2:
            return True
    return False


@pytest.mark.parametrize("operation", DERIVED)
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
    found = {
        name for name, row in OPERATIONS.items() if row.kinks(*map(Name, "abcde"[: row.arity]))
    }
    assert found == {
        *("gt", "ge", "lt", "le", "eq", "ne"),
        *("relu", "leaky_relu", "abs", "sign", "max", "min", "floor", "ceil"),
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


@pytest.mark.parametrize("operation", [n for n, row in DERIVED.items() if row.keeps_digits])
def test_what_keeps_digits_keeps_them(operation):
    for shapes in cases(operation):
        network, values = setting(operation, shapes)
        rounded = {name: np.round(value, 3) for name, value in values.items()}
        result = evaluate(network.equations["y"], rounded)
        assert np.array_equal(np.round(result, 3), result)


def test_what_does_not_keep_digits_loses_them():
    """So no operation is said to keep too few: sums alone could, and are bounded all the same."""
    losing = set()
    for operation, row in DERIVED.items():
        if not row.keeps_digits:
            network, values = setting(operation, cases(operation)[-1])
            rounded = {name: np.round(value, 3) for name, value in values.items()}
            result = evaluate(network.equations["y"], rounded)
            if not np.allclose(np.round(result, 3), result, atol=1e-9):
                losing.add(operation)
    keeping = {name for name, row in DERIVED.items() if not row.keeps_digits} - losing
    assert keeping == {"add", "subtract", "sum", "row_sums", "column_sums"}


OWN_SYNTAX = {"negate", "transpose", "where", "entry", "span", "sum_over", "call1", "call2"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_row_is_complete(operation):
    row = OPERATIONS[operation]
    assert len(row.pulls) == row.arity
    assert bool(row.written or row.sign) != (operation in OWN_SYNTAX)
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
        ("argmax", [("a", 1)], (1, 1)),
        ("argmax", [("a", "b")], None),
        ("inv", [("a", "a")], ("a", "a")),
        ("inv", [("a", "b")], None),
        ("det", [("a", "a")], (1, 1)),
        ("det", [("a", "b")], None),
        ("row_sums", [("a", "b")], ("a", 1)),
        ("column_sums", [("a", "b")], (1, "b")),
        ("softmax", [("a", "b")], ("a", "b")),
        ("diag", [("a", 1)], ("a", "a")),
        ("diagonal", [("a", "a")], ("a", 1)),
        ("diag", [("a", "b")], None),
        ("diagonal", [("a", "b")], None),
        ("power", [("a", "b"), (1, 1)], ("a", "b")),
        ("fill", [(1, "b"), ("a", "b")], ("a", "b")),
        ("gt", [("a", "b"), (1, 1)], ("a", "b")),
        ("eq", [(1, 1), ("a", "b")], ("a", "b")),
        ("ne", [("a", "b"), ("a", "b")], ("a", "b")),
        ("where", [("a", "b"), (1, 1), (1, 1)], ("a", "b")),
        ("where", [(1, 1), ("a", "b"), (1, 1)], ("a", "b")),
        ("where", [(1, 1), (1, 1), ("a", "b")], ("a", "b")),
        ("entry", [("a", "b"), (1, 1), (1, 1)], (1, 1)),
        ("unit", [("a", "b"), (1, 1), (1, 1)], ("a", "b")),
        ("call1", [(1, 1), (1, 1), ("a", "b")], ("a", "b")),
        ("call2", [(1, 1), (1, 1), (1, 1), ("a", "b"), (1, 1)], ("a", "b")),
        ("add", [(1, "m"), ("d", "m")], None),
        ("hadamard", [("d", 1), ("d", "m")], None),
        ("matmul", [("a", "b"), ("c", "b")], None),
        ("scale", [("d", 1), ("d", 1)], None),
        ("power", [(1, 1), ("d", 1)], None),
        ("fill", [("a", "b"), (1, 1)], None),
        ("max", [("d", 1), ("d", "m")], None),
        ("eq", [("d", 1), ("h", 1)], None),
        ("where", [("d", 1), ("h", 1), (1, 1)], None),
        ("where", [(1, 1), ("d", 1), ("h", 1)], None),
        ("entry", [("a", "b"), ("a", 1), (1, 1)], None),
        ("entry", [("a", "b"), (1, 1), (1, "b")], None),
        ("unit", [("a", "b"), ("a", 1), (1, 1)], None),
        ("unit", [("a", "b"), (1, 1), ("c", 1)], None),
        ("call2", [(1, 1), (1, 1), (1, 1), ("a", "b"), ("b", "a")], None),
    ],
)
def test_shape_rules(operation, shapes, expected):
    if expected is None:
        with pytest.raises(ShapeError, match="does not fit shapes"):
            shape_of(operation, shapes)
    else:
        assert shape_of(operation, shapes) == expected


def test_the_rule_of_a_case_asks_for_an_indicator():
    """Where the condition is none, its value is not 1 and the rules of ``where`` are wrong."""
    for text in ("a if b else c", "a if 2 else c", "a if b + 1 else c"):
        with pytest.raises(ReadingError):
            read(text, "abc")


@pytest.mark.parametrize(
    ("operation", "less", "tie", "more"),
    [
        ("gt", 0, 0, 1),
        ("ge", 0, 1, 1),
        ("lt", 1, 0, 0),
        ("le", 1, 1, 0),
        ("eq", 0, 1, 0),
        ("ne", 1, 0, 1),
    ],
)
def test_comparisons_on_paper_see_no_noise(operation, less, tie, more):
    """As on a sheet, 0.1 · 3 is 0.3; points of formulas are told apart to the last bit."""
    on_paper = OPERATIONS[operation].on_paper
    for left, expected in {
        (0.3 - 1e-9,): less,
        (0.1 * 3, 0.3 - 1e-16, 0.3): tie,
        (0.3 + 1e-9, 1.0, 1e9): more,
    }.items():
        for value in left:
            assert on_paper(np.array([[value]]), np.array([[0.3]])).item() == expected
    assert OPERATIONS["gt"].value(np.array([[0.1 * 3]]), np.array([[0.3]])).item() == 1


def test_a_sign_on_paper_sees_no_noise():
    values = np.array([[0.1 * 3 - 0.3, 1e-9, -2.0, 0.0]])
    assert OPERATIONS["sign"].on_paper(values).tolist() == [[0, 1, -1, 0]]
