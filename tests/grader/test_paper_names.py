"""A sheet reads as a paper does: letters and names of blanks, sums over an index, one line of conventions."""

import re
from string import ascii_lowercase

import pytest

from grader.drawing import variant_of
from grader.papers import notebook
from grader.sheets import Notation, document, in_print, notation
from reference.equivalence.compare import Agreement, compare
from reference.equivalence.points import SamplePoints
from reference.language.dimensions import axes_of
from reference.language.indexed.reading import IndexedReader
from reference.language.indexed.rows import rule_of
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.language.sums import indexed
from reference.language.tokens import tokenize
from reference.language.unicode import compact, unicode, unicode_name
from reference.language.writing import latex
from reference.network import Network, declare, split_equations
from tests.shipped import BANK, drawn

SEEDS = ["printed", 0, 1, 2]
ADDRESS = re.compile(r" · `[\w.-]+`|`[\w.-]+` for")
STEP = re.compile(r"_t(?!\w)")  # the letter of a step, which is none of those that have a character
BLEMISH = re.compile(r"yhat|ystar|delta\d|dL/d|[ℝ∈≠]\S*\^\w\w|\w∈|∈\w|≠\w|\.\*|@|\\[a-z]|  +\S+ +-")


@pytest.mark.parametrize("name", BANK)
def test_no_sheet_in_characters_has_a_blemish(name):
    for variant in drawn(name, SEEDS):
        text = ADDRESS.sub("", document(in_print(variant, Notation.PLAIN)))
        assert BLEMISH.findall(text) == []
        assert text.count("Conventions: ") <= 1


@pytest.mark.parametrize("name", BANK)
def test_blanks_have_letters_in_order_and_no_address_for_a_name(name):
    for variant in drawn(name, SEEDS):
        for question in in_print(variant).questions:
            letters = [one.letter for one in question.blanks.values()]
            expected = [f"({sign})" for sign in ascii_lowercase[: len(letters)]]
            assert letters == (expected if len(letters) > 1 else [""])
            shown = (STEP.sub("", one.in_characters[0]) for one in question.blanks.values())
            names = [part for name in shown for part in name.replace("∂", "").split("/")]
            assert not any("_" in name.split("_{")[0][2:] for name in names)


@pytest.mark.parametrize("name", BANK)
def test_what_is_shown_in_characters_may_be_typed(name):
    """Names and equations read back as what they are; sums over an index stand for themselves below."""
    [variant] = drawn(name, ["printed"])
    network = variant.solved.model.printed
    for quantity in network.vocabulary.names:
        assert read(unicode_name(quantity), network.vocabulary).name == quantity
    for equation in network.equations.values():
        rule = rule_of(equation)
        if rule is not None and rule.called is None:  # an equation of entries, read as such
            counts = {one: len(axes_of(shape)) for one, shape in network.shapes.items()}
            letters = {str(place) for place in rule.piece.places}
            sizes = {one: counts.pop(one) for one in network.symbols.least}
            assert IndexedReader(tokenize(unicode(equation)), counts, sizes, letters).whole()
            continue
        symbols = network.symbols
        written = read(unicode(equation, shapes=network.shapes), network.vocabulary)
        again, _ = resolve(written, network.shapes, symbols.indices, symbols.least)
        assert latex(again) == latex(equation)


SUMS = {
    "-sum(y ⊙ log(p))": "−Σⱼ yⱼ log(pⱼ)",
    "-c * sum(y ⊙ log(p))": "−c Σⱼ yⱼ log(pⱼ)",
    "sum((p - y)^2) / 2": "(1 / 2) Σⱼ (pⱼ − yⱼ)²",
    "-sum(y ⊙ log(p) + (1 - y) ⊙ log(1 - p)) / n": "−(1 / n) Σⱼ (yⱼ log(pⱼ) + ",
    "sum(y^T ⊙ r)": "sum(yᵀ ⊙ r)",
    "sum(abs(p) + 1)": "Σⱼ (|pⱼ| + 1)",
    "sum(softmax(y))": "sum(softmax(y))",
    "sum(W y)": "sum(W y)",
    "sum(W)": "sum(W)",
}


def with_sum(text) -> Network:
    n = ("n", 1)
    inputs = {"y": n, "p": n, "c": (1, 1), "r": (1, "n"), "W": ("n", "n")}
    return declare(inputs, {}, split_equations(f"L = {text}"), {"n": (1, 1)})


