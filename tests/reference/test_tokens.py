"""Tokens: a dictionary of lexemes finds what cutting the whole text finds."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference.language import lexemes
from reference.language.errors import ReadingError, Unusual
from reference.language.lexemes import usual_tokens
from reference.language.tokens import WORD, tokenize
from tests.reference.strategies import finds

PIECES = [
    "x", "W2", "yhat", "alpha_1", "x_i", "sum", "sum_", "T", ".T", "if", "Σ", "σ", "²", "⁻", "ᵀ", "ₖ", "½", "√", "𝟙", "Ⅷ", "\u0301",
    "0", "1", "1.", ".5", "2.5e3", "1e", "007", ".", "..", ".^", ".*", "**", "*", "·", "-", "−", "+=", "<-", "<=", "=", ":=", ":",
    "(", ")", "[", "]", "{", "}", ",", ";", "|", "‖", "'", "′", "^", "_", "/", "⊙", "∂", "∇", "&", "<", ">", "!", "!=", "@", "≤",
    " ", "  ", "\n", "\t", "$", "~", "\u200b", "\\", "\\frac", "\\hat{y}", "\\hat y", "\\bar", "\\cdot", "\\left", "\\right|", "\\quad", "\\,", "\\mathbf{W}", "\\text{if}", "(x - y)", "#", "?", "😀",
]  # fmt: skip


ACCENTS = ("hat", "bar", "tilde")
BRACES = [("operator", "{"), ("operator", "}")]


def signs(tokens):
    """Kinds and texts; of an accented letter, the accent and the letter."""
    found = []
    for one in tokens:
        if one.kind == "named":
            accent = next(accent for accent in ACCENTS if one.text.endswith(accent))
            found += [("command", accent), ("word", one.text.removesuffix(accent))]
        elif one.kind != "end":
            found.append((one.kind, one.text))
    return found


def looked_up_as_cut(text):
    """Tokens from the dictionary are those of the whole text, where it gives any."""
    try:
        ours = usual_tokens(text)
    except (Unusual, ReadingError):
        return
    found, wanted = signs(ours), signs(tokenize(text))
    if any(one.kind == "named" for one in ours):
        found, wanted = ([one for one in each if one not in BRACES] for each in (found, wanted))
    assert found == wanted


texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(texts)
@example("x²⁻³")
@example("(1 - \\hat{y}⁻)²⁺")
def test_usual_tokens_are_those_of_the_whole_text(text):
    looked_up_as_cut(text)


@given(st.text(max_size=12))
def test_of_any_text(text):
    looked_up_as_cut(text)


@pytest.mark.parametrize("pattern", [WORD, "[.*^0-9]+", r"\\^|.T"])
def test_a_fault_of_the_dictionary_is_found(pattern, monkeypatch):
    """Lexemes that are cut where something hangs on what stands around them."""
    planted = re.compile(rf"(?:{pattern}|.)\ *", re.VERBOSE)
    monkeypatch.setattr(lexemes, "lexeme", lambda: planted)
    lexemes.tokens_of.cache_clear()
    assert finds(looked_up_as_cut, texts, examples=2000)
    lexemes.tokens_of.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        "(yhat - y) a1^T",
        r"\frac{1}{m} \hat{y} \odot \left(1 - \hat y\right)",
        "W₂ᵀ x² [k]",
        "$a\t·b$ ~.5",
    ],
)
def test_the_texts_of_students_are_usual(text):
    assert signs(usual_tokens(text))
    looked_up_as_cut(text)


@pytest.mark.parametrize(
    "text", ["sum_j x_j", "x\u200by", "x" * 61, "x" * 4001, "x + " * 400, "x\ny"]
)
def test_an_unusual_text(text):
    with pytest.raises(Unusual):
        usual_tokens(text)


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
