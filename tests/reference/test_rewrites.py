"""Every row of the rewrites is an identity by the comparer, and what is nearly its right side is none."""

import itertools

import pytest

from reference.equivalence.compare import Agreement, compare
from reference.equivalence.points import SamplePoints
from reference.language.errors import ShapeError
from reference.language.expression import ONLY, Name, apply, names, number, parts, substitute
from reference.language.rewrites import ROWS, SHORTER, SPELLED
from reference.language.shapes import infer
from reference.network import Network, Symbols

SIZES = {"n": 3, "m": 4}
COLUMN, MATRIX, ROW, SCALAR = ("n", 1), ("n", "m"), (1, "m"), (1, 1)
SHAPES = (COLUMN, SCALAR, ROW, MATRIX)
ROWS_BY_NAME = {
    f"{kind}-{place}": row
    for kind, rows in {"always": ROWS, "shorter": SHORTER, "spelled": SPELLED}.items()
    for place, row in enumerate(rows)
}


def settings(row):
    """Points for each way to give the names of a row shapes that fit, and hold what it needs."""
    used = names(row.left)
    placed = used & {"i", "j"}
    for (one, other), apart in itertools.product(
        itertools.product(SHAPES, repeat=2), (False, True)
    ):
        if placed and other[0] != "n":
            continue  # there are no such places
        given = {
            "a": one,
            "b": one if "matmul" not in operations(row.left) else other,
            "X": other,
            "Y": other,
        }
        symbols = Symbols(indices={"i": "n", "j": "n"}, apart={"i": ("j",)} if apart else {})
        sizes = dict.fromkeys(SIZES, SCALAR)
        network = Network({**given, **sizes, **symbols.shapes}, tuple(given), (), {}, symbols)
        points = SamplePoints(network, {"Y": "one-hot"}, SIZES)
        left, right = (substitute(side, {"k": ONLY}) for side in (row.left, row.right))
        try:
            fits = infer(left, network.shapes) == infer(right, network.shapes)
        except ShapeError:
            continue
        if fits and row.when(points.facts, {name: Name(name) for name in used}):
            yield left, right, points


def operations(node):
    return {part.operation for part in parts(node)}


def near_misses(right, shapes):
    """A bit more; another sign and twice as much, unless that is the same, of nothing."""
    yield apply("add", right, number(1))
    if infer(right, shapes) != SCALAR or right != number(0):
        yield apply("scale", number(2), right)
        yield apply("negate", right)


@pytest.mark.parametrize("name", ROWS_BY_NAME)
def test_both_sides_of_a_row_are_equal_and_near_misses_are_not(name):
    tried = 0
    for left, right, points in settings(ROWS_BY_NAME[name]):
        assert compare(left, right, points) is Agreement.EQUAL
        for miss in near_misses(right, points.network.shapes):
            nothing = compare(right, apply("negate", right), points) is Agreement.EQUAL
            if not nothing or miss.operation == "add":
                assert compare(left, miss, points) is Agreement.DIFFERENT, miss
                tried += 1
    assert tried
