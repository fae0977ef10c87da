"""Numbers: what is read, what is right, and what is near but wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import NumberKey, Verdict
from grader.answers.number import read_number

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
    "int(-3.5 + 10)": 6,
    "int(3 - 7.5)": -4,
    "int(−3.5)": -3,
    "int((28 - 5)/2) - 1": 10,
    "np.trunc(-2.5)": -2,
    " + ".join(f"square({one})" for one in range(9)): 204,
}
NOTHING = "column 1: expected a number, a name or a bracket, found the end"
REFUSED = {
    "=": "expected a value on both sides of '='",
    "abc": "column 1: unknown name 'abc', expected a number",
    "1,234": "column 1: 1,234 can be 1.234 or 1234: write a decimal point, and no thousands separator",
    "-12,345": "column 2: 12,345 can be 12.345 or 12345: write a decimal point, and no thousands separator",
    "1.2.3": "column 4: expected an operator between two numbers, found '.3'",
    "1 2": "column 3: expected an operator between two numbers, found '2'",
    "[1, 2]": "column 3: expected ']', found ','",
    "1/0": "expected a finite number",
    "log(-1)": "expected a finite number",
    "nan": "column 1: unknown name 'nan', expected a number",
    "inf": "column 1: unknown name 'inf', expected a number",
    "1e400": "column 1: the number 1e400 is out of range",
    "9^9^9^9": "expected a finite number",
    "0.5 apples": "column 5: unknown name 'apples', expected a number",
    "()": "column 2: expected a number, a name or a bracket, found ')'",
    "1/2x": "column 4: a / b c can be read as (a / b) c or a / (b c): add brackets",
    "__import__('os')": "column 1: expected a number, a name or a bracket, found '_'",
    "٣": "column 1: unexpected character '٣' (arabic-indic digit three)",
    "1\x002": "column 2: unexpected character U+0000 (an invisible one)",
    "10,00,000": "column 3: expected an operator or the end, found ','",
    "1\n2": "expected one line: leave only the answer",
    "1\r2": "expected one line: leave only the answer",
}


@pytest.mark.parametrize("text", READ)
def test_read(text):
    assert read_number(text)[0] == pytest.approx(READ[text], rel=1e-15)


@pytest.mark.parametrize("text", REFUSED)
def test_unreadable_says_so_and_is_not_wrong(text):
    outcome = NumberKey(0.0, 1.0).mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.UNREADABLE, 0)
    assert outcome.message == REFUSED[text]
    assert outcome.given is None


@given(st.integers(-(10**12), 10**12).map(lambda x: x / 10**4), st.just(0.0) | st.floats(1e-9, 1e3))
def test_within_the_distance_and_no_further(value, within):
    key = NumberKey(value, within)
    for inside in (value, value + 0.999 * within, value - 0.999 * within, value):
        assert key.mark(repr(inside)).verdict is Verdict.CORRECT
    for miss in key.near_misses():
        assert key.mark(miss).verdict is Verdict.INCORRECT
    assert key.mark(key.show()).verdict is Verdict.CORRECT


def test_what_stands_around_a_number_is_no_part_of_it():
    for text in ("w21 = 0.5", "dL/dw = 0.5 # I hope", "L = 0.50 .", "0.5;,"):
        assert read_number(text, ("w21", "dL/dw", "L"))[0] == 0.5
    assert read_number("1/2") == (0.5, r"\frac{1}{2}")
    assert NumberKey(0.5, 0.0).mark("1/2").understood == r"\frac{1}{2}"


def test_the_distance_itself_is_within():
    key = NumberKey(2.0, 0.5)
    assert key.mark("2.5").verdict is Verdict.CORRECT
    assert key.mark("1.5").verdict is Verdict.CORRECT
    assert key.mark("2.500001").verdict is Verdict.INCORRECT
    assert NumberKey(1e9, 0.0).mark("1000000001").verdict is Verdict.CORRECT  # a last bit
    assert NumberKey(1e9, 0.0).mark("1000000002").verdict is Verdict.INCORRECT


def test_near_misses_are_near():
    misses = [float(miss) for miss in NumberKey(20.0, 0.5).near_misses()]
    assert misses == pytest.approx([20.505, 19.495, -20.0], abs=1e-5)
    assert len(NumberKey(0.01, 0.5).near_misses()) == 2  # the other sign is right


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.5, "0.5"), (-0.0, "0"), (1 / 3, "0.3333333333"), (-1e-20, "-1e-20"), (123456.0, "123456")],
)
def test_ten_digits_are_shown(value, shown):
    assert NumberKey(value, 0.0).show() == shown


def test_a_tiny_value_is_not_zero():
    key = NumberKey(3e-9, 0.0)
    assert key.mark("3e-9").verdict is Verdict.CORRECT
    assert key.mark("0").verdict is Verdict.INCORRECT
    assert key.mark("3.1e-9").verdict is Verdict.INCORRECT


def test_close_is_told_from_far():
    key = NumberKey(0.7685, 0.0005)
    close = key.mark("0.77")
    assert close.message == "close, but not within the tolerance: carry more decimals"
    assert (close.share, close.understood) == (0, "0.77")
    assert key.mark("0.9").message == "not equal to the right answer"
    far = NumberKey(2.0, 0.0001)
    assert "more decimals" in far.mark("2.001").message  # ten times the distance
    assert "more decimals" not in far.mark("2.0011").message
    assert "more decimals" not in NumberKey(2.0, 0.005).mark("2.01").message  # a hundredth


@pytest.mark.parametrize(
    ("value", "near", "far"),
    [(12.0, "12.1", "12.2"), (-0.25, "-0.255", "-0.3"), (0.0, "0.001", "0.1")],
)
def test_what_comes_out_even_is_given_as_it_is(value, near, far):
    key = NumberKey(value, 0.0)
    assert "this value is exact in a few digits: give it in full" in key.mark(near).message
    assert key.mark(far).message == "not equal to the right answer"
    assert key.mark(repr(value)).verdict is Verdict.CORRECT
    assert "even" not in NumberKey(1 / 3, 0.0).mark("0.333").message  # the author wants it exactly


def test_the_message_does_not_give_the_key_away():
    assert "7685" not in NumberKey(0.7685, 0.0005).mark("0.9").message


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("1/3", "0.333", True),
        ("1/3", "0.334", False),
        ("0.64", "0.65", False),
        ("0.6", "0.65", False),
        ("0.6", "0.649", True),
        ("0.649", "0.6", True),
        ("2/3", "1", True),
        ("0.1 + 0.2 - 0.3", "3*0", True),
        ("0.5 - 0.1*(-1.5)", "0.65", True),
        ("0.5 - 0.1*(-1.5)", "0.66", False),
        ("65 %", "0.65", True),
        ("6.54e-1", "0.65", True),
        ("6.5*10^-1", "0.654", True),
        ("6.5*10^-1", "0.656", False),
    ],
)
def test_sides_agree_within_half_a_unit_of_the_coarser_last_digit(one, other, agree):
    key = NumberKey(0.0, 1e9)
    for text in (f"{one} = {other}", f"{other} = {one}"):
        assert key.mark(text).verdict == ("correct" if agree else "unreadable")
