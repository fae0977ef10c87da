"""A place in a list of tokens, and how names are put together from there on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression, Name, Number, number
from reference.language.names import (
    LOWERED,
    MAX_NAME,
    Vocabulary,
    canonical,
    derivative_name,
    spellings,
)
from reference.language.tokens import Token

MAX_DEPTH = 50
SUFFIXES = frozenset("'_^")
RAISED_SUFFIXES = frozenset(
    {"*", "star", "{", "(", "[", "'"}
)  # after ^; others are a power or a transpose
OPENING = {"(": ")", "[": "]", "{": "}", "|(": ")|"}


class Cursor:
    """Reads tokens one after the other; what it cannot use it leaves where it is."""

    def __init__(self, tokens: list[Token], declared: Iterable[str] | Vocabulary) -> None:
        if not isinstance(declared, Vocabulary):
            declared = Vocabulary(tuple(declared))
        self.declared = spellings(declared.names)
        self.indices = spellings(declared.indices)
        self.functions = {canonical(name): (name, count) for name, count in declared.functions}
        self.plain_names = self.declared
        if self.functions:
            self.plain_names = {
                name: found for name, found in self.declared.items() if name not in self.functions
            }
        self.tokens = tokens
        self.seek(0)
        self.depth = 0
        self.bound: dict[str, str] = {}  # indices of the sums around, with their own names
        self.runs: dict[tuple[str, ...], list[list[str]]] = {}  # ways to cut runs of names

    def seek(self, index: int) -> None:
        """Go to a token, which is then ``self.token``."""
        self.index = index
        self.token = self.tokens[index]

    def advance(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.seek(self.index + 1)
        return token

    def at(self, *signs: str) -> bool:
        """Is one of the signs next? No word and no number is spelled like a sign."""
        return self.token.text in signs

    def accept(self, *signs: str) -> bool:
        """Pass over one of the signs, if it is next."""
        if self.token.text not in signs:
            return False
        self.seek(self.index + 1)
        return True

    def fail(self, expected: str) -> NoReturn:
        found = "the end" if self.token.kind == "end" else f"'{self.token.text[:40]}'"
        raise ReadingError(f"expected {expected}, found {found}", self.token.column)

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            self.fail(f"'{sign}'")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ReadingError(f"nested more than {MAX_DEPTH} deep", self.token.column)

    # Names

    def name(self, drop: int = 0) -> Expression | None:
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
        while self.token.text in SUFFIXES and (suffix := self.suffix()):
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
        if found is None:
            return None
        value: Expression = Name(found, column)
        if parts:
            value = Apply("entry", (value, *self.places(parts, column)), column)
        return Apply("transpose", (value,), column) if flipped else value

    def is_name(self, text: str) -> bool:
        return canonical(text) in self.declared or self.indexed(text)[0] is not None

    def named(self, text: str, column: int) -> Expression:
        """The quantity or the entry that a text is the name of."""
        known = self.declared.get(canonical(text))
        if known is not None:
            return Name(known, column)
        base, parts = self.indexed(text)
        return Apply("entry", (Name(str(base), column), *self.places(parts, column)), column)

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
            while self.token.kind in ("number", "word") or self.at(","):
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
            parts = self.parts(subscript)
            known = self.declared.get(canonical(base))
            if known is not None and parts:
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

    def places(self, parts: list[str], column: int) -> list[Expression]:
        """The row and the column of an entry, or the only place."""
        return [self.place(part, column) for part in parts]

    def place_in_brackets(self) -> list[Expression] | None:
        """``[k]`` or ``[i, 2]``; nothing, and nothing passed over, where something else stands there."""
        start, column = self.index, self.token.column
        parts: list[str] = []
        while self.accept("[" if not parts else ","):
            token = self.advance()
            if not ((token.kind == "number" and token.text.isdigit()) or self.is_index(token.text)):
                break
            parts.append(token.text)
            if len(parts) < 3 and self.accept("]"):
                return self.places(parts, column)
        self.seek(start)
        return None

    def place(self, part: str, column: int) -> Expression:
        if part.isdigit():
            if len(part) > 6:
                raise ReadingError(f"no entry has the index {part[:20]}", column)
            return Number(number(int(part)).value, column)
        return Name(self.bound.get(part) or self.indices[canonical(part)], column)

    # Derivatives

    def derivative(self) -> Expression | None:
        """``dL/dW1`` or ``∂P_i/∂h_i``, where the names are declared."""
        column, start = self.token.column, self.index
        upper = self.differential()
        if upper is not None and self.accept("/"):
            braced = self.accept("(")
            lower = self.differential()
            if lower is not None and (not braced or self.accept(")")):
                return self.quotient(upper, lower, column)
        self.seek(start)
        return None

    def differential(self, alone: bool = False) -> Expression | None:
        """The declared name in ``dL`` or ``∂L``, perhaps an entry of it.

        A ``d`` that is declared can be a factor, unless the differential stands ``alone`` in braces.
        """
        if self.accept("∂"):
            return self.differentiated() if self.starts_name() else None
        if self.token.kind != "word" or self.token.text[0] != "d":
            return None
        if self.token.text == "d":
            if "d" in self.declared and not alone:
                return None
            self.advance()
            return self.differentiated() if self.starts_name() else None
        return self.differentiated(drop=1)

    def differentiated(self, drop: int = 0) -> Expression | None:
        """A name, perhaps with the place of an entry in brackets."""
        column, value = self.token.column, self.name(drop)
        places = self.place_in_brackets() if isinstance(value, Name) else None
        return (
            value if value is None or places is None else Apply("entry", (value, *places), column)
        )

    def starts_name(self) -> bool:
        named = self.token.kind == "command" and self.token.text in ("hat", "bar", "tilde")
        return self.token.kind == "word" or named

    def quotient(self, upper: Expression, lower: Expression, column: int) -> Expression:
        """The derivative of a name or an entry by another."""
        for part in (upper, lower):
            if isinstance(part, Apply) and part.operation != "entry":
                raise ReadingError("expected a name or an entry in a derivative", column)
        of = entry_name(upper)
        whole = Name(derivative_name(of, base(lower)), column)
        if isinstance(lower, Apply):
            return Apply("entry", (whole, *lower.args[1:]), column)
        return whole


def check_name(text: str, column: int) -> None:
    if len(text) > MAX_NAME:
        raise ReadingError(f"unknown name '{text[:20]}…', longer than any", column)


def base(value: Expression) -> str:
    """The name of a quantity, or of the one that an entry is of."""
    node = value.args[0] if isinstance(value, Apply) else value
    assert isinstance(node, Name)
    return node.name


def entry_name(value: Expression) -> str:
    """``P[i]`` or ``W[i,j]`` for an entry; the name itself otherwise."""
    if not isinstance(value, Apply):
        return base(value)
    shown = [
        place.name if isinstance(place, Name) else str(place.value)
        for place in value.args[1:]
        if isinstance(place, (Name, Number))
    ]
    return f"{base(value)}[{','.join(shown)}]"
