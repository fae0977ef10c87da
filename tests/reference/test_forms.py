"""In which form an expression is written; its value does not matter."""

import pytest

from reference.equivalence.forms import is_expanded, is_factored, is_without_calls, top
from reference.language.reading import Vocabulary, read
from reference.language.shapes import resolve

SHAPES = {"x": (1, 1), "y": (1, 1), "z": (1, 1), "u": ("d", 1), "W": ("h", "d"), "v": ("h", 1)}
SCALARS = {"f()": (1, 1), "k": (1, 1)}
VOCABULARY = Vocabulary((*SHAPES, "k"), (("f", 1),), ("k",))


def form(text):
    return resolve(read(text, VOCABULARY), {**SHAPES, **SCALARS}, {"k": "d"})[0]


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("x", True),
        ("3", True),
        ("x y + x z", True),
        ("2 x y - x^2 + 1", True),
        ("-(x y)", True),
        ("x / y + z", True),
        ("x^2 y^3 z", True),
        ("exp(x + y)", True),
        ("W u + v", True),
        ("x (y + z)", False),
        ("(y - z) x", False),
        ("-(x + y) z", False),
        ("x (-(y + z))", False),
        ("(x + y)^2", False),
        ("(x + y) / 2", False),
        ("1 + x (y + 1)", False),
        ("exp(x (y + z))", False),
        ("W (u + u)", False),
        ("x (y + z) + x y", False),
        ("((x + y))^2", False),
    ],
)
def test_is_expanded(text, expanded):
    assert is_expanded(form(text)) is expanded


@pytest.mark.parametrize(
    ("text", "factored"),
    [
        ("x", True),
        ("x y", True),
        ("x (y + z)", True),
        ("-(x (y + z))", True),
        ("(x + y)^2", True),
        ("(x + y) / z", True),
        ("relu(x + y)", True),
        ("x + y", False),
        ("-(x + y)", False),
        ("--(x + y)", False),
        ("x (y + z) - x", False),
        ("(x + y)", False),
    ],
)
def test_is_factored(text, factored):
    assert is_factored(form(text)) is factored


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("x y + z^2 / x", True),
        ("W u ⊙ v", True),
        ("u^T u", True),
        ("u_k", True),
        ("sum_k u_k", True),
        ("1{x > 0} y", True),
        ("x if y > 0 else z", True),
        ("exp(x)", False),
        ("x + y relu(z)", False),
        ("W' relu(v)", False),
        ("f(x)", False),
        ("f'(x) y", False),
        ("sum(u)", False),
        ("sum_k exp(u_k)", False),
        ("sqrt(x)", False),
        ("1{exp(x) > 1}", False),
        ("x if exp(y) > 1 else z", False),
    ],
)
def test_is_without_calls(text, without):
    assert is_without_calls(form(text)) is without


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("x + y", "add"),
        ("-(x - y)", "subtract"),
        ("x", ""),
        ("2", ""),
        ("-x", ""),
        ("x^2", "power"),
    ],
)
def test_top(text, operation):
    assert top(form(text)) == operation
