"""Pools of which drawn numbers decide what is right, against the same comparisons made in NumPy."""

import numpy as np
import pytest

from grader.checking import check
from grader.checking.guessing import rows
from grader.checking.subject import Subject
from grader.drawing import printed_variant, restored, survey, variants
from grader.errors import AuthorError
from grader.sheets import Notation, worked

UNITS = """\
id: claims
title: Two units
network:
  inputs: {x: 2}
  parameters: {u: 1 × 2, v: 1 × 2}
  equations: |
    p = sigmoid(u x)
    q = sigmoid(v x)
sample:
  x: {from: [-2, 2], step: 1, not: 0}
  u, v: {from: [-1, 1], step: 0.25, not: 0}
printed: {x: [1, 2], u: [[0.5, 1]], v: [[1, 0.5]], which: [larger, smaller], some: [high, above, one], best: [both, second, first], rank: [second, first, both]}
questions:
  - id: which
    points: 1
    ask: How do $p$ and $q$ compare?
    answer:
      choose_one:
        options:
          larger: {right: "p > q", text: $p$ is larger., because: {right: Its sum is larger., wrong: Its sum is smaller.}}
          smaller: {right: "q > p", text: $q$ is larger., because: {right: Its sum is larger., wrong: Its sum is smaller.}}
  - id: some
    points: 2
    ask: Which hold?
    answer:
      choose_several:
        show: 3
        options:
          high: {right: "p + q > 1", text: $p + q > 1$, because: Add them.}
          above: {right: ["p > 0.5", "p > 0.1"], text: $p > 0.5$, because: Look at the sign.}
          below: {right: "q < 0.5", text: $q < 0.5$, because: Look at the sign.}
          one: {right: true, text: "$q < 1.0$", because: A sigmoid is below 1., holds: q < 1}
  - id: best
    points: 1
    ask: Which is the smallest?
    answer:
      choose_one:
        right: smallest
        show: 2
        options:
          first: {value: p, text: "$p + 0.0$", because: Compare.}
          second: {value: q, text: "$q + 0.0$", because: Compare.}
          both: {value: p + q - 0.5, text: "$p + q - 0.5$", because: Compare.}
  - id: rank
    points: 2
    ask: Put them in order, the largest first.
    answer:
      order:
        right: descending
        lines:
          first: {value: p, text: $p$, because: Compare.}
          second: {value: q, text: $q$, because: Compare.}
          both: {value: p + q - 0.5, text: "$p + q - 0.5$", because: Compare.}
        distractors: {never: "$p + q$"}
accept: [no-because, length]
"""
SEEDS = range(300)


@pytest.fixture
def units(exercise):
    return exercise(UNITS)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def values(variant):
    x, u, v = (np.array(variant.draw.values[name]) for name in "xuv")
    p, q = sigmoid(u @ x).item(), sigmoid(v @ x).item()
    return {"first": p, "second": q, "both": p + q - 0.5}


def test_check_proves_the_keys(units):
    assert check(units, 100).problems == []


def test_keys_are_what_the_numbers_decide(units):
    for variant in variants(units, SEEDS):
        keys, number = {name: key for name, (_, key) in variant.keys.items()}, values(variant)
        p, q = number["first"], number["second"]
        assert keys["which"].right == ("larger" if p > q else "smaller")
        holds = {"high": p + q > 1, "above": p > 0.5, "below": q < 0.5, "one": True}
        assert keys["some"].right == tuple(one for one in keys["some"].options if holds[one])
        assert keys["best"].right == min(keys["best"].options, key=number.get)
        assert keys["rank"].right == tuple(sorted(number, key=number.get, reverse=True))


def test_rounding_to_three_decimals_changes_nothing(units):
    for variant in variants(units, SEEDS):
        p, q, _ = (round(number, 3) for number in values(variant).values())
        assert len({p, q, p + q - 0.5}) == 3
        assert min(abs(p + q - 1), abs(p - 0.5), abs(q - 0.5)) > 0


def test_some_are_right_and_some_are_wrong(units):
    for variant in variants(units, SEEDS):
        assert 0 < len(variant.keys["some"][1].right) < 3


