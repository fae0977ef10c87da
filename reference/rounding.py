"""How far an answer moves when every intermediate value is rounded.

To first order, rounding a value v by at most u moves a result r by at most abs(dr/dv) u. The sum over
all values on the way to r, in the steps a person takes on paper, plus u for r itself, bounds what a
correct computation with rounding can give (Higham, *Accuracy and Stability of Numerical Algorithms*,
section 3.3, running over the graph instead of a program).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import Struct, structs

from reference.backprop import differentiate
from reference.language.dimensions import Shape
from reference.language.evaluating import evaluate, evaluate_all
from reference.language.expression import Apply, Expression, Name, fold
from reference.language.names import derivative_name
from reference.language.operations import OPERATIONS
from reference.language.shapes import own_shape
from reference.language.simplifying import PRODUCTS
from reference.language.values import Array
from reference.network import Network

STEP = "step"
SECOND_ORDER = 1.01  # the share that the first order leaves out, for units small against the values


def in_steps(network: Network) -> Network:
    """The same network with one operation an equation, each as it is computed by hand."""
    shapes: dict[str, Shape] = dict(network.shapes)
    equations: dict[str, Expression] = {}

    def step(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        name = f"{STEP} {len(equations) + 1}"
        equations[name] = Apply(node.operation, tuple(args))
        shapes[name] = own_shape(equations[name], [shape(arg) for arg in args], shapes)
        return Name(name)

    def shape(node: Expression) -> Shape:
        return own_shape(node, [], shapes)

    for name, root in network.equations.items():
        equations[name] = fold(expanded(root), step)
    return structs.replace(network, shapes=shapes, equations=equations)


def expanded(root: Expression) -> Expression:
    """Every operation that has steps on paper, written out in them."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        by_hand = OPERATIONS[node.operation].by_hand
        return by_hand(*args) if by_hand else Apply(node.operation, tuple(args))

    return fold(root, visit)


class Step(Struct, frozen=True):
    """A step whose results are rounded.

    ``factors``: of a chain of entrywise products, which may be multiplied in any order. ``final``:
    its result is the answer, whose own rounding is counted already.
    """

    expression: Apply
    factors: tuple[Expression, ...]
    final: bool


class Sensitivity(Struct, frozen=True):
    """How one target moves with the steps before it.

    ``adjoints``: the equations of the derivatives; ``rounded``: the steps that are rounded, by name.
    """

    target: str
    adjoints: dict[str, Expression]
    rounded: dict[str, Step]


class Rounding(Struct, frozen=True):
    """What is needed to bound targets at any values; prepared once for a network."""

    steps: Network
    sensitivities: tuple[Sensitivity, ...]

    def bounds(self, values: Mapping[str, Array], unit: float = 1e-3) -> dict[str, Array]:
        """How far each target can be off when every value is rounded to a multiple of ``unit``.

        Args:
            values: of the inputs, parameters and constants, each (batch, rows, columns).
            unit: one unit in the last place kept; 1e-3 is three decimals.

        Returns:
            target → array of the target's shape (batch, rows, columns).
        """
        known = self.steps.evaluate(values)
        return {one.target: bound(one, known, unit / 2) for one in self.sensitivities}


def prepare(network: Network, targets: Iterable[str]) -> Rounding:
    """Differentiate the targets, which are computed names, by every step on the way to them."""
    steps = in_steps(network)
    return Rounding(steps, tuple(sensitivity(steps, target) for target in targets))


def sensitivity(steps: Network, target: str) -> Sensitivity:
    last = origin(steps, target)
    used = steps.ancestors(target)
    inner = {name for name in used for name in links(steps, name)}
    rounded = {
        name: Step(expression, factors(steps, name), name == last)
        for name, expression in steps.equations.items()
        if name in used - inner
        and isinstance(expression, Apply)
        and not OPERATIONS[expression.operation].keeps_digits
    }
    if not rounded:
        return Sensitivity(target, {}, {})
    extended = differentiate(steps, target, rounded).equations
    own = {name: extended[name] for name in extended if name not in steps.equations}
    return Sensitivity(target, own, rounded)


def bound(sensitivity: Sensitivity, known: Mapping[str, Array], half: float) -> Array:
    """The bound of one target, every value of the steps being known."""
    target = sensitivity.target
    shape = known[target].shape
    entries = shape[-2] * shape[-1]
    total = np.full((entries, shape[0]), half)
    seed = np.eye(entries).reshape(-1, 1, shape[-2], shape[-1])
    found = evaluate_all(sensitivity.adjoints, {**known, derivative_name(target, target): seed})
    for name, step in sensitivity.rounded.items():
        adjoint = np.abs(found[derivative_name(target, name)]) * roundings(step, known)
        single = adjoint.shape[-2:] == (1, 1)
        sums = adjoint[..., 0, 0] if single else adjoint.sum(axis=(-2, -1))
        total = total + SECOND_ORDER * half * sums
    return total.T.reshape(shape)


def bounds(
    network: Network, targets: Iterable[str], values: Mapping[str, Array], unit: float = 1e-3
) -> dict[str, Array]:
    """As :meth:`Rounding.bounds`, for one use."""
    return prepare(network, targets).bounds(values, unit)


def origin(steps: Network, name: str) -> str:
    """The step that a name is only another name of: rounding it is rounding the answer."""
    while isinstance(other := steps.equations[name], Name) and other.name in steps.equations:
        name = other.name
    return name


def links(steps: Network, name: str) -> list[str]:
    """The steps that are only part of a longer chain of entrywise products, which ``name`` goes on."""
    node = steps.equations.get(name)
    if not isinstance(node, Apply) or node.operation not in PRODUCTS:
        return []
    return [
        argument.name
        for argument in node.args
        if isinstance(argument, Name)
        and argument.name.startswith(STEP + " ")
        and isinstance(inner := steps.equations[argument.name], Apply)
        and inner.operation in PRODUCTS
    ]


def factors(steps: Network, name: str) -> tuple[Expression, ...]:
    """What is multiplied in the chain of entrywise products that ends in a step."""
    found: list[Expression] = []
    stack = [name]
    while stack:
        link = stack.pop()
        inner = links(steps, link)
        stack.extend(inner)
        found += [
            argument
            for argument in steps.equations[link].args
            if not (isinstance(argument, Name) and argument.name in inner)
        ]
    return tuple(found)


def roundings(step: Step, known: Mapping[str, Array]) -> Array | int:
    """How many values are rounded in one step, each weighed by how far it moves the result.

    Each product of a matrix product is one. Of the products on the way through a chain of n factors,
    n - 2, each is multiplied by the factors that are left, the largest ones in the worst of orders.
    """
    own = 0 if step.final else 1
    left = step.expression.args[0]
    if step.expression.operation == "matmul" and isinstance(left, Name):
        return own - 1 + int(known[left.name].shape[-1])
    count = len(step.factors) - 2
    if step.expression.operation not in PRODUCTS or count < 1:
        return own
    sizes = np.broadcast_arrays(*(np.abs(evaluate(one, known)) for one in step.factors))
    if count == 1:
        return own + functools.reduce(np.fmax, sizes)  # what is not defined may not count at all
    descending = -np.sort(-np.stack(sizes), axis=0)
    worst: Array = np.cumprod(descending, axis=0)[:count].max(axis=0)
    return own + count * worst
