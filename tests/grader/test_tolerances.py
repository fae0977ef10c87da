"""The default tolerance from end to end: students who follow the sheet are right, and what they did not compute is not."""

import pytest

from grader.answers import Verdict
from grader.checking import check
from grader.drawing import Solved, printed_variant, propose, survey, variants
from grader.drawing.faults import judge
from grader.sheets import in_print
from tests import students, tolerances
from tests.exercises import exercise_text
from tests.shipped import BANK

SEEDS = 40
EXERCISES = tolerances.known()


@pytest.mark.parametrize("name", EXERCISES)
def test_students_who_follow_the_sheet_are_right_and_nothing_else_is(name):
    found = tolerances.count(EXERCISES[name], SEEDS)
    assert min(found.answers, found.by_hand) >= SEEDS
    assert not +found.wrong, found.wrong
    assert (found.off, found.misled, found.given) == (0, 0, 0)
    assert found.widest <= 0.03
    assert found.survival > 0.15


def test_students_do_exercises_of_the_bank_that_ask_for_numbers():
    """All others are done in ``test_by_the_sheet``."""
    asking = {
        name
        for name in students.BANK
        for variant in variants(BANK[name], [0])
        if any(tolerances.by_rounding(asked.tolerance) for asked in variant.solved.model.numbers)
    }
    assert asking == {*students.BANK}


def test_no_draw_is_too_delicate_unless_its_author_says_how_far_it_may_be_off(exercise):
    text = exercise_text("vectors").replace("y: {from: [-1, 1], step: 0.5}", "y: 0.5")
    for variant in variants(exercise(text), range(100)):
        for asked in variant.solved.model.numbers:
            key = variant.solved.values[asked.target][variant.row]
            within = variant.solved.within[asked.target][variant.row]
            assert within.max() <= 0.03 * abs(key).max() + 1e-9
            assert ((within <= 0.2 * abs(key) + 1e-9) | (abs(key) < 1e-9)).all()
    _, rejected = survey(exercise(text), range(100))
    assert rejected.rejected["delicate"] > 5
    stated = text.replace("questions:", "tolerance: {relative: 0.2}\nquestions:")
    assert "delicate" not in survey(exercise(stated), range(100))[1].rejected


def test_may_be_trivial_is_no_excuse_for_a_wide_tolerance(exercise):
    text = exercise_text("vectors").replace(
        "answer: {gradients_of", "may_be_trivial: true, answer: {gradients_of"
    )
    assert survey(exercise(text), range(100))[1].rejected["delicate"] > 5


def loaded(name):
    return EXERCISES[name]


def test_a_wrong_second_moment_is_wrong():
    """With 1 - 0.999 as a step that is rounded, every number would be right."""
    key = variants(loaded("adam"), [3])[0].keys["second.vhat2"][1]
    assert key.value == pytest.approx(4)
    assert key.mark("4").verdict is Verdict.CORRECT
    assert key.mark("-0.9").verdict is Verdict.INCORRECT
    assert key.mark("4.2").verdict is Verdict.INCORRECT


def test_whole_numbers_have_no_leeway():
    key = printed_variant(loaded("convolution")).keys["backward.W"][1]
    assert key.mark("[[7, 21], [28, 42]]").verdict is Verdict.CORRECT
    mark = key.mark("[[7.01, 21], [28.1, 42]]")
    assert mark.verdict is Verdict.PARTIAL
    assert mark.message.endswith("; give exact values in full")


def test_scores_that_are_not_divided_by_the_root_are_wrong_in_every_variant():
    for variant in variants(loaded("attention"), range(60)):
        values = {name: tolerances.plain(rows) for name, rows in variant.draw.values.items()}

        class Forgetful(students.Pen):
            def quotient(self, above, below):
                return above if below == pytest.approx(2**0.5) else above / below

        wrong = students.attention(values, Forgetful())
        right = students.attention(values, students.Pen())
        for address, (_, key) in variant.keys.items():
            if wrong[address] != right[address]:
                assert key.mark(repr(wrong[address])).verdict is not Verdict.CORRECT


