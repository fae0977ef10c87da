"""Simplifying keeps shape and value, and leaves what a person would write."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.language.evaluating import evaluate
from reference.language.expression import Name, Number, annotate, apply, number
from reference.language.reading import read
from reference.language.shapes import infer, resolve
from reference.language.simplifying import simplify
from reference.language.writing import plain
from tests.reference.strategies import SHAPES, draw_values, expressions, magnitude

VALUES = draw_values(SHAPES, 3)
s, t, u, A, C, X, r = (Name(name) for name in "stuACXr")


def size(expression):
    return len(annotate(expression, lambda node, args: None))


def check(expression):
    short = simplify(expression, SHAPES)
    assert infer(short, SHAPES) == infer(expression, SHAPES)
    expected, found = evaluate(expression, VALUES), evaluate(short, VALUES)
    assert found.shape[-2:] == expected.shape[-2:]
    tolerance = 1e-10 * max(magnitude(expression, VALUES), magnitude(short, VALUES))
    found, expected = np.broadcast_arrays(found, expected)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=tolerance)
    return short


@settings(deadline=None, max_examples=500)
@given(expressions())
def test_value_and_shape_are_kept(expression):
    check(expression)


@settings(deadline=None, max_examples=200)
@given(expressions())
def test_nothing_grows_but_by_the_signs_of_constants(expression):
    constants = []
    annotate(expression, lambda node, args: constants.append(isinstance(node, Number)))
    short = simplify(expression, SHAPES)
    assert size(short) <= size(expression) + sum(constants)
    check(simplify(short, SHAPES))


ODD = st.sampled_from(
    [
        number(0),
        number(1),
        number(-1),
        apply("fill", number(0), C),
        apply("fill", number(2), C),
        apply("fill", s, C),
        apply("fill", u, C),
        apply("negate", C),
        apply("negate", apply("negate", C)),
        apply("scale", number(-2), C),
        apply("scale", number(0), C),
        apply("scale", s, C),
        apply("transpose", C),
        apply("transpose", apply("transpose", C)),
        C,
        s,
    ]
)


@settings(deadline=None, max_examples=400)
@given(
    ODD,
    ODD,
    ODD,
    st.lists(st.sampled_from(["add", "subtract", "hadamard"]), min_size=2, max_size=2),
)
def test_zeros_ones_signs_and_fillings(first, second, third, operations):
    """The parts at which an identity could go wrong, in every combination."""
    check(apply(operations[0], apply(operations[1], first, second), third))
    check(apply(operations[0], first, apply(operations[1], second, third)))
    check(apply("sum", apply("matmul", C, apply("fill", apply(operations[0], first, second), C))))


@pytest.mark.parametrize(
    "reduction", ["sum", "mean", "row_sums", "column_sums", "count", "transpose"]
)
@pytest.mark.parametrize("name", ["s", "u", "r", "X", "A"])
def test_reductions_of_every_shape(reduction, name):
    check(apply(reduction, Name(name)))
    check(apply(reduction, apply(reduction, Name(name))))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (apply("hadamard", number(1), A), "A"),
        (apply("hadamard", A, number(1)), "A"),
        (apply("scale", number(2), apply("scale", number(3), s)), "6 * s"),
        (apply("scale", s, number(2)), "2 * s"),
        (apply("scale", number(-1), s), "-s"),
        (apply("negate", apply("negate", s)), "s"),
        (apply("negate", apply("scale", number(2), s)), "-2 * s"),
        (apply("hadamard", apply("negate", u), apply("negate", u)), "u .* u"),
        (apply("add", s, number(0)), "s"),
        (apply("add", number(0), s), "s"),
        (apply("subtract", number(0), s), "-s"),
        (apply("subtract", s, number(0)), "s"),
        (apply("add", number(0), A), "A"),
        (apply("add", s, apply("negate", t)), "s - t"),
        (apply("subtract", s, apply("negate", t)), "s + t"),
        (apply("subtract", number(2), number(1)), "1"),
        (apply("divide", s, number(2)), "0.5 * s"),
        (apply("power", s, number(1)), "s"),
        (apply("power", s, apply("subtract", number(2), number(1))), "s"),
        (apply("transpose", apply("transpose", A)), "A"),
        (apply("transpose", s), "s"),
        (apply("sum", s), "s"),
        (apply("mean", s), "s"),
        (apply("row_sums", u), "u"),
        (apply("column_sums", u), "sum(u)"),
        (apply("row_sums", r), "sum(r)"),
        (apply("column_sums", r), "r"),
        (apply("fill", A, A), "A"),
        (apply("hadamard", apply("fill", s, A), A), "s * A"),
        (apply("hadamard", A, apply("fill", s, A)), "A * s"),
        (apply("matmul", s, t), "s * t"),
        (apply("matmul", u, s), "u * s"),
        (apply("scale", number(0), s), "0 * s"),
    ],
)
def test_is_shortened_to(expression, text):
    assert plain(simplify(expression, SHAPES)) == text


@pytest.mark.parametrize(
    "text", ["X + 0 u", "fill(0, A) + s", "u + 0 * X", "s - fill(0, C)", "u / 0", "0 * log(s - s)"]
)
def test_what_gives_a_shape_or_no_number_stays(text):
    expression, shape = resolve(read(text, SHAPES), SHAPES)
    short = simplify(expression, SHAPES)
    assert infer(short, SHAPES) == shape
    np.testing.assert_array_equal(evaluate(short, VALUES), evaluate(expression, VALUES))


def test_a_fault_would_be_found():
    with pytest.raises(AssertionError):
        wrong = apply("scale", number(2), s)
        np.testing.assert_allclose(evaluate(wrong, VALUES), evaluate(s, VALUES))
