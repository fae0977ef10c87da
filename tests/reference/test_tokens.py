"""Tokens: one pass over plain texts finds what a pass over every sign finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.language.errors import ReadingError
from reference.language.tokens import all_tokens, plain_tokens, tokenize, unletter

PIECES = [
    "x", "W2", "yhat", "alpha_1", "x_i", "sum", "sum_", "T", ".T", "if", "Σ", "σ", "²", "ᵀ", "ₖ", "½", "√", "𝟙", "Ⅷ", "\u0301",
    "0", "1", "1.", ".5", "2.5e3", "1e", "007", ".", "..", ".^", ".*", "**", "*", "·", "-", "−", "+=", "<-", "<=", "=", ":=", ":",
    "(", ")", "[", "]", "{", "}", ",", ";", "|", "‖", "'", "′", "^", "_", "/", "⊙", "∂", "∇", "&", "<", ">", "!", "!=", "@", "≤",
    " ", "  ", "\n", "\t", "$", "~", "\u200b", "\\", "\\frac", "\\hat{y}", "\\cdot", "#", "?", "😀",
]  # fmt: skip


def found(tokens, text):
    try:
        return tokens(text)
    except ReadingError as error:
        return error.message, error.column


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_plain_tokens_are_all_tokens(text):
    text = unletter(text)
    assert found(plain_tokens, text) == found(all_tokens, text)


@given(st.text(max_size=12))
def test_of_any_text(text):
    text = unletter(text)
    assert found(plain_tokens, text) == found(all_tokens, text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2 W x", [("number", "2", 1), ("word", "W", 3), ("word", "x", 5), ("end", "", 6)]),
        (".5*x.T", [("number", ".5", 1), ("operator", "*", 3), ("word", "x", 4), ("operator", ".T", 5), ("end", "", 7)]),
        ("a  · b", [("word", "a", 1), ("operator", "*", 4), ("word", "b", 6), ("end", "", 7)]),
    ],
)  # fmt: skip
def test_tokens_know_where_they_stand(text, tokens):
    assert [(one.kind, one.text, one.column) for one in tokenize(text)] == tokens
