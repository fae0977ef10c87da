"""A wrong value costs its own points only, unless it makes the rest trivial; by arithmetic of our own."""

import math

import pytest

from grader import bank
from grader.drawing import printed_variant, variants
from grader.marking import mark

SEEDS = 200
NIL = 5e-4
BANK = bank.load_folder()


def relu(x):
    return max(x, 0.0)


def two_layer_numbers(v, given):
    """Every value in order; a value that is given stands for the one computed."""
    w = {}

    def put(name, value):
        w[name] = given.get(name, value)

    put("forward.h1", v["i1"] * v["w11"] + v["i2"] * v["w21"] + v["b1"])
    put("forward.h2", v["i1"] * v["w12"] + v["i2"] * v["w22"] + v["b2"])
    put("forward.h3", relu(w["forward.h1"]))
    put("forward.h4", relu(w["forward.h2"]))
    h3, h4 = w["forward.h3"], w["forward.h4"]
    put("forward.o1", h3 * v["w31"] + h4 * v["w41"] + v["b3"])
    put("forward.o2", h3 * v["w32"] + h4 * v["w42"] + v["b4"])
    e1, e2 = w["forward.o1"] - v["t1"], w["forward.o2"] - v["t2"]
    w |= {"(e1)": e1, "(e2)": e2, "(back)": e1 * v["w31"] + e2 * v["w32"]}
    put("error", e1**2 / 2 + e2**2 / 2)
    mask = w["forward.h1"] > 0
    put("update.gradient", (e1 * v["w31"] + e2 * v["w32"]) * mask * v["i2"])
    put("update.w21", v["w21"] - v["alpha"] * w["update.gradient"])
    return w


def two_two_one(v, given):
    w = {}

    def put(name, value):
        w[name] = given.get(name, value)

    put("output.h1", 1 / (1 + math.exp(-(v["w11"] * v["x1"] + v["w21"] * v["x2"] + v["b1"]))))
    put("output.h2", 1 / (1 + math.exp(-(v["w12"] * v["x1"] + v["w22"] * v["x2"] + v["b1"]))))
    put("output.y", v["v1"] * w["output.h1"] + v["v2"] * w["output.h2"] + v["b2"])
    return w


def scalar_residual_block(v, given):
    w = {}

    def put(name, value):
        w[name] = given.get(name, value)

    put("forward.u0", v["x0"] * v["w0"])
    put("forward.y0", w["forward.u0"] + v["b0"])
    put("forward.x1", relu(w["forward.y0"]))
    put("forward.u1", w["forward.x1"] * v["w1"])
    put("forward.y1", w["forward.u1"] + v["b1"])
    put("forward.v1", w["forward.y1"] + v["x0"])
    put("forward.z", relu(w["forward.v1"]))
    last, first = w["forward.v1"] > 0, w["forward.y0"] > 0
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
# What is computed from what, directly.
USES = {
    "two-layer-numbers": {
        "forward.h3": ["forward.h1"], "forward.h4": ["forward.h2"],
        "forward.o1": ["forward.h3", "forward.h4"], "forward.o2": ["forward.h3", "forward.h4"],
        "error": ["forward.o1", "forward.o2"],
        "(e1)": ["forward.o1"], "(e2)": ["forward.o2"], "(back)": ["(e1)", "(e2)"],
        "update.gradient": ["(back)", "forward.h1"],
        "update.w21": ["update.gradient"],
    },
    "two-two-one": {"output.y": ["output.h1", "output.h2"]},
    "scalar-residual-block": {
        "forward.y0": ["forward.u0"], "forward.x1": ["forward.y0"], "forward.u1": ["forward.x1"],
        "forward.y1": ["forward.u1"], "forward.v1": ["forward.y1"], "forward.z": ["forward.v1"],
        "gradients.w0": ["forward.v1", "forward.y0"], "gradients.w1": ["forward.v1", "forward.x1"],
        "gradients.b0": ["forward.v1", "forward.y0"], "gradients.b1": ["forward.v1"],
    },
}  # fmt: skip


def above(uses, name):
    found = {name}
    for one in uses.get(name, ()):
        found |= above(uses, one)
    return found


def drawn(variant):
    return {name: rows[0][0] for name, rows in variant.draw.values.items()}


def written(values):
    return {name: repr(float(value)) for name, value in values.items() if name[0] != "("}


