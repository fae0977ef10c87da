"""Numbers in words, and points as people write them."""

import doctest
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from grader import words
from grader.cli import main
from grader.words import exact, in_points


def test_the_examples_hold():
    assert doctest.testmod(words, raise_on_error=True).attempted == 5


@given(st.integers(0, 60), st.integers(1, 100))
def test_a_fraction_survives_four_decimals(whole, denominator):
    for numerator in range(denominator):
        points = whole + Fraction(numerator, denominator)
        assert exact(round(float(points), 4)) == points


@given(st.decimals(0, 1000, places=4))
def test_what_is_written_has_the_value(points):
    written = in_points(float(points))
    value = sum(map(Fraction, written.split()))
    assert abs(value - Fraction(points)) <= Fraction(1, 20_000)
    assert "/" not in written or value.denominator <= 100


SEVENTHS = """
id: sevenths
title: Seven blanks
network: {inputs: {x: 1}, equations: "y = x"}
sample: {x: {from: [2, 9]}}
printed: {x: 3}
questions:
  - id: q
    points: 4
    ask: Seven multiples.
    may_be_trivial: true
    answer: {values: {a: y, b: 2 y, c: 3 y, d: 4 y, e: 5 y, f: 6 y, g: 7 y}}
"""


def test_points_on_a_terminal(write, run):
    path = write(SEVENTHS)
    told = run(main, "mark", path, "--printed", "q.a=3", "q.b=6", "q.c=0").stdout.splitlines()
    assert told[0] == "q.a: correct, 4/7 of 4/7"
    assert told[2].startswith("q.c: incorrect, 0 of 4/7: ")
    assert told[-1] == "1 1/7 of 4 points"
    kept = run(main, "mark", path, "--printed", "q.a=3", "--json").stdout
    assert '"points":0.5714' in kept
