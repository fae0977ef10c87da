"""Constructs through the doors: any answer with the property is right, all blanks together, and a wrong one is shown where."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import bank, marking, sheets
from grader.answers import Level, Verdict
from grader.api import Exercise
from grader.bulk import lines
from grader.checking import Subject, findings
from grader.checking.guessing import rows
from grader.drawing import variants
from grader.errors import AuthorError
from grader.sheets import Notation, document, worked

XOR = """
id: xor
title: Exclusive or
network:
  inputs: {x: 2}
  equations: |
    h = 1{W x + b > 0}
    y = 1{v h + c > 0}
questions:
  - id: weights
    points: 4
    ask: Give weights and biases with which $y$ is 1 where just one input is.
    answer:
      construct:
        give: {W: 2 × 2, b: 2, v: 1 × 2, c: 1}
        holds: y = abs(x[1] - x[2])
        for_every: {x: {one_of: [0, 1]}}
        reference: {W: [[1, 1], [1, 1]], b: [-0.5, -1.5], v: [[1, -1]], c: -0.5}
"""
RIGHT = {"W": "[[1, 1], [1, 1]]", "b": "[-0.5, -1.5]", "v": "[[1, -1]]", "c": "-0.5"}

BOUNDARY = """
id: boundary
title: A line of decision
network:
  inputs: {x: 2}
  parameters: {w: 1 × 2, b: 1}
  constants: [p]
  equations: |
    z = w x + b
    zz = ww x + bb
    pp = sigmoid(zz)
sample:
  w, x: {from: [-4, 4], step: 1, not: 0}
  b: {from: [-3, 3], step: 1}
  p: {one_of: [0.6, 0.75, 0.9]}
require: [z > 0.5]
questions:
  - id: scaled
    points: 2
    ask: Keep the line, so that $pp = p$ at $x$.
    answer:
      construct:
        give: {ww: 1 × 2, bb: 1}
        holds: [pp = p, "ww[1] w[2] = ww[2] w[1]", "ww[1] b = bb w[1]"]
        reference: {ww: log(p / (1 - p)) / z * w, bb: log(p / (1 - p)) / z * b}
