"""Derivatives by name: gradients, gradients of entries, Jacobians; paths; expressions in given terms."""

import re
from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace

from reference.derivatives.certify import certify
from reference.derivatives.named import MAX_PATHS, in_terms_of, paths, with_derivatives
from reference.language.errors import ReadingError
from reference.language.evaluating import evaluate
from reference.language.expression import Name, apply, names, number
from reference.language.operations import OPERATIONS
from reference.language.reading import read
from reference.language.roles import of_and_by
from reference.language.shapes import infer, resolve
from reference.language.writing import plain
from reference.network import Symbols, declare, split_equations
from tests.reference.strategies import draw_values

SIZES = {"d": 3, "h": 2, "K": 4, "n": 5}
STEP = 1e-6
SYMBOLS = Symbols({"g": 1, "F": 2}, {"i": "K", "k": "K", "j": "h"})
SHAPES = {
    "x": ("d", 1),
    "y": ("K", 1),
    "W1": ("h", "d"),
    "b1": ("h", 1),
    "W2": ("K", "h"),
    "b2": ("K", 1),
    "v": (1, "h"),
    "s": (1, 1),
}
NETWORK = declare(
    {name: SHAPES[name] for name in ("x", "y", "s")},
    {name: SHAPES[name] for name in ("W1", "b1", "W2", "b2", "v")},
    split_equations(
        """
        z1 = W1 x + b1
        a1 = relu(z1)
        t1 = tanh(z1)
        c = v a1 + s
        q = g(c)
        e = F(q, s)
        z2 = W2 a1 + b2
        P = softmax(z2)
        L = -sum(y ⊙ log(P))
        """
    ),
    symbols=SYMBOLS,
)


def values(seed=1):
    drawn = draw_values(SHAPES, seed, 3, SIZES)
    places = {"i": [1.0, 2.0, 4.0], "k": [3.0, 2.0, 1.0], "j": [1.0, 2.0, 1.0]}
    extra = {name: np.array(one).reshape(3, 1, 1) for name, one in places.items()}
    return {**drawn, **extra, "g()": np.full((3, 1, 1), 0.3), "F()": np.full((3, 1, 1), -0.8)}


def slopes(network, of, by, known):
    """Central differences of every entry of one name by every entry of another: (points, of, by).

    A computed name is cut loose from its equation.
    """
    loose = replace(network, equations={n: e for n, e in network.equations.items() if n != by})
    own = network.evaluate(known)
    known = {**known, by: np.broadcast_to(own[by], (3, *own[by].shape[-2:]))}
    columns = []
    for place in np.ndindex(known[by].shape[1:]):
        sides = []
        for sign in (1, -1):
            moved = known[by].copy()
            moved[(slice(None), *place)] += sign * STEP
            sides.append(loose.evaluate({**known, by: moved})[of].reshape(3, -1))
        columns.append((sides[0] - sides[1]) / (2 * STEP))
    return np.stack(columns, axis=-1)


GRADIENTS = [
    *(("L", by) for by in ("W1", "b1", "W2", "b2", "x", "z1", "a1", "z2", "P")),
    *(("q", by) for by in ("c", "s", "v", "x")),
    *(("e", by) for by in ("q", "s", "W1")),
]


@pytest.mark.parametrize(("of", "by"), GRADIENTS)
def test_a_gradient_has_the_shape_and_the_slopes_of_its_name(of, by):
    extended = with_derivatives(NETWORK, [f"d{of}/d{by}"])
    known = values()
    found = extended.evaluate(known)[f"d{of}/d{by}"]
    expected = slopes(NETWORK, of, by, known)[:, 0]
    assert extended.shapes[f"d{of}/d{by}"] == NETWORK.shapes[by]
    np.testing.assert_allclose(found.reshape(3, -1), expected, rtol=1e-6, atol=1e-7)


ENTRIES = ["P[i]", "P[2]", "z2[k]", "W2[i,j]", "W2[2,1]"]


@pytest.mark.parametrize("of", ["P[i]", "P[2]", "z2[k]"])
@pytest.mark.parametrize("by", ["z2", "a1", "W2", "x", "b1"])
def test_a_gradient_of_an_entry(of, by):
    extended = with_derivatives(NETWORK, [f"d{of}/d{by}"])
    known = values()
    found = extended.evaluate(known)[f"d{of}/d{by}"]
    base, _, place = of.rstrip("]").partition("[")
    rows = [int(p) - 1 for p in (known[place].ravel() if place.isalpha() else [float(place)] * 3)]
    expected = slopes(NETWORK, base, by, known)[np.arange(3), rows]
    np.testing.assert_allclose(
        np.broadcast_to(found, (3, *found.shape[-2:])).reshape(3, -1),
        expected,
        rtol=1e-6,
        atol=1e-7,
    )
    assert extended.shapes[of] == (1, 1)


