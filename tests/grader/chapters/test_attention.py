"""Chapter 9, attention and transformers."""

import numpy as np
import pytest

from tests.grader.chapters import agrees


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


@pytest.mark.parametrize("solve", [permuted_tokens, masked_table])
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
