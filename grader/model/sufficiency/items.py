"""Blanks that ask whether data determine a quantity: what an author wrote, as quantities of the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from grader.bank import Data, QuestionFile, fill
from grader.model.blank import Asked, Blank
from grader.model.structure import Structure
from grader.model.sufficiency.question import DataQuestion
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError
from reference.language.expression import Name
from reference.language.reading import read
from reference.language.roles import is_derivative, of_and_by
from reference.network import Network

HINT = "the letter of one option"
WEIGHTS = re.compile(r"weights from (\w+) to (\w+)")
OUTPUTS = re.compile(r"outputs of (\w+)")


def sufficiency(
    structure: Structure, question: QuestionFile, data: Data, place: str, network: Network
) -> list[Asked]:
    """One blank with the five standard options in their standard order."""
    place = f"{place}.sufficiency"
    if not network.equations or {*network.shapes.values()} != {SCALAR}:
        structure.report(
            place, "expected a network of scalars: declare its units, or equations", code="shapes"
        )
        return []
    target = quantity(structure, data.target, f"{place}.target", network)
    first, second = (
        item(structure, given, f"{place}.{name}", network)
        for name, given in (("first", data.first), ("second", data.second))
    )
    if target is None or first is None or second is None:
        return []
    for name, given in (("first", first), ("second", second)):
        if target in given:
            structure.report(f"{place}.{name}", f"{target} is what is asked for")
    structure.stop()
    asked = DataQuestion(network, target, first, second, structure.exercise.problem(place, ""))
    return [Asked(blank=Blank(question.id, "", Fraction(0), HINT), data=asked)]


def quantity(structure: Structure, text: str, place: str, network: Network) -> str | None:
    """The network's name of a value, a parameter or a derivative that is there."""
    text = fill(text, structure.context)
    try:
        written = read(text, network.vocabulary)
    except LanguageError as error:
        structure.misread(place, error)
        return None
    if not isinstance(written, Name):
        structure.report(
            place, f"expected a quantity of the network or a derivative, found '{text}'"
        )
        return None
    if is_derivative(written.name):
        of, by = of_and_by(written.name)
        if by == of or by not in network.ancestors(of):
            structure.report(place, f"'{of}' does not depend on '{by}'")
            return None
    return written.name


def item(
    structure: Structure, given: str | list[str], place: str, network: Network
) -> tuple[str, ...] | None:
    """The quantities of one item of data; ``weights``, ``inputs`` and ``outputs of h`` are many."""
    found: list[str] = []
    for text in phrases(given, structure.context):
        group = grouped(text, network)
        if group is None:
            one = quantity(structure, text, place, network)
            group = [] if one is None else [one]
        elif not group:
            structure.report(place, f"there are no {text} in this network")
        found += group
    if not found:
        structure.report(place, "expected at least one quantity")
        return None
    return tuple(dict.fromkeys(found))


def phrases(given: str | list[str], context: Mapping[str, str]) -> list[str]:
    """What an item of data lists: names, and phrases for many."""
    texts = [given] if isinstance(given, str) else given
    return [part.strip() for text in texts for part in fill(text, context).split(";")]


def grouped(text: str, network: Network) -> list[str] | None:
    """The quantities that a phrase stands for; nothing where it is no phrase."""
    if text in ("weights", "all weights"):
        return list(network.parameters)
    if text in ("inputs", "the inputs"):
        return list(network.inputs)
    match = WEIGHTS.fullmatch(text)
    if match:
        before, after = match.groups()
        named = re.compile(rf"w_{before}\d*_{after}\d*")
        return [name for name in network.parameters if named.fullmatch(name)]
    match = OUTPUTS.fullmatch(text)
    if match:
        named = re.compile(rf"o_{match[1]}\d*")
        return [name for name in (*network.inputs, *network.equations) if named.fullmatch(name)]
    return None
