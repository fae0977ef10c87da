"""Students who follow the sheet are within the bound, whatever else they choose, and the bound is not vacuous.

The students here compute in plain Python numbers, with formulas of their own; nothing of the reference
is used but the bound itself and the exact value it is a bound of.
"""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reference.derivatives import rounding as cutting
from reference.derivatives.losses import Loss, losses
from reference.derivatives.reverse_mode import differentiate
from reference.derivatives.rounding import bounds, least, prepare
from reference.derivatives.steps import in_steps, origin
from reference.language.evaluating import evaluate
from reference.language.expression import Apply, Name
from reference.language.operations import OPERATIONS
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import declare, scalars, split_equations

UNIT = 1e-3
HALF = UNIT / 2
NOISE = 1e-12  # of floating point, in both computations


def places(count):
    """Rounding to so many decimals."""
    return lambda value: round(value, count)


def figures(value, count=3):
    """Rounding to so many significant figures."""
    return float(f"{value:.{count - 1}e}")


def by_the_sheet(value, further=0):
    """At least three decimals, and at least three figures of what is small."""
    first = math.floor(math.log10(abs(value)) + 1e-12) if value else 0
    return round(value, max(3, 2 - first) + further)


def as_one_likes(generator):
    """By the sheet, with up to three digits more, now so and now so."""
    return lambda value: by_the_sheet(value, generator.randrange(4))


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
        return {name: np.broadcast_to(found[name].within, shape)[:, 0, 0] for name in targets}

    def errors(self, variants, rounding, answer=exact):
        """By target, how far off a student's answers are, in every variant."""
        found = {}
        for v in variants:
            right, given = self.student(v, exact), self.student(v, rounding)
            for name, value in given.items():
                found.setdefault(name, []).append(abs(answer(value) - right[name]) - NOISE)
        return {name: np.array(errors) for name, errors in found.items()}


