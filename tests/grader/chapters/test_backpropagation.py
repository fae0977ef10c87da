"""Chapter 3, backpropagation: forward passes by hand, derivatives by central differences."""

from functools import partial

import numpy as np
import pytest

from tests.grader.chapters import Near, agrees


def slopes(function, at, step=1e-6):
    """The derivative of a number by each entry of an array, which is linear or smooth around it."""
    at = np.array(at, float)
    found = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        moved = [at.copy(), at.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        found[place] = (function(moved[0]) - function(moved[1])) / (2 * step)
    return Near(found, 1e-6)


def check_at_a_kink(v):
    def loss(w):
        return (max(w * v["x"] + v["b"], 0) - v["y"]) ** 2 / 2

    def centred(step):
        return (loss(v["w"] + step) - loss(v["w"] - step)) / (2 * step)

    near, far, right = centred(v["epsilon"]), centred(v["delta"]), slopes(loss, v["w"]).value
    return {
        "near.derivative": Near(right, 1e-6),
        "near.one-sided": (loss(v["w"] + v["epsilon"]) - loss(v["w"])) / v["epsilon"],
        "near.centred": near,
        "error": "x x epsilon / 2",
        "reach": abs(-v["b"] / v["x"] - v["w"]),
        "far.centred": far,
        "far.relative": abs(far - near) / max(abs(far), abs(near)),
    }


ACTIVATIONS = {
    "relu(y0)": lambda y: max(y, 0),
    "leaky_relu(y0, 0.1)": lambda y: y if y > 0 else y / 10,
    "leaky_relu(y0, 0.2)": lambda y: y if y > 0 else y / 5,
    "tanh(y0)": np.tanh,
    "sigmoid(y0)": lambda y: 1 / (1 + np.exp(-y)),
    "softplus(y0)": lambda y: np.log1p(np.exp(y)),
}
OUTPUTS = {
    "relu": lambda v: max(v, 0),
    "square": lambda v: max(v, 0) ** 2,
    "tanh": np.tanh,
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "softplus": lambda v: np.log1p(np.exp(v)),
    "softsign": lambda v: v / (1 + abs(v)),
    "parabola": lambda v: v * v / 2,
}


def scalar_residual_block(v):
    hidden, output, x0 = ACTIVATIONS[v["hidden"]], OUTPUTS[v["output"]], v["x0"]

    def forward(weights):
        w0, w1, b0, b1 = weights
        x1 = hidden(x0 * w0 + b0)
        sums = [x0 * w0, x0 * w0 + b0, x1, x1 * w1, x1 * w1 + b1, x1 * w1 + b1 + x0]
        return [*sums, output(sums[-1])]

    names, at = ("w0", "w1", "b0", "b1"), [v[name] for name in ("w0", "w1", "b0", "b1")]
    values = zip(("u0", "y0", "x1", "u1", "y1", "v1", "z"), forward(at), strict=True)
    back = zip(names, slopes(lambda weights: forward(weights)[-1], at).value, strict=True)
    return {f"forward.{name}": value for name, value in values} | {
        f"gradients.{name}": Near(slope, 1e-6) for name, slope in back
    }


def two_layer_numbers(v):
    rest = {"relu": 0, "tenth": 0.1, "fifth": 0.2, "half": 0.5}[v["activation"]]

    def forward(w21):
        first = np.array([[v["w11"], w21], [v["w12"], v["w22"]]])
        second = np.array([[v["w31"], v["w41"]], [v["w32"], v["w42"]]])
        z = first @ [v["i1"], v["i2"]] + [v["b1"], v["b2"]]
        h = np.where(z > 0, z, rest * z)
        o = second @ h + [v["b3"], v["b4"]]
        return z, h, o, ((o - [v["t1"], v["t2"]]) ** 2).sum() / 2

    z, h, o, error = forward(v["w21"])
    slope = slopes(lambda w: forward(w.item())[3], v["w21"]).value
    names = ("h1", "h2", "h3", "h4", "o1", "o2")
    values = zip(names, [*z, *h, *o], strict=True)
    return {f"forward.{name}": value for name, value in values} | {
        "error": error,
        "update.gradient": Near(slope, 1e-6),
        "update.w21": Near(v["w21"] - v["alpha"] * slope, 1e-6),
    }


def net_n_table(v):
    u = np.ravel(v["u"]) if v["edge"] == "around" else np.zeros(2)

    def loss(s):
        return np.log1p(np.exp(-s if v["label"] == "one" else s))

    def output(h, row=v["v"], x=v["x"]):
        return np.ravel(row) @ h + v["c"] + u @ x

    def whole(x, W=v["W"]):
        return loss(output(np.maximum(W @ x + v["b"], 0), x=x))

    z = v["W"] @ v["x"] + v["b"]
    h = np.maximum(z, 0)
    s = output(h)
    p = 1 / (1 + np.exp(-s))
    return {
        "nodes.z-value": z,
        "nodes.h-value": h,
        "nodes.s-value": s,
        "nodes.p-value": p,
        "nodes.L-value": loss(s),
        "nodes.p-derivative": (1 / (1 - p)) if v["label"] == "zero" else -1 / p,
        "nodes.s-derivative": slopes(loss, s),
        "nodes.h-derivative": slopes(lambda at: loss(output(at)), h),
        "nodes.z-derivative": slopes(lambda at: loss(output(np.maximum(at, 0))), z),
        "gradients.v": slopes(lambda at: loss(output(h, at)), v["v"]),
        "gradients.W": slopes(lambda at: whole(v["x"], at), v["W"]),
        "gradients.x": slopes(whole, v["x"]),
    }


MIDDLE = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
}
LATE = {"product": lambda b, c: b * c, "square": lambda b, c: b + c**2 / 2}


