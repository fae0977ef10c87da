"""A student who rounds every value is within the bound, and the bound is not vacuous.

The student here computes in plain Python numbers, with formulas of its own; nothing of the reference
is used but the bound itself and the exact value it is a bound of.
"""

import math
import random

import numpy as np
import pytest

from reference.backprop import differentiate
from reference.language.expression import Apply, Name
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import declare, scalars, split_equations
from reference.rounding import bounds, in_steps

UNIT = 1e-3
NOISE = 1e-12  # of floating point, in both computations


def places(count):
    """Rounding to so many decimals."""
    return lambda value: round(value, count)


def half_units(generator):
    """Being off by the most that rounding to three decimals allows, up or down."""
    return lambda value: value + generator.choice((-1, 1)) * UNIT / 2


def truncated(value):
    """Cutting digits off, which is not rounding."""
    return math.floor(value * 1000) / 1000


def exact(value):
    return value


# Each student takes the values of a variant and a way to round; it gives every value it is asked for.


def residual_block(v, r):
    u0 = r(v["x0"] * v["w0"])
    y0 = r(u0 + v["b0"])
    x1 = y0 if y0 > 0 else 0.0
    u1 = r(x1 * v["w1"])
    y1 = r(u1 + v["b1"])
    v1 = r(y1 + v["x0"])
    z = v1 if v1 > 0 else 0.0
    by_y1 = 1.0 if v1 > 0 else 0.0
    by_x1 = r(by_y1 * v["w1"])
    by_y0 = by_x1 if y0 > 0 else 0.0
    return {
        **{"u0": u0, "y0": y0, "x1": x1, "u1": u1, "y1": y1, "v1": v1, "z": z},
        "dz/db1": by_y1,
        "dz/dw1": r(by_y1 * x1),
        "dz/db0": by_y0,
        "dz/dw0": r(by_y0 * v["x0"]),
    }


def two_layers(v, r):
    h1 = r(r(r(v["i1"] * v["w11"]) + r(v["i2"] * v["w21"])) + v["b1"])
    h2 = r(r(r(v["i1"] * v["w12"]) + r(v["i2"] * v["w22"])) + v["b2"])
    h3, h4 = max(h1, 0.0), max(h2, 0.0)
    o1 = r(r(r(h3 * v["w31"]) + r(h4 * v["w41"])) + v["b3"])
    o2 = r(r(r(h3 * v["w32"]) + r(h4 * v["w42"])) + v["b4"])
    by_o1, by_o2 = r(o1 - v["t1"]), r(o2 - v["t2"])
    error = r(r(r(by_o1 * by_o1) / 2) + r(r(by_o2 * by_o2) / 2))
    by_h3 = r(r(by_o1 * v["w31"]) + r(by_o2 * v["w32"]))
    by_h4 = r(r(by_o1 * v["w41"]) + r(by_o2 * v["w42"]))
    by_h1, by_h2 = by_h3 * (h1 > 0), by_h4 * (h2 > 0)
    w21 = r(by_h1 * v["i2"])
    return {
        **{"h1": h1, "h2": h2, "h3": h3, "h4": h4, "o1": o1, "o2": o2, "E": error},
        "dE/dw31": r(by_o1 * h3),
        "dE/dw42": r(by_o2 * h4),
        "dE/dw12": r(by_h2 * v["i1"]),
        "dE/dw21": w21,
        "dE/db1": by_h1,
        "new": r(v["w21"] - r(v["alpha"] * w21)),
    }


def two_two_one(v, r):
    def unit(first, second):
        z = r(r(r(first * v["x1"]) + r(second * v["x2"])) + v["b1"])
        return r(1 / r(1 + r(math.exp(-z))))

    h1, h2 = unit(v["w11"], v["w21"]), unit(v["w12"], v["w22"])
    y = r(r(r(v["v1"] * h1) + r(v["v2"] * h2)) + v["b2"])
    by_z1 = r(r(v["v1"] * h1) * r(1 - h1))
    return {"h1": h1, "h2": h2, "y": y, "dy/dw11": r(by_z1 * v["x1"]), "dy/dv2": h2}


def declared(text, inputs, parameters, constants=()):
    return declare(
        scalars(dict.fromkeys(inputs.split())),
        scalars(dict.fromkeys(parameters.split())),
        split_equations(text),
        scalars(dict.fromkeys(constants)),
    )


