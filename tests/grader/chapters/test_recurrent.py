"""Chapter 8, recurrent networks."""

from itertools import pairwise

import numpy as np
import pytest

from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rnn_one_weight(v):
    function = {"tanh": np.tanh, "sigmoid": sigmoid}[v["function"]]
    early = {"first": 1, "second": 2, "third": 3}[v["early"]]

    def states(uses, u=v["u"]):
        found = [v["s_0"]]
        for t, w in enumerate(uses, 1):
            found.append(function(w * found[-1] + u * v[f"x_{t}"]))
        return found

    def loss(uses, u=v["u"]):
        found = states(uses, u)
        return sum((v["v"] * found[t] - v[f"y_{t}"]) ** 2 / 2 for t in (early, 4))

    uses = np.full(4, v["w"])
    each = slope(loss, uses)
    return {
        **{f"states.s_{t}": states(uses)[t] for t in range(1, 5)},
        "loss": loss(uses),
        **{f"uses.use_{t}": each[t - 1] for t in range(1, 5)},
        "sums.w": each.sum(),
        "sums.u": slope(lambda u: loss(uses, u), v["u"]),
        "sums.truncated": each[2:].sum(),
        "step.w": v["w"] - v["alpha"] * each.sum(),
        "unrolled.arrows": 2 * v["n"] + v["k"],
        "unrolled.weights": 3,
    }


def lstm_memory(v):
    def gates(h, x):
        sums = {g: v[f"u_{g}"] * h + v[f"w_{g}"] * x + v[f"b_{g}"] for g in "fiog"}
        return [np.tanh(z) if g == "g" else sigmoid(z) for g, z in sums.items()]

    def run(c, h=v["h_0"]):
        found = {}
        for t in (1, 2):
            f, i, o, g = gates(h, v[f"x_{t}"])
            c = f * c + i * g
            h = o * np.tanh(c)
            found |= {f"f_{t}": f, f"i_{t}": i, f"o_{t}": o, f"g_{t}": g, f"c_{t}": c, f"h_{t}": h}
        return found

    found = run(v["c_0"])
    return {
        **{f"first.{name}_1": found[f"{name}_1"] for name in "fiogch"},
        **{f"second.{name}_2": found[f"{name}_2"] for name in "fiogch"},
        "memory.cells": found["f_1"] * found["f_2"],
        "memory.all": slope(lambda c: run(c)["c_2"], v["c_0"]),
        "half": -np.log(2 ** (1 / v["n"]) - 1),
    }


def gru_copy(v):
    def step(h, b_z=v["b_z"]):
        z, r = (
            sigmoid(v[f"w_{g}"] * v["x"] + v[f"u_{g}"] * h + b)
            for g, b in (("z", b_z), ("r", v["b_r"]))
        )
        inner = {
            "before": v["u_n"] * (r * h) + v["b_n"],
            "after": r * (v["u_n"] * h + v["b_n"]),
        }[v["reset"]]
        n = np.tanh(v["w_n"] * v["x"] + inner)
        new = {"rest": h + z * (n - h), "gate": n + z * (h - n)}[v["keep"]]
        return z, r, n, new

    z, r, n, new = step(v["h"])
    wanted = {"rest": 0.01, "gate": 0.99}[v["keep"]]
    bias = np.log(wanted) - np.log(1 - wanted) - v["w_z"] * v["x"] - v["u_z"] * v["h"]
    return {
        "forward.z": z,
        "forward.r": r,
        "forward.n": n,
        "forward.h_new": new,
        "slope": slope(lambda h: step(h)[3], v["h"]),
        "keep.bias": bias,
        "keep.below": 1 - slope(lambda h: step(h, bias)[3], v["h"]),
    }


def beam_against_greedy(v):
    k, m = v["k"], 1 - v["k"] - v["l"]
    second = (k, v["l"], m) if v["turn"] else (m, v["l"], k)
    rows = [(v["g"], v["h"], 1 - v["g"] - v["h"]), second, v["c_3"]]
    role = {int(name) - 1: place for place, name in enumerate(v["q"])}
    first = (v["u_1"], v["u_2"], 1 - v["u_1"] - v["u_2"])

    def probability(text):
        roles = [role[name] for name in text]
        return first[roles[0]] * np.prod([rows[one][other] for one, other in pairwise(roles)])

    def kept(beam):
        found = [()]
        for _ in range(3):
            longer = [(*text, name) for text in found for name in range(3)]
            found = sorted(longer, key=probability)[-beam:]
        return found[-1]

    greedy, beam, best = kept(1), kept(2), kept(27)
    shown = {"greedy": greedy, "beam": beam, "best": best}
    return {
        **{name: "".join("ABC"[one] for one in text) for name, text in shown.items()},
        "greedy.probability": probability(greedy),
        "beam.probability": probability(beam),
        "best.logarithm": np.log(probability(best)),
        "found": {"luck", "spared"} if beam == best else {"struck", "dropped"},
    }


def gradient_directions(v):
    turned = v["p"] * np.diag([1, -1]) + v["q"] * np.eye(2)[::-1]
    W = v["alpha"] * np.eye(2) + v["beta"] * turned
    steps = {"eight": 8, "ten": 10, "twelve": 12}[v["steps"]]
    smaller, larger = np.linalg.eigvalsh(W)
    gradient = np.linalg.matrix_power(W, steps) @ v["r"]
    return {
        "growth.larger": larger,
        "growth.smaller": smaller,
        "growth.factor": larger**steps,
        "slopes": 1 / larger,
        "clipped.gradient": gradient,
        "clipped.clipped": gradient / np.hypot(*gradient),
    }


