"""Chapter 1, perceptrons and boundaries: by looking at points of the plane."""

from itertools import pairwise, permutations, product

import numpy as np
import pytest

from grader.answers import Verdict
from tests.grader.chapters import Near, agrees, given
from tests.shipped import drawn, few


def line_or_shared_point(v):
    """A line that separates can be turned until it nearly goes through two of the points."""
    ends = []
    for plus, minus in ((v["A1"].T, v["B1"].T), (v["A2"].T, v["B2"].T)):
        along = [p - q for p, q in permutations([*plus, *minus], 2) if (p != q).any()]
        normals = [
            np.array([-y + turn * x, x + turn * y]) for x, y in along for turn in (-1e-6, 1e-6)
        ]
        ends.append(any((plus @ w).min() > (minus @ w).max() for w in normals))
    assert sum(ends) == 1
    return {"which.set": 1 + ends.index(True)}


def boundary_scale(v):
    w, x = np.ravel(v["w"]), v["x"]
    z, along = w @ x + v["b"], np.array([-w[1], w[0]])
    nearest = np.linalg.solve([w, along], [-v["b"], along @ x])
    moved = {"first": 0, "second": 1}[v["input"]]
    return {
        "distance.z": z,
        "distance.distance": np.hypot(*(x - nearest)),
        "distance.nearest": nearest,
        "move.change": -(w[1 - moved] * x[1 - moved] + v["b"]) / w[moved] - x[moved],
    }


def layer_sizes(v):
    widths = [v[f"n{place}"] for place in range(4)]
    weights = [np.ones((rows, columns + 1)).size for columns, rows in pairwise(widths)]
    outputs = {
        f"outputs.{name}": str(v["m"] * rows) for name, rows in zip("ABC", widths[1:], strict=True)
    }
    names = ("hidden1", "hidden2", "output", "total")
    counts = zip(names, [*weights, sum(weights)], strict=True)
    return outputs | {f"parameters.{name}": str(count) for name, count in counts}


def two_two_one(v):
    weights = np.array([[v["w11"], v["w12"]], [v["w21"], v["w22"]]])
    h = 1 / (1 + np.exp(-(weights.T @ [v["x1"], v["x2"]] + v["b1"])))
    output = [v["v1"], v["v2"]] @ h + v["b2"]
    return {"output.h1": h[0], "output.h2": h[1], "output.y": output}


def relu_profile(v):
    """From knot to knot; before the first and behind the last, a piece has no end."""
    knots, slopes = [-99, v["k1"], v["k2"], v["k3"], 99], [v[f"m{place}"] for place in range(4)]

    def risen(x):
        low, high = min(x, 0), max(x, 0)
        pieces = zip(pairwise(knots), slopes, strict=True)
        risen = sum(m * max(min(b, high) - max(a, low), 0) for (a, b), m in pieces)
        return v["r"] + risen * np.sign(x)

    return {"values.left": risen(v["q1"]), "values.right": risen(v["q2"])}


def logistic_batch(v):
    X, y, b, m = v["X"], np.ravel(v["y"]), v["b"], int(v["m"])
    w = np.ravel(v["w"])
    z = np.array([w @ x + b for x in X.T])
    p = 1 / (1 + np.exp(-z))
    right = np.where(y == 1, p, 1 - p)
    return {
        "forward.z": z,
        "forward.p": p,
        "forward.L": -np.log(right).mean(),
        "formulas.z": "(p - y) / m",
        "formulas.w": "(1 / m) (p - y) X^T",
        "step.w": w - v["alpha"] / m * sum((p[i] - y[i]) * X[:, i] for i in range(m)),
        "step.b": b - v["alpha"] * (p - y).mean(),
    }


def perceptron_order(v):
    total, rounds, scores = run(v, [1, 2, 3, 4])
    wanted, *_ = run(v, v["other"])
    assert wanted != total
    right = [order for order in permutations([4, 3, 2, 1]) if run(v, order)[0] == wanted]
    order = max(right, key=lambda order: len(run(v, order)[1]))
    _, first = rounds[0]
    _, w = rounds[-1]
    return {
        **{f"scores.s_{name}1": score for name, score in zip("abcd", scores, strict=False)},
        "round.w": first[:2],
        "round.b": first[2],
        "end.mistakes": total,
        "end.w": w[:2],
        "end.b": w[2],
        "order.order": str([*order]),
    }


def run(v, order):
    """All mistakes; those of each round, with the weights after it; and all scores."""
    given = [(np.append(v[f"p_{name}"], 1), v[f"l_{name}"]) for name in "abcd"]
    points = [given[int(place) - 1] for place in order]
    w, rounds, scores = np.zeros(3), [], []
    while not rounds or rounds[-1][0]:
        mistakes = 0
        for p, label in points:
            scores.append(w @ p)
            if label * (w @ p) <= 0:
                w, mistakes = w + label * p, mistakes + 1
        rounds.append((mistakes, w))
    return sum(mistakes for mistakes, _ in rounds), rounds, scores


