"""Moments by rules and over outcomes, against all outcomes of laws of two points, listed in NumPy."""

import itertools
import random

import numpy as np
import pytest

from reference.language.errors import ReadingError
from reference.language.evaluating import evaluate
from reference.language.expression import Name, names, number
from reference.language.reading import read
from reference.language.roles import MEAN, VARIANCE, moment_name
from reference.language.shapes import resolve
from reference.language.writing import plain
from reference.laws import moments as rules
from reference.laws.expected import with_moment
from reference.laws.law import Law, bernoulli
from reference.laws.moments import Moments, moments
from reference.network import declare, split_equations

SHAPES = {
    "W": ("d", "d"), "q": ("d", 1), "r": ("d", 1), "g": (1, 1),  # random
    "A": ("d", "d"), "x": ("d", 1), "t": (1, 1), "m": ("d", 1), "v": ("d", 1), "d": (1, 1),
}  # fmt: skip
LAWS = {
    "W": Law(number(0), Name("t")),
    "q": Law(Name("t"), number(2)),
    "r": Law(Name("m"), Name("v")),
    "g": Law(number(1), number(3)),
}
VALUES = {
    "A": [[1, -2], [0.5, 3]], "x": [[2], [-1]], "t": [[1.5]], "m": [[1], [-0.5]], "v": [[0.25], [2]], "d": [[2]],
}  # fmt: skip
FIXED = {name: np.array(rows, float) for name, rows in VALUES.items()}
ENTRIES = {"W": (2, 2), "q": (2, 1), "r": (2, 1), "g": (1, 1)}


def outcomes():
    """All values of the random quantities side by side: each entry is its mean and a deviation more or less."""
    signs = np.array([*itertools.product((-1, 1), repeat=9)], float)
    found, start = dict(FIXED), 0
    for name, shape in ENTRIES.items():
        count = shape[0] * shape[1]
        own = signs[:, start : start + count].reshape(-1, *shape)
        mean, variance = (evaluate(one, FIXED) for one in (LAWS[name].mean, LAWS[name].variance))
        found[name], start = mean + own * np.sqrt(variance), start + count
    return found


OUTCOMES = outcomes()


def by_listing(expression):
    values = evaluate(expression, OUTCOMES)
    return values.mean(axis=0), values.var(axis=0)


def by_rules(expression):
    known = {
        n: Moments(SHAPES[n], law.mean, law.variance, frozenset({n})) for n, law in LAWS.items()
    }
    return moments(expression, known, SHAPES)


def agree(expression, found):
    """Are the moments those of the listed outcomes?"""
    for part, expected in zip((found.mean, found.variance), by_listing(expression), strict=True):
        if part is not None:
            given = np.broadcast_to(evaluate(part, FIXED), expected.shape)
            if not np.allclose(given, expected, rtol=1e-9, atol=1e-9):
                return False
    return True


BINARY = ("+", "-", ".*", "@", "@")
UNARY = (
    "-({})",
    "({})^T",
    "sum({})",
    "mean({})",
    "row_sums({})",
    "column_sums({})",
    "({})^2",
    "({}) / t",
    "2 ({})",
)


def text(generator, depth):
    """An expression that may not fit together."""
    if depth == 0 or generator.random() < 0.15:
        return generator.choice("WWqqrrggAxt")
    if generator.random() < 0.4:
        return generator.choice(UNARY).format(text(generator, depth - 1))
    sign = generator.choice(BINARY)
    return f"({text(generator, depth - 1)}) {sign} ({text(generator, depth - 1)})"


def cases(count, seed=1):
    """Expressions that fit together and are random, each with its moments, or with nothing where they are not decided."""
    generator, found = random.Random(seed), 0
    while found < count:
        try:
            expression, _ = resolve(read(text(generator, 3), tuple(SHAPES)), SHAPES)
        except ValueError:
            continue
        if not names(expression) & LAWS.keys():
            continue
        found += 1
        try:
            yield expression, by_rules(expression)
        except ReadingError:
            yield expression, None


def test_rules_agree_with_all_outcomes():
    decided = spread = 0
    for expression, found in cases(800):
        if found is not None:
            assert agree(expression, found), plain(expression)
            decided += 1
            spread += found.variance is not None
    assert decided > 450 and spread > 250