@pytest.mark.parametrize(("text", "shown"), SUMS.items())
def test_a_sum_over_an_index_is_the_sum_of_the_entries(text, shown):
    """What is printed reads back to an expression that agrees with the equation."""
    network = with_sum(text)
    points = SamplePoints(network, {"p": "probability"}, {"n": 5})
    written = indexed(network.equations["L"], network.shapes)
    assert unicode(written).startswith(shown)
    again, shape = resolve(read(latex(written), network.vocabulary), network.shapes)
    assert shape == (1, 1)
    assert compare(again, network.equations["L"], points) is Agreement.EQUAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sum(y ⊙ log(p))", "-sum(y ⊙ log(p))"),
        ("sum(p - y)", "sum(p + y)"),
        ("sum(p) / 2", "sum(p)"),
    ],
)
def test_another_sum_does_not_agree(one, other):
    network = with_sum(one)
    written = indexed(with_sum(other).equations["L"], network.shapes)
    again, _ = resolve(read(latex(written), network.vocabulary), network.shapes)
    points = SamplePoints(network, {"p": "probability"}, {"n": 5})
    assert compare(again, network.equations["L"], points) is Agreement.DIFFERENT


@pytest.mark.parametrize(
    ("formula", "shown"),
    {
        r"x \in \mathbb{R}^{D_x}": "x ∈ ℝ^{D_x}",
        r"i \ne k": "i ≠ k",
        r"-\sum_j y_j \log P_j": "−Σⱼ yⱼ log Pⱼ",
        r"w_{j_2,y}": "w_{j₂,y}",
        r"\frac{a + b}{c}": "(a + b)/c",
        r"\alpha = 10^{-2}": "α = 10⁻²",
        r"a_{ 1 } + 2^{ 128 }": "a₁ + 2¹²⁸",
        r"3.4 \cdot 10^{38}": "3.4 · 10³⁸",
        r"\operatorname{softmax}(z)_i": "softmax(z)ᵢ",
        r"W^\top x": "Wᵀ x",
    }.items(),
)
def test_formulas_in_characters(formula, shown):
    assert notation.in_unicode(formula) == shown


def test_one_spelling_of_a_name_in_all_formats():
    assert latex(read("w_j2_y", ["w_j2_y"])) == "w_{j_{2},y}"
    assert unicode_name("w_j2_y") == notation.in_unicode("w_{j_2,y}") == "w_{j₂,y}"
    assert compact("w_{j_{2},y}^{2}") == "w_{j₂,y}²"


@pytest.mark.parametrize("name", BANK)
def test_the_header_of_each_cell_is_read_back(name):
    for question in in_print(*drawn(name, [0])).questions:
        for address, one in question.blanks.items():
            header = "# " + one.header(question.number, f"{name}/{address}")
            assert notebook.HEADER.match(f"{header}\nx + 1").groups() == (
                f"{name}/{address}",
                "\nx + 1",
            )


def test_the_header_of_an_older_paper_is_read():
    old = "# answer to one/two.b (an expression in x, (y)): 3"
    assert notebook.HEADER.match(old).groups() == ("one/two.b", " 3")


def test_whole_numbers_are_asked_for_as_such_and_no_derivative_is_told_by_it(exercise):
    text = """
    id: whole
    title: Whole
    network: {inputs: {x: 1}, parameters: {w: 1, b: 1}, equations: "y = relu(w x + b)"}
    sample: {x: {from: [1, 4]}, w: {from: [1, 4]}, b: {from: [1, B]}}
    questions:
      - {id: v, points: 1, ask: The value?, answer: {values: y}}
      - {id: d, points: 1, ask: By b?, answer: {gradients_of: y, by: [w]}, may_be_trivial: true}
    """
    whole, half = (exercise(text.replace("B]}", given)) for given in ("3]}", "3], step: 0.5}"))
    asked = {
        a: one.how for q in in_print(variant_of(whole, 0)).questions for a, one in q.blanks.items()
    }
    assert asked == {"v": "a whole number", "d.w": "a number"}
    sheet = in_print(variant_of(half, 0))
    assert sheet.questions[0].blanks["v"].how == "a number" and "Carry at least" in sheet.stem
    assert "Carry at least" not in in_print(variant_of(whole, 0)).stem
