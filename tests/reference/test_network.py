"""Equations in any order become a network; all that is wrong with them is told at once."""

import itertools

import numpy as np
import pytest

from reference.language.equation import Equation, NetworkError
from reference.language.expression import apply
from reference.language.writing import plain
from reference.network import declare, dense, scalars, split_equations

TWO_LAYERS = """
    z1 = W1 x + b1
    a1 = relu(z1)

    yhat = sigmoid(w2 a1)
    L = (yhat - y)^2 / 2
"""
INPUTS = {"x": ("d", 1), "y": (1, 1)}
PARAMETERS = {"W1": ("h", "d"), "b1": ("h", 1), "w2": (1, "h")}


def network(text, inputs=INPUTS, parameters=PARAMETERS, constants=None):
    return declare(inputs, parameters, split_equations(text), constants)


def problems(text, **declared):
    with pytest.raises(NetworkError) as caught:
        network(text, **declared)
    return [(equation.name, error.message) for equation, error in caught.value.problems]


def test_equations_are_split_with_their_place():
    found = split_equations("a = 1\n\n  b =  a + 2\n")
    assert [(one.name, one.text, one.line) for one in found] == [("a", "1", 1), ("b", "a + 2", 3)]
    lines = ["a = 1", "", "  b =  a + 2"]
    for one in found:
        assert lines[one.line - 1][one.column - 1 :] == one.text


def test_a_comparison_is_no_second_equals_sign():
    assert split_equations("m = z >= 0")[0] == Equation("m", "z >= 0", 1, 5)


@pytest.mark.parametrize("text", ["a", "a =", "= 1", "a + b = 1", "a b = 1", "x > 1", "f(x) = 1"])
def test_what_is_no_equation_is_told(text):
    with pytest.raises(NetworkError, match="expected 'name = expression'"):
        split_equations(text)


def test_shapes_and_order_are_found():
    found = network(TWO_LAYERS)
    assert list(found.equations) == ["z1", "a1", "yhat", "L"]
    assert found.shapes == {
        **INPUTS,
        **PARAMETERS,
        "z1": ("h", 1),
        "a1": ("h", 1),
        "yhat": (1, 1),
        "L": (1, 1),
    }
    assert found.inputs == ("x", "y")
    assert found.parameters == ("W1", "b1", "w2")
    assert plain(found.equations["z1"]) == "W1 @ x + b1"


@pytest.mark.parametrize("seed", range(5))
def test_equations_may_stand_in_any_order(seed):
    lines = [line for line in TWO_LAYERS.splitlines() if line.strip()]
    np.random.default_rng(seed).shuffle(lines)
    shuffled = network("\n".join(lines))
    assert list(shuffled.equations) == ["z1", "a1", "yhat", "L"]
    assert shuffled.equations == network(TWO_LAYERS).equations
    assert shuffled.shapes == network(TWO_LAYERS).shapes


def test_independent_equations_keep_their_order():
    text = "c = s + 1\na = s + 2\nb = s + 3"
    assert list(network(text, {"s": (1, 1)}, {}).equations) == ["c", "a", "b"]


def test_evaluating_a_network():
    generator = np.random.default_rng(0)
    values = {
        "x": generator.normal(size=(5, 3, 1)),
        "y": np.ones((5, 1, 1)),
        "W1": generator.normal(size=(5, 2, 3)),
        "b1": generator.normal(size=(5, 2, 1)),
        "w2": generator.normal(size=(5, 1, 2)),
    }
    found = network(TWO_LAYERS).evaluate(values)
    for i in range(5):
        z1 = values["W1"][i] @ values["x"][i] + values["b1"][i]
        yhat = 1 / (1 + np.exp(-(values["w2"][i] @ np.maximum(z1, 0))))
        np.testing.assert_allclose(found["L"][i], (yhat - 1) ** 2 / 2)


def test_ancestors():
    found = network(TWO_LAYERS)
    assert found.ancestors("a1") == {"a1", "z1", "W1", "x", "b1"}
    assert found.ancestors("x") == {"x"}
    assert found.ancestors("L") == set(found.shapes)


def test_an_extended_network_computes_more():
    base = network("a = s + 1", {"s": (1, 1)}, {})
    more = base.extended({"b": apply("negate", base.equations["a"])}, {"b": (1, 1)})
    assert list(more.equations) == ["a", "b"]
    assert "b" not in base.equations
    assert "b" not in base.shapes
    assert more.evaluate({"s": np.array([[2.0]])})["b"] == -3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = b\nb = a", {"needs itself: a → b → a", "needs itself: b → a → b"}),
        ("a = a + s", {"needs itself: a → a"}),
    ],
)
def test_a_cycle_is_shown(text, says):
    (found,) = problems(text, inputs=scalars({"s": 1}), parameters={})
    assert found[1] in says


def test_a_long_cycle_is_shown_in_full():
    ((_, message),) = problems("a = c\nb = a\nc = b\ne = s", inputs={"s": (1, 1)}, parameters={})
    shown = message.removeprefix("needs itself: ").split(" → ")
    assert shown[0] == shown[-1]
    assert sorted(shown[1:]) == ["a", "b", "c"]
    uses = {"a": "c", "b": "a", "c": "b"}
    assert all(uses[one] == other for one, other in itertools.pairwise(shown))


