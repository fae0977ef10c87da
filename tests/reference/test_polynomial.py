"""Rational functions are exact, and bounded."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference.counting.exact import exact
from reference.counting.floors import counted, spread
from reference.counting.polynomial import (
    MAX_POWER,
    NotRational,
    Rational,
    add,
    at,
    constant,
    expression,
    multiply,
    rational,
    size,
)
from reference.language.expression import Name, Number, apply, number
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.language.writing import plain

SYMBOLS = ("d", "h", "k")
SHAPES = dict.fromkeys("abcdefghijkn", (1, 1))


def written(text):
    return rational(resolve(read(text, SHAPES), SHAPES)[0])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(d^2 - 1) / (d - 1)", "d + 1"),
        ("(d + h)^2", "d^2 + 2 d h + h^2"),
        ("(d^3 - h^3) / (d - h)", "d^2 + d h + h^2"),
        ("1/d + 1/h", "(d + h) / (d h)"),
        ("d / (1 / h)", "d h"),
        ("d^-2", "1 / d^2"),
        ("(d + 1)^0", "1"),
        ("0.1 d + 0.2 d", "0.3 d"),
        ("d / 3 + d / 3 + d / 3", "d"),
        ("-(-d)", "d"),
        ("d - d", "0"),
        ("0 / d", "0"),
        ("2^10 d", "1024 d"),
        ("d @ h", "d h"),
        ("d ⊙ h", "d h"),
        ("d^T h", "d h"),
        ("(d h - 999999) / 1", "d h - 999999"),
    ],
)
def test_agree(left, right):
    if "^T" in left:
        with pytest.raises(NotRational):
            written(left)
        return
    assert written(left).agrees(written(right))
    assert written(right).agrees(written(left))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("557057", "557056"),
        ("123456 d + 1", "123457 d + 1"),
        ("d + 1000000007", "d + 1000000008"),
        ("(d^2 - 1) / (d - 1)", "d - 1"),
        ("(d^2 - 1) / (d - 1)", "d"),
        ("d h", "d + h"),
        ("d^2", "d"),
        ("d", "h"),
        ("1 / d", "d"),
        ("0.3 d", "0.30000000000000004 d"),
        ("1", "0"),
        ("d", "0"),
        ("d", "-d"),
        ("0.99999999999999999999", "1"),
    ],
)
def test_differ(left, right):
    assert not written(left).agrees(written(right))
    assert not written(right).agrees(written(left))


@pytest.mark.parametrize(
    "text",
    [
        "9^9^9",
        "9^9^9^9",
        "d^13",
        "d^1000000",
        "2^-5000",
        "((d^12)^12)^12",
        "((9^12)^12)^12",
        "(a + b + c + d + e)^12",
        "(a + b + c + d + e)^7 (f + g + h + i + j)^7",
        "((a + b + c)^11 + 1) ((d + e + f)^11 + 1)",
        "1/(1 + a + b + c)^11 + 1/(1 + d + e + f)^11",
        "d^0.5",
        "d^h",
        "2^d",
        "d / 0",
        "d / (h - h)",
        "0^-1",
        "sqrt(d)",
        "exp(d)",
        "max(d, h)",
        "(d > h)",
        "abs(d)",
        "sum(d)",
    ],
)
def test_is_refused(text):
    with pytest.raises(NotRational):
        written(text)


def test_long_texts_are_bounded():
    with pytest.raises(NotRational, match=r"too much|too high|too many"):
        written("(d+h)^12 " * 40)
    with pytest.raises(NotRational, match="too high a power"):
        written("d^12 " * 40)
    with pytest.raises(NotRational, match="too large a number"):
        written("(999999999999 d)^12 " * 15)


def test_comparing_is_bounded_where_it_is_no_mere_look():
    large = written("1 / (1 + d + h + k)^7")
    key = written("d h + 2 h + d + 1")
    assert large.agrees(large)
    assert not key.agrees(written("d h + 2 h + d + 2"))
    other = written("(1 + d + h + k)^7 / (2 + d + h + k)^7")
    with pytest.raises(NotRational, match="too much to multiply out"):
        large.agrees(other)


def test_powers_up_to_the_bound_are_exact():
    assert written(f"d^{MAX_POWER}").top == {(("d", MAX_POWER),): 1}
    assert written("3^12").top == {(): 531441}


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("(d^2 - 1) / (d - 1)", {"d": 5}, 6),
        ("(d^2 - 1) / (d - 1)", {"d": 1}, None),
        ("d / h", {"d": 1, "h": 3}, Fraction(1, 3)),
        ("d - d", {"d": 4}, 0),
        ("d^12", {"d": 1000}, 10**36),
    ],
)
def test_values(text, values, expected):
    assert written(text).value(values) == expected


def test_sizes():
    assert size(7) == {(): 7}
    assert size("d") == {(("d", 1),): 1}
    assert size(0) == constant(Fraction(0)) == {}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 + d + h d + h d", "2 * d * h + d + 1"),
        ("h^2 - 3 d", "h^2 - 3 * d"),
        ("-d", "-d"),
        ("-2 d^2 h + 1", "-2 * d^2 * h + 1"),
        ("d - d", "0"),
        ("0 - 5", "-5"),
        ("0.5 d", "0.5 * d"),
        ("31 (1024) + 1025 (512) + 513", "557057"),
    ],
)
def test_is_shown_highest_degree_first(text, shown):
    assert plain(expression(written(text).top)) == shown


FRACTIONS = st.fractions(-20, 20, max_denominator=6)
MONOMIALS = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(1, 3)).map(
    lambda powers: tuple(sorted(powers.items()))
)
POLYNOMIALS = st.dictionaries(MONOMIALS, FRACTIONS.filter(bool), max_size=5)
POINTS = st.fixed_dictionaries({symbol: st.integers(-9, 9) for symbol in SYMBOLS})


@given(POLYNOMIALS, POLYNOMIALS, POINTS)
def test_sums_and_products_are_those_of_the_values(left, right, point):
    assert at(add(left, right), point) == at(left, point) + at(right, point)
    assert at(add(left, right, -1), point) == at(left, point) - at(right, point)
    assert at(multiply(left, right), point) == at(left, point) * at(right, point)


@given(POLYNOMIALS)
def test_a_shown_polynomial_is_read_back(terms):
    shown = expression(terms)
    assert rational(shown).agrees(Rational(terms, {(): Fraction(1)}))
    assert rational(resolve(read(plain(shown), SYMBOLS), SHAPES)[0]).agrees(rational(shown))


def trees(leaves):
    """Sums, products, quotients and powers, as our nodes and SymPy's side by side."""

    def pair(operation, combine):
        return st.builds(
            lambda left, right: (apply(operation, left[0], right[0]), combine(left[1], right[1])),
            leaves,
            leaves,
        )

    return st.one_of(
        pair("add", lambda a, b: a + b),
        pair("subtract", lambda a, b: a - b),
        pair("scale", lambda a, b: a * b),
        pair("divide", lambda a, b: sympy.zoo if b.is_zero else a / b),
        leaves.map(lambda one: (apply("negate", one[0]), -one[1])),
        st.builds(
            lambda base, power: (apply("power", base[0], number(power)), base[1] ** power),
            leaves,
            st.integers(0, 3),
        ),
    )


