"""Chapter 9, attention and transformers."""

import numpy as np
import pytest

from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope


def softmax(z):
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def permuted_tokens(v):
    """With a mask, an output is known where the token sees the same tokens as before."""
    text = {name: f"({v[name][0]:.10f}, {v[name][1]:.10f})" for name in "abc"}
    mean = (v["a"] + v["b"] + v["c"]) / 3
    found = {"mean": f"({mean[0]:.10f}, {mean[1]:.10f})"}
    for place, blank in enumerate(("first", "second", "third")):
        order = v["masked"]
        seen = {*order[: place + 1]} == {*"abc"[: "abc".index(order[place]) + 1]}
        found[f"free.{blank}"] = text[v["free"][place]]
        found[f"masked.{blank}"] = text[order[place]] if seen else "not determined"
    return found


MASKS = {
    "causal": lambda i, j: j <= i,
    "window": lambda i, j: i - 1 <= j <= i,
    "near": lambda i, j: abs(i - j) <= 1,
    "prefix": lambda i, j: j <= i or j <= 1,
}


def masked_table(v):
    allowed = np.array([[MASKS[v["mask"]](i, j) for j in range(4)] for i in range(4)])
    weights = softmax(np.where(allowed, v["S"], -np.inf))
    place = int(v["j"]) - 1
    return {
        "table.weights": weights,
        "table.outputs": weights @ v["v"],
        "reach": ", ".join(str(i + 1) for i in range(4) if allowed[i, place]),
        "change": weights[:, place],
        "allowed": allowed.sum(),
    }


def one_query_slopes(v):
    def output(scores):
        return softmax(scores) @ v["V"]

    scores = v["K"] @ v["q"] / 2
    return {
        "forward.s": scores,
        "forward.a": softmax(scores),
        "forward.o": output(scores),
        "formula": "a ⊙ u - r a",
        "lower": ", ".join(
            str(1 + i) for i in np.flatnonzero(slope(lambda s: output(s)[0], scores) < 0)
        )
        or "none",
        "slopes.first": slope(lambda s: output(s)[0], scores),
        "slopes.second": slope(lambda s: output(s)[1], scores),
        "query": slope(lambda q: output(v["K"] @ q / 2)[0], v["q"]),
    }


def two_heads(v):
    def attend(X):
        weights = softmax(X @ X.T / np.sqrt(X.shape[1]))
        return weights, weights @ X

    heads = [attend(part) for part in np.split(v["X"], 2, axis=1)]
    joined = np.hstack([output for _, output in heads])
    weights, output = attend(v["X"])
    return {
        "weights.head_1": heads[0][0],
        "weights.head_2": heads[1][0],
        "output.joined": joined,
        "output.result": joined @ v["W_O"],
        "single.weights": weights,
        "single.result": output @ v["W_O"],
    }


@pytest.mark.parametrize("solve", [one_query_slopes, two_heads, permuted_tokens, masked_table])
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
