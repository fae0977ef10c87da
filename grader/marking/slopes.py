"""A student may tell a slope by what goes into a function, or by what comes out: where one of the two is wrong, these differ."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from grader.memo import memoized
from grader.model import Model
from reference.derivatives.reverse_mode import Rules
from reference.derivatives.slopes import BY_ARGUMENT, BY_VALUE
from reference.language.expression import Apply
from reference.misconceptions.solver import solver_of
from reference.network import Network


class ToldSlopes(Struct, frozen=True, eq=False, dict=True):
    """A network whose slopes are told in one way; ``values``: the functions' values, where not as in the solution."""

    network: Network
    values: frozenset[str] | None = None

    def matters(self, given: Collection[str]) -> bool:
        """Can this way to tell a slope make a difference, where a student gave some quantities, and it may leave out others?"""
        return self.values is None or not self.values.isdisjoint(given)


@memoized
def told_slopes(model: Model) -> tuple[ToldSlopes, ...]:
    """The network of a model, and what it is with slopes by arguments alone, and by values alone."""
    solver = solver_of(model.declared, model.network)
    found = [ToldSlopes(model.network)]
    for rules in (BY_ARGUMENT, BY_VALUE) if solver.wanted else ():
        if values := values_of(model.network, rules):
            found.append(ToldSlopes(solver.solved(rules), values))
    return tuple(found)


def values_of(network: Network, rules: Rules) -> frozenset[str]:
    """The quantities that are values of functions with rules of their own."""
    return frozenset(
        name
        for name, equation in network.equations.items()
        if isinstance(equation, Apply) and equation.operation in rules.pulls
    )
