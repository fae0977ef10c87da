"""A wrong value costs its own points, and what it leaves nothing to compute of; by arithmetic of our own.

Students tell the slope of a function by what goes into it, or by what comes out: both are right.
"""

import functools
import math
import warnings
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader import bank
from grader.drawing import printed_variant, variants
from grader.marking import Answers, follow_through, mark, mark_all
from reference.derivatives.slopes import BY_VALUE
from reference.language.operations import OPERATIONS
from tests.shipped import BANK

SEEDS = 200
NIL = 5e-4


SLOPES = {"tenth": 0.1, "fifth": 0.2, "half": 0.5}  # of two-layer-numbers, below zero


TOLD = ["by argument", "by value"]  # slopes, by two students


def leaky_relu(x, slope):
    return x if x > 0 else slope * x


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def mask(x, slope=0.0):
    return 1.0 if x > 0 else slope


def softsign_slope(x):
    return 1 / (1 + abs(x)) ** 2


SIGMOID = sigmoid, lambda x: sigmoid(x) * sigmoid(-x), lambda a: a * (1 - a)
TANH = math.tanh, lambda x: 1 - math.tanh(x) ** 2, lambda a: 1 - a**2
SOFTPLUS = lambda x: math.log(1 + math.exp(x)), sigmoid, lambda a: 1 - math.exp(-a)
RELU = lambda x: max(x, 0.0), mask, mask


def leaky(slope):
    return lambda x: leaky_relu(x, slope), lambda x: mask(x, slope), lambda a: mask(a, slope)


FUNCTIONS = {  # of scalar-residual-block: their values, and their slopes by argument and by value
    "relu(y0)": RELU,
    "leaky_relu(y0, 0.1)": leaky(0.1),
    "leaky_relu(y0, 0.2)": leaky(0.2),
    "tanh(y0)": TANH,
    "sigmoid(y0)": SIGMOID,
    "softplus(y0)": SOFTPLUS,
    "relu": RELU,
    "square": (lambda x: max(x, 0.0) ** 2, lambda x: 2 * max(x, 0.0), None),
    "tanh": TANH,
    "sigmoid": SIGMOID,
    "softplus": SOFTPLUS,
    "softsign": (lambda x: x / (1 + abs(x)), softsign_slope, None),
    "parabola": (lambda x: x**2 / 2, lambda x: x, None),
}


def slope(name, told, argument, value):
    """Of a function of scalar-residual-block, as a student tells it."""
    _, by_argument, by_value = FUNCTIONS[name]
    by = TOLD[0] if by_value is None else told
    return by_argument(argument) if by == TOLD[0] else by_value(value)


def two_layer_numbers(v, given, told=TOLD[0]):
    """Every value in order; a value that is given stands for the one computed."""
    w = {}

    def put(name, value):
        w[name] = given.get(name, value)

    put("forward.h1", v["i1"] * v["w11"] + v["i2"] * v["w21"] + v["b1"])
    put("forward.h2", v["i1"] * v["w12"] + v["i2"] * v["w22"] + v["b2"])
    put("forward.h3", leaky_relu(w["forward.h1"], v["slope"]))
    put("forward.h4", leaky_relu(w["forward.h2"], v["slope"]))
    h3, h4 = w["forward.h3"], w["forward.h4"]
    put("forward.o1", h3 * v["w31"] + h4 * v["w41"] + v["b3"])
    put("forward.o2", h3 * v["w32"] + h4 * v["w42"] + v["b4"])
    e1, e2 = w["forward.o1"] - v["t1"], w["forward.o2"] - v["t2"]
    w |= {"(e1)": e1, "(e2)": e2, "(back)": e1 * v["w31"] + e2 * v["w32"]}
    put("error", e1**2 / 2 + e2**2 / 2)
    unit = mask(w["forward.h1"] if told == TOLD[0] else w["forward.h3"], v["slope"])
    put("update.gradient", (e1 * v["w31"] + e2 * v["w32"]) * unit * v["i2"])
    put("update.w21", v["w21"] - v["alpha"] * w["update.gradient"])
    return w


def two_two_one(v, given, told=TOLD[0]):
    w = {}

    def put(name, value):
        w[name] = given.get(name, value)

    put("output.h1", 1 / (1 + math.exp(-(v["w11"] * v["x1"] + v["w21"] * v["x2"] + v["b1"]))))
    put("output.h2", 1 / (1 + math.exp(-(v["w12"] * v["x1"] + v["w22"] * v["x2"] + v["b1"]))))
    put("output.y", v["v1"] * w["output.h1"] + v["v2"] * w["output.h2"] + v["b2"])
    return w


