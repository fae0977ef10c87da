"""How much work a variant is predicted to be, against counts made by hand."""

import pytest

from grader.drawing import difficulty, printed_variant, restored, variants
from grader.drawing.difficulty import FIELDS, FLOOR, WEIGHTS, Difficulty
from tests.exercises import exercise_text

UNIT = """
id: unit
title: A unit
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1, v: 1}
  equations: |
    h = relu(w x + b)
    y = v h
sample: {x: {one_of: [2, 3]}, w: {one_of: [-2, 4]}, b: {one_of: [0.5]}, v: {one_of: [3]}}
questions:
  - {id: out, points: 1, may_be_trivial: true, ask: y, answer: {values: y}}
  - {id: gradient, points: 1, may_be_trivial: true, ask: w, answer: {gradients_of: y, by: [w]}}
"""


def test_a_unit_counted_by_hand(exercise):
    found = variants(exercise(UNIT), range(30))
    seen = set()
    for variant, one in zip(found, difficulty.predict(found), strict=True):
        [[w]], [[x]] = variant.draw.values["w"], variant.draw.values["x"]
        expected = {
            # 4 · 2, 8 + 0.5, 3 · 8.5 and 3 · 2 have 2 digits, 2, 3 and 2; v · 1 falls away.
            (4, 2): Difficulty(4, 0, 9, 1, 1),
            # 4 · 3, 12 + 0.5, 3 · 12.5 and 3 · 3 have 2 digits, 3, 4 and 2.
            (4, 3): Difficulty(4, 0, 11, 1, 1),
            # -2 x and -4 + 0.5 each have 2 digits and a minus sign; 3 · 0, again 3 · 0, and 0 · x fall away.
            (-2, 2): Difficulty(2, 2, 4, 0, 3),
            (-2, 3): Difficulty(2, 2, 4, 0, 3),
        }
        assert one == expected[w, x]
        seen.add((w, x))
    assert len(seen) == 4


SYMBOLS = """
id: symbols
title: Symbols
network:
  sizes: {d: 2..5, n: 2..5}
  inputs: {x: d}
  parameters: {W: n × d, b: n}
  equations: |
    z = W x + b
    a = relu(z)
    L = sum(a)
questions:
  - {id: asked, points: 1, ask: Say., answer: ANSWER}
"""


@pytest.mark.parametrize(
    ("answer", "steps"),
    [
        ("{parameters: all, in_terms_of: [n, d]}", 2),  # n d + n
        ("{shapes: W, in_terms_of: [n, d]}", 2),
        ("{values: a, in_terms_of: [z]}", 1),  # relu
        ("{values: a, in_terms_of: [W, x, b]}", 4),  # relu, a product and a sum; by way of z
        ("{chain: {c: dL/dz}}", 2),  # dL/da · da/dz
        ("{choose_one: {options: {one: {text: a, right: true}, two: {text: b}, three: {text: c}}}}", 3),
        ("{match: {pairs: {one: {text: a, right: {xx: b}}, two: {text: c, right: {yy: d}}}}}", 4),
        ("{order: {lines: {one: a, two: b, three: c}}}", 3),
        ("{text: {rubric: {one: {text: a}, two: {text: b}}}}", 2),
    ],
)  # fmt: skip
def test_what_has_no_numbers_counted_by_hand(exercise, answer, steps):
    found = variants(exercise(SYMBOLS.replace("ANSWER", answer)), [1, 2])
    assert difficulty.predict(found) == [Difficulty(steps)] * 2


def test_counts_in_numbers_count_their_digits(exercise):
    text = SYMBOLS.replace("ANSWER", "{parameters: all}").replace("d: 2..5, n: 2..5", "d: {one_of: [784]}, n: {one_of: [10, 16]}")  # fmt: skip
    found = variants(exercise(text), range(10))
    for variant, one in zip(found, difficulty.predict(found), strict=True):
        # n · 784 + n: 10 has one digit to carry, 16 has two.
        assert one == Difficulty(2, digits={10: 1 + 3 + 1, 16: 2 + 3 + 2}[variant.draw.sizes["n"]])


DATA = """
id: data
title: Enough?
network:
  units: {x: 2, h: 2 relu, y: 1}
questions:
  - id: q
    points: 1
    ask: Can it be known?
    answer:
      sufficiency: {target: o_y, first: outputs of h, second: ITEM}
"""


@pytest.mark.parametrize(
    ("item", "steps"),
    [
        # Two networks that differ in one weight; both units of h, then y.
        ("[weights, inputs]", 1 + 3),
        # As before; two networks that differ in one weight where an input is 2; from both items, y.
        ("[w_h1_y, w_h2_y]", 1 + 2 + 1),
        # Two networks that differ in one weight refute all there is.
        ("o_x1", 1),
    ],
)
def test_data_sufficiency_counts_its_proofs(exercise, item, steps):
    assert difficulty.predict(variants(exercise(DATA.replace("ITEM", item)), [1])) == [
        Difficulty(steps)
    ]


def test_a_prediction_is_the_same_in_any_company(shipped):
    for name in ("two-layer-numbers", "softmax-stability", "layer-sizes", "scalar-classifier"):
        found = variants(shipped[name], range(12))
        together = difficulty.predict(found)
        assert difficulty.predict(found[::-1]) == together[::-1]
        assert [difficulty.predict([one])[0] for one in found] == together
        assert difficulty.predict(restored(shipped[name], [one.draw for one in found])) == together


def test_every_variant_of_the_bank_can_be_predicted(shipped):
    for exercise in shipped.values():
        [one] = difficulty.predict([printed_variant(exercise)])
        assert one.steps > 0 < one.score
        assert min(getattr(one, name) for name in FIELDS) >= 0


def test_weights_say_why():
    assert {*WEIGHTS} == {*FIELDS}
    assert all(weight > 0 and reason.endswith(".") for weight, reason in WEIGHTS.values())
    assert Difficulty(1, 1, 1, 1, 1).score == pytest.approx(
        sum(weight for weight, _ in WEIGHTS.values())
    )


def test_outliers_are_named(exercise):
    found = variants(exercise(exercise_text("uneven")), range(80))
    long = [seed for seed, one in enumerate(found) if "/" in one.draw.choices["sum"]]
    scores = {seed: one.score for seed, one in enumerate(difficulty.predict(found))}
    spread = difficulty.spread(scores)
    assert 0 < len(long) < 20
    assert spread.outliers == tuple((seed, scores[seed]) for seed in long)
    assert spread.ends == (min(scores.values()), max(scores.values()))


def test_nothing_is_far_out_where_all_are_close():
    scores = dict.fromkeys(range(20), 10.0)
    assert difficulty.spread(scores | {3: 10 * (1 + FLOOR)}).outliers == ()
    assert difficulty.spread(scores | {3: 13.0}).outliers == ((3, 13.0),)
    assert difficulty.spread({seed: float(seed) for seed in range(20)}).outliers == ()