LEAVES = st.one_of(
    st.sampled_from(SYMBOLS).map(lambda name: (Name(name), sympy.Symbol(name))),
    st.fractions(-9, 9, max_denominator=4).map(
        lambda value: (Number(value), sympy.Rational(value.numerator, value.denominator))
    ),
)
TREES = st.recursive(LEAVES, trees, max_leaves=8)


def as_sympy(terms):
    total = sympy.Integer(0)
    for monomial, factor in terms.items():
        term = sympy.Rational(factor.numerator, factor.denominator)
        for symbol, power in monomial:
            term *= sympy.Symbol(symbol) ** power
        total += term
    return total


@settings(deadline=None, max_examples=200)
@given(TREES)
def test_random_trees_agree_with_sympy(drawn):
    tree, other = drawn
    try:
        found = rational(tree)
    except NotRational as error:
        assert "division by zero" not in str(error) or divides_by_zero(tree)
        return
    assume(not other.has(sympy.zoo, sympy.nan, sympy.oo))
    top, bottom = sympy.fraction(sympy.together(other))
    difference = as_sympy(found.top) * bottom - top * as_sympy(found.bottom)
    assert sympy.expand(difference) == 0
    assert sympy.expand(difference + bottom * as_sympy(found.bottom)) != 0


def divides_by_zero(tree):
    """Whether some divisor of the tree is zero everywhere, as SymPy sees it."""

    def convert(node):
        match node:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Name(name):
                return sympy.Symbol(name)
        args = [convert(argument) for argument in node.args]
        if node.operation == "divide" and sympy.simplify(args[1]) == 0:
            raise ZeroDivisionError
        combine = {
            "add": lambda a, b: a + b,
            "subtract": lambda a, b: a - b,
            "scale": lambda a, b: a * b,
            "divide": lambda a, b: a / b,
            "negate": lambda a: -a,
            "power": lambda a, b: a**b,
        }
        return combine[node.operation](*args)

    try:
        convert(tree)
    except ZeroDivisionError:
        return True
    return False