def scalar_residual_block(v, given, told=TOLD[0]):
    w = {}

    def put(name, value):
        w[name] = given.get(name, value)

    put("forward.u0", v["x0"] * v["w0"])
    put("forward.y0", w["forward.u0"] + v["b0"])
    put("forward.x1", FUNCTIONS[v["hidden"]][0](w["forward.y0"]))
    put("forward.u1", w["forward.x1"] * v["w1"])
    put("forward.y1", w["forward.u1"] + v["b1"])
    put("forward.v1", w["forward.y1"] + v["x0"])
    put("forward.z", FUNCTIONS[v["output"]][0](w["forward.v1"]))
    last = slope(v["output"], told, w["forward.v1"], w["forward.z"])
    first = slope(v["hidden"], told, w["forward.y0"], w["forward.x1"])
    put("gradients.w0", last * v["w1"] * first * v["x0"])
    put("gradients.w1", last * w["forward.x1"])
    put("gradients.b0", last * v["w1"] * first)
    put("gradients.b1", float(last))
    return w


BY_HAND = {
    "two-layer-numbers": two_layer_numbers,
    "two-two-one": two_two_one,
    "scalar-residual-block": scalar_residual_block,
}
# Blank → the blanks without which it is a value as it stands, or what is left of it is one.
BARE_WITHOUT = {
    "two-layer-numbers": {
        "forward.o1": ["forward.h3", "forward.h4"], "forward.o2": ["forward.h3", "forward.h4"],
        "update.w21": ["update.gradient"],
    },
    "two-two-one": {"output.y": ["output.h1", "output.h2"]},
    "scalar-residual-block": {
        "forward.y0": ["forward.u0"], "forward.y1": ["forward.u1"], "forward.v1": ["forward.y1"],
    },
}  # fmt: skip


def drawn(variant):
    slope = SLOPES.get(variant.draw.choices.get("activation", ""), 0.0)
    return {name: rows[0][0] for name, rows in variant.draw.values.items()} | {
        "slope": slope,
        **variant.draw.choices,
    }


def written(values):
    return {name: repr(float(value)) for name, value in values.items() if name[0] != "("}


def nil(value):
    return abs(value) <= NIL


def is_trivial(name, truth, values, address):
    """Is a blank zero where it is not in truth, or without all that would be left to compute?"""
    if nil(values[address]) and not nil(truth[address]):
        return True
    needed = BARE_WITHOUT[name].get(address, ())
    return all(nil(values[one]) for one in needed) and not all(nil(truth[one]) for one in needed)


@functools.cache
def drawn_variants(name):
    return variants(BANK[name], range(SEEDS))


@pytest.fixture(scope="module", autouse=True)
def _drawn_before_anything_is_tried():
    for name in BY_HAND:
        drawn_variants(name)


class Slip(NamedTuple):
    """A variant, which is too long to be told when a property fails, a blank of it, by how much a student is off there, how slopes are told, and in which order answers are given."""

    name: str
    place: int
    address: str
    off: float
    told: str
    order: list[str]

    @property
    def variant(self):
        return drawn_variants(self.name)[self.place]


@st.composite
def slips(draw):
    name = draw(st.sampled_from([*BY_HAND]))
    known = drawn_variants(name)
    place = draw(st.integers(0, len(known) - 1))
    addresses = [*known[place].keys]
    address = draw(st.sampled_from(addresses))
    off = draw(st.floats(0.3, 3)) * draw(st.sampled_from([-1, 1]))
    told = draw(st.sampled_from(TOLD))
    return Slip(name, place, address, off, told, draw(st.permutations(addresses)))


def carried_on(name, variant, address, off, told):
    """What is true, and what a student has who is off in one blank and computes on rightly."""
    by_hand, values = BY_HAND[name], drawn(variant)
    truth = by_hand(values, {})
    within = variant.keys[address][1].within
    given = {address: truth[address] + off + math.copysign(5 * within, off)}
    return truth, by_hand(values, given, told)


def told_apart(variant, values):
    """Is no value so small that its blank takes it for a 0, of which nothing follows?"""
    keys = {address: key for address, (_, key) in variant.keys.items()}
    return all(nil(values[one]) or abs(values[one]) > key.within for one, key in keys.items())


