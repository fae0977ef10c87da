"""One expression compared with several at once: what is found is what comparing with each finds."""

import pytest

from reference.equivalence.compare import Agreement, Side, compare
from reference.equivalence.several import Sides
from tests.reference.judging import REALS, understood

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
