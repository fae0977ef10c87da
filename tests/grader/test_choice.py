"""Choices: letters belong to the variant, ids to the exercise."""

import pytest

from grader.answers import ChoiceKey
from grader.records import Verdict

KEY = ChoiceKey("leaky", ("tanh", "leaky", "deep", "none"))


@pytest.mark.parametrize("text", ["b", "B", "(b)", "b)", " b. ", "leaky", "Leaky"])
def test_right(text):
    assert KEY.mark(text).verdict is Verdict.CORRECT


@pytest.mark.parametrize("text", ["a", "c", "d", "none", "tanh"])
def test_wrong(text):
    assert KEY.mark(text).verdict is Verdict.INCORRECT


@pytest.mark.parametrize("text", ["e", "ab", "1", "leak", "the second", "a or b"])
def test_neither(text):
    outcome = KEY.mark(text)
    assert outcome.verdict is Verdict.UNREADABLE
    assert "from a to d" in outcome.message


def test_near_misses():
    assert KEY.mark(KEY.show()).verdict is Verdict.CORRECT
    assert {KEY.mark(miss).verdict for miss in KEY.near_misses()} == {Verdict.INCORRECT}
