"""A text read straight to parts is what the long way finds, whatever was read before it."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.equivalence.compare import Side, compare_sides
from reference.equivalence.parts import Parts
from reference.equivalence.points import SamplePoints
from reference.equivalence.resolver import Resolver, known_product, learn_left, read_part
from reference.equivalence.sight import Known, at_sight
from reference.language.errors import LanguageError
from reference.language.expression import names
from reference.language.lexemes import by_lexeme
from reference.language.reading import read_said
from reference.language.shapes import resolve
from reference.language.writing import latex, plain
from reference.network import Network
from tests.reference.judging import REALS, setting, understood
from tests.reference.printing import Printer
from tests.reference.strategies import SHAPES, SIZES, expressions, finds

NETWORK = Network({**SHAPES, **dict.fromkeys(SIZES, (1, 1))}, tuple(SHAPES), (), {})
POINTS = SamplePoints(NETWORK, {}, SIZES)
LAYER = setting({"W": "h d", "x": "d 1", "c": "h 1", "e": "h 1"}, sizes={"h": 3, "d": 4})

answers, seeds = expressions(), st.integers(0, 2**32)


def typed(expression, seed):
    return Printer(random.Random(seed).choice, SHAPES).print(expression)


def long_way(text, points):
    written = read_said(text, points.network.vocabulary).answer
    return resolve(written, points.network.shapes, points.network.symbols.indices)


def reads_alike(expression, seed, tables):
    """Every table gives the expression, shape, LaTeX and values of the long way, or leaves the text to it."""
    text = typed(expression, seed)
    for parts in tables:
        part = read_part(text, parts)
        if part is not None:
            found, shape = long_way(text, parts.points)
            assert (part.node, part.shape, part.latex) == (found, shape, latex(found)), text
            side = Side(found, parts.points)
            known = Known(part, parts.points)
            np.testing.assert_array_equal(known.value, side.value)
            assert (part.sized, part.turns) == (side.is_sized, side.turns)
            assert part.usable == (names(found) <= USABLE)


USABLE = NETWORK.shapes.keys() - {"u", "L"}
WARM, SMALL = Parts(POINTS, USABLE), Parts(POINTS, USABLE, most=20_000)


@settings(deadline=None, max_examples=500)
@given(answers, seeds)
def test_parts_are_what_the_long_way_finds(expression, seed):
    reads_alike(expression, seed, [WARM, SMALL, Parts(POINTS, USABLE)])


FAULTS = {
    "factors in any order": lambda patch: patch.setattr(
        Resolver, "product_of", lambda self, factors, signs, _: product(self, factors, signs)
    ),
    "a size that does not tell": lambda patch: patch.setattr(
        "reference.equivalence.parts.SIZED", frozenset()
    ),
    "a turn that is not known": lambda patch: patch.setattr(
        "reference.equivalence.parts.TURNING", frozenset()
    ),
    "brackets of one length": lambda patch: patch.setattr(
        Resolver, "group", lambda self, token: group(self, token)
    ),
    "a word, whatever belongs to it": lambda patch: patch.setattr(
        "reference.equivalence.resolver.BELONGING", frozenset()
    ),
}
PRODUCT_OF, GROUP = Resolver.product_of, Resolver.group


def product(self, factors, signs):
    return PRODUCT_OF(self, tuple(sorted(factors, key=lambda one: one.latex)), signs, 0)


def group(self, token):
    known = self.found.get(token.size)
    if known is None:
        return self.keep(token.size, GROUP(self, token))
    self.seek(self.index + token.size)
    return known


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_table_is_found(fault, monkeypatch):
    FAULTS[fault](monkeypatch)
    table = Parts(POINTS, USABLE)
    assert finds(lambda one, seed: reads_alike(one, seed, [table]), answers, seeds, examples=2000)


@pytest.mark.parametrize(
    ("key", "sure", "unsure"),
    [
        (
            "W x + c",
            ["c + W x", "2 W x - W x + c"],
            ["W x + 1.0000001 c", "W x + c + 0 h", "W x + c + e - e"],
        ),
        ("relu(W x)", ["relu(W x)", "(W x) ⊙ 1{W x > 0}", "max(W x, 0.0001)"], []),
        ("h c", [], ["c h", "h c"]),  # hangs on a size
        ("3 c", ["c + 2 c"], []),
        ("1 / relu(W x)", [], ["1 / relu(W x)", "1 / (W x)"]),  # infinite at some points
        ("c", ["2 c - c"], ["c * mean(x) * 4 / sum(x)"]),
        ("W x", ["W x / 1", "W x + c", "2 W x"], ["W x + relu(W x - 10^6)", "W x + 0 log(sum(c))"]),
    ],
)
def test_what_is_plain_at_sight(key, sure, unsure):
    parts = Parts(LAYER, {*LAYER.network.shapes} - {"e"})
    side = Side(understood(key, LAYER), LAYER)
    for text in [*sure, *unsure]:
        part = read_part(text, parts)
        found = at_sight(part, side, parts) if part.usable else None
        assert found in (
            {None} if text in unsure else {compare_sides(Side(part.node, LAYER), side)}
        )


@settings(deadline=None, max_examples=300)
@given(answers, st.data())
def test_what_is_told_at_sight_is_what_comparing_finds(expression, data):
    """With itself, and with another of its shape."""
    part = read_part(plain(expression), Parts(POINTS, USABLE))
    if part is not None:
        for other in (expression, data.draw(expressions(part.shape))):
            key, parts = Side(other, POINTS), Parts(POINTS, USABLE)  # each key has its own
            part = read_part(plain(expression), parts)
            found = at_sight(part, key, parts)
            assert found is None or found is compare_sides(Side(part.node, POINTS), key)


SCALARS = [
    "(x + y)^2 - x^2",
    "2 x y + y y",
    "1.0000000001 y",
    "x / y + 1",
    "(x + y) / y",
    "x - x",
    "0",
    "tanh(x)",
]


@pytest.mark.parametrize("key", SCALARS)
@pytest.mark.parametrize("text", SCALARS)
def test_rational_functions_are_compared_exactly_at_sight(key, text):
    parts, side = Parts(REALS, {*REALS.network.shapes}), Side(understood(key, REALS), REALS)
    part = read_part(text, parts)
    found = at_sight(part, side, parts)
    assert found in {None, compare_sides(Side(part.node, REALS), side)}
    assert found is not None or {key, text} & {"x - x", "tanh(x)", "0"}


def test_equal_parts_are_one_object():
    parts = Parts(REALS, {"x", "y"})
    one, other = read_part("(x + y) * 2 - k", parts), read_part("(x+y)*2", parts)
    assert one.args[0] is other
    assert one.args[0].args[0] is read_part("x + y", parts)
    assert (one.usable, other.usable) == (False, True)


OPERANDS = [
    "W", "x", "c", "s", "2", "0.5", "(c - e)", "W^T", "xᵀ", r"\hat{y}", "1{c > 0}", "I{s > 0}", r"\mathbb{1}\{c > 0\}", "s^2", "s²",
    "e", "T", "(2 x)^T", "½", "dL", "if", "W^T x", "s/2",
]  # fmt: skip
JOINTS = ["*", " ", "", "/", "⊙", "@", "·", ".*", r" \odot ", "-", "+", "'", "//", "^", "_", "**"]
FACTORS = setting(
    {"W": "h d", "x": "d 1", "c": "h 1", "e": "h 1", "s": "1 1", "yhat": "h 1", "T": "1 1"},
    sizes={"h": 3, "d": 4},
)


@given(
    st.sampled_from(["", "-", "- ", "+", " "]),
    st.lists(st.tuples(st.sampled_from(OPERANDS), st.sampled_from(JOINTS)), min_size=1, max_size=6),
)
def test_a_product_of_what_is_known_is_what_the_grammar_reads(lead, pairs):
    """It is looked up by its lexemes, without the grammar."""
    text = lead + "".join(operand + joint for operand, joint in pairs[:-1]) + pairs[-1][0]
    warm, fresh = Parts(FACTORS, set()), Parts(FACTORS, set())
    for operand in OPERANDS:
        read_part(operand, warm), read_part(f"-{operand}", warm)
    found, wanted = read_part(text, warm), read_part(text, fresh)
    assert (found and (found.node, found.latex)) == (wanted and (wanted.node, wanted.latex))


@pytest.mark.parametrize(
    ("text", "looked_up"),
    [
        ("-W^T*(c - e)/s", True),
        (r"2 \hat{y} ⊙ 1{c > 0} s²", True),
        ("W x", True),
        (r"\hat{y} 1{c > 0} \mathbb{1}\{c > 0\}", True),
        ("s/s x", False),  # which asks
        ("1{c > 0} (c - e)", False),  # which may be an argument
        ("x 2", False),
        ("W^T'", False),
        ("s +", False),
        ("s *", False),
        ("-", False),
        ("s*c*" * 200 + "s", False),  # which is too long
    ],
)
def test_which_products_are_looked_up(text, looked_up):
    parts = Parts(FACTORS, set())
    for operand in OPERANDS:
        read_part(operand, parts), read_part(f"-{operand}", parts)
    assert (known_product(by_lexeme(text), parts) is not None) == looked_up


STARRED = setting(dict.fromkeys(["w", "wstar", "x", "bar"], "1 1"))


@pytest.mark.parametrize("text", ["w*x", "x*w*x", "w x*w", r"x*\bar", r"x \bar", "bar*x", "w* *x"])
def test_stars_and_commands_among_what_is_known_are_read_as_by_the_grammar(text):
    warm = Parts(STARRED, set())
    for name in STARRED.network.shapes:
        read_part(name, warm)
    found, wanted = read_part(text, warm), read_part(text, Parts(STARRED, set()))
    assert (found and found.node) == (wanted and wanted.node)


def test_a_table_is_emptied_when_it_is_full():
    parts = Parts(REALS, {"x"}, most=200_000)
    sizes = []
    for number in range(2000):
        assert read_part(f"x^2 + {number} x", parts) is not None
        sizes.append(parts.size)
    assert max(sizes) < 210_000
    assert sum(one > other for one, other in pairwise(sizes)) > 10


def test_what_is_read_is_shown_as_by_the_long_way():
    parts = Parts(REALS, {"x"})
    for text in ("pi x", "2 pi", "pi", "x / 3", "-0.25"):
        assert read_part(text, parts).latex == latex(understood(text, REALS))


def test_what_stands_before_the_equality_sign_is_learnt():
    """As far as an answer was read by the long way, and nothing is changed by the sign."""
    parts = Parts(REALS, {"x"})
    assert read_part("y = x^2", parts) is None
    learn_left("y = x^2", parts)
    assert read_part("y = x^3", parts).node == understood("x^3", REALS)
    assert read_part("y = w = x^3", parts) is None
    for text in ("y += x", "y += w = x", "x^2", "y = \u2062x", "y = x\n+ 1"):
        learn_left(text, parts)
        assert read_part(text.replace("x", "k"), parts) is None or "=" not in text


@pytest.mark.parametrize(
    "text",
    ["x +", "x y z", "x\n+ y", "dx", "(x", "||x|| - y", "tanh'(x)", "(x, y)", "x_1", "½ x @ @"],
)
def test_what_is_wrong_or_unusual_is_left_to_the_long_way(text):
    parts = Parts(REALS, {"x", "y"})
    assert read_part(text, parts) is None
    try:
        long_way(text, REALS)
    except LanguageError as error:
        assert error.message


def test_an_expression_of_parts_may_be_deep():
    """Signs and factors behind each other are one part on another, and no call goes as deep."""
    table = Parts(REALS, {"x", "y"})
    part = table.name("y")
    for _ in range(3000):
        part = table.apply("negate", (part,))
    node, depth = part.node, 0
    while node.args:
        [node], depth = node.args, depth + 1
    assert depth == 3000
