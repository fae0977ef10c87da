"""How far an answer moves when every intermediate value is rounded.

To first order, rounding a value v by at most u moves a result r by at most abs(dr/dv) u. The sum over
all values on the way to r, in the steps a person takes on paper, plus u for r itself, bounds what a
correct computation with rounding can give (Higham, *Accuracy and Stability of Numerical Algorithms*,
section 3.3, running over the graph instead of a program).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from reference.derivatives.reverse_mode import differentiate, sum_terms
from reference.language.dimensions import SCALAR, Shape
from reference.language.evaluating import evaluate, evaluate_all
from reference.language.expression import Apply, Expression, Name, fold
from reference.language.operations import OPERATIONS
from reference.language.roles import Role, derivative_name, role, step_name
from reference.language.shapes import own_shape
from reference.language.simplifying import PRODUCTS
from reference.language.values import Array
from reference.network import Network

TOTAL = "all targets"
SMALL = 2000  # entries of targets; with more than these, large arrays cost more than further calls
SECOND_ORDER = 1.01  # the share that the first order leaves out, for units small against the values


def in_steps(network: Network) -> Network:
    """The same network with one operation an equation, each as it is computed by hand."""
    shapes: dict[str, Shape] = dict(network.shapes)
    equations: dict[str, Expression] = {}

    def step(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        name = step_name(len(equations) + 1)
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

    ``factors``: of a chain of entrywise products, which may be multiplied in any order. ``own``: (targets,)
    0 where its result is the answer, whose own rounding is counted already, else 1; nothing where it is 1 for all.
    """

    expression: Apply
    factors: tuple[Expression, ...]
    own: NDArray[np.int64] | None


class Sensitivity(Struct, frozen=True):
    """How targets move with the steps before them.

    ``adjoints``: the equations of the derivatives of ``of``, which is the target or the sum of all, those of
    all entries of the targets along the first axis; ``rounded``: the steps that are rounded, by name.
    """

    targets: tuple[str, ...]
    of: str
    adjoints: dict[str, Expression]
    rounded: dict[str, Step]


class Rounding(Struct, frozen=True, dict=True):
    """What is needed to bound targets at any values; prepared once for a network."""

    steps: Network
    targets: tuple[str, ...]

    def bounds(self, values: Mapping[str, Array], unit: float = 1e-3) -> dict[str, Array]:
        """How far each target can be off when every value is rounded to a multiple of ``unit``.

        Args:
            values: of the inputs, parameters and constants, each (batch, rows, columns).
            unit: one unit in the last place kept; 1e-3 is three decimals.

        Returns:
            target → array of the target's shape (batch, rows, columns).
        """
        known = self.steps.evaluate(values)
        if 0 < sum(known[target].size for target in self.targets) <= SMALL:
            found = bound(self.together, known, unit / 2)
            if all(np.isfinite(one).all() for one in found.values()):
                return found  # else 0 times the infinite derivative of another target may be in it
        return {
            name: one for own in self.alone for name, one in bound(own, known, unit / 2).items()
        }

    @functools.cached_property
    def together(self) -> Sensitivity:
        """All targets side by side: fewer calls, and larger arrays."""
        return sensitivity(self.steps, self.targets)

    @functools.cached_property
    def alone(self) -> list[Sensitivity]:
        """Each target by itself."""
        return [sensitivity(self.steps, (target,)) for target in self.targets]


def prepare(network: Network, targets: Iterable[str]) -> Rounding:
    """What is needed to bound targets, which are computed names, in a network written out in steps."""
    return Rounding(in_steps(network), tuple(targets))


def sensitivity(steps: Network, targets: tuple[str, ...]) -> Sensitivity:
    """Differentiate targets, as one sum of them where they are several, by every step before them."""
    used = {name for target in targets for name in steps.ancestors(target)}
    inner = {name for name in used for name in links(steps, name)}
    last = [origin(steps, target) for target in targets]
    rounded = {
        name: Step(
            expression,
            factors(steps, name),
            np.array([int(name != one) for one in last]) if name in last else None,
        )
        for name, expression in steps.equations.items()
        if name in used - inner
        and isinstance(expression, Apply)
        and not OPERATIONS[expression.operation].keeps_digits
    }
    network, of = (steps, targets[0]) if len(targets) == 1 else summed(steps, targets)
    extended = differentiate(network, of, rounded).equations
    own = {name: extended[name] for name in extended if name not in network.equations}
    return Sensitivity(targets, of, own, rounded)


def summed(steps: Network, targets: Sequence[str]) -> tuple[Network, str]:
    """The steps with the sum of all entries of some targets, each times its seed; the name of the sum."""
    terms: list[Expression] = [
        Apply("sum", (Apply("hadamard", (Name(seed(one)), Name(one))),)) for one in targets
    ]
    seeds = {seed(target): steps.shapes[target] for target in targets}
    return steps.extended({TOTAL: sum_terms(terms, TOTAL)}, {**seeds, TOTAL: SCALAR}), TOTAL


def seed(target: str) -> str:
    """The name of what picks an entry of a target: a 1 among zeros."""
    return derivative_name(target, target)


def bound(sensitivity: Sensitivity, known: Mapping[str, Array], half: float) -> dict[str, Array]:
    """The bounds of some targets, every value of the steps being known."""
    shapes = {target: (1, *known[target].shape)[-3:] for target in sensitivity.targets}
    entries = [rows * columns for _, rows, columns in shapes.values()]
    total = np.full((sum(entries), max(batch for batch, *_ in shapes.values())), half)
    places = dict(zip(shapes, pairwise(accumulate(entries, initial=0)), strict=True))
    seeds = {
        seed(target): np.eye(len(total))[:, slice(*places[target])].reshape(-1, 1, *shape[1:])
        for target, shape in shapes.items()
    }
    found = evaluate_all(sensitivity.adjoints, {**known, **seeds})
    for name, step in sensitivity.rounded.items():
        own = 1 if step.own is None else np.repeat(step.own, entries)[:, None, None, None]
        adjoint = np.abs(found[derivative_name(sensitivity.of, name)]) * (
            own + further(step, known)
        )
        single = adjoint.shape[-2:] == (1, 1)
        sums = adjoint[..., 0, 0] if single else adjoint.sum(axis=(-2, -1))
        total += SECOND_ORDER * half * sums
    return {
        target: total[slice(*places[target]), : shape[0]].T.reshape(shape)
        for target, shape in shapes.items()
    }


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
        and role(argument.name) is Role.STEP
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


def further(step: Step, known: Mapping[str, Array]) -> Array | int:
    """How many values are rounded on the way to the result of a step, each weighed by how far it moves that.

    Each product of a matrix product is one, less the result. Of the products on the way through a chain of n
    factors, n - 2, each is multiplied by the factors that are left, the largest ones in the worst of orders.
    """
    left = step.expression.args[0]
    if step.expression.operation == "matmul" and isinstance(left, Name):
        return int(known[left.name].shape[-1]) - 1
    count = len(step.factors) - 2
    if step.expression.operation not in PRODUCTS or count < 1:
        return 0
    sizes = np.broadcast_arrays(*(np.abs(evaluate(one, known)) for one in step.factors))
    if count == 1:
        return functools.reduce(np.fmax, sizes)  # what is not defined may not count at all
    descending = -np.sort(-np.stack(sizes), axis=0)
    worst: Array = np.cumprod(descending, axis=0)[:count].max(axis=0)
    return count * worst
