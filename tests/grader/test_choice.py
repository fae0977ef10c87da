"""Choices: letters belong to the variant, ids to the exercise."""

import pytest

from grader.answers import ChoiceKey, Verdict, said

KEY = ChoiceKey("leaky", ("tanh", "leaky", "deep", "none"))


@pytest.mark.parametrize("text", ["b", "B", "(b)", "b)", " b. ", "leaky", "Leaky"])
def test_right(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.CORRECT, 1)
    assert (outcome.message, outcome.understood) == ("", r"\text{(b)}")


@pytest.mark.parametrize("text", ["a", "c", "d", "none", "tanh"])
def test_wrong(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.INCORRECT, 0)
    assert outcome.message == "not the right option"
    assert outcome.understood


def test_what_is_said_of_a_wrong_option():
    key = ChoiceKey(
        "leaky", ("tanh", "leaky", "deep"), {"deep": said("proof", text="not in two layers")}
    )
    assert key.mark("c").message == "not in two layers"
    assert key.mark("a").message == "not the right option"


@pytest.mark.parametrize("text", ["e", "ab", "1", "leak", "the second", "a or b"])
def test_neither(text):
    outcome = KEY.mark(text)
    assert (outcome.verdict, outcome.share) == (Verdict.UNREADABLE, 0)
    assert outcome.message == f"expected a letter from a to d, found '{text}'"


def test_near_misses():
    assert KEY.near_misses() == ["a", "c", "d", "tanh", "deep", "none"]
    assert KEY.mark(KEY.show()).verdict is Verdict.CORRECT
    assert {KEY.mark(miss).verdict for miss in KEY.near_misses()} == {Verdict.INCORRECT}


def test_ids_that_tell_which_option_is_right_are_not_read():
    texts = {"right": "{{q.right}}", "sign-lost": "{{q.sign-lost}}"}
    key = ChoiceKey("right", ("sign-lost", "right"), texts=texts, by_id=False)
    assert [key.mark(text).verdict for text in ("b", "a")] == ["correct", "incorrect"]
    assert [key.mark(text).verdict for text in ("right", "sign-lost")] == ["unreadable"] * 2
    assert key.near_misses() == ["a"]


def test_a_formula_that_differs_from_another_option_in_a_root_only():
    texts = {"root": r"$\sqrt{d}$", "size": "$d$", "third": "$u$", "fourth": "$v$"}
    key = ChoiceKey("root", (*texts,), texts=texts)
    answers = (r"\sqrt{d}", "√d", r"a) \sqrt d", "b", r"\sqrt{u}^2")
    expected = ["correct"] * 3 + ["incorrect", "unreadable"]
    assert [key.mark(text).verdict for text in answers] == expected
