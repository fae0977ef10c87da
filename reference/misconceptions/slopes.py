"""Slopes of activations that are taken for one another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reference.derivatives.reverse_mode import Rules
from reference.language.dimensions import Shape
from reference.language.expression import Apply, Expression, Name, number, parts, substitute
from reference.language.operations import OPERATIONS, Pull
from reference.language.roles import is_derivative, of_and_by
from reference.language.shapes import infer
from reference.misconceptions.derivatives import by_rules, one_minus, times
from reference.misconceptions.equations import ACTIVATIONS
from reference.misconceptions.solver import Solver
from reference.network import Network

MAX_OTHERS = 3  # activations with which one is mixed up
PLACES = {"call1": 2}  # of the argument, where it is not the first
ENTRYWISE = (ACTIVATIONS | PLACES.keys()) - {"softmax"}
MASKED = frozenset({"relu", "leaky_relu"})

TANH_FOR_SIGMOID: dict[str, tuple[Pull | None, ...]] = {
    "sigmoid": (lambda g, y, x: times(g, one_minus(Apply("power", (y, number(2))))),),
    "tanh": (lambda g, y, x: times(g, times(y, one_minus(y))),),
}
RELU_FOR_LEAKY: dict[str, tuple[Pull | None, ...]] = {
    "leaky_relu": (lambda g, y, x, slope: times(g, Apply("gt", (x, number(0)))), None)
}


class Activation(Struct, frozen=True):
    """An activation of a network; ``value``: the name of what it gives, or itself."""

    node: Apply
    value: Expression

    @property
    def place(self) -> int:
        """Of its argument."""
        return PLACES.get(self.node.operation, 0)

    def slope(self, at: Activation) -> Expression:
        """Its derivative, at the argument and the value of another."""
        args = [*self.node.args]
        args[self.place] = at.node.args[at.place]
        pull = OPERATIONS[self.node.operation].pulls[self.place]
        assert pull is not None
        pulled = pull(number(1), at.value, *args)
        assert isinstance(pulled, Apply)
        return pulled.args[1]  # of 1 times the slope


def activations(network: Network, operations: Collection[str]) -> list[list[Activation]]:
    """Those of some operations, each once, by the shape of what they give."""
    found: dict[Shape, dict[Apply, Activation]] = {}
    for name, equation in network.equations.items():
        for node in parts(equation):
            if isinstance(node, Apply) and node.operation in operations:
                one = Activation(node, Name(name) if node is equation else node)
                found.setdefault(infer(node, network.shapes), {}).setdefault(node, one)
    return [[*several.values()] for several in found.values()]


Mixture = Callable[[Activation, Activation], Expression]


def whole_slope(own: Activation, other: Activation) -> Expression:
    return other.slope(other)


def at_other(own: Activation, other: Activation) -> Expression:
    return own.slope(other)


def of_other(own: Activation, other: Activation) -> Expression:
    return other.slope(own)


def other_masks(solver: Solver) -> Iterator[Network]:
    """The mask of another unit or layer, and that of the ReLU for a leaky one."""
    yield from mixed_up(MASKED, at_other, whole_slope)(solver)
    yield from by_rules(RELU_FOR_LEAKY)(solver)


def slopes_mixed_up(solver: Solver) -> Iterator[Network]:
    """One for another; where nothing but a name is known of a function, its argument or itself alone too."""
    yield from mixed_up(ENTRYWISE, whole_slope)(solver)
    yield from mixed_up(PLACES.keys(), at_other, of_other)(solver)


def mixed_up(
    operations: Collection[str], *mixtures: Mixture
) -> Callable[[Solver], Iterator[Network]]:
    """Each slope of some activations taken from another one of the same shape, in several ways."""

    def solvers(solver: Solver) -> Iterator[Network]:
        groups = activations(solver.network, operations) if solver.wanted else []
        for shift in range(1, 1 + min(MAX_OTHERS, max(map(len, groups), default=1) - 1)):
            for mixture in mixtures:
                slopes = {
                    own.node: mixture(own, group[(place + shift) % len(group)])
                    for group in groups
                    for place, own in enumerate(group)
                }
                yield solver.solved(Rules(pulls_by(slopes)))

    return solvers


def pulls_by(slopes: Mapping[Apply, Expression]) -> dict[str, tuple[Pull | None, ...]]:
    """Rules by which the activations have these slopes."""
    return {one.operation: pulls_of(one.operation, slopes) for one in slopes}


def pulls_of(operation: str, slopes: Mapping[Apply, Expression]) -> tuple[Pull | None, ...]:
    place = PLACES.get(operation, 0)
    right = OPERATIONS[operation].pulls[place]
    assert right is not None

    def pull(g: Expression, y: Expression, *args: Expression) -> Expression:
        slope = slopes.get(Apply(operation, args))
        return right(g, y, *args) if slope is None else times(g, slope)

    return (*OPERATIONS[operation].pulls[:place], pull, *OPERATIONS[operation].pulls[place + 1 :])


def pre_activations(solver: Solver) -> Iterator[Network]:
    """A gradient by weights with what went into an activation where its value belongs."""
    right = solver.right
    arguments = {
        one.value.name: one.node.args[one.place]
        for group in activations(solver.network, ENTRYWISE)
        for one in group
        if isinstance(one.value, Name) and isinstance(one.node.args[one.place], Name)
    }
    by_weights = {
        name: substitute(equation, arguments)
        for name, equation in right.equations.items()
        if is_derivative(name) and of_and_by(name)[1] in solver.network.parameters
    }
    yield replace(right, equations={**right.equations, **by_weights})
