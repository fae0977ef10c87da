"""A student who rounds every value is within the bound, and the bound is not vacuous.

The student here computes in plain Python numbers, with formulas of its own; nothing of the reference
is used but the bound itself and the exact value it is a bound of.
"""

import math
import random

import numpy as np
import pytest
from msgspec.structs import replace

from reference.derivatives.reverse_mode import differentiate
from reference.derivatives.rounding import bounds, in_steps
from reference.language.expression import Apply, Name
from reference.language.operations import OPERATIONS
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import declare, scalars, split_equations

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
    v |= {
        name: number(-1.5, 1.5) for name in ["w11", "w12", "w21", "w22", "w31", "w32", "w41", "w42"]
    }
    v |= {name: number(-1, 1) for name in ("b1", "b2", "b3", "b4", "t1", "t2")}
    return v | {"alpha": 0.1}


def draw_two_two_one(number):
    v = {name: number(-3, 3) for name in ("x1", "x2")}
    v |= {name: number(-0.9, 0.9) for name in ["w11", "w12", "w21", "w22", "v1", "v2"]}
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
            if (
                all(abs(computed[name]) > 0.05 for name in self.guarded)
                and computed.get("E", 0) < 30
            ):
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


@every_case
@pytest.mark.parametrize("step", [None, 0.1], ids=["fine values", "values on a grid"])
def test_a_student_who_rounds_to_three_decimals_is_within_the_bound(case, step):
    variants = case.variants(2000, step)
    for name, shares in case.ratios(variants, case.bounds(variants), places(3)).items():
        assert shares.max() <= 1, (name, variants[int(shares.argmax())])


@every_case
@pytest.mark.parametrize("seed", range(3))
def test_being_off_by_half_a_unit_at_every_step_is_within_the_bound(case, seed):
    variants = case.variants(1000, seed=seed)
    shares = case.ratios(variants, case.bounds(variants), half_units(random.Random(seed)))
    for name, found in shares.items():
        assert found.max() <= 1, (name, variants[int(found.argmax())])


@every_case
def test_the_bound_is_nearly_reached(case):
    """By errors that all point one way, for all but derivatives that are 0 or 1 or given."""
    variants = case.variants(2000)
    shares = case.ratios(variants, case.bounds(variants), half_units(random.Random(9)))
    reached = {name: float(found.max()) for name, found in shares.items()}
    assert all(found > 0.4 for name, found in reached.items() if name != "dz/db1"), reached
    assert sum(found > 0.8 for found in reached.values()) >= len(reached) / 2


@every_case
def test_the_bound_is_not_vacuous(case):
    for name, limits in case.bounds(case.variants(2000)).items():
        assert limits.min() >= UNIT / 2
        assert limits.max() < case.largest, name
        assert np.median(limits) < 0.02


@every_case
@pytest.mark.parametrize("rounding", [places(2), truncated], ids=["two decimals", "cut off"])
def test_less_careful_students_are_often_beyond_the_bound(case, rounding):
    variants = case.variants(1000)
    shares = case.ratios(variants, case.bounds(variants), rounding)
    beyond = [np.mean(found > 1) for found in shares.values()]
    assert max(beyond) > (0.5 if rounding is not truncated else 0.1)
    assert np.mean(beyond) > (0.3 if rounding is not truncated else 0.02)


@every_case
def test_two_decimals_have_a_bound_of_their_own(case):
    variants = case.variants(500)
    limits = case.bounds(variants, unit=1e-2)
    fine = case.bounds(variants)
    for name, shares in case.ratios(variants, limits, places(2)).items():
        crossing = np.abs(shares) > 1  # errors so large that a second order shows are few
        assert np.mean(crossing) < 0.005, name
        np.testing.assert_allclose(limits[name], 10 * fine[name], rtol=1e-9)


def test_the_steps_of_a_sigmoid_on_paper_are_counted(monkeypatch):
    """Without them, a student who computes 1 / (1 + exp(-z)) in steps would be told off."""
    case = CASES["two-two-one"]
    variants = case.variants(1000)
    row = replace(OPERATIONS["sigmoid"], by_hand=None)
    monkeypatch.setitem(OPERATIONS, "sigmoid", row)
    shares = case.ratios(variants, case.bounds(variants), half_units(random.Random(1)))
    assert shares["h1"].max() > 1


def scalar_bound(text, values, target="y"):
    found = declare(scalars(values), {}, split_equations(text))
    arrays = {name: np.full((1, 1, 1), value) for name, value in values.items()}
    return bounds(found, [target], arrays)[target].item()


