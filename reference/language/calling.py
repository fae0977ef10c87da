"""Calls, as people and programs write them: ``log p``, ``tanh^2 z``, ``np.sum(A, axis=0)``, ``a.dot(b)``."""

from __future__ import annotations

import functools
from fractions import Fraction
from itertools import pairwise

from reference.language.calls import (
    ALONG,
    BY_SHAPE,
    CALLED,
    CHOICE,
    COUNTS,
    MAX_TWICE,
    OTHER_NAMES,
    POWERED,
    TWICE,
    einstein,
    filled,
    stands_for,
)
from reference.language.errors import ReadingError, Unusual
from reference.language.named.table import NAMES as NAMED
from reference.language.named.table import SIGNS_OF_SETTINGS
from reference.language.names import canonical
from reference.language.operands import CONSTANTS, OPENING, OTHERWISE, TESTS, E, Operands
from reference.language.operations import FUNCTIONS, SPELLINGS
from reference.language.tokens import WORDS as LATEX_WORDS
from reference.language.tokens import Token

MAX_SLOPES = 2
FUNCTION_NAMES = frozenset(name for name, _ in FUNCTIONS)
FUNCTION_SPELLINGS = {**OTHER_NAMES, **SPELLINGS}
EINSUM = "einsum_"
HEAVISIDE = "H"  # where it is called
PIECEWISE = "Piecewise"  # as SymPy prints cases
INVERSES = frozenset({"asin", "acos", "atan", "asinh", "acosh", "atanh"})
ARC = frozenset({"arcsin", "arccos", "arsinh", "arcosh", "artanh"})
AXES = frozenset({"axis", "dim"})
IGNORED = frozenset({"keepdims", "keepdim"})  # as every value has rows and columns
NAMED_ARGUMENTS = frozenset({"negative_slope"})
KEYWORDS = AXES | IGNORED | NAMED_ARGUMENTS


