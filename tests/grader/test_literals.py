"""Literals, sequences and sets of drawn numbers: keys against NumPy, what is drawn, and what authors are told."""

import numpy as np
import pytest

from grader.checking import check
from grader.cli import main
from grader.drawing import survey, variants
from grader.errors import AuthorError
from grader.marking import Answers, mark, mark_all
from grader.sheets import Notation, worked

SHAPES = """\
id: shapes
title: Shapes and states
choose:
  sum:
    same: {text: "zeros(n, 1, k) + zeros(m, 1)", shape: "(n, m, k)"}
    apart: {text: "zeros(n, 2) + zeros(n, 3)", shape: error}
network:
  sizes: {n: 2..5, m: 2..5, k: 2..5}
  inputs: {x: 3, t: 1}
  parameters: {w: 1 × 3}
  equations: |
    z = w x
    y = sigmoid(z)
    high = 1 + step(x[2] - x[1])
    gap = y - t
sample:
  x: {from: [-2, 2], step: 0.5, not: 0}
  w: {from: [-1, 1], step: 0.5, not: 0}
  t: {one_of: [0.25, -0.25]}
questions:
  - id: sum
    points: 1
    ask: For $n = {{n}}$, $m = {{m}}$, $k = {{k}}$, what is the shape of `{{sum.text}}`?
    answer: {literal: "{{sum.shape}}", words: error, because: "Sizes are aligned from the right."}
  - id: known
    points: 3
    ask: What is known?
    answer: {literal: {pair: [y, z], nothing: not determined, sum: "max(n, k)", whole: x}, words: [not determined, error], because: It follows from $x$.}
  - id: states
    points: 2
    ask: Which states follow?
    answer: {sequence: {of: [A, B, C], right: [C, high, high + step(t)], part: prefix}, because: Each is named by its place.}
  - id: entries
    points: 1
    ask: Which values does twice $x$ have, one behind the other?
    answer: {sequence: {right: [2 x]}, because: Each is doubled.}
  - id: above
    points: 2
    ask: Which entries of $x$ are above $t$?
    answer: {set: {right: {a: "x[1] > t", b: "x[2] > t", c: "x[3] > t", d: false}, part: share}, because: Each is compared by itself.}
accept: [few-variants]
"""
SEEDS = range(200)


@pytest.fixture
def shapes(exercise):
    return exercise(SHAPES)


def test_check_proves_the_keys(shapes):
    assert check(shapes, 60).problems == []


def test_keys_are_what_numpy_gives(shapes):
    met = set()
    for variant in variants(shapes, SEEDS):
        sizes, draw = variant.draw.sizes, variant.draw
        x, w, t = (np.array(draw.values[name]) for name in "xwt")
        texts = {address: key.show() for address, (_, key) in variant.keys.items()}
        text = shapes.file.choose["sum"][draw.choices["sum"]]["text"]
        try:
            found = str(eval(text, {"zeros": lambda *shape: np.zeros(shape), **sizes}).shape)
        except ValueError:
            found = "error"
        assert texts["sum"] == found
        met.add(found == "error")
        z = (w @ x).item()
        key = variant.keys["known.pair"][1]
        assert np.allclose(key.right, [1 / (1 + np.exp(-z)), z])
        assert texts["known.sum"] == str(max(sizes["n"], sizes["k"]))
        assert variant.keys["known.whole"][1].right == tuple(x.ravel())
        high = 1 + int(x[1, 0] > x[0, 0])
        states = ["C", "ABC"[high - 1], "ABC"[high - 1 + int(t.item() > 0)]]
        assert texts["states"] == ", ".join(states)
        assert texts["entries"] == ", ".join(f"{2 * one:g}" for one in x.ravel())
        above = [name for name, one in zip("abc", x.ravel(), strict=True) if one > t.item()]
        assert texts["above"] == (", ".join(above) or "none")
    assert met == {True, False}


def test_a_rounded_row_is_right_and_a_wrong_one_is_not(shapes):
    for variant in variants(shapes, range(20)):
        y, z = variant.keys["known.pair"][1].right
        right = mark(variant, {"known.pair": f"({y:.3f}, {z:g})", "known.nothing": "unknown"})
        wrong = mark(variant, {"known.pair": f"({1.05 * y:.3f}, {z:g})", "known.nothing": "(0, 0)"})
        for address in ("known.pair", "known.nothing"):
            assert right.marks[address].verdict == "correct"
            assert wrong.marks[address].verdict == "incorrect"


def test_the_hint_tells_nothing_of_the_answer(shapes, write, run):
    path = write(SHAPES)
    shown = {
        run(main, "show", path, "--seed", seed).output.split("Answer: ")[1] for seed in SEEDS[:8]
    }
    assert len({text.partition("\n")[0] for text in shown}) == 1


