"""Where the derivatives of a network jump."""

import numpy as np
import pytest

from reference.derivatives.kinks import kinks
from reference.derivatives.reverse_mode import differentiate
from reference.language.evaluating import evaluate
from reference.language.writing import plain
from reference.network import declare, scalars, split_equations


def network(text):
    shapes = {"x": ("d", 1), "y": ("d", 1), "A": ("d", "d"), "s": (1, 1), "t": (1, 1)}
    return declare(shapes, {}, split_equations(text))


def found(text):
    return [plain(kink) for kink in kinks(network(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z = A x\na = relu(z)", ["z"]),
        ("a = relu(A x)", ["A @ x"]),
        ("a = leaky_relu(x, 0.1)", ["x"]),
        ("a = abs(x - y)", ["x - y"]),
        ("a = sign(s)", ["s"]),
        ("a = max(s, t)", ["s - t"]),
        ("a = min(s, 2)", ["s - 2"]),
        ("a = max(s, 0)", ["s"]),
        ("a = max(0, s)", ["-s"]),
        ("a = (x > 0) ⊙ x", ["x"]),
        ("a = (x <= y)", ["x - y"]),
        ("a = relu(abs(x) - 1)", ["x", "abs(x) - 1"]),
        ("a = relu(x) + relu(x)", ["x"]),
        ("a = relu(x)\nb = abs(x)\nc = relu(y)", ["x", "y"]),
        ("a = relu(s - (-t))", ["s + t"]),
        ("a = tanh(x) + sigmoid(y) + exp(s)\nb = A a\nc = sqrt(t)", []),
        ("a = s", []),
    ],
)
def test_kinks_of(text, expected):
    assert found(text) == expected


def test_derivatives_have_the_kinks_of_the_network():
    base = declare(
        scalars({"x": 1}),
        scalars({"w": 1}),
        split_equations("p = w x\na = relu(p)\nL = abs(a - 1)"),
    )
    extended = differentiate(base, "L", ["w"])
    assert {plain(kink) for kink in kinks(extended)} == {plain(kink) for kink in kinks(base)}


def test_a_gradient_jumps_only_where_a_kink_is_zero():
    """Along a line through the weights, the gradient's jumps are the kinks' sign changes."""
    base = declare(
        scalars({"x": 1}),
        scalars({"w": 1}),
        split_equations("p = w x - 1\na = relu(p)\nq = a - 2\nL = abs(q) + leaky_relu(w)"),
    )
    line = np.linspace(-3, 5, 4001).reshape(-1, 1, 1) + 1e-4
    values = {"x": np.ones((1, 1, 1)), "w": line}
    known = differentiate(base, "L", ["w"]).evaluate(values)
    jumps = np.flatnonzero(np.abs(np.diff(known["dL/dw"][:, 0, 0])) > 1e-6)
    changes = set()
    for kink in kinks(base):
        signs = np.sign(np.broadcast_to(evaluate(kink, known), line.shape)[:, 0, 0])
        changes |= set(np.flatnonzero(np.diff(signs)).tolist())
    assert set(jumps.tolist()) == changes
    assert len(jumps) == 3


@pytest.mark.parametrize("function", ["max", "min"])
def test_a_derivative_of_an_extreme_jumps_where_it_is_met_twice(function):
    """By the lead of the first one, which is never negative; the value itself has no kink."""
    base = declare({"x": (4, 1)}, {}, split_equations(f"L = {function}(x)^2"))
    assert kinks(base) == []
    extended = differentiate(base, "L", ["x"])
    [tie] = kinks(extended)
    for entries, lead in {
        (1, 3, 2, 0): 1,
        (3, 1, 3, 1): 0,
        (5, 5, 5, 5): 0,
        (9, 2, 2, 4): 5,
    }.items():
        own = np.array(entries, float)[None, :, None]
        own = own if function == "max" else -own
        known = extended.evaluate({"x": own})
        assert evaluate(tie, known).item() == lead
        first = np.flatnonzero(known["dL/dx"].ravel())
        assert first.tolist() == [entries.index(max(entries))]
