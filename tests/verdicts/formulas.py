"""The formulas of the bank, worked out by hand, with points that satisfy the equations of each exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from tests.verdicts.trees import (
    FUNCTIONS,
    Array,
    Points,
    Tree,
    both,
    call,
    entry,
    name,
    names,
    same_index,
    sigmoid,
    total,
)

COUNT = 600  # points
Choices = Mapping[str, str]


class Asked(NamedTuple):
    """The keys of an exercise: blank → formula, blank → names that it may be written in; and points, some for some blanks."""

    keys: Mapping[str, Tree]
    allowed: Mapping[str, str]
    points: Points
    apart: Mapping[str, Points] = {}


class Chance:
    """Random arrays (points, rows, columns)."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.Generator(np.random.PCG64(seed))

    def normal(self, rows: int = 1, columns: int = 1) -> Array:
        return self.random.normal(0, 1, (COUNT, rows, columns))

    def positive(self) -> Array:
        return np.exp(self.random.normal(0, 0.5, (COUNT, 1, 1)))

    def near_zero(self, rows: int = 1, columns: int = 1) -> Array:
        """Of every size from 1e-9 to 30, so that a step is seen where it is."""
        shape = (COUNT, rows, columns)
        sizes = 10 ** self.random.uniform(-9, 1.5, shape)
        return sizes * self.random.choice([-1.0, 1.0], shape)

    def binary(self, rows: int = 1) -> Array:
        return self.random.integers(0, 2, (COUNT, rows, 1)).astype(float)

    def one_hot(self, rows: int) -> Array:
        return np.eye(rows)[self.random.integers(0, rows, COUNT)][:, :, None]

    def places(self, count: int, rows: int) -> Array:
        """(count, points): places that differ."""
        return np.array([self.random.permutation(rows)[:count] for _ in range(COUNT)]).T


def softmax(x: Array) -> Array:
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def unit_derivatives(choices: Choices, chance: Chance) -> Asked:
    x, w, b = names("x w b")
    slope = {
        "relu": 1 * (x > 0),
        "leaky": (x > 0) + Fraction(1, 10) * (x < 0),
        "leakier": (x > 0) + Fraction(1, 5) * (x < 0),
        "shifted": 1 * (x > 1),
        "mirrored": -(x < 0),
        "absolute": (x > 0) - (x < 0),
        "doubled": 2 * (x > 0),
        "capped": 1 * (x < 1),
    }[choices["activation"]]
    by_x, by_w = {
        "w x": (w, x),
        "b - w x": (-w, -x),
        "2 w x + b": (2 * w, 2 * x),
        "b - 2 w x": (-2 * w, -2 * x),
        "(w x + b) / 2": (w / 2, x / 2),
        "(b - w x) / 2": (-w / 2, -x / 2),
        "3 w x - b": (3 * w, 3 * x),
        "b w x": (b * w, b * x),
    }[choices["linear"]]
    at = 1.0 if choices["activation"] in ("shifted", "capped") else 0.0
    points = Points({"x": chance.near_zero() + at, "w": chance.normal(), "b": chance.normal()})
    keys = {"relu": slope, "linear_input": by_x, "linear_weight": by_w}
    linear = "x w b" if "b" in choices["linear"] else "x w"
    return Asked(keys, {"relu": "x", "linear_input": linear, "linear_weight": linear}, points)


def two_class_softmax(choices: Choices, chance: Chance) -> Asked:
    y1, y2, temperature = names("y1 y2 T")
    factor, scale = {
        "plain": (None, lambda y: y),
        "double": (2, lambda y: 2 * y),
        "energies": (-1, lambda y: -y),
        "temperature": (1 / temperature, lambda y: y / temperature),
    }[choices["scale"]]
    e1, e2 = call("exp", scale(y1)), call("exp", scale(y2))
    product = e1 * e2 / (e1 + e2) ** 2
    product = product if factor is None else factor * product
    key = product if choices["of"][1] == choices["by"][1] else -product
    points = Points({"y1": chance.normal(), "y2": chance.normal(), "T": chance.positive()})
    allowed = "y1 y2 T" if choices["scale"] == "temperature" else "y1 y2"
    return Asked({"derivative": key}, {"derivative": allowed}, points)


def softmax_binary_losses(choices: Choices, chance: Chance) -> Asked:
    s, a, k = entry("s", "j"), entry("a", "j"), same_index("j", "k")
    by_s = {
        "both": (s - a) / (s * (1 - s)),
        "positives": -a / s,
        "negatives": (1 - a) / (1 - s),
        "squares": s - a,
        "mean": (s - a) / (s * (1 - s)) / name("K"),
    }[choices["loss"]]
    factor = {"x": None, "2 * x": 2, "-x": -1, "x / 2": Fraction(1, 2)}[choices["logits"]]
    body = by_s * s * (k - entry("s", "k"))
    key = total("j", body) if factor is None else factor * total("j", body)
    values = {"s": softmax(chance.normal(4)), "a": chance.binary(4), "K": np.full((1, 1, 1), 4.0)}
    points = Points(values, {"k": chance.places(1, 4)[0]})
    return Asked({"gradient": key}, {"gradient": "s_k a_k"}, points)


