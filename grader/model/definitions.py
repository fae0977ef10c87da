"""What an exercise declares over its equations: the network once more with other values, and names for expressions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from msgspec import structs

from grader.errors import Place
from grader.model.blank import declared_somewhere
from grader.model.structure import Structure
from grader.model.values import key_of, spelled_out
from reference.language.dimensions import describe
from reference.language.expression import Expression
from reference.language.names import canonical, unknown
from reference.language.roles import is_derivative, is_quantity
from reference.network import Network

NAME = re.compile(r"[^\W\d_]\w*'*")
SUBSCRIPT = re.compile(r"[^\W\d_][^\W_]*")


def defined(structure: Structure, network: Network) -> Network:
    """The network with what stands under ``again``, and with the names that an exercise gives to expressions,
    such as ``L'`` for dL/dz2.
    """
    printed = network
    for subscript, replaced in structure.file.network.again.items():
        at = structure.at["network"]["again"][subscript]
        if not SUBSCRIPT.fullmatch(subscript):
            at.key.report(f"expected a subscript of letters and digits, found '{subscript}'")
        else:
            network = once_more(structure, subscript, replaced, printed, network, at)
    for name, text in structure.file.network.define.items():
        at = structure.at["network"]["define"][name]
        if not NAME.fullmatch(name):
            at.key.report(f"expected a name, found '{name}'")
            continue
        for step, one in at_steps(name, network):
            if is_free(one, network, at) and (keyed := key_of(structure, text, at, network, step)):
                expression, shape, network = keyed
                network = network.extended({one: expression}, {one: shape})
        network = network.spanning(name)
    return network


def at_steps(name: str, network: Network) -> list[tuple[int, str]]:
    """A name once for each step, with this, if the letter of the steps is its subscript; any other with 0."""
    found = spelled_out(name, network.symbols.time)
    return [*enumerate(found, start=1)] if found != [name] else [(0, name)]


def defined_names(names: Iterable[str], network: Network) -> list[str]:
    """Names that an exercise gives to expressions, each once for each step that it has."""
    return [one for name in names for one in spelled_out(name, network.symbols.time)]


def once_more(
    structure: Structure,
    subscript: str,
    replaced: Mapping[str, str],
    printed: Network,
    network: Network,
    at: Place,
) -> Network:
    """The network with all that comes out where some quantities have other values, under names with a subscript."""
    values: dict[str, Expression] = {}
    for name, text in replaced.items():
        if name not in printed.shapes:
            if not declared_somewhere(structure, name):
                at[name].key.report(unknown(name, printed.vocabulary.names))
            continue  # only another structure has it
        keyed = key_of(structure, text, at[name], network)
        if keyed is None:
            continue
        values[name], shape, network = keyed
        if shape != printed.shapes[name]:
            found, expected = describe(shape), describe(printed.shapes[name])
            at[name].report(f"'{name}' is {expected}, found {found}", "shapes")
    further = printed.once_more(subscript, values)
    for name in further.equations:
        is_free(name, network, at)
    return network.extended(further.equations, further.shapes)


def declared_part(network: Network, names: Collection[str]) -> Network:
    """The network with nothing but its own equations, and those of them ``again`` that no derivative is in.

    Args:
        names: those that the exercise gives to expressions.
    """
    own = {
        name: equation
        for name, equation in network.equations.items()
        if is_quantity(name)
        and name not in names
        and not any(map(is_derivative, network.ancestors(name)))
    }
    return structs.replace(network, equations=own)


def is_free(name: str, network: Network, at: Place) -> bool:
    """May a name be declared, as no other is spelled like it?"""
    if canonical(name) in network.vocabulary.spellings:
        at.key.report(f"'{name}' is declared twice")
        return False
    return True
