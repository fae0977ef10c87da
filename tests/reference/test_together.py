"""Many expressions at once: what is told of all together is what is told of each by itself."""

import pytest

from reference.equivalence import Agreement, Side, compare, compare_sides
from reference.language.expression import Table
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.together import Sides, Together
from tests.reference.test_equivalence import REALS, setting, understood

SEVERAL = [
    "x + y",
    "x - y",
    "y + x",
    "relu(x)",
    "x y",
    "x + y + 1/1000000",
    "log(-x^2)",
    "1/(x + y)",
    "log(x) y",
    "tanh(x)",
]
NEAR = ["(x^2 - y^2) / (x - y)", "x + 2 y - y", "max(x, 0)", "0", "(x + y) / 1"]
AT_SOME_POINTS = ["y log(x)", "1.0000000001 tanh(x)", "1.001 tanh(x)"]


@pytest.mark.parametrize("text", [*SEVERAL, *NEAR, *AT_SOME_POINTS])
def test_the_first_of_several_that_is_equal(text):
    """What is far from all of them at first sight is equal to none; one that is near is compared."""
    others = [understood(one, REALS) for one in SEVERAL]
    given = understood(text, REALS)
    equal = [
        place for place, one in enumerate(others) if compare(given, one, REALS) is Agreement.EQUAL
    ]
    assert Sides(others, REALS).first_equal(Side(given, REALS)) == min(equal, default=None)


@pytest.mark.parametrize(
    ("key", "sure", "unsure"),
    [
        (
            "W x + c",
            ["c + W x", "2 W x - W x + c"],
            ["W x - c", "W x + 1.0000001 c", "c", "W x + c + e"],
        ),
        ("relu(W x)", ["relu(W x)", "(W x) ⊙ 1{W x > 0}"], ["W x", "max(W x, 0.0001)", "|W x|"]),
        ("h c", [], ["c h", "h c", "3 c"]),  # hangs on a size
        ("3 c", ["c + 2 c"], ["h c"]),
        ("1 / relu(W x)", [], ["1 / relu(W x)", "1 / (W x)"]),  # infinite at some points
        ("c", ["2 c - c"], ["c * mean(x) * 4 / sum(x)"]),
        ("W x", ["W x / 1"], ["W x + relu(W x - 10^6)", "W x + 0 log(sum(c))"]),  # far-off kinks
    ],
)
def test_what_is_surely_equal(key, sure, unsure):
    points = setting({"W": "h d", "x": "d 1", "c": "h 1", "e": "h 1"}, sizes={"h": 3, "d": 4})
    table, network = Table(), points.network
    given = [
        resolve(read(text, network.vocabulary), network.shapes, {}, table)[0]
        for text in [*sure, *unsure]
    ]
    allowed = {*network.shapes} - {"e"}
    side = Side(understood(key, points), points)
    both = Together(given, table, side, allowed)
    assert [both.holds(one) for one in given] == [True] * len(sure) + [False] * len(unsure)
    for one in given[: len(sure)]:
        assert compare_sides(Side(one, points), side) is Agreement.EQUAL


def test_equal_parts_of_one_table_are_one_object():
    table, shapes = Table(), {"x": (1, 1), "y": (1, 1)}
    one, other = (
        resolve(read(text, shapes), shapes, {}, table)[0] for text in ("(x + y) * 2", "2 / (x+y)")
    )
    assert one.args[0] is other.args[1]
    assert one.args[1] is other.args[0]
    assert one == resolve(read("(x + y) * 2", shapes), shapes)[0]
