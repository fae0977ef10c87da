"""The error term that a gradient implies is the one from which the gradient is computed."""

import numpy as np
import pytest

from reference.derivatives.implied import implied
from reference.derivatives.named import with_derivatives
from reference.language.dimensions import SCALAR
from reference.language.evaluating import evaluate
from reference.language.shapes import infer
from reference.network import declare, split_equations

SIZES = {"d": 3, "h": 4, "K": 2, "n": 5}
SHAPES = {"x": ("d", 1), "X": ("d", "n"), "y": ("K", 1), "t": SCALAR}
WEIGHTS = {
    "W1": ("h", "d"), "b1": ("h", 1), "W2": ("K", "h"), "b2": ("K", 1), "v": (1, "h"), "c": SCALAR, "w": SCALAR,
}  # fmt: skip
LAYERS = """
    z1 = W1 x + b1
    a1 = tanh(z1)
    z2 = W2 a1 + b2
    L = sum((z2 - y)^2) / 2
"""
ONE_OUTPUT = """
    z1 = W1 x + b1
    a1 = tanh(z1)
    z2 = v a1 + c
    L = (z2 - t)^2 / 2
"""
SCALARS = """
    z = w t + c
    a = tanh(z)
    L = (a * w - t)^2
"""
BATCH = """
    Z1 = W1 X
    L = sum(Z1 ⊙ Z1)
"""
IMPLIED = [
    (LAYERS, "W2", "z2"),
    (LAYERS, "W1", "z1"),
    (ONE_OUTPUT, "v", "z2"),
    (ONE_OUTPUT, "W1", "z1"),
]
NOTHING = [
    (LAYERS, "b2"),  # the same, not a product
    (LAYERS, "a1"),  # W2^T dL/dz2 tells only a part of dL/dz2
    (BATCH, "W1"),  # a sum over examples
    (SCALARS, "w"),  # a sum over two paths
]


def network_of(equations, by):
    network = declare(
        {name: shape for name, shape in SHAPES.items() if name in equations},
        {name: shape for name, shape in WEIGHTS.items() if name in equations},
        split_equations(equations),
    )
    return with_derivatives(network, [f"dL/d{by}"])


@pytest.mark.parametrize(("equations", "by", "term"), IMPLIED)
def test_a_gradient_implies_its_error_term(equations, by, term):
    network = network_of(equations, by)
    found, expression = implied(network, f"dL/d{by}")
    assert found == f"dL/d{term}"
    assert infer(expression, network.shapes) == network.shapes[found]
    generator = np.random.default_rng(3)
    known = {
        name: generator.normal(size=(20, *(SIZES.get(size, size) for size in network.shapes[name])))
        for name in (*network.inputs, *network.parameters)
    }
    values = network.evaluate(known)
    assert np.allclose(evaluate(expression, values), values[found])
    values[f"dL/d{by}"] = -2 * values[f"dL/d{by}"]  # a wrong one implies a wrong one
    assert np.allclose(evaluate(expression, values), -2 * values[found])


@pytest.mark.parametrize(("equations", "by"), NOTHING)
def test_what_is_no_such_product_implies_nothing(equations, by):
    assert implied(network_of(equations, by), f"dL/d{by}") is None
