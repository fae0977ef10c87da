"""Rules of derivatives that are misunderstood: a forgotten mask, a matrix that is not transposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reference.derivatives.reverse_mode import Rules
from reference.language.expression import Apply, Expression, apply, number, parts
from reference.language.operations import OPERATIONS, Pull
from reference.misconceptions.solver import Solver
from reference.network import Network

MAX_PATHS = 4  # of which one alone is taken


def by_rules(*several: Mapping[str, tuple[Pull | None, ...]]) -> Callable[..., Iterator[Network]]:
    """Derivatives by other rows of the table, where the network has their operations."""

    def solvers(solver: Solver) -> Iterator[Network]:
        used = {
            node.operation
            for e in solver.network.equations.values()
            for node in parts(e)
            if isinstance(node, Apply)
        }
        for pulls in several:
            if solver.wanted and pulls.keys() & used:
                yield solver.solved(Rules(pulls))

    return solvers


def times(left: Expression, right: Expression) -> Expression:
    return apply("hadamard", left, right)


def one_minus(value: Expression) -> Expression:
    return apply("subtract", number(1), value)


MASK: dict[str, tuple[Pull | None, ...]] = {
    "relu": (lambda g, y, x: g,),
    "leaky_relu": (lambda g, y, x, slope: g, None),
}
SLOPE: dict[str, tuple[Pull | None, ...]] = {
    **dict.fromkeys(("sigmoid", "tanh", "softmax"), (lambda g, y, x: g,)),
    "call1": (None, None, lambda g, y, function, order, x: g),
}
OTHER_MASK: dict[str, tuple[Pull | None, ...]] = {
    "relu": (lambda g, y, x: times(g, apply("gt", g, number(0))),)
}
SIGMOID_PLUS: dict[str, tuple[Pull | None, ...]] = {
    "sigmoid": (lambda g, y, x: times(g, times(y, apply("add", number(1), y))),)
}
AT_ARGUMENT: dict[str, tuple[Pull | None, ...]] = {
    "sigmoid": (lambda g, y, x: times(g, times(x, one_minus(x))),),
    "tanh": (lambda g, y, x: times(g, one_minus(apply("power", x, number(2)))),),
}
AT_VALUE: dict[str, tuple[Pull | None, ...]] = {
    "sigmoid": (
        lambda g, y, x: times(g, times(apply("sigmoid", y), one_minus(apply("sigmoid", y)))),
    ),
    "tanh": (lambda g, y, x: times(g, one_minus(apply("power", apply("tanh", y), number(2)))),),
}
POWER: dict[str, tuple[Pull | None, ...]] = {
    "power": (
        lambda g, y, a, b: times(g, apply("power", a, apply("subtract", b, number(1)))),
        OPERATIONS["power"].pulls[1],
    )
}
UNTRANSPOSED: dict[str, tuple[Pull | None, ...]] = {
    "matmul": (
        lambda g, y, a, b: apply("matmul", g, apply("transpose", b)),
        lambda g, y, a, b: apply("matmul", a, g),
    )
}


def one_path(solver: Solver) -> Iterator[Network]:
    """Of several paths, one alone."""
    if not solver.wanted:
        return
    for place in range(MAX_PATHS):
        yield solver.solved(Rules(paths=lambda terms, at=place: terms[at : at + 1] or terms[:1]))  # type: ignore[misc]
