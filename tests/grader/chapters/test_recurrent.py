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


@pytest.mark.parametrize("solve", [rnn_one_weight, lstm_memory, gru_copy, beam_against_greedy])
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