def test_what_only_hangs_on_a_cycle_is_not_blamed():
    found = problems("e = a\na = b\nb = a", inputs={}, parameters={})
    assert len(found) == 1
    assert "e" not in found[0][1].split(": ")[1]


def test_a_name_with_two_equations():
    assert problems("a = 1\nb = 2\na = 3") == [("a", "'a' has two equations")]


@pytest.mark.parametrize("text", ["x = 1", "W_1 = 1", "w_{2} = 1", "b_1 = 2"])
def test_a_name_that_is_declared_already(text):
    found = problems(text)
    assert len(found) == 1
    assert "declared twice" in found[0][1] or "expected" in found[0][1]


def test_two_spellings_of_one_name():
    assert problems("a_1 = 1\na1 = 2") == [("a1", "'a1' is declared twice")]


def test_unknown_names_are_all_told():
    found = problems("a = q + 1\nb = yhet\nyhat = 1")
    assert [name for name, _ in found] == ["a", "b"]
    assert "unknown name 'q'" in found[0][1]
    assert "did you mean 'yhat'?" in found[1][1]


def test_problems_of_every_kind_of_reading_are_told_at_once():
    found = problems("a = (x\nb = 2 3\nc = nothing\ny = 1\ngood = y")
    assert [name for name, _ in found] == ["y", "a", "b", "c"]
    with pytest.raises(NetworkError, match=r"a: expected '\)'.*; b: .*; c: unknown"):
        network("a = (x\nb = 2 3\nc = nothing\ngood = y")


def test_problems_of_shapes_are_told_at_once_and_their_consequences_are_not():
    found = problems("a = x + b1\nb = W1 b1\nc = a + b\nd1 = c\ngood = W1 x")
    assert [name for name, _ in found] == ["a", "b"]
    assert "'+' does not fit" in found[0][1]
    assert "the product does not fit" in found[1][1]


def test_a_derivative_is_not_known_inside_a_network():
    assert problems("L = y^2\ng = dL/dy\nk = g + 1") == [("g", "'dL/dy' is not known here")]


def test_a_problem_knows_its_equation_and_column():
    with pytest.raises(NetworkError) as caught:
        network("a = 1\nb = W1 + nope")
    ((equation, error),) = caught.value.problems
    assert (equation.line, equation.column, error.column) == (2, 5, 6)


def test_constants_are_neither_inputs_nor_parameters():
    found = network("w = v - alpha g", scalars({"g": 1}), scalars({"v": 1}), scalars({"alpha": 1}))
    assert found.shapes["alpha"] == (1, 1)
    assert (found.inputs, found.parameters) == (("g",), ("v",))


def test_a_dense_network():
    inputs, parameters, equations = dense({"x": "30", "hidden": "64 relu", "output": "K"}, "m")
    assert inputs == {"x": (30, "m")}
    assert parameters == {"W1": (64, 30), "b1": (64, 1), "W2": ("K", 64), "b2": ("K", 1)}
    assert [(one.name, one.text) for one in equations] == [
        ("z1", "W1 @ x + b1"),
        ("hidden", "relu(z1)"),
        ("z2", "W2 @ hidden + b2"),
        ("output", "z2"),
    ]
    found = declare(inputs, parameters, equations)
    assert found.shapes["hidden"] == (64, "m")
    assert found.shapes["output"] == ("K", "m")


def test_a_dense_network_of_one_example():
    found = declare(*dense({"x": "d", "y": "2 softmax"}))
    assert found.shapes == {
        "x": ("d", 1),
        "W1": (2, "d"),
        "b1": (2, 1),
        "z1": (2, 1),
        "y": (2, 1),
    }


def test_a_dense_network_of_equal_sizes_is_read_without_doubt():
    """Square weights could be multiplied in two ways, so the expansion says which."""
    found = declare(*dense({"x": "8", "h1": "8 relu", "h2": "8 tanh", "y": "8 identity"}, "8"))
    values = {
        name: np.random.default_rng(1).normal(size=(8, 8)) for name in ("x", "W1", "W2", "W3")
    }
    values |= {name: np.ones((8, 1)) for name in ("b1", "b2", "b3")}
    hidden = np.tanh(values["W2"] @ np.maximum(values["W1"] @ values["x"] + 1, 0) + 1)
    np.testing.assert_allclose(found.evaluate(values)["y"], values["W3"] @ hidden + 1)


def test_a_dense_network_with_an_unknown_activation():
    with pytest.raises(NetworkError, match="unknown name 'mish'"):
        declare(*dense({"x": "3", "y": "2 mish"}))


@pytest.mark.parametrize("name", ["12", "2x", "x²", "x y", "x-1"])
def test_the_left_side_of_an_equation_is_a_name(name):
    with pytest.raises(NetworkError, match="expected 'name = expression'"):
        split_equations(f"{name} = 1")
