"""Numbers: what is read, what is right, and what is near but wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import NumberKey
from grader.answers.number import read_number
from grader.records import Verdict
from reference.language.errors import LanguageError

READ = {
    "0.65": 0.65,
    " -3/2 ": -1.5,
    "6.5e-1": 0.65,
    "1E3": 1000,
    ".5": 0.5,
    "5.": 5,
    "+2": 2,
    "−0.5": -0.5,
    "0.4*-0.2-0.3": -0.38,
    "0,65": 0.65,
    "-12,5": -12.5,
    "0,123": 0.123,
    "1234,567": 1234.567,
    "2^3^2": 512,
    "2**-1": 0.5,
    "pi": 3.141592653589793,
    "2 pi": 6.283185307179586,
    "sqrt(2)/2": 0.7071067811865476,
    "1/(1+exp(-1.2))": 0.7685247834990175,
    "sigmoid(1.2)": 0.7685247834990175,
    "(1 + 2)·3": 9,
    "3²": 9,
    "1{2 > 1}": 1,
}
REFUSED = [
    "", "abc", "1,234", "-12,345", "1.2.3", "1 2", "[1, 2]", "1/0", "nan", "inf", "1e400", "9^9^9^9",
    "0.5 apples", "=", "()", "1/2x", "__import__('os')", "１２", "1\x002", "log(-1)", "10,000,000",
]  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_read(text):
    assert read_number(text)[0] == pytest.approx(READ[text], rel=1e-15)


@pytest.mark.parametrize("text", REFUSED)
def test_unreadable_says_so_and_is_not_wrong(text):
    with pytest.raises(LanguageError) as error:
        read_number(text)
    assert error.value.message
    assert NumberKey(0.0, 1.0).mark(text).verdict is Verdict.UNREADABLE


@given(st.integers(-(10**12), 10**12).map(lambda x: x / 10**4), st.just(0.0) | st.floats(1e-9, 1e3))
def test_within_the_distance_and_no_further(value, within):
    key = NumberKey(value, within)
    for inside in (value, value + 0.999 * within, value - 0.999 * within, value):
        assert key.mark(repr(inside)).verdict is Verdict.CORRECT
    for miss in key.near_misses():
        assert key.mark(miss).verdict is Verdict.INCORRECT
    assert key.mark(key.show()).verdict is Verdict.CORRECT


def test_a_tiny_value_is_not_zero():
    key = NumberKey(3e-9, 0.0)
    assert key.mark("3e-9").verdict is Verdict.CORRECT
    assert key.mark("0").verdict is Verdict.INCORRECT
    assert key.mark("3.1e-9").verdict is Verdict.INCORRECT


def test_close_is_told_from_far():
    key = NumberKey(0.7685, 0.0005)
    assert "more decimals" in key.mark("0.77").message
    assert "more decimals" not in key.mark("0.9").message
    assert key.mark("0.77").share == 0


def test_the_message_does_not_give_the_key_away():
    assert "7685" not in NumberKey(0.7685, 0.0005).mark("0.9").message
