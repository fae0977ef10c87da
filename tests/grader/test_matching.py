"""Matching: pairs in any order and spelling, credit by the pair."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import MatchKey, Verdict

KEY = MatchKey("bad", 5)


@pytest.mark.parametrize(
    "text",
    [
        "1b 2a 3d", "1b2a3d", "3d, 1b, 2a", "1-b, 2-a, 3-d", "1: b; 2 -> a; 3 → d", "1=B 2=A 3=D", "(1, b), (2, a), (3, d)",
        "b1 a2 d3", "1) b\n2) a\n3) d", "1. b, 2. a and 3. d", "1b 2a 3d  # sure", "1 b 2 a 3 d.", "[(1,b),(2,a),(3,d)]",
    ],
)  # fmt: skip
def test_right(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.CORRECT, 1)
    assert outcome.understood == r"\text{1b, 2a, 3d}"


SHARES = {"1b": 1, "1b 2a": 2, "1b 2d 3a": 1, "1a 2b 3d": 1, "1b 2a 3c": 2, "1a 2b 3c": 0, "3e": 0}


@pytest.mark.parametrize("text", SHARES)
def test_credit_by_the_pair(text):
    outcome = KEY.mark(text)
    assert outcome.share == Fraction(SHARES[text], 3)
    assert outcome.verdict is (Verdict.PARTIAL if SHARES[text] else Verdict.INCORRECT)
    assert outcome.message == f"{SHARES[text]} of 3 pairs are right"


ASKED = {
    "1b 1a": "1 stands there twice: match it once",
    "1b 2b 3d": "b stands there twice: match it once",
    "4b": "expected numbers from 1 to 3, found 4",
    "0b": "expected numbers from 1 to 3, found 0",
    "1f": "expected letters from a to e, found f",
    "b a d": "expected pairs such as 1b 2a, found 'b a d'",
    "1b 2": "expected pairs such as 1b 2a, found '1b 2'",
    "1b a2": "expected pairs such as 1b 2a, found 'a2'",
    "12 ab": "expected pairs such as 1b 2a, found '12 ab'",
    "one to b": "expected pairs such as 1b 2a, found 'on'",
    "1 2 a b": "expected pairs such as 1b 2a, found '12'",
    "1b?": "expected pairs such as 1b 2a, found '?'",
    "#": "expected pairs such as 1b 2a, found ''",
    "123456789012345678901234567890b": "expected numbers from 1 to 3, found 123456789012345678901234567890",
    "1b " * 700: "too long: 2100 characters, at most 2000 are read",
}


@pytest.mark.parametrize("text", ASKED)
def test_what_cannot_be_read_asks(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.UNREADABLE, 0)
    assert outcome.message == ASKED[text]


@pytest.mark.parametrize("key", [KEY, MatchKey("ba", 2), MatchKey("abcd", 4)])
def test_near_misses(key):
    assert key.mark(key.show()).verdict is Verdict.CORRECT
    assert {key.mark(miss).verdict for miss in key.near_misses()} <= {
        Verdict.PARTIAL,
        Verdict.INCORRECT,
    }


def test_near_misses_are_near():
    assert KEY.near_misses() == ["1a 2b 3d", "1b 2d 3a", "1b 2a", "1b 2a 3c", "1b 2a 3e"]


def test_a_letter_that_is_not_shown_belongs_to_nothing():
    assert MatchKey("ba", 2).mark("1c").message == "expected letters from a to b, found c"
    outcome = KEY.mark("2d 1b")
    assert outcome.understood == r"\text{1b, 2d}"


@given(
    st.permutations("abcde"),
    st.sets(st.integers(1, 3), min_size=1),
    st.randoms(),
    st.sampled_from([" ", ", ", "", "; "]),
)
def test_any_permutation_of_the_pairs_reads_the_same(letters, numbers, random, joint):
    pairs = [(number, letters[number]) for number in sorted(numbers)]
    plain = KEY.mark(" ".join(f"{number}{letter}" for number, letter in pairs))
    random.shuffle(pairs)
    assert KEY.mark(joint.join(f"{number}{letter}" for number, letter in pairs)) == plain
    assert KEY.mark(joint.join(f"{letter}-{number}" for number, letter in pairs)) == plain
    assert plain.share == Fraction(sum(KEY.letters[n - 1] == one for n, one in pairs), 3)