def bigram_perplexity(v):
    def pairs(text):
        return [*pairwise(int(token) - 1 for token in text)]

    counts = np.zeros((3, 3))
    np.add.at(counts, tuple(np.transpose(pairs(v["t"]))), 1)
    table = (counts + v["k"]) / (counts + v["k"]).sum(1, keepdims=True)
    steps = [table[pair] for pair in pairs(v["r"])]
    return {
        "table.counts": counts,
        "table.table": table,
        "second.bits": -np.mean(np.log2(steps)),
        "second.perplexity": np.prod(steps) ** -0.25,
    }


KEPT = {"residual": "r_{t+1}", "leaky": "(1 - lambda) r_{t+1}"}  # what goes back around g


def bptt_any_length(v):
    skip, form = v["form"] == "skip", v["form"]
    slope = "(r_t ⊙ g'(z_t))" if form != "leaky" else "(lambda r_t ⊙ g'(z_t))"
    later = slope.replace("_t", "_{t+1}")
    state = {"skip": "", "residual": "v + ", "leaky": "(1 - lambda) v + "}[form]
    other = "sum_{t=3}^T SLOPE s_{t-2}^T" if skip else "sum_{t=1}^T SLOPE x_t^T"
    behind = f"V^T {slope.replace('_t', '_{t+2}')}" if skip else KEPT[form]
    paths = {1: 1, 2: 1 if skip else 2}
    for step in range(3, int(v["n"]) + 1):
        paths[step] = paths[step - 1] + paths[step - 2] if skip else 2 * paths[step - 1]
    return {
        "back": f"e_t + W^T {later} + {behind}",
        "weights.W": f"\\sum_{{t=2}}^{{T}} {slope} s_{{t-1}}^\\top",
        f"weights.{'V' if skip else 'U'}": other.replace("SLOPE", slope),
        "once": f"{state}W^T {slope.replace('r_t', 'v')}",
        "paths": paths[int(v["n"])],
    }


@pytest.mark.parametrize("form", ["skip", "residual", "leaky"])
def test_those_formulas_back_through_time_against_differences(form):
    generator = np.random.default_rng(7)
    steps, size, leak = 6, 3, 0.3
    W, V = generator.normal(size=(2, size, size))
    drive, e = generator.normal(size=(2, steps + 3, size))

    def states(W):
        s, z = np.zeros((2, steps + 3, size), W.dtype)
        for t in range(1, steps + 1):
            skipped = V @ s[t - 2] if form == "skip" and t > 2 else 0
            z[t] = W @ s[t - 1] + skipped + drive[t]
            kept = {"skip": 0, "residual": s[t - 1], "leaky": (1 - leak) * s[t - 1]}[form]
            s[t] = kept + (leak if form == "leaky" else 1) * np.tanh(z[t])
        return s, z

    s, z = states(W)
    slopes = (1 - np.tanh(z) ** 2) * (leak if form == "leaky" else 1)
    e[steps + 1 :] = 0
    r = np.zeros_like(s)
    for t in range(steps, 0, -1):
        around = {
            "skip": V.T @ (r[t + 2] * slopes[t + 2]),
            "residual": r[t + 1],
            "leaky": (1 - leak) * r[t + 1],
        }
        r[t] = e[t] + W.T @ (r[t + 1] * slopes[t + 1]) + around[form]
    found = sum(np.outer(r[t] * slopes[t], s[t - 1]) for t in range(2, steps + 1))
    expected = slope(lambda W: (e * states(W)[0]).sum(), W)
    np.testing.assert_allclose(found, expected, 1e-6, 1e-6)


def lstm_four_steps(v):
    def run(start=None, last_cell=None):
        """From the state and cell of step 3 where they are given, else from the first step."""
        s, c, first = (0, 0, 1) if start is None else (*start, 4)
        found = []
        for t in range(first, 5):
            z = {
                gate: v[weight] * s + v[f"x_{t}"]
                for gate, weight in zip("fiog", "ABCD", strict=True)
            }
            c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["g"])
            c = c if last_cell is None or t < 4 else last_cell
            s = sigmoid(z["o"]) * np.tanh(c)
            found.append((s, c))
        return found, (s - v["y"]) ** 2 / 2

    found, loss = run()
    slope_of = "tanh(c_t) ⊙ o_t ⊙ (1 - o_t)"
    return {
        **{f"forward.s_{t}": found[t - 1][0] for t in (1, 4)},
        **{f"forward.c_{t}": found[t - 1][1] for t in (1, 4)},
        "forward.L": loss,
        "backward.a_4": slope(lambda c: run(last_cell=c)[1], found[3][1]),
        "backward.r_3": slope(lambda s: run(start=(s, found[2][1]))[1], found[2][0]),
        "cell": "a_{t+1} ⊙ f_{t+1} + r_t ⊙ o_t - r_t ⊙ o_t ⊙ tanh(c_t) ⊙ tanh(c_t)",
        "weights.A": r"\sum_{k=2}^{T} a_k \odot c_{k-1} \odot (f_k - f_k^2) s_{k-1}^\top",
        "weights.C": f"sum_{{t=2}}^{{T}} diag(r_t) @ ({slope_of}) s_{{t-1}}^T",
        "gate": "c^{(t-1)}_j a^{(t)}_j",
        "entry.D": "sum_t (1 - g[t,j]) (1 + g[t,j]) s[t-1,k] i[t,j] a[t,j]",
    }


SOLVED = [
    rnn_one_weight,
    lstm_memory,
    gru_copy,
    beam_against_greedy,
    gradient_directions,
    bigram_perplexity,
    bptt_any_length,
    lstm_four_steps,
]


@pytest.mark.parametrize("solve", SOLVED)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