def died(truth, values, uses, address):
    """Is something on the way to a blank zero that is not in truth?"""
    way = above(uses, address)
    return any(abs(values[one]) <= NIL < abs(truth[one]) for one in way)


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_HAND)
def test_a_corrupted_blank_costs_its_own_points(name):
    by_hand, uses = BY_HAND[name], USES[name]
    followed = spoiled = 0
    for seed, variant in enumerate(variants(BANK[name], range(SEEDS))):
        values = drawn(variant)
        truth = by_hand(values, {})
        within = {a: k.within for a, (_, k) in variant.keys.items()}
        assert all(abs(truth[a] - k.value) < 1e-9 for a, (_, k) in variant.keys.items())
        for address in variant.keys:
            off = 0.37 + 5 * within[address]
            corrupted = {address: truth[address] + (off if seed % 2 else -off)}
            answers = by_hand(values, corrupted)
            marks = mark(variant, written(answers)).marks
            assert marks[address].verdict == "incorrect"
            assert marks[address].points == 0
            for other, found in marks.items():
                if other == address:
                    continue
                if abs(answers[other] - truth[other]) <= within[other] + 1e-9:
                    assert found.verdict == "correct", (seed, address, other)
                elif died(truth, answers, uses, other):
                    assert found.verdict == "incorrect", (seed, address, other)
                    spoiled += 1
                else:
                    assert found.verdict == "follow_through", (seed, address, other, found)
                    assert found.points == found.out_of
                    followed += 1
    assert followed > 100
    assert spoiled > 10 or name == "two-two-one"


def test_several_wrong_values_at_once():
    variant = printed_variant(BANK["two-layer-numbers"])
    given = {"forward.h1": 1.0, "forward.h2": 0.75}
    answers = two_layer_numbers(drawn(variant), given)
    found = mark(variant, written(answers)).marks
    # h4 and all behind it: a dead unit came to life, which makes nothing trivial
    verdicts = {address: one.verdict for address, one in found.items()}
    assert verdicts.pop("forward.h1") == verdicts.pop("forward.h2") == "incorrect"
    assert set(verdicts.values()) == {"follow_through"}
    assert found["forward.o1"].message == "right from your values of h3 and h4"
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
    assert found["error"].message == "right from your values of h1 and o2"


GAMES = {
    "zeros": {"forward.h1": 0.0, "forward.h2": 0.0},
    "a dead unit": {"forward.h1": -1.0},
    "almost zero": {"forward.h1": 1e-9},
    "no error": {"forward.o1": 1.0, "forward.o2": 0.5},
}


@pytest.mark.parametrize("game", GAMES)
def test_gaming_earns_nothing(game):
    """What follows from a value that makes the rest trivial is not right."""
    variant = printed_variant(BANK["two-layer-numbers"])
    values = drawn(variant)
    truth = two_layer_numbers(values, {})
    answers = two_layer_numbers(values, GAMES[game])
    marks = mark(variant, written(answers)).marks
    for address, found in marks.items():
        if died(truth, answers, USES["two-layer-numbers"], address):
            assert found.points == 0 or abs(answers[address] - truth[address]) < 1e-3, address
    assert marks["update.gradient"].points == 0


def test_a_saturated_unit_earns_nothing():
    """sigmoid(1000) is 1 whatever else is true."""
    exercise = bank.load_folder()["two-two-one"]
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
    assert marks["forward.v1"].message == "right from your value of y1"


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
    dead = mark(variant, {"q.z1": "[2, 3, -4]", "q.a1": "[2,3,0]", "q.z2": "[2, 3]"}).marks
    assert dead["q.a1"].verdict == "partial"
    assert dead["q.z2"].verdict == "incorrect"


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
        assert total.message == f"right from your value of parameters.{name}"
        off = mark(variant, answers | texts | {"parameters.total": str(sum(given.values()) + 1)})
        assert off.marks["parameters.total"].verdict == "incorrect"
        nil = right | {name: 0}
        texts = {f"parameters.{one}": str(value) for one, value in nil.items()}
        texts["parameters.total"] = str(sum(nil.values()))
        assert mark(variant, texts).marks["parameters.total"].points == 0


def test_what_absorbs_all_that_is_added_earns_nothing():
    """From 10^12 it would follow that 10^12 is right everywhere."""
    variant = printed_variant(BANK["scalar-residual-block"])
    assert mark(variant, dict.fromkeys(variant.keys, "1e12")).points == 0


def test_a_large_slip_is_followed_and_a_sum_without_its_smaller_term_is_not():
    variant = printed_variant(BANK["scalar-residual-block"])
    for y0, verdict in {"5000.1": "follow_through", "5000": "incorrect"}.items():
        marks = mark(variant, {"forward.u0": "5000", "forward.y0": y0}).marks
        assert marks["forward.y0"].verdict == verdict