CASES = {
    "residual block": Case(residual_network, residual_block, draw_residual, ["y0", "v1"], 0.05),
    "two layers": Case(two_layers_network, two_layers, draw_two_layers, ["h1", "h2"], 0.3),
    "two-two-one": Case(two_two_one_network, two_two_one, draw_two_two_one, [], 0.02),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@every_case
@pytest.mark.parametrize("step", [None, 0.1], ids=["fine values", "values on a grid"])
@pytest.mark.parametrize("answer", [exact, figures], ids=["as it is", "to three figures"])
def test_a_student_who_follows_the_sheet_is_right(case, step, answer):
    variants = case.variants(600, step)
    limits = case.bounds(variants)
    for rounding in (by_the_sheet, as_one_likes(random.Random(8))):
        for name, errors in case.errors(variants, rounding, answer).items():
            assert (errors <= limits[name]).all(), (
                name,
                variants[int((errors - limits[name]).argmax())],
            )


@every_case
@pytest.mark.parametrize("step", [None, 0.1], ids=["fine values", "values on a grid"])
def test_copies_with_every_step_off_at_random_are_within_the_bound(case, step):
    """What all lose alike is the same in all copies. Of what each loses by chance, uniformly, all but 3 of 1000 copies
    are within the bound; where each step loses the most it can, up or down, they are within the sum of all.
    """
    variants, copies = case.variants(20, step), 400
    arrays = {name: np.array([v[name] for v in variants])[:, None, None] for name in variants[0]}
    targets = [*case.student(variants[0], exact)]
    rounding = prepare(case.network, targets)
    known = rounding.steps.evaluate(arrays)
    lost = losses(rounding.steps, rounding.chains, known, UNIT)
    generator = np.random.default_rng(1)

    def off_by(draw):
        values = dict(arrays)
        for name, expression in rounding.steps.equations.items():
            whole = lost[name].whole if name in rounding.together.written else Loss()
            values[name] = evaluate(expression, values)
            if whole.alike is not None:
                values[name] = values[name] + whole.alike * generator.choice(
                    [-1.0, 1.0], (20, 1, 1)
                )
            if whole.chance is not None:
                values[name] = values[name] + whole.chance * draw((copies, 1, 1, 1))
        for name in targets:
            last = lost[origin(rounding.steps, name)].whole  # the answer's own is counted apart
            own = sum(part for part in (last.alike, last.chance) if part is not None)
            yield name, np.abs(values[name] - known[name]) - own - NOISE

    by_chance = rounding.carried(known, lost)
    for name, errors in off_by(lambda shape: generator.uniform(-1, 1, shape)):
        assert (np.quantile(errors, 0.997, axis=0) <= by_chance[name]).all(), name
    summed = rounding.carried(known, {name: all_alike(one) for name, one in lost.items()})
    for name, errors in off_by(lambda shape: generator.choice([-1.0, 1.0], shape)):
        assert (errors <= 1.1 * summed[name]).all(), name


def all_alike(step):
    """The same step, with nothing left to chance."""

    def added(loss):
        return Loss(
            loss.chance
            if loss.alike is None
            else loss.alike + (0 if loss.chance is None else loss.chance)
        )

    return replace(step, whole=added(step.whole), inside=added(step.inside))


@every_case
@pytest.mark.parametrize("step", [None, 0.1], ids=["fine values", "values on a grid"])
def test_what_is_right_in_any_case_is_within_every_bound(case, step):
    variants = case.variants(600, step)
    limits = case.bounds(variants)
    for name in limits:
        right = np.array([case.student(v, exact)[name] for v in variants])
        assert (least(right) <= limits[name]).all(), name
        assert (least(right) <= 0.005 * abs(right)).all()


def test_what_may_come_out_even_is_right_in_no_other_way_for_sure():
    even = np.array([0.0, 12.0, -3.0, 0.25, 0.1 * 3, 1e-7, 120000.0, 99.9])
    assert not least(even).any()
    assert least(np.array([0.1234, -5.678])).tolist() == pytest.approx([0.000617, 0.02839])


@every_case
def test_the_bound_is_not_vacuous(case):
    for name, limits in case.bounds(case.variants(600)).items():
        assert limits.max() < case.largest, name
        assert np.median(limits) < 0.02


@every_case
@pytest.mark.parametrize("rounding", [places(2), truncated], ids=["two decimals", "cut off"])
def test_less_careful_students_are_often_beyond_the_bound(case, rounding):
    variants = case.variants(600)
    limits = case.bounds(variants)
    found = case.errors(variants, rounding)
    beyond = [np.mean(errors > limits[name]) for name, errors in found.items()]
    assert max(beyond) > 0.01


def test_the_steps_of_a_sigmoid_on_paper_are_counted(monkeypatch):
    """Without them, a student who computes 1 / (1 + exp(-z)) in steps would be told off."""
    case = CASES["two-two-one"]
    variants = case.variants(300)
    with_steps = case.bounds(variants)["h1"]
    monkeypatch.setitem(OPERATIONS, "sigmoid", replace(OPERATIONS["sigmoid"], by_hand=None))
    assert (case.bounds(variants)["h1"] < with_steps).all()


def scalar_bound(text, values, target="y"):
    found = declare(scalars(values), {}, split_equations(text))
    arrays = {name: np.full((1, 1, 1), value) for name, value in values.items()}
    return bounds(found, [target], arrays)[target].within.item()


GIVEN = {"a": 2.0, "b": 3.0, "c": 5.0, "p": 0.5, "q": 1.234567, "s": 0.02}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What comes out even has no leeway.
        ("y = a b", 0),
        ("y = a", 0),
        ("y = a / b * 0", 0),
        ("y = relu(a b)", 0),
        ("y = relu(a / 3 - c)", 0),
        ("y = a b c - 10 a", 0),
        ("y = p^3", 0),
        ("y = exp(a - 2)", 0),
        ("y = (a > b) c", 0),
        ("y = max(a b, a / b)", 0),
        ("y = a / p", 0),
        # A clean 0 makes a product 0, and an exponential that underflows is 0 for everyone.
        ("y = (a - 2) / 3", 0),
        ("y = (a - 2) exp(b)", 0),
        ("y = exp(-1000 a / 3)", 0),
        # What cancels is 0 by luck: 0.66667 and 0.667 differ by 0.00033.
        ("y = a / b - 2 / 3", 1.01 * 2 * 2 / 3000),
        # What can be written but has more than three figures: half a per cent.
        ("y = 25 p + p^4", 0.005 * 12.5625),
        # What is not even: the answer's own alone, half a per cent or half a unit.
        ("y = a / b", 0.005 * 2 / 3 + 1.01 * 2 / 3000),  # as 2 · 0.333
        ("y = 1 / b", 0.005 / 3),
        ("y = 7 / 3000", 0.01 * 7 / 3000 + 1.01 * 7 * 1 / 3e6),
        ("y = exp(-a)", 0.005 * math.exp(-2)),
        # All are off alike, by what 1.524155677 is from 1.524.
        ("y = 10 + q q", 0.005 * 11.52415568 + 1.01 * 1.5567749e-4),
        # A whole number that is not clean: what is written on the way, and half a unit.
        ("y = a / b * 6", HALF + 1.01 * 6 * 2 / 3000),
        # Half a unit of the third figure, where what was written on the way may change that: 800.4 is given as 800, 800.6 as 801.
        ("y = a / b * 60", HALF + 1.01 * 60 * 2 / 3000),
        ("y = a / b * 1200", 0.5 + 1.01 * 1200 * 2 / 3000),
        ("y = a / b * 1851", 5 + 1.01 * 1851 * 2 / 3000),  # 1234.1 is given as 1230
        ("y = 9 exp(a)", 0.005 * 9 * math.exp(2) + 1.01 * 9 * 4.3901e-4),
        # By chance, the sum of two and √3 times the root of the sum of the squares of four.
        ("y = exp(exp(-a)) + 1", 0.005 * 2.14 + 1.01 * (3.4e-4 * 1.145 + HALF)),
    ],
)
def test_bounds_by_hand(text, expected):
    assert scalar_bound(text, GIVEN) == pytest.approx(expected, rel=0.02, abs=1e-15)


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
        worst = max(abs(y - right) for y in orders(list(values.values()), by_the_sheet))
        assert worst <= limit + NOISE


