"""Ordering: a share for the longest part in order, less one for each line that does not belong."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.answers import LinePart, OrderKey, Verdict
from grader.answers.ordering import common

# shown: a = chain, b = sign-lost, c = start, d = sum, e = end, f = twice
KEY = OrderKey(("start", "chain", "sum", "end"), ("chain", "sign-lost", "start", "sum", "end", "twice"))  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "c a d e", "cade", "c, a, d, e", "(c) (a) (d) (e)", "C A D E.", "c -> a -> d -> e", "c → a → d → e", "c < a < d < e",
        "c\na\nd\ne", "start, chain, sum, end", "c a d e  # done", "[c, a, d, e]",
    ],
)  # fmt: skip
def test_right(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.CORRECT, 1)
    assert outcome.understood == r"\text{(c), (a), (d), (e)}"


SHARES = {
    "c": 1,
    "c a d": 3,
    "c d a e": 3,
    "e d a c": 1,
    "a d e c": 3,
    "c a b d e": 3,
    "b c a d e f": 2,
    "c a d f": 2,
    "b": 0,
    "b f": 0,
    "b f c": 0,
}


@pytest.mark.parametrize("text", SHARES)
def test_partial_credit(text):
    outcome = KEY.mark(text)
    assert outcome.share == Fraction(SHARES[text], 4)
    assert outcome.verdict is (Verdict.PARTIAL if SHARES[text] else Verdict.INCORRECT)
    strange = sum(letter in text for letter in "bf")
    placed = f"{SHARES[text] + strange if SHARES[text] else sum(map(text.count, 'cade'))} of 4"
    more = f", and {strange} of those used do not belong there" if strange else ""
    assert outcome.message == f"{placed} lines stand in the right order{more}"
    shown = ", ".join(f"({letter})" for letter in text.split())
    assert outcome.understood == rf"\text{{{shown}}}"


@pytest.mark.parametrize(
    "text",
    [
        "c a d e c",
        "g",
        "none",
        "1 2 3",
        "c-a",
        "c a or d",
        "?",
        "c a d (e)",
        "(c a) d e",
        "c [a d] e",
        "c, a, {d, e}",
    ],
)
def test_what_cannot_be_read_asks(text):
    assert KEY.mark(text).verdict is Verdict.UNREADABLE


def test_near_misses():
    assert KEY.mark(KEY.show()).verdict is Verdict.CORRECT
    misses = KEY.near_misses()
    swapped = ["a c d e", "c d a e", "c a e d"]
    assert misses == [
        *swapped, "a d e", "c d e", "c a e", "c a d",
        "b c a d e", "c a d e b", "f c a d e", "c a d e f",
    ]  # fmt: skip
    assert {KEY.mark(miss).verdict for miss in misses} == {Verdict.PARTIAL}


@given(st.permutations("abcdef"), st.integers(1, 6))
def test_only_the_right_order_is_worth_everything(letters, length):
    given_letters = "".join(letters[:length])
    outcome = KEY.mark(given_letters)
    assert 0 <= outcome.share <= 1
    assert (outcome.share == 1) == (outcome.verdict is Verdict.CORRECT) == (given_letters == "cade")


@given(st.lists(st.integers(0, 5), max_size=7), st.lists(st.integers(0, 5), max_size=7))
def test_the_longest_common_subsequence(one, other):
    def parts(of):
        return {part for size in range(len(of) + 1) for part in itertools.combinations(of, size)}

    assert common(one, other) == max(map(len, parts(one) & parts(other)))


def chance(key, lines, part):
    """What a random order of so many of the lines shown earns."""
    key = replace(key, part=part)
    found = [key.judge([*one], "").share for one in itertools.permutations(key.options, lines)]
    return float(sum(found) / len(found))


def test_from_half_on_chance_earns_little():
    """Of five lines by themselves, and of three with one that does not belong."""
    alone = OrderKey(tuple("uvwxy"), tuple("wyuxv"))
    mixed = OrderKey(tuple("uvw"), tuple("wuzv"))
    earned = [[chance(key, len(key.right), part) for part in LinePart] for key in (alone, mixed)]
    assert earned[0] == pytest.approx([67 / 120, 11 / 60, 1 / 120], abs=0.02)
    assert all(lines > 2 * half > half >= nothing > 0 for lines, half, nothing in earned)


@pytest.mark.parametrize(
    ("text", "half"),
    [("c a d", "1/2"), ("c a", "0"), ("c a d e b", "1/2"), ("c a d f", "0"), ("b", "0")],
)
def test_points_may_begin_at_half_of_the_lines(text, half):
    outcome = replace(KEY, part=LinePart.HALF).mark(text)
    assert outcome.share == Fraction(half)
    assert outcome.message == KEY.mark(text).message
    assert replace(KEY, part=LinePart.NOTHING).mark(text).share == 0
    assert replace(KEY, part=LinePart.HALF).mark("c a d e").share == 1