def test_every_key_is_met_and_no_rule_answers(units):
    found = {row.address: row for row in rows(Subject(units, 400))}
    assert found["which"].different == 2
    assert len({one.keys["rank"][1].right for one in variants(units, SEEDS)}) == 6
    assert found["which"].ways["same text"].share < 0.65
    assert found["which"].ways["same letter"].share < 0.6


def test_a_stored_paper_has_the_same_keys(units):
    drawn = variants(units, range(20))
    again = restored(units, [one.draw for one in drawn])
    shown = [[key.show() for _, key in one.keys.values()] for one in (*drawn, *again)]
    assert shown[:20] == shown[20:]


def test_a_solution_says_why_it_is_so_here(units):
    for variant in variants(units, range(20)):
        text = worked(variant, Notation.PLAIN)["which"]
        assert "is right.** Its sum is larger." in text
        assert "is wrong.** Its sum is smaller." in text


def test_a_pinned_variant_may_be_one_that_is_not_drawn(units):
    variant = printed_variant(units)
    assert variant.keys["some"][1].show() == "a, b, c"
    assert variant.solved.faults["undecided"].all()
    assert "the printed variant would not be drawn: undecided" in check(units, 20).remarks


EQUAL = """\
id: equal
title: Two numbers
network: {inputs: {x: 1, y: 1}}
sample: {"x, y": {from: [1, 3]}}
questions:
  - id: larger
    points: 1
    ask: Which is larger?
    answer: {choose_one: OPTIONS}
"""
RANKED = "{right: largest, options: {first: {value: x, text: x}, second: {value: y, text: y}}}"
NONE = '{none_of_these: neither, options: {first: {right: "x > y", text: x}, second: {right: "y > x", text: y}}}'
BOTH = '{options: {first: {right: "x >= y", text: x}, second: {right: "y >= x", text: y}}}'


@pytest.mark.parametrize("options", [RANKED, BOTH])
def test_ties_are_not_drawn(exercise, options):
    made = exercise(EQUAL.replace("OPTIONS", options))
    _, survival = survey(made, SEEDS)
    assert survival.rejected.keys() == {"undecided"}
    for variant in variants(made, SEEDS):
        x, y = (variant.draw.values[name][0][0] for name in "xy")
        assert variant.keys["larger"][1].right == ("first" if x > y else "second")


def test_exact_numbers_decide_at_a_tie(exercise):
    keys = set()
    for variant in variants(exercise(EQUAL.replace("OPTIONS", NONE)), SEEDS):
        x, y = (variant.draw.values[name][0][0] for name in "xy")
        key = variant.keys["larger"][1]
        assert key.right == ("none" if x == y else "first" if x > y else "second")
        keys.add(key.right)
    assert len(keys) == 3


def test_what_is_never_right_is_found(exercise):
    made = exercise(EQUAL.replace("OPTIONS", BOTH.replace(">=", "> 3 +")))
    [problem] = [one for one in check(made, 20).problems if one.code == "unsolvable"]
    assert "rejected: undecided" in problem.message


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (BOTH.replace("x >= y", "x + y"), "expected true, false or a comparison such as p > q"),
        (BOTH.replace('"x >= y"', "[x > 0, x + y]"), "9:60: expected true, false"),
        (BOTH.replace("x >= y", "x > q"), "unknown name 'q'"),
        (RANKED.replace("value: y, ", ""), "expected 'value', the number of which the largest"),
        (RANKED.replace("right: largest, ", ""), "'value' needs 'right: largest'"),
        (RANKED.replace("value: y", "value: y, right: true"), "'right' has no say beside it"),
        (RANKED.replace("right: largest", "right: most"), "'most'"),
        (RANKED.replace("right: largest", "show: 3, right: largest"), "at most 2 options"),
        (
            BOTH.replace('"y >= x"', "true, because: {right: a, wrong: b}"),
            "expected one text, as no number decides",
        ),
    ],
)
def test_an_author_is_told(exercise, options, says):
    with pytest.raises(AuthorError) as raised:
        variants(exercise(EQUAL.replace("OPTIONS", options)), range(3))
    assert says in str(raised.value)


def test_lines_need_values_and_a_direction(exercise):
    order = "{order: {lines: {first: {value: x, text: x}, second: y}}}"
    with pytest.raises(AuthorError, match="each line needs a 'value'"):
        exercise(EQUAL.replace("{choose_one: OPTIONS}", order))
