"""Properties of networks against loops in NumPy that know nothing of the language."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.derivatives.named import with_derivatives
from reference.language.equation import Equation
from reference.language.errors import ReadingError
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import declare
from reference.properties.comparison import Comparison, sides
from reference.properties.points import Every, count, string
from reference.properties.trying import Edge, Task, tried

SMALL = st.integers(-3, 3).map(lambda half: half / 2)
HALF = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5]), np.array([1.0, -1.0]), -0.5


def task(shapes, equations, holds, every=None, runs=()):
    """A task over written equations; the names in ``shapes`` are given or run."""
    network = declare(shapes, {}, [Equation(*one) for one in equations.items()])
    compared = []
    for number, text in enumerate(holds):
        left, sign, right = sides(text)
        names = f"@left {number}", f"@right {number}"
        for name, side in zip(names, (left, right), strict=True):
            written = read(side, network.vocabulary)
            derived = [one for one in ("dL/du",) if one in side]
            network = with_derivatives(network, derived)
            expression, shape = resolve(written, network.shapes)
            network = network.extended({name: expression}, {name: shape})
        compared.append(Comparison(names[0], sign, names[1], left, right))
    return Task(network, tuple(compared), every or Every(), {n: shapes[n] for n in runs})


def arrays(**values):
    return {
        name: np.array(one, dtype=float).reshape(1, *np.atleast_2d(one).shape)
        for name, one in values.items()
    }


XOR = task(
    {"x": (2, 1), "W": (2, 2), "b": (2, 1), "v": (1, 2), "c": (1, 1)},
    {"h": "where(W x + b > 0, 1, 0)", "y": "where(v h + c > 0, 1, 0)"},
    ["y = abs(x[1] - x[2])"],
    Every({"x": (0.0, 1.0)}),
    ["x"],
)


def xor_table(W, b, v, c):
    """What a network of two threshold units puts out for 00, 01, 10, 11."""
    table = []
    for x in itertools.product((0, 1), repeat=2):
        hidden = [float(sum(W[i][j] * x[j] for j in range(2)) + b[i] > 0) for i in range(2)]
        table.append(float(sum(v[i] * hidden[i] for i in range(2)) + c > 0))
    return table


def try_xor(W, b, v, c):
    known = arrays(W=W, b=np.reshape(b, (2, 1)), v=np.reshape(v, (1, 2)), c=[[c]])
    return tried(XOR, {}, known, Edge())


@given(st.lists(SMALL, min_size=9, max_size=9))
def test_a_truth_table_is_that_of_a_loop(values):
    W, b, v, c = [values[0:2], values[2:4]], values[4:6], values[6:8], values[8]
    table, wanted = xor_table(W, b, v, c), [0, 1, 1, 0]
    trial = try_xor(W, b, v, c)
    assert trial.held == sum(one == other for one, other in zip(table, wanted, strict=True))
    assert trial.tried == 4
    if trial.miss is not None:
        first = next(i for i in range(4) if table[i] != wanted[i])
        assert trial.miss.at["x"].ravel().tolist() == [first // 2, first % 2]
        assert trial.miss.left.item() == table[first]


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0.1, 10), st.booleans())
def test_any_network_that_computes_xor_is_right(first, second, out, swapped):
    W, b, v, c = HALF
    order = [1, 0] if swapped else [0, 1]
    scale = np.array([first, second])[order]
    trial = try_xor((W * scale[:, None])[order], (b * scale)[order], out * v[order], out * c)
    assert trial.miss is None


@pytest.mark.parametrize("place", range(4))
def test_one_wrong_point_is_found(place):
    wanted = [0.0, 1.0, 1.0, 0.0]
    wanted[place] = 1 - wanted[place]
    target = " + ".join(
        f"{value} * (1 - abs(x[1] - {a})) * (1 - abs(x[2] - {b}))"
        for value, (a, b) in zip(wanted, itertools.product((0, 1), repeat=2), strict=True)
    )
    other = task(
        {"x": (2, 1)}, {"y": "abs(x[1] - x[2])"}, [f"y = {target}"], Every({"x": (0.0, 1.0)}), ["x"]
    )
    trial = tried(other, {}, {}, Edge())
    assert (trial.held, trial.tried) == (3, 4)
    assert trial.miss.at["x"].ravel().tolist() == [place // 2, place % 2]


GRID = tuple(np.arange(-3, 3.25, 0.25))
SHAPE = task(
    {"x": (1, 1), "a": (2, 1), "d": (2, 1), "v": (1, 2), "c": (1, 1)},
    {"f": "v relu(a x + d) + c"},
    ["abs(f - abs(x)) < 0.01"],
    Every({"x": GRID}),
    ["x"],
)


@given(st.lists(SMALL, min_size=7, max_size=7))
def test_a_function_on_a_grid_is_that_of_a_loop(values):
    a, d, v, c = values[0:2], values[2:4], values[4:6], values[6]
    near = [
        abs(sum(v[i] * max(0, a[i] * x + d[i]) for i in range(2)) + c - abs(x)) < 0.01 for x in GRID
    ]
    known = arrays(a=np.reshape(a, (2, 1)), d=np.reshape(d, (2, 1)), v=[v], c=[[c]])
    assert tried(SHAPE, {}, known, Edge()).held == sum(near)


def test_the_absolute_value_is_two_units():
    known = arrays(a=[[1], [-1]], d=[[0], [0]], v=[[1, 1]], c=[[0]])
    assert tried(SHAPE, {}, known, Edge()).miss is None


MACHINE = {
    "equations": {
        "new": "where(W h + u x + b > 0, 1, 0)",
        "y": "where(v new + c > 0, 1, 0)",
        "odd": "abs(p - x)",
        "seen": "max(s, l x)",
    },
    "shapes": {
        "x": (1, 1), "h": (2, 1), "p": (1, 1), "s": (1, 1), "l": (1, 1),
        "W": (2, 2), "u": (2, 1), "b": (2, 1), "v": (1, 2), "c": (1, 1),
    },
}  # fmt: skip
STRINGS = Every(
    {"x": (0.0, 1.0)}, longest=6, following={"h": "new", "p": "odd", "s": "seen", "l": "x"}
)


def run_machine(values, string):
    """What the last letter of a string puts out."""
    W, u, b, v, c = values
    h = [0.0, 0.0]
    for x in string:
        h = [float(W[i][0] * h[0] + W[i][1] * h[1] + u[i] * x + b[i] > 0) for i in range(2)]
    return float(v[0] * h[0] + v[1] * h[1] + c > 0)


ASKED = {
    "odd": lambda string: sum(string) % 2,
    "seen": lambda string: any(a and b for a, b in itertools.pairwise(string)),
}
PARITY = [[1, -1], [1, -1]], [1, 1], [-0.5, -1.5], [1, -1], -0.5
NO_MEMORY = [[0, 0], [0, 0]], [1, 1], [-0.5, -1.5], [1, -1], -0.5
EITHER = [[1, -1], [1, -1]], [1, 1], [-0.5, -1.5], [1, 1], -0.5


def machine(what, values):
    W, u, b, v, c = values
    known = arrays(W=W, u=np.reshape(u, (2, 1)), b=np.reshape(b, (2, 1)), v=[v], c=[[c]])
    runs = ["x", "h", "p", "s", "l"]
    asked = task(MACHINE["shapes"], MACHINE["equations"], [f"y = {what}"], STRINGS, runs)
    return tried(asked, {}, known, Edge())


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("values", [PARITY, NO_MEMORY, EITHER], ids=["parity", "none", "either"])
def test_every_string_is_tried_and_the_first_that_fails_is_named(what, values):
    every = [s for length in range(1, 7) for s in itertools.product((0, 1), repeat=length)]
    failing = [s for s in every if run_machine(values, s) != ASKED[what](s)]
    trial = machine(what, values)
    assert trial.tried == len(every) == 126 == count(STRINGS, MACHINE["shapes"])
    assert trial.held == 126 - len(failing)
    if failing:
        assert tuple(trial.miss.at["x"].ravel()) == failing[0]


def test_the_figures_of_the_parity_machine():
    assert machine("odd", PARITY).miss is None
    assert machine("odd", NO_MEMORY).held == 64
    assert machine("odd", EITHER).held == 95


def test_strings_are_numbered_by_length():
    every = [list(s) for length in (1, 2, 3) for s in itertools.product(range(3), repeat=length)]
    assert [string(place, 3) for place in range(len(every))] == every


SLOPE = task({"u": (1, 1), "a": (1, 1)}, {"L": "(a u - 1)^2 + u"}, ["dL/du = 0"])


@given(st.integers(1, 9), st.floats(-2, 2))
def test_a_zero_derivative_is_where_the_formula_says(a, off):
    zero = (1 - 1 / (2 * a)) / a  # of 2 a (a u - 1) + 1
    known = arrays(a=[[a]])
    assert tried(SLOPE, known, arrays(u=[[zero]]), Edge()).miss is None
    wrong = tried(SLOPE, known, arrays(u=[[zero + off]]), Edge(rounding=False)).miss
    assert (wrong is None) == (abs(2 * a * a * off) <= 1e-12)


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("0.111", True),  # of 1/9, to three decimals
        ("0.1111", True),
        ("0.112", False),
        ("0.11", False),
        ("0.1112", False),
    ],
)
def test_the_edge_is_what_rounding_to_the_last_digit_does(given, right):
    ninth = task({"u": (1, 1)}, {"z": "9 u"}, ["z = 1"])
    assert (tried(ninth, {}, arrays(u=[[float(given)]]), Edge()).miss is None) == right
    assert tried(ninth, {}, arrays(u=[[float(given)]]), Edge(rounding=False)).miss is not None


def test_an_edge_is_given_where_three_decimals_reach_and_no_farther():
    above = task({"u": (1, 1)}, {"z": "4 u"}, ["z > 2"])
    reached = {
        u: tried(above, {}, arrays(u=[[u]]), Edge()).miss is None
        for u in (0.498, 0.4996, 0.5, 0.501)
    }
    assert reached == {0.498: False, 0.4996: False, 0.5: False, 0.501: True}
    third = task({"u": (1, 1)}, {"z": "3 u"}, ["z >= 1"])
    assert tried(third, {}, arrays(u=[[0.333]]), Edge()).miss is None
    assert tried(third, {}, arrays(u=[[0.332]]), Edge()).miss is not None


def test_rounding_is_bounded_where_a_side_jumps_or_is_steep():
    jump = task({"u": (1, 1)}, {"z": "where(u > 0.5, 1, 0)"}, ["z = 1"])
    assert tried(jump, {}, arrays(u=[[0.4999]]), Edge()).miss is not None
    steep = task({"u": (1, 1)}, {"z": "1000000 u"}, ["z = 1"])
    assert tried(steep, {}, arrays(u=[[0.00123]]), Edge()).miss is not None


@pytest.mark.parametrize(
    ("sign", "below", "at", "above"),
    [
        ("=", False, True, False),
        ("!=", True, False, True),
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
    ],
)
def test_signs_and_their_edges(sign, below, at, above):
    one = task({"u": (1, 1)}, {"z": "u"}, [f"z {sign} 2"])
    found = [tried(one, {}, arrays(u=[[2 + off]]), Edge()).miss is None for off in (-0.5, 0, 0.5)]
    assert found == [below, at, above]
    stated = [
        tried(one, {}, arrays(u=[[2 + off]]), Edge(0.1)).miss is None for off in (-0.11, 0.11)
    ]
    assert stated == [below, above]


@pytest.mark.parametrize("value", [1e308, -1e308, float("nan"), float("inf")])
def test_what_is_not_finite_never_holds(value):
    for sign in ("<", "<=", ">", ">=", "=", "!="):
        one = task({"u": (1, 1)}, {"z": "u * 100 - u * 99"}, [f"z {sign} u * 100"])
        assert tried(one, {}, arrays(u=[[value]]), Edge()).miss is not None


def test_columns_are_taken_at_the_same_time():
    every = Every(columns={"p": "P", "t": "T"})
    line = task(
        {"P": (2, 3), "T": (1, 3), "p": (2, 1), "t": (1, 1), "w": (1, 2), "b": (1, 1)},
        {"s": "w p + b"},
        ["t s > 0"],
        every,
    )
    known = arrays(P=[[0, 1, 3], [1, 2, 0]], T=[[1, 1, -1]])
    good, bad = arrays(w=[[-1, 1]], b=[[0.5]]), arrays(w=[[1, 1]], b=[[0]])
    assert tried(line, known, good, Edge()).miss is None
    assert tried(line, known, bad, Edge()).miss.at["p"].ravel().tolist() == [3, 0]


@pytest.mark.parametrize("text", ["y", "0 < y < 1", "(y = 1)", ""])
def test_one_sign_is_expected(text):
    with pytest.raises(ReadingError, match="expected a comparison"):
        sides(text)