def softmax_cross_entropy(choices: Choices, chance: Chance) -> Asked:
    temperature = name("T")
    factor = {
        "plain": None,
        "double": 2,
        "triple": 3,
        "half": Fraction(1, 2),
        "energies": -1,
        "temperature": 1 / temperature,
        "cold-energies": -1 / temperature,
    }[choices["logits"]]
    p, y = entry("P", "i"), entry("y", "i")
    others = total("j", (entry("P", "j") - entry("y", "j")) * entry("P", "j"))
    loss = {
        "cross-entropy": p - y,
        "weighted": name("c") * (p - y),
        "squared": p * (p - y - others),
    }[choices["loss"]]
    keys = {"same": p * (1 - p), "other": -p * entry("P", "j"), "loss": loss}
    if factor is not None:
        keys = {blank: factor * key for blank, key in keys.items()}
    i, j = chance.places(2, 4)
    values = {"P": softmax(chance.normal(4)), "y": chance.one_hot(4)}
    points = Points({**values, "T": chance.positive(), "c": chance.positive()}, {"i": i, "j": j})
    more = " T" if "temperature" in choices["logits"] or "cold" in choices["logits"] else ""
    allowed = {
        "same": "P_i" + more,
        "other": "P_i P_j" + more,
        "loss": "P_i y_i" + more + (" c" if choices["loss"] == "weighted" else ""),
    }
    return Asked(keys, allowed, points)


SLOPES: dict[str, Callable[[Tree, Tree], Tree]] = {  # of the pre-activation and the activation
    "relu": lambda z, a: 1 * (z > 0),
    "leaky": lambda z, a: (z > 0) + Fraction(1, 100) * (z < 0),
    "leakier": lambda z, a: (z > 0) + Fraction(1, 10) * (z < 0),
    "tanh": lambda z, a: 1 - a**2,
    "sigmoid": lambda z, a: a * (1 - a),
}
VALUES: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky": lambda z: np.where(z > 0, z, 0.01 * z),
    "leakier": lambda z: np.where(z > 0, z, 0.1 * z),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
}


def softmax_network(choices: Choices, chance: Chance) -> Asked:
    factor = {
        "plain": None,
        "double": 2,
        "half": Fraction(1, 2),
        "energies": -1,
        "triple": 3,
        "third": Fraction(1, 3),
        "double-energies": -2,
        "half-energies": Fraction(-1, 2),
    }[choices["logits"]]
    yk, yi = entry("yhat", "k"), entry("yhat", "i")
    keys = {"same": yk * (1 - yk), "other": -yk * yi, "loss.same": yk - 1, "loss.other": yi}
    if factor is not None:
        keys = {blank: factor * key for blank, key in keys.items()}
    z1, a1, x, d0, d1, d2 = names("z1 a1 x delta0 delta1 delta2")
    keys["delta1"] = name("W2")
    keys["delta2"] = SLOPES[choices["activation"]](z1, a1)
    keys["first_layer.b1"] = both(d1.T @ d0, d2)
    keys["first_layer.W1"] = both(d1.T @ d0, d2) @ x.T
    z = (
        chance.near_zero(3)
        if choices["activation"] in ("relu", "leaky", "leakier")
        else chance.normal(3)
    )
    w2 = chance.normal(4, 3)
    values = {
        "z1": z,
        "a1": VALUES[choices["activation"]](z),
        "W1": chance.normal(3, 5),
        "b1": chance.normal(3),
        "W2": w2,
        "b2": chance.normal(4),
        "x": chance.normal(5),
        "yhat": softmax(chance.normal(4)),
        "delta0": chance.normal(4),
        "delta1": w2,
        "delta2": chance.normal(3),
    }
    k, i = chance.places(2, 4)
    allowed = {
        **dict.fromkeys(("same", "loss.same"), "yhat_k"),
        **dict.fromkeys(("other", "loss.other"), "yhat_k yhat_i"),
        "delta1": "W1 W2",
        "delta2": "z1 a1",
        "first_layer.b1": "x delta0 delta1 delta2",
        "first_layer.W1": "x delta0 delta1 delta2",
    }
    return Asked(keys, allowed, Points(values, {"k": k, "i": i}))