@given(slips())
def test_a_slip_costs_its_own_points_and_what_is_trivial_from_it(slip):
    name, variant, address, off, told, order = slip.name, slip.variant, *slip[2:]
    truth, answers = carried_on(name, variant, address, off, told)
    assume(told_apart(variant, answers))
    texts = written(answers)
    marks = mark(variant, {one: texts[one] for one in order}).marks
    assert marks == mark(variant, texts).marks
    assert (marks[address].verdict, marks[address].points) == ("incorrect", 0)
    for other, found in marks.items():
        within = variant.keys[other][1].within
        if other == address:
            continue
        if abs(answers[other] - truth[other]) <= within + 1e-9:
            assert found.verdict == "correct", other
        elif is_trivial(name, truth, answers, other):
            assert (found.verdict, found.points) == ("incorrect", 0), other
            assert "nothing to compute here" in found.message
        else:
            assert (found.verdict, found.points) == ("follow_through", found.out_of), other


@pytest.mark.parametrize("hidden", ["tanh(y0)", "sigmoid(y0)", "softplus(y0)", "relu(y0)"])
def test_a_slope_is_told_by_what_goes_in_or_by_what_comes_out(hidden):
    """With a wrong x1 these differ; a slope at anything else is wrong."""
    slip = {"forward.x1": 0.3}
    for variant in drawn_variants("scalar-residual-block"):
        both = [scalar_residual_block(drawn(variant), slip, told) for told in TOLD]
        b0 = [one["gradients.b0"] for one in both]
        if variant.draw.choices["hidden"] == hidden and abs(b0[0] - b0[1]) > 0.05:
            break
    values, _ = both
    for right in b0:
        marked = mark(variant, written(values | {"gradients.b0": right})).marks["gradients.b0"]
        assert marked.verdict in ("correct", "follow_through")
    missed = 3 * max(map(abs, b0)) + 1
    marked = mark(variant, written(values | {"gradients.b0": missed})).marks["gradients.b0"]
    assert marked.verdict == "incorrect"


def test_the_first_of_several_ways_is_told_and_one_by_which_all_follows_is_the_last(monkeypatch):
    """A dead unit leaves nothing of b0, however its slope is told; of a living one it follows at once."""
    [variant, *_] = (
        one
        for one in drawn_variants("scalar-residual-block")
        if one.draw.choices["hidden"] == "relu(y0)"
        and scalar_residual_block(drawn(one), {})["gradients.b0"]
    )
    tried = []

    def counted(solved, cut, responses):
        tried.append(cut.asked.address)
        return from_values(solved, cut, responses)

    def b0(**given):
        tried.clear()
        slip = {f"forward.{name}": value for name, value in given.items()}
        marks = mark(variant, written(scalar_residual_block(drawn(variant), slip))).marks
        return marks["gradients.b0"], tried.count("gradients.b0")

    from_values = follow_through.from_values
    monkeypatch.setattr(follow_through, "from_values", counted)
    found, ways = b0(y0=-1.0, x1=0.0)
    assert "from your values of y₀ and ∂z/∂b₁, which leave nothing" in found.message
    assert ways == 7
    found, ways = b0(y0=0.6)
    assert (found.verdict, ways) == ("follow_through", 1)


@given(slips(), st.data())
def test_what_is_left_out_spoils_nothing(slip, data):
    name, variant, address, off, told, order = slip.name, slip.variant, *slip[2:]
    truth, answers = carried_on(name, variant, address, off, told)
    texts = written(answers)
    kept = {one: texts[one] for one in order if one == address or data.draw(st.booleans())}
    for other, found in mark(variant, kept).marks.items():
        within = variant.keys[other][1].within
        if other not in kept:
            assert found.verdict == "blank"
        elif other != address and abs(answers[other] - truth[other]) <= within + 1e-9:
            assert found.verdict == "correct", other
        elif other != address and found.verdict != "follow_through":
            assert found.verdict == "incorrect"
            assert "nothing to compute here" in found.message, other


def test_a_slope_is_told_by_what_goes_in_even_where_that_is_left_out():
    """Of a right y0 that is not written down; what comes out of it is given, and wrong."""
    name, places = "scalar-residual-block", ("forward.x1", "gradients.b0", "gradients.w0")
    for variant in drawn_variants(name)[:40]:
        _, answers = carried_on(name, variant, "forward.x1", -1.5, TOLD[0])
        texts = {one: text for one, text in written(answers).items() if one in places}
        found = mark(variant, texts).marks
        for one in places[1:]:
            assert found[one].points or "nothing to compute here" in found[one].message


