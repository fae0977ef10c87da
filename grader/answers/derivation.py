"""A derivation: lines of which each equals the one before, and the last is the answer.

A line may hold several sides with equality signs between them; what is asked for may stand first,
as in ``dL/dh_i = …``. Where another quantity stands first, as in ``dL/dP_j = …``, the line is about that one.
Intermediate lines may use every name of the network.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from grader.answers.alike import fingerprint
from grader.answers.brackets import depths
from grader.answers.expression import ExpressionKey, Formula, outcome
from grader.answers.form import Form
from grader.answers.key import Key
from grader.answers.notes import Note, said
from grader.answers.outcome import Outcome, Verdict
from grader.answers.reading import Reading
from reference.equivalence.beside import Pair
from reference.equivalence.compare import Agreement
from reference.equivalence.parts import Part
from reference.equivalence.points import SamplePoints
from reference.equivalence.several import Sides
from reference.language.dimensions import Shape
from reference.language.errors import LanguageError, ReadingError, quoted
from reference.language.expression import Apply, Expression, Name, substitute
from reference.language.labels import is_label, is_own_name, spelled
from reference.language.names import canonical
from reference.language.reading import defines, has_definitions, read_said
from reference.language.tokens import MAX_LENGTH, tokenize
from reference.language.wrapping import unwrapped

BREAKS = re.compile(r"[\r\n]+|\\\\(?![a-zA-Z])")
FRAME = re.compile(r"\\(?:begin|end)\{(?:align|aligned|gather|equation)\*?\}|(?<!\\)&")
CASES = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}", re.DOTALL)
MAX_LINES = 30
MAX_OTHERS = 6  # quantities besides what is asked for


class WrittenSide(Struct, frozen=True):
    """One side of an equation on a line, lines being counted from 1; ``opens``: does no equality sign stand before it?"""

    line: int
    text: str
    opens: bool = True


class Lead(Enum):
    """What the first side of a line does."""

    ASKED = auto()  # it says what is asked for
    OWN = auto()  # a student's own name for that
    OTHER = auto()  # it is another quantity, which the line is about
    STEP = auto()  # it is a step itself
    NOTHING = auto()  # an equality sign stands before it


class ReadSide(Struct, frozen=True):
    """A side that was read; ``about`` is 0 for what is asked for, and another number for each other quantity."""

    side: WrittenSide
    formula: Formula
    about: int = 0

    def put(self, formulas: Mapping[str, Expression]) -> ReadSide:
        """The same with formulas in the place of names."""
        node = substitute(self.formula.node, formulas)
        return replace(self, formula=replace(self.formula, node=node))


class ReadLines(Struct, frozen=True):
    """What was read of the sides of a derivation, in order."""

    steps: Sequence[ReadSide]

    @property
    def answer(self) -> Formula:
        """The last side that is what was asked for."""
        return next(one.formula for one in reversed(self.steps) if not one.about)

    def put(self, formulas: Mapping[str, Expression]) -> ReadLines:
        """The same with formulas in the place of names."""
        return ReadLines([one.put(formulas) for one in self.steps])


Given = Part | Formula | ReadLines


class DerivationKey(Key, frozen=True, dict=True, eq=False):
    """As :class:`ExpressionKey`, for an answer of several lines."""

    expression: Expression
    shape: Shape
    allowed: tuple[str, ...]
    points: SamplePoints
    either_layout: bool = False
    form: Form = Form.ANY
    aliases: tuple[str, ...] = ()
    wanted: str = ""
    labels: tuple[str, ...] = ()
    siblings: frozenset[str] = frozenset()

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
            self.wanted,
            self.labels,
            self.siblings,
        )

    @property
    def shown(self) -> Expression:
        """The key as it is printed, with sums over steps."""
        return self.last.shown

    @property
    def closed(self) -> Expression:
        """The key as it is printed."""
        return self.last.closed

    def parse(self, text: str) -> tuple[Given, str]:
        """As lines are read; where they are none, maybe as one formula behind what its names stand for."""
        try:
            return self.read_lines(text)
        except LanguageError as error:
            if not defines(text):
                raise
            try:
                return self.last.parse(text)
            except LanguageError as other:
                raise (error if "\n" in text else other) from None

    def read_lines(self, text: str) -> tuple[Given, str]:
        """One line as an expression is read; of several, what each side is."""
        lines = groupby(split(text), key=lambda side: side.line)
        sides = self.about([list(line) for _, line in lines])
        own = [side for side, about in sides if not about]
        if not own:
            raise ReadingError("no line is about what is asked for")
        if len(sides) == 1:
            return self.last.parse(own[0].text)
        steps, shown = list[ReadSide](), list[str]()
        for side, about in sides:
            formula, understood = self.step(side)
            opens = about and all(one.about != about for one in steps)
            steps.append(ReadSide(side, formula, about))
            shown.append(understood if opens else f"= {understood}")
        given = ReadLines(steps)
        self.last.check_wanted(given.answer.node)
        return given, r" \\ ".join(shown)

    def about(self, lines: list[list[WrittenSide]]) -> list[tuple[WrittenSide, int]]:
        """The sides that say something, each with the number of the quantity that it is about.

        Raises:
            LanguageError: the first side of a line cannot be read, or is about a quantity that only the student knows.
        """
        found: list[tuple[WrittenSide, int]] = []
        leads = [self.lead(line, first=not number) for number, line in enumerate(lines)]
        if leads[0] is Lead.OWN and Lead.ASKED in leads:
            own = lines[0][0]
            raise ReadingError(f"line {own.line}: '{quoted(own.text, 60)}' is not known here")
        about = others = 0
        for line, lead in zip(lines, leads, strict=True):
            others += lead is Lead.OTHER
            if others > MAX_OTHERS:
                message = f"expected lines about at most {MAX_OTHERS} other quantities"
                raise ReadingError(message)
            if lead is not Lead.NOTHING:
                about = others if lead is Lead.OTHER else 0
            named = lead in (Lead.ASKED, Lead.OWN)
            found += [(side, about) for side in line[named:]]
        return found

    def lead(self, line: list[WrittenSide], first: bool) -> Lead:
        """What the first side of a line does; on the first line it may be a name of the student's own.

        Raises:
            LanguageError: it cannot be read.
        """
        side = line[0]
        if not side.opens:
            return Lead.NOTHING
        if len(line) == 1:
            return Lead.STEP
        known, vocabulary = self.last.known_labels, self.points.network.vocabulary
        try:
            node = read_said(side.text, vocabulary).answer
        except LanguageError:
            text = spelled(tokenize(side.text)[:-1])
            if is_label(text, None, known):
                return Lead.ASKED
            own = is_own_name(text, vocabulary) and not has_definitions(side.text)
            if first and own and canonical(text) not in self.siblings:
                return Lead.OWN
            self.step(side)  # which says what is wrong with it
            raise
        if is_label(side.text, node, known):
            return Lead.ASKED
        entry = isinstance(node, Apply) and node.operation == "entry"
        return Lead.OTHER if isinstance(node.args[0] if entry else node, Name) else Lead.STEP

    def step(self, side: WrittenSide) -> tuple[Formula, str]:
        try:
            return self.last.read_formula(side.text)
        except LanguageError as error:
            error.message = f"line {side.line}: {error.message}"
            raise

    def unread(self, error: LanguageError) -> Reading:
        return self.last.unread(error)

    def judge(self, given: Given, understood: str) -> Outcome:
        if not isinstance(given, ReadLines):
            return self.last.judge(given, understood)
        answer = self.last.looked_at(given.answer.node, given.answer.shape, understood)
        last: dict[int, ReadSide] = {}  # of each quantity
        for step, agreement in zip(given.steps, self.agreements(given.steps), strict=True):
            if agreement is not Agreement.EQUAL:
                found = outcome(agreement, self.told(step, last.get(step.about)), understood)
                return self.wrong(found, step, given, answer)
            last[step.about] = step
        return answer

    def wrong(self, found: Outcome, step: ReadSide, given: ReadLines, answer: Outcome) -> Outcome:
        """The outcome where a side does not follow; the last one stands for the answer, unless it is right all the same."""
        if found.verdict is not Verdict.INCORRECT:
            return found
        if answer.verdict is Verdict.INCORRECT:
            kept = None if answer.given is None else given
            return replace(found, given=kept, alike=answer.alike)
        return replace(found, alike=fingerprint(self.last.at_points(step.formula.node).value))

    def first_equal(self, texts: Sequence[str]) -> list[int]:
        """By the last sides."""
        return self.last.first_equal([self.ending(text) for text in texts])

    def is_same(self, wrong: Outcome, text: str) -> bool:
        given = None if wrong.given is None else self.stated(wrong.given)
        return self.last.is_same(replace(wrong, given=given), self.ending(text))

    def by_parts(self, text: str) -> list[Pair]:
        return self.last.by_parts(self.ending(text))

    def ending(self, text: str) -> str:
        """The last side of a derivation, or what was written instead of one."""
        try:
            given, _ = self.parse(text)
        except LanguageError:
            return text
        return given.answer.text if isinstance(given, ReadLines) else text

    def stated(self, given: Expression | ReadLines) -> Expression:
        return given.answer.node if isinstance(given, ReadLines) else given

    def second(
        self, given: Expression | ReadLines, understood: str, put: Mapping[str, Expression]
    ) -> Outcome:
        if isinstance(given, ReadLines):
            return self.judge(given.put(put), understood)
        return self.last.second(given, understood, put)

    def agreements(self, steps: Sequence[ReadSide]) -> Iterator[Agreement]:
        """Does each side agree with the key, or with the first one about the same other quantity?"""
        wanted: dict[int, tuple[Expression, Shape]] = {0: (self.expression, self.shape)}
        fitting: dict[int, list[Expression]] = {}
        for step in steps:
            node, shape = step.formula.node, step.formula.shape
            if shape == wanted.setdefault(step.about, (node, shape))[1]:
                fitting.setdefault(step.about, []).append(node)
        found = {
            about: self.last.agreements(nodes, wanted[about][0]) for about, nodes in fitting.items()
        }
        for step in steps:
            fits = step.formula.shape == wanted[step.about][1]
            yield next(found[step.about]) if fits else Agreement.DIFFERENT

    def told(self, step: ReadSide, before: ReadSide | None) -> tuple[Note, ...]:
        """What is said of the first side that does not follow."""
        line = step.side.line
        if before is None and step.side.opens:
            return said("line", line=line)
        if before is None or before.side.line == line:
            return said("equality", line=line)
        return said("step", line=line, before=before.side.line)

    def show(self) -> str:
        return self.last.show()

    def in_characters(self) -> str:
        return self.last.in_characters()

    def near_misses(self) -> list[str]:
        """Those of the last line, and a wrong line between right ones."""
        shown = self.show()
        return [*self.last.near_misses(), f"{shown}\n= 2 * ({shown})\n= {shown}"]

    def first_met(
        self, given: Sequence[Expression | ReadLines], others: Sequence[Expression] | Sides
    ) -> list[int | None]:
        return self.last.first_met([self.stated(one) for one in given], others)

    def leeway(self) -> str:
        return f"lines of {self.last.leeway()}"

    def steps(self) -> int:
        return self.last.steps()


def split(text: str) -> list[WrittenSide]:
    """The sides of all lines; a name or derivative that only says what is asked for is left out.

    Raises:
        ReadingError: there are too many, or none.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    text = unwrapped(text)
    if "\x00" in text:
        raise ReadingError("unexpected character U+0000", text.index("\x00") + 1)
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\x00{len(kept) - 1}\x00"

    lines = BREAKS.split(FRAME.sub(" ", CASES.sub(keep, text)))
    sides = [
        WrittenSide(
            number,
            re.sub("\x00(\\d+)\x00", lambda m: kept[int(m.group(1))], part).strip(),
            not place,
        )
        for number, line in enumerate((one for one in lines if one.strip()), start=1)
        for place, part in enumerate(equal_parts(line))
    ]
    sides = [side for side in sides if side.text.strip(" .,;$")]
    if not 1 <= len(sides) <= MAX_LINES:
        raise ReadingError(f"expected from 1 to {MAX_LINES} lines, found {len(sides)}")
    return sides


def equal_parts(line: str) -> list[str]:
    """A line cut at the equality signs that stand outside brackets."""
    parts, start, found = [], 0, depths(line)
    for position, sign in enumerate(line):
        compound = line[position - 1 : position] in ("<", ">", "!", ":")
        if sign == "=" and not found[position] and not compound:
            parts.append(line[start:position])
            start = position + 1
    return [*parts, line[start:]]
