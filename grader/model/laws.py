"""What is random in an exercise, and the means and variances that are asked for by name: ``E[s]``, ``Var[s]``."""

from __future__ import annotations

import re

from grader.bank import LawFile, fill
from grader.errors import Place
from grader.model.structure import Structure
from reference.language.dimensions import SCALAR, Shape, describe
from reference.language.errors import LanguageError
from reference.language.expression import Expression, Name
from reference.language.names import unknown
from reference.language.reading import read
from reference.language.roles import MEAN, VARIANCE, moment_name
from reference.language.shapes import resolve
from reference.laws.expected import with_moment
from reference.laws.law import Law, bernoulli
from reference.network import Network

MOMENT = re.compile(r"\s*(E|Var)\s*\[([^\[\]]*)\]\s*")
SIGNS = {"E": MEAN, "Var": VARIANCE}


def is_moment(structure: Structure, text: str) -> bool:
    """Does a text name a mean or a variance? Without laws, E[i] is an entry."""
    return bool(structure.file.network.laws) and MOMENT.fullmatch(text) is not None


def moment(structure: Structure, text: str, network: Network) -> tuple[str, Network]:
    """The name of a mean or a variance, and the network that computes it.

    Raises:
        LanguageError: it is that of no quantity, or is not decided.
    """
    found = MOMENT.fullmatch(text)
    assert found is not None
    of = read(found[2], network.vocabulary)
    if not isinstance(of, Name):
        raise LanguageError(
            f"expected the name of a quantity, found '{found[2]}'", found.start(2) + 1
        )
    name = moment_name(SIGNS[found[1]], of.name)
    return name, with_moment(network, laws(structure, network), name)


def laws(structure: Structure, network: Network) -> dict[str, Law]:
    """The law of each random quantity of a structure."""
    return {
        name: law
        for names, given in structure.file.network.laws.items()
        for name in map(str.strip, names.split(","))
        if (law := law_of(structure, names, name, given, network)) is not None
    }


def law_of(
    structure: Structure, names: str, name: str, given: LawFile, network: Network
) -> Law | None:
    at = structure.at["network"]["laws"][names]
    if name not in (*network.inputs, *network.parameters):
        declared = {**structure.file.network.inputs, **structure.file.network.parameters}
        if name not in declared:
            at.key.report(unknown(name, tuple(declared)))
        return None  # only another structure has it
    shape = network.shapes[name]
    if given.bernoulli is not None:
        on = part(structure, given.bernoulli, at["bernoulli"], network, shape)
        return None if on is None else bernoulli(on)
    mean = part(structure, given.mean, at["mean"], network, shape)
    variance = part(structure, given.variance, at["variance"], network, shape)
    return None if mean is None or variance is None else Law(mean, variance)


def part(
    structure: Structure, text: float | str | None, at: Place, network: Network, shape: Shape
) -> Expression | None:
    """A mean, a variance or a probability: a scalar, or a matrix of the shape of the quantity."""
    try:
        written = read(fill(str(text), structure.context), network.vocabulary)
        found, own = resolve(
            written, network.shapes, network.symbols.indices, network.symbols.least
        )
    except LanguageError as error:
        structure.misread(at, error)
        return None
    if own not in (SCALAR, shape):
        at.report(f"expected a scalar or {describe(shape)}, found {describe(own)}", "shapes")
    return found