def residual_network():
    found = declared(
        """
        u0 = x0 * w0
        y0 = u0 + b0
        x1 = relu(y0)
        u1 = x1 * w1
        y1 = u1 + b1
        v1 = y1 + x0
        z = relu(v1)
        """,
        "x0",
        "w0 b0 w1 b1",
    )
    return differentiate(found, "z", found.parameters)


def two_layers_network():
    found = declared(
        """
        h1 = i1 * w11 + i2 * w21 + b1
        h2 = i1 * w12 + i2 * w22 + b2
        h3 = relu(h1)
        h4 = relu(h2)
        o1 = h3 * w31 + h4 * w41 + b3
        o2 = h3 * w32 + h4 * w42 + b4
        E = (o1 - t1)^2 / 2 + (o2 - t2)^2 / 2
        """,
        "i1 i2 t1 t2",
        "w11 w12 w21 w22 w31 w32 w41 w42 b1 b2 b3 b4",
        ["alpha"],
    )
    found = differentiate(found, "E", found.parameters)
    new, shape = resolve(read("w21 - alpha dE/dw21", found.shapes), found.shapes)
    return found.extended({"new": new}, {"new": shape})


def two_two_one_network():
    found = declared(
        """
        h1 = sigmoid(w11 x1 + w21 x2 + b1)
        h2 = sigmoid(w12 x1 + w22 x2 + b1)
        y = v1 h1 + v2 h2 + b2
        """,
        "x1 x2",
        "w11 w12 w21 w22 b1 v1 v2 b2",
    )
    return differentiate(found, "y", found.parameters)


def draw_residual(number):
    v = {"x0": number(-2, 2), "w0": number(-1, 1), "w1": number(-1, 1)}
    return v | {"b0": number(-1, 1), "b1": number(-1, 1)}


def draw_two_layers(number):
    v = {name: number(-3, 3) for name in ("i1", "i2")}
    v |= {name: number(-1.5, 1.5) for name in "w11 w12 w21 w22 w31 w32 w41 w42".split()}
    v |= {name: number(-1, 1) for name in ("b1", "b2", "b3", "b4", "t1", "t2")}
    return v | {"alpha": 0.1}


def draw_two_two_one(number):
    v = {name: number(-3, 3) for name in ("x1", "x2")}
    v |= {name: number(-0.9, 0.9) for name in "w11 w12 w21 w22 v1 v2".split()}
    return v | {name: number(-0.5, 0.5) for name in ("b1", "b2")}


class Case:
    """An exercise: its network, a student, a draw, and what may not sit on a kink."""

    def __init__(self, network, student, draw, guarded, largest):
        self.network, self.student, self.draw = network(), student, draw
        self.guarded, self.largest = guarded, largest

    def variants(self, count, step=None, seed=0):
        """Values with many decimals, or on a grid, away from kinks."""
        generator = random.Random(seed)

        def number(low, high):
            value = generator.uniform(low, high)
            return round(round(value / step) * step, 10) if step else round(value, 5)

        found = []
        while len(found) < count:
            v = self.draw(number)
            computed = self.student(v, exact)
            if all(abs(computed[name]) > 0.05 for name in self.guarded) and computed.get("E", 0) < 30:
                found.append(v)
        return found

    def bounds(self, variants, unit=UNIT):
        arrays = {
            name: np.array([v[name] for v in variants]).reshape(-1, 1, 1) for name in variants[0]
        }
        targets = list(self.student(variants[0], exact))
        found = bounds(self.network, targets, arrays, unit)
        known = self.network.evaluate(arrays)
        shape = (len(variants), 1, 1)
        for name in targets:
            theirs = [self.student(v, exact)[name] for v in variants]
            ours = np.broadcast_to(known[name], shape)[:, 0, 0]
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
        return {name: np.broadcast_to(found[name], shape)[:, 0, 0] for name in targets}

    def ratios(self, variants, limits, rounding):
        """By target, the student's error as a share of the bound, in every variant."""
        shares = {name: np.zeros(len(variants)) for name in limits}
        for index, v in enumerate(variants):
            right, given = self.student(v, exact), self.student(v, rounding)
            for name, limit in limits.items():
                error = abs(given[name] - right[name]) - NOISE
                shares[name][index] = error / limit[index]
        return shares


CASES = {
    "residual block": Case(residual_network, residual_block, draw_residual, ["y0", "v1"], 0.004),
    "two layers": Case(two_layers_network, two_layers, draw_two_layers, ["h1", "h2"], 0.15),
    "two-two-one": Case(two_two_one_network, two_two_one, draw_two_two_one, [], 0.02),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