FAULTS = {
    "terms that are correlated add up": ("adds_up", lambda one, other: True),
    "both parts may hang on the same": ("shared", lambda left, right: ""),
    "rows share nothing": ("own_rows", lambda one, other: True),
    "a spread factor correlates nothing": ("entrywise", lambda args, shape: True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, monkeypatch):
    monkeypatch.setattr(rules, *FAULTS[fault])
    assert not all(agree(one, found) for one, found in cases(4000) if found is not None)


NETWORK = """
y = v^T (m .* h) / k + c
p = sigmoid(y)
L = (p - t)^2
z = q^T w / sqrt(d)
zz = q^T w + q^T u
square = (q^T w)^2
"""


def network():
    columns = {"v": (3, 1), "h": (3, 1), "m": (3, 1)}
    scalars = dict.fromkeys(("c", "t", "k", "d", "a"), (1, 1))
    return declare(
        {**columns, **scalars, "q": ("d", 1), "w": ("d", 1), "u": ("d", 1)},
        {},
        split_equations(NETWORK),
    )


NAMED = {
    "m": bernoulli(Name("k")),
    "q": Law(number(0), Name("a")),
    "w": Law(Name("t"), Name("c")),
}
GIVEN = {
    "v": [[0.5], [-1], [2]], "h": [[1.5], [0.5], [0.75]], "c": [[0.25]], "t": [[0.3]], "k": [[0.6]], "d": [[5]], "a": [[2]],
}  # fmt: skip


def value(sign, of):
    name = moment_name(sign, of)
    known = {key: np.array(rows, float) for key, rows in GIVEN.items()}
    return with_moment(network(), NAMED, name).pruned([name]).evaluate(known)[name].item()


def test_all_masks_give_the_moments_of_any_function_of_them():
    v, h, (c,), (t,), (k,) = (np.ravel(GIVEN[name]) for name in "vhctk")
    total = {name: [] for name in ("y", "p", "L")}
    weights = []
    for mask in itertools.product((0, 1), repeat=3):
        y = (v * mask * h).sum() / k + c
        p = 1 / (1 + np.exp(-y))
        for name, one in (("y", y), ("p", p), ("L", (p - t) ** 2)):
            total[name].append(one)
        weights.append(np.prod([k if on else 1 - k for on in mask]))
    for name, values in total.items():
        mean = np.dot(weights, values)
        assert value(MEAN, name) == pytest.approx(mean, rel=1e-12)
        variance = np.dot(weights, (np.array(values) - mean) ** 2)
        assert value(VARIANCE, name) == pytest.approx(variance, rel=1e-12)


def test_sizes_may_be_symbols():
    """Of a scaled product of d terms, by the formula of a course: s_q (s_w + m_w^2)."""
    assert value(MEAN, "z") == 0
    assert value(VARIANCE, "z") == pytest.approx(2 * (0.25 + 0.3**2))
    assert value(MEAN, "square") == pytest.approx(5 * 2 * (0.25 + 0.3**2))


@pytest.mark.parametrize(
    ("sign", "of", "says"),
    [
        (MEAN, "k", "k is not random"),
        (VARIANCE, "square", r"not decided: \(q\^T @ w\)\^2 is a square"),
        (VARIANCE, "zz", "both parts hang on q"),
    ],
)
def test_what_is_not_decided_is_told(sign, of, says):
    with pytest.raises(ReadingError, match=says):
        with_moment(network(), NAMED, moment_name(sign, of))


def test_what_is_too_much_for_a_list_is_told():
    five = declare({"m": (5, 1), "x": (5, 1)}, {}, split_equations("y = exp(sum(m .* x))"))
    with pytest.raises(
        ReadingError, match=r"exp.* y hangs on 5 entries of masks, at most 4 are read"
    ):
        with_moment(five, {"m": bernoulli(number(0))}, moment_name(MEAN, "y"))
    alone = declare({"m": (3, 1)}, {}, split_equations("y = exp(sum(m))"))
    with pytest.raises(ReadingError, match="need a quantity of its shape that is not random"):
        with_moment(alone, {"m": bernoulli(number(0))}, moment_name(MEAN, "y"))
