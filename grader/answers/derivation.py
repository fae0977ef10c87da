"""A derivation: lines of which each equals the one before, and the last is the answer.

A line may hold several sides with equality signs between them; what is asked for may stand first,
as in ``dL/dh_i = …``. Intermediate lines may use every name of the network.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.answers.expression import ExpressionKey, Formula, not_understood, outcome
from grader.answers.form import Form
from grader.answers.key import Key
from grader.answers.outcome import NOTHING, Outcome, Verdict
from reference.equivalence.compare import Agreement
from reference.equivalence.parts import Part
from reference.equivalence.points import Points
from reference.equivalence.several import Sides
from reference.language.dimensions import Shape
from reference.language.errors import LanguageError, ReadingError
from reference.language.expression import Expression
from reference.language.tokens import MAX_LENGTH

BREAKS = re.compile(r"[\r\n]+|\\\\(?![a-zA-Z])")
FRAME = re.compile(r"\\(?:begin|end)\{(?:align|aligned|gather|equation)\*?\}|(?<!\\)&")
CASES = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}", re.DOTALL)
OWN_NAME = re.compile(r"[^-+*/=]{1,20}")
MAX_LINES = 30


class WrittenSide(Struct, frozen=True):
    """One side of an equation on a line, lines being counted from 1."""

    line: int
    text: str


class Lines(Struct, frozen=True):
    """The sides of a derivation, in order, and what was read of each."""

    sides: Sequence[WrittenSide]
    steps: Sequence[Formula]


Given = Part | Formula | Lines
Look = Callable[[Formula], object]


def no_look(_: Formula) -> None:
    """Where an answer is only read."""


class DerivationKey(Key, frozen=True, dict=True, eq=False):
    """As :class:`ExpressionKey`, for an answer of several lines."""

    expression: Expression
    shape: Shape
    allowed: tuple[str, ...]
    points: Points
    either_layout: bool = False
    form: Form = Form.ANY
    aliases: tuple[str, ...] = ()

    @functools.cached_property
    def last(self) -> ExpressionKey:
        """The key of the last line."""
        return ExpressionKey(
            self.expression,
            self.shape,
            self.allowed,
            self.points,
            self.either_layout,
            self.form,
            self.aliases,
        )

    def read(self, text: str) -> tuple[Given, str]:
        return self.read_lines(text, no_look)

    def mark(self, text: str) -> Outcome:
        """Line by line: what stands before an arrow is looked at before the next line is read."""
        try:
            given, understood = self.read_lines(text, self.last.check_left)
        except LanguageError as error:
            return not_understood(error)
        return self.judge(given, understood)

    def read_lines(self, text: str, look: Look) -> tuple[Given, str]:
        """One line as an expression is read; of several, what each side is.

        A first side that cannot be read is a name of the student's own for what is asked.
        """
        sides, steps = split(text), list[tuple[Formula, str]]()
        if len(sides) > 1 and OWN_NAME.fullmatch(sides[0].text):
            try:
                steps.append(self.step(sides[0], look))
            except LanguageError:
                sides = sides[1:]
        if len(sides) == 1:
            return self.last.read(sides[0].text)
        steps += [self.step(side, look) for side in sides[len(steps) :]]
        shown = r" \\ ".join(f"= {understood}" for _, understood in steps)
        return Lines(sides, [written for written, _ in steps]), shown

    def step(self, side: WrittenSide, look: Look) -> tuple[Formula, str]:
        try:
            found = self.last.read_formula(side.text)
            look(found[0])
        except LanguageError as error:
            error.message = f"line {side.line}: {error.message}"
            raise
        return found

    def judge(self, given: Given, understood: str) -> Outcome:
        if not isinstance(given, Lines):
            return self.last.judge(given, understood)
        for position, step in enumerate(given.steps):
            before = given.steps[position - 1].node if position else self.expression
            agreement = self.follows(step, before)
            if agreement is not Agreement.EQUAL:
                found = outcome(agreement, self.told(given.sides, position), understood)
                return replace(found, given=step.node) if step.shape == self.shape else found
        last = given.steps[-1]
        foreign = self.last.foreign(last.node)
        if foreign:
            message = f"every line is right, but in the last one {foreign}"
            return Outcome(Verdict.INCORRECT, NOTHING, message, understood)
        return self.last.compared(last.node, last.shape, understood)

    def follows(self, step: Formula, before: Expression) -> Agreement:
        if step.shape != self.shape:
            return Agreement.DIFFERENT
        return self.last.follows(step.node, before)

    def told(self, sides: Sequence[WrittenSide], position: int) -> str:
        """What is said of the first side that does not follow."""
        line = sides[position].line
        if not position:
            return f"line {line} is not equal to what is asked for"
        before = sides[position - 1].line
        if before == line:
            return f"line {line} says that two sides are equal, which they are not"
        return f"line {line} does not follow from line {before}"

    def show(self) -> str:
        return self.last.show()

    def near_misses(self) -> list[str]:
        """Those of the last line, and a wrong line between right ones."""
        shown = self.show()
        return [*self.last.near_misses(), f"{shown}\n= 2 * ({shown})\n= {shown}"]

    def first_met(
        self, given: Sequence[Expression], others: Sequence[Expression] | Sides
    ) -> list[int | None]:
        return self.last.first_met(given, others)

    def leeway(self) -> str:
        return f"lines in {self.last.terms()}"

    def steps(self) -> int:
        return self.last.steps()


def split(text: str) -> list[WrittenSide]:
    """The sides of all lines; a name or derivative that only says what is asked for is left out.

    Raises:
        ReadingError: there are too many, or none.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    if "\x00" in text:
        raise ReadingError("unexpected character U+0000", text.index("\x00") + 1)
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\x00{len(kept) - 1}\x00"

    lines = BREAKS.split(FRAME.sub(" ", CASES.sub(keep, text)))
    sides = [
        WrittenSide(number, re.sub("\x00(\\d+)\x00", lambda m: kept[int(m.group(1))], part).strip())
        for number, line in enumerate((one for one in lines if one.strip()), start=1)
        for part in equal_parts(line)
    ]
    sides = [side for side in sides if side.text.strip(" .,;$")]
    if not 1 <= len(sides) <= MAX_LINES:
        raise ReadingError(f"expected from 1 to {MAX_LINES} lines, found {len(sides)}")
    return sides


def equal_parts(line: str) -> list[str]:
    """A line cut at the equality signs that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for position, sign in enumerate(line):
        depth += (sign in "([{") - (sign in ")]}")
        compound = line[position - 1 : position] in ("<", ">", "!", ":")
        if sign == "=" and depth == 0 and not compound:
            parts.append(line[start:position])
            start = position + 1
    return [*parts, line[start:]]
