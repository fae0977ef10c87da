"""What may be meant by an answer that has two readings, or a name that is nearly one of those that there are."""

import pytest

from grader.answers import CountKey, NumberKey
from grader.drawing import printed_variant
from tests.shipped import BANK

NUMBER, COUNT = NumberKey(2, 0.01), CountKey("1234")


def formula(exercise, address):
    return printed_variant(BANK[exercise]).keys[address][1]


@pytest.mark.parametrize(
    ("key", "text", "meant"),
    [
        (NUMBER, "3,141", ["3.141", "3141"]),
        (NUMBER, "= 2·5", ["= 2.5", "= 2*5"]),
        (NUMBER, "3*10-4", ["3*10^-4", "3*10 - 4"]),
        (NUMBER, "3 e-4", ["3e-4", "3*e - 4"]),
        (NUMBER, "3 +-0.5", ["3 + -0.5", "3"]),
        (NUMBER, "-1.5 (1.5*-1)", ["-1.5"]),
        (NUMBER, "1/2 (3)", ["(1/2) (3)", "1/(2 (3))"]),
        (NUMBER, "W 3", []),  # no name is near
        (NUMBER, "2.5", []),  # which asks nothing
        (NUMBER, "x" * 300, []),
        (COUNT, "1.234", ["1234"]),
        (formula("descent-guarantee", "best.rate"), "2/lamda", ["2/Lambda"]),
        (
            formula("shortcut-network", "gradients.b2"),
            "1/2 yhat y",
            ["(1/2) yhat y", "1/(2 yhat y)"],
        ),
    ],
)
def test_what_may_be_meant_is_offered(key, text, meant):
    assert key.meant(text) == meant


@pytest.mark.parametrize(
    "name", ["scalar-classifier", "one-query-slopes", "linear-layers-collapse"]
)
def test_nothing_is_offered_that_cannot_be_read(name):
    for _, key in printed_variant(BANK[name]).keys.values():
        for text in ("1/2 x", "a / b c", "w1^T", "exp(a) / 2 r", "3,141", "lambda"):
            for one in key.meant(text):
                assert key.read(one).latex and one != text
