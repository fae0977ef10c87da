"""Where the derivatives of a network jump: at a ReLU's zero, an absolute value's, a comparison's, where a maximum is met twice."""

from __future__ import annotations

from reference.language.expression import Apply, Expression, Name, annotate
from reference.language.operations import OPERATIONS
from reference.language.simplifying import simplify
from reference.network import Network


def kinks(network: Network) -> list[Expression]:
    """The expressions, each once, at whose zeros some equation of the network has no derivative."""
    found: list[Expression] = []

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Apply):
            row = OPERATIONS[node.operation]
            args = [rectified(one) for one in node.args]
            for kink in (*row.kinks(*args), *row.ties(*node.args)):
                shown = simplify(kink, network.shapes)
                if shown not in found:
                    found.append(shown)

    def rectified(argument: Expression) -> Expression:
        """What comes of a ReLU, with its equation: where several of these are 0, a maximum has no kink of its own."""
        meant = network.equations.get(argument.name) if isinstance(argument, Name) else None
        return meant if meant is not None and meant.operation == "relu" else argument

    for root in network.equations.values():
        annotate(root, visit)
    return found
