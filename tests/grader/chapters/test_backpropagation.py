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
    return {
        "nodes.z-value": z,
        "nodes.h-value": h,
        "nodes.s-value": s,
        "nodes.p-value": 1 / (1 + np.exp(-s)),
        "nodes.L-value": loss(s),
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
    "solve", [faulty_backward, net_n_table, path_sum, tied_autoencoder, two_orders]
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
