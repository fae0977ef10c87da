"""What is rounded is right, and what is 5 % off or a named mistake is wrong and told: here some exercises, on few seeds."""

from collections import Counter

import pytest

from tests import rounded
from tests.shipped import ALL, BANK, few

NAMES = [*BANK] if ALL else [*BANK][4::9]


@pytest.mark.parametrize("name", NAMES)
def test_rounded_is_right_and_mistakes_are_wrong_and_told(name):
    assert not [*rounded.of_exercise(BANK[name], len(few(60, 2)), Counter())]


def test_what_is_marked_wrongly_is_listed(monkeypatch):
    monkeypatch.setattr(rounded, "OFF", {"nothing more": 1.0})
    found = [*rounded.of_exercise(BANK["two-two-one"], 1, Counter())]
    assert len(found) >= 3  # a blank each
    assert all("wrong: nothing more" in one and "is correct" in one for one in found)
