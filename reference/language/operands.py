"""What stands between the signs of an expression: numbers, brackets, names, calls."""

from __future__ import annotations

from fractions import Fraction

from reference.language.cursor import OPENING, RAISED_SUFFIXES, SUFFIXES
from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression, Name, Number, Product, number
from reference.language.names import LOWERED, canonical, cuts, function_name, unknown
from reference.language.operations import FUNCTIONS, SPELLINGS, slope_of
from reference.language.structures import TESTS, Structures, literal
from reference.language.tokens import Token

MAX_PRIMES = 3
MAX_GUESSES = 6
MAX_SLOPES = 2

EULER = Fraction("2.718281828459045")
CONSTANTS = {"pi": Fraction("3.141592653589793"), "π": Fraction("3.141592653589793"), "e": EULER}
FUNCTION_NAMES = frozenset(name for name, _ in FUNCTIONS)


class Operands(Structures):
    """Reads one operand; what stands around it is the business of the grammar."""

    bars = ""  # the sign of an absolute value or norm that is open here
    guesses = 0  # at a norm written ||x||, each of which may be read twice
    slopes = 0  # derivatives of functions that are open here; each repeats its argument

    # The grammar, which is written below

    def condition(self, equality: bool = False) -> Expression:
        raise NotImplementedError

    def postfix(self) -> Expression:
        raise NotImplementedError

    def exponent(self) -> Expression:
        raise NotImplementedError

    # Operands

    def starts_operand(self) -> bool:
        token = self.token
        if token.kind == "word":
            return token.text not in ("if", "else") or token.text in self.declared
        if token.kind == "number":  # 1{z > 0} and 1_{z > 0}, but never two numbers in a row
            return token.text == "1" and self.tokens[self.index + 1].text in ("{", "_", "[")
        if token.text in ("|", "‖"):
            return self.bars != token.text
        return (token.kind == "command" and token.text != "end") or self.at(
            "(", "[", "∂", "{", "|("
        )

    def operand(self) -> Expression:
        token = self.token
        if token.kind == "word":
            return self.word()
        if token.kind == "number":
            return self.number()
        if token.kind == "command":
            return self.command()
        if token.text == "|(":
            return Apply("abs", (self.bracketed("|("),), token.column)
        if token.text in OPENING:
            return self.bracketed(token.text, equality=token.text == "[")
        if token.text in ("|", "‖"):
            return self.barred()
        if token.text != "∂":
            self.fail("a number, a name or a bracket")
        return self.word()

    def number(self) -> Expression:
        token = self.advance()
        if token.text == "1" and self.at("{", "_"):
            return self.indicator()
        if self.token.kind == "number" and not self.starts_operand():
            self.fail("an operator between two numbers")
        return literal(token)

    def bracketed(self, opening: str, equality: bool = False) -> Expression:
        self.expect(opening)
        outer, self.bars = self.bars, ""
        value = self.condition(equality)
        self.expect(OPENING[opening])
        self.bars = outer
        return value

    def indicator(self) -> Expression:
        """The condition after a 1, with or without an underscore between."""
        self.accept("_")
        opening = self.token.text
        if opening not in OPENING:
            self.fail("a condition in brackets")
        column = self.tokens[self.index + 1].column
        value = self.bracketed(opening, equality=True)
        if not (isinstance(value, Apply) and value.operation in TESTS):
            shown = f"{opening}…{OPENING[opening]}"
            raise ReadingError(f"expected a comparison inside {shown}", column)
        return value

    def barred(self) -> Expression:
        """An absolute value ``|x|``, or the Euclidean norm ``‖x‖``, also ``||x||`` and ``‖x‖_2``."""
        sign = self.token
        following = self.tokens[self.index + 1]
        if sign.text == "‖":
            return self.norm(1)
        adjacent = following.text == "|" and following.column == sign.column + 1
        if adjacent and not self.bars and self.guesses < MAX_GUESSES:
            self.guesses += 1
            start, depth = self.index, self.depth
            try:
                return self.norm(2)
            except ReadingError:  # ||x| - y|
                self.seek(start)
                self.depth, self.bars = depth, ""
        self.advance()
        return Apply("abs", (self.between("|", 1),), sign.column)

    def norm(self, count: int) -> Expression:
        sign = self.token
        for _ in range(count):
            self.advance()
        value = self.between(sign.text, count)
        if self.accept("_") and self.advance().text != "2":
            raise ReadingError("only the Euclidean norm is read: write others out", sign.column)
        squares = Apply("power", (value, number(2)), sign.column)
        return Apply("sqrt", (Apply("sum", (squares,), sign.column),), sign.column)

    def between(self, sign: str, count: int) -> Expression:
        """What stands before a sign, or two of them, that close what is open."""
        outer, self.bars = self.bars, sign
        value = self.condition()
        for _ in range(count):
            self.expect(sign)
        self.bars = outer
        return value

    # Words

    def known(self) -> Name | None:
        """A name as it is declared, without an index or a sign that could belong to it."""
        token = self.token
        found = self.plain_names.get(token.text)
        if found is None or token.kind != "word" or token.text in self.bound:
            return None
        following = self.tokens[self.index + 1]
        if following.text in SUFFIXES and (
            following.text != "^" or self.tokens[self.index + 2].text in RAISED_SUFFIXES
        ):
            return None
        self.index += 1
        self.token = following
        return Name(found, token.column)

    def word(self) -> Expression:
        if self.token.text in self.bound:
            token = self.advance()
            return Name(self.bound[token.text], token.column)
        function = self.partial() if self.at("∂") else self.abstract()
        if function is not None:
            return function
        found = self.name() or self.derivative()
        if found is not None:
            return found
        token = self.advance()
        if token.kind == "command":
            raise ReadingError(f"\\{token.text} makes no name that is known here", token.column)
        if token.text == "∂":
            raise ReadingError("expected a derivative of known names, as ∂L/∂w", token.column)
        return self.call_or_run(token)

    def abstract(self) -> Expression | None:
        """A call ``g1(z1)`` of a declared function, or of its derivative ``g1'(z1)``."""
        start, column = self.index, self.token.column
        if not self.functions or self.token.kind != "word":
            return None
        text = self.advance().text
        while canonical(text) not in self.functions and (suffix := self.suffix()):
            text += suffix[0]
        name, count = self.functions.get(canonical(text), ("", 0))
        derived = self.primes() if name else {}
        if not name or not self.at("("):
            self.seek(start)
            return None
        args = self.arguments()
        if len(args) != count:
            message = f"{name} takes {count} argument(s), found {len(args)}"
            raise ReadingError(message, column)
        if count == 1:
            derived = {1: sum(derived.values())}
        if not derived.keys() <= {*range(1, count + 1)}:
            raise ReadingError(f"by which argument is {name} derived? write {name}'1(…)", column)
        orders = [derived.get(place, 0) for place in range(1, count + 1)]
        function = Name(function_name(name), column)
        return Apply(f"call{count}", (function, *map(number, orders), *args), column)

    def partial(self) -> Expression | None:
        r"""A call ``\partial_{1} Loss(a, y)``, derived by its first argument."""
        start = self.index
        orders: dict[int, int] = {}
        while self.accept("∂"):
            found = self.subscript(self.index) if self.accept("_") else None
            if found is None or found[0] not in ("_1", "_2"):
                self.seek(start)
                return None
            by = int(found[0][1:])
            orders[by] = orders.get(by, 0) + 1
        call = self.abstract()
        if not isinstance(call, Apply) or call.operation != "call2":
            self.seek(start)
            return None
        function, _, _, *args = call.args
        derived = (number(orders.get(1, 0)), number(orders.get(2, 0)))
        return Apply("call2", (function, *derived, *args), call.column)

    def primes(self) -> dict[int, int]:
        """How often a function is derived by which argument; by 0 where that is not said."""
        column, derived = self.token.column, dict[int, int]()
        while self.prime():
            order = 1
            while self.prime():
                order += 1
            by = 0
            if self.token.kind == "number" and self.token.text in ("1", "2"):
                by = int(self.advance().text)
            derived[by] = derived.get(by, 0) + order
        if sum(derived.values()) > MAX_PRIMES:
            raise ReadingError(f"at most {MAX_PRIMES} primes are read", column)
        return derived

    def call_or_run(self, token: Token) -> Expression:
        """A function, a constant, or names written without a space; none of them is declared."""
        lowered = token.text.lower() if token.text.isascii() else token.text  # Σ is not σ
        called = SPELLINGS.get(lowered, lowered)
        if called in FUNCTION_NAMES:
            return self.call(called, token)
        if token.text == "I" and self.at("(", "{", "[", "_"):
            return self.indicator()
        if token.text in CONSTANTS:
            return Number(CONSTANTS[token.text], token.column)
        delta = self.kronecker(token)
        return delta if delta is not None else self.run(token)

    def kronecker(self, token: Token) -> Expression | None:
        """``delta_ij``, which is 1 where i = j."""
        text = token.text.translate(LOWERED)
        suffix = self.suffix() if text in ("delta", "δ") else None
        base, _, subscript = (text + (suffix[0] if suffix else "")).partition("_")
        parts = self.parts(subscript.replace("_", "").strip("{}"))
        if base not in ("delta", "δ") or len(parts) != 2:
            return None
        return Apply("eq", tuple(self.places(parts, token.column)), token.column)

    def arguments(self) -> list[Expression]:
        closing = OPENING[self.advance().text]
        outer, self.bars = self.bars, ""
        args = [self.condition()]
        while self.accept(","):
            args.append(self.condition())
        self.expect(closing)
        self.bars = outer
        return args

    def call(self, function: str, token: Token) -> Expression:
        """A function with its argument in brackets, or ``log p`` and ``tanh^2 z`` as they are written."""
        derived, power = self.prime(), None
        if self.accept("^"):
            power = self.exponent()
            if isinstance(power, Apply):
                raise ReadingError(f"write ({function}(…))^… or the inverse by name", token.column)
        self.slopes += derived
        if self.slopes > MAX_SLOPES:
            raise ReadingError(f"derivatives nested more than {MAX_SLOPES} deep", token.column)
        args = self.arguments() if self.at("(", "{") else [self.bare_argument(token)]
        self.slopes -= derived
        if (function, len(args)) == ("leaky_relu", 1):
            args.append(number(Fraction(1, 100)))
        operation = FUNCTIONS.get((function, len(args)))
        if operation is None:
            counts = " or ".join(str(count) for name, count in FUNCTIONS if name == function)
            raise ReadingError(
                f"{function} takes {counts} argument(s), found {len(args)}", token.column
            )
        value: Expression | None = Apply(operation, tuple(args), token.column)
        if derived:
            value = slope_of(operation, tuple(args))
        if value is None:
            raise ReadingError(f"the derivative {function}' is not read", token.column)
        return Apply("power", (value, power), token.column) if power is not None else value

    def bare_argument(self, token: Token) -> Expression:
        """One operand as an argument, where nothing that could belong to it follows."""
        if not (self.starts_operand() or self.token.kind == "number"):
            self.fail(f"'(' after {token.text[:40]}")
        value = self.postfix()
        if self.starts_operand():
            shown = token.text[:40]
            raise ReadingError(f"{shown} of how much? write {shown}(…)", token.column)
        return value

    def run(self, token: Token) -> Expression:
        """Names written without a space, ``dh`` for d h, where there is one way to cut them."""
        place = (token.text, *self.bound)
        if place not in self.runs:
            self.runs[place] = cuts(token.text, self.is_name)
        ways = self.runs[place]
        if len(ways) == 1:
            factors, column = [], token.column
            for part in ways[0]:
                factors.append(self.named(part, column))
                column += len(part)
            return Product(tuple(factors), ("*",) * (len(factors) - 1), token.column)
        if ways:
            shown = " or ".join(" ".join(way) for way in ways)
            raise ReadingError(f"'{token.text}' can be read as {shown}: add spaces", token.column)
        if canonical(token.text) in self.functions:
            raise ReadingError(f"expected '(' after {token.text[:40]}", token.column)
        known = [*self.declared.values(), *(name for name, _ in self.functions.values())]
        raise ReadingError(unknown(token.text, known), token.column)
