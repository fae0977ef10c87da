"""What keys say of themselves, word by word and at the ends of ranges."""

import numpy as np

from grader import bank
from grader.answers import (
    LiteralKey,
    NumberKey,
    TextKey,
    Verdict,
    expression,
)
from grader.answers.outcome import unreadable
from grader.answers.shape import separated
from grader.answers.stated import Stated
from grader.answers.text import Criterion
from grader.drawing import printed_variant
from reference.language.errors import ReadingError


def test_near_misses_of_a_row_leave_out_add_and_exchange():
    key = LiteralKey((8.0, 5.0), (0.0, 0.0))
    assert key.near_misses() == [
        "(8.0000008, 5.0)",
        "(5,)",
        "(8.0, 5.0000005)",
        "(8,)",
        "(5, 8)",
        "(1, 8, 5)",
        "(8, 5, 1)",
    ]
    assert all(key.mark(text).verdict is Verdict.INCORRECT for text in key.near_misses())
    [outside, *_] = LiteralKey((5.0,), (0.5,)).near_misses()
    assert 5.504 < float(outside.strip("(,)")) < 5.506
    assert LiteralKey((5.0, 5.0), (0.0, 0.0)).near_misses().count("(5, 5)") == 0  # exchanged


def test_near_misses_of_a_word_are_the_others_and_numbers():
    key = LiteralKey("error", words=("error", "not determined"))
    assert key.near_misses() == ["not determined", "(1, 2)", "0"]


def test_a_rubric_is_shown_with_its_weights():
    key = TextKey({"cause": Criterion("names it", 2), "cure": Criterion("says what helps", 0.5)})
    assert key.show() == "cause (2): names it; cure (0.5): says what helps"


def test_the_range_of_a_number_has_two_ends():
    assert NumberKey(2.0, 0.25).reach() == (1.75, 2.25)


def test_each_given_entry_has_its_name():
    values = {"a": np.array([[3.0]]), "v": np.array([[1.0], [2.0]]), "W": np.array([[4.0, 5.0]])}
    assert [*Stated(values).entries()] == [
        ("a", 3.0),
        ("v[1]", 1.0),
        ("v[2]", 2.0),
        ("W[1, 1]", 4.0),
        ("W[1, 2]", 5.0),
    ]


def test_an_axis_called_x_is_no_sign():
    assert separated("K x D", ("K", "D")) == "K , D"
    assert separated("KxD", ("K", "D")) == "K,D"
    assert separated("n, x", ("n", "x")) == "n, x"
    assert separated("nxx", ("n", "x")) == "nxx"
    assert separated("n × x", ("n", "x")) == "n , x"


def test_what_cannot_be_told_earns_nothing_and_waits():
    outcome = unreadable(ReadingError("too large to tell", 3))
    assert (outcome.verdict, outcome.share) == (Verdict.UNREADABLE, 0)
    assert outcome.message == "column 3: too large to tell"


def test_blanks_that_are_judged_by_themselves_keep_what_was_said_of_each():
    said = {"a": unreadable(ReadingError("no")), "b": NumberKey(1.0, 0.0).mark("1")}
    assert NumberKey(1.0, 0.0).together(said) == said


def gradient():
    """The key of dL/dW1 of a network of two layers."""
    return printed_variant(bank.find("shortcut-network")).keys["gradients.W1"][1]


def test_the_class_of_a_wrong_formula_is_twelve_hexadecimal_digits():
    key = gradient()
    right = f"({key.show()})"
    texts = f"2 {right}", f"{right} + {right}", f"3 {right}"
    classes = [key.mark(text).alike for text in texts]
    assert [len(one) for one in classes] == [12, 12, 12]
    assert set("".join(classes)) <= set("0123456789abcdef")
    assert classes[0] == classes[1] != classes[2]


def test_of_the_networks_with_further_derivatives_the_last_are_kept(monkeypatch):
    monkeypatch.setattr(expression, "TABLES", 2)
    key = gradient()
    asked = [("dL/dW",), ("dL/dW2",), ("dL/db1",), ("dL/db2",)]
    made = [key.extended(one) for one in asked]
    assert list(key.further) == asked[-2:]
    assert key.extended(asked[-1]) is made[-1]
    assert key.extended(asked[0]) is not made[0]  # which went first