def test_a_solution_has_the_steps_to_a_row(shapes):
    [variant] = variants(shapes, [0])
    assert "z = " in worked(variant, Notation.PLAIN)["known.pair"]


SMALL = """\
id: small
title: Two numbers
network: {inputs: {p: 1, q: 1}}
sample: {"p, q": {from: [0, 3]}}
questions:
  - id: asked
    points: 1
    ask: What is it?
    answer: ANSWER
"""


def test_places_outside_of_the_list_are_not_drawn(exercise):
    made = exercise(SMALL.replace("ANSWER", "{sequence: {of: [A, B], right: [p, q, A]}}"))
    found, survival = survey(made, SEEDS)
    assert survival.rejected.keys() == {"undecided"}
    for variant in found:
        p, q = (int(variant.draw.values[name][0][0]) for name in "pq")
        expected = ["A", "B"][p - 1 : p] * bool(p) + ["A", "B"][q - 1 : q] * bool(q) + ["A"]
        assert variant.keys["asked"][1].right == tuple(expected)


def test_rounding_decides_about_no_member(exercise):
    text = SMALL.replace(
        "ANSWER", '{set: {right: {small: "exp(p) - 3 < q", large: "exp(p) > q + 3"}}}'
    )
    for variant in variants(
        exercise(text.replace("from: [0, 3]", "from: [0, 3], step: 0.01")), SEEDS
    ):
        p, q = (variant.draw.values[name][0][0] for name in "pq")
        assert abs(np.exp(p) - 3 - q) > 0.002
        assert variant.keys["asked"][1].show() == ("small" if np.exp(p) - 3 < q else "large")


def test_a_class_has_the_marks_of_each_by_itself(exercise, run, write):
    text = SMALL.replace("ANSWER", "{values: {size: 10 p + q}, unit: MB}").replace(
        "[0, 3]", "[1, 9]"
    )
    drawn, texts = variants(exercise(text), range(6)), ("{}", "{} MB", "{}e6", "{} kB", "{}1", "MB")
    answers = [
        {"asked.size": one.format(variant.keys["asked.size"][1].show())}
        for one, variant in zip(texts, drawn, strict=True)
    ]
    alone = [mark(*one) for one in zip(drawn, answers, strict=True)]
    assert drawn[0].solved is drawn[5].solved
    rows = [
        (one.row, Answers("small", one.draw.seed, given))
        for one, given in zip(drawn, answers, strict=True)
    ]
    assert mark_all(drawn[0].solved, rows) == alone
    verdicts = [one.marks["asked.size"].verdict.value for one in alone]
    assert verdicts == ["correct", "correct", "incorrect", "unreadable", "incorrect", "unreadable"]
    assert "asked for in MB" in alone[2].marks["asked.size"].message


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("{literal: [p, r]}", "unknown name 'r'"),
        ("{literal: error}", "unknown name 'error'"),
        ("{literal: p, in_terms_of: p}", "'in_terms_of' does not go with 'literal'"),
        ("{values: p, words: error}", "'words' does not go with 'values'"),
        ("{sequence: {of: [A, B], right: [A, C]}}", "unknown name 'C'"),
        ("{sequence: {of: [A, A], right: [A]}}", "expected different tokens"),
        ("{sequence: {of: [A, none], right: [A]}}", "expected different tokens"),
        ("{sequence: {right: {A: p > q}}}", "expected a list, as a sequence has an order"),
        (
            "{sequence: {of: [A, B], right: [A], part: share}}",
            "'share' does not go with 'sequence'",
        ),
        (
            "{set: {of: [A, B], right: [A], part: prefix}, because: Each is named by its place.}",
            "'prefix' does not go with 'set'",
        ),
        ("{set: {right: {A: p + q}}}", "expected true, false or a comparison such as p > q"),
        ("{set: {of: [A], right: {B: p > q}}}", "expected one of A, found 'B'"),
        ("{values: {size: p}, unit: {rate: MB}}", "'rate' is not a blank of this answer"),
        ("{values: p, in_terms_of: q, unit: MB}", "only numbers have a unit"),
        ("{values: {size: p}, in_terms_of: q, unit: {size: MB}}", "only numbers have a unit"),
        ("{literal: '(p, q)', unit: MB}", "only numbers have a unit"),
        ("{shapes: p, unit: MB}", "'unit' does not go with 'shapes'"),
        ("{literal: {size: p}, unit: {rate: MB}}", "'rate' is not a blank of this answer"),
        ("[{literal: p}, {literal: q}]", "two blanks have the address 'asked'"),
    ],
)
def test_an_author_is_told(exercise, answer, says):
    with pytest.raises(AuthorError) as raised:
        variants(exercise(SMALL.replace("ANSWER", answer)), range(3))
    assert says in str(raised.value)
