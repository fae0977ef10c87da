"""Pages as a phone, a keyboard and a screen reader meet them: papers, keys and feedback."""

import json
import re
from types import SimpleNamespace

import pytest
from markupsafe import escape

from grader import sheets
from grader.answers import Level
from grader.cli.demo import filled, slip
from grader.drawing import printed_variant
from grader.papers import write_feedback
from grader.papers.feedback_page import glance
from grader.papers.returned import EXCUSED, KEPT, SETTLED, VERDICTS
from grader.sheets.html import NARROW, formula, render
from grader.sheets.pages import FONT, HERE, remark
from tests.grader.browsers import DESK, PHONE, barriers, faults, launched
from tests.grader.rounds import Round
from tests.shipped import BANK, drawn, few, one_of_each_chapter, worked

SEEDS = few(3, 1)
KINDS = (  # of papers: formulas, shapes, curves, a graph with numbers, layers, lines of text
    "skip-connection",
    "softmax-network",
    "learning-rate-curves",
    "two-layer-numbers",
    "layer-sizes",
    "optimizer-advantages",
    "conv-table",  # a wide table
    "lstm-four-steps",
    "two-heads",  # attention
    "relu-profile",  # what is constructed
)
QUIZ = """
id: week-5
title: Backpropagation by hand
pick: [skip-connection, softmax-network, learning-rate-curves, two-layer-numbers, layer-sizes, drawn-data-sufficiency]
"""
WIDE = "x+" * NARROW + "x"


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def page(browser):
    """One for all, as a new one takes longer than what is shown on it."""
    return browser.new_page()


def paper(variant, solved=False):
    """The page that ``gradmark show`` prints."""
    sheet = sheets.in_print(variant)
    graph = sheets.graph(variant) if solved else None
    keys = {address: rest for address, *rest in sheets.solution(variant)} if solved else {}
    why = worked(variant) if solved else {}
    figures = [*sheet.figures, *([graph] if graph else [])]
    return sheets.page("paper", sheet=sheet, keys=keys, why=why, graph=graph, figures=figures)


# In a browser


@pytest.mark.slow
@pytest.mark.parametrize("name", BANK)
def test_a_phone_shows_every_paper_and_its_key(page, name):
    for variant in drawn(name, ["printed", *SEEDS]):
        page.set_content(paper(variant, solved=True))  # which holds all of the paper
        assert faults(page) == [], variant.draw.seed


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_everyone_can_read_a_paper_and_its_key(page, name):
    page.set_content(paper(*drawn(name, ["printed"]), solved=True))
    assert barriers(page, PHONE, DESK) == []


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """Answers of every kind, in a file that bears another name than its owner's."""
    return sat(tmp_path_factory.mktemp("pages"), QUIZ, "homework")


def sat(folder, quiz, name):
    """A quiz whose only student gave answers of every kind in a file of that name, and its marks."""
    made = Round(folder, quiz, ["s1"])
    answers = {}
    for (_, exercise), variant in made.solved.items():
        for place, (address, (_, key)) in enumerate(variant.keys.items()):
            given = [slip(key, 1), key.show(), "", "see my notes", "x + " * 60 + "x"]
            answers[f"{exercise}/{address}"] = given[place % len(given)]
    text = filled((made.folder / "papers" / "s1.ipynb").read_text(), answers)
    return made, made.grade(made.hand_in({f"{name}.ipynb": json.loads(text)}))


def feedback(handed_in, folder, level):
    """The page and the text that a student gets at a level."""
    made, graded = handed_in
    write_feedback(graded, made.folder, made.bank, folder, level)
    return [(folder / f"s1.{suffix}").read_text() for suffix in ("html", "md")]


