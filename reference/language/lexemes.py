"""Text to tokens from a dictionary: what has the same tokens wherever it stands is cut once."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from itertools import chain

from reference.language.errors import Unusual
from reference.language.programs import without_libraries
from reference.language.tokens import (
    FONTS,
    MAX_LENGTH,
    MAX_TOKENS,
    NUMBER,
    OPERATOR,
    RAISED_SIGNS,
    SIGN_COMMANDS,
    SKIPPED,
    STRUCTURES,
    WORD,
    WORDS,
    Token,
    cut,
    unletter,
)

KEPT = 10_000  # lexemes
LONGEST = 60  # characters of a lexeme
DIGITS = frozenset("0123456789")
ACCENTS = ("hat", "bar", "tilde")
END = Token("end", "", 0)


class Group(Token, frozen=True, gc=False):
    """The first token of a short operand: ``whole`` is its text, of ``size`` tokens."""

    whole: str = ""
    size: int = 0


def one_of(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))


ACCENTED = r"\\(?:hat|widehat|bar|overline|tilde)(?:\ +[A-Za-z]|\ *\{[A-Za-z][A-Za-z0-9]*\})(?![\w\u0300-\u036f])"
COMMAND = rf"\\(?:{one_of({*SIGN_COMMANDS, *STRUCTURES, *WORDS})})(?![A-Za-z])"
FONT = rf"\\(?:{one_of(FONTS)})\{{(?!T\}})\w+\}}"  # a T may be a transpose
SPACE = rf"\\(?:{one_of(SKIPPED)})(?![A-Za-z])[|.]?|\\[,;:!\ ]|[$~\t\ ]+"
LETTERS = rf"(?:{ACCENTED}|{WORD})"
OTHERS = rf"""{NUMBER}|(?:\^\ *)?{RAISED_SIGNS}|{OPERATOR}|{COMMAND}|{FONT}|\\[{{}}|_]|{SPACE}"""
SIGN = r"[-+*/](?=[\ \w(\\])"  # which nearly every second lexeme is, so it is tried first
# What comes again and again: short brackets and indicators, transposed names, small powers.
PLAIN = r"[^()\[\]{}|\n]"
FLAT = rf"{PLAIN}{{1,40}}(?:(?<=hat)\{{\w\}}{PLAIN}{{0,12}})?"
INDICATOR = rf"I\{{{FLAT}\}}"  # before a name I is found
ENCLOSED = rf"\({FLAT}\)|1\{{{FLAT}\}}|\\math(?:bb|ds|bbm)\{{1\}}\\\{{{FLAT}\\\}}"
BEHIND = r"(?:(?:\^[T2-9]|[ᵀ²³]|\.T|\^\{?\\top\}?)(?![\w.\u0300-\u036f\u2070-\u207f]))?"  # no more of an exponent


@functools.cache  # compiling them takes longer than many a command
def lexeme() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{SIGN}|{INDICATOR}|{LETTERS}{BEHIND}|{ENCLOSED}|{OTHERS})\ *", re.VERBOSE
    )


@functools.cache
def single() -> re.Pattern[str]:
    return re.compile(rf"(?:{LETTERS}|{OTHERS})\ *", re.VERBOSE)


def usual_tokens(text: str) -> list[Token]:
    """As :func:`~reference.language.tokens.tokenize`, without columns; an accented letter is one token, ``named``.

    Raises:
        Unusual: something in the text depends on what stands around it.
        ReadingError: a lexeme holds what nobody reads.
    """
    return in_a_row(by_lexeme(text))


def by_lexeme(text: str) -> list[tuple[Token, ...]]:
    """The tokens of a text, those of a lexeme together; as :func:`usual_tokens`."""
    if len(text) > MAX_LENGTH:
        raise Unusual
    return looked_up(lexeme(), unletter(without_libraries(text)))


def in_a_row(lexemes: list[tuple[Token, ...]]) -> list[Token]:
    """The tokens of lexemes, and the end.

    Raises:
        Unusual: they are more than are read.
    """
    tokens = [*chain.from_iterable(lexemes)]
    if len(tokens) > MAX_TOKENS:
        raise Unusual
    tokens.append(END)
    return tokens


def looked_up(pattern: re.Pattern[str], text: str) -> list[tuple[Token, ...]]:
    found = pattern.findall(text)
    if sum(map(len, found)) < len(text):
        raise Unusual
    return [*filter(None, map(tokens_of, found))]


@functools.lru_cache(maxsize=KEPT)
def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a lexeme, without columns."""
    spelled = text.rstrip(" ")
    if spelled[:1] in DIGITS and spelled[-1] != "}":
        return (Token("number", spelled, 0),)
    if len(text) > LONGEST:
        raise Unusual
    if single().fullmatch(text) is None:
        first, *rest = chain.from_iterable(looked_up(single(), text))
        return (Group(first.kind, first.text, 0, spelled, 1 + len(rest)), *rest)
    tokens = [Token(one.kind, one.text, 0) for one in cut(text)]
    if len(tokens) > 1 and tokens[0].text in ACCENTS:
        name = next(one.text for one in tokens if one.kind == "word")
        return (Token("named", name + tokens[0].text, 0),)
    return tuple(tokens)