def test_a_quotient_may_be_computed_with_a_rounded_reciprocal():
    generator = random.Random(6)
    for _ in range(400):
        values = {"a": round(generator.uniform(1, 9), 1), "b": round(generator.uniform(1, 9), 1)}
        given = by_the_sheet(values["a"] * by_the_sheet(1 / values["b"]))
        right = values["a"] / values["b"]
        assert abs(given - right) <= scalar_bound("y = a / b", values) + NOISE


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


def arrays_alike(values):
    """As many decimals for each entry as three figures of the largest one need, but three at least."""
    largest = max(map(abs, values))
    first = math.floor(math.log10(largest) + 1e-12) if largest else 0
    return [round(value, max(3, 2 - first)) for value in values]


def softmax_values(count):
    found = declare(
        {"x": ("d", 1), "y": ("k", 1)},
        {"W1": ("h", "d"), "b1": ("h", 1), "W2": ("k", "h"), "b2": ("k", 1)},
        split_equations(LAYERS + "    product = W1 x"),
    )
    generator = np.random.default_rng(3)
    sizes = {"d": 4, "h": 3, "k": 3, 1: 1}
    values = {
        name: generator.uniform(-1, 1, (count, *(sizes[size] for size in found.shapes[name])))
        for name in (*found.inputs, *found.parameters)
    }
    values["y"] = np.eye(3)[generator.integers(0, 3, count)][..., None]
    return found, values


def test_matrices_entry_by_entry():
    found, values = softmax_values(300)
    targets = ["z1", "a1", "z2", "p", "L", "product"]
    limits = bounds(found, targets, values)
    known = found.evaluate(values)
    together = []
    for index in range(300):
        v = {
            name: value[index].tolist() if name[0] == "W" else value[index][:, 0].tolist()
            for name, value in values.items()
        }
        for name, theirs in softmax_student(v, by_the_sheet).items():
            if name == "L" and known["p"][index].min() < 0.1:
                continue  # a unit is not small against p, so the logarithm is not a line
            right, within = known[name][index][:, 0], limits[name].within[index][:, 0] + NOISE
            assert (np.abs(np.array(theirs) - right) <= within).all(), (name, index)
            together.append((np.abs(np.array(arrays_alike(theirs)) - right) <= within).all())
    assert np.mean(together) > 0.999
    assert limits["p"].within.max() < 0.02


def test_a_bound_has_the_shape_of_its_target():
    shapes = {"A": ("h", "d"), "X": ("d", "m")}
    found = declare(shapes, {}, split_equations("Y = A X\nZ = Y^T\ns = sum(Y)"))
    values = {"A": np.full((5, 2, 3), 1 / 3), "X": np.full((5, 3, 4), 1 / 7)}
    limits = bounds(found, ["Y", "Z", "s"], values)
    assert {name: limit.within.shape for name, limit in limits.items()} == {
        "Y": (5, 2, 4),
        "Z": (5, 4, 2),
        "s": (5, 1, 1),
    }
    assert (limits["Z"].within > np.swapaxes(limits["Y"].within, 1, 2)).all()
    whole = bounds(found, ["Y", "Z", "s"], {name: np.rint(3 * v) for name, v in values.items()})
    assert all((limit.within == 0).all() and limit.clean.all() for limit in whole.values())


def test_a_constant_is_only_written_down():
    found = declare(scalars("x"), {}, split_equations("c = 5\ny = c x"))
    limits = bounds(found, ["c", "y"], {"x": np.full((3, 1, 1), 1 / 3)})
    assert not limits["c"].within.any()
    assert limits["y"].within.shape == (3, 1, 1)
    assert (limits["y"].within > 0).all()


