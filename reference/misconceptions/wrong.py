"""All that goes wrong in a network, by the table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from reference.derivatives.named import in_terms_of
from reference.language.errors import LanguageError
from reference.language.expression import Expression, Name, names
from reference.misconceptions.solver import Solver
from reference.misconceptions.table import MISCONCEPTIONS, Misconception
from reference.network import Network


class Wrong(Struct, frozen=True, eq=False):
    """A solver that went wrong: what it misunderstood, what to say of it, and its network."""

    name: str
    message: str
    network: Network


def wrong_solvers(solver: Solver, named_only: bool = False) -> list[Wrong]:
    """Every wrong solver that differs in some equation, the most particular misconception first.

    ``named_only``: those of such misconceptions in place of all others.
    """
    right = solver.right.equations
    found: list[Wrong] = []
    for row in MISCONCEPTIONS:
        if row.named_only != named_only:
            continue
        known: list[Mapping[str, Expression]] = [right]
        for network in attempts(row, solver):
            if network.equations not in known:
                known.append(network.equations)
                found.append(Wrong(row.name, row.message, network))
    return found


def attempts(row: Misconception, solver: Solver) -> Iterator[Network]:
    """As far as the shapes fit, which is as far as a student would get."""
    solvers = iter(row.solvers(solver))
    while True:
        try:
            yield next(solvers)
        except StopIteration:
            return
        except LanguageError:
            return


def changed(wrong: Network, right: Network, targets: Collection[str]) -> dict[str, Expression]:
    """The equations by which a wrong solver comes to wrong values of some targets: none of a target that is right."""
    found: dict[str, Expression] = {}
    for name, equation in wrong.equations.items():
        if right.equations.get(name) != equation or wrong.edges(name) & found.keys():
            found[name] = equation
    needed = {name for one in targets if one in found for name in wrong.ancestors(one)}
    return {name: equation for name, equation in found.items() if name in needed}


def expressed(
    wrong: Network, target: str, allowed: Collection[str], defined: Iterable[str]
) -> Expression | None:
    """What a wrong solver gives for a target in allowed names; nothing where it needs others.

    ``defined``: those of the allowed names that stand for other expressions.
    """
    expression = wrong.equations[target]
    if isinstance(expression, Name) and expression.name in wrong.equations:
        expression = wrong.equations[expression.name]
    short = {name: [wrong.equations[name]] for name in defined if name in allowed}
    expression = in_terms_of(wrong, expression, allowed, short)
    return expression if names(expression) <= {*allowed} else None
