"""What exercises draw, through all doors."""

import json
import re

import nbformat
import pytest

from grader import bank, drawing, sheets
from grader.checking import check
from grader.cli import main
from grader.errors import AuthorError
from grader.papers import notebook
from tests.grader.rounds import Round

NETWORK = """
    id: one
    title: One
    choose:
      function: [relu, tanh]
    network:
      inputs: {x: 1}
      parameters: {w: 1}
      functions: {g: 1}
      equations: |
        z = w x
        a = g(z)
    figure: network
    questions:
      - id: slope
        points: 1
        ask: How steep?
        answer: {values: da/dw, in_terms_of: [x, z]}
        equations: a = {{function}}(z)
        figure: network
"""
CURVES = """
    id: rates
    title: Rates
    questions:
      - id: which
        points: 1
        ask: Which one?
        figure:
          loss_curves: {slow: 1e-3, quick: 1}
          suited: 0.1
        answer:
          match:
            pairs:
              small: {text: rate 1e-3, right: {slow: "curve {{sign}}"}}
              large: {text: rate 1, right: {quick: "curve {{sign}}"}}
"""


def shown(exercise, seed=0):
    return sheets.in_print(drawing.variant_of(exercise, seed))


def test_a_question_draws_its_own_equations(exercise):
    sheet = shown(exercise(NETWORK))
    assert "a is g of z" in sheet.figure.description
    assert re.search(r"a is (ReLU|tanh) of z", sheet.questions[0].figure.description)
    assert sheet.figure.markdown in sheet.stem
    assert sheet.questions[0].figure.markdown in sheet.questions[0].text


def test_a_question_shows_its_own_equations_whatever_it_asks_for(exercise):
    text = NETWORK.replace("{values: da/dw, in_terms_of: [x, z]}", "{chain: da/dw}")
    [question] = shown(exercise(text)).questions
    assert re.search(r"a &= \\(operatorname{ReLU}|tanh)\\left\(z", question.text)
    assert re.search(r"a is (ReLU|tanh) of z", question.figure.description)


@pytest.mark.parametrize("seed", range(8))
def test_curves_have_the_letters_of_the_matching(exercise, seed):
    variant = drawing.variant_of(exercise(CURVES), seed)
    question = sheets.in_print(variant).questions[0]
    letters = dict(question.options)
    assert letters == {"a": "curve a", "b": "curve b"}
    pairs = dict(re.findall(r"(\d)(\w)", variant.keys["which"][1].show()))
    rates = dict(question.items)
    [slow] = [pairs[number] for number in pairs if rates[number] == "rate 1e-3"]
    assert f"Curve {slow}: 1.00 after 1" in question.figure.description


def test_a_letter_without_a_curve_is_passed_over(exercise):
    text = CURVES.replace("pairs:", "distractors: {other: no curve}\n            pairs:")
    for seed in range(8):
        question = shown(exercise(text), seed).questions[0]
        letters = [letter for letter, words in question.options if words != "no curve"]
        assert re.findall(r"Curve (\w):", question.figure.description) == letters


def test_curves_without_a_matching_have_letters_in_their_order(exercise):
    text = CURVES.replace(
        "questions:",
        "figure:\n      loss_curves: {p: 0.1, q: 0.2}\n      suited: 0.1\n    questions:",
    )
    assert "Curve a: 0.94 after 1" in shown(exercise(text)).figure.description


def test_sizes_that_students_do_not_see_stay_symbols(exercise):
    text = """
        id: sized
        title: Sized
        text: "{{words}}"
        choose: {words: ["There are {{d}} inputs.", "There are some inputs."]}
        network:
          sizes: {d: 7, h: 9}
          layers: {x: d, hidden: h relu, y: 1}
        figure: network
        questions:
          - {id: all, points: 1, ask: How many?, answer: {parameters: all, in_terms_of: [d, h]}}
    """
    found = {shown(exercise(text), seed).figure.description for seed in range(9)}
    assert {one.split(" and 2")[0] for one in found} == {
        "Network with 7 inputs x",
        "Network with d inputs x",
    }
    assert all("hidden with h units (ReLU)" in one for one in found)


# Author's errors