"""


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    def from_text(text):
        path = tmp_path_factory.mktemp("exercises") / "exercise.yaml"
        path.write_text(text)
        return bank.load(path)

    return from_text


@pytest.fixture(scope="module")
def xor(load):
    return Exercise(load(XOR)).variant(1)


def addressed(answers, question="weights"):
    return {f"{question}.{name}": text for name, text in answers.items()}


def mark(variant, **changed):
    return variant.mark(addressed({**RIGHT, **changed}))


def verdicts(marks):
    return [one.verdict for one in marks.marks.values()]


def test_the_reference_earns_all_points(xor):
    marks = mark(xor)
    assert marks.points == 4
    assert {*verdicts(marks)} == {Verdict.CORRECT}


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_any_other_that_does_it_earns_them_as_well(xor, first, second, out, swapped):
    order = [1, 0] if swapped else [0, 1]
    scale = np.array([first, second])
    W, b = np.full((2, 2), 1) * scale[:, None], np.array([-0.5, -1.5]) * scale
    v = out * np.array([1, -1])
    texts = {
        "W": str(W[order].tolist()),
        "b": str(b[order].tolist()),
        "v": str([v[order].tolist()]),
        "c": str(-0.5 * out),
    }
    assert mark(xor, **texts).points == 4


def test_a_wrong_one_falls_as_a_whole_and_is_shown_where(xor):
    marks = mark(xor, c="-1.5")
    assert marks.points == 0
    assert {*verdicts(marks)} == {Verdict.INCORRECT}
    assert marks.marks["weights.W"].message == (
        "what is asked holds in 2 of 4 cases; at x = (0, 1), y is 0, asked is 1"
    )
    assert marks.marks["weights.c"].message == "it is judged together with W"
    told = [marks.marks["weights.W"].told(level) for level in Level]
    assert told == ["", "", "what is asked holds in 2 of 4 cases", *2 * [told[3]]]
    assert "at x = (0, 1)" in told[3]


@pytest.mark.parametrize(
    ("changed", "verdict", "says"),
    [
        ({"c": ""}, Verdict.INCORRECT, "judged together with c, where something is missing"),
        ({"c": "-1/2 +"}, Verdict.UNREADABLE, "together with c, which could not be read"),
        ({"c": "1e400"}, Verdict.UNREADABLE, "together with c, which could not be read"),
        ({"c": "1e10"}, Verdict.UNREADABLE, "together with c, which could not be read"),
        ({"b": "[1, 2, 3]"}, Verdict.INCORRECT, "judged together with b, where something"),
    ],
)
def test_what_lacks_a_part_is_never_right(xor, changed, verdict, says):
    marks = mark(xor, **changed)
    assert marks.points == 0
    assert marks.marks["weights.W"].verdict is verdict
    assert says in marks.marks["weights.W"].message


def test_what_is_said_of_the_part_itself(xor):
    marks = mark(xor, b="[1, 2, 3]", c="")
    assert marks.marks["weights.b"].message == "the shape is 3 × 1, expected 2 × 1"
    assert marks.marks["weights.c"].verdict is Verdict.BLANK
    assert "expected numbers of at most 1e+09" in mark(xor, c="1e10").marks["weights.c"].message


@pytest.mark.parametrize("W", ["nan", "[[nan, 1], [1, 1]]", "[[1e308, 1e308], [1e308, 1e308]]"])
def test_hostile_numbers_are_not_read(xor, W):
    assert verdicts(mark(xor, W=W)) == [Verdict.UNREADABLE] * 4


def test_reading_knows_nothing_of_what_is_right(xor):
    read = xor.preview({"weights.W": "[[5, 6], [7, 8]]"})["weights.W"]
    assert read.state == "read"
    assert "5 & 6" in read.latex


def test_the_sheet_shows_how_to_write_it(load):
    sample = XOR.replace("reference:", "sample: {W: [[0, 2], [2, 0]], c: 7}\n        reference:")
    [variant] = variants(load(sample), [1])
    text = document(sheets.in_print(variant, Notation.PLAIN))
    assert "- (a) W: a matrix of 2 × 2, row by row, as [[0, 2], [2, 0]] · `weights.W`" in text
    assert "- (b) b: a column of 2 entries, as [1, 2] · `weights.b`" in text
    assert "- (d) c: a number, as 7 · `weights.c`" in text
    assert worked(variant, Notation.PLAIN)["weights.b"] == "For example:\n\n    b = [−0.5, −1.5]"


def test_a_share_of_the_points_where_the_author_says_so(load):
    each = Exercise(load(XOR.replace("reference:", "scoring: each\n        reference:"))).variant(1)
    marks = mark(each, c="-1.5")
    assert {*verdicts(marks)} == {Verdict.PARTIAL}
    assert marks.points == 2


def test_bulk_marks_as_one_by_one(load, xor):
    several = [
        RIGHT,
        {**RIGHT, "c": "-1.5"},
        {**RIGHT, "c": ""},
        {**RIGHT, "W": "[[1, 1]]"},
        {**RIGHT, "v": "?"},
        dict.fromkeys(RIGHT, ""),
    ]
    [variant] = variants(load(XOR), [1])
    handed_in = [marking.Answers("xor", 1, addressed(one)) for one in several]
    together = marking.mark_all(variant.solved, [(0, one) for one in handed_in])
    alone = [xor.mark(addressed(one)) for one in several]
    assert [one.marks for one in together] == [one.marks for one in alone]


def test_bulk_lines_are_those_of_the_python_door(load, tmp_path, xor):
    exercise = load(XOR)
    line = {"exercise": "xor", "seed": 1, "student": "a", "answers": addressed({**RIGHT, "c": "9"})}
    source, target = tmp_path / "answers.jsonl", tmp_path / "marks.jsonl"
    source.write_text(json.dumps(line) + "\n")
    lines.grade_lines(source, target, {"xor": exercise})
    [found] = map(json.loads, target.read_text().splitlines())
    assert found["marks"]["weights.W"]["message"] == mark(xor, c="9").marks["weights.W"].message


def to_three(value):
    """To three decimals, and to three figures below 0.1."""
    return round(value, 3) if abs(value) >= 0.1 else float(f"{value:.3g}")


def test_values_that_were_drawn_and_a_right_answer_computed_of_them(load):
    exercise = load(BOUNDARY)
    for variant in variants(exercise, range(40)):
        values = {n: np.array(v) for n, v in variant.draw.values.items()}
        w, b, p = values["w"], values["b"].item(), values["p"].item()
        z = (w @ values["x"]).item() + b
        share = np.log(p / (1 - p)) / z
        rounded = {
            "ww": str([[to_three(one) for one in (share * w).flat]]),
            "bb": str(to_three(share * b)),
        }
        right = marking.mark(variant, addressed(rounded, "scaled"))
        assert right.points == 2, (variant.draw, rounded, right)
        off = {
            "ww": str((1.05 * share * w).round(3).tolist()),
            "bb": str(round(1.05 * share * b, 3)),
        }
        assert marking.mark(variant, addressed(off, "scaled")).points == 0
        alone = {**rounded, "bb": str(b)}  # only w scaled: the line moves
        assert b == 0 or marking.mark(variant, addressed(alone, "scaled")).points == 0


@pytest.mark.parametrize("text", [XOR, BOUNDARY], ids=["xor", "boundary"])
def test_check_finds_nothing(load, text):
    subject = Subject(load(text), 30)
    codes = {one.code for one in findings(subject)}
    assert codes <= {"few-variants"}  # XOR is the same for all


def test_guessers_are_tried_in_all_variants(load):
    found = {row.address: row for row in rows(Subject(load(BOUNDARY), 60))}
    assert {row.kind for row in found.values()} == {"construct"}
    assert all(row.ways["constant"].share <= row.limit("constant") for row in found.values())
    [xor] = {row.ways["constant"] for row in rows(Subject(load(XOR), 5))}
    assert xor.share == 1


DOMAINED = """
id: domained
title: Numbers of a kind
questions:
  - id: q
    points: 1
    ask: Give one.
    answer:
      construct:
        give: {g: {shape: 3, domain: DOMAIN}}
        holds: g[1] >= g[2]
        reference: {g: REFERENCE}
        sample: {g: [7, 8, 9.5]}
