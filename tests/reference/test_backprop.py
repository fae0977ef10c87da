"""Gradients against HIPS autograd, which knows nothing of ours, and as a person writes them."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference.derivatives.reverse_mode import differentiate
from reference.language.evaluating import evaluate
from reference.language.expression import Apply, Name, apply, parts
from reference.language.roles import derivative_name
from reference.language.shapes import infer
from reference.language.writing import plain
from reference.network import declare, dense, scalars, split_equations
from tests.reference.strategies import SHAPES, draw_values, expressions

SIZES = {"d": 3, "h": 4, "m": 5, "K": 3, "k": 2}


def network(text, inputs, parameters=None, constants=None):
    return declare(inputs, parameters or {}, split_equations(text), constants)


def values_of(found, seed=0, batch=4, **fixed):
    shapes = {name: found.shapes[name] for name in found.shapes if name not in found.equations}
    return draw_values(shapes, seed, batch, SIZES) | fixed


def gradients(found, of, by, values):
    """Name → its derivative, with the shape of its value."""
    extended = differentiate(found, of, by)
    results = extended.evaluate(values)
    shown = {}
    for name in by:
        adjoint = derivative_name(of, name)
        assert extended.shapes[adjoint] == found.shapes[name]
        shape = results[name].shape
        assert results[adjoint].shape[-2:] == shape[-2:]
        shown[name] = np.broadcast_to(results[adjoint], shape)
    return shown


def check(found, of, by, function, seed=0, **fixed):
    """``function`` computes the same quantity from one set of values, for autograd."""
    values = values_of(found, seed, **fixed)
    ours = gradients(found, of, by, values)
    for index in range(len(next(iter(values.values())))):
        member = {name: value[index] for name, value in values.items()}
        np.testing.assert_allclose(
            found.evaluate(member)[of].item(), float(anp.sum(function(member))), rtol=1e-10
        )
        theirs = grad(lambda known: anp.sum(function(known)))(member)
        for name in by:
            np.testing.assert_allclose(
                ours[name][index], theirs[name], rtol=1e-8, atol=1e-10, err_msg=name
            )
    return ours


def sigmoid(x):
    return 1 / (1 + anp.exp(-x))


def softmax(x):
    shifted = anp.exp(x - anp.max(x, axis=0, keepdims=True))
    return shifted / anp.sum(shifted, axis=0, keepdims=True)


SHORTCUT = network(
    """
    z1 = W1 x + b1
    a1 = relu(z1)
    z2 = W2 a1 + b2 + W x
    yhat = sigmoid(z2)
    L = (yhat - y)^2 / 2
    """,
    {"x": ("d", 1), "y": (1, 1)},
    {"W1": ("h", "d"), "b1": ("h", 1), "W2": (1, "h"), "b2": (1, 1), "W": (1, "d")},
)
RESIDUAL = network(
    """
    u0 = x0 * w0
    y0 = u0 + b0
    x1 = relu(y0)
    u1 = x1 * w1
    y1 = u1 + b1
    v1 = y1 + x0
    z = relu(v1)
    """,
    scalars({"x0": 1}),
    scalars(dict.fromkeys(["w0", "b0", "w1", "b1"])),
)
NUMBERS = network(
    """
    h1 = i1 * w11 + i2 * w21 + b1
    h2 = i1 * w12 + i2 * w22 + b2
    h3 = relu(h1)
    h4 = relu(h2)
    o1 = h3 * w31 + h4 * w41 + b3
    o2 = h3 * w32 + h4 * w42 + b4
    E = (o1 - t1)^2 / 2 + (o2 - t2)^2 / 2
    """,
    scalars(dict.fromkeys(["i1", "i2", "t1", "t2"])),
    scalars(
        dict.fromkeys(
            ["w11", "w12", "w21", "w22", "w31", "w32", "w41", "w42", "b1", "b2", "b3", "b4"]
        )
    ),
)
BATCH = network(
    """
    Z1 = W1 X + b1
    A1 = tanh(Z1)
    Z2 = W2 A1 + b2
    P = softmax(Z2)
    L = -sum(Y ⊙ log(P)) / 5
    """,
    {"X": ("d", "m"), "Y": ("K", "m")},
    {"W1": ("h", "d"), "b1": ("h", 1), "W2": ("K", "h"), "b2": ("K", 1)},
)


@pytest.mark.parametrize("seed", range(4))
def test_the_shortcut_network(seed):
    def loss(v):
        a1 = anp.maximum(v["W1"] @ v["x"] + v["b1"], 0)
        return (sigmoid(v["W2"] @ a1 + v["b2"] + v["W"] @ v["x"]) - v["y"]) ** 2 / 2

    check(SHORTCUT, "L", ["W1", "b1", "W2", "b2", "W", "x", "y"], loss, seed)


@pytest.mark.parametrize("seed", range(4))
def test_softmax_and_cross_entropy_over_a_batch(seed):
    def loss(v):
        p = softmax(v["W2"] @ anp.tanh(v["W1"] @ v["X"] + v["b1"]) + v["b2"])
        return -anp.sum(v["Y"] * anp.log(p)) / 5

    check(BATCH, "L", ["W1", "b1", "W2", "b2", "X", "Y"], loss, seed)


def test_softmax_and_cross_entropy_of_one_hot_labels_is_the_difference():
    labels = np.eye(3)[:, [0, 2, 1, 1, 0]][None]
    values = values_of(BATCH, 1, batch=1, Y=labels)
    results = differentiate(BATCH, "L", ["Z2"]).evaluate(values)
    np.testing.assert_allclose(results["dL/dZ2"], (results["P"] - labels) / 5, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_the_residual_block_of_scalars(seed):
    def block(v):
        x1 = anp.maximum(v["x0"] * v["w0"] + v["b0"], 0)
        return anp.maximum(x1 * v["w1"] + v["b1"] + v["x0"], 0)

    check(RESIDUAL, "z", ["w0", "w1", "b0", "b1", "x0"], block, seed)


def test_the_residual_block_with_the_numbers_of_the_sheet():
    values = {"x0": 1.0, "w0": 0.3, "w1": -0.2, "b0": 0.1, "b1": -0.3}
    arrays = {name: np.full((1, 1, 1), value) for name, value in values.items()}
    found = gradients(RESIDUAL, "z", ["w0", "w1", "b0", "b1"], arrays)
    expected = {"w0": -0.2, "w1": 0.4, "b0": -0.2, "b1": 1}
    assert {name: value.item() for name, value in found.items()} == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(4))
def test_two_layers_of_numbers(seed):
    def error(v):
        h3 = anp.maximum(v["i1"] * v["w11"] + v["i2"] * v["w21"] + v["b1"], 0)
        h4 = anp.maximum(v["i1"] * v["w12"] + v["i2"] * v["w22"] + v["b2"], 0)
        o1 = h3 * v["w31"] + h4 * v["w41"] + v["b3"]
        o2 = h3 * v["w32"] + h4 * v["w42"] + v["b4"]
        return (o1 - v["t1"]) ** 2 / 2 + (o2 - v["t2"]) ** 2 / 2

    check(NUMBERS, "E", [*NUMBERS.parameters, *NUMBERS.inputs], error, seed)


CHAIN = {"x": ("d", 1)}, {"A": ("h", "d"), "B": ("k", "h"), "a": ("h", 1)}
LOSSES = {
    "tanh": ("L = sum(tanh(A x + a))", lambda v: anp.tanh(v["A"] @ v["x"] + v["a"])),
    "sigmoid of sigmoid": (
        "L = sum(sigmoid(B sigmoid(A x + a)))",
        lambda v: sigmoid(v["B"] @ sigmoid(v["A"] @ v["x"] + v["a"])),
    ),
    "leaky relu": (
        "L = sum(leaky_relu(B leaky_relu(A x + a), 0.2)^2)",
        lambda v: leaky(v["B"] @ leaky(v["A"] @ v["x"] + v["a"], 0.01), 0.2) ** 2,
    ),
    "the absolute value": ("L = sum(abs(A x - a))", lambda v: anp.abs(v["A"] @ v["x"] - v["a"])),
    "the largest entry": ("L = max(A x + a)", lambda v: anp.max(v["A"] @ v["x"] + v["a"])),
    "the smallest entry": ("L = min(A x + a)^3", lambda v: anp.min(v["A"] @ v["x"] + v["a"]) ** 3),
    "the larger of two": (
        "L = sum(max(A x, a) + min(A x, 0.5))",
        lambda v: anp.maximum(v["A"] @ v["x"], v["a"]) + anp.minimum(v["A"] @ v["x"], 0.5),
    ),
    "the mean": ("L = mean((A x + a)^2)", lambda v: anp.mean((v["A"] @ v["x"] + v["a"]) ** 2)),
    "the mean of a matrix": (
        "L = mean(A ⊙ A) sum(B)",
        lambda v: anp.mean(v["A"] ** 2) * anp.sum(v["B"]),
    ),
    "a quadratic form": (
        "L = x^T A^T A x",
        lambda v: v["x"].T @ v["A"].T @ v["A"] @ v["x"],
    ),
    "an outer product": (
        "L = sum(exp(a x^T) ⊙ A)",
        lambda v: anp.exp(v["a"] @ v["x"].T) * v["A"],
    ),
    "a norm": (
        "L = sqrt(sum((A x)^2) + 1)",
        lambda v: anp.sqrt(anp.sum((v["A"] @ v["x"]) ** 2) + 1),
    ),
    "a logarithm": (
        "L = log(sum(exp(A x + a)))",
        lambda v: anp.log(anp.sum(anp.exp(v["A"] @ v["x"] + v["a"]))),
    ),
    "quotients": (
        "L = sum(a / (1 + exp(A x))) / (2 + sum(x)^2)",
        lambda v: anp.sum(v["a"] / (1 + anp.exp(v["A"] @ v["x"]))) / (2 + anp.sum(v["x"]) ** 2),
    ),
    "powers": (
        "L = 2^sum(a / 4) + sum(x)^3",
        lambda v: 2 ** anp.sum(v["a"] / 4) + anp.sum(v["x"]) ** 3,
    ),
    "sums of rows and columns": (
        "L = sum(row_sums(A)^2) + sum(column_sums(A)^3)",
        lambda v: anp.sum(anp.sum(v["A"], axis=1) ** 2) + anp.sum(anp.sum(v["A"], axis=0) ** 3),
    ),
    "a scalar spread over a matrix": (
        "L = sum((A + sum(x)) ⊙ (sum(a) - A)) / count(A)",
        lambda v: anp.mean((v["A"] + anp.sum(v["x"])) * (anp.sum(v["a"]) - v["A"])),
    ),
    "an indicator": (
        "L = sum((A x) ⊙ (A x > a)) + sum((x < 0.5) ⊙ x)",
        lambda v: (
            anp.sum((v["A"] @ v["x"]) * (v["A"] @ v["x"] > v["a"]))
            + anp.sum(v["x"] * (v["x"] < 0.5))
        ),
    ),
    "a name used again and again": (
        "p = A x\nq = p ⊙ p + p\nr = q ⊙ p - q\nL = sum(r ⊙ q + p)",
        lambda v: again(v["A"] @ v["x"]),
    ),
    "another name of the same": ("p = sum(x)\nq = p\nL = q", lambda v: v["x"]),
    "softmax on its own": (
        "L = sum(softmax(A x + a) ⊙ a)",
        lambda v: softmax(v["A"] @ v["x"] + v["a"]) * v["a"],
    ),
}


def leaky(x, slope):
    return anp.where(x >= 0, x, slope * x)


def again(p):
    q = p * p + p
    return anp.sum((q * p - q) * q + p)


@pytest.mark.parametrize("text", [pytest.param(loss, id=name) for name, loss in LOSSES.items()])
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_autograd(text, seed):
    equations, function = text
    check(network(equations, *CHAIN), "L", ["A", "x", "a", "B"], function, seed)


ACTIVATIONS = {
    "relu": lambda x: anp.maximum(x, 0),
    "tanh": anp.tanh,
    "sigmoid": sigmoid,
    "leaky_relu": lambda x: leaky(x, 0.01),
    "softmax": softmax,
    "identity": lambda x: x,
    "abs": anp.abs,
}


@st.composite
def deep_networks(draw):
    """Layers of one width with activations, and shortcuts from any layer to any later one."""
    layers = draw(st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=1, max_size=5))
    shortcuts = [draw(st.one_of(st.none(), st.integers(0, index))) for index in range(len(layers))]
    shared = draw(st.booleans())
    loss = draw(st.sampled_from(["sum((a - y)^2) / 2", "sum(abs(a - y))", "mean((a - y)^2)"]))
    return layers, shortcuts, shared, loss


@settings(deadline=None, max_examples=60)
@given(deep_networks(), st.integers(0, 1000))
def test_random_networks_agree_with_autograd(drawn, seed):
    layers, shortcuts, shared, loss = drawn
    depth = len(layers)
    weights = ["W1" if shared else f"W{index + 1}" for index in range(depth)]
    lines = []
    for index, (activation, shortcut) in enumerate(zip(layers, shortcuts, strict=True)):
        term = f" + a{shortcut}" if shortcut is not None else ""
        lines.append(f"z{index + 1} = {weights[index]} @ a{index} + b{index + 1}{term}")
        called = f"z{index + 1}" if activation == "identity" else f"{activation}(z{index + 1})"
        lines.append(f"a{index + 1} = {called}")
    lines.append("L = " + loss.replace("a -", f"a{depth} -"))
    parameters = dict.fromkeys(weights, ("d", "d"))
    parameters |= {f"b{index + 1}": ("d", 1) for index in range(depth)}
    found = network("\n".join(lines), {"a0": ("d", "m"), "y": ("d", "m")}, parameters)

    def function(v):
        outputs = [v["a0"]]
        for index, (activation, shortcut) in enumerate(zip(layers, shortcuts, strict=True)):
            z = v[weights[index]] @ outputs[index] + v[f"b{index + 1}"]
            if shortcut is not None:
                z = z + outputs[shortcut]
            outputs.append(ACTIVATIONS[activation](z))
        gap = outputs[-1] - v["y"]
        if "abs" in loss:
            return anp.sum(anp.abs(gap))
        return anp.mean(gap**2) if "mean" in loss else anp.sum(gap**2) / 2

    check(found, "L", ["a0", *parameters], function, seed)


def ties(expression, values):
    """Is a largest or smallest entry there twice? Both steps of finite differences see half of either."""
    for node in parts(expression):
        if isinstance(node, Apply) and node.operation in ("largest", "smallest"):
            entries = evaluate(node.args[0], values).ravel()
            if len(set(entries)) < len(entries):
                return True
    return False


@settings(deadline=None, max_examples=150)
@given(expressions(), st.integers(0, 20))
def test_random_expressions_agree_with_finite_differences(expression, seed):
    """Wherever two steps of finite differences agree, so that no kink lies between."""
    values = draw_values(SHAPES, seed, batch=1)
    base = network("", {name: shape for name, shape in SHAPES.items() if "/" not in name})
    given_names = list(base.inputs)
    values["dL/ds"] = np.full((1, 1, 1), 0.7)
    assume(not ties(expression, values))
    base = base.extended({}, {"dL/ds": (1, 1)})
    shape = infer(expression, SHAPES)
    whole = base.extended(
        {"value": expression, "F": apply("sum", Name("value"))}, {"value": shape, "F": (1, 1)}
    )
    extended = differentiate(whole, "F", given_names)
    results = extended.evaluate(values)
    for name in given_names:
        slopes = [
            (
                whole.evaluate({**values, name: values[name] + step})["F"]
                - whole.evaluate({**values, name: values[name] - step})["F"]
            ).item()
            / (2 * step)
            for step in (1e-5, 1e-6)
        ]
        scale = 1 + abs(whole.evaluate(values)["F"].item()) + max(map(abs, slopes))
        if abs(slopes[0] - slopes[1]) < 1e-6 * scale:
            adjoint = results[derivative_name("F", name)]
            found = np.broadcast_to(adjoint, values[name].shape).sum()
            assert abs(found - slopes[0]) < 1e-4 * scale, name


@pytest.mark.parametrize("name", ["y", "unused", "late"])
def test_the_derivative_by_what_the_target_does_not_use_is_zero(name):
    found = network(
        "p = A x\nlate = p + 1\nL = sum(p)",
        {"x": ("d", 1), "y": ("d", "m"), "unused": (1, 1)},
        {"A": ("h", "d")},
    )
    values = values_of(found)
    extended = differentiate(found, "L", [name, "A"])
    zero = extended.evaluate(values)[f"dL/d{name}"]
    assert extended.shapes[f"dL/d{name}"] == found.shapes[name]
    assert not zero.any()
    assert plain(extended.equations[f"dL/d{name}"]) == f"fill(0, {name})"


def test_the_derivative_by_what_is_used_without_effect_is_zero():
    found = network("L = sum(x > 0) + count(x) + sum(sign(x))", {"x": ("d", 1)})
    assert not gradients(found, "L", ["x"], values_of(found))["x"].any()


def test_the_derivative_of_a_quantity_by_itself_is_one():
    extended = differentiate(SHORTCUT, "L", ["L"])
    assert plain(extended.equations["dL/dL"]) == "1"


def test_derivatives_of_a_quantity_inside_stop_there():
    extended = differentiate(SHORTCUT, "z2", ["W2", "W1"])
    assert "dz2/dyhat" not in extended.shapes
    assert plain(extended.equations["dz2/dW2"]) == "a1^T"


def test_only_what_is_needed_is_computed():
    extended = differentiate(SHORTCUT, "L", ["b2"])
    assert [name for name in extended.equations if "/" in name] == [
        "dL/dL",
        "dL/dyhat",
        "dL/dz2",
        "dL/db2",
    ]


def test_an_entry_of_a_matrix_is_chosen_by_its_seed():
    found = network("Y = A B", {}, {"A": ("h", "d"), "B": ("d", "k")})
    values = values_of(found, batch=1)
    extended = differentiate(found, "Y", ["A", "B"])
    assert "dY/dY" not in extended.equations
    for row, column in np.ndindex(4, 2):
        seed = np.zeros((1, 4, 2))
        seed[0, row, column] = 1
        results = extended.evaluate({**values, "dY/dY": seed})
        expected = np.zeros((4, 3))
        expected[row] = values["B"][0][:, column]
        np.testing.assert_allclose(results["dY/dA"][0], expected)


SECOND = network(
    """
    h1 = tanh(w x + b)
    h2 = sigmoid(v h1) + w
    L = (h2 - y)^2 / 2 + exp(w v) / 3
    """,
    scalars({"x": 1, "y": 1}),
    scalars({"w": 1, "b": 1, "v": 1}),
)


@pytest.mark.parametrize("first", ["w", "b", "v", "x"])
def test_second_derivatives_agree_with_finite_differences(first):
    names = ["w", "b", "v", "x"]
    values = values_of(SECOND, 3)
    once = differentiate(SECOND, "L", [first])
    twice = differentiate(once, f"dL/d{first}", names)
    results = twice.evaluate(values)
    for second in names:
        step = 1e-5
        above = once.evaluate({**values, second: values[second] + step})[f"dL/d{first}"]
        below = once.evaluate({**values, second: values[second] - step})[f"dL/d{first}"]
        found = results[f"ddL/d{first}/d{second}"]
        np.testing.assert_allclose(found, (above - below) / (2 * step), rtol=1e-6, atol=1e-8)


def test_second_derivatives_are_symmetric():
    values = values_of(SECOND, 4)
    results = {}
    for first, second in (("w", "v"), ("v", "w")):
        once = differentiate(SECOND, "L", [first])
        twice = differentiate(once, f"dL/d{first}", [second])
        results[first] = twice.evaluate(values)[f"ddL/d{first}/d{second}"]
    np.testing.assert_allclose(results["w"], results["v"], rtol=1e-10)


def test_the_hessian_of_a_quadratic_form():
    found = network("L = x^T A x", {"x": ("d", 1)}, {"A": ("d", "d")})
    values = values_of(found, batch=1)
    once = differentiate(found, "L", ["x"])
    twice = differentiate(once, "dL/dx", ["x"])
    hessian = [
        twice.evaluate({**values, "ddL/dx/ddL/dx": row.reshape(1, 3, 1)})["ddL/dx/dx"][0, :, 0]
        for row in np.eye(3)
    ]
    np.testing.assert_allclose(hessian, values["A"][0] + values["A"][0].T)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dL/dL", "1"),
        ("dL/dyhat", "yhat - y"),
        ("dL/dz2", "dL/dyhat * yhat * (1 - yhat)"),
        ("dL/db2", "dL/dz2"),
        ("dL/dW2", "dL/dz2 * a1^T"),
        ("dL/dW", "dL/dz2 * x^T"),
        ("dL/da1", "W2^T * (dL/dz2)"),
        ("dL/dz1", "dL/da1 .* (z1 > 0)"),
        ("dL/db1", "dL/dz1"),
        ("dL/dW1", "dL/dz1 @ x^T"),
    ],
)
def test_gradients_of_the_shortcut_network_are_written_as_on_paper(name, text):
    extended = differentiate(SHORTCUT, "L", ["b2", "W2", "W", "b1", "W1"])
    assert plain(extended.equations[name]) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dz/dv1", "(v1 > 0)"),
        ("dz/dw1", "dz/du1 * x1"),
        ("dz/dx1", "dz/du1 * w1"),
        ("dz/dy0", "dz/dx1 * (y0 > 0)"),
        ("dz/db0", "dz/dy0"),
        ("dz/dx0", "dz/dv1 + dz/du0 * w0"),
    ],
)
def test_gradients_of_the_residual_block_are_written_as_on_paper(name, text):
    extended = differentiate(RESIDUAL, "z", ["w0", "w1", "b0", "b1", "x0"])
    assert plain(extended.equations[name]) == text


def test_a_bias_over_a_batch_is_summed():
    extended = differentiate(BATCH, "L", ["b2", "W2"])
    assert plain(extended.equations["dL/db2"]) == "row_sums(dL/dZ2)"
    assert plain(extended.equations["dL/dW2"]) == "dL/dZ2 @ A1^T"


def test_derivatives_come_in_the_order_in_which_a_person_computes_them():
    extended = differentiate(SHORTCUT, "L", ["W1", "b2"])
    order = [name for name in extended.equations if "/" in name]
    places = {name: index for index, name in enumerate(order)}
    assert places["dL/dyhat"] < places["dL/dz2"] < places["dL/da1"] < places["dL/dz1"]
    assert places["dL/dz1"] < places["dL/dW1"]


def test_a_deep_network_is_no_matter():
    layers = {"x": "d"} | {f"h{index}": "d tanh" for index in range(200)}
    inputs, parameters, equations = dense(layers)
    found = declare(inputs, parameters, equations)
    found = found.extended({"L": apply("sum", Name("h199"))}, {"L": (1, 1)})
    extended = differentiate(found, "L", ["W1"])
    assert len([name for name in extended.equations if "/" in name]) == 2 * 200 + 2


@pytest.mark.parametrize("text", ["max(u / 0.03)", "min(C - u / 0.03)", "max(3 (u / 7))"])
def test_the_largest_entry_is_found_however_its_argument_is_written(text):
    """The argument is shortened, u / 0.03 to 33.3 u; that may move it by a last digit, and no more."""
    shapes = {"C": ("d", "d"), "u": ("d", 1)}
    base = declare(shapes, {}, split_equations(f"L = {text}"))
    extended = differentiate(base, "L", ["u"])
    for seed in range(20):
        values = draw_values(shapes, seed)
        found = extended.evaluate(values)["dL/du"]
        assert (np.abs(found).max(axis=(1, 2)) > 0.1).all()