@settings(deadline=None, max_examples=100)
@given(TREES, TREES)
def test_agreement_is_sympys(one, other):
    try:
        left, right = rational(one[0]), rational(other[0])
    except NotRational:
        assume(False)
    same = sympy.expand(
        as_sympy(left.top) * as_sympy(right.bottom) - as_sympy(right.top) * as_sympy(left.bottom)
    )
    assert left.agrees(right) == (same == 0)
    if not same:
        assert not rational(apply("add", one[0], Number(Fraction(1, 997)))).agrees(right)


WHOLE_SIZES = dict.fromkeys("kns", (1, 1))
POINTS = [{"n": n, "k": k, "s": s} for n in range(1, 8) for k in range(5) for s in range(1, 4)]


def in_sizes(text):
    return counted(resolve(read(text, WHOLE_SIZES), WHOLE_SIZES)[0])


def tops():
    return st.tuples(*[st.integers(-3, 3)] * 4).map(
        lambda c: f"({c[0]} * n + {c[1]} * k + {c[2]} * s + {c[3]})"
    )


FLOORS = st.one_of(
    st.tuples(st.sampled_from(["floor", "ceil"]), tops(), st.sampled_from(["s", "2", "(2 s)", "(-s)"])).map(
        lambda one: f"{one[0]}({one[1]} / {one[2]})"
    ),
    st.tuples(tops(), st.sampled_from(["s", "3"])).map(lambda one: f"{one[0]} // {one[1]}"),
    tops(),
)  # fmt: skip


@given(FLOORS, FLOORS, st.sampled_from(["+", "-", "*"]), tops())
def test_floors_are_compared_as_whole_numbers(one, other, sign, rest):
    left, right = f"({one}) {sign} ({other})", f"{rest} + {one}"
    values = []
    for text in (left, right):
        found = in_sizes(text)
        rule = exact(resolve(read(text, WHOLE_SIZES), WHOLE_SIZES)[0])
        values.append([rule(point) for point in POINTS])
        assert [found.value(point) for point in POINTS] == values[-1]
        again = in_sizes(plain(expression(found.top)))
        assert again.agrees(found)
        assert plain(expression(again.top)) == plain(expression(found.top))
    agree = in_sizes(left).agrees(in_sizes(right), POINTS)
    floors = "floor" in left + right or "ceil" in left + right or "//" in left + right
    assert agree == (values[0] == values[1]) or not floors


def test_a_grid_is_seen_everywhere():
    grid = {"n": range(40, 161, 2), "k": (3, 5, 7), "s": (1, 2), "p": range(3)}
    found = spread(grid)
    assert len({tuple(one.values()) for one in found}) == 200
    assert all({one[name] for one in found} == {*grid[name]} for name in "ksp")
    assert len({one["n"] for one in found}) > 50
    assert spread({"n": (4, 5)}) == [{"n": 4}, {"n": 5}]
