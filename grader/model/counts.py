"""Blanks that ask for a number of parameters, of entries, or for a shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.answers import CountKey, Key, ShapeKey
from grader.bank import AnswerFile, QuestionFile
from grader.model.blank import Asked, Blank, declared_somewhere, known_names, names_in
from grader.model.structure import Structure
from reference import polynomial
from reference.counting import count, entries
from reference.language.writing import plain
from reference.network import Network
from reference.polynomial import Terms


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
    symbols = sizes_in(structure, answer, place)
    found = []
    for name, counted in named.items():
        terms = terms_of(structure, kind, counted, f"{place}.{kind}.{name}".rstrip("."), network)
        if terms is None:
            continue
        check_symbols(structure, answer, (terms,), symbols, place)
        written = f"an expression in {', '.join(symbols)}" if symbols else "a whole number"
        blank = Blank(question.id, name, Fraction(0), written)
        own = counted_in(kind, counted, network)
        if symbols:
            key = CountKey(count_text(terms), symbols)
            found.append(Asked(blank=blank, key=key, counted=own))
        else:
            found.append(Asked(blank=blank, terms=(terms,), counted=own))
    return found


def drawn_count(terms: Sequence[Terms], sizes: Mapping[str, int]) -> Key:
    """The key of a count, or of the rows and columns of a shape, in the sizes of one variant."""
    first, *second = (str(polynomial.at(one, sizes)) for one in terms)
    return ShapeKey(first, second[0]) if second else CountKey(first)


def counted_in(kind: str, counted: str | list[str], network: Network) -> tuple[str, ...]:
    """The parameters that are counted; none where entries are."""
    if kind != "parameters":
        return ()
    if counted == "all":
        return network.parameters
    wanted = [counted] if isinstance(counted, str) else counted
    return tuple(name for name in wanted if name in network.shapes)


def shapes(
    structure: Structure, question: QuestionFile, answer: AnswerFile, place: str, network: Network
) -> list[Asked]:
    """Blanks that ask for rows and columns."""
    given = answer.shapes or {}
    named = {"": given} if isinstance(given, str) else given
    if isinstance(named, list):
        named = {name: name for name in named}
    symbols = sizes_in(structure, answer, place)
    found = []
    for blank_name, name in named.items():
        shape = network.shapes.get(name)
        if shape is None:
            if not declared_somewhere(structure, name):
                message = f"unknown name '{name}' (names here: {known_names(network)})"
                structure.report(f"{place}.shapes", message)
            continue
        terms = polynomial.size(shape[0]), polynomial.size(shape[1])
        check_symbols(structure, answer, terms, symbols, place)
        blank = Blank(question.id, blank_name, Fraction(0), "a shape, as 3 × 2 or (3, 2)")
        if symbols:
            rows, columns = (count_text(one) for one in terms)
            found.append(Asked(blank=blank, key=ShapeKey(rows, columns, symbols)))
        else:
            found.append(Asked(blank=blank, terms=terms))
    return found


def sizes_in(structure: Structure, answer: AnswerFile, place: str) -> tuple[str, ...]:
    """The sizes in terms of which a count is to be given."""
    symbols = names_in(structure, answer)
    for symbol in symbols:
        if symbol not in structure.file.network.sizes:
            known = ", ".join(structure.file.network.sizes)
            message = f"'{symbol}' is no size of the network (sizes: {known})"
            structure.report(f"{place}.in_terms_of", message)
    return symbols


def check_symbols(
    structure: Structure,
    answer: AnswerFile,
    terms: tuple[Terms, ...],
    symbols: tuple[str, ...],
    place: str,
) -> None:
    used = {symbol for one in terms for monomial in one for symbol, _ in monomial}
    if answer.in_terms_of is not None and not used <= set(symbols):
        missing = ", ".join(sorted(used - set(symbols)))
        structure.report(f"{place}.in_terms_of", f"the count needs {missing}")


def terms_of(
    structure: Structure, kind: str, counted: str | list[str], place: str, network: Network
) -> Terms | None:
    known = network.shapes
    if kind == "parameters" and counted == "all":
        return count(network.parameters, known)
    wanted = [counted] if isinstance(counted, str) else counted
    for name in wanted:
        if name not in known and not declared_somewhere(structure, name):
            structure.report(place, f"unknown name '{name}' (names here: {known_names(network)})")
            return None
    present = [name for name in wanted if name in known]
    if kind == "entries" and present:
        return entries(known[present[0]])
    return count(present, known)


def count_text(terms: Terms) -> str:
    """A count in the plain syntax."""
    return plain(polynomial.expression(terms))
