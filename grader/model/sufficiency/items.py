"""Blanks that ask whether data determine a quantity: what an author wrote, as quantities of the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from grader.bank import Data, QuestionFile, fill
from grader.errors import Place
from grader.model.blank import Blank, DataSufficiency
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
    structure: Structure, question: QuestionFile, data: Data, at: Place, network: Network
) -> list[Blank]:
    """One blank with the five standard options in their standard order."""
    if not network.equations or {*network.shapes.values()} != {SCALAR}:
        at.report("expected a network of scalars: declare its units, or equations", "shapes")
        return []
    target = quantity(structure, data.target, at["target"], network)
    first, second = (
        item(structure, given, at[name], network)
        for name, given in (("first", data.first), ("second", data.second))
    )
    if target is None or first is None or second is None:
        return []
    for name, given in (("first", first), ("second", second)):
        if target in given:
            at[name].report(f"{target} is what is asked for")
    structure.stop()
    asked = DataQuestion(network, target, first, second, at)
    return [Blank(question.id, "", Fraction(0), HINT, DataSufficiency(asked))]


def quantity(structure: Structure, text: str, at: Place, network: Network) -> str | None:
    """The network's name of a value, a parameter or a derivative that is there."""
    text = fill(text, structure.context)
    try:
        written = read(text, network.vocabulary)
    except LanguageError as error:
        structure.misread(at, error)
        return None
    if not isinstance(written, Name):
        at.report(f"expected a quantity of the network or a derivative, found '{text}'")
        return None
    if is_derivative(written.name):
        of, by = of_and_by(written.name)
        if by == of or by not in network.ancestors(of):
            at.report(f"'{of}' does not depend on '{by}'")
            return None
    return written.name


def item(
    structure: Structure, given: str | list[str], at: Place, network: Network
) -> tuple[str, ...] | None:
    """The quantities of one item of data; ``weights``, ``inputs`` and ``outputs of h`` are many."""
    found: list[str] = []
    for text in phrases(given, structure.context):
        group = grouped(text, network)
        if group is None:
            one = quantity(structure, text, at, network)
            group = [] if one is None else [one]
        elif not group:
            at.report(f"there are no {text} in this network")
        found += group
    if not found:
        at.report("expected at least one quantity")
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
