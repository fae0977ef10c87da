"""Reverse mode on equations: the derivatives of one quantity are further equations.

For the quantity L, the derivative by each name v that it depends on becomes an equation named
``dL/dv``, in the order in which a person computes them. It uses the names of the network and the
derivatives before it, as an exam's solution does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct

from reference.language.dimensions import SCALAR, Shape
from reference.language.expression import Apply, Expression, Name, annotate, names, number
from reference.language.operations import OPERATIONS, Pull
from reference.language.roles import derivative_name
from reference.language.shapes import own_shape
from reference.language.simplifying import simplify
from reference.network import Network


class Rules(Struct, frozen=True):
    """How derivatives are taken; a wrong solver has other ones.

    ``pulls``: rows in place of those of the table; ``paths``: of the terms that an adjoint is the sum
    of, those that are summed. ``carried``: what goes back from a computed name to one that it uses, of what the pulls give; nothing
    where that is left out.
    """

    pulls: Mapping[str, tuple[Pull | None, ...]] = {}
    paths: Callable[[list[Expression]], list[Expression]] = lambda terms: terms
    carried: Callable[[str, str, Expression], Expression | None] = lambda name, by, term: term


RIGHT = Rules()


def differentiate(network: Network, of: str, by: Collection[str], rules: Rules = RIGHT) -> Network:
    """The network, extended by the derivatives of ``of`` by ``by`` and what they need.

    The adjoint of ``of`` itself is 1 where it is a scalar; otherwise ``d{of}/d{of}`` is a quantity
    of its shape to which the caller gives a value, one 1 among zeros for one entry's derivatives.
    Adjoints of a scalar that the network has already are not worked out again.
    """
    scalar = network.shapes[of] == SCALAR
    there = network.equations if scalar and rules is RIGHT else {}
    between = dependent(network, of, by)
    needed = frozenset(name for name in between if derivative_name(of, name) not in there)
    shapes = dict(network.shapes)
    equations: dict[str, Expression] = {}
    terms: dict[str, list[Expression]] = {}
    for name in reversed(
        [*network.inputs, *network.parameters, *rest(network), *network.equations]
    ):
        if name not in between:
            continue
        adjoint = derivative_name(of, name)
        if name in needed:
            shapes[adjoint] = network.shapes[name]
            if name != of:
                total = sum_terms(rules.paths(terms.get(name, [])), name)
                equations[adjoint] = simplify(total, shapes)
            elif scalar:
                equations[adjoint] = number(1)
        if not needed.isdisjoint(network.edges(name)):
            seed = number(1) if name == of and scalar else Name(adjoint)
            for argument, term in pull_back(network, name, seed, needed, shapes, rules):
                carried = rules.carried(name, argument, term)
                terms.setdefault(argument, []).extend([] if carried is None else [carried])
    for name in by:
        adjoint = derivative_name(of, name)
        if adjoint not in shapes:  # ``of`` does not depend on it
            shapes[adjoint] = network.shapes[name]
            equations[adjoint] = Apply("fill", (number(0), Name(name)))
    return network.extended(equations, shapes)


def rest(network: Network) -> list[str]:
    """Declared names that are neither input, parameter nor computed: sizes and rates."""
    known = {*network.inputs, *network.parameters, *network.equations}
    return [name for name in network.shapes if name not in known]


def dependent(network: Network, of: str, by: Collection[str]) -> frozenset[str]:
    """The names on a path from one of ``by`` to ``of``."""
    above = network.ancestors(of)
    below = {name for name in by if name in above}
    for name, expression in network.equations.items():
        if name in above and names(expression) & below:
            below.add(name)
    return frozenset(below)


def sum_terms(terms: list[Expression], name: str) -> Expression:
    if not terms:
        return Apply("fill", (number(0), Name(name)))
    total = terms[0]
    for term in terms[1:]:
        total = Apply("add", (total, term))
    return total


def pull_back(
    network: Network,
    name: str,
    adjoint: Expression,
    needed: frozenset[str],
    shapes: dict[str, Shape],
    rules: Rules = RIGHT,
) -> list[tuple[str, Expression]]:
    """What the adjoint of one computed name adds to the adjoints of the names it uses.

    Each term has the shape of the name it belongs to, and is as the rules give it, not simplified.
    """
    root = network.equations[name]
    found: list[tuple[str, Expression]] = []
    active = annotate(
        root, lambda node, args: any(args) or (isinstance(node, Name) and node.name in needed)
    )
    known = annotate(root, lambda node, args: own_shape(node, args, shapes))
    stack: list[tuple[Expression, Expression]] = [(root, adjoint)]
    pulled: list[Expression] = []  # all of them, as ``known`` tells them apart by their ``id``
    while stack:
        node, g = stack.pop()
        if isinstance(node, Name):
            found.append((node.name, g))
        if not isinstance(node, Apply):
            continue
        value = Name(name) if node is root else node
        pulls = rules.pulls.get(node.operation) or OPERATIONS[node.operation].pulls
        for argument, pull in reversed(list(zip(node.args, pulls, strict=True))):
            if pull is not None and active[id(argument)]:
                pulled.append(pull(g, value, *node.args))
                annotate(pulled[-1], lambda node, args: own_shape(node, args, shapes), known)
                shape = known[id(pulled[-1])]
                stack.append((argument, reduced(pulled[-1], shape, argument, known[id(argument)])))
    return found


def reduced(adjoint: Expression, found: Shape, argument: Expression, shape: Shape) -> Expression:
    """The adjoint in the shape of its argument: summed over what the argument was spread over."""
    if found == shape:
        return adjoint
    if shape == SCALAR:
        return Apply("sum", (adjoint,))
    if found == SCALAR:
        return Apply("fill", (adjoint, argument))
    return Apply("row_sums" if shape[1] == 1 else "column_sums", (adjoint,))