def path_sum(v):
    middle, late = MIDDLE[v["middle"]], LATE[v["late"]]
    exits = [name for name in v["exit"].split("-") if name in "abc"]
    x, u = v["x"], v["u"]

    def output(w, u=u):
        a = w * x
        b = a * u
        c = middle(a, b)
        return sum({"a": a, "b": b, "c": c}[name] for name in exits) + late(b, c)

    def slope(function, at):
        return slopes(function, at).value

    a = v["w"] * x
    b = a * u
    c = middle(a, b)
    into_c = {"a": slope(lambda t: middle(t, b), a), "b": slope(lambda t: middle(a, t), b)}
    into_d = {"b": slope(lambda t: late(t, c), b), "c": slope(lambda t: late(b, t), c)}
    ways = {"a": ["b", "c"], "b": ["c", "d"], "c": ["d"], "d": ["L"], "L": []}
    for name in exits:
        ways[name] = [*ways[name], "L"]

    grid = np.linspace(-2, 2, 5)
    at = [slope(partial(output, u=t), v["w"]) for t in grid]
    flat = max(np.roots(np.polyfit(grid, at, 2)).real, key=abs).item()  # 0 may be the other one

    def paths(node):
        return 1 if node == "L" else sum(map(paths, ways[node]))

    return {
        "paths.number": paths("a"),
        "products.p_abd": Near(u * into_d["b"], 1e-6),
        "products.p_acd": Near(into_c["a"] * into_d["c"], 1e-6),
        "products.p_abcd": Near(u * into_c["b"] * into_d["c"], 1e-6),
        "whole.gradient": slopes(output, v["w"]),
        "flat.t": f"{flat:.5f}",
    }


def faulty_backward(v):
    X, T, W2, m = v["X"], v["T"], v["W2"], v["m"]

    def loss(W1, W2):
        return (
            sum(
                np.sum((W2 @ np.maximum(W1 @ x, 0) - t) ** 2) for x, t in zip(X.T, T.T, strict=True)
            )
            / 2
            / m
        )

    Z = v["W1"] @ X
    H = np.maximum(Z, 0)
    D2 = (W2 @ H - T) / m
    D1 = (W2.T @ D2) * (Z > 0)
    number, right, program = {
        "no-mean": (1, "(Y - T) / m", m * D2 @ H.T),
        "ascent": (1, "(Y - T) / m", -D2 @ H.T),
        "pre-activation": (2, "D2 H^T", D2 @ Z.T),
        "inputs": (2, "D2 H^T", D2 @ X.T),
        "untransposed": (3, "(W2^T D2) ⊙ 1{Z > 0}", ((W2 @ D2) * (Z > 0)) @ X.T),
        "no-mask": (3, "(W2^T D2) ⊙ 1{Z > 0}", W2.T @ D2 @ X.T),
        "activation": (4, "D1 X^T", D1 @ H.T),
        "output-error": (4, "D1 X^T", D2 @ X.T),
    }[v["fault"]]
    first = slopes(lambda at: loss(at, W2), v["W1"])
    second = slopes(lambda at: loss(v["W1"], at), W2)
    true = (second if number < 3 else first).value
    return {
        "line.number": number,
        "line.right": right,
        "wrong": {1: "G1, G2", 2: "G2", 3: "G1", 4: "G1"}[number],
        "entry.program": program[0, 1],
        "entry.right": Near(true[0, 1], 1e-6),
    }


def tied_autoencoder(v):
    x, W, rate = v["x"], v["W"], v["alpha"]

    def loss(E, D):
        return np.sum((D.T @ np.maximum(E @ x, 0) - x) ** 2) / 2

    E, D = slopes(lambda at: loss(at, W), W), slopes(lambda at: loss(W, at), W)
    whole, half = W - rate * (E.value + D.value), W - rate * D.value
    return {
        "formulas.E": "((W e) ⊙ 1{W x > 0}) x^T",
        "formulas.D": "relu(W x) (W^T h - x)^T",
        "numbers.E": E,
        "numbers.D": D,
        "step.whole": Near(loss(whole, whole), 1e-6),
        "step.decoder": Near(loss(half, half), 1e-6),
    }


def two_orders(v):
    n, a, b, k = (int(v[size]) for size in "nabk")

    def cost(left, right):
        return left[0] * left[1] * right[1], (left[0], right[1])

    def orders(k):
        J1, J2, J3 = (a, n), (b, a), (k, b)
        inner, J = cost(J2, J1)
        outer, K = cost(J3, J2)
        return inner + cost(J3, J)[0], outer + cost(K, J1)[0]

    def output(x):
        return (v["v"] @ np.maximum(v["W"] @ x + v["q"], 0)).item() + v["r"]

    forward, backward = orders(k)
    forward_loss, backward_loss = orders(1)
    return {
        "shapes.J1": f"{a} x {n}",
        "shapes.J2": f"{b} x {a}",
        "shapes.J3": f"{k} x {b}",
        "cost.forward": forward,
        "cost.backward": backward,
        "cost.forward_loss": forward_loss,
        "cost.backward_loss": backward_loss,
        "turn.k": next(k for k in range(1, 99) if orders(k)[0] < orders(k)[1]),
        "jacobian.x": slopes(output, v["x"]),
    }


@pytest.mark.parametrize(
    "solve",
    [
        check_at_a_kink,
        faulty_backward,
        net_n_table,
        path_sum,
        scalar_residual_block,
        tied_autoencoder,
        two_layer_numbers,
        two_orders,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
