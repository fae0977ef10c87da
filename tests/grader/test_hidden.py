"""What an exercise hides is computed, differentiated and followed, and stands nowhere on the sheet."""

import re

import pytest

from grader import bank
from grader.answers import Verdict
from grader.cli import main
from grader.drawing import printed_variant, variant_of
from grader.marking import mark
from grader.sheets import Notation, in_print
from reference.language.unicode import unicode_name
from tests.pages import ROOT

EXERCISE = """
id: veiled
title: Veiled
text: A network with the loss $L = (y - t)^2$.
network:
  inputs: {x: 1, t: 1}
  parameters: {w: 1, v: 1}
  equations: |
    zeta = w x
    eta = tanh(zeta)
    y = v eta
    L = (y - t)^2
  define: {slope: dL/dy}
sample: {x: {from: [1, 3]}, w: {from: [1, 2], step: 0.5}, v: {from: [1, 3]}, t: 0.25}
printed: {x: 1, w: 0.5, v: 2}
HIDDEN
figure: network
questions:
  - {id: f, points: 1, ask: The output?, answer: {values: y, in_terms_of: [forward, w, v]}}
  - {id: n, points: 1, ask: Both numbers?, answer: {values: {out: y, grad: dL/dw}}}
  - {id: c, points: 1, ask: As a product., answer: {chain: dL/dw}}
  - {id: s, points: 1, ask: With a name of ours., answer: {values: dL/dv, in_terms_of: [zeta, slope]}}
accept: [few-variants]
"""


@pytest.fixture
def veiled(exercise):
    return lambda hidden: printed_variant(exercise(EXERCISE.replace("HIDDEN", hidden)))


@pytest.mark.parametrize("notation", Notation)
def test_what_is_hidden_is_not_explained_on_the_sheet(veiled, notation):
    told = {
        Notation.LATEX: (r"\zeta &= w", r"slope", "t = 0.25", r"\eta &= "),
        Notation.PLAIN: ("ζ = w x", "slope = ", "t = 0.25", "η = tanh(ζ)"),
    }[notation]
    open_stem = in_print(veiled(""), notation).stem
    stem = in_print(veiled("hidden: [zeta, slope, t]"), notation).stem
    assert all(sign in open_stem for sign in told[:3]) and not any(
        sign in stem for sign in told[:3]
    )
    assert told[3] in stem  # other equations stand


def test_a_figure_leaves_out_what_is_hidden_and_keeps_what_is_computed_from_it(veiled):
    told = in_print(veiled("hidden: [zeta, t]")).figure.description
    assert "η (tanh) is computed from x (weight w)." in told
    assert "ζ" not in told and "L is computed from y." in told
    assert "ζ" in in_print(veiled("hidden: all")).figure.description


def test_all_leaves_the_figure_alone(veiled):
    sheet = in_print(veiled("hidden: all"), Notation.PLAIN)
    assert "    " not in sheet.stem and "Given" not in sheet.stem
    assert "[Computation graph. " in sheet.stem
    assert "y is v times η" in sheet.stem


def test_all_needs_a_figure(exercise):
    text = EXERCISE.replace("HIDDEN", "hidden: all").replace("figure: network", "")
    with pytest.raises(Exception, match="'all' needs 'figure: network'"):
        exercise(text)


def test_a_hidden_name_must_be_there(exercise):
    with pytest.raises(Exception, match="unknown name 'zetta'; did you mean 'zeta'"):
        printed_variant(exercise(EXERCISE.replace("HIDDEN", "hidden: [zetta]")))


def test_a_hidden_name_is_in_no_answer_unless_the_question_lists_it(veiled):
    variant = veiled("hidden: [zeta, slope]")
    asked = {address: one for q in in_print(variant).questions for address, one in q.blanks.items()}
    assert "zeta" not in asked["f"].how and "zeta" in asked["s"].how
    assert veiled("").keys["f"][1].mark("v tanh(zeta)").verdict is Verdict.CORRECT
    refused = variant.keys["f"][1].mark("v tanh(zeta)")
    assert refused.verdict is Verdict.UNREADABLE and "unknown name 'zeta'" in refused.message
    assert variant.keys["f"][1].mark("v tanh(w x)").verdict is Verdict.CORRECT
    assert variant.keys["s"][1].mark("slope tanh(zeta)").verdict is Verdict.CORRECT


def test_a_chain_passes_over_what_is_hidden(veiled):
    steps = "dL/dy dy/deta deta/dzeta dzeta/dw"
    assert veiled("hidden: all").keys["c"][1].mark(steps).verdict is Verdict.CORRECT
    key = veiled("hidden: [zeta]").keys["c"][1]
    assert key.mark("dL/dy dy/deta deta/dw").verdict is Verdict.CORRECT
    assert key.mark(steps).verdict is Verdict.UNREADABLE


@pytest.mark.parametrize("hidden", ["hidden: [zeta, eta, slope]", "hidden: all"])
def test_numbers_and_marks_are_the_same(veiled, hidden):
    shown, veil = veiled(""), veiled(hidden)
    for address in ("n.out", "n.grad"):
        assert veil.keys[address][1].show() == shown.keys[address][1].show()
    answers = {"n.out": "2", "n.grad": "-3"}
    marks = [
        {name: (one.verdict, one.points) for name, one in mark(one, answers).marks.items()}
        for one in (shown, veil)
    ]
    assert marks[0] == marks[1]


@pytest.mark.parametrize("name", ["skip-connection", "scalar-classifier"])
@pytest.mark.parametrize("seed", range(6))
def test_the_forward_pass_is_read_from_the_graph_alone(shipped, name, seed):
    """No formula that earns a point of it stands on the sheet, and the graph says all in words."""
    variant = variant_of(shipped[name], seed)
    for notation in Notation:
        sheet = in_print(variant, notation)
        stem = sheet.stem.replace(sheet.figure.markdown, "")
        for address, (_, key) in variant.keys.items():
            if address.startswith("forward"):
                found = [
                    one for one in key.candidates(stem) if key.mark(one).verdict is Verdict.CORRECT
                ]
                assert found == []
    told = in_print(variant).figure.description
    for quantity in variant.solved.model.printed.equations:
        assert re.search(rf"{unicode_name(quantity)} (\(\w+\) )?is ", told)


def test_through_the_door(run):
    for form in ("text", "markdown", "html"):
        shown = run(main, "show", "skip-connection", "--printed", "--format", form).stdout
        assert "w0 * x" not in shown and "w₀ x + b₀" not in shown and "w_{0} \\, x" not in shown
    assert "z₀ is w₀ times x plus b₀." in run(main, "show", "skip-connection", "--printed").stdout


def test_files_without_the_key_read_as_before():
    files = (ROOT / "exercises").rglob("*.yaml")
    without = [
        file
        for file in files
        if "\nhidden:" not in file.read_text() and "quizzes" not in file.parts
    ]
    assert without and all(bank.load(file).file.hidden == [] for file in without)
