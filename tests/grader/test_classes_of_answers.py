"""Wrong answers fall together when they are equal: of formulas, as the comparer says; every pair of the fixtures is tried."""

import itertools

import pytest

from grader.answers import CountKey, MatrixKey, NumberKey
from grader.answers.alike import formula
from reference.equivalence.compare import Agreement, compare_sides
from tests.grader.marked_answers import groups

RIGHT = 3  # right answers to a key; that these are equal is tested elsewhere
VERDICTS = {"right": RIGHT, "wrong": None, "not_as_asked": None}
KEYS = [
    pytest.param(group, place, id=f"{path.stem}-{group.data['title']}-{place}")
    for path, found in groups().items()
    for group in found
    for place, entry in enumerate(group.data["keys"])
    if "key" in entry
]


def texts_of(entry):
    """Answers to a formula, of all verdicts."""
    for verdict, most in VERDICTS.items():
        for one in entry.get(verdict, ())[:most]:
            yield str(one["text"] if isinstance(one, dict) else one)


def sides_of(key, texts):
    """What each answer is at the points of its key; nothing where it is none, or not defined everywhere.

    Where a formula is not defined, it says nothing: sqrt(z)^2 agrees with z and with max(z, 0), which do not agree with each other. So
    there is no grouping of those that the comparer could be asked for.
    """
    ending = getattr(key, "ending", str)
    for text in texts:
        node = formula(key.last, ending(text))
        side = None if node is None else key.last.at_points(node)
        yield side if side is not None and side.is_defined else None


@pytest.mark.parametrize(("group", "place"), KEYS)
def test_formulas_fall_together_if_and_only_if_they_are_equal(group, place):
    key, texts = group.keys[place], [*texts_of(group.data["keys"][place])]
    first, sides = key.first_equal(texts), [*sides_of(key, texts)]
    for one, other in itertools.combinations(range(len(texts)), 2):
        if (
            sides[one] is None
            or sides[other] is None
            or sides[one].points is not sides[other].points
        ):
            continue
        shapes = sides[one].value.shape == sides[other].value.shape
        equal = shapes and compare_sides(sides[one], sides[other]) is Agreement.EQUAL
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
