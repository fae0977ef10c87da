"""What is to be solved, rightly or wrongly."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from msgspec import Struct

from reference.derivatives.named import with_derivatives
from reference.derivatives.reverse_mode import RIGHT, Rules
from reference.language.expression import Expression, names
from reference.language.roles import is_derivative, of_and_by
from reference.language.shapes import infer
from reference.network import Network


class Solver(Struct, frozen=True, dict=True):
    """What is to be solved: a network as it is declared, and what is asked of it.

    ``answers``: name → expression over the network and its derivatives, in order.
    """

    network: Network
    answers: Mapping[str, Expression]

    @property
    def wanted(self) -> list[str]:
        """The derivatives that the answers are made of."""
        return derivatives(*self.answers.values())

    @functools.cached_property
    def right(self) -> Network:
        """As it is solved rightly."""
        return self.solved()

    def solved(self, rules: Rules = RIGHT) -> Network:
        """The network with its derivatives and answers; those of answers by answers come as these do.

        Raises:
            LanguageError: by these rules, the shapes do not fit.
        """
        network = with_derivatives(self.network, filter(self.is_declared, self.wanted), rules)
        for name, answer in self.answers.items():
            network = with_derivatives(network, derivatives(answer), rules)
            network = network.extended({name: answer}, {name: infer(answer, network.shapes)})
        return network

    def is_declared(self, derivative: str) -> bool:
        """Is it one within the network as it is declared?"""
        of, by = of_and_by(derivative)
        return {of.partition("[")[0], by} <= self.network.shapes.keys()


def derivatives(*answers: Expression) -> list[str]:
    """The derivatives that some answers are made of."""
    return sorted({one for e in answers for one in names(e) if is_derivative(one)})


def solver_of(declared: Network, network: Network) -> Solver:
    """What a network asks for beside what was declared; names with a blank in them are no answers."""
    own = {name: network.equations.get(name, e) for name, e in declared.equations.items()}
    asked = {
        name: e
        for name, e in network.equations.items()
        if name not in own and not {*"/ "} & {*name}
    }
    free = {
        n: s
        for n, s in network.shapes.items()
        if n not in network.equations and not is_derivative(n)
    }
    shapes = {**free, **{name: declared.shapes[name] for name in own}}
    inside = Network(shapes, declared.inputs, declared.parameters, own, network.symbols)
    return Solver(inside, asked)