@pytest.mark.slow
@pytest.mark.parametrize("level", Level)
def test_everyone_can_read_the_feedback(page, handed_in, tmp_path, level):
    page.set_content(feedback(handed_in, tmp_path, level)[0])
    assert faults(page, PHONE) == []
    assert faults(page, DESK) == []
    if level in (Level.RECEIVED, Level.SOLUTION):  # between them, all parts of a page
        assert barriers(page, *((PHONE, DESK) if level is Level.SOLUTION else (DESK, PHONE))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", one_of_each_chapter())
def test_everyone_can_read_the_feedback_on_each_exercise(page, tmp_path, name):
    """Wrong answers first, with all that is said of them, and the worked solutions."""
    taken = sat(tmp_path, f"id: one\ntitle: One exercise\npick: [{name}]\n", "s1")
    page.set_content(feedback(taken, tmp_path, Level.SOLUTION)[0])
    assert faults(page, PHONE) == []
    assert barriers(page, PHONE, DESK) == []


@pytest.mark.slow
def test_formulas_are_set_in_the_font_of_the_page(page):
    page.set_content(paper(printed_variant(BANK["skip-connection"])))
    page.evaluate("document.fonts.ready")
    fonts = page.evaluate("[...document.fonts].map(one => [one.family, one.status])")
    assert fonts == [["gradmark math", "loaded"]]


@pytest.mark.slow
def test_only_the_letter_of_an_option_is_quiet(page):
    """And not a formula in its text, which stands with the comma behind it in an element of its own."""
    page.set_content(paper(*drawn("softmax-cross-entropy", ["printed"])))
    ink, letter, formula = page.evaluate(
        """() => ["body", ".options li > span", ".options li .whole"].map(
            one => getComputedStyle(document.querySelector(one)).color)"""
    )
    assert letter != ink == formula


@pytest.mark.slow
def test_planted_faults_are_found(page):
    """The checks above can fail."""
    page.set_content(
        "<html lang='en'><title>t</title><body><p style='width: 500px'>wide</p>"
        "<div style='width: 100px; overflow: auto'><p style='width: 200px'>scrolls</p></div>"
        "<svg><text font-size='9'>small</text></svg>"
    )
    assert [one.partition(":")[0] for one in faults(page)] == [
        "the page scrolls sideways",
        "no keyboard reaches what scrolls",
        "letters of 9.0 pixels",
    ]
    page.set_content(
        "<html lang='en'><title>t</title><p style='color: #999; background: #aaa'>pale"
    )
    assert {rule for _, rule, _ in barriers(page)} == {"color-contrast"}


# What a page says, and where


@pytest.mark.parametrize("level", [Level.POINTS, Level.REMARK])
def test_points_and_verdict_come_before_details(handed_in, tmp_path, level):
    page, _ = feedback(handed_in, tmp_path, level)
    places = [page.index(part) for part in ('class="score"', 'class="glance"', 'class="marked"')]
    assert places == sorted(places)
    answers = page.split('<div class="marked"')[1:]
    assert answers
    for answer in answers:
        first = answer.index('class="says"')
        assert all(first < answer.index(one) for one in ("wrote", "remark") if f'"{one}' in answer)


def test_no_student_is_told_how_the_file_is_named(handed_in, tmp_path):
    _, graded = handed_in
    assert any("the file is named 'homework'" in one for one in graded[0].remarks)
    for text in feedback(handed_in, tmp_path, Level.SOLUTION):
        assert "homework" not in text


def test_verdicts_are_told_from_their_level_on(handed_in, tmp_path):
    for level in Level:
        page, text = feedback(handed_in, tmp_path, level)
        told = level >= Level.VERDICT
        assert all((word in page) == told for word in (">Right<", ">Wrong<"))
        assert ("**Wrong**" in text) == told
        assert ("</b> <span>of" in page) == (level >= Level.POINTS)
        assert ">Received<" in page or told
        assert (">With a person<" in page and "up to" in page) or level < Level.POINTS


def test_what_is_wide_can_be_reached():
    assert 'tabindex="0" role="group"' in formula(WIDE)
    assert "tabindex" not in formula("x + y")
    assert "tabindex" not in render("| a | b |\n|---|---|\n| few words of a cell | 2 |")
    assert "tabindex" in render(f"| a | {'b' * NARROW} |\n|---|---|\n| 1 | 2 |")


def test_names_in_remarks_have_their_places_below_and_what_was_typed_stays():
    said = remark("in two networks that have w_{x₁,h₂} = −2, and o_{x₂} = 1")
    assert said.endswith("<i>w</i><sub>x₁,h₂</sub> = −2, and <i>o</i><sub>x₂</sub> = 1")
    for typed in ("unknown name 'w_{t}'", "names here: c_{t-1}, o_t", "a_{<b>,1}", "'a_{b,c}'"):
        assert remark(typed) == str(escape(typed))


def test_links_to_answers_show_their_names_as_the_sheet_does(tmp_path):
    taken = sat(tmp_path, "id: one\ntitle: One exercise\npick: [lstm-four-steps]\n", "s1")
    shown = feedback(taken, tmp_path, Level.SOLUTION)[0]
    assert "<msub><mi>a</mi><mi>t</mi></msub></math></a>" in shown


def test_no_line_begins_with_what_ends_a_formula():
    assert "</math>,</span> and" in render("of $x$, and")
    assert "<span" not in render("of $x$ and $y$")


def test_a_sign_alone_above_a_letter_stands_close_to_it():
    assert '<mo lspace="0" rspace="0">∗</mo></msup><mo>+</mo>' in formula("y^{*} + x")


def test_only_brackets_around_something_tall_grow():
    assert formula(r"\left(a + \left(b\right)\right)").count('stretchy="false"') == 4
    assert 'stretchy="false"' not in formula(r"\left(\frac{a}{b}\right)")


def test_a_page_has_its_font_and_needs_nothing_else():
    page = paper(printed_variant(BANK["skip-connection"]))
    assert re.findall(r"url\(\"?([^\"')]{0,22})", page) == ["data:font/woff2;base64"]
    assert (HERE / "style" / FONT).stat().st_size < 200_000
    assert "SIL OPEN FONT LICENSE" in (HERE / "style" / "OFL.txt").read_text()


def test_each_verdict_has_its_place_at_a_glance():
    """Also what a person excused or let stand."""
    own = [
        SimpleNamespace(said=one, place=f"answer-{number}", name=str(number))
        for number, one in enumerate((EXCUSED, SETTLED, KEPT, *VERDICTS.values()), start=1)
    ]
    shown = glance([SimpleNamespace(questions=[SimpleNamespace(answers=own)])])
    assert sorted(place for links in shown.values() for place, _ in links) == sorted(
        one.place for one in own
    )
    assert [one.word for one in shown][-2:] == ["Looked at", "Excused"]
