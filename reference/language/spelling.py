"""How the name of a quantity is put together from tokens: accents, indices, layers, stars, primes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from reference.language.cursor import Cursor
from reference.language.errors import ReadingError
from reference.language.names import LOWERED, MAX_NAME, Vocabulary, canonical
from reference.language.over_time import Time
from reference.language.tokens import Token

SUFFIXES = frozenset("'_^")
RAISED_SUFFIXES = frozenset(
    {"*", "star", "{", "[", "'"}
)  # after ^; others are a power or a transpose
OPERANDS = frozenset(
    {"word", "number", "named", "command"}
)  # kinds of tokens that begin an operand
BETWEEN = ((",",), (",", "+", "-"))  # what stands in a subscript; the latter where there are steps
OPENS = frozenset({"(", "[", "{", "|", "|(", "‖", "∂"})  # signs that do


STEPS = (  # how else a step is written behind a name: s[t-1], s_(t-1), s^{(t-1)}
    (("[",), ("]",)),
    (("_", "("), (")",)),
    (("^", "{", "("), (")", "}")),
    (("^", "("), (")",)),
)
MAX_STEP = 3  # tokens of one


class Spelled(NamedTuple):
    """A declared name, the places of its entry if it has some, and whether it is transposed."""

    name: str
    places: list[str]
    transposed: bool


class Spelling(Cursor):
    """Reads names as people write them."""

    def __init__(self, tokens: list[Token], declared: Iterable[str] | Vocabulary) -> None:
        if not isinstance(declared, Vocabulary):
            declared = Vocabulary(tuple(declared))
        super().__init__(tokens if declared.time is None else with_steps(tokens, declared.time))
        self.vocabulary = declared
        self.time = declared.time
        self.declared = declared.spellings
        self.plain_names = declared.plain_spellings
        self.indices = declared.index_spellings
        self.functions = declared.function_spellings
        self.starred = declared.starred
        self.bound: dict[str, str] = {}  # indices of the sums around, with their own names

    def spelled(self, drop: int = 0) -> Spelled | None:
        """The longest declared name that starts here, with its entry or transpose if it has one.

        ``drop`` letters of the first word are not part of it, as the d of ``dL``.
        """
        start, column = self.index, self.token.column
        text = self.stem(drop)
        check_name(text, column)
        parts: list[str] = []
        known = self.declared.get(canonical(text))
        found, after, flipped = known, self.index, False
        if found is None:
            found, parts = self.indexed(text)
        while (self.token.text in SUFFIXES and (suffix := self.suffix())) or (
            suffix := self.star(text)
        ):
            more, turned = suffix
            text += more
            check_name(text, column)
            known = self.declared.get(canonical(text))
            if known is not None:
                found, after, flipped, parts = known, self.index, turned, []
            elif self.indexed(text)[0] is not None and more not in ("'", "star"):
                found, parts = self.indexed(text)
                after, flipped = self.index, turned
            if turned:
                break
        if self.index != after or found is None:
            self.seek(after if found is not None else start)
        return None if found is None else Spelled(found, parts, flipped)

    def takes_suffix(self) -> bool:
        """Could what follows a word belong to its name?"""
        following = self.ahead().text
        if following not in SUFFIXES:
            if following != "*" or not self.starred:
                return False
            return canonical(self.token.text) in self.starred
        return following != "^" or self.ahead(2).text in RAISED_SUFFIXES

    def is_name(self, text: str) -> bool:
        return canonical(text) in self.declared or self.indexed(text)[0] is not None

    def stem(self, drop: int) -> str:
        r"""A word, or one under ``\hat`` and the like."""
        token = self.advance()
        if token.kind != "command":
            return token.text[drop:]
        braced = self.accept("{")
        if self.token.kind != "word":
            self.fail(f"a name under \\{token.text}")
        inner = self.advance().text
        while braced and not self.at("}"):  # \hat{y_k}, as \hat{y}_k
            if self.token.kind == "end":
                self.fail("'}'")
            inner += self.advance().text
        if braced:
            self.expect("}")
        base, joint, index = inner.partition("_")
        return base + token.text + joint + index

    def suffix(self) -> tuple[str, bool] | None:
        """An index, a layer in square brackets, a star or a prime, as far as it may belong to a name."""
        start = self.index
        if self.prime():
            return "'", False
        if self.accept("_"):
            return self.subscript(start)
        if self.accept("^"):
            braced = self.accept("{")
            if self.accept("*") or (self.token.text == "star" and self.advance()):
                if not braced or self.accept("}"):
                    return "star", False
            elif self.accept("[", *["("] * braced) and self.token.kind == "number":
                layer = self.advance().text
                if self.accept("]", ")"):
                    turned = braced and self.token.text in ("T", "⊤") and bool(self.advance())
                    if not braced or self.accept("}"):
                        return layer, turned
        self.seek(start)
        return None

    def star(self, text: str) -> tuple[str, bool] | None:
        """The star of ``y*``, where it is no sign of a product.

        Raises:
            ReadingError: ``y* - a`` can be a product with -a as well.
        """
        if not self.at("*") or canonical(text) not in self.starred:
            return None
        following = self.ahead()
        if canonical(text) in self.declared:
            if following.text in ("+", "-"):
                shown = f"{text}* {following.text}"
                message = f"'{shown} …' can be read as ({text}^*) {following.text} … or as {text} * ({following.text}…)"
                raise ReadingError(f"{message}: add brackets", self.token.column)
            if following.kind in OPERANDS or following.text in OPENS:
                return None
        self.advance()
        return "star", False

    def prime(self) -> bool:
        r"""Pass over a prime, also ``^{\prime}``."""
        start = self.index
        if self.accept("'"):
            return True
        if self.accept("^"):
            braced = self.accept("{")
            if self.accept("'") and (not braced or self.accept("}")):
                return True
        self.seek(start)
        return False

    def subscript(self, start: int) -> tuple[str, bool] | None:
        if self.token.kind in ("number", "word"):
            return "_" + self.advance().text, False
        if self.accept("{"):
            text = ""
            while self.token.kind in ("number", "word") or self.at(*BETWEEN[self.time is not None]):
                text += self.advance().text
            if text and self.accept("}"):
                return "_" + text, False
        self.seek(start)
        return None

    def indexed(self, text: str) -> tuple[str | None, list[str]]:
        """``yhat_k`` as yhat and its entry k, where yhat is declared and k is an index."""
        text = text.translate(LOWERED)
        base, _, subscript = text.rpartition("_")
        subscript = subscript.strip("{}")
        while base:
            known = self.declared.get(canonical(base))
            if known is not None and (parts := self.parts(subscript)):
                return known, parts
            base, _, more = base.rpartition("_")
            subscript = more.strip("{}") + subscript
        return self.joined(text)

    def joined(self, text: str) -> tuple[str | None, list[str]]:
        """``z2k`` of ``z_{2,k}`` and ``zᵢ``: the longest declared name before indices."""
        if "_" not in text and "," not in text:
            return None, []
        flat = "|".join(canonical(piece) for piece in text.split(","))
        for end in range(len(flat) - 1, 0, -1):
            if flat[:end] in self.declared:
                parts = self.parts(flat[end:].strip("|").replace("|", ","))
                if parts:
                    return self.declared[flat[:end]], parts
        return None, []

    def parts(self, subscript: str) -> list[str]:
        """The indices that a subscript of up to two consists of; none where it does not."""
        pieces = subscript.split(",") if "," in subscript else self.pieces(subscript)
        known = all((one.isascii() and one.isdigit()) or self.is_index(one) for one in pieces)
        return pieces if known and 1 <= len(pieces) <= 2 else []

    def pieces(self, subscript: str) -> list[str]:
        if self.is_index(subscript) or (subscript.isascii() and subscript.isdigit()):
            return [subscript]
        return list(subscript)

    def is_index(self, text: str) -> bool:
        return canonical(text) in self.indices or text in self.bound


def with_steps(tokens: list[Token], time: Time) -> list[Token]:
    """Tokens in which every step is a subscript, ``s_{t-1}``; what is raised is one if its letter is that of the steps."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        found.append(token)
        place += 1
        if token.text not in time.spans:
            continue
        for opening, closing in STEPS:
            step, end = enclosed(tokens, place, opening, closing)
            if step and ("^" not in opening or step[0].text in (time.letter, time.limit)):
                sign = step[0].column
                found += [Token("operator", "_", sign), Token("operator", "{", sign), *step]
                found.append(Token("operator", "}", sign))
                place = end
                break
    return found


def enclosed(
    tokens: list[Token], start: int, opening: tuple[str, ...], closing: tuple[str, ...]
) -> tuple[list[Token], int]:
    """A short run of tokens between signs, and where it ends; nothing where it does not stand there."""
    first = start + len(opening)
    if tuple(one.text for one in tokens[start:first]) != opening:
        return [], start
    for last in range(first + 1, first + MAX_STEP + 1):
        if tuple(one.text for one in tokens[last : last + len(closing)]) == closing:
            return tokens[first:last], last + len(closing)
    return [], start


def check_name(text: str, column: int) -> None:
    if len(text) > MAX_NAME:
        raise ReadingError(f"unknown name '{text[:20]}…', longer than any", column)
