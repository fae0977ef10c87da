"""Patterns of drawn entries: what they promise, and every matrix that they allow as often as any other."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.bank import Pattern, Rule
from grader.drawing import variants
from grader.drawing.patterns import arrangements, drawn
from grader.errors import AuthorError


def tenths(values):
    return tuple(round(10 * value) for value in values)


KEPT = {  # what a matrix of entries must be, by a definition of its own
    Pattern.FREE: lambda rows: True,
    Pattern.DISTINCT: lambda rows: len({*itertools.chain(*rows)}) == len(rows) * len(rows[0]),
    Pattern.INCREASING: lambda rows: all(
        a < b for a, b in itertools.pairwise(itertools.chain(*rows))
    ),
    Pattern.SYMMETRIC: lambda rows: all(
        rows[i][j] == rows[j][i] for i in range(len(rows)) for j in range(i)
    ),
    Pattern.PERMUTATION: lambda rows: (
        sorted(itertools.chain(*rows)) == [*range(1, len(rows) * len(rows[0]) + 1)]
    ),
    Pattern.ONE_HOT: lambda rows: all(sorted(one) == [0] * (len(rows) - 1) + [1] for one in zip(*rows, strict=True)),
    Pattern.SIMPLEX: lambda rows: all(sum(tenths(one)) == 10 for one in zip(*rows, strict=True)),
}  # fmt: skip
SMALL = {  # a rule and a size, of which all matrices can be listed
    Pattern.FREE: (Rule((1, 3)), (2, 2)),
    Pattern.DISTINCT: (Rule(one_of=[-1, 0.5, 2, 3]), (3, 1)),
    Pattern.INCREASING: (Rule(one_of=[3, -1, 2, 0.5, 7]), (1, 3)),
    Pattern.SYMMETRIC: (Rule((-1, 1)), (2, 2)),
    Pattern.PERMUTATION: (Rule(), (4, 1)),
    Pattern.ONE_HOT: (Rule(), (3, 2)),
    Pattern.SIMPLEX: (Rule(step=0.2), (3, 1)),
}


def patterned(pattern):
    rule, size = SMALL[pattern]
    return Rule(rule.between, rule.step, rule.excluded, rule.one_of, pattern), size


def words_for(size, batch, seed=0):
    generator = np.random.default_rng(seed)
    return generator.integers(2**64, size=(batch, size[0] * size[1]), dtype=np.uint64)


def values_of(pattern, rule, size):
    """All that an entry may be."""
    if pattern is Pattern.PERMUTATION:
        return [*range(1, size[0] * size[1] + 1)]
    return rule.grid()


@pytest.mark.parametrize("pattern", Pattern)
def test_every_matrix_that_is_allowed_comes_as_often_as_any_other(pattern):
    rule, size = patterned(pattern)
    rows, columns = size
    every = itertools.product(values_of(pattern, rule, size), repeat=rows * columns)
    allowed = {
        line
        for line in every
        if KEPT[pattern]([line[row * columns : (row + 1) * columns] for row in range(rows)])
    }
    assert arrangements(rule, size) == len(allowed)
    batch = 200 * len(allowed)
    found, counts = np.unique(
        drawn(rule, words_for(size, batch), size).reshape(batch, -1), axis=0, return_counts=True
    )
    assert {*map(tuple, found.tolist())} == allowed
    squares = ((counts - 200) ** 2 / 200).sum()  # chi-square, of as many degrees less one
    degrees = len(allowed) - 1
    assert abs(squares - degrees) < 5 * np.sqrt(2 * degrees)


@given(
    st.sampled_from([*Pattern]),
    st.integers(1, 5),
    st.integers(1, 5),
    st.booleans(),
    st.integers(0, 9),
)
def test_what_is_drawn_keeps_its_pattern(pattern, rows, columns, positive, seed):
    own = pattern in (Pattern.PERMUTATION, Pattern.ONE_HOT, Pattern.SIMPLEX)
    rule = Rule(
        None if own else (-3, 3),
        0.1 if pattern is Pattern.SIMPLEX else 0.25,
        [0] if positive and pattern is not Pattern.ONE_HOT else [],
        None,
        pattern,
    )
    if pattern in (Pattern.PERMUTATION, Pattern.ONE_HOT):
        rule = Rule(pattern=pattern)
    size = rows, columns if pattern is not Pattern.SYMMETRIC else rows
    if not arrangements(rule, size):
        return
    found = drawn(rule, words_for(size, 20, seed), size)
    assert found.shape == (20, *size)
    for matrix in found.tolist():
        assert KEPT[pattern](matrix)
        if pattern is Pattern.SIMPLEX and positive:
            assert min(map(min, matrix)) > 0


EXERCISE = """
id: drawn-together
title: Drawn together
network:
  sizes: {n: 3..4}
  inputs: {p: n, y: n}
  equations: L = -sum(y .* log(p))
sample:
  p: {pattern: simplex, step: 0.05, not: 0}
  y: {pattern: one-hot}
questions:
  - {id: loss, points: 1, ask: The loss?, answer: {values: L}}
  - {id: gradient, points: 1, ask: The gradient?, answer: {values: dL/dp}}
accept: [no-because]
"""


def test_an_exercise_draws_in_patterns(exercise):
    for variant in variants(exercise(EXERCISE), range(30)):
        p, y = (np.array(variant.draw.values[name])[:, 0] for name in "py")
        assert sum(round(20 * one) for one in p) == 20 and min(p) > 0 and sorted(y)[-2:] == [0, 1]
        assert variant.keys["loss"][1].value == pytest.approx(-np.log(p[y == 1].item()))


def test_too_few_values_are_told(exercise):
    text = EXERCISE.replace("{pattern: one-hot}", "{one_of: [0, 1], pattern: distinct}")
    with pytest.raises(AuthorError, match=r"'y' is [34] × 1, for which there are no distinct"):
        variants(exercise(text), [0])
