"""Where the derivatives of a network jump: at a ReLU's zero, an absolute value's, a comparison's, where a maximum is met twice."""

from __future__ import annotations

from reference.language.expression import Apply, Expression, annotate
from reference.language.operations import OPERATIONS
from reference.language.simplifying import simplify
from reference.network import Network


def kinks(network: Network) -> list[Expression]:
    """The expressions, each once, at whose zeros some equation of the network has no derivative."""
    found: list[Expression] = []

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Apply):
            row = OPERATIONS[node.operation]
            for kink in (*row.kinks(*node.args), *row.ties(*node.args)):
                shown = simplify(kink, network.shapes)
                if shown not in found:
                    found.append(shown)

    for root in network.equations.values():
        annotate(root, visit)
    return found
