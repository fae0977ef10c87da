"""Blanks that ask for a derivative as a product of local partial derivatives."""

from __future__ import annotations

from fractions import Fraction

from grader.answers import ChainKey
from grader.bank import AnswerFile, QuestionFile, fill
from grader.model.blank import Asked, Blank, known_names
from grader.model.structure import Structure
from reference.derivatives.named import paths
from reference.language.errors import LanguageError
from reference.language.expression import Name
from reference.language.reading import read
from reference.language.roles import Role, is_derivative, of_and_by, role
from reference.network import Network

HINT = "a product of partial derivatives, as da/db * db/dc"


def chains(
    structure: Structure, question: QuestionFile, answer: AnswerFile, place: str, network: Network
) -> list[Asked]:
    """One blank for each derivative, such as ``dLoss/dw1``."""
    given = answer.chain or {}
    named = {"": given} if isinstance(given, str) else given
    found = []
    for name, text in named.items():
        here = f"{place}.chain.{name}".rstrip(".")
        wanted = derivative_in(structure, fill(text, structure.context), here, network)
        if wanted is None:
            continue
        of, by = wanted
        routes = paths(network, of, by)
        if not routes:
            structure.report(here, f"'{of}' does not depend on '{by}'")
            continue
        edges = {
            name: network.edges(name) for name in network.equations if role(name) is not Role.ANSWER
        }
        blank = Blank(question.id, name, Fraction(0), HINT)
        key = ChainKey(of, by, tuple(routes), edges, network.vocabulary)
        found.append(Asked(blank=blank, key=key))
    return found


def derivative_in(
    structure: Structure, text: str, place: str, network: Network
) -> tuple[str, str] | None:
    """The names in a written derivative."""
    try:
        written = read(text, network.vocabulary)
    except LanguageError as error:
        structure.misread(place, error)
        return None
    if not isinstance(written, Name) or not is_derivative(written.name):
        known = known_names(network)
        structure.report(place, f"expected a derivative such as dL/dw, found '{text}' ({known})")
        return None
    return of_and_by(written.name)
