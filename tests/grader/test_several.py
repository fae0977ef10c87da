"""Several choices: letters in any order and spelling, and what a choice is worth."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import Scoring, SeveralKey, Verdict

OPTIONS = ("noise", "dropout", "bug", "luck", "easy-set")
KEY = SeveralKey(("noise", "bug"), OPTIONS)
NOTHING = SeveralKey((), OPTIONS)
LETTERS = "abcde"


@pytest.mark.parametrize(
    "text",
    [
        "a, c", "ac", "a c", "c,a", "(a) (c)", "A; C", "a and c", "a & c.", "{a, c}", "noise, bug", "Noise c",
        "a\nc", "ac  # these two", "[c, a]", "a.c", "a + c",
    ],
)  # fmt: skip
def test_right(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.CORRECT, 1)
    assert outcome.understood == r"\text{(a), (c)}"


@pytest.mark.parametrize(
    "text", ["a", "c", "a b c", "none", "abcde", "b, d", "noise", "a, easy-set"]
)
def test_wrong(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.INCORRECT, 0)


NEITHER = {
    "f": "expected letters from a to e, found 'f'",
    "a, f": "expected letters from a to e, found 'f'",
    "a or c": "expected letters from a to e, found 'or'",
    "a-c": "expected letters from a to e, found 'a-c'",
    "1": "expected letters from a to e, found '1'",
    "a, c?": "expected letters from a to e, found 'c?'",
    "both": "expected letters from a to e, found 'both'",
    "noisy": "expected letters from a to e, found 'noisy'",
    ",": "expected letters from a to e",
    "#a": "expected letters from a to e",
    "a a": "(a) stands there twice: write it once",
    "aca": "(a) stands there twice: write it once",
    "a, c, noise": "(a) stands there twice: write it once",
    "a" + " " * 2000: "too long: 2001 characters, at most 2000 are read",
}


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.UNREADABLE, 0)
    assert outcome.message == NEITHER[text]


FORMULAS = ("$d$", r"$\sqrt{d}$", r"$a \le d$", r"$a \ge d$", "$w^2$", "$w_2$")
COLOURS = ("red", "android", "roid")
DIGITS = ("1", "2", "12")
OTHER_LETTERS = ("b", "c", "d")
BY_TEXT = [
    (FORMULAS, r"\sqrt{d}", "b"),
    (FORMULAS, "√d", "b"),
    (FORMULAS, r"b) $\sqrt d$; (f) w₂", "bf"),
    (FORMULAS, r"a \ge d, w^2", "de"),
    (FORMULAS, r"a ≤ d and w_{2}", "cf"),
    (FORMULAS, "w2", None),
    (COLOURS, "red, android", "ab"),
    (COLOURS, "red and roid", "ac"),
    (COLOURS, "redroid", None),
    (DIGITS, "1, 2", "ab"),
    (DIGITS, "1 2", "ab"),
    (DIGITS, "12", "c"),
    (OTHER_LETTERS, "ab", "ab"),
    (("noise", "no  noise"), "no noise", "b"),
]


@pytest.mark.parametrize(("texts", "text", "letters"), BY_TEXT)
def test_texts_that_are_nearly_those_of_other_options(texts, text, letters):
    key = SeveralKey(
        (), tuple(f"one-{one}" for one in texts), texts={f"one-{one}": one for one in texts}
    )
    outcome = key.mark(text)
    if letters is None:
        assert outcome.verdict is Verdict.UNREADABLE
    else:
        assert outcome.understood == rf"\text{{{', '.join(f'({one})' for one in letters)}}}"


def test_as_long_as_the_bound_is_read():
    assert KEY.mark("ac" + " " * 1998).verdict is Verdict.CORRECT


def test_none_is_an_answer():
    assert NOTHING.mark("None").verdict is Verdict.CORRECT
    assert NOTHING.show() == "none"
    assert NOTHING.mark("a").verdict is Verdict.INCORRECT
    assert KEY.mark("none").understood == r"\text{none}"


WORTH = {
    "a, c": (1, 1),
    "a": (Fraction(4, 5), Fraction(1, 2)),
    "a, b": (Fraction(3, 5), Fraction(1, 6)),
    "a, b, c": (Fraction(4, 5), Fraction(2, 3)),
    "a, b, d, e": (Fraction(1, 5), 0),
    "b, d, e": (0, 0),
    "none": (Fraction(3, 5), 0),
    "a, b, c, d, e": (Fraction(2, 5), 0),
}


@pytest.mark.parametrize("text", WORTH)
def test_scoring(text):
    for scoring, share in zip((Scoring.EACH, Scoring.PENALISED), WORTH[text], strict=True):
        outcome = SeveralKey(KEY.right, OPTIONS, scoring).mark(text)
        assert outcome.share == share
        expected = {0: Verdict.INCORRECT, 1: Verdict.CORRECT}.get(share, Verdict.PARTIAL)
        assert outcome.verdict is expected


def test_a_penalty_where_nothing_is_right():
    key = SeveralKey((), OPTIONS, Scoring.PENALISED)
    assert key.mark("none").share == 1
    assert key.mark("a").share == 0


@given(st.sets(st.sampled_from(OPTIONS)), st.sets(st.sampled_from(OPTIONS)))
def test_a_penalty_pays_for_knowing_only(right, chosen):
    key = SeveralKey(tuple(right), OPTIONS, Scoring.PENALISED)
    wrong = {*OPTIONS} - right

    def worth(options):
        return key.mark(key.shown(options)).share

    assert worth(right) == 1
    assert all(worth(options) == 0 for options in ({*OPTIONS}, set()) if options != right)
    assert all(worth(chosen - {one}) >= worth(chosen) for one in chosen & wrong)
    assert all(worth(chosen | {one}) >= worth(chosen) for one in right)
    if right and wrong:
        missed, taken = len(right - chosen), len(wrong & chosen)
        signed = (len(right) - missed) * len(wrong) - taken * len(right)
        assert worth(chosen) == max(0, Fraction(signed, len(right) * len(wrong)))


def test_the_message_counts_and_names_nothing():
    for text in ("a", "a, b", "b, d, e"):
        message = KEY.mark(text).message
        judged = {"a": 4, "a, b": 3, "b, d, e": 0}[text]
        assert message == f"{judged} of 5 options are judged rightly"


@pytest.mark.parametrize("key", [KEY, NOTHING, SeveralKey(OPTIONS, OPTIONS, Scoring.PENALISED)])
def test_near_misses(key):
    assert key.mark(key.show()).verdict is Verdict.CORRECT
    misses = key.near_misses()
    assert len({*misses}) == len(OPTIONS)
    assert Verdict.CORRECT not in {key.mark(miss).verdict for miss in misses}


@given(
    st.sets(st.sampled_from(LETTERS), min_size=1),
    st.randoms(),
    st.sampled_from([", ", "", " ", "\n", ") ("]),
)
def test_the_order_of_the_letters_does_not_matter(chosen, random, joint):
    shuffled = sorted(chosen)
    random.shuffle(shuffled)
    for scoring in Scoring:
        key = SeveralKey(KEY.right, OPTIONS, scoring)
        assert key.mark(joint.join(shuffled)) == key.mark(", ".join(sorted(chosen)))


@given(
    st.sets(st.sampled_from(OPTIONS)), st.sets(st.sampled_from(OPTIONS)), st.sampled_from(Scoring)
)
def test_only_the_right_choice_is_worth_everything(right, chosen, scoring):
    key = SeveralKey(tuple(right), OPTIONS, scoring)
    outcome = key.mark(", ".join(sorted(chosen)) or "none")
    assert 0 <= outcome.share <= 1
    assert (outcome.share == 1) == (outcome.verdict is Verdict.CORRECT) == (right == chosen)
