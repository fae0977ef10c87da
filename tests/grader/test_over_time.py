"""Recurrences in exercises: a drawn number of steps, formulas for any step, what students may name, what authors are told."""

import pytest

from grader import bank
from grader.answers import Verdict
from grader.checking import Subject, findings
from grader.drawing import printed_variant, restored, variants
from grader.errors import AuthorError
from grader.sheets import Notation, document, in_print, worked
from tests.pages import exercises

SHOWN = exercises()["one-rnn.yaml"]
STEP = "s_t - y_t + W^T (delta_{t+1} ⊙ (1 - s_{t+1}^2))"
TOTAL = r"\sum_{t=1}^{T} (\delta_t \odot (1 - s_t^2)) s_{t-1}^\top"


@pytest.fixture
def load(tmp_path):
    def loaded(*changes, name="one-rnn"):
        text = SHOWN
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        return bank.find(str(path), [])

    return loaded


def marked(variant, address, text):
    return variant.keys[address][1].mark(text)


def test_a_drawn_number_of_steps_is_a_choice_that_is_kept(load):
    exercise = load()
    drawn = variants(exercise, range(40))
    assert {one.draw.sizes["T"] for one in drawn} == {3, 4}
    for one in drawn:
        last = one.draw.sizes["T"]
        assert [name for name in one.draw.values if name[0] == "x"] == [
            f"x_{t}" for t in range(1, last + 1)
        ]
        assert one.keys["states.s_T"][1].values == pytest.approx(
            one.solved.at([one.row], [f"s_{last}"])[f"s_{last}"][0]
        )
    again = restored(exercise, [one.draw for one in drawn])
    assert [one.keys["weights.W"][1].values for one in again] == [
        one.keys["weights.W"][1].values for one in drawn
    ]


def test_the_sheet_and_the_solution_show_the_recurrence(load):
    variant = printed_variant(load())
    sheet = document(in_print(variant, Notation.LATEX))
    assert r"s_{t} &= \tanh\left(W \, s_{t-1} + U \, x_{t}\right)" in sheet
    assert r"for $t = 1, \dots, T$, where $s_{0} = 0$." in sheet
    assert r"an expression in $W$, $s_{t}$, $y_{t}$, $s_{t+1}$, $\delta_{t+1}$" in sheet
    solution = worked(variant, Notation.PLAIN)
    assert "δ_t = ∂L/∂s_t = s_t − y_t + Wᵀ (δ_{t+1} ⊙ (1 − s_{t+1}²))" in solution["weights.W"]
    assert "∂L/∂W = Σ_{t=2}^T (δ_t ⊙ (1 − s_t²)) s_{t−1}ᵀ" in solution["weights.W"]


@pytest.mark.parametrize(
    ("address", "text", "says"),
    [
        ("back", "s_t - y_t", "not carried back from a step to the one before"),
        ("back", STEP.replace("s_{t+1}", "s_t"), "derivative of an activation at the step before"),
        ("back", STEP.replace("W^T", "W"), "a weight matrix that was not transposed"),
        ("back", STEP.replace("{t+1}", "{t-1}"), ""),
        ("total", TOTAL.replace("{T}", "{T-1}"), "a sum over the steps without the last one"),
        ("total", TOTAL.replace("s_{t-1}", "s_t"), ""),
        ("total", "(delta_T ⊙ (1 - s_T^2)) s_{T-1}^T", "the last step alone"),
    ],
)
def test_near_misses_are_wrong_and_have_names(load, address, text, says):
    from grader.marking import mark

    for variant in variants(load(), range(4)):
        found = mark(variant, {address: text}).marks[address]
        assert found.verdict is Verdict.INCORRECT
        assert says in found.message


def test_a_formula_for_any_step_names_no_step_by_its_number(load):
    for variant in variants(load(), range(6)):
        assert marked(variant, "back", STEP).share == 1
        assert marked(variant, "total", TOTAL).share == 1
        middle = (variant.draw.sizes["T"] + 1) // 2 + 1
        numbered = STEP.replace("{t+1}", str(middle))
        assert marked(variant, "back", numbered).verdict is Verdict.UNREADABLE
        last = variant.draw.sizes["T"]
        terms = [f"(delta_{t} ⊙ (1 - s_{t}^2)) s_{t - 1}^T" for t in range(2, last + 1)]
        assert marked(variant, "total", " + ".join(terms)).share == 1
    hidden = load(("questions:", "hidden: [T]\nquestions:"), name="hidden")
    for variant in variants(hidden, range(4)):
        assert marked(variant, "total", TOTAL).share == 1
        assert (
            marked(variant, "total", "(delta_2 ⊙ (1 - s_2^2)) s_1^T").verdict is Verdict.UNREADABLE
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("    s_0 = 0\n", ""),
            "s_{t-1} at t = 1 is s_0: declare s_0 as an input, or write 's_0 = 0'",
        ),
        (("  for t in 1..T", ""), "s needs itself: write how far t runs, 'for t in 1..T'"),
        (("T: 3..4", "T: 0..4"), "t runs over 1..0: expected from 1 to 60 steps"),
        (("T: 3..4", "T: 2..4"), "a formula for any t needs at least 3 steps, found 2"),
        (
            ("values: [s_1, s_T, L]", "values: [s_t]"),
            "which t is meant? write a step, as s_2 or s_T",
        ),
        (("{T: 3, ", "{"), "the printed variant gives no value for 'T'"),
    ],
)
def test_what_an_author_is_told(load, change, message):
    with pytest.raises(AuthorError) as caught:
        exercise = load(change)
        printed_variant(exercise)
        findings(Subject(exercise, 8), ["file"])
    assert message in str(caught.value)