def skip_connection(choices: Choices, chance: Chance) -> Asked:
    first, second = {
        "abstract": ("g0", "g1"),
        "tanh": ("tanh", "g1"),
        "sigmoid": ("g0", "sigmoid"),
        "both": ("sigmoid", "tanh"),
    }[choices["activations"]]
    x, w0, b0, z0, h0, w1, b1, z1, h1, w2, w3, b2, y, z2, slope = names(
        "x w0 b0 z0 h0 w1 b1 z1 h1 w2 w3 b2 y z2 L'"
    )
    hidden = choices["shortcut"] == "from-hidden"
    around = w3 * (h0 if hidden else x)
    ends = {"tanh": lambda z, h: 1 - h**2, "sigmoid": lambda z, h: h * (1 - h)}
    s0 = ends[first](z0, h0) if first in ends else call(f"{first}'", z0)
    s1 = ends[second](z1, h1) if second in ends else call(f"{second}'", z1)
    by_h0 = slope * w2 * s1 * w1 + slope * w3 if hidden else slope * w2 * s1 * w1
    keys = {
        "forward.z0": w0 * x + b0,
        "forward.h0": call(first, z0),
        "forward.z1": w1 * h0 + b1,
        "forward.h1": call(second, z1),
        "forward.z2": w2 * h1 + around + b2 if choices["bias"] == "with" else w2 * h1 + around,
        "loss": (z2 > y) - (z2 < y) if choices["loss"] == "absolute" else z2 - y,
        "gradients.w0": by_h0 * s0 * x,
        "gradients.w1": slope * w2 * s1 * h0,
        "gradients.w2": slope * h1,
        "gradients.w3": slope * (h0 if hidden else x),
        "gradients.b0": by_h0 * s0,
        "gradients.b1": slope * w2 * s1,
    }
    if choices["bias"] == "with":
        keys["gradients.b2"] = 1 * slope
    else:
        keys["gradients.h1"] = slope * w2
    v = {one: chance.normal() for one in ["x", "w0", "b0", "w1", "b1", "w2", "w3", "b2", "L'"]}
    v["z0"] = v["w0"] * v["x"] + v["b0"]
    v["h0"] = FUNCTIONS[first](v["z0"])
    v["z1"] = v["w1"] * v["h0"] + v["b1"]
    v["h1"] = FUNCTIONS[second](v["z1"])
    bias = v["b2"] if choices["bias"] == "with" else 0
    v["z2"] = v["w2"] * v["h1"] + v["w3"] * (v["h0"] if hidden else v["x"]) + bias
    v["y"] = v["z2"] - chance.near_zero()
    before = "x w0 b0 z0 h0 w1 b1 z1 h1 w2 w3" + (" b2" if choices["bias"] == "with" else "")
    allowed = {
        blank: before if "forward" in blank else "x w0 w1 w2 w3 z0 h0 z1 h1 L'" for blank in keys
    }
    return Asked(keys, {**allowed, "loss": "y z2"}, Points(v))


def shortcut_network(choices: Choices, chance: Chance) -> Asked:
    x, y, yhat, z1, a1, w2 = names("x y yhat z1 a1 W2")
    many = choices["output"] == "classes"
    error = yhat - y if many else (yhat - y) * yhat * (1 - yhat)
    slope = SLOPES[choices["activation"]](z1, a1)
    by_a1 = w2.T @ error if many else error * w2.T
    back = both(by_a1, slope)
    outer = (lambda by: error @ by.T) if many else (lambda by: error * by.T)
    second = "b2" if choices["bias"] == "both" else "z2"
    first = "z1" if choices["bias"] == "neither" else "b1"
    last = ("W", outer(x)) if choices["shortcut"] == "with" else ("a1", by_a1)
    by = {second: 1 * error, "W2": outer(a1), last[0]: last[1], first: back, "W1": back @ x.T}
    keys = {f"gradients.{name}": one for name, one in by.items()}
    z = chance.near_zero(3) if choices["activation"] == "relu" else chance.normal(3)
    values = {
        "x": chance.normal(5),
        "z1": z,
        "a1": VALUES[choices["activation"]](z),
        "W2": chance.normal(4 if many else 1, 3),
        "yhat": softmax(chance.normal(4)) if many else sigmoid(chance.normal()),
        "y": chance.one_hot(4) if many else chance.binary(),
    }
    keys["parameters"] = parameters(choices)
    sizes = {
        one: chance.random.integers(2, 30, (COUNT, 1, 1)).astype(float)
        for one in ["n", "d", "h", "K"]
    }
    allowed = dict.fromkeys(keys, "x y yhat z1 a1 W2")
    return Asked(
        keys, {**allowed, "parameters": "d h K" if many else "d h"}, Points({**values, **sizes})
    )


def parameters(choices: Choices) -> Tree:
    d, h, k = names("d h K")
    rows = k if choices["output"] == "classes" else 1
    found = h * d + h * rows
    if choices["bias"] != "neither":
        found = found + h
    if choices["bias"] == "both":
        found = found + rows
    return found + d * rows if choices["shortcut"] == "with" else found