def test_ties_of_exact_values_go_by_what_is_written():
    """From 0 everything is at the threshold, and `<=` says that it is wrong there."""
    found, survival = survey(loaded("perceptron"), range(60))
    assert all(found)
    assert survival.rate > 0.5
    assert "kink" not in survival.rejected


def test_a_derivative_at_a_tie_is_not_drawn_and_printed_by_convention():
    exercise = loaded("pooling")
    for variant in variants(exercise, range(60)):
        entries = [entry for [entry] in variant.draw.values["x"]]
        assert entries.count(max(entries)) == 1
    pinned = printed_variant(exercise)
    assert pinned.keys["g.x"][1].values == [[0], [2], [0], [0]]
    said = "where several entries are the max, it is the first of them"
    assert said in in_print(pinned).stem
    assert said not in in_print(variants(exercise, [0])[0]).stem
    found = check(exercise, 30)
    assert found.problems == []
    assert found.remarks == ["the printed variant would not be drawn: kink"]


DECIMALS = """
id: decimals
title: At the threshold
network:
  inputs: {x: 1, w: 1, b: 1}
  equations: |
    z = w x - b
    a = 1{z > 0}
sample: {x: 3, w: {from: [0.1, 0.3], step: 0.1}, b: {one_of: [0.3, 0.6, 0.9]}}
questions: [{id: q, points: 1, ask: Go., may_be_trivial: true, answer: {values: [z, a]}}]
"""


def test_a_tie_of_decimals_is_a_tie(exercise):
    """0.1 · 3 is 0.30000000000000004 in floating point, which is not above 0.3."""
    ties = 0
    for columns in propose(exercise(DECIMALS), range(60), 0):
        solved = Solved(columns)
        z, a = (solved.values[f"@q.{name}"].ravel() for name in "za")
        assert ((a == 1) == (z > 0.1)).all()
        ties += (z == 0).sum()
    assert ties > 10


def test_the_sheet_states_how_precisely_numbers_are_given(exercise):
    sheet = in_print(printed_variant(BANK["two-two-one"]))
    assert (
        "Carry at least three decimals, and at least three significant figures of numbers below 0.1."
        in sheet.stem
    )
    assert sheet.questions[0].blanks["output.y"].how == "a number"
    for stated, said in {
        "{absolute: 0.01}": "to within 0.01",
        "{relative: 0.02}": "to within 2 %",
        "{decimals: 1}": "to 1 decimal",
        "{significant: 4}": "to 4 significant figures",
        "{exact: true}": "exactly",
    }.items():
        text = exercise_text("vectors").replace("questions:", f"tolerance: {stated}\nquestions:")
        one = in_print(printed_variant(exercise(text)))
        assert one.questions[0].blanks["forward.z"].how.endswith(f", {said}")
        assert "Carry" not in one.stem
    two = exercise_text("vectors").replace("questions:", "tolerance: {rounding: 2}\nquestions:")
    assert (
        "two decimals, and at least three significant figures of numbers below 1."
        in in_print(printed_variant(exercise(two))).stem
    )


WHOLE = """
id: whole
title: Whole numbers
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1}
  equations: |
    z = w x + b
    a = relu(z)
    u = abs(b)
    L = (a - 3)^2 + u
sample:
  x, w, b: {from: [-2, 2], step: 1, not: 0}
questions: [{id: q, points: 1, ask: Go., may_be_trivial: true, answer: QUESTION}]
"""


@pytest.mark.parametrize(
    ("answer", "ties"),
    [
        ("{values: [z, a]}", True),  # nothing is derived
        ("{gradients_of: L, by: [w]}", False),
        ("{gradients_of: u, by: [b]}", True),  # not through the ReLU
    ],
)
def test_a_certain_tie_counts_only_where_a_derivative_goes_through_it(exercise, answer, ties):
    found = 0
    for columns in propose(exercise(WHOLE.replace("QUESTION", answer)), range(200), 0):
        solved = judge(columns)
        values = solved.everything
        at_tie = (values["w"] * values["x"] + values["b"]).ravel() == 0
        flags = solved.faults["kink"]
        assert (flags == (at_tie & (not ties))).all()
        found += at_tie.sum()
    assert found > 20