def test_the_jacobian_of_softmax_is_that_of_the_lectures():
    """∂P_i/∂z_k = P_i (1[i = k] - P_k)."""
    extended = with_derivatives(NETWORK, ["dP[i]/dz2"])
    known = extended.evaluate(values())
    for row in range(3):
        i, k = (int(known[name][row, 0, 0]) - 1 for name in "ik")
        p = known["P"][row, :, 0]
        found = known["dP[i]/dz2"][row, k, 0]
        assert found == pytest.approx(p[i] * ((i == k) - p[k]), rel=1e-10)


JACOBIANS = [
    ("z1", "x", "W1", ("h", "d")),
    ("z2", "a1", "W2", ("K", "h")),
    ("z2", "z1", None, ("K", "h")),
    ("z2", "x", None, ("K", "d")),
    ("a1", "x", None, ("h", "d")),
]
DIAGONALS = [("a1", "z1", "(z1 > 0)"), ("t1", "z1", None), ("z2", "b2", None), ("z1", "b1", None)]


@pytest.mark.parametrize(("of", "by", "text", "shape"), JACOBIANS)
def test_a_jacobian_is_laid_out_by_the_numerator(of, by, text, shape):
    name = f"d{of}/d{by}"
    extended = with_derivatives(NETWORK, [name])
    assert extended.shapes[name] == shape
    known = values()
    found = np.broadcast_to(extended.evaluate(known)[name], (3, *[SIZES[s] for s in shape]))
    np.testing.assert_allclose(found, slopes(NETWORK, of, by, known), rtol=1e-6, atol=1e-7)
    if text is not None:
        assert plain(extended.equations[name]) == text


def test_a_jacobian_that_is_no_product_is_refused():
    with pytest.raises(ReadingError, match="dP/dz2 is not a product of known matrices"):
        with_derivatives(NETWORK, ["dP/dz2"])


@pytest.mark.parametrize(("of", "by", "text"), DIAGONALS)
def test_a_diagonal_jacobian_is_the_column_of_its_slopes(of, by, text):
    name = f"d{of}/d{by}"
    try:
        extended = with_derivatives(NETWORK, [name])
    except ReadingError:
        assert text is None
        return
    known = values()
    size = NETWORK.shapes[by][0]
    found = np.broadcast_to(extended.evaluate(known)[name], (3, SIZES[size], 1))
    full = slopes(NETWORK, of, by, known)
    np.testing.assert_allclose(found[..., 0], np.diagonal(full, axis1=1, axis2=2), atol=1e-7)
    assert not (full - full * np.eye(SIZES[size])).any()
    if text is not None:
        assert plain(extended.equations[name]) == text


def test_which_diagonal_ones_there_are():
    """So that the test above does not pass by refusing all."""
    found = set()
    for of, by, _ in DIAGONALS:
        try:
            with_derivatives(NETWORK, [f"d{of}/d{by}"])
        except ReadingError:
            continue
        found.add((of, by))
    assert {("a1", "z1"), ("t1", "z1")} <= found


@pytest.mark.parametrize(
    ("of", "by"), [("z1", "x"), ("z2", "a1"), ("a1", "z1"), ("t1", "z1"), ("L", "W1"), ("e", "s")]
)
def test_derivatives_are_certified(of, by):
    (found,) = certify(NETWORK, of, [by], values())
    assert found.holds, found


def doubled(value):
    return apply("scale", number(2), value)


FAULTS = {
    "z1 x": ("matmul", 1, lambda g, y, a, b: apply("matmul", apply("transpose", doubled(a)), g)),
    "a1 z1": ("relu", 0, lambda g, y, x: apply("hadamard", g, apply("lt", x, number(0)))),
    "t1 z1": ("tanh", 0, lambda g, y, x: apply("hadamard", g, apply("subtract", number(1), y))),
    "q c": ("call1", 2, lambda g, y, f, n, x: apply("hadamard", g, apply("call1", f, n, x))),
    "e s": ("call2", 4, lambda g, y, f, m, n, a, b: apply("hadamard", g, y)),
    "L W1": ("softmax", 0, lambda g, y, x: apply("hadamard", g, y)),
}


@pytest.mark.parametrize("wrt", FAULTS)
def test_a_planted_fault_is_not_certified(wrt, monkeypatch):
    of, by = wrt.split()
    operation, place, wrong = FAULTS[wrt]
    row = OPERATIONS[operation]
    pulls = (*row.pulls[:place], wrong, *row.pulls[place + 1 :])
    monkeypatch.setitem(OPERATIONS, operation, replace(row, pulls=pulls))
    (found,) = certify(NETWORK, of, [by], values())
    assert not found.holds


