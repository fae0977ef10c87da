"""Counts are exact, in numbers and in symbols."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.counting.counting import count, entries
from reference.counting.polynomial import ONE, Rational, at, rational
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import declare, dense

SYMBOLS = ("d", "h", "K", "n")


def written(text):
    shapes = dict.fromkeys(SYMBOLS, (1, 1))
    return rational(resolve(read(text, shapes), shapes)[0])


def test_entries():
    assert entries((3, 4)) == {(): 12}
    assert entries(("d", 1)) == {(("d", 1),): 1}
    assert entries(("d", "h")) == {(("d", 1), ("h", 1)): 1}
    assert entries(("d", "d")) == {(("d", 2),): 1}
    assert entries((5, "d")) == {(("d", 1),): 5}


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("d h + 2 h + d + 1", True),
        ("dh+2h+d+1", True),
        ("(h + 1)(d + 1) + h", True),
        ("1 + d + h(d + 2)", True),
        ("((d h + 2h + d)^2 - 1) / (d h + 2h + d - 1)", True),
        ("d h + 2 h + d", False),
        ("d h + 2 h + d + 2", False),
        ("d h + 3 h + d + 1", False),
        ("n (d h + 2 h + d + 1)", False),
        ("d h + h + d + 1", False),
        ("K h + 2 h + K + 1", False),
    ],
)
def test_the_parameters_of_the_shortcut_network(text, agrees):
    shapes = {"W1": ("h", "d"), "b1": ("h", 1), "W2": (1, "h"), "b2": (1, 1), "W": (1, "d")}
    key = Rational(count(shapes, shapes), ONE)
    assert written(text).agrees(key) is agrees
    assert key.agrees(written(text)) is agrees


def test_the_parameters_of_a_dense_network():
    layers = {"x": "30", "h1": "1024 relu", "h2": "512 relu", "y": "1"}
    network = declare(*dense(layers, "32"))
    assert count(network.parameters, network.shapes) == {(): 557057}
    assert count(["W1", "b1"], network.shapes) == {(): 31744}
    assert count(["h1"], network.shapes) == {(): 32768}


@pytest.mark.parametrize("off", [-1, 1, 10, Fraction(1, 1000)])
def test_an_off_by_one_in_six_digits_differs(off):
    network = declare(*dense({"x": "30", "h1": "1024", "h2": "512", "y": "1"}))
    key = Rational(count(network.parameters, network.shapes), ONE)
    assert key.agrees(written("557057"))
    assert not key.agrees(Rational({(): Fraction(557057) + off}, ONE))


def test_nothing_counts_nothing():
    assert count([], {}) == {}


SIZES = st.one_of(st.integers(1, 2000), st.sampled_from(SYMBOLS))


@given(
    st.dictionaries(st.text("abcxyz", min_size=1, max_size=3), st.tuples(SIZES, SIZES)),
    st.fixed_dictionaries({symbol: st.integers(1, 10**6) for symbol in SYMBOLS}),
)
def test_a_count_in_symbols_is_the_count_in_numbers(shapes, values):
    expected = sum(
        values.get(rows, rows) * values.get(columns, columns) for rows, columns in shapes.values()
    )
    assert at(count(shapes, shapes), values) == expected
