"""Expression × values → arrays, over any leading batch axes."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Container, Iterator, Mapping

import numpy as np
from msgspec import Struct

from reference.language.expression import Apply, Expression, Name, Number, fold, parts
from reference.language.operations import OPERATIONS
from reference.language.values import Array

BLOCK = 16  # steps that are shaken by factors that are drawn together


class Step(Struct, frozen=True):
    """One step of an evaluation: a constant, a name, or an operation on results of other steps."""

    constant: Array | None = None
    name: str = ""
    operation: str = ""
    args: tuple[int, ...] = ()


def constant(node: Expression) -> Array:
    """A number as a 1 × 1 array."""
    if not isinstance(node, Number):
        raise TypeError(f"not resolved: {node}")
    top, bottom = node.value.as_integer_ratio()
    return np.array([[top / bottom]])


@functools.lru_cache(maxsize=20_000)
def steps(expression: Expression) -> tuple[Step, ...]:
    """The steps of a resolved expression, shared parts once; the last one is its value."""
    found: list[Step] = []

    def visit(node: Expression, args: list[int]) -> int:
        match node:
            case Number():
                found.append(Step(constant=constant(node)))
            case Name(name):
                found.append(Step(name=name))
            case Apply(operation):
                found.append(Step(operation=operation, args=tuple(args)))
            case _:
                raise TypeError(f"not resolved: {node}")
        return len(found) - 1

    fold(expression, visit)
    return tuple(found)


def run(expression: Expression, values: Mapping[str, Array], on_paper: bool = True) -> Array:
    """The value of an equation, whose steps are kept for the next time; ties are decided as ``on_paper``, or by the last bit."""
    results: list[Array] = []
    for step in steps(expression):
        if step.operation:
            args = [results[index] for index in step.args]
            row = OPERATIONS[step.operation]
            results.append(((on_paper and row.on_paper) or row.value)(*args))
        else:
            results.append(values[step.name] if step.constant is None else step.constant)
    return results[-1]


def evaluate_parts(nodes: list[Expression], values: Mapping[str, Array]) -> dict[int, Array]:
    """The values of the :func:`parts` of an expression, by ``id`` of the part; as :func:`evaluate`."""
    found: dict[int, Array] = {}
    evaluate_further(nodes, values, found)
    return found


@np.errstate(all="ignore")
def evaluate_further(
    nodes: list[Expression], values: Mapping[str, Array], found: dict[int, Array]
) -> None:
    """As :func:`evaluate_parts`, added to the values of what others share with an expression."""
    value = found.__getitem__
    for node in nodes:
        key = id(node)
        if key in found:
            continue
        if isinstance(node, Apply):
            operation = OPERATIONS[node.operation].value
            found[key] = operation(*map(value, map(id, node.args)))
        else:
            found[key] = values[node.name] if isinstance(node, Name) else constant(node)


def evaluate_shaken(
    nodes: list[Expression], values: Mapping[str, Array], computed: Container[str], shake: float
) -> Array:
    """The value of an expression with these :func:`parts`, as :func:`evaluate_parts_shaken`."""
    return evaluate_parts_shaken(nodes, values, computed, shake)[id(nodes[-1])]


def evaluate_parts_shaken(
    nodes: list[Expression],
    values: Mapping[str, Array],
    computed: Container[str],
    shake: float,
    factors: Iterator[Array] | None = None,
) -> dict[int, Array]:
    """The values of parts, by ``id``, every step off by a random share of its result.

    What that does to the whole is what rounding does, on a larger scale.

    Args:
        values: (points, rows, columns); at every point, the steps are off by shares of their own.
        computed: the names that are themselves results of steps.
        shake: the largest share.
        factors: by which the steps are off, if they go on from those of others.
    """
    found: dict[int, Array] = {}
    names: dict[str, Array] = {}
    factors = factors or near_one(len(next(iter(values.values()))), shake)
    value = found.__getitem__
    with np.errstate(all="ignore"):
        for node in nodes:
            if isinstance(node, Name):
                if node.name not in names:
                    own = values[node.name]
                    names[node.name] = own * next(factors) if node.name in computed else own
                found[id(node)] = names[node.name]
            elif not isinstance(node, Apply):
                found[id(node)] = constant(node)
            elif id(node) not in found:
                row = OPERATIONS[node.operation]
                result = row.value(*map(value, map(id, node.args)))
                if not row.keeps_digits:
                    batch = result.shape[-3:-2] or (1,)
                    result = result * next(factors)[: batch[0]]
                found[id(node)] = result
    return found


class Factors:
    """Factors near 1, each (points, 1, 1), by which the results of ``BLOCK`` steps are off; drawn when one is first needed."""

    def __init__(self, points: int, shake: float, block: int) -> None:
        self.points, self.shake = points, shake
        self.generator = np.random.Generator(np.random.Philox(key=7 + (block << 64)))
        self.drawn: list[Array] = []

    def __iter__(self) -> Iterator[Array]:
        for place in range(BLOCK):
            if place == len(self.drawn):
                own = self.generator.uniform(-1, 1, (self.points, 1, 1))
                self.drawn.append(1 + self.shake * own)
            yield self.drawn[place]


shaken = functools.lru_cache(maxsize=32)(Factors)


def near_one(points: int, shake: float) -> Iterator[Array]:
    """Factors for all steps, one after the other."""
    return itertools.chain.from_iterable(shaken(points, shake, n) for n in itertools.count())


def evaluate_all_shaken(
    equations: Mapping[str, Expression], values: Mapping[str, Array], shake: float
) -> dict[str, Array]:
    """``values`` with those of some equations anew, every step off, as :func:`evaluate_parts_shaken`."""
    known = dict(values)
    factors = near_one(len(next(iter(values.values()))), shake)
    for name, equation in equations.items():
        found = evaluate_parts_shaken(parts(equation), known, (), shake, factors)[id(equation)]
        known[name] = np.broadcast_to(found, values[name].shape)
    return known


def evaluate(expression: Expression, values: Mapping[str, Array]) -> Array:
    """The value of a resolved expression.

    Args:
        expression: resolved, so without written products.
        values: name → array of shape (..., rows, columns); leading axes broadcast.

    Returns:
        An array of shape (..., rows, columns). Outside a domain (the logarithm of a negative
        number, a division by zero) it holds NaN or infinity; nothing is raised or warned of.
    """
    return evaluate_parts(parts(expression), values)[id(expression)]


@np.errstate(all="ignore")
def evaluate_all(
    equations: Mapping[str, Expression], values: Mapping[str, Array], on_paper: bool = True
) -> dict[str, Array]:
    """``values`` and the value of every equation, which may use those before it; as :func:`run`."""
    known = dict(values)
    for name, expression in equations.items():
        known[name] = run(expression, known, on_paper)
    return known