@pytest.mark.parametrize("slope", [0.2, 1.0])
def test_at_a_kink_a_slope_follows_by_either_convention(slope):
    """h1 comes out as 0, right at the kink, which the question would not have asked for."""
    [variant] = [one for one in drawn_variants("two-layer-numbers") if one.draw.seed == 26]
    assert variant.draw.choices == {"activation": "fifth"}
    truth = two_layer_numbers(drawn(variant), {"forward.h1": 0.0})
    back = truth["(back)"] * drawn(variant)["i2"]
    given = {"forward.h1": 0.0, "forward.h3": 0.0, "update.gradient": back * slope}
    texts = written(truth | given)
    assert mark(variant, texts).marks["update.gradient"].verdict == "follow_through"
    texts["update.gradient"] = repr(back * 0.5)
    assert mark(variant, texts).marks["update.gradient"].verdict == "incorrect"


@given(slips(), st.data())
def test_a_second_slip_is_wrong(slip, data):
    name, variant, address, off, told = slip.name, slip.variant, *slip[2:5]
    _, answers = carried_on(name, variant, address, off, told)
    found = mark(variant, written(answers)).marks
    later = [one for one in answers if one in found and found[one].verdict == "follow_through"]
    assume(later)
    second = data.draw(st.sampled_from(later))
    key = variant.keys[second][1]
    moved = answers[second] + 0.2 + 5 * key.within + 0.05 * abs(answers[second])
    assume(abs(moved - key.value) > key.within)
    again = mark(variant, written(answers | {second: moved})).marks[second]
    assert (again.verdict, again.points) == ("incorrect", 0)


