"""Closed forms of any expressions are equal to them, of the same shape, and always the same."""

import numpy as np
from hypothesis import given, settings

from reference.language.closing import closed
from reference.language.expression import Apply, Name, apply
from reference.language.rewrites import Facts
from reference.language.shapes import infer
from reference.language.writing import plain
from tests.reference.oracle import value_at
from tests.reference.strategies import SHAPES, SIZES, draw_values, expressions, finds, magnitude

FACTS = Facts({**SHAPES, **dict.fromkeys(SIZES, (1, 1))})
VALUES = {
    **draw_values(SHAPES),
    **{name: np.full((3, 1, 1), float(n)) for name, n in SIZES.items()},
}


def equal(one, other):
    scale = max(magnitude(one, VALUES), magnitude(other, VALUES))
    for place in range(3):
        at = {name: value[place] for name, value in VALUES.items()}
        with np.errstate(all="ignore"):
            left, right = value_at(one, at), value_at(other, at)
        assert np.allclose(left, right, rtol=1e-7, atol=1e-9 * scale), (plain(one), plain(other))


@settings(deadline=None, max_examples=150)
@given(expressions())
def test_a_closed_form_is_equal_and_has_the_same_shape(expression):
    found = closed(expression, FACTS)
    assert infer(found, FACTS.shapes) == infer(expression, FACTS.shapes)
    assert found == closed(expression, FACTS)
    equal(found, expression)


def test_what_is_not_known_is_found():
    wrong = Facts(FACTS.shapes, frozenset({"u", "v", "yhat", "a", "w_1"}))

    def check(inner):
        whole = apply("sum", inner)
        equal(closed(whole, wrong), whole)

    assert finds(check, expressions(("d", 1)))


def test_more_parts_than_a_person_writes_stay_as_they_are():
    long = Name("s")
    for _ in range(300):
        long = Apply("add", (long, Name("t")))
    assert closed(long, FACTS) is long
