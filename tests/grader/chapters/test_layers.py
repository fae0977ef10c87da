"""Exercises with layers, in whatever chapter, by loops over places and by the entries of matrices."""

import itertools
from math import prod

import pytest

from tests.grader.chapters import agrees


def starts(n, k, s, p):
    """How often a window fits into a side."""
    return len(range(-p, n + p - k + 1, s))


def first(numbers, meets):
    return next(number for number in numbers if meets(number))


def told(found):
    """Whole numbers as a student writes them."""
    return {blank: str(value) for blank, value in found.items()}


def conv_table(v):
    padding = {"small": 0, "padded": 1}[v["last"]]
    wide, last = {"plain": 3, "wide": 5}[v["third"]], {"small": 1, "padded": 3}[v["last"]]
    layers = [  # kernel, stride, padding, filters
        ("conv1", v["k"], v["s"], v["p"], v["f"]),
        ("pool", v["q"], v["r"], 0, None),
        ("conv2", wide, 1, 0, v["g"]),
        ("conv3", last, 1, padding, v["h"]),
    ]
    side, channels, seen, apart, total, found = v["n"], v["c"], [0], 1, 0, {}
    for name, k, s, p, filters in layers:
        side = starts(side, k, s, p)
        seen = sorted({place + apart * tap for place in seen for tap in range(k)})
        apart *= s
        found |= {f"layers.{name}-side": side, f"layers.{name}-field": seen[-1] + 1}
        found[f"layers.{name}-distance"] = apart
        if filters:
            weights = prod((filters, channels, k, k))
            found[f"layers.{name}-parameters"] = weights + filters
            found[f"layers.{name}-multiply-adds"] = weights * side * side
            total, channels = total + weights + filters, filters
    field = found["layers.conv2-field"]
    distance = found["layers.conv2-distance"]
    found["all"] = total + v["classes"] * (side * side * channels + 1)
    found["further"] = first(range(99), lambda m: field + 2 * m * distance >= v["reach"])
    return told(
        {b: n for b, n in found.items() if b not in ("layers.conv1-field", "layers.conv1-distance")}
    )


def same_but_cheaper(v):
    c, out, k, b, places = v["c"], v["c_out"], v["k"], v["b"], v["n"] ** 2
    weights = {
        "plain": c * out * k * k,
        "depthwise": c * k * k,
        "pointwise": c * out,
        "narrow": c * b,
        "wide": b * out * k * k,
    }
    separable = weights["depthwise"] + weights["pointwise"]
    found = {f"layers.{name}-weights": one for name, one in weights.items()}
    found |= {f"layers.{name}-multiply-adds": places * one for name, one in weights.items()}
    return told(found) | told(
        {
            "totals.separable": separable,
            "totals.bottleneck": weights["narrow"] + weights["wide"],
            "totals.separable-work": places * separable,
            "totals.bottleneck-work": places * (weights["narrow"] + weights["wide"]),
            "filters": first(range(1, 999), lambda m: (c * k * k + c * m) * v["q"] <= c * m * k * k),
            "width": first(range(999), lambda m: (m + 1) * c + (m + 1) * out * k * k > separable),
            "ratio": "(c_out + k k) / (c_out k^2)",
            "stacked.one": 25 * c * c,
            "stacked.two": 18 * c * c,
        }
    )  # fmt: skip


def receptive_gaps(v):
    taps = [range(0, v["k"] * d, d) for d in (v["a"], v["b"], v["c"])]
    seen = {sum(path) for path in itertools.product(*taps)}
    met = [sum(path) for path in itertools.product(range(v["k"]), repeat=3)]
    return {"paths": [met.count(place) for place in range(max(met) + 1)]} | told(
        {
            "field": max(seen) + 1,
            "influence": len(seen),
            "plain": first(range(99), lambda m: 1 + sum([v["k"] - 1] * m) >= v["field"]),
            "doubling": first(range(40), lambda m: 1 + sum((v["k"] - 1) * 2**i for i in range(m)) >= v["wide"]),
        }
    )  # fmt: skip


