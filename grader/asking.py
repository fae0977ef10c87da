"""What the questions of one structure ask for: every blank becomes an equation, a count or a choice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from grader.records import AnswerFile, Blank, Choose, QuestionFile, Tolerance
from grader.structure import Structure
from grader.templates import fill
from reference import polynomial
from reference.backprop import differentiate
from reference.counting import count, entries
from reference.language.errors import LanguageError
from reference.language.expression import Apply, Expression, names
from reference.language.operations import SCALAR, Shape, describe
from reference.language.reading import derivative_name, read
from reference.language.shapes import resolve
from reference.language.writing import plain
from reference.network import Network
from reference.polynomial import Terms

IDENTIFIER = r"[A-Za-z][A-Za-z0-9_-]*"


class Asked(Struct, frozen=True, kw_only=True):
    """A blank and where its key comes from; one of ``target``, ``terms`` and ``choose``."""

    blank: Blank
    target: str = ""  # the network's name for the key
    terms: Terms | None = None  # a count
    text: str = ""  # the count in the plain syntax
    names: tuple[str, ...] = ()  # what a symbolic count may use
    choose: Choose | None = None
    tolerance: Tolerance = Tolerance()
    may_be_trivial: bool = False

    @property
    def address(self) -> str:
        return self.blank.address


def ask(structure: Structure, printed: Network) -> tuple[list[Asked], Network]:
    """The blanks of all questions, and the network extended by their keys."""
    network = printed
    asked: list[Asked] = []
    for index, question in enumerate(structure.file.questions):
        place = f"questions[{index}].answer"
        found: list[Asked] = []
        for number, answer in enumerate(question.answers):
            here = f"{place}[{number}]" if isinstance(question.answer, list) else place
            more, network = answered(structure, question, answer, here, network)
            found += more
        if not found:
            structure.report(place, "expected at least one blank")
        check_trivial(structure, question, found, f"questions[{index}].may_be_trivial")
        asked += share_points(question, found)
    return asked, network


def check_trivial(
    structure: Structure, question: QuestionFile, found: list[Asked], place: str
) -> None:
    """Blanks that may be trivial must be there."""
    if isinstance(question.may_be_trivial, list):
        known = {one.blank.name for one in found}
        for name in question.may_be_trivial:
            if name not in known and not structure.exercise.file.choose:
                structure.report(place, f"'{name}' is no blank of this question")


def answered(
    structure: Structure, question: QuestionFile, answer: AnswerFile, place: str, network: Network
) -> tuple[list[Asked], Network]:
    if answer.choose_one is not None:
        blank = Blank(question.id, "", Fraction(0), "the letter of one option")
        return [Asked(blank=blank, choose=answer.choose_one)], network
    if answer.parameters is not None or answer.entries is not None:
        return counts(structure, question, answer, place, network), network
    return values(structure, question, answer, place, network)


def values(
    structure: Structure, question: QuestionFile, answer: AnswerFile, place: str, network: Network
) -> tuple[list[Asked], Network]:
    """Blanks whose keys are expressions over the network."""
    found = []
    for name, text, here in written_keys(answer, place):
        if name and not re.fullmatch(IDENTIFIER, name):
            message = f"'{name}' cannot name a blank: write a mapping such as {{slope: {name}}}"
            structure.report(here, message)
            continue
        expression = written_expression(structure, fill(text, structure.context), here, network)
        if expression is None:
            continue
        network = with_derivatives(network, expression)
        try:
            resolved, shape = resolve(expression, network.shapes)
        except LanguageError as error:
            structure.report(here, error.message, 0, error.column)
            continue
        blank = Blank(question.id, name, Fraction(0), hint(shape))
        target = "@" + blank.address
        if target in network.equations:
            structure.report(here, f"a second blank has the address '{blank.address}'")
        network = network.extended({target: resolved}, {target: shape})
        trivial = question.may_be_trivial
        found.append(
            Asked(
                blank=blank,
                target=target,
                tolerance=question.tolerance or structure.file.tolerance,
                may_be_trivial=trivial if isinstance(trivial, bool) else name in trivial,
            )
        )
    return found, network


def written_expression(
    structure: Structure, text: str, place: str, network: Network
) -> Expression | None:
    """A written key or requirement, its derivatives being of scalars by known names."""
    declared = [name for name in network.shapes if name[0] != "@" and "/" not in name]
    try:
        written = read(text, declared)
    except LanguageError as error:
        structure.report(place, error.message, 0, error.column)
        return None
    for name in names(written):
        of = name[1:].partition("/d")[0]
        if "/" in name and network.shapes[of] != SCALAR:
            shape = describe(network.shapes[of])
            structure.report(place, f"{name}: '{of}' is {shape}, expected a scalar")
            return None
    return written


def requirement(structure: Structure, text: str, place: str, network: Network) -> Expression | None:
    written = written_expression(structure, fill(text, structure.context), place, network)
    if written is None:
        return None
    try:
        resolved, _ = resolve(written, network.shapes)
    except LanguageError as error:
        structure.report(place, error.message, 0, error.column)
        return None
    if not (isinstance(resolved, Apply) and resolved.operation in ("gt", "ge", "lt", "le")):
        structure.report(place, f"expected a comparison such as abs(z) > 0.05, found '{text}'")
        return None
    return resolved


def counts(
    structure: Structure, question: QuestionFile, answer: AnswerFile, place: str, network: Network
) -> list[Asked]:
    """Blanks that ask for a number of parameters, or of entries."""
    kind = "parameters" if answer.parameters is not None else "entries"
    given = answer.parameters if answer.parameters is not None else answer.entries
    named: Mapping[str, str | list[str]]
    named = given if isinstance(given, dict) else {"": given or []}
    if isinstance(given, list) and kind == "entries":
        named = {name: name for name in given}
    symbols = count_symbols(structure, answer)
    for symbol in symbols:
        if symbol not in structure.file.network.sizes:
            known = ", ".join(structure.file.network.sizes)
            structure.report(
                f"{place}.in_terms_of", f"'{symbol}' is no size of the network (sizes: {known})"
            )
    found = []
    for name, counted in named.items():
        terms = terms_of(structure, kind, counted, f"{place}.{kind}.{name}".rstrip("."), network)
        if terms is None:
            continue
        used_symbols = {symbol for monomial in terms for symbol, _ in monomial}
        if answer.in_terms_of is not None and not used_symbols <= set(symbols):
            missing = ", ".join(sorted(used_symbols - set(symbols)))
            structure.report(f"{place}.in_terms_of", f"the count needs {missing}")
        written = f"an expression in {', '.join(symbols)}" if symbols else "a whole number"
        blank = Blank(question.id, name, Fraction(0), written)
        found.append(Asked(blank=blank, terms=terms, text=count_text(terms), names=symbols))
    return found


def count_symbols(structure: Structure, answer: AnswerFile) -> tuple[str, ...]:
    """The names in which a count is to be given."""
    given = answer.in_terms_of or ()
    listed = ",".join([given] if isinstance(given, str) else given)
    return tuple(
        name.strip() for name in fill(listed, structure.context).split(",") if name.strip()
    )


def terms_of(
    structure: Structure, kind: str, counted: str | list[str], place: str, network: Network
) -> Terms | None:
    known = network.shapes
    if kind == "parameters" and counted == "all":
        return count(network.parameters, known)
    wanted = [counted] if isinstance(counted, str) else counted
    file = structure.file.network
    for name in wanted:
        elsewhere = name in file.inputs or name in file.parameters
        if name not in known and not elsewhere:
            shown = ", ".join(n for n in known if n[0] != "@" and "/" not in n)
            structure.report(place, f"unknown name '{name}' (names here: {shown})")
            return None
    present = [name for name in wanted if name in known]
    if kind == "entries" and present:
        return entries(known[present[0]])
    return count(present, known)


def written_keys(answer: AnswerFile, place: str) -> Iterable[tuple[str, str, str]]:
    """(blank, expression, place in the file) of each key that an answer asks for."""
    if answer.values is not None:
        if isinstance(answer.values, str):
            yield "", answer.values, f"{place}.values"
        elif isinstance(answer.values, list):
            for index, name in enumerate(answer.values):
                yield name, name, f"{place}.values[{index}]"
        else:
            for name, text in answer.values.items():
                yield name, text, f"{place}.values.{name}"
    elif answer.gradients_of is not None:
        for index, name in enumerate(answer.by):
            yield name, derivative_name(answer.gradients_of, name), f"{place}.by[{index}]"
    else:
        for index, name in enumerate(answer.updates or ()):
            step = derivative_name(answer.loss or "", name)
            yield name, f"{name} - {answer.rate} * ({step})", f"{place}.updates[{index}]"


def with_derivatives(network: Network, expression: Expression) -> Network:
    """The network, extended by the derivatives that an expression names."""
    wanted: dict[str, list[str]] = {}
    for name in sorted(names(expression) - network.shapes.keys()):
        of, _, by = name[1:].partition("/d")
        wanted.setdefault(of, []).append(by)
    for of, parameters in wanted.items():
        network = differentiate(network, of, parameters)
    return network


def share_points(question: QuestionFile, asked: list[Asked]) -> list[Asked]:
    """The blanks of a question with equal shares of its points."""
    points = Fraction(str(question.points)) / max(len(asked), 1)
    return [replace(one, blank=replace(one.blank, points=points)) for one in asked]


def hint(shape: Shape) -> str:
    if shape == SCALAR:
        return "a number"
    if shape[1] == 1:
        return f"a column of {shape[0]} entries, as [1, 2, 3]"
    return f"a matrix of {describe(shape)}, row by row, as [[1, 2], [3, 4]]"


def count_text(terms: Terms) -> str:
    """A count in the plain syntax."""
    return plain(polynomial.expression(terms))
