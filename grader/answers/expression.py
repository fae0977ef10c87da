"""An expression: right if it agrees with the key wherever both are defined, in whatever form."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.answers.form import Form
from grader.answers.key import Key
from grader.answers.number import quoted
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict, unreadable
from grader.answers.passages import formulas
from reference.derivatives.named import with_derivatives
from reference.equivalence.compare import Agreement, Side, compare, compare_sides
from reference.equivalence.forms import is_expanded, is_factored, is_without_calls
from reference.equivalence.parts import Part, Parts
from reference.equivalence.points import Points
from reference.equivalence.resolver import learn_left, read_part
from reference.equivalence.several import Sides
from reference.equivalence.sight import Known, at_sight
from reference.language.dimensions import Shape, describe
from reference.language.errors import LanguageError, ReadingError, ShapeError, UnknownName
from reference.language.evaluating import evaluate_further
from reference.language.expression import Apply, Expression, distinct_parts, mentioned, names, parts
from reference.language.reading import read_sides
from reference.language.roles import is_derivative
from reference.language.shapes import Shaped, resolve
from reference.language.values import Array
from reference.language.writing import latex, plain

MEMORY = 2**25  # bytes of values that are kept at a time where sums may be, each an axis of its own
TABLES = 64  # keys whose parts are kept at a time, and networks with further derivatives of one
DIFFERENT = "not equal to the right answer"
FORMS = {
    Form.EXPANDED: (is_expanded, "multiplied out"),
    Form.FACTORED: (is_factored, "as a product"),
    Form.NO_CALLS: (is_without_calls, "without functions"),
}


class Formula(Struct, frozen=True):
    """An answer that was read the long way: resolved, with its shape, and what stands before its equality sign."""

    text: str
    node: Expression
    shape: Shape
    left: Expression | None


class ExpressionKey(Key, frozen=True, dict=True, eq=False):
    """An expression of a shape, in terms of some names of a network.

    ``points``: values at which answers are compared with it. ``either_layout``: is the transpose right
    as well? ``aliases``: other names of what is allowed.
    """

    expression: Expression
    shape: Shape
    allowed: tuple[str, ...]
    points: Points
    either_layout: bool = False
    form: Form = Form.ANY
    aliases: tuple[str, ...] = ()

    @functools.cached_property
    def side(self) -> Side:
        """The key, evaluated at the points."""
        return Side(self.expression, self.points)

    @functools.cached_property
    def usable(self) -> frozenset[str]:
        """The allowed names, and the functions and indices of the exercise."""
        return frozenset([*self.allowed, *self.aliases, *self.points.network.symbols.shapes])

    def agreement(self, given: Expression, side: Side | None = None) -> Agreement:
        """Does an expression agree with the key? ``side``: the same, if it is evaluated."""
        if side is not None:
            return compare_sides(side, self.side)
        return self.follows(given, self.expression)

    def follows(self, given: Expression, before: Expression) -> Agreement:
        """Does an expression agree with another, at the points of the key?"""
        points = self.points
        if self.further:  # an answer has named derivatives that the question does not
            shapes = points.network.shapes
            unknown = (mentioned(given) | mentioned(before)) - shapes.keys()
            points = self.extended(tuple(sorted(unknown))) if unknown else points
        if before is self.expression and points is self.points:
            return compare_sides(Side(given, points), self.side)
        return compare(given, before, points)

    def first_met(
        self,
        given: Sequence[Expression],
        others: Sequence[Expression] | Sides,
        memory: int = MEMORY,
    ) -> list[int | None]:
        """For each answer, the place of the first of some expressions that it agrees with.

        Args:
            others: as ``Sides`` at the points of the key, they are evaluated once for all calls.
            memory: bytes of values after which those of earlier answers are dropped.
        """
        sides = others if isinstance(others, Sides) else Sides(others, self.points)
        if self.further:
            return [self.first_followed(one, sides.expressions) for one in given]
        found, values, size = [], dict[int, Array](), 0
        for one in given:
            if size > memory:
                values, size = {}, 0
            fresh = distinct_parts(one, values)
            evaluate_further(fresh, self.points.values, values)
            size += sum(values[id(part)].nbytes for part in fresh)
            found.append(sides.first_equal(Side(one, self.points, values)))
        return found

    def first_followed(self, given: Expression, others: Sequence[Expression]) -> int | None:
        agreements = (self.follows(given, other) for other in others)
        found = (place for place, one in enumerate(agreements) if one is Agreement.EQUAL)
        return next(found, None)

    def read(self, text: str) -> tuple[Part | Formula, str]:
        part = read_part(text, parts_of(self))
        return self.read_formula(text) if part is None else (part, part.latex)

    def read_formula(self, text: str) -> tuple[Formula, str]:
        """As :meth:`read`, the long way, by which everything is read.

        Raises:
            LanguageError: it cannot be read, or its shapes do not fit.
        """
        left, right = read_sides(text, self.points.network.vocabulary)
        node, shape = self.resolved(right)
        return Formula(text, node, shape, left), latex(node)

    def unread(self, error: LanguageError) -> Outcome:
        return not_understood(error)

    def judge(self, given: Part | Formula, understood: str) -> Outcome:
        if isinstance(given, Part):
            return self.judge_part(given, understood)
        try:
            self.check_left(given)
        except LanguageError as error:
            return not_understood(error)
        learn_left(given.text, parts_of(self))
        return self.looked_at(given.node, given.shape, understood)

    def judge_part(self, given: Part, understood: str) -> Outcome:
        """What is to be said of an answer that is a part; most is told at sight."""
        if given.usable and given.shape == self.shape and self.form is Form.ANY:
            agreement = at_sight(given, self.side, parts_of(self))
            if agreement is Agreement.EQUAL:
                return Outcome(Verdict.CORRECT, ALL, "", understood)
            if agreement is Agreement.DIFFERENT:
                return Outcome(Verdict.INCORRECT, NOTHING, DIFFERENT, understood, given.node)
        side = Known(given, self.points)
        return self.looked_at(given.node, given.shape, understood, side)

    def looked_at(
        self,
        given: Expression,
        shape: Shape,
        understood: str,
        side: Side | None = None,
    ) -> Outcome:
        """What is to be said of an answer that was understood; ``side``: the same, if it is evaluated."""
        foreign = self.foreign(given)
        if foreign:
            found = Outcome(Verdict.INCORRECT, NOTHING, foreign, understood)
        else:
            found = self.compared(given, shape, understood, side)
        if found.verdict is Verdict.INCORRECT and shape == self.shape:
            return replace(found, given=given)
        return found

    def resolved(self, written: Expression) -> Shaped:
        """A written expression, whose derivatives may be any that the network has."""
        network = self.points.network
        try:
            return resolve(written, network.shapes, network.symbols.indices)
        except UnknownName:
            named = mentioned(written) - network.shapes.keys()
            unknown = sorted(filter(is_derivative, named))
            network = self.extended(tuple(unknown)).network
            return resolve(written, network.shapes, network.symbols.indices)

    def extended(self, derivatives: tuple[str, ...]) -> Points:
        """The points with the values of further derivatives."""
        found: Points | None = self.further.get(derivatives)
        if found is None:
            network = with_derivatives(self.points.network, derivatives)
            if len(self.further) >= TABLES:
                self.further.pop(next(iter(self.further)))
            found = self.further[derivatives] = replace(self.points, network=network)
        return found

    @functools.cached_property
    def further(self) -> dict[tuple[str, ...], Points]:
        return {}

    def check_left(self, given: Formula) -> None:
        """What stands before the equality sign, if it is a derivative, is the one that is asked for.

        Raises:
            LanguageError: it is something else, or its shapes do not fit.
        """
        if given.left is None or not any(map(is_derivative, mentioned(given.left))):
            return
        value, shape = self.resolved(given.left)
        if shape == self.shape and self.agreement(value) is Agreement.DIFFERENT:
            message = f"what stands before the equality sign, {quoted(plain(value), 60)}, is not what is asked for"
            raise ReadingError(message, 1)

    def foreign(self, given: Expression) -> str:
        """What is to be said of a name that the question does not allow."""
        if names(given) <= self.usable:
            return ""
        found = sorted(mentioned(given) - self.usable)
        if not found:  # but for the sizes that sums run to
            return ""
        listed = ", ".join(self.allowed) or "numbers alone"
        return f"'{found[0]}' is not allowed here: write it in terms of {listed}"

    def compared(
        self,
        given: Expression,
        shape: Shape,
        understood: str,
        side: Side | None = None,
    ) -> Outcome:
        """Compare an answer that was understood, the other way round too."""
        if shape == self.shape:
            agreement = self.agreement(given, side)
            if agreement is Agreement.EQUAL and self.form in FORMS:
                holds, wanted = FORMS[self.form]
                if not holds(given):
                    message = f"equal to the right answer, but it is to be written {wanted}"
                    return Outcome(Verdict.INCORRECT, NOTHING, message, understood)
            return outcome(agreement, DIFFERENT, understood)
        message = f"the shape is {describe(shape)}, expected {describe(self.shape)}"
        if shape == self.shape[::-1]:
            agreement = self.agreement(Apply("transpose", (given,)))
            if agreement is Agreement.EQUAL and self.either_layout:
                return Outcome(Verdict.CORRECT, ALL, "", understood)
            if agreement is Agreement.EQUAL:
                message += "; transposed it is right"
        return Outcome(Verdict.INCORRECT, NOTHING, message, understood)

    def show(self) -> str:
        return plain(self.expression)

    def near_misses(self) -> list[str]:
        """Another sign, a factor, a bit more, and the transpose."""
        text = f"({self.show()})"
        misses = [f"-{text}", f"2 * {text}", f"1.00001 * {text}"]
        if self.shape[0] != self.shape[1] and not self.either_layout:
            misses.append(f"{text}^T")
        return misses

    def leeway(self) -> str:
        return f"a formula in {self.terms()}"

    def terms(self) -> str:
        """The names, the form and the layouts in which it may be written."""
        layout = "either layout" if self.either_layout else "one layout"
        return f"{', '.join(self.allowed)}; form: {self.form}; {layout}"

    def steps(self) -> int:
        """The operations in it."""
        return sum(isinstance(node, Apply) for node in parts(self.expression))

    def candidates(self, text: str) -> list[str]:
        """But for a name in terms of which it is to be written."""
        return [part for part in formulas(text) if part.strip() not in self.allowed]


@functools.lru_cache(maxsize=TABLES)
def parts_of(key: ExpressionKey) -> Parts:
    """The parts of the answers to a key so far, for the keys that were used last."""
    return Parts(key.points, key.usable)


def not_understood(error: LanguageError) -> Outcome:
    """The outcome for a text whose meaning is not clear; one whose shapes do not fit is wrong."""
    if isinstance(error, ShapeError) and not error.asks:
        return Outcome(Verdict.INCORRECT, NOTHING, unreadable(error).message)
    return unreadable(error)


def outcome(agreement: Agreement, message: str, understood: str) -> Outcome:
    match agreement:
        case Agreement.EQUAL:
            return Outcome(Verdict.CORRECT, ALL, "", understood)
        case Agreement.DIFFERENT:
            return Outcome(Verdict.INCORRECT, NOTHING, message, understood)
    undecided = "gradmark could not decide whether this is right; a person must look at it"
    return Outcome(Verdict.ERROR, NOTHING, undecided, understood)
