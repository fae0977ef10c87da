"""Chapter 5, initialisation and normalisation."""

from itertools import pairwise

import numpy as np
import pytest

from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope


def cross_entropy(shares, logits):
    return np.log(np.exp(logits).sum()) - shares @ logits


def standard(x, among=None):
    among = x if among is None else among
    return (x - among.mean()) / among.std()


def deviation(x):
    return np.sqrt(((x - x.mean()) ** 2).mean())


def first_loss(v):
    shares, zero = v["n"] / v["n"].sum(), np.zeros(v["K"])
    gradient = slope(lambda b: cross_entropy(shares, b), zero)
    best = np.log(v["n"]) - np.log(v["n"][0])
    return {
        "start": np.log(v["K"]),
        "gradient.b": gradient,
        "least": cross_entropy(shares, best),
        "step": cross_entropy(shares, -v["alpha"] * gradient),
    }


def norm_three_paths(v):
    x, g, gamma = v["x"], v["g"], v["gamma"]

    def loss(x, mean, spread):
        return g @ (gamma * (x - mean) / spread)

    by_spread = slope(lambda spread: loss(x, x.mean(), spread), deviation(x))
    return {
        "forward.xhat": standard(x),
        "forward.y": gamma * standard(x) + v["beta"],
        "paths.direct": slope(lambda moved: loss(moved, x.mean(), x.std()), x),
        "paths.mean": slope(lambda moved: loss(x, moved.mean(), x.std()), x)[0],
        "paths.deviation": by_spread * slope(deviation, x),
        "paths.sum": slope(lambda moved: loss(moved, moved.mean(), deviation(moved)), x),
        "parameters.gamma": g @ standard(x),
        "parameters.beta": g.sum(),
    }


def train_or_test_norm(v):
    mean, variance, r = v["m_0"], v["v_0"], v["r"]
    for batch in (v["B1"], v["B2"]):
        mean, variance = r * mean + (1 - r) * batch.mean(), r * variance + (1 - r) * batch.var()

    def test(z):
        return v["gamma"] * (z - mean) / np.sqrt(variance) + v["beta"]

    further, moved = 0, mean
    while moved <= v["c"]:
        further, moved = further + 1, r * moved + (1 - r) * v["B2"].mean()
    return {
        "further": further,
        "stored.mean": mean,
        "stored.variance": variance,
        "output.training": v["gamma"] * standard(v["B2"])[2] + v["beta"],
        "output.test": test(v["B2"][2]),
        "folded.weight": test(v["w"] + v["b"]) - test(v["b"]),
        "folded.bias": test(v["b"]),
    }


def which_axis(v):
    row, column = {"end": (0, 2), "start": (1, 0), "middle": (0, 1)}[v["chosen"]]
    small, changed = np.stack([v["X1"], v["X2"]]), np.stack([v["X1"], v["c"] * v["X2"]])
    among = {"batch": np.s_[:, row], "layer": np.s_[0], "instance": np.s_[0, row]}
    large = np.zeros((v["N"], v["C"], v["H"], v["W"]))
    groups = large.reshape(v["N"], v["G"], -1, v["H"], v["W"])
    means = {
        "batch": large.mean((0, 2, 3)).size,
        "layer": large.mean((1, 2, 3)).size,
        "instance": large.mean((2, 3)).size,
        "group": groups.mean((2, 3, 4)).size,
    }
    entry = v["X1"][row, column]
    return {
        **{f"means.{kind}": number for kind, number in means.items()},
        **{f"entries.{kind}": large.size / number for kind, number in means.items()},
        **{f"small.{kind}": standard(entry, small[place]) for kind, place in among.items()},
        **{f"tripled.{kind}": standard(entry, changed[place]) for kind, place in among.items()},
    }


def scale_before_norm(v):
    w, alpha, k = v["w"], v["alpha"], v["k"]

    def output(w):
        z = w @ v["X"] + v["b"]
        return (z - z.mean()) / deviation(z)

    def gradient(w):
        return slope(lambda at: ((output(at) - v["t"].ravel()) ** 2).mean() / 2, w)

    def turn(w):
        after = w - alpha * gradient(w)
        return np.degrees(np.arccos(w @ after / np.hypot(*w) / np.hypot(*after)))

    return {
        "gradients.output": output(w),
        "gradients.here": gradient(w),
        "gradients.scaled": gradient(k * w),
        "step.length": np.hypot(*(w - alpha * gradient(w))),
        "step.turn": turn(w),
        "step.turn_k": turn(k * w),
        "step.rate": alpha * k**2,
    }


def variance_both_ways(v):
    rule = {
        "both": lambda n, m: 2 / (n + m),
        "three": lambda n, m: 3 / (n + m),
        "four": lambda n, m: 4 / (n + m),
        "root": lambda n, m: 1 / np.sqrt(n * m),
    }[v["rule"]]
    widths = [v[f"n_{place}"] for place in range(4)]
    share = {"relu": 0.5, "linear": 1}[v["activation"]]
    there = np.cumprod([n * rule(n, m) for n, m in pairwise(widths)]) * share ** np.arange(3)
    back = np.cumprod([m * rule(n, m) * share for n, m in [*pairwise(widths)][:0:-1]])
    return {
        **{f"ways.z{place}-there": value for place, value in enumerate(there, 1)},
        "ways.z2-back": back[0],
        "ways.z1-back": back[1],
        "kept.there": f"1 / ({share} n)",
        "kept.back": f"1 / ({share} m)",
        "second.there": 1 / share / widths[1],
        "second.back": 1 / share / widths[2],
    }


def symmetric_start(v):
    function = {"tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}[v["activation"]]
    r = np.array([v["r_1"], v["r_2"], v["r_1"]])

    def derivatives(W, out):
        at = {"W": W, "b": np.zeros(3), "v": out, "c": np.zeros(1)}

        def loss(name, value):
            own = {**at, name: value}
            y = own["v"] @ function(own["W"] @ v["X"] + own["b"][:, None]) + own["c"]
            return ((y - v["t"].ravel()) ** 2).mean() / 2

        return {name: slope(lambda x, one=name: loss(one, x), value) for name, value in at.items()}

    def moving(found):
        return ", ".join(name for name, value in found.items() if abs(value).max() > 1e-9)

    half, zero = np.full((3, 2), 0.5), np.zeros((3, 2))
    return {
        "first.A": moving(derivatives(zero, np.zeros(3))),
        "first.D": moving(derivatives(zero, r)),
        "weights.C": derivatives(half, v["q"].ravel())["W"],
        "weights.D": derivatives(zero, r)["W"],
    }


@pytest.mark.parametrize(
    "solve",
    [
        symmetric_start,
        first_loss,
        norm_three_paths,
        train_or_test_norm,
        which_axis,
        scale_before_norm,
        variance_both_ways,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