def seen_patterns(W, b):
    """Which units are on together somewhere beside the lines: around where they meet, near and far, and at random."""
    rng = np.random.default_rng(5)
    angles = np.linspace(0, 2 * np.pi, 721)
    around = np.array([np.cos(angles), np.sin(angles)])
    feet = [-b[n] * W[n] / (W[n] @ W[n]) for n in range(3)]
    meets = [
        np.linalg.solve(W[[i, j]], -b[[i, j]])
        for i, j in ((0, 1), (0, 2), (1, 2))
        if abs(np.linalg.det(W[[i, j]])) > 0.5
    ]
    spots = [
        centre[:, None] + radius * around
        for centre in [*feet, *meets]
        for radius in (1e-3, 1e-2, 99)
    ]
    points = np.hstack([*spots, rng.normal(size=(2, 2000)) * 3])
    seen = W @ points + b[:, None]
    clear = abs(seen).min(axis=0) > 1e-9
    return {*map(tuple, (seen[:, clear] > 0).astype(int).T.tolist())}


def relu_regions(v):
    W, b = v["W"], v["b"]

    def output(x):
        return v["v"] @ np.maximum(W @ x + b[:, None], 0) + v["c"]

    x, step = v["x"][:, None], 1e-4
    r = [
        (output(x + step * e) - output(x - step * e)).item() / (2 * step)
        for e in np.eye(2)[:, :, None]
    ]
    return {
        "regions.number": len(seen_patterns(W, b)),
        "pattern.on": W @ v["x"] + b > 0,
        "affine.r": Near(r, 1e-6),
        "affine.q": Near(output(x).item() - r @ v["x"], 1e-6),
    }


def test_patterns_that_never_occur_are_those_nobody_sees():
    for variant in drawn("relu-regions", few(60, 8)):
        v = given(variant)
        seen = seen_patterns(v["W"], v["b"])
        if v["lines"] == "one-point":
            seen.add((0, 0, 0))  # all are off where the lines meet
        for pattern in product([0, 1], repeat=3):
            verdict = variant.keys["never.e"][1].mark(str([*pattern])).verdict
            assert (verdict is Verdict.CORRECT) == (pattern not in seen), (v["lines"], pattern)


def read_the_line(v):
    """The boundary goes through (0, q) and (1, q + m)."""
    w = v["w2"] * np.array([-v["m"], 1])
    b = -w @ (0, v["q"])
    foot = -b * w / (w @ w)
    margins = [*(w @ p + b for p in v["P"].T), *(-(w @ p + b) for p in v["N"].T)]
    return {
        "weights.w1": w[0],
        "weights.b": b,
        "distance": np.hypot(*foot),
        "loss": np.mean([max(0, 1 - one) for one in margins]),
    }


UNITS = {
    "gap": ((1, -1, -0.5), (1, 1, -0.5)),
    "or-and": ((1, 1, -0.5), (1, 1, -1.5)),
    "nor-less": ((-1, -1, 0.5), (-1, 1, -0.5)),
    "and-nand": ((1, 1, -1.5), (-1, -1, 1.5)),
    "or-twice": ((1, 1, -0.5), (2, 3, -1)),
    "less-twice": ((-1, 1, -0.5), (-3, 2, -1)),
    "bits": ((-1, 0, 0.5), (0, 1, -0.5)),
    "turned": ((1, 0, -0.5), (0, -1, 0.5)),
    "swapped": ((0, -1, 0.5), (-1, 0, 0.5)),
}
NAMED = {"XOR": (0, 1, 1, 0), "AND": (0, 0, 0, 1), "NOR": (1, 0, 0, 0), "FIRST": (0, 0, 1, 0)}


def hidden_functions(v):
    """Every output unit with small whole weights is tried."""
    inputs = np.array([[0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 1]])
    h = np.array(UNITS[v["hidden"].rpartition("-")[0]]) @ inputs > 0
    weights = product((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2), (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5))
    made = {tuple((a * h[0] + b * h[1] + c > 0).astype(int)) for a, b, c in weights}
    return {
        "table.h1": h[0],
        "table.h2": h[1],
        "functions": len(made),
        "named": ", ".join(name for name, values in NAMED.items() if values in made) or "none",
    }


@pytest.mark.parametrize(
    "solve",
    [
        boundary_scale,
        hidden_functions,
        layer_sizes,
        relu_profile,
        two_two_one,
        line_or_shared_point,
        logistic_batch,
        perceptron_order,
        read_the_line,
        relu_regions,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