HALF = UNIT / 2


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("y = a b", 1),  # the answer's own
        ("y = a", 1),
        ("y = relu(a b)", 2),
        ("p = a b\ny = p", 1),
        ("y = a b + c", 2),
        ("y = a b + b c", 3),
        ("y = 10 (a b)", 11),
        ("y = (a b) c", 1 + 5),
        ("y = -(a b)", 2),
        ("y = abs(a b)", 2),
        ("y = a^2", 1),
        ("y = (a b)^2", 1 + 2 * 6),
        ("y = a / b", 1),
        ("y = (a b) / c", 1 + 1 / 5),
        ("y = exp(a - b)", 1 + math.exp(-1)),
        ("y = max(a b, c)", 2),
        ("y = (a > b) c", 1),
        ("y = a - b", 1),
    ],
)
def test_bounds_by_hand(text, halves):
    """With a = 2, b = 3, c = 5; all but the answer's own half counts 1.01 times."""
    limit = scalar_bound(text, {"a": 2.0, "b": 3.0, "c": 5.0})
    assert halves * HALF * (1 - 1e-9) <= limit <= HALF * (1 + 1.0101 * (halves - 1) + 1e-9)


def orders(factors, r):
    """All ways to multiply factors two at a time, each product rounded."""
    if len(factors) == 1:
        yield factors[0]
    for i in range(len(factors)):
        for j in range(i + 1, len(factors)):
            others = [factor for k, factor in enumerate(factors) if k not in (i, j)]
            yield from orders([*others, r(factors[i] * factors[j])], r)


@pytest.mark.parametrize("text", ["y = a b c e", "y = a (b (c e))", "y = (a b) (c e)"])
def test_a_chain_of_products_may_be_multiplied_in_any_order(text):
    generator = random.Random(4)
    for _ in range(60):
        values = {name: generator.uniform(-3, 3) for name in "abce"}
        limit = scalar_bound(text, values)
        right = math.prod(values.values())
        for rounding in (places(3), half_units(generator)):
            worst = max(abs(y - right) for y in orders(list(values.values()), rounding))
            assert worst <= limit + NOISE


def test_a_chain_of_products_of_matrices():
    generator = np.random.default_rng(0)
    shapes = {"A": ("h", "d"), "B": ("h", "d"), "C": ("h", "d"), "s": (1, 1)}
    found = declare(shapes, {}, split_equations("Y = A ⊙ B ⊙ C * s"))
    values = {name: generator.normal(size=(50, 2, 3)) for name in "ABC"}
    values["s"] = generator.normal(size=(50, 1, 1))
    limits = bounds(found, ["Y"], values)["Y"]
    right = found.evaluate(values)["Y"]

    def r(value):
        return np.round(value, 3)

    a, b, c, s = (values[name] for name in "ABCs")
    students = [r(r(r(a * b) * c) * s), r(a * r(b * r(c * s))), r(r(a * s) * r(b * c))]
    for given in students:
        assert (np.abs(given - right) <= limits + NOISE).all()


LAYERS = """
    z1 = W1 x + b1
    a1 = relu(z1)
    z2 = W2 a1 + b2
    p = softmax(z2)
    L = -sum(y ⊙ log(p))
"""


def softmax_student(v, r):
    """Two layers and a softmax in nested lists, every product rounded on its own."""

    def layer(weights, inputs, biases):
        return [
            r(sum(r(w * x) for w, x in zip(row, inputs, strict=True)) + bias)
            for row, bias in zip(weights, biases, strict=True)
        ]

    z1 = layer(v["W1"], v["x"], v["b1"])
    a1 = [max(z, 0.0) for z in z1]
    z2 = layer(v["W2"], a1, v["b2"])
    powers = [r(math.exp(z)) for z in z2]
    whole = r(sum(powers))
    p = [r(power / whole) for power in powers]
    loss = -r(sum(r(y * r(math.log(q))) for y, q in zip(v["y"], p, strict=True)))
    product = [sum(r(w * x) for w, x in zip(row, v["x"], strict=True)) for row in v["W1"]]
    return {"z1": z1, "a1": a1, "z2": z2, "p": p, "L": [loss], "product": product}


