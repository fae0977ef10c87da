"""Plain text reads back; LaTeX renders."""

import re
from fractions import Fraction

import math_core
import numpy as np
import pytest
from hypothesis import given, settings

from reference.language.evaluating import evaluate
from reference.language.expression import Name, Number, apply, number
from reference.language.reading import read
from reference.language.shapes import infer, resolve
from reference.language.unicode import unicode
from reference.language.writing import decimal, latex, latex_name, latex_with, plain
from tests.reference.strategies import SHAPES, draw_values, expressions, magnitude

CONVERTER = math_core.LatexToMathML()
VALUES = draw_values(SHAPES, 1, batch=2)
s, t, u, v, A, C = (Name(name) for name in "stuvAC")


def render(text):
    return CONVERTER.convert_with_local_state(text, displaystyle=True)


def is_balanced(text):
    depth = 0
    for character in text.replace(r"\{", "").replace(r"\}", ""):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0 and text.count(r"\left") == text.count(r"\right")


@settings(deadline=None, max_examples=500)
@given(expressions())
def test_plain_text_reads_back_to_an_equal_value(expression):
    text = plain(expression)
    again, shape = resolve(read(text, SHAPES), SHAPES)
    assert shape == infer(expression, SHAPES)
    if again != expression:
        tolerance = 1e-10 * magnitude(expression, VALUES)
        expected, found = evaluate(expression, VALUES), evaluate(again, VALUES)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=tolerance)


@settings(deadline=None, max_examples=300)
@given(expressions())
def test_latex_renders(expression):
    text = latex(expression)
    assert is_balanced(text)
    assert "<math" in render(text)


