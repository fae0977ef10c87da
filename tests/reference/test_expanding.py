"""What is multiplied out has the form, and the value that it had."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.equivalence.compare import Agreement, compare
from reference.equivalence.expanding import multiplied_out
from reference.equivalence.forms import is_expanded
from reference.equivalence.points import SamplePoints
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.language.writing import plain
from reference.network import Network

SHAPES = {"x": (1, 1), "y": (1, 1), "a": ("h", 1), "b": ("h", 1), "W": ("k", "h"), "V": ("k", "h"), "h": (1, 1), "k": (1, 1)}  # fmt: skip
POINTS = SamplePoints(Network(SHAPES, ("x", "y", "a", "b", "W", "V"), (), {}), {}, {"h": 3, "k": 4})


def resolved(text):
    return resolve(read(text, tuple(SHAPES)), SHAPES)[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(x - 1)(x + 2)", "x * x + 2 * x - x - 2"),
        ("(x + y) / 2", "0.5 * x + 0.5 * y"),
        ("x (y + 1) - (x - y)", "x * y + x - x + y"),
        ("W (a + b)", "W @ a + W @ b"),
        ("(W + V) a", "W @ a + V @ a"),
        ("exp(x + y)", "exp(x + y)"),
        ("(x + 1)^9", "(x + 1)^9"),  # too many to write
        ("W (a + 1)", "W @ (a + 1)"),  # 1 stands in every entry
    ],
)
def test_sums_are_multiplied_out(text, shown):
    given = multiplied_out(resolved(text), SHAPES)
    assert plain(given).replace(" .* ", " * ") == plain(resolved(shown)).replace(" .* ", " * ")


@given(st.recursive(
    st.sampled_from(["x", "y", "a", "b", "2", "3"]),
    lambda one: st.tuples(one, st.sampled_from([" + ", " - ", " * "]), one).map(lambda p: f"({p[0]}{p[1]}{p[2]})")
    | one.map("({})^2".format) | one.map("(-{})".format),
    max_leaves=6,
))  # fmt: skip
def test_the_value_stays(text):
    before = resolved(text)
    after = multiplied_out(before, SHAPES)
    assert compare(after, before, POINTS) is Agreement.EQUAL
    assert is_expanded(after) or "^9" in text
