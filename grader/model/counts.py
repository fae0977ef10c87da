"""Blanks that ask for a number of parameters, of entries, or for a shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from grader.answers import Points
from grader.bank import AnswerFile, QuestionFile
from grader.errors import Place
from grader.model.blank import Blank, Count, declared_somewhere, known_names, names_in
from grader.model.labels import labels, sizes_of
from grader.model.sizes import axes, points
from grader.model.structure import Structure
from reference.counting import polynomial
from reference.counting.counting import count, entries
from reference.counting.polynomial import Terms
from reference.language.dimensions import Stored
from reference.language.expression import Name
from reference.network import Network

WHOLE = "a whole number"
SHAPE = "a shape, as 3 × 2 or (3, 2)"
SHAPE_OF_ANY_RANK = "a shape, as 3 × 2 or (5, 3, 2)"


def counts(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place, network: Network
) -> list[Blank]:
    """Blanks that ask for a number of parameters, or of entries."""
    kind = "parameters" if answer.parameters is not None else "entries"
    given = answer.parameters if answer.parameters is not None else answer.entries
    named: Mapping[str, str | list[str]]
    named = given if isinstance(given, dict) else {"": given or []}
    if isinstance(given, list) and kind == "entries":
        named = {name: name for name in given}
    symbols = sizes_in(structure, answer, at["in_terms_of"])
    found = []
    for name, counted in named.items():
        terms = terms_of(structure, kind, counted, at[kind][name] if name else at[kind], network)
        if terms is None:
            continue
        check_symbols(answer, (terms,), symbols, at["in_terms_of"])
        quantity = counted if kind == "entries" and isinstance(counted, str) else ""
        of = sizes_of(counted) if isinstance(counted, str) and counted != "all" else []
        own = labels(question.id, name, [*of, *sizes_of(name)] if name else of)
        where = points_of(structure, (terms,), symbols, network)
        source = Count((terms,), symbols, counted_in(kind, counted, network), own, quantity, where)
        found.append(Blank(question.id, name, Fraction(0), WHOLE, source))
    return found


def counted_in(kind: str, counted: str | list[str], network: Network) -> tuple[str, ...]:
    """The parameters that are counted; none where entries are."""
    if kind != "parameters":
        return ()
    if counted == "all":
        return network.parameters
    wanted = [counted] if isinstance(counted, str) else counted
    return tuple(name for name in wanted if name in network.shapes)


def shapes(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place, network: Network
) -> list[Blank]:
    """Blanks that ask for rows and columns, or for more axes."""
    given = answer.shapes or {}
    named = {"": given} if isinstance(given, str) else given
    if isinstance(named, list):
        named = {name: name for name in named}
    symbols = sizes_in(structure, answer, at["in_terms_of"])
    found = []
    for blank_name, name in named.items():
        shape = network.shapes.get(name)
        if shape is None:
            if not declared_somewhere(structure, name):
                message = f"unknown name '{name}' (names here: {known_names(network)})"
                at["shapes"].report(message)
            continue
        terms = tuple(map(polynomial.size, shape.axes if isinstance(shape, Stored) else shape))
        check_symbols(answer, terms, symbols, at["in_terms_of"])
        own = labels(question.id, blank_name, [*sizes_of(name), *sizes_of(blank_name or name)])
        where = points_of(structure, terms, symbols, network)
        source = Count(terms, symbols, labels=own, of=name, points=where)
        asked = Name(name)
        hint = SHAPE if not has_tensors(network) else SHAPE_OF_ANY_RANK
        found.append(Blank(question.id, blank_name, Fraction(0), hint, source, asked=asked))
    return found


def has_tensors(network: Network) -> bool:
    """Has anything in a network more axes than rows and columns?"""
    return any(isinstance(shape, Stored) for shape in network.shapes.values())


def points_of(
    structure: Structure, terms: Iterable[Terms], symbols: tuple[str, ...], network: Network
) -> Points:
    """Values of the sizes at which floors are compared, where there are any."""
    if not symbols or not any(map(polynomial.has_floors, terms)):
        return ()
    return points(structure.exercise, symbols, axes(network), None)


def sizes_in(structure: Structure, answer: AnswerFile, at: Place) -> tuple[str, ...]:
    """The sizes in terms of which a count is to be given."""
    symbols = names_in(structure, answer)
    for symbol in symbols:
        if symbol not in structure.file.network.sizes:
            known = ", ".join(structure.file.network.sizes)
            message = f"'{symbol}' is not a size of the network (sizes: {known})"
            at.report(message)
    return symbols


def check_symbols(
    answer: AnswerFile, terms: tuple[Terms, ...], symbols: tuple[str, ...], at: Place
) -> None:
    used = frozenset[str]().union(*map(polynomial.symbols, terms))
    if answer.in_terms_of is not None and not used <= set(symbols):
        missing = ", ".join(sorted(used - set(symbols)))
        at.report(f"the count needs {missing}")


def terms_of(
    structure: Structure, kind: str, counted: str | list[str], at: Place, network: Network
) -> Terms | None:
    known = network.shapes
    if kind == "parameters" and counted == "all":
        return count(network.parameters, known)
    wanted = [counted] if isinstance(counted, str) else counted
    for name in wanted:
        if name not in known and not declared_somewhere(structure, name):
            at.report(f"unknown name '{name}' (names here: {known_names(network)})")
            return None
    present = [name for name in wanted if name in known]
    if kind == "entries" and present:
        return entries(known[present[0]])
    return count(present, known)