def test_what_is_not_defined_does_not_count_where_it_is_not_taken():
    """The product of three factors is a step of the other case."""
    equations = split_equations("u = log(x) w v\ny = (u if x > 0 else w / v)")
    found = declare(scalars("xwv"), {}, equations)
    given = {"x": -3.0, "w": 1.5, "v": 3.5}
    values = {name: np.full((1, 1, 1), value) for name, value in given.items()}
    alone = scalar_bound("y = w / v", {"w": 1.5, "v": 3.5})
    assert 0 < bounds(found, ["y"], values)["y"].within.item() == pytest.approx(alone, rel=0.5)


def test_a_target_is_not_lost_where_the_slope_of_another_is_infinite():
    found = declare(scalars("xw"), {}, split_equations("u = x / w\na = sqrt(u - u)\nb = u + 1"))
    values = {"x": np.ones((1, 1, 1)), "w": np.full((1, 1, 1), 3.0)}
    limits = bounds(found, ["a", "b"], values)
    assert not np.isfinite(limits["a"].within.item())
    assert limits["b"].within.item() == bounds(found, ["b"], values)["b"].within.item() < 0.02


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
@pytest.mark.parametrize("step", [None, 0.1, 1], ids=["fine values", "a grid", "whole numbers"])
def test_no_bound_hangs_on_the_last_bits(case, step):
    generator = random.Random(2)
    variants = case.variants(100, step)
    moved = [
        {name: value * (1 + generator.uniform(-1, 1) * 1e-13) for name, value in v.items()}
        for v in variants
    ]
    limits = case.bounds(variants)
    for name, found in case.bounds(moved).items():
        np.testing.assert_allclose(found, limits[name], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("power", range(-4, 5))
def test_no_bound_hangs_on_the_last_bits_at_a_power_of_ten(power):
    """Where the number of figures jumps: 3 a (1/3) is a power of ten, or a little less or more."""
    found = [
        scalar_bound("y = 7 (a / 3) + 1 / 3", {"a": 3 * 10.0**power * (1 + move)})
        for move in (-1e-13, 0, 1e-13)
    ]
    assert max(found) - min(found) < 1e-9


WHOLE = st.integers(-9, 9).map(float)


@given(st.lists(WHOLE, min_size=4, max_size=4), st.sampled_from(["+", "-", "*"]), st.data())
def test_whole_numbers_under_sums_products_and_maxima_have_no_leeway(values, sign, data):
    other = data.draw(st.sampled_from(["+", "-", "*"]))
    text = f"y = max(a {sign} b, relu(c {other} e)) {sign} abs(a {other} c) e"
    assert scalar_bound(text, dict(zip("abce", values, strict=True))) == 0


@pytest.mark.parametrize("case", ["residual block", "two layers"])
def test_a_quantity_that_is_given_never_widens_a_bound(case):
    """What is computed becomes a value of the sheet, with all its digits."""
    case = CASES[case]
    variants = case.variants(60, 0.1)
    arrays = {name: np.array([v[name] for v in variants])[:, None, None] for name in variants[0]}
    known = case.network.evaluate(arrays)
    targets = [*case.student(variants[0], exact)]
    limits = bounds(case.network, targets, arrays)
    for name in targets:
        left = {n: e for n, e in case.network.equations.items() if n != name}
        cut = replace(case.network, equations=left)
        later = [one for one in targets if one != name and name in cut.ancestors(one)]
        found = bounds(cut, later, {**arrays, name: known[name]})
        for one in later:
            assert (found[one].within <= limits[one].within * (1 + 1e-9) + 1e-12).all(), (name, one)


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


def test_a_large_batch_is_cut_without_a_trace(monkeypatch):
    net = declare(
        {"x": (2, 1), "W": (2, 2), "c": (1, 1)}, {}, split_equations("y = tanh(W x)\nz = c c\nL = sum(y) z")
    )  # fmt: skip
    generator = np.random.default_rng(3)
    values = {"x": generator.normal(size=(250, 2, 1)), "W": generator.normal(size=(250, 2, 2))}
    values["c"] = np.full((1, 1, 1), 0.5)  # the same for all
    whole = bounds(net, ["y", "z", "L"], values)
    monkeypatch.setattr(cutting, "MAX_CELLS", 1)
    cut = bounds(net, ["y", "z", "L"], values)
    for name, bound in whole.items():
        for field in bound.__struct_fields__:
            np.testing.assert_array_equal(getattr(cut[name], field), getattr(bound, field))
