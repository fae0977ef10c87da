"""Blanks that ask for a derivative as a product of local partial derivatives."""

from __future__ import annotations

from fractions import Fraction

from grader.answers import ChainKey
from grader.bank import AnswerFile, QuestionFile, fill
from grader.errors import Place
from grader.model.blank import Blank, Fixed, known_names
from grader.model.structure import Structure
from reference.derivatives.named import paths
from reference.language.errors import LanguageError
from reference.language.expression import Name
from reference.language.reading import read
from reference.language.roles import Role, derivative_name, is_derivative, of_and_by, role
from reference.network import Network

HINT = "a product of partial derivatives, as da/db * db/dc"


def chains(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place, network: Network
) -> list[Blank]:
    """One blank for each derivative, such as ``dLoss/dw1``."""
    given = answer.chain or {}
    named = {"": given} if isinstance(given, str) else given
    found = []
    unseen = structure.file.unseen
    network = network.without(unseen) if unseen else network
    for name, text in named.items():
        here = at["chain"][name] if name else at["chain"]
        wanted = derivative_in(structure, fill(text, structure.context), here, network)
        if wanted is None:
            continue
        of, by = wanted
        routes = paths(network, of, by)
        if not routes:
            here.report(f"'{of}' does not depend on '{by}'")
            continue
        edges = {
            name: network.edges(name) for name in network.equations if role(name) is not Role.ANSWER
        }
        key = ChainKey(of, by, tuple(routes), edges, network.vocabulary)
        asked = Name(derivative_name(of, by))
        found.append(Blank(question.id, name, Fraction(0), HINT, Fixed(key), asked=asked))
    return found


def derivative_in(
    structure: Structure, text: str, at: Place, network: Network
) -> tuple[str, str] | None:
    """The names in a written derivative."""
    try:
        written = read(text, network.vocabulary)
    except LanguageError as error:
        structure.misread(at, error)
        return None
    if not isinstance(written, Name) or not is_derivative(written.name):
        known = known_names(network)
        at.report(f"expected a derivative such as dL/dw, found '{text}' ({known})")
        return None
    return of_and_by(written.name)