def test_a_derivative_that_is_there_stays():
    extended = with_derivatives(NETWORK, ["dL/dz2"])
    assert with_derivatives(extended, ["dL/dz2"]) == extended
    assert NETWORK.shapes.items() <= extended.shapes.items()


def test_the_names_of_a_derivative():
    assert of_and_by("dL/dW1") == ("L", "W1")
    assert of_and_by("dP[i]/dz2") == ("P[i]", "z2")
    assert of_and_by("dL/ddelta") == ("L", "delta")


# Paths


@pytest.mark.parametrize(
    ("of", "by", "expected"),
    [
        ("L", "z2", {("L", "P", "z2")}),
        ("L", "a1", {("L", "P", "z2", "a1")}),
        ("z1", "x", {("z1", "x")}),
        ("e", "s", {("e", "s"), ("e", "q", "c", "s")}),
        ("L", "L", {("L",)}),
        ("z1", "s", set()),
    ],
)
def test_paths(of, by, expected):
    found = paths(NETWORK, of, by)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_paths_of_a_block_with_shortcuts_are_all_ways_through_it():
    equations = "\n".join(f"x{n} = x{n - 1} + f{n}\nf{n} = g(x{n - 1})" for n in range(1, 4))
    network = declare({"x0": (1, 1)}, {}, split_equations(equations), symbols=Symbols({"g": 1}))
    found = paths(network, "x3", "x0")
    assert len(found) == 8
    for path in found:
        assert (path[0], path[-1]) == ("x3", "x0")
        assert all(after in network.edges(before) for before, after in pairwise(path))


def test_too_many_paths_are_refused():
    equations = "\n".join(f"x{n} = x{n - 1} + f{n}\nf{n} = g(x{n - 1})" for n in range(1, 40))
    network = declare({"x0": (1, 1)}, {}, split_equations(equations), symbols=Symbols({"g": 1}))
    with pytest.raises(ReadingError, match=f"more than {MAX_PATHS} ways"):
        paths(network, "x39", "x0")


# Given terms


def understood(text, network=NETWORK):
    written = read(text, network.vocabulary)
    return resolve(written, network.shapes, network.symbols.indices)[0]


@pytest.mark.parametrize(
    ("text", "allowed", "expected"),
    [
        ("z1", ["W1", "x", "b1"], "W1 @ x + b1"),
        ("a1", ["z1"], "relu(z1)"),
        ("a1", ["W1", "x", "b1"], "relu(W1 @ x + b1)"),
        ("a1", ["a1"], "a1"),
        ("z2 + z2", ["z2"], "z2 + z2"),
        ("c s", ["v", "a1", "s"], "(v @ a1 + s) * s"),
    ],
)
def test_in_terms_of(text, allowed, expected):
    found = in_terms_of(NETWORK, understood(text), allowed)
    assert plain(found) == expected
    assert names(found) <= set(allowed)


@pytest.mark.parametrize(
    "allowed", [["x", "W1", "b1", "W2", "b2", "y"], ["z1", "P", "y", "W2"], []]
)
@pytest.mark.parametrize("by", ["W1", "b1", "W2"])
def test_in_terms_of_keeps_value_and_shape(by, allowed):
    extended = with_derivatives(NETWORK, [f"dL/d{by}"])
    found = in_terms_of(extended, Name(f"dL/d{by}"), allowed)
    known = extended.evaluate(values())
    assert infer(found, extended.shapes) == NETWORK.shapes[by]
    np.testing.assert_allclose(evaluate(found, known), known[f"dL/d{by}"], rtol=1e-9, atol=1e-12)
    assert not names(found) & (extended.equations.keys() - set(allowed))


def test_an_abbreviation_stands_wherever_its_meaning_occurs():
    mask = understood("z1 > 0")
    extended = with_derivatives(NETWORK, ["dL/dW1"]).extended({"m": mask}, {"m": ("h", 1)})
    allowed = ["z1", "P", "y", "W2", "x", "m"]
    found = in_terms_of(extended, Name("dL/dW1"), allowed, {"m": [mask]})
    assert "m" in names(found)
    assert "z1" not in names(found)
    known = extended.evaluate(values())
    np.testing.assert_allclose(evaluate(found, known), known["dL/dW1"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("dx/dx", "dx/dx is the derivative of a quantity by itself: leave it out"),
        ("dx[j#1]/dx", "the derivative of x[j] within a sum over j: write it out"),
    ],
)
def test_derivatives_that_are_not_found(wanted, says):
    network = declare({"x": ("d", 1)}, {"W": ("h", "d")}, split_equations("z = W x"))
    with pytest.raises(ReadingError, match=re.escape(says)):
        with_derivatives(network, [wanted])


def test_a_jacobian_that_the_network_has_already_is_certified():
    [found] = certify(with_derivatives(NETWORK, ["dz2/dx"]), "z2", ["x"], values())
    assert found.holds