def test_matrices_entry_by_entry():
    found = declare(
        {"x": ("d", 1), "y": ("k", 1)},
        {"W1": ("h", "d"), "b1": ("h", 1), "W2": ("k", "h"), "b2": ("k", 1)},
        split_equations(LAYERS + "    product = W1 x"),
    )
    generator = np.random.default_rng(3)
    count, sizes = 1000, {"d": 4, "h": 3, "k": 3, 1: 1}
    values = {
        name: generator.uniform(-1, 1, (count, *(sizes[size] for size in found.shapes[name])))
        for name in (*found.inputs, *found.parameters)
    }
    values["y"] = np.eye(3)[generator.integers(0, 3, count)][..., None]
    targets = ["z1", "a1", "z2", "p", "L", "product"]
    limits = bounds(found, targets, values)
    known = found.evaluate(values)
    reached = dict.fromkeys(targets, 0.0)
    for index in range(count):
        v = {
            name: value[index].tolist() if name[0] == "W" else value[index][:, 0].tolist()
            for name, value in values.items()
        }
        for rounding in (places(3), half_units(random.Random(index))):
            for name, given in softmax_student(v, rounding).items():
                if name == "L" and known["p"][index].min() < 0.1:
                    continue  # a unit is not small against p, so the logarithm is not a line
                limit = limits[name][index][:, 0]
                errors = np.abs(np.array(given) - known[name][index][:, 0]) - NOISE
                assert (errors <= limit).all(), (name, index)
                reached[name] = max(reached[name], float(np.max(errors / limit)))
    assert all(found > 0.3 for found in reached.values()), reached
    assert limits["p"].max() < 0.01


def test_a_bound_has_the_shape_of_its_target():
    shapes = {"A": ("h", "d"), "X": ("d", "m")}
    found = declare(shapes, {}, split_equations("Y = A X\nZ = Y^T\ns = sum(Y)"))
    values = {"A": np.ones((5, 2, 3)), "X": np.ones((5, 3, 4))}
    limits = bounds(found, ["Y", "Z", "s"], values)
    assert {name: limit.shape for name, limit in limits.items()} == {
        "Y": (5, 2, 4),
        "Z": (5, 4, 2),
        "s": (5, 1, 1),
    }
    assert limits["Y"] == pytest.approx(3 * HALF, rel=0.01)  # three products are rounded
    assert limits["s"] == pytest.approx((1 + 8 * 3) * HALF, rel=0.02)


def test_a_constant_is_only_written_down():
    found = declare(scalars("x"), {}, split_equations("c = 5\ny = c x"))
    limits = bounds(found, ["c", "y"], {"x": np.ones((3, 1, 1))})
    assert np.broadcast_to(limits["c"], (3, 1, 1)).tolist() == [[[HALF]]] * 3
    assert limits["y"].shape == (3, 1, 1)


def test_what_is_not_defined_does_not_count_where_it_is_not_taken():
    """The product of three factors is a step of the other case."""
    equations = split_equations("u = log(x) w v\ny = (u if x > 0 else w v)")
    found = declare(scalars("xwv"), {}, equations)
    given = {"x": -3.0, "w": 1.5, "v": 2.5}
    values = {name: np.full((1, 1, 1), value) for name, value in given.items()}
    assert bounds(found, ["y"], values)["y"].item() == pytest.approx(2 * HALF, rel=0.02)


def test_a_target_is_not_lost_where_the_slope_of_another_is_infinite():
    found = declare(scalars("xw"), {}, split_equations("u = x w\na = log(u)\nb = u + 1"))
    values = {"x": np.zeros((1, 1, 1)), "w": np.ones((1, 1, 1))}
    limits = bounds(found, ["a", "b"], values)
    assert limits["a"].item() == math.inf
    assert limits["b"].item() == bounds(found, ["b"], values)["b"].item() < 3 * HALF


@every_case
def test_bounds_are_the_same_in_any_company(case):
    """To the last bit: of few variants all targets are bounded at once, of many each by itself."""
    variants = case.variants(12)
    few, many = case.bounds(variants), case.bounds(variants * 50)
    for target in few:
        assert many[target][:12].tobytes() == few[target].tobytes()
        alone = case.bounds(variants[:1])[target]
        assert alone.tobytes() == few[target][:1].tobytes()


@every_case
def test_steps_are_single_operations_of_the_same_value(case):
    steps = in_steps(case.network)
    for expression in steps.equations.values():
        assert isinstance(expression, Apply | Name) or not expression.args
        assert all(not isinstance(argument, Apply) for argument in expression.args)
    variant = case.variants(1)[0]
    arrays = {name: np.full((1, 1, 1), value) for name, value in variant.items()}
    known = steps.evaluate(arrays)
    for name, value in case.student(variant, exact).items():
        assert known[name].item() == pytest.approx(value, rel=1e-9)
        assert steps.shapes[name] == (1, 1)