def test_a_planted_fault_does_not_render():
    with pytest.raises(math_core.LatexError):
        render(latex(apply("add", s, t)) + "}")
    assert not is_balanced("{a}}")
    assert not is_balanced(r"\left(a")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (apply("subtract", s, apply("subtract", t, s)), "s - (t - s)"),
        (apply("subtract", apply("subtract", s, t), s), "s - t - s"),
        (apply("subtract", s, apply("add", t, s)), "s - (t + s)"),
        (apply("add", s, apply("add", t, s)), "s + t + s"),
        (apply("add", s, apply("negate", t)), "s + (-t)"),
        (apply("add", s, number(-2)), "s + (-2)"),
        (apply("negate", apply("add", s, t)), "-(s + t)"),
        (apply("negate", apply("negate", s)), "-(-s)"),
        (apply("negate", apply("scale", s, t)), "-s * t"),
        (apply("power", apply("negate", s), number(2)), "(-s)^2"),
        (apply("negate", apply("power", s, number(2))), "-s^2"),
        (apply("power", number(-2), number(2)), "(-2)^2"),
        (apply("power", s, number(-2)), "s^(-2)"),
        (apply("power", apply("power", s, number(2)), number(3)), "(s^2)^3"),
        (apply("power", s, apply("power", t, number(3))), "s^(t^3)"),
        (apply("power", Number(Fraction(1, 3)), number(2)), "(1/3)^2"),
        (apply("power", Number(Fraction(1, 4)), number(2)), "0.25^2"),
        (apply("divide", s, apply("divide", t, s)), "s / (t / s)"),
        (apply("divide", s, apply("scale", t, s)), "s / (t * s)"),
        (apply("scale", apply("divide", s, t), s), "(s / t) * s"),
        (apply("scale", s, apply("matmul", A, u)), "s * (A @ u)"),
        (apply("matmul", apply("scale", s, A), u), "s * A @ u"),
        (apply("hadamard", u, apply("matmul", C, v)), "u .* (C @ v)"),
        (apply("transpose", apply("matmul", A, u)), "(A @ u)^T"),
        (apply("transpose", apply("transpose", u)), "(u^T)^T"),
        (apply("power", Name("dL/ds"), number(2)), "(dL/ds)^2"),
        (apply("divide", s, Name("dL/ds")), "s / (dL/ds)"),
        (apply("scale", Name("dL/ds"), s), "dL/ds * s"),
        (apply("gt", s, apply("add", t, number(1))), "(s > t + 1)"),
        (apply("scale", apply("gt", s, t), s), "(s > t) * s"),
        (apply("largest", A), "max(A)"),
        (apply("leaky_relu", u, Number(Fraction(1, 100))), "leaky_relu(u, 0.01)"),
    ],
)
def test_brackets_stand_where_they_are_needed(expression, text):
    assert plain(expression) == text
    again, _ = resolve(read(text, SHAPES), SHAPES)
    np.testing.assert_allclose(evaluate(again, VALUES), evaluate(expression, VALUES), rtol=1e-12)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (apply("add", s, t), "s + t"),
        (apply("matmul", A, u), r"A \, u"),
        (apply("hadamard", u, v), r"u \odot v"),
        (apply("scale", number(2), s), r"2 \, s"),
        (apply("scale", s, number(2)), r"s \cdot 2"),
        (apply("divide", s, t), r"\frac{s}{t}"),
        (apply("power", apply("divide", s, t), number(2)), r"\left(\frac{s}{t}\right)^{2}"),
        (apply("transpose", A), r"A^{\top}"),
        (apply("power", apply("transpose", u), number(2)), r"\left(u^{\top}\right)^{2}"),
        (apply("gt", s, number(0)), r"\mathbb{1}\{s > 0\}"),
        (apply("ge", s, number(0)), r"\mathbb{1}\{s \ge 0\}"),
        (apply("relu", s), r"\operatorname{ReLU}\left(s\right)"),
        (apply("sigmoid", s), r"\sigma\left(s\right)"),
        (apply("abs", s), r"\left|s\right|"),
        (apply("sqrt", s), r"\sqrt{s}"),
        (apply("max", s, t), r"\max\left(s, t\right)"),
        (apply("subtract", s, apply("negate", t)), r"s - \left(-t\right)"),
        (apply("entry", Name("ystar"), number(2), number(1)), r"y_{2,1}^{*}"),
        (apply("entry", Name("w1"), number(2), number(1)), r"w_{1,2,1}"),
        (apply("entry", A, Name("i"), number(2)), r"A_{i,2}"),
        (Number(Fraction(-1, 3)), r"-\frac{1}{3}"),
        (Number(Fraction(-1, 2)), "-0.5"),
        (number(12), "12"),
    ],
)
def test_latex_of(expression, text):
    assert latex(expression) == text
    assert render(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x", "x"),
        ("w21", "w_{21}"),
        ("w_21", "w_{21}"),
        ("yhat", r"\hat{y}"),
        ("yhat_k", r"\hat{y}_{k}"),
        ("alpha", r"\alpha"),
        ("delta2", r"\delta_{2}"),
        ("Delta", r"\Delta"),
        ("w_out", r"w_{\mathit{out}}"),
        ("loss", r"\mathit{loss}"),
        ("loss1", r"\mathit{loss}_{1}"),
        ("learning_rate", r"\mathit{learning}_{\mathit{rate}}"),
        ("ŷ", "ŷ"),
        ("dL/dW1", r"\frac{\partial L}{\partial W_{1}}"),
        ("dL/dyhat", r"\frac{\partial L}{\partial \hat{y}}"),
        ("ddL/dw/dv", r"\frac{\partial \frac{\partial L}{\partial w}}{\partial v}"),
        ("step 1", r"\mathit{step 1}"),
    ],
)
def test_latex_of_a_name(name, text):
    assert latex_name(name) == text
    assert render(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(5), "5"),
        (Fraction(-5), "-5"),
        (Fraction(1, 2), "0.5"),
        (Fraction(-1, 20), "-0.05"),
        (Fraction(12345, 1000), "12.345"),
        (Fraction(1, 10**17), "0.00000000000000001"),
        (Fraction(1, 10**18), None),
        (Fraction(1, 3), None),
    ],
)
def test_decimals(value, text):
    assert decimal(value) == text


def test_a_written_product_is_shown_as_it_stands():
    assert plain(read("s t / (s + t)", "st")) == "s * t / (s + t)"
    assert plain(read("-s (s > t)", "st")) == "(-s) * (s > t)"


def test_names_may_be_shown_by_their_values():
    expression = apply("add", apply("hadamard", s, t), s)
    assert unicode(expression, {"s": "−2"}) == "(−2) ⊙ t + (−2)"
    assert unicode(expression, {"s": "2", "t": "3"}) == "2 ⊙ 3 + 2"
    assert latex_with(expression, {"s": "-2"}) == r"\left(-2\right) \odot t + \left(-2\right)"


def test_whole_parts_stand_in_their_brackets_and_read_back():
    for text in ("floor(s / t) + 1", "ceil(s / 2)", "log2(s)"):
        written = resolve(read(text, SHAPES), SHAPES)[0]
        shown = unicode(written)
        assert not re.search(r"floor|ceil|log2", shown)
        assert resolve(read(shown, SHAPES), SHAPES)[0] == written
