"""Text to expression: what is understood, what is refused and where, and that nothing else happens."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.language.errors import LanguageError, ReadingError
from reference.language.evaluating import evaluate
from reference.language.expression import Apply, Name, Number, Product
from reference.language.reading import MAX_LENGTH, Vocabulary, canonical, read, tokenize
from reference.language.shapes import resolve
from reference.language.writing import latex, plain
from tests import data
from tests.reference.readings import FILE, understand

GROUPS = data.load(FILE)
NAMES = {
    "x": (1, 1),
    "y": (1, 1),
    "d": (1, 1),
    "h": (1, 1),
    "n": (1, 1),
    "L": (1, 1),
    "W1": ("h", "d"),
    "b_1": ("h", 1),
    "u": ("d", 1),
    "v": ("d", 1),
    "S": ("d", "d"),
}


def cases(kind):
    return [
        pytest.param(group, case, id=f"{group['title']}: {str(case)[:50]!a}")
        for group in GROUPS
        for case in group.get(kind, ())
    ]


@pytest.mark.parametrize(("group", "case"), cases("read"))
def test_is_read_as(group, case):
    text, expected, shown, *value = case
    found = understand(text, group)
    assert plain(found) == expected
    assert latex(found) == shown
    if value:
        assert float(evaluate(found, {})[0, 0]) == pytest.approx(value[0], rel=1e-12)


@pytest.mark.parametrize(("group", "case"), cases("refused"))
def test_is_refused_with_a_column(group, case):
    with pytest.raises(LanguageError) as caught:
        understand(case["text"], group)
    assert (caught.value.column, caught.value.message) == (case["column"], case["says"])


def test_both_ways_to_cut_a_run_are_told():
    with pytest.raises(ReadingError, match="'abc' can be read as") as caught:
        read("abc", ["a", "b", "ab", "bc", "c"])
    ways = caught.value.message.partition("read as ")[2].partition(":")[0].split(" or ")
    assert len(ways) == 2
    assert {"".join(way.split()) for way in ways} == {"abc"}


def test_a_call_that_is_a_product_is_one_divisor():
    """A run of names is not: x/yd may be x/y d."""
    found, _ = resolve(read("x / einsum('ij,jk->ik', y, d)", [*NAMES]), NAMES)
    assert plain(found) == "x / (y @ d)"
    with pytest.raises(ReadingError, match="can be read as"):
        read("x/yd", [*NAMES])


def test_numbers_are_exact():
    assert read("0.1") == Number(Fraction(1, 10), 1)
    assert read("  1234567890123456789.000000000001").value == Fraction(
        1234567890123456789000000000001, 10**12
    )
    assert read("1e-300").value == Fraction(1, 10**300)


def test_nodes_know_their_columns():
    tree = read("x + relu(y d)", NAMES)
    assert isinstance(tree, Apply)
    assert (tree.operation, tree.column) == ("add", 3)
    left, right = tree.args
    assert left == Name("x", 1)
    assert right.column == 5
    (product,) = right.args
    assert isinstance(product, Product)
    assert [factor.column for factor in product.args] == [10, 12]


def test_a_run_of_names_gives_each_its_column():
    tree = read("2 + dhn", NAMES)
    assert [(factor.name, factor.column) for factor in tree.args[1].args] == [
        ("d", 5),
        ("h", 6),
        ("n", 7),
    ]


def test_a_run_is_cut_up_to_a_length():
    assert len(read("dh" * 12, ["d", "h"]).args) == 24
    with pytest.raises(ReadingError, match="unknown name"):
        read("dh" * 12 + "d", ["d", "h"])


def test_tokens_end_with_an_end():
    assert [token.text for token in tokenize("x²≥1")] == ["x", "^", "2", ">=", "1", ""]
    assert tokenize("x")[-1].column == 2


@pytest.mark.parametrize("spelling", ["w_{21}", "w_21", "w21", "w_2_1"])
def test_spellings_meet_in_one_key(spelling):
    assert canonical(spelling) == "w21"


HOSTILE = {
    "a tower of powers": "9^9^9^9",
    "a taller tower": "^".join(["9"] * 60),
    "ten thousand brackets": "(" * 10_000,
    "brackets within the length": "(" * 1900 + "x" + ")" * 1900,
    "indicators in indicators": "[" * 200,
    "calls in calls": "relu(" * 300,
    "a megabyte": "a" * 1_000_000,
    "a long word": "d" * 3000,
    "a run with many cuts": "dh" * 12,
    "an overflowing number": "1e400",
    "an overflowing exponent": "1e" + "9" * 3000,
    "a long mantissa": "9" * 3000,
    "a large mantissa with a large exponent": "9" * 200 + "e200",
    "a long fraction": "0." + "3" * 290,
    "a tiny number": "0." + "0" * 200 + "1e-200",
    "NUL": "x\0y",
    "NUL alone": "\0",
    "full-width digits": "１２３",
    "a full-width name": "ｘ",
    "other digits": "٣ + ३",
    "superscripts": "x⁴",
    "an import": '__import__("os")',
    "an attribute": "x.__class__.__bases__",
    "a lambda": "(lambda: 0)()",
    "a format": "{x!r:>{y}}",
    "a thousand terms": "+".join(["x"] * 1000),
    "four hundred terms": "+".join(["x"] * 400),
    "four hundred factors": " ".join(["x"] * 400),
    "four hundred factors that do not fit": " ".join(["u"] * 399 + ["W1"]),
    "a chain with many bracketings": "W1 v^T x W1 W1 W1 W1^T W1 W1 u u u",
    "five thousand minus signs": "-" * 5000 + "x",
    "nine hundred minus signs": "-" * 900 + "x",
    "primes": "x" + "'" * 900,
    "alternating": "x^T" * 300,
    "deep powers": "x^" * 300 + "x",
    "deep negative powers": "2^-" * 300 + "2",
    "quotients": "1/" * 400 + "1",
    "comparisons": "x" + ">x" * 400,
    "commas": "max(" + ",".join(["x"] * 400) + ")",
    "an unfinished derivative": "∂L/∂",
    "derivatives": "dL/" * 300,
    "a lone surrogate": "\ud800",
    "right to left": "\u202ex + y",
    "combining marks": "x" + "\u0301" * 500,
    "line ends": "\n" * 3000,
    "an emoji": "🙂",
    "underscores": "x" + "_" * 3000,
    "subscripts": "x" + "_{1}" * 500,
    "open subscripts": "x" + "_{" * 1000,
    "fractions in fractions": r"\frac{" * 400,
    "closed fractions in fractions": r"\frac{" * 45 + "x" + "}{2}" * 45,
    "roots in roots": r"\sqrt{" * 400,
    "cases in cases": r"\begin{cases}" * 200,
    "hats on hats": r"\hat{" * 400 + "x" + "}" * 400,
    "sums of sums": "sum_k " * 300,
    "closed sums of sums": "sum_k " * 40 + "x_k",
    "sums without an index": "sum_" * 500,
    "bars": "|" * 900,
    "bars around a name": "|" * 40 + "x" + "|" * 40,
    "conditions": "x if x > 0 else " * 200 + "x",
    "conditions in conditions": "(x if " * 100 + "x",
    "calls of calls": "f(" * 400,
    "closed calls of calls": "f(" * 30 + "x" + ")" * 30,
    "primes of a function": "f" + "'" * 900 + "(x)",
    "an entry of an entry": "u" + "[1]" * 400,
    "open entries": "u[" * 900,
    "a huge entry": "u[" + "9" * 3000 + "]",
    "a huge subscript": "u_" + "9" * 3000,
    "a long superscript": "x" + "⁹" * 3000,
    "signs in a superscript": "x" + "⁻" * 3000,
    "a font of nothing": r"\mathrm{}" * 300,
    "fonts": r"\mathbf" * 500,
    "unknown commands": r"\a" * 1000,
    "a long command": "\\" + "a" * 3000,
    "backslashes": "\\" * 3000,
    "dollars": "$" * 3000,
    "spaces that are not seen": "\u200b" * 3000,
    "mathematical letters": "𝑥" * 900,
    "letters that decompose": "ŷ" * 1000,
    "subscript signs": "x" + "₁" * 3000,
    "indices in a run": "ux_k" * 6,
}
VOCABULARY = Vocabulary((*NAMES, "k"), (("f", 1), ("g", 2)), ("k",))
INDICES = {"k": "d"}
SHAPES = {**NAMES, "k": (1, 1), "f()": (1, 1), "g()": (1, 1)}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_read_or_refused(text):
    try:
        found, _ = resolve(read(text, VOCABULARY), SHAPES, INDICES)
    except LanguageError as error:
        assert len(error.message) < 2 * MAX_LENGTH
        assert 0 <= error.column <= len(text) + 1
        return
    values = {name: np.ones((1, *(2 if s != 1 else 1 for s in SHAPES[name]))) for name in SHAPES}
    evaluate(found, values)  # overflows to infinity, and raises nothing
    assert plain(found)


@pytest.mark.parametrize(
    "text",
    ["1e400", "9" * 3000, "9" * 200 + "e200", "(" * 60 + "x" + ")" * 60, "x" * (MAX_LENGTH + 1)],
)
def test_what_is_beyond_a_bound_is_refused(text):
    with pytest.raises(ReadingError):
        read(text, NAMES)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(" * 45 + "7" + ")" * 45, 7),
        ("-" * 550 + "7", 7),
        ("+".join(["1"] * 290), 290),
        ("2" + " (1)" * 190, 2),
        ("^".join(["1"] * 40), 1),
    ],
)
def test_what_is_within_the_bounds_is_read(text, value):
    found, _ = resolve(read(text), {})
    assert float(evaluate(found, {})[0, 0]) == value


def test_a_literal_is_small_enough_for_a_float():
    for text in ("9" * 300, "9" * 100 + "e200", "1e300", "1e-300", "9." + "9" * 290 + "e10"):
        assert np.isfinite(evaluate(read(text), {})).all()


def only_language_errors(text):
    try:
        resolve(read(text, VOCABULARY), SHAPES, INDICES)
    except LanguageError as error:
        assert 0 <= error.column <= len(text) + 1


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    only_language_errors(text)


PIECES = (
    "x y d h n u v S W1 W_{1} b_1 b1 dL dL/dW1 ∂L/∂x ∂ dh/dn T ^T .T ' ^ ² ³ ** * .* ⊙ @ / · × "
    "+ - − > >= ≤ < ( ) [ ] { } , 1{ I( relu( max( softmax( sum( leaky_relu( σ( 0 1 2.5 1e3 .5 . _ "
    "pi = ~ 0x 1e400 f( f'( g( g'1( sum_k sum_{k=1}^d u_k u[k] u_{k} S_kk if else != | ₁ ᵀ ⁻ ⁻¹ $ ; & \\\\"
)
LATEX_PIECES = r"""
    x y u v S W_1 b_{1} k u_k u_{k} \frac \frac{ \frac12 { } ^ ^{ _ _{ \sqrt{ \hat{ \hat \bar{x} \mathrm{
    \mathrm{} \mathbf{x} \mathbf{1} \mathbf{²} \text{if} \text{otherwise} \operatorname{ReLU} \left( \right) \left|
    \right| \left\{ \right\} \begin{cases} \end{cases} & \\ \sum_k \sum_{k=1}^{d} \cdot \odot \top ^\top
    ^{\top} \prime \ge \ne = > 1 2 0.5 + - / ( ) [ ] \{ \} \partial \frac{\partial \partial{ L W_1} \mathbb{1}
    \exp \log \sigma \delta_ \delta_{kk} , \, \quad $ \( \) \foo
"""


@settings(deadline=None, max_examples=1000)
@given(st.lists(st.sampled_from(PIECES.split()), max_size=20), st.sampled_from(["", " "]))
def test_any_row_of_symbols_is_read_or_refused(pieces, between):
    only_language_errors(between.join(pieces))


@settings(deadline=None, max_examples=1000)
@given(st.lists(st.sampled_from(LATEX_PIECES.split()), max_size=20), st.sampled_from(["", " "]))
def test_any_row_of_latex_is_read_or_refused(pieces, between):
    only_language_errors(between.join(pieces))


REFUSALS = {
    "x" + "'" * 600: (0, "too long: more than 600 symbols"),
    "1 + " + "d" * 300: (5, f"unknown name '{'d' * 20}…', longer than any"),
    "1 + x_{" + "1" * 300 + "}": (5, f"unknown name 'x_{{{'1' * 17}…', longer than any"),
    "1 + x" + "'" * 300: (5, "unknown name 'x" + "'" * 19 + "…', longer than any"),
    "1 + (x)" + "'" * 300: (29, "too many signs behind each other"),
    "x if d else h": (3, "expected a comparison after 'if'"),
    "1 + (x if 2 else 3)": (8, "expected a comparison after 'if'"),
    "d if d > 0": (11, "expected 'else', found the end"),
}


@pytest.mark.parametrize("text", REFUSALS, ids=lambda text: text[:20])
def test_a_refusal_says_where_and_what(text):
    with pytest.raises(ReadingError) as caught:
        read(text, NAMES)
    assert (caught.value.column, caught.value.message) == REFUSALS[text]