def recurrent_table(v):
    gates = {"rnn": 1, "gru": 3, "lstm": 4}
    ways = {"both": 2, "one": 1}[v["ways"]]

    def layer(kind, d, h):
        shapes = [(h, d), (h, h), (h, 1)] * gates[kind]
        matrices = sum(
            rows * columns for rows, columns in shapes if columns > 1 or (rows, columns) == (h, d)
        )
        return sum(map(prod, shapes)), v["T"] * matrices

    def both(kind, d, h, count):
        return tuple(count * one for one in layer(kind, d, h))

    parts = {
        "embedding": (v["V"] * v["d"], 0),
        "recurrent1": both(v["first"], v["d"], v["a"], ways),
        "recurrent2": both(v["second"], ways * v["a"], v["b"], 1),
        "output": (v["c"] * (v["b"] + 1), v["c"] * v["b"]),
    }
    found = {f"layers.{name}-parameters": one for name, (one, _) in parts.items()}
    found |= {f"layers.{name}-multiply-adds": one for name, (_, one) in parts.items() if one}
    limit = layer("lstm", v["d"], v["a"])[0]
    return told(found) | told(
        {
            "layers.embedding-shape": (v["T"], v["d"]),
            "layers.recurrent1-shape": (v["T"], ways * v["a"]),
            "totals.parameters": sum(one for one, _ in parts.values()),
            "totals.multiply-adds": sum(one for _, one in parts.values()),
            "widest": first(range(999), lambda m: layer("gru", v["d"], m + 1)[0] > limit),
        }
    )


def transformer_table(v):
    n, d, wide, blocks, biased = v["n"], v["d"], v["r"] * v["d"], v["B"], v["bias"] == "with"
    attention = sum(d * d + biased * d for _ in range(4))
    mlp = d * wide + wide * d + biased * (wide + d)
    scores = 2 * sum(n * n * (d // v["h"]) for _ in range(v["h"]))
    work = n * 4 * d * d + scores, n * 2 * d * wide
    own = v["V"] * d if v["tied"] == "own" else 0
    total = v["V"] * d + n * d + blocks * (attention + mlp + 4 * d) + 2 * d + own
    cached = 2 * 2 * n * blocks * (d // v["h"])
    return told(
        {
            "parts.embedding-parameters": v["V"] * d,
            "parts.positions-parameters": n * d,
            "parts.attention-parameters": attention,
            "parts.attention-multiply-adds": work[0],
            "parts.mlp-parameters": mlp,
            "parts.mlp-multiply-adds": work[1],
            "parts.norm_1-parameters": 2 * d,
            "parts.output-multiply-adds": n * d * v["V"],
            "split.matrices": work[0] - scores,
            "split.scores": scores,
            "totals.parameters": total,
            "totals.multiply-adds": blocks * sum(work) + n * d * v["V"],
            "cache.all": cached * v["h"],
            "cache.few": cached * v["g"],
            "crossing": first(range(1, 9999), lambda m: 2 * m * m * d >= 2 * m * d * wide),
            "training": 6 * total * v["D"] * 10**6,
        }
    )


def count_the_backward(v):
    widths = [v["a"], v["b"], v["c"], v["d"], *([v["e"]] if v["depth"] == "four" else [])]
    products = [one * other for one, other in itertools.pairwise(widths)]
    above = [v["c"], *products[2:]]
    found = {"one_weight.weights": sum(above), "one_weight.paths": prod(widths[2:])}
    for number, one in enumerate(products, start=1):
        kinds = ["forward", "weight_gradient", *(["input_gradient"] if number > 1 else [])]
        found |= {f"layers.layer{number}-{kind}": one for kind in kinds}
    backward = dict.fromkeys(("backward", "frozen.first", "frozen.others"), 0)
    for number, one in enumerate(products, start=1):
        backward["backward"] += one + (one if number > 1 else 0)
        backward["frozen.first"] += (one if number > 1 else 0) + (one if number > 2 else 0)
        backward["frozen.others"] += one
    return told(found | backward)


def shapes_by_letters(v):
    kind = v["kind"]
    s, p = 1 if kind == "plain" else v["s"], v["p"] if kind == "padded" else 0
    side = starts(v["n"], v["k"], s, p)
    half = len(range(0, side - 1, 2))
    formula = {
        "plain": "n - k + 1",
        "strided": "(n - k) // s + 1",
        "padded": "(n + 2*p - k) // s + 1",
    }[kind]
    assert eval(formula, {"__builtins__": {}}, dict(v)) == side
    return {
        "shapes.Z": f"(m, f, {formula}, {formula})",
        "shapes.P": f"(m, f, ({formula}) // 2, ({formula}) // 2)",
        "parameters": "f c k^2 + f",
        "pooled.numbers": str(v["m"] * v["f"] * half * half),
    }


ORACLES = {
    "shapes-by-letters": shapes_by_letters,
    "conv-table": conv_table,
    "same-but-cheaper": same_but_cheaper,
    "receptive-gaps": receptive_gaps,
    "recurrent-table": recurrent_table,
    "transformer-table": transformer_table,
    "count-the-backward": count_the_backward,
}


@pytest.mark.parametrize("name", ORACLES)
def test_against_loops_and_matrices(name, shipped):
    agrees(shipped[name], ORACLES[name])
