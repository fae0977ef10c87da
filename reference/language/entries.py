"""Text to written expression: names, entries and derivatives, with the columns where they stand."""

from __future__ import annotations

from fractions import Fraction

from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression, Name, Number, Product, number
from reference.language.grammar import Grammar
from reference.language.names import canonical, undeclared
from reference.language.operands import COMPARISONS, EULER
from reference.language.operations import slope_of
from reference.language.over_time import ABSENT
from reference.language.roles import derivative_name

IN_PLACES = frozenset("+-*/(),[")  # the signs between sizes in the place of an entry
LONGEST = 60  # tokens of such a place


class Entries(Grammar[Expression]):
    """Makes nodes as they are written, and reads the places of entries and the names of derivatives."""

    def quantity(self, name: str, column: int) -> Expression:
        if name.startswith(ABSENT):
            return Apply("fill", (number(0), Name(name.removeprefix(ABSENT))), column)
        return Name(name, column)

    def constant(self, value: Fraction, column: int) -> Expression:
        return Number(value, column)

    def apply(self, operation: str, args: tuple[Expression, ...], column: int) -> Expression:
        return Apply(operation, args, column)

    def product_of(
        self, factors: tuple[Expression, ...], signs: tuple[str, ...], column: int
    ) -> Expression:
        return Product(factors, signs, column)

    def slope(self, operation: str, args: tuple[Expression, ...]) -> Expression | None:
        return slope_of(operation, args)

    def raised(self, base: Expression, exponent: Expression, column: int) -> Expression:
        if isinstance(base, Number) and base.value == EULER:
            return Apply("exp", (exponent,), column)
        return Apply("power", (base, exponent), column)

    # Entries

    def named(self, text: str, column: int) -> Expression:
        """The quantity or the entry that a text is the name of."""
        known = self.declared.get(canonical(text))
        if known is not None:
            return self.quantity(known, column)
        base, parts = self.indexed(text)
        return self.entry_of(Name(str(base), column), parts, column)

    def entry_of(self, value: Expression, places: list[str], column: int) -> Expression:
        return Apply("entry", (value, *self.places(places, column)), column)

    def places(self, parts: list[str], column: int) -> list[Expression]:
        """The row and the column of an entry, or the only place."""
        return [self.place(part, column) for part in parts]

    def place_in_brackets(self) -> list[Expression] | None:
        """``[k]``, ``[i, 2]`` or ``[n - 1]``; nothing, and nothing passed over, where something else stands there."""
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
        return self.places_in_sizes()

    def places_in_sizes(self) -> list[Expression] | None:
        """``[n]`` or ``[i, n - 1]``, made of sizes, indices and numbers; as :meth:`place_in_brackets`."""
        start, words = self.index, set[str]()
        if not self.at("["):
            return None
        while not self.at("]") and self.index - start < LONGEST:
            token = self.advance()
            if token.kind == "word":
                words.add(token.text)
            elif token.kind != "number" and token.text not in IN_PLACES:
                break
        ended = self.at("]")
        self.seek(start)
        sizes = {one for one in words if canonical(one) in self.vocabulary.size_spellings}
        if not (ended and sizes) or not all(map(self.is_index, words - sizes - {"floor"})):
            return None
        self.expect("[")
        found = [self.sum()]
        while self.accept(","):
            found.append(self.sum())
        if self.accept("]") and len(found) < 3:
            return found
        self.seek(start)
        return None

    def place(self, part: str, column: int) -> Expression:
        if part.isdigit():
            if len(part) > 6:
                raise ReadingError(f"no entry has the index {part[:20]}", column)
            return Number(number(int(part)).value, column)
        return Name(self.bound.get(part) or self.indices[canonical(part)], column)

    def entry(self, value: Expression) -> Expression | None:
        start, column = self.index, self.token.column
        follows = self.tokens[start - 1].text == "]"
        if self.at("["):
            places = self.place_in_brackets()
        else:
            self.advance()
            index = self.subscript(start)
            parts = self.parts(index[0].strip("_")) if index else []
            if not parts:
                self.seek(start)
                self.fail("an operator or the end, or an index after '_'")
            places = self.places(parts, column)
        if places is None:
            self.check_brackets()
            return None
        if follows and isinstance(value, Apply) and value.operation == "entry":
            return Apply("entry", (*value.args[:2], places[0]), column)
        return Apply("entry", (value, *places), column)

    def check_brackets(self) -> None:
        """Brackets with an index in them are meant to pick an entry, unless they compare."""
        depth, found = 0, None
        for token in self.tokens[self.index :]:
            depth += (token.text == "[") - (token.text == "]")
            if token.text in COMPARISONS or token.text == "=":
                return
            found = found or (token if self.is_index(token.text) else None)
            if depth == 0:
                break
        if found is not None:
            self.seek(self.index + 1)
            self.fail("an index or a number between [ and ]")

    # Derivatives

    def derivative(self) -> Expression | None:
        column, start = self.token.column, self.index
        upper = self.differential()
        if upper is not None and self.accept("/"):
            braced = self.accept("(")
            lower = self.differential()
            if lower is not None and (not braced or self.accept(")")):
                return self.quotient(upper, lower, column)
            self.check_differential()
        self.seek(start)
        return None

    def check_differential(self) -> None:
        """What stands below a derivative of a declared name is no differential of a name that nobody declared.

        Raises:
            Undeclared: it is.
        """
        token = self.token
        name = token.text[1:]
        if token.kind != "word" or token.text[0] != "d" or not name or "d" in self.declared:
            return
        if not (self.is_name(token.text) or self.is_name(name)):
            raise undeclared(name, self.vocabulary.listed, token.column + 1)

    def derivative_in_braces(self, column: int) -> Expression | None:
        start = self.index
        if self.accept("{"):
            upper = self.differential(alone=True)
            if upper is not None and self.accept("}") and self.accept("{"):
                lower = self.differential(alone=True)
                if lower is not None:
                    self.expect("}")
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
            if isinstance(part, Apply) and part.operation == "fill":  # at a step that is not there
                return part
            if isinstance(part, Apply) and part.operation != "entry":
                raise ReadingError("expected a name or an entry in a derivative", column)
        of = entry_name(upper)
        whole = Name(derivative_name(of, base(lower)), column)
        if isinstance(lower, Apply):
            return Apply("entry", (whole, *lower.args[1:]), column)
        return whole


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
