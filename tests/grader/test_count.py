"""Counts are exact, as whole numbers and as expressions."""

import pytest

from grader.answers import CountKey, Verdict

SHORTCUT = CountKey("d * h + d + 2 * h + 1", ("n", "d", "h"))
RIGHT = [
    "d h + 2 h + d + 1", "dh+2h+d+1", "(h+1)*(d+1)+h", "h*(d+2) + d + 1", "h(d + 2) + d + 1",
    "1+2*h+d+h*d", "d·h + 2h + d + 1", "d × h + 2×h + d + 1", "(2dh + 4h + 2d + 2)/2",
    "h*d + h + (1*h + 1) + d", "(d^2 - 1)/(d - 1) + h(d + 2)", "d*h+2*h+d+1+n-n", "d*h^1+2*h+d^1+1",
]  # fmt: skip
WRONG = [
    "d h + 2 h + d", "d h + 2 h + d + 2", "d h + h + d + 1", "d h + 2 h + d + 1 + n", "n (d h + 2 h + d + 1)",
    "d^2 h + 2 h + d + 1", "2 d h + 2 h + d + 1", "d h - 2 h + d + 1", "7", "d h + 2 h + h + 1",
    "d + h + 2 h + d + 1",
]  # fmt: skip
MESSAGES = {"d h + 2 h + d + 1 + n": "the count does not depend on n"}
MESSAGES["n (d h + 2 h + d + 1)"] = MESSAGES["d h + 2 h + d + 1 + n"]
WHOLE = "only whole powers up to 12 make a count"
UNREADABLE = {
    "D h": "column 1: unknown name 'D'; did you mean 'd'? (names here: d, h, n)",
    "d h +": "column 6: expected a number, a name or a bracket, found the end",
    "x": "column 1: unknown name 'x' (names here: d, h, n)",
    "sqrt(d)": "only sums, products, quotients and whole powers make a count",
    "d^0.5": WHOLE,
    "d^999": WHOLE,
    "2^2^2^2^2^2": "too large a number",
    "2^4096": "too large a number",
    "0^-1": "a division by zero",
    "(d+h+n+1)^12^2": WHOLE,
    "1/0": "a division by zero",
    "d/(h-h)": "a division by zero",
    "dxh": "column 1: unknown name 'dxh' (names here: d, h, n)",
    "d h + 2 h + d + 1 parameters": "column 19: unknown name 'parameters' (names here: d, h, n)",
    "(" * 300: "column 51: nested more than 50 deep",
    "1.234": "column 1: 1.234 can be 1234: write it without the point",
}


@pytest.mark.parametrize("text", RIGHT)
def test_right(text):
    assert SHORTCUT.mark(text).verdict is Verdict.CORRECT


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text):
    outcome = SHORTCUT.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.INCORRECT, 0)
    assert outcome.message == MESSAGES.get(text, "not the right expression")
    assert outcome.understood


def test_what_was_understood_is_shown():
    outcome = SHORTCUT.mark("dh + 2h + d + 1")
    assert (outcome.verdict, outcome.share, outcome.message) == (Verdict.CORRECT, 1, "")
    assert outcome.understood == r"d \, h + 2 \, h + d + 1"
    assert CountKey("557057").mark("557058").message == "not the right number"


@pytest.mark.parametrize("text", UNREADABLE)
def test_unreadable_names_the_trouble(text):
    outcome = SHORTCUT.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.UNREADABLE, 0)
    assert outcome.message == UNREADABLE[text]


def test_a_name_that_is_not_allowed_is_named():
    assert "'K'" in SHORTCUT.mark("K h + 1").message


def test_a_name_that_does_not_matter_is_named():
    assert SHORTCUT.mark("d h + 2 h + d + n").message == "the count does not depend on n"


@pytest.mark.parametrize(
    "text", ["557057", "557,057", "557 057", "557'057", "31744 + 524800 + 513"]
)
def test_whole_numbers(text):
    assert CountKey("557057").mark(text).verdict is Verdict.CORRECT


@pytest.mark.parametrize(
    "text", ["557058", "557056", "557.057", "5,57057", "-557057", "557057.0001"]
)
def test_other_numbers(text):
    assert CountKey("557057").mark(text).verdict is not Verdict.CORRECT


def test_near_misses():
    for key in (SHORTCUT, CountKey("557057")):
        assert key.mark(key.show()).verdict is Verdict.CORRECT
        assert {key.mark(miss).verdict for miss in key.near_misses()} == {Verdict.INCORRECT}
