"""An expression: right if it agrees with the key wherever both are defined, in whatever form."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from grader.answers.number import unreadable
from grader.records import Form, Outcome, Verdict
from reference.equivalence import Agreement, Points, compare
from reference.forms import is_expanded, is_factored, is_without_calls
from reference.language.errors import LanguageError, ShapeError
from reference.language.expression import Apply, Expression, names
from reference.language.operations import Shape, describe
from reference.language.reading import read_answer
from reference.language.shapes import Shaped, resolve
from reference.language.writing import latex, plain

FORMS = {
    Form.EXPANDED: (is_expanded, "multiplied out"),
    Form.FACTORED: (is_factored, "as a product"),
    Form.NO_CALLS: (is_without_calls, "without functions"),
}


class ExpressionKey(Struct, frozen=True, tag="expression"):
    """An expression of a shape, in terms of some names of a network.

    ``points``: values at which answers are compared with it. ``either_layout``: is the transpose right
    as well?
    """

    expression: Expression
    shape: Shape
    allowed: tuple[str, ...]
    points: Points
    either_layout: bool = False
    form: Form = Form.ANY

    def mark(self, text: str) -> Outcome:
        try:
            given, shape = self.read(text)
        except LanguageError as error:
            return not_understood(error)
        understood = latex(given)
        foreign = self.foreign(given)
        if foreign:
            return Outcome(Verdict.INCORRECT, Fraction(0), foreign, understood)
        return self.judge(given, shape, understood)

    def read(self, text: str) -> Shaped:
        """An answer as a resolved expression, with its shape.

        Raises:
            LanguageError: it cannot be read, or its shapes do not fit.
        """
        network = self.points.network
        written = read_answer(text, network.vocabulary)
        return resolve(written, network.shapes, network.symbols.indices)

    def foreign(self, given: Expression) -> str:
        """What is to be said of a name that the question does not allow."""
        allowed = {*self.allowed, *self.points.network.symbols.shapes}
        found = sorted(names(given) - allowed)
        if not found:
            return ""
        listed = ", ".join(self.allowed) or "numbers alone"
        return f"'{found[0]}' is not allowed here: write it in terms of {listed}"

    def judge(self, given: Expression, shape: Shape, understood: str) -> Outcome:
        """Compare an answer that was understood, the other way round too."""
        if shape == self.shape:
            agreement = compare(given, self.expression, self.points)
            if agreement is Agreement.EQUAL and self.form in FORMS:
                holds, wanted = FORMS[self.form]
                if not holds(given):
                    message = f"equal to the right answer, but it is to be written {wanted}"
                    return Outcome(Verdict.INCORRECT, Fraction(0), message, understood)
            return outcome(agreement, "not equal to the right answer", understood)
        message = f"the shape is {describe(shape)}, expected {describe(self.shape)}"
        if shape == self.shape[::-1]:
            agreement = compare(Apply("transpose", (given,)), self.expression, self.points)
            if agreement is Agreement.EQUAL and self.either_layout:
                return Outcome(Verdict.CORRECT, Fraction(1), "", understood)
            if agreement is Agreement.EQUAL:
                message += "; transposed it is right"
        return Outcome(Verdict.INCORRECT, Fraction(0), message, understood)

    def show(self) -> str:
        return plain(self.expression)

    def near_misses(self) -> list[str]:
        """Another sign, a factor, a bit more, and the transpose."""
        text = f"({self.show()})"
        misses = [f"-{text}", f"2 * {text}", f"1.00001 * {text}"]
        if self.shape[0] != self.shape[1] and not self.either_layout:
            misses.append(f"{text}^T")
        return misses


def not_understood(error: LanguageError) -> Outcome:
    """The outcome for a text whose meaning is not clear; one whose shapes do not fit is wrong."""
    if isinstance(error, ShapeError) and not error.asks:
        return Outcome(Verdict.INCORRECT, Fraction(0), unreadable(error).message)
    return unreadable(error)


def outcome(agreement: Agreement, message: str, understood: str) -> Outcome:
    match agreement:
        case Agreement.EQUAL:
            return Outcome(Verdict.CORRECT, Fraction(1), "", understood)
        case Agreement.DIFFERENT:
            return Outcome(Verdict.INCORRECT, Fraction(0), message, understood)
    undecided = "gradmark could not decide whether this is right; a person must look at it"
    return Outcome(Verdict.ERROR, Fraction(0), undecided, understood)
