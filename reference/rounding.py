"""How far an answer moves when every intermediate value is rounded.

To first order, rounding a value v by at most u moves a result r by at most abs(dr/dv) u. The sum over
all values on the way to r, in the steps a person takes on paper, plus u for r itself, bounds what a
correct computation with rounding can give (Higham, *Accuracy and Stability of Numerical Algorithms*,
section 3.3, running over the graph instead of a program).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from reference.backprop import differentiate
from reference.language.evaluating import evaluate_all
from reference.language.expression import Apply, Expression, Name, fold
from reference.language.operations import OPERATIONS, Array, Shape
from reference.language.reading import derivative_name
from reference.language.shapes import own_shape
from reference.network import Network

SECOND_ORDER = 1.01  # the share that the first order leaves out, for units small against the values


def in_steps(network: Network) -> Network:
    """The same network with one operation an equation, each as it is computed by hand."""
    shapes: dict[str, Shape] = dict(network.shapes)
    equations: dict[str, Expression] = {}

    def step(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        name = f"step {len(equations) + 1}"
        equations[name] = Apply(node.operation, tuple(args))
        shapes[name] = own_shape(equations[name], [shape(arg) for arg in args], shapes)
        return Name(name)

    def shape(node: Expression) -> Shape:
        return own_shape(node, [], shapes)

    for name, root in network.equations.items():
        equations[name] = fold(expanded(root), step)
    return Network(shapes, network.inputs, network.parameters, equations)


def expanded(root: Expression) -> Expression:
    """Every operation that has steps on paper, written out in them."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        by_hand = OPERATIONS[node.operation].by_hand
        return by_hand(*args) if by_hand else Apply(node.operation, tuple(args))

    return fold(root, visit)


def bounds(
    network: Network, targets: Iterable[str], values: Mapping[str, Array], unit: float = 1e-3
) -> dict[str, Array]:
    """How far each target can be off when every value is rounded to a multiple of ``unit``.

    Args:
        network: holds the targets as computed names.
        values: of the inputs, parameters and constants, each (batch, rows, columns).
        unit: one unit in the last place kept; 1e-3 is three decimals.

    Returns:
        target → array of the target's shape (batch, rows, columns).
    """
    steps = in_steps(network)
    known = steps.evaluate(values)
    return {target: bound(steps, target, known, unit / 2) for target in targets}


def bound(steps: Network, target: str, known: Mapping[str, Array], half: float) -> Array:
    """The bound of one target, every value of ``steps`` being known."""
    used = steps.ancestors(target)
    computed = {
        name: expression
        for name, expression in steps.equations.items()
        if name in used and isinstance(expression, Apply)
    }
    last = origin(steps, target)
    rounded = {
        name: roundings(expression, known)
        for name, expression in computed.items()
        if name != last and not OPERATIONS[expression.operation].keeps_digits
    }
    shape = known[target].shape
    total = np.full(shape, half)
    if not rounded:
        return total
    extended = differentiate(steps, target, rounded)
    own = {
        name: expression
        for name, expression in extended.equations.items()
        if name not in steps.equations
    }
    seed = np.eye(shape[-2] * shape[-1]).reshape(-1, 1, shape[-2], shape[-1])
    found = evaluate_all(own, {**known, derivative_name(target, target): seed})
    for name, times in rounded.items():
        sensitivity = np.abs(found[derivative_name(target, name)]).sum(axis=(-2, -1))
        entries = np.broadcast_to(sensitivity, (seed.shape[0], shape[0])).T.reshape(shape)
        total = total + SECOND_ORDER * half * times * entries
    return total


def origin(steps: Network, name: str) -> str:
    """The step that a name is only another name of: rounding it is rounding the answer."""
    while isinstance(other := steps.equations[name], Name) and other.name in steps.equations:
        name = other.name
    return name


def roundings(expression: Apply, known: Mapping[str, Array]) -> int:
    """How many values are rounded in one operation: each product of a matrix product is one."""
    if expression.operation == "matmul" and isinstance(expression.args[0], Name):
        return int(known[expression.args[0].name].shape[-1])
    return 1