@pytest.mark.parametrize(
    "old, new, place, message",
    [
        ("figure: network\n    questions", "figure: plot\n    questions", "13:9", "expected 'network' or a mapping with 'loss_curves', 'curves' or 'points', found 'plot'"),
        ("figure: network\n    questions", "figure: {loss_curves: {}, suited: 1}\n    questions", "13:23", "expected 1 to 8 curves, found 0"),
        ("figure: network\n    questions", "figure: {lines: {a: 1}}\n    questions", "13:10", "unknown key 'lines'"),
        ("figure: network\n    questions", "figure: {loss_curves: {a: 1}}\n    questions", "13:9", "the key 'suited' is missing"),
        ("figure: network\n    questions", "figure: 3\n    questions", "13:9", "expected text"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_refused_where_it_stands(write, old, new, place, message):
    with pytest.raises(AuthorError) as caught:
        bank.load(write(NETWORK.replace(old, new)))
    assert f"{place}: {message}" in str(caught.value)


def test_there_must_be_a_network_to_draw(write):
    with pytest.raises(AuthorError, match="there is no network to draw"):
        bank.load(write(CURVES.replace("id: rates", "id: rates\n    figure: network")))


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("slow: 1e-3, quick", 'slow: "{{rate}}", quick', "9:27: expected a learning rate such as 3e-4, found '{{rate}}'"),
        ("suited: 0.1", "suited: 0", "10:15: expected a learning rate such as 3e-4, found '0"),
        ("slow: 1e-3, quick", "slow: nan, quick", "9:27: expected a learning rate such as 3e-4, found 'nan'"),
        ("{slow: 1e-3, quick: 1}", "{other: 1}", "9:20: expected curves for the lettered texts, found other"),
        ("{slow: 1e-3, quick: 1}", "{small: 1, large: 1}", "9:20: expected curves for the lettered texts, found small, large"),
    ],
)  # fmt: skip
def test_a_check_finds_curves_that_cannot_be_drawn(exercise, old, new, message):
    report = check(exercise(CURVES.replace(old, new)), 5)
    assert any(message in str(problem) for problem in report.problems), report.problems


# Through the doors


def test_every_format_shows_the_figure(run):
    text, markdown, html, record = (
        run(main, "show", "scalar-residual-block", "--printed", "--format", form).stdout
        for form in ("text", "markdown", "html", "json")
    )
    assert "Computation graph" not in text and "svg" not in text  # which the equations say already
    words = run(main, "show", "layer-sizes", "--printed").stdout
    assert (
        "Network with 30 inputs x and 3 layers: hidden₁ with 1024 units" in words
        and "svg" not in words
    )
    assert (
        "![Computation graph. Inputs: x₀." in markdown and "(data:image/svg+xml;base64," in markdown
    )
    assert html.count("<svg") == html.count("</svg>") == 1 and "data:image" not in html
    assert json.loads(record)["sheet"]["figure"]["svg"].startswith("<svg")


@pytest.mark.slow
def test_papers_hold_figures_and_are_read_as_before(tmp_path):
    quiz = """
id: drawn
title: Drawn
pick: [scalar-residual-block, learning-rate-curves, data-sufficiency]
"""
    made = Round(tmp_path, quiz, ["ada"])
    paper = made.folder / "papers" / "ada.ipynb"
    nbformat.validate(nbformat.read(paper, 4))
    cells = [cell["source"] for cell in json.loads(paper.read_text())["cells"]]
    images = [cell for cell in cells if "(data:image/svg+xml;base64," in cell]
    assert len(images) == 3
    assert max(map(len, cells)) < notebook.MAX_TEXT / 2
    [graded] = made.grade(made.hand_in({"ada.ipynb": made.answered("ada")}))
    assert graded.points == graded.out_of
    assert not graded.doubts


def test_stripped_papers_are_read_with_their_figures(tmp_path):
    made = Round(tmp_path, "id: drawn\ntitle: Drawn\npick: [scalar-residual-block]\n", ["ada"])
    content = made.answered("ada")
    content["metadata"] = {}
    for cell in content["cells"]:
        cell["metadata"] = {}
    [graded] = made.grade(made.hand_in({"ada.ipynb": content}))
    assert graded.points == graded.out_of