"""


@pytest.mark.parametrize(
    ("domain", "right", "wrong"),
    [
        ("permutation", "[3, 1, 2]", ["[3, 1, 1]", "[4, 1, 2]", "[2, 1, 0]", "[3, 1.5, 2]"]),
        ("integer", "[5, -2, 0]", ["[5, 0.5, 0]"]),
        ("probability", "[1, 0.3, 0]", ["[1.01, 0, 0]", "[0.5, -0.1, 0]"]),
        ("simplex", "[0.5, 0.2, 0.3]", ["[0.5, 0.2, 0.2]", "[1.2, -0.1, -0.1]"]),
        ("binary", "[1, 0, 1]", ["[2, 1, 0]", "[1, 0.5, 0]"]),
        ("one-hot", "[1, 0, 0]", ["[1, 1, 0]", "[0, 0, 0]"]),
        ("positive", "[2, 1, 0.1]", ["[2, 1, 0]", "[2, -1, 1]"]),
    ],
)
def test_numbers_of_a_kind(load, domain, right, wrong):
    text = DOMAINED.replace("DOMAIN", domain).replace("REFERENCE", right)
    variant = Exercise(load(text)).variant(1)
    assert variant.mark({"q.g": right}).points == 1
    for one in wrong:
        found = variant.mark({"q.g": one}).marks["q.g"]
        assert found.verdict is Verdict.INCORRECT
        assert "the numbers must be" in found.message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("holds: y = abs", "holds: y abs", "expected a comparison"),
        ("holds: y = abs(x[1] - x[2])", "holds: h = x^T", "h is 2 × 1, x^T is 1 × 2"),
        ("holds: y", "holds: q", "unknown name 'q'"),
        ("for_every: {x:", "for_every: {q:", "unknown name 'q'"),
        ("{one_of: [0, 1]}", "{from: [0, 1], step: 0.001}", "points, expected at most 10000"),
        ("{one_of: [0, 1]}", "v", "the columns of 'v' do not fit 'x'"),
        (", c: -0.5}", "}", "the reference of 'c' is missing"),
        ("c: -0.5}", "c: -0.5, q: 1}", "'q' is not among what is to be given"),
        ("b: [-0.5, -1.5]", "b: [-0.5]", "expected 2 × 1"),
        ("b: [-0.5, -1.5]", "b: -0.5", "'-0.5' is a scalar, expected 2 × 1"),
        ("c: -0.5}", "c: W}", "'W' is 2 × 2, expected a scalar"),
        ("reference:", "scoring: penalised\n        reference:", "expected 'all' or 'each'"),
        ("give: {W: 2 × 2", "give: {W: 2 × k", "the size 'k' is not declared"),
        ("give: {W: 2 × 2", "give: {W: {shape: 2 × 2, domain: odd}", "expected one of real"),
        ("inputs: {x: 2}", "inputs: {x: 2, W: 2 × 2}", "'W' is declared twice"),
        ("reference:", "strings: {up_to: 3, next: {q: y}}\n        reference:", "unknown name 'q'"),
        ("for_every: {x: {one_of: [0, 1]}}", "sample: {}", "needs values of x"),
    ],
)
def test_what_is_wrong_with_a_construct_is_told_at_its_place(load, old, new, says):
    assert old in XOR
    with pytest.raises(AuthorError) as caught:
        Exercise(load(XOR.replace(old, new))).variant(1)
    assert says in str(caught.value)
    assert all(one.line > 1 for one in caught.value.problems)


def test_two_questions_may_construct_the_same_name(load):
    second = """  - id: both
    points: 1
    ask: Now where both are.
    answer:
      construct:
        give: {W: 2 × 2, b: 2, v: 1 × 2, c: 1}
        holds: y = x[1] x[2]
        for_every: {x: {one_of: [0, 1]}}
        reference: {W: [[1, 1], [0, 0]], b: [-1.5, 0], v: [[1, 0]], c: -0.5}
"""
    variant = Exercise(load(XOR + second)).variant(1)
    both = {"W": "[[1, 1], [0, 0]]", "b": "[-1.5, 0]", "v": "[[1, 0]]", "c": "-0.5"}
    marks = variant.mark({**addressed(RIGHT), **addressed(both, "both")})
    assert marks.points == 5
    swapped = variant.mark({**addressed(both), **addressed(RIGHT, "both")})
    assert swapped.points == 0
