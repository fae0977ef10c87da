"""Whatever an expression is printed as, by us or by a student, it reads back to what it was."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reference.language import names
from reference.language.entries import Entries
from reference.language.errors import ShapeError
from reference.language.expression import Name, annotate, apply, number
from reference.language.names import GREEK
from reference.language.operands import COMPARISONS
from reference.language.operations import OPERATIONS
from reference.language.reading import Vocabulary, read
from reference.language.shapes import infer, resolve
from reference.language.structures import Reader
from reference.language.tokens import SIGN_COMMANDS, SIGNS
from reference.language.writing import latex, plain
from tests.reference.oracle import value_at
from tests.reference.printing import Printer
from tests.reference.strategies import (
    ANSWER_SHAPES,
    PLACES,
    SYMBOLS,
    VOCABULARY,
    answer_values,
    expressions,
    finds,
    total,
)

VALUES = answer_values(5, 2)


def understand(text):
    return resolve(read(text, VOCABULARY), ANSWER_SHAPES, SYMBOLS.indices)


def at(row):
    return {name: value[row] for name, value in VALUES.items()}


def largest(expression, row):
    """The largest value of any part outside of sums, the measure of rounding errors."""
    sizes = [1.0]

    def visit(node, _):
        try:
            sizes.append(float(np.nanmax(np.abs(value_at(node, at(row))))))
        except KeyError:  # the axis of a sum around it
            sizes.append(1.0)

    annotate(expression, visit)
    return max(size for size in sizes if np.isfinite(size))


def agree(found, expression):
    """Do two expressions have one value, found term by term?"""
    for row in range(2):
        one, other = value_at(found, at(row)), value_at(expression, at(row))
        tolerance = 1e-9 * largest(expression, row)
        if not np.allclose(one, other, rtol=1e-9, atol=tolerance, equal_nan=True):
            return False
    return True


def reads_back(text, expression):
    """Without a reading there is none; with one it has the shape and the value."""
    found, shape = understand(text)
    assert shape == infer(expression, ANSWER_SHAPES), text
    assert found == expression or agree(found, expression), (text, plain(found))


answers = expressions(places=PLACES)


def plain_reads_back(expression):
    reads_back(plain(expression), expression)


def latex_reads_back(expression):
    """Two square matrices beside each other may mean either product; then we ask, and never guess."""
    try:
        reads_back(latex(expression), expression)
    except ShapeError as error:
        assert error.asks


def student_reads_back(expression, seed):
    text = Printer(random.Random(seed).choice, ANSWER_SHAPES).print(expression)
    reads_back(text, expression)


seeds = st.integers(0, 2**32)


@settings(deadline=None, max_examples=300)
@given(answers)
def test_plain_text_reads_back(expression):
    plain_reads_back(expression)


@settings(deadline=None, max_examples=300)
@given(answers)
def test_latex_reads_back_or_asks(expression):
    latex_reads_back(expression)


@settings(deadline=None, max_examples=500)
@given(answers, seeds)
def test_what_a_student_types_reads_back(expression, seed):
    student_reads_back(expression, seed)


def flipped(self, parts, column):
    row, *rest = (self.place(part, column) for part in reversed(parts))
    return row, rest[0] if rest else number(1)


FAULTS = {
    "a minus sign that is a plus": lambda patch: patch.setitem(SIGNS, "−", "+"),
    "a command with the wrong sign": lambda patch: patch.setitem(SIGN_COMMANDS, "geq", "<="),
    "a comparison turned round": lambda patch: patch.setitem(COMPARISONS, ">", "lt"),
    "an indicator turned round": lambda patch: patch.setitem(COMPARISONS, "!=", "eq"),
    "the places of an entry exchanged": lambda patch: patch.setattr(Entries, "places", flipped),
    "a transpose passed over": lambda patch: patch.setattr(
        Reader, "transposes", lambda self: "transpose" if self.accept("⊤") else ""
    ),
    "a spelling of another name": lambda patch: patch.setitem(GREEK, "α", "t"),
    "the order of a derivative": lambda patch: patch.setattr(Reader, "primes", lambda self: {}),
}


def forget():
    """Drop what is kept of names."""
    for one in vars(names).values():
        if hasattr(one, "cache_clear"):
            one.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_reader_is_found(fault, monkeypatch):
    FAULTS[fault](monkeypatch)
    forget()
    try:
        assert finds(student_reads_back, answers, seeds, examples=400)
    finally:
        forget()


@pytest.mark.slow
def test_without_a_fault_none_is_found():
    """Of the examples at which a fault is looked for."""
    assert not finds(student_reads_back, answers, seeds, examples=400)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operation", "wrong"),
    [
        ("subtract", {"sign": ("+", "+")}),
        ("gt", {"sign": ("<", "<")}),
        ("tanh", {"written": "exp", "call": r"\exp"}),
    ],
)
@pytest.mark.parametrize("check", [plain_reads_back, latex_reads_back])
def test_a_fault_of_the_writer_is_found(operation, wrong, check, monkeypatch):
    monkeypatch.setitem(OPERATIONS, operation, replace(OPERATIONS[operation], **wrong))
    small = expressions(depth=2)  # latex of all that stands in answers is another matter
    assert finds(check, small, examples=400)


PLACED = total("#", "d", apply("entry", Name("u"), Name("#"), number(1)))


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"j": (1, 1)}, "a quantity that has the letter of the sum"),
        ({"j": ("d", "h"), "l": (1, 1)}, "two of them"),
    ],
)
def test_a_sum_reads_back_beside_quantities_of_its_letter(declared, says):
    shapes = {**ANSWER_SHAPES, **declared}
    vocabulary = Vocabulary(
        (*VOCABULARY.names, *declared), VOCABULARY.functions, VOCABULARY.indices
    )
    found, _ = resolve(read(plain(PLACED), vocabulary), shapes, SYMBOLS.indices)
    assert found == PLACED, says


def test_a_sum_reads_back_beside_an_index_of_its_letter():
    """An index j runs over h; a sum over d is written with another letter, or hides it."""
    shapes = {**ANSWER_SHAPES, "j": (1, 1)}
    vocabulary = Vocabulary((*VOCABULARY.names, "j"), (), ("i", "k", "q", "j"))
    found, _ = resolve(read(plain(PLACED), vocabulary), shapes, {**SYMBOLS.indices, "j": "h"})
    assert found == PLACED


@pytest.mark.parametrize("orders", [(1, 1), (2, 1), (1, 2)])
def test_a_derivative_by_both_arguments_reads_back(orders):
    expression = apply("call2", Name("g()"), *map(number, orders), Name("s"), Name("t"))
    assert understand(plain(expression))[0] == expression


@pytest.mark.parametrize(
    "expression",
    [
        apply("scale", number(2), apply("abs", Name("s"))),
        apply("scale", apply("abs", Name("s")), apply("abs", Name("t"))),
        apply("abs", apply("scale", Name("s"), apply("abs", Name("t")))),
        apply("entry", apply("matmul", Name("A"), Name("u")), Name("i"), number(1)),
        apply("entry", apply("transpose", Name("A")), Name("k"), Name("i")),
        apply("entry", Name("A"), number(1), number(2)),
        apply("call2", Name("g()"), number(1), number(0), Name("s"), Name("t")),
        apply("call1", Name("f()"), number(2), Name("u")),
        apply("add", PLACED, apply("scale", number(2), PLACED)),
        apply("divide", PLACED, PLACED),
        apply("where", apply("eq", Name("i"), number(2)), Name("s"), Name("t")),
        apply("eq", Name("k"), Name("q")),
        apply("entry", Name("sigma2"), number(2), number(1)),
        apply("entry", Name("w_1"), number(2), number(1)),
        apply("power", Name("w_1"), number(2)),
        apply("row_sums", Name("A")),
        apply("column_sums", Name("A")),
        apply("unit", Name("A"), Name("i"), Name("k")),
    ],
    ids=plain,
)
def test_these_read_back_in_either_style(expression):
    reads_back(plain(expression), expression)
    reads_back(latex(expression), expression)