def test_slips_of_every_kind_are_drawn():
    """So that the properties above say something: many blanks follow, and some are trivial, in each exercise."""
    for name in BY_HAND:
        kinds = {"follow_through": 0, "trivial": 0}
        drawn = product(drawn_variants(name), (-0.37, -2.5))
        for place, (variant, off) in enumerate(drawn):
            told = TOLD[place // 2 % 2]
            address = [*variant.keys][place % len(variant.keys)]
            truth, answers = carried_on(name, variant, address, off, told)
            for other, found in mark(variant, written(answers)).marks.items():
                kinds["follow_through"] += found.verdict == "follow_through"
                kinds["trivial"] += other != address and is_trivial(name, truth, answers, other)
        assert kinds["follow_through"] > 50, name
        assert kinds["trivial"] > 3 or name == "two-two-one", name


PRINTED = {"h1": 2, "h2": -0.5, "h3": 2, "h4": 0, "o1": 0, "o2": -1.5}  # of two-layer-numbers


def two_layer_answers(**changed):
    """The printed variant, with the error and the update that follow from what is changed."""
    forward = PRINTED | {name: value for name, value in changed.items() if name in PRINTED}
    e1, e2 = forward["o1"] - 1, forward["o2"] - 0.5
    gradient = -(e1 * 0.5 - e2) * (forward["h1"] > 0)
    later = {
        "error": e1**2 / 2 + e2**2 / 2,
        "update.gradient": gradient,
        "update.w21": 0.5 - 0.1 * gradient,
    }
    return {f"forward.{name}": str(value) for name, value in forward.items()} | {
        name: str(value) for name, value in later.items()
    }


def test_what_was_given_counts_and_not_what_it_should_be_from_what_was_wrong_before():
    """A right o2 stands below a wrong h3."""
    variant = printed_variant(BANK["two-layer-numbers"])
    texts = {"h1": "1.5", "h3": "1.5", "h4": "0", "o1": "0.75", "o2": "-1.5"}
    texts = {f"forward.{name}": text for name, text in texts.items()}
    marks = mark(variant, texts | {"error": "2.03125"}).marks
    assert marks["forward.o2"].verdict == "correct"
    assert marks["error"].message == "right from your value of o₁"
    assert mark(variant, texts | {"error": "2.53125"}).marks["error"].points == 0  # from o2 = -1


def test_a_right_value_may_be_rounded_or_not_where_it_is_carried_on():
    variant = printed_variant(BANK["two-two-one"])
    truth = two_two_one(drawn(variant), {})
    h1, wrong = truth["output.h1"], truth["output.h2"] + 0.1
    for given_h1 in (h1, round(h1, 3)):
        for used in (h1, round(h1, 3)):
            y = 0.5 * used + 0.7 * wrong + 0.1
            texts = {"output.h1": given_h1, "output.h2": wrong, "output.y": y}
            assert mark(variant, written(texts)).marks["output.y"].verdict == "follow_through"


@pytest.mark.parametrize(("o1", "points"), [(1, 11), (1.1, 11)])
def test_one_term_that_vanishes_makes_nothing_trivial(o1, points):
    """With o1 = 1, which is its target, half of the error is gone, and half is left to compute."""
    variant = printed_variant(BANK["two-layer-numbers"])
    assert mark(variant, two_layer_answers(o1=o1)).points == points


def test_all_terms_that_vanish_leave_nothing():
    variant = printed_variant(BANK["two-layer-numbers"])
    marks = mark(variant, two_layer_answers(o1=1, o2=0.5)).marks
    lost = [address for address, one in marks.items() if not one.points]
    assert lost == ["forward.o1", "forward.o2", "error", "update.gradient", "update.w21"]
    says = "it follows from your values of o₁ and o₂, which leave nothing to compute here"
    assert says in marks["error"].message


@pytest.mark.parametrize("huge", ["10^200 * 10^100", "-10^200 * 10^100", "10^150"])
def test_a_huge_value_costs_its_own_blank_only(huge):
    """Nothing that overflows spoils other blanks, other students, or raises."""
    variant = printed_variant(BANK["two-layer-numbers"])
    right = two_layer_answers()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for address in right:
            texts = right | {address: huge}
            marks = mark(variant, texts).marks
            assert [one for one, found in marks.items() if found.verdict != "correct"] == [address]
            others = two_layer_answers(o1=1.1)
            lines = [Answers("two-layer-numbers", "printed", each) for each in (texts, others)]
            both = mark_all(variant.solved, [(0, line) for line in lines])
            assert [one.marks for one in both] == [marks, mark(variant, others).marks]


def test_several_wrong_values_at_once():
    variant = printed_variant(BANK["two-layer-numbers"])
    given = {"forward.h1": 1.0, "forward.h2": 0.75}
    answers = two_layer_numbers(drawn(variant), given)
    found = mark(variant, written(answers)).marks
    # h4 and all behind it: a dead unit came to life, which makes nothing trivial
    verdicts = {address: one.verdict for address, one in found.items()}
    assert verdicts.pop("forward.h1") == verdicts.pop("forward.h2") == "incorrect"
    assert set(verdicts.values()) == {"follow_through"}
    assert found["forward.o1"].message == "right from your values of h₃ and h₄"
    assert "the first value that went wrong" in found["forward.h1"].message


def test_what_is_blank_or_unreadable_before_spoils_nothing():
    variant = printed_variant(BANK["two-layer-numbers"])
    answers = two_layer_numbers(drawn(variant), {"forward.h1": 1.0})
    texts = written(answers) | {"forward.h3": "", "forward.o1": "one and a half"}
    found = mark(variant, texts).marks
    assert found["forward.h3"].verdict == "blank"
    assert found["forward.o1"].verdict == "unreadable"
    assert found["forward.o2"].verdict == "follow_through"
    assert found["error"].verdict == "follow_through"
    assert found["error"].message == "right from your values of h₁ and o₂"


GAMES = {
    "zeros": ({"forward.h1": 0.0, "forward.h2": 0.0}, {"error"}),
    "a dead unit": ({"forward.h1": -1.0}, {"error"}),
    "almost zero": ({"forward.h1": 1e-9}, {"error", "update.w21"}),
    "no error": ({"forward.o1": 1.0, "forward.o2": 0.5}, set()),
}


@pytest.mark.parametrize("game", GAMES)
def test_gaming_earns_only_what_is_computed(game):
    """What follows from a value that leaves nothing to compute is wrong; what is computed from that is computed."""
    variant = printed_variant(BANK["two-layer-numbers"])
    given, computed = GAMES[game]
    answers = two_layer_numbers(drawn(variant), given)
    marks = mark(variant, written(answers)).marks
    earned = {address for address, found in marks.items() if found.verdict == "follow_through"}
    assert earned == computed
    assert all(marks[one].verdict in ("correct", "incorrect") for one in marks if one not in earned)
    assert marks["update.gradient"].points == 0


def test_a_saturated_unit_earns_nothing():
    """sigmoid(1000) is 1 whatever else is true."""
    exercise = BANK["two-two-one"]
    variant = printed_variant(exercise)
    marks = mark(variant, {"output.h1": "1e300", "output.h2": "0", "output.y": "0.1"}).marks
    assert marks["output.y"].points == 0


def test_zeros_everywhere_earn_what_is_zero():
    variant = printed_variant(BANK["two-layer-numbers"])
    marks = mark(variant, dict.fromkeys(variant.keys, "0")).marks
    earned = {address for address, one in marks.items() if one.points}
    assert earned == {"forward.h4", "forward.o1"}  # which are zero


def test_the_first_that_went_wrong_is_named():
    variant = printed_variant(BANK["scalar-residual-block"])
    answers = scalar_residual_block(drawn(variant), {"forward.u0": 0.5, "forward.y1": 1.0})
    marks = mark(variant, written(answers)).marks
    first = [a for a, one in marks.items() if "the first value that went wrong" in one.message]
    assert first == ["forward.u0"]
    assert marks["forward.y1"].verdict == "incorrect"
    assert marks["forward.v1"].message == "right from your value of y₁"


@pytest.mark.parametrize("given", [0.0026, 0.002, 2.6])
def test_what_is_a_single_value_by_nature_is_not_trivial(given, exercise):
    """y = -x here, by the right values too, however small the student's x is."""
    variant = printed_variant(exercise(ONE_FACTOR))
    marks = mark(variant, {"q.x": str(given), "q.y": str(-given)}).marks
    assert marks["q.y"].verdict == "follow_through"


ONE_FACTOR = """
id: one-factor
title: One factor
network:
  inputs: {u: 1}
  parameters: {w: 1}
  equations: |
    x = u^2
    y = x w
sample: {u: 1.1, w: -1}
printed: {}
questions:
  - {id: q, points: 2, ask: Compute., answer: {values: [x, y]}, may_be_trivial: true}
"""

MATRICES = """
id: matrices
title: Two layers
network:
  sizes: {d: 2, h: 3}
  inputs: {x: d}
  parameters: {W1: h × d, b1: h, W2: d × h}
  equations: |
    z1 = W1 x + b1
    a1 = relu(z1)
    z2 = W2 a1
sample: {x: [1, 2], W1: [[1, 0], [0, 1], [1, 1]], b1: [1, 1, 1], W2: [[1, 0, 2], [0, 1, 1]]}
printed: {}
questions:
  - {id: q, points: 3, ask: Compute., answer: {values: [z1, a1, z2]}, may_be_trivial: true}
"""


def test_vectors_follow_through(tmp_path):
    path = tmp_path / "matrices.yaml"
    path.write_text(MATRICES)
    variant = printed_variant(bank.load(path))
    assert mark(variant, {"q.z1": "[2, 3, 4]", "q.a1": "[2,3,4]", "q.z2": "[10, 7]"}).points == 3
    marks = mark(variant, {"q.z1": "[2, 3, 5]", "q.a1": "[2,3,5]", "q.z2": "[12, 8]"}).marks
    assert marks["q.z1"].verdict == "partial"
    assert marks["q.a1"].verdict == marks["q.z2"].verdict == "follow_through"
    second = mark(variant, {"q.z1": "[2, 3, 5]", "q.a1": "[2,3,5]", "q.z2": "[12, 7.5]"}).marks
    assert second["q.z2"].verdict == "partial"
    assert (
        second["q.z2"].message
        == "1 of 2 entries are right, or right from your value of a₁; place by place: ✓; ✗"
    )


def test_entries_that_are_dead_are_lost_alone(tmp_path):
    path = tmp_path / "matrices.yaml"
    path.write_text(MATRICES)
    variant = printed_variant(bank.load(path))
    one = mark(variant, {"q.z1": "[2.5, 3, -4]", "q.a1": "[2.5,3,0]", "q.z2": "[2.5, 3]"}).marks
    assert (one["q.a1"].verdict, one["q.a1"].points) == ("partial", 0.6667)
    assert "which leaves nothing to compute here" in one["q.a1"].message
    assert one["q.z2"].verdict == "follow_through"
    texts = {"q.z1": "[-1, -2, -4]", "q.a1": "[0, 0, 0]", "q.z2": "[0, 0]"}
    assert mark(variant, texts).points == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hidden1", "hidden2", "output"])
def test_a_sum_of_counts_follows_from_a_wrong_part(name):
    for variant in variants(BANK["layer-sizes"], range(SEEDS)):
        answers = {address: key.show() for address, (_, key) in variant.keys.items()}
        n0, n1, n2, n3 = (variant.draw.sizes[size] for size in ("n0", "n1", "n2", "n3"))
        right = {"hidden1": n1 * n0 + n1, "hidden2": n2 * n1 + n2, "output": n3 * n2 + n3}
        given = right | {name: right[name] + 7}
        texts = {f"parameters.{one}": str(value) for one, value in given.items()}
        texts["parameters.total"] = str(sum(given.values()))
        marks = mark(variant, answers | texts).marks
        assert marks[f"parameters.{name}"].verdict == "incorrect"
        total = marks["parameters.total"]
        assert (total.verdict, total.points) == ("follow_through", total.out_of)
        assert total.message == f"right from your value of {name}"
        off = mark(variant, answers | texts | {"parameters.total": str(sum(given.values()) + 1)})
        assert off.marks["parameters.total"].verdict == "incorrect"
        nil = right | {name: 0}
        texts = {f"parameters.{one}": str(value) for one, value in nil.items()}
        texts["parameters.total"] = str(sum(nil.values()))
        assert mark(variant, texts).marks["parameters.total"].points == 0


COUNTS = """
id: counts
title: Counts in symbols
network:
  sizes: {d: 4..9, h: 2..3}
  inputs: {x: d}
  parameters: {W1: h × d, b1: h, W2: 1 × h, b2: 1}
  equations: |
    z1 = W1 x + b1
    z2 = W2 z1 + b2
printed: {d: 5, h: 3}
questions:
  - id: parts
    points: 2
    ask: Count.
    answer: {parameters: {first: [W1, b1], second: [W2, b2]}, in_terms_of: "d, h"}
  - {id: total, points: 1, ask: Count., answer: {parameters: all, in_terms_of: "d, h"}}
  - {id: number, points: 1, ask: Count., answer: {parameters: all}}
"""


@pytest.mark.parametrize(
    ("first", "second", "total", "verdict"),
    [
        ("d h", "h + 1", "h (d + 1) + 1", "follow_through"),  # no bias in the first layer
        ("d h + 1", "h", "d h + h + 1", "follow_through"),  # one bias a layer, none above
        ("d h", "h + 1", "h d + 2 h", "incorrect"),  # another slip
        ("d h", "h + 1", "h (d + 2) + 1", "correct"),
        ("0", "h + 1", "h + 1", "incorrect"),  # zero counts nothing
        ("h (d + 1) + 1/d", "h + 1", "h (d + 2) + 1 + 1/d", "follow_through"),
        ("1/(d + h + 1)^12", "1/(d - h + 1)^12", "h", "incorrect"),  # too much to add up
    ],
)
def test_a_sum_of_counts_in_symbols_follows_from_a_wrong_part(
    first, second, total, verdict, exercise
):
    variant = printed_variant(exercise(COUNTS))
    texts = {"parts.first": first, "parts.second": second, "total": total, "number": "1"}
    marks = mark(variant, texts).marks
    assert marks["total"].verdict == verdict
    assert marks["number"].verdict == "incorrect"  # a number does not follow from symbols
    if verdict == "follow_through":
        assert "first" in marks["total"].message


def test_what_absorbs_all_that_is_added_earns_nothing():
    """From 10^12 it would follow that 10^12 is right everywhere."""
    variant = printed_variant(BANK["scalar-residual-block"])
    assert mark(variant, dict.fromkeys(variant.keys, "1e12")).points == 0


def test_a_large_slip_is_followed_and_a_sum_without_its_smaller_term_is_not():
    variant = printed_variant(BANK["scalar-residual-block"])
    for y0, verdict in {"5000.1": "follow_through", "5000": "incorrect"}.items():
        marks = mark(variant, {"forward.u0": "5000", "forward.y0": y0}).marks
        assert marks["forward.y0"].verdict == verdict


def test_slopes_by_value_leave_out_no_argument():
    """Else what has a derivative would have none, and 0 would follow for it."""
    for operation, pulls in BY_VALUE.pulls.items():
        there = [pull is not None for pull in OPERATIONS[operation].pulls]
        assert [pull is not None for pull in pulls] == there, operation
