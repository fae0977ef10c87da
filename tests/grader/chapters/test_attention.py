"""Chapter 9, attention and transformers."""

import re

import numpy as np
import pytest

from grader.answers import Verdict
from tests.grader.chapters import agrees
from tests.grader.chapters.slopes import slope
from tests.shipped import drawn, few


def softmax(z):
    powers = np.exp(z - z.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


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
        "layers": str(layers_until(v["l"], v["w"])),
    }


def layers_until(tokens, span):
    """How many layers in which a token sees so many places it takes from the first token to the last."""
    reached, count = 1, 0
    while reached < tokens:
        reached, count = reached + span - 1, count + 1
    return count


def layer_costs(v):
    """Loops over tokens, and over layers until they reach far enough."""
    n, d, k, w = (v[name] for name in "ndkw")

    def work(tokens):
        return {
            "attention": sum(2 * d * tokens for _ in range(tokens)),
            "recurrence": sum(d * d + d * d for _ in range(tokens)),
            "convolution": sum(k * d * d for _ in range(tokens)),
            "window": sum(2 * d * w for _ in range(tokens)),
        }

    def layers(span):
        reached, count = 1, 0
        while reached < n:
            reached, count = reached + span - 1, count + 1
        return count

    def dearer(other):
        found = min(m for m in range(1, 9999) if 2 * m > work(1)[other] / d)
        assert work(found)["attention"] > work(found)[other]
        assert work(found - 1)["attention"] <= work(found - 1)[other]
        return found

    costs = work(n)
    found = {
        "order": " ".join("abcd"[v["order"].index(one)] for one in sorted(costs, key=costs.get)),
        "reach.convolution": layers(k),
        "reach.window": layers(w),
        "dearer.recurrence": dearer("recurrence"),
        "dearer.convolution": dearer("convolution"),
        "cost.attention-number": costs["attention"],
        "cost.window-number": costs["window"],
        "waits.attention": 1,
        "waits.recurrence": "n",
        "waits.convolution": 1,
        "waits.window": 1,
    }
    formulas = {"attention": "2n^2 d", "recurrence": "2n d^2", "convolution": "k n d^2"}
    formulas["window"] = "2n w d"
    for name, text in formulas.items():
        assert eval_sizes(text, v) == costs[name]
    found |= {f"cost.{name}": text for name, text in formulas.items()}
    return {blank: str(answer) for blank, answer in found.items()}


def eval_sizes(text, sizes):
    """A product of letters, powers and a number in front."""
    total = 1
    for number, letter, power in re.findall(r"(\d+)|([a-z])(?:\^(\d))?", text):
        total *= int(number) if number else sizes[letter] ** int(power or 1)
    return total


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
        "output.projected": joined @ v["W_O"],
        "single.weights": weights,
        "single.projected": output @ v["W_O"],
        "learned": str(3 * v["h"] * v["d"] * (v["d"] // v["h"]) + v["d"] * v["d"]),
    }


def position_shift(v):
    """Codes as two numbers of the complex plane, which a shift turns."""

    def code(p):
        turned = np.exp(1j * p * np.array([v["omega_1"], v["omega_2"]]))
        return np.array([turned.imag, turned.real]).T.ravel()

    M = np.zeros((4, 4))
    for place, omega in ((0, v["omega_1"]), (2, v["omega_2"])):
        rows = np.linalg.solve(
            [code(0)[place : place + 2], code(1)[place : place + 2]],
            [code(v["k"])[place : place + 2], code(v["k"] + 1)[place : place + 2]],
        )
        M[place : place + 2, place : place + 2] = rows.T
        assert abs(np.linalg.det(rows) - 1) < 1e-9, omega
    return {
        "code": code(v["p"]),
        "shift.M": str(M.tolist()),
        "product.formula": "cos(k omega_2) + cos(-omega_1 k)",
        "product.number": code(v["q1"]) @ code(v["q2"]),
    }


def score_variance(v):
    """Laws of two numbers each, with these means and variances."""
    d, two = v["d"], np.array([-1, 1])
    q, k = (v[f"mu_{name}"] + np.sqrt(v[f"nu_{name}"]) * two for name in "qk")
    products = np.outer(q, k)
    variance = d * (np.mean(products**2) - products.mean() ** 2)
    found = {"moments.mean": "d mu_k mu_q", "moments.variance": variance}
    for blank, deviation in (("", np.sqrt(variance)), ("-scaled", np.sqrt(variance / d))):
        weights = softmax(np.array([deviation, 0]))
        found |= {f"weights.weight{blank}": weights[0], f"weights.slope{blank}": np.prod(weights)}
    second = "(mu_q^2 + nu_q) (mu_k^2 + nu_k)"
    formula = f"d ({second} - mu_q^2 mu_k^2)"
    return found | {"moments.formula": formula, "scaled.variance": variance / d}


WHERE = {
    "before": lambda i: i - 1,
    "two-before": lambda i: i - 2,
    "three-before": lambda i: i - 3,
    "after": lambda i: i + 1,
    "two-after": lambda i: i + 2,
    "three-after": lambda i: i + 3,
    "itself": lambda i: i,
    "mirror": lambda i: 9 - i,
}


def test_a_head_is_right_from_the_factor_on_that_is_computed():
    place, features = np.arange(1, 9), np.vander(np.arange(1, 9), 3, increasing=True)
    for variant in drawn("head-by-design", few(60, 8)):
        where, least = WHERE[variant.draw.choices["where"]], variant.draw.values["least"][0][0]
        rows = [i for i in place if 1 <= where(i) <= 8]
        target = np.array([[where(0), where(1) - where(0)]])  # as a number and a multiple of i
        for factor in range(1, 9):
            B = np.zeros((3, 3))
            B[:2, 1], B[0, 2] = 2 * factor * target, -factor
            weights = softmax(features @ B @ features.T)
            met = min(weights[i - 1, where(i) - 1] for i in rows)
            verdict = variant.keys["head.B"][1].mark(str(B.tolist())).verdict
            assert (verdict is Verdict.CORRECT) == (met >= least), (where, least, factor)


@pytest.mark.parametrize(
    "solve",
    [
        position_shift,
        score_variance,
        one_query_slopes,
        two_heads,
        permuted_tokens,
        masked_table,
        layer_costs,
    ],
)
def test_keys(solve, shipped):
    agrees(shipped[solve.__name__.replace("_", "-")], solve)