class Calls(Operands[E]):
    """Reads the call of a function, or leaves a word to be names."""

    slopes = 0  # derivatives of functions that are open here; each repeats its argument

    def call_or_run(self, token: Token) -> E:
        """A function, a constant, or names written without a space; none of them is declared."""
        if token.text in NAMED and self.has_settings():
            return self.named_operation(token)
        called = self.function_name(token.text)
        other_word = self.at("(") or (self.at("^") and called in POWERED)
        other_word = other_word or called in ARC
        if called in FUNCTION_NAMES or (called in CALLED and other_word):
            self.check_inverse(token)
            return self.call(called, token)
        if token.text == "I" and self.at("(", "{", "[", "_"):
            return self.indicator()
        if token.text == PIECEWISE and self.at("("):
            return self.piecewise()
        if token.text == HEAVISIDE and self.at("("):
            return self.call("step", token)
        if token.text.startswith(EINSUM) and self.at("("):
            return self.einsum(token)
        if token.text in CONSTANTS:
            self.check_constant(token)
            return self.constant(CONSTANTS[token.text], token.column)
        delta = self.kronecker(token)
        return delta if delta is not None else self.run(token)

    def check_constant(self, token: Token) -> None:
        """A ``pi`` is the number, unless there are a quantity p and an index i.

        Raises:
            ReadingError: there are.
        """
        name, place = token.text[:-1], token.text[-1]
        if name and self.is_index(place) and self.is_name(name):
            raise ReadingError(
                f"'{token.text}' can be π or {name}_{place}: write one of them", token.column
            )

    def check_inverse(self, token: Token) -> None:
        """An ``atan`` is the inverse of tan, unless there is a quantity a."""
        if token.text in INVERSES and "a" in self.declared:
            spaced = f"a {token.text[1:]}"
            message = f"'{token.text}' can be arc{token.text[1:]} or {spaced}: write it out"
            raise ReadingError(message, token.column).instead(
                token.text, f"arc{token.text[1:]}", spaced, column=token.column
            )

    def has_settings(self) -> bool:
        """Is there a word with a colon behind it in the brackets that open here, as in ``softmax(S, along: 2)``?"""
        depth = 0
        for token, following in pairwise(self.tokens[self.index :]):
            depth += (token.text in OPENING) - (token.text in OPENING.values())
            if depth < 1:
                return False
            if depth == 1 and token.kind == "word" and following.text == ":":
                return True
        return False

    def has_several(self) -> bool:
        """Is there a comma in the brackets that open here?"""
        depth = 0
        for token in self.tokens[self.index :]:
            depth += (token.text in OPENING) - (token.text in OPENING.values())
            if depth < 1 or (depth == 1 and token.text == ","):
                return depth == 1
        return False

    def named_operation(self, token: Token) -> E:
        """``conv(X, K, b, stride: s)``, whose meaning hangs on shapes: the values of its settings are its last arguments."""
        closing = OPENING[self.advance().text]
        args: list[E] = []
        settings: dict[str, E] = {}
        while True:
            word = self.token
            if word.kind == "word" and self.ahead().text in SIGNS_OF_SETTINGS:
                self.seek(self.index + 2)
                if word.text in settings:
                    raise ReadingError(f"'{word.text}' is set twice", word.column)
                settings[word.text] = self.sum()
            elif settings:
                self.fail(f"a setting of {token.text}, as 'stride: 2'")
            else:
                args.append(self.condition())
            if not self.accept(",", ";"):
                break
        self.expect(closing)
        operation = f":{token.text}:{','.join(settings)}"
        return self.apply(operation, (*args, *settings.values()), token.column)

    def function_name(self, text: str) -> str:
        """The name of a function that a word may be; of any other word, what it is in small letters."""
        lowered = text.lower() if text.isascii() else text  # Σ is not σ
        if lowered.startswith("log") and not lowered.isalpha():
            lowered = canonical(lowered)  # log_2
        return FUNCTION_SPELLINGS.get(lowered, lowered)

    def arguments(self) -> list[E]:
        """All arguments in brackets."""
        args, named = self.all_arguments("")
        if named:
            self.fail("an argument without a name")
        return args

    def all_arguments(self, function: str) -> tuple[list[E], dict[str, E | None]]:
        """The arguments in brackets, and those that are written with their names, as ``axis=0``."""
        closing = OPENING[self.advance().text]
        outer, self.bars = self.bars, ""
        args: list[E] = []
        named: dict[str, E | None] = {}
        while True:
            axis = args and not named and function in ALONG
            if self.token.text in KEYWORDS and self.ahead().text == "=":
                name = self.advance().text
                self.advance()
                if name in NAMED_ARGUMENTS:
                    args.append(self.condition())
                else:
                    named["axis" if name in AXES else name] = self.argument_of(name)
            elif axis:
                named["axis"] = self.condition()
            else:
                args.append(self.condition())
            if not self.accept(","):
                break
        self.expect(closing)
        self.bars = outer
        return args, named

    def argument_of(self, name: str) -> E | None:
        """What stands behind ``axis=``; whether a result keeps its axes is passed over."""
        if self.token.text in ("True", "False", "None"):
            self.advance()
            return None
        return self.condition()

    def call(self, function: str, token: Token) -> E:
        """A function with its argument in brackets, or ``log p`` and ``tanh^2 z`` as they are written."""
        if function == "log" and self.at("_"):
            function = self.logarithm(token)
        derived, power = self.prime(), None
        if self.accept("^"):
            power = self.exponent()
            if power.operation not in ("", "product"):
                raise ReadingError(f"write ({function}(…))^… or the inverse by name", token.column)
        self.slopes += derived
        if self.slopes > MAX_SLOPES:
            raise ReadingError(f"derivatives nested more than {MAX_SLOPES} deep", token.column)
        if self.at("(", "{"):
            args, named = self.all_arguments(function)
        else:
            args, named = [self.bare_argument(token)], {}
        self.slopes -= derived
        value = self.called(function, args, named, derived, token)
        return self.apply("power", (value, power), token.column) if power is not None else value

    def logarithm(self, token: Token) -> str:
        r"""The logarithm to the base in ``\log_2`` and ``\log_{10}``."""
        start = self.index
        found = self.subscript(start) if self.accept("_") else None
        base = found[0].strip("_{}") if found else ""
        if base not in ("2", "10", "e"):
            raise ReadingError("logarithms are read to the bases 2, 10 and e", token.column)
        return "log" if base == "e" else f"log{base}"

    def called(
        self, function: str, args: list[E], named: dict[str, E | None], derived: bool, token: Token
    ) -> E:
        """The value of a call, or of the derivative of the function there."""
        column, axis = token.column, named.get("axis")
        if (function, len(args)) == ("leaky_relu", 1):
            args = [*args, self.constant(Fraction(1, 100), 0)]
        operation = FUNCTIONS.get((function, len(args)))
        if derived:
            value = self.slope(operation, tuple(args)) if operation else None
            if value is None:
                raise ReadingError(f"the derivative {function}' is not read", column)
            return value
        if axis is not None and function in ALONG and len(args) == 1:
            return self.apply(f"{function} along", (args[0], axis), column)
        if named.keys() - IGNORED:
            raise ReadingError(f"an axis of {function} is not read", column)
        if operation is None and function in ("max", "min") and args:
            value = args[0]
            for other in args[1:]:
                value = self.apply(function, (value, other), column)
            return value
        if operation is not None:
            return self.apply(operation, tuple(args), column)
        return self.made_of(function, args, column)

    def made_of(self, function: str, args: list[E], column: int) -> E:
        """The value of a call that is another word for operations."""
        meant = stands_for(function, len(args))
        if function in TWICE and self.height > MAX_TWICE:
            names = ", ".join(sorted(TWICE))
            raise ReadingError(f"at most {MAX_TWICE} of {names} are read in one another", column)
        if function == "int" and args[0].operation not in TESTS:
            raise ReadingError("int is read of a comparison: write floor(…) or ceil(…)", column)
        if meant is not None:
            return filled(meant, args, self, column)
        if (function, len(args)) == CHOICE and args[0].operation in TESTS:
            return self.apply("where", tuple(args), column)
        if (function, len(args)) in BY_SHAPE:
            return self.apply(function, tuple(args), column)
        known = {*FUNCTIONS, *COUNTS}
        counts = " or ".join(str(count) for name, count in sorted(known) if name == function)
        if (function, len(args)) == CHOICE:
            raise ReadingError("where takes a comparison first, as where(z > 0, 1, 0)", column)
        hint = ": write ‖w‖_1 for that with a 1" if function == "norm" else ""
        message = f"{function} takes {counts} argument(s), found {len(args)}{hint}"
        raise ReadingError(message, column)

    @functools.cached_property
    def height(self) -> int:
        """How many functions that hold an argument twice can stand in one another: brackets of them, and methods."""
        opened, open_now, highest, methods = list[bool](), 0, 0, 0
        signs = [token.text for token in self.tokens]
        for before, word, sign in zip(["", *signs], signs, signs[1:], strict=False):
            if sign in OPENING:
                twice = self.function_name(word) in TWICE or word == HEAVISIDE
                methods += twice and before == "."
                opened.append(twice and before != ".")
                open_now += opened[-1]
                highest = max(highest, open_now)
            elif sign in OPENING.values() and opened:
                open_now -= opened.pop()
        return highest + methods

    def piecewise(self) -> E:
        """``Piecewise((1, x > 0), (0, True))``, or with a comparison in the last case as well."""
        column, rows = self.advance().column, list[tuple[E, E]]()
        while True:
            self.expect("(")
            value = self.sum()
            self.expect(",")
            if self.accept("True", *OTHERWISE):
                break
            test = self.condition(equality=True)
            if test.operation not in TESTS:
                raise ReadingError("expected a comparison or True behind the value", column)
            rows.append((value, test))
            self.expect(")")
            if self.accept(")"):
                return self.without_otherwise(rows, column)
            self.expect(",")
        self.expect(")")
        self.expect(")")
        for branch, test in reversed(rows):
            value = self.apply("where", (test, branch, value), column)
        return value

    def without_otherwise(self, rows: list[tuple[E, E]], column: int) -> E:
        """Cases, each with its comparison."""
        raise ReadingError("expected True in the last case", column)

    def einsum(self, token: Token) -> E:
        """``einsum('ij,j->i', A, x)``, where it is one product."""
        args = self.arguments()
        indices = token.text.removeprefix(EINSUM).split("_")
        value = einstein(indices, args, self, token.column) if len(args) == 2 else None
        if value is None:
            message = "this einsum is no product of two factors: write it out"
            raise ReadingError(message, token.column)
        return value

    def method(self, value: E) -> E | None:
        """``a.dot(b)`` as ``dot(a, b)``; nothing, and nothing passed over, where no call follows."""
        token, start = self.ahead(), self.index
        function = self.function_name(token.text)
        if token.kind != "word" or self.tokens[start + 2].text != "(":
            return None
        if function == "astype":  # of an indicator
            self.seek(start + 3)
            self.advance()
            self.expect(")")
            return value
        if function not in FUNCTION_NAMES and function not in CALLED:
            return None
        self.seek(start + 2)
        if self.tokens[start + 3].text == ")":
            self.seek(start + 4)
            return self.called(function, [value], {}, False, token)
        args, named = self.all_arguments(function if function not in ALONG else "")
        if function in ALONG and args:
            named["axis"], args = args[0], args[1:]
        return self.called(function, [value, *args], named, False, token)

    def bare_argument(self, token: Token) -> E:
        """One operand as an argument, where nothing that could belong to it follows."""
        if not (self.starts_operand() or self.token.kind == "number"):
            self.fail(f"'(' after {token.text[:40]}")
        self.deeper()
        start, value = self.index, self.postfix()
        self.depth -= 1
        shown = token.text[:40]
        if self.starts_operand() or self.is_tight(token, start):
            raise ReadingError(f"{shown} of how much? write {shown}(…)", token.column)
        return value

    def is_tight(self, token: Token, start: int) -> bool:
        """Is a function set apart from a quotient without spaces, so that ``ln 2/3`` may be that of all of it?"""
        if not self.at("/"):
            return False
        if not token.column:
            raise Unusual
        first, last = self.tokens[start], self.tokens[self.index - 1]
        over, behind = self.token, self.ahead()
        apart = first.column > token.column + len(token.text)
        ends = {last.column + len(last.text)}
        if last.text in LATEX_WORDS:  # \alpha, with its backslash, and \varepsilon
            ends |= {end + more for end in [*ends] for more in (1, len("\\var"))}
        return apart and over.column in ends and behind.column == over.column + 1
