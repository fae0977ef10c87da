"""Equations that are misunderstood: a forgotten bias, a skipped activation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reference.language.expression import Apply, Expression, Name, apply, fold, names, rebuild
from reference.language.operations import Family, of_family
from reference.language.shapes import infer
from reference.misconceptions.solver import Solver
from reference.network import Network

ACTIVATIONS = of_family(Family.ACTIVATION)
MAX_ALONE = 6  # equations of one kind that are misunderstood one at a time


def in_equations(
    change: Callable[[Expression, Network], Expression],
) -> Callable[..., Iterator[Network]]:
    """Rewrite what the network computes: everywhere, and in one equation at a time."""

    def solvers(solver: Solver) -> Iterator[Network]:
        own = solver.network.equations
        changed = {name: change(e, solver.network) for name, e in own.items()}
        touched = [name for name, e in changed.items() if e != own[name]]
        if touched:
            yield with_equations(solver, changed).solved()
        for name in touched if 1 < len(touched) <= MAX_ALONE else ():
            yield with_equations(solver, {**own, name: changed[name]}).solved()

    return solvers


def with_equations(solver: Solver, equations: Mapping[str, Expression]) -> Solver:
    network = solver.network
    changed = Network(
        network.shapes, network.inputs, network.parameters, equations, network.symbols
    )
    return Solver(changed, solver.answers)


def without_bias(expression: Expression, network: Network) -> Expression:
    """A sum without the parameters that stand in it by themselves."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        rebuilt = rebuild(node, args)
        if isinstance(node, Apply) and node.operation == "add":
            shape = infer(rebuilt, network.shapes)
            for kept, dropped in (args, args[::-1]):
                alone = isinstance(dropped, Name) and dropped.name in network.parameters
                if alone and infer(kept, network.shapes) == shape:
                    return kept
        return rebuilt

    return fold(expression, visit)


def without_activation(expression: Expression, network: Network) -> Expression:
    return replaced(
        expression, lambda node, args: args[0] if node.operation in ACTIVATIONS else None
    )


def sum_for_mean(expression: Expression, network: Network) -> Expression:
    return replaced(
        expression, lambda node, args: apply("sum", *args) if node.operation == "mean" else None
    )


def softmax_by_rows(expression: Expression, network: Network) -> Expression:
    """Softmax over the examples of a batch in place of the classes."""

    def change(node: Apply, args: list[Expression]) -> Expression | None:
        if node.operation != "softmax" or infer(node, network.shapes)[1] == 1:
            return None
        return apply("transpose", apply("softmax", apply("transpose", *args)))

    return replaced(expression, change)


def without_shortcut(expression: Expression, network: Network) -> Expression:
    """A sum without the summand from which another summand is computed as well."""

    def change(node: Apply, args: list[Expression]) -> Expression | None:
        if node.operation != "add":
            return None
        for kept, dropped in (args, args[::-1]):
            given = inputs_of(dropped, network) - {*network.parameters}
            if given and goes_deeper(kept, given, network):
                return kept
        return None

    return replaced(expression, change)


def inputs_of(expression: Expression, network: Network) -> frozenset[str]:
    """The inputs and computed quantities in an expression."""
    return names(expression) & {*network.inputs, *network.equations}


def goes_deeper(expression: Expression, given: frozenset[str], network: Network) -> bool:
    """Is everything given also behind a computed quantity of an expression?"""
    behind: set[str] = set()
    for name in names(expression) & network.equations.keys():
        behind |= network.ancestors(name) - {name}
    return given <= behind


def replaced(
    expression: Expression, change: Callable[[Apply, list[Expression]], Expression | None]
) -> Expression:
    """Every operation as ``change`` makes it, which gives nothing for what stays."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if isinstance(node, Apply):
            rebuilt = rebuild(node, args)
            assert isinstance(rebuilt, Apply)
            return change(rebuilt, args) or rebuilt
        return node

    return fold(expression, visit)
