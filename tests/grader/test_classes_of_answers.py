"""Wrong answers fall together when they are equal: of formulas, as the comparer says; every pair of the fixtures is tried."""

import itertools

import numpy as np
import pytest

from grader.answers import CountKey, MatrixKey, NumberKey
from grader.answers.alike import formula
from reference.equivalence.compare import Agreement, compare_sides
from tests.grader.marked_answers import groups

VERDICTS = ("right", "wrong", "not_as_asked")
KEYS = [
    pytest.param(group, place, id=f"{path.stem}-{group.data['title']}-{place}")
    for path, found in groups().items()
    for group in found
    for place, entry in enumerate(group.data["keys"])
    if "key" in entry
]


def texts_of(entry):
    """Answers to a formula, of all verdicts."""
    for verdict in VERDICTS:
        for one in entry.get(verdict, ()):
            yield str(one["text"] if isinstance(one, dict) else one)


def sides_of(key, texts):
    """What each answer is at the points of its key; nothing where it is no formula."""
    ending = getattr(key, "ending", str)
    for text in texts:
        node = formula(key.last, ending(text))
        yield None if node is None else key.last.at_points(node)


def are_equal(one, other):
    """By the comparer; what is not defined at the same points is not the same, though it may agree wherever both are."""
    if one is None or other is None or one.value.shape != other.value.shape:
        return False
    assert one.points is other.points
    same = np.array_equal(one.defined, other.defined)
    return same and compare_sides(one, other) is Agreement.EQUAL


@pytest.mark.parametrize(("group", "place"), KEYS)
def test_formulas_fall_together_if_and_only_if_they_are_equal(group, place):
    """Every pair."""
    key, texts = group.keys[place], [*texts_of(group.data["keys"][place])]
    first, sides = key.first_equal(texts), [*sides_of(key, texts)]
    for one, other in itertools.combinations(range(len(texts)), 2):
        equal = are_equal(sides[one], sides[other])
        assert (first[one] == first[other]) is equal, (texts[one], texts[other])


@pytest.mark.parametrize(
    ("key", "texts", "first"),
    [
        (NumberKey(2, 0.01), ["3", "three", "3.0", "three", "4"], [0, 1, 0, 1, 4]),
        (CountKey("6", ()), ["7", "3 + 4", "8", "2^3"], [0, 0, 2, 2]),
        (MatrixKey([[1.0, 2.0]], [[0.01, 0.01]]), ["[[1, 3]]", "[1, 3.0]", "[[3, 1]]"], [0, 0, 2]),
    ],
)
def test_other_answers_fall_together_by_their_values(key, texts, first):
    assert key.first_equal(texts) == first