def scalar_classifier(choices: Choices, chance: Chance) -> Asked:
    x, y, w1, b1, w2, b2, z1, a1, z2, a2, alpha = names("x ystar w1 b1 w2 b2 z1 a1 z2 a2 alpha")
    with_bias = choices["bias"] == "with"
    first, second = (w1 * x + b1, w2 * a1 + b2) if with_bias else (x * w1, a1 * w2)
    inner = call("g1", first)
    outer = call("g2", inner * w2 + b2 if with_bias else inner * w2)
    by_z2 = {
        "squared": (a2 - y) * a2 * (1 - a2),
        "cross-entropy": a2 - y,
        "tanh": (a2 - y) * (1 - a2**2),
    }[choices["output"]]
    slope = SLOPES[choices["hidden"]](z1, a1)
    keys = {
        "forward.z1": first,
        "forward.a1": call("g1", z1),
        "forward.z2": second,
        "forward.a2": call("g2", z2),
        "loss": call("Loss", outer, y),
        "gradient_w2": by_z2 * a1,
        "gradient_w1": by_z2 * w2 * slope * x,
        "update_w1": w1 - alpha * (by_z2 * w2 * slope * x),
    }
    v = {one: chance.normal() for one in ["x", "w1", "b1", "w2", "b2"]}
    v |= {"ystar": chance.binary(), "alpha": chance.positive()}
    own = dict(v)
    own["z1"] = chance.near_zero() if choices["hidden"] == "relu" else chance.normal()
    own["b1"] = own["z1"] - v["w1"] * v["x"]
    if not with_bias:
        own["x"] = own["z1"] / v["w1"]
    own["a1"] = VALUES[choices["hidden"]](own["z1"])
    own["z2"] = own["a1"] * v["w2"] + (v["b2"] if with_bias else 0)
    own["a2"] = np.tanh(own["z2"]) if choices["output"] == "tanh" else sigmoid(own["z2"])
    later = "x ystar w1 w2 z1 a1 a2"
    allowed = {
        **{
            blank: "x w1 z1 a1 w2 z2" + (" b1 b2" if with_bias else "")
            for blank in keys
            if "forward" in blank
        },
        "loss": "x w1 w2 ystar" + (" b1 b2" if with_bias else ""),
        "gradient_w2": later,
        "gradient_w1": later,
        "update_w1": later + " alpha",
    }
    free = dict(v)
    free["z1"] = v["x"] * v["w1"] + (v["b1"] if with_bias else 0)
    free["a1"] = FUNCTIONS["g1"](free["z1"])
    free["z2"] = free["a1"] * v["w2"] + (v["b2"] if with_bias else 0)
    free["a2"] = FUNCTIONS["g2"](free["z2"])
    apart = dict.fromkeys(("gradient_w2", "gradient_w1", "update_w1"), Points(own))
    return Asked(keys, allowed, Points(free), apart)


def linear_layers_collapse(choices: Choices, chance: Chance) -> Asked:
    w1, b1, w2, b2, v, w3, b3, c = names("W1 b1 W2 b2 V W3 b3 c")
    scale = {
        "none": lambda e: e,
        "doubled": lambda e: 2 * e,
        "tripled": lambda e: 3 * e,
        "halved": lambda e: e / 2,
        "negated": lambda e: -e,
        "constant": lambda e: c * e,
    }[choices["scale"]]
    matrix = w2 @ scale(w1) + v if choices["shortcut"] == "there" else w2 @ scale(w1)
    column = w2 @ scale(b1) + b2
    deep = choices["depth"] == "three"
    keys = {"W": w3 @ matrix if deep else matrix, "b": w3 @ column + b3 if deep else column}
    values = {
        "W1": chance.normal(3, 2),
        "b1": chance.normal(3),
        "W2": chance.normal(4, 3),
        "b2": chance.normal(4),
        "V": chance.normal(4, 2),
        "W3": chance.normal(5, 4),
        "b3": chance.normal(5),
        "c": chance.normal(),
    }
    more = (" V" if choices["shortcut"] == "there" else "") + (" W3 b3" if deep else "")
    allowed = "W1 b1 W2 b2" + more + (" c" if choices["scale"] == "constant" else "")
    return Asked(keys, {"W": allowed, "b": allowed}, Points(values))


FORMULAS: dict[str, Callable[[Choices, Chance], Asked]] = {
    "unit-derivatives": unit_derivatives,
    "two-class-softmax": two_class_softmax,
    "softmax-binary-losses": softmax_binary_losses,
    "softmax-cross-entropy": softmax_cross_entropy,
    "softmax-network": softmax_network,
    "skip-connection": skip_connection,
    "shortcut-network": shortcut_network,
    "scalar-classifier": scalar_classifier,
    "linear-layers-collapse": linear_layers_collapse,
}
