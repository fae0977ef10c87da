"""What keys say of themselves, word by word and at the ends of ranges."""

from fractions import Fraction

import numpy as np
import pytest
from msgspec.structs import replace

from grader import bank
from grader.answers import (
    LiteralKey,
    NumberKey,
    TextKey,
    Verdict,
    expression,
)
from grader.answers.derivation import MAX_OTHERS, equal_parts
from grader.answers.number import nearness
from grader.answers.numerals import doubt, spelled_out
from grader.answers.outcome import unreadable
from grader.answers.shape import separated
from grader.answers.sides import is_label
from grader.answers.stated import Stated
from grader.answers.text import Criterion, earned
from grader.answers.tokens import expected
from grader.drawing import printed_variant, variant_of
from grader.marking import mark
from grader.marking.slopes import told_slopes
from reference.language.errors import LONG, ReadingError
from tests import hostile


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


def test_what_keys_say_word_by_word():
    keys = hostile.keys()
    assert keys["choice"].tolerance() == "exact"
    assert keys["chain"].steps() == 5
    assert keys["shape"].in_characters() == "K × (h + 1)"
    assert keys["whole count"].portable().within == [[0.0]]
    assert keys["literal"].mark("(8, 6)").alike == "8, 6"


def test_what_is_expected_of_a_list_of_words():
    assert expected([]) == "expected whole numbers, as 3, 1, 2"
    assert expected(["shift"]) == "expected shift"
    assert expected(["shift", "reduce", "stop"]) == "expected shift, reduce or stop"


def test_what_a_person_gave_counts_by_its_weight():
    rubric = {"cause": Criterion("names it", 2), "cure": Criterion("says what helps")}
    assert earned(rubric, {"cause": Fraction(1, 2), "cure": Fraction(1)}) == Fraction(2, 3)
    assert earned(rubric, {"cause": Fraction(0), "cure": Fraction(0)}) == 0


def test_near_is_ten_times_the_distance_at_most():
    assert nearness(0.50099, 0.5, 1e-4) == "close"
    assert nearness(0.50105, 0.5, 1e-4) == "different"


def test_labels_of_three_letters_and_more_are_known_everywhere():
    assert is_label("ans", ()) and is_label("Final answer", ())
    assert not is_label("to", ()) and not is_label("an", ())


def test_a_line_is_cut_at_equality_signs_and_at_no_comparison():
    assert equal_parts("a := b = c") == ["a := b ", " c"]
    assert equal_parts("a >= b = (c = d)") == ["a >= b ", " (c = d)"]


def test_both_readings_of_a_lost_power_are_offered():
    assert [*doubt("3*10-4").meant("3*10-4")] == ["3*10^-4", "3*10 - 4"]


def test_one_separator_before_a_power_of_ten_is_a_decimal_one():
    assert spelled_out("1,234", 1, False, scaled=True) == "1.234"
    assert spelled_out("1.234", 1, True, scaled=True) == "1.234"
    with pytest.raises(ReadingError, match=r"1,234 can be 1\.234 or 1234"):
        spelled_out("1,234", 1, False)


def test_of_a_long_text_a_message_holds_the_ends():
    message = ReadingError(f"{'1' * 100}{'2' * LONG} can be several things").message
    assert message == f"{'1' * 40}…{'2' * 20} can be several things"
    assert ReadingError("short " * LONG).message == "short " * LONG


def test_the_distances_of_a_row_are_told():
    assert LiteralKey((8.0, 5.0), (0.5, 0.25)).leeway() == "± [0.5, 0.25]"
    assert LiteralKey((8.0, 5.0), (0.0, 0.0)).leeway() == ""


def test_a_column_for_a_row_is_right_where_either_is():
    key = hostile.keys()["gradient"]
    turned = f"({key.show()})^T"
    assert replace(key, either_layout=True).mark(turned).verdict is Verdict.CORRECT
    assert key.mark(turned).verdict is Verdict.INCORRECT


def test_a_derivation_is_about_a_few_quantities():
    key, lines = hostile.keys()["derivation"], ["s = W1 x"] * 8
    found = key.mark("\n".join([key.show(), *lines]))
    assert found.message == f"expected lines about at most {MAX_OTHERS} other quantities"


def test_functions_have_slopes_by_their_values(shipped):
    model = variant_of(shipped["scalar-residual-block"], 112).solved.model
    assert dict(model.choices) == {"hidden": "sigmoid(y0)", "output": "softplus"}
    found = [told.values for told in told_slopes(model)]
    assert found == [None, frozenset({"x1", "dz/dv1"}), frozenset({"z"})]


def test_only_the_wrong_cells_are_named_from_which_a_total_follows(shipped):
    variant = variant_of(shipped["recurrent-table"], 0)
    answers = {address: key.show() for address, (_, key) in variant.keys.items()}
    answers["layers.embedding-shape"] = "(7, 4)"
    answers["layers.recurrent1-parameters"] = "30961"
    answers["totals.parameters"] = str(int(answers["totals.parameters"]) + 1)
    found = mark(variant, answers).marks["totals.parameters"]
    assert found.verdict == "follow_through"
    assert found.follows == ["layers.recurrent1-parameters"]
    answers["layers.recurrent2-parameters"] = "24122"
    answers["totals.parameters"] = str(int(answers["totals.parameters"]) + 2)
    assert mark(variant, answers).marks["totals.parameters"].follows == [
        "layers.recurrent1-parameters", "layers.recurrent2-parameters"
    ]  # fmt: skip
