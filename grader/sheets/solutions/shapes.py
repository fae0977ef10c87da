"""A shape, from the equation in which it must fit: the dimensions that meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from grader.model import Count
from grader.sheets.notation import Notation
from grader.sheets.solutions.counts import sized
from grader.sheets.solutions.step import Side, Step, aligned, named, written
from reference.language.dimensions import Shape, Stored
from reference.language.expression import Apply, Expression, Name, Number, parts
from reference.language.indexed.rows import left_side
from reference.language.unicode import unicode
from reference.language.writing import latex_with
from reference.network import Network


class Fitting(Struct, frozen=True):
    """A product of matrices, and the shape of each of its names."""

    name: str
    formula: Expression
    shapes: Mapping[str, tuple[Expression, ...]]

    def written(self, notation: Notation) -> str:
        shown = {name: bracketed(shape, notation) for name, shape in self.shapes.items()}
        write = unicode if notation is Notation.PLAIN else latex_with
        sides = [Side("=", shown[self.name]), Side("=", write(self.formula, shown))]
        return aligned(sides, 1, notation)


class Found(Struct, frozen=True):
    """A quantity and its shape."""

    name: str
    shape: tuple[Expression, ...]

    def written(self, notation: Notation) -> str:
        shown = bracketed(self.shape, notation)
        name = named(self.name, notation)
        return f"    {name}: {shown}" if notation is Notation.PLAIN else f"${name}$: ${shown}$"


def of_shape(
    asked: Count, network: Network, sizes: Mapping[str, int], done: set[str]
) -> Iterator[Step | Fitting | Found]:
    """The equation that uses a parameter, or those by which a value comes from a product of matrices; then the shape.

    ``done``: the names whose shapes were shown before.
    """
    known = {} if asked.names else sizes
    shapes = {name: in_sizes(shape, known) for name, shape in network.shapes.items()}
    for name in fitting(asked.of, network):
        if (said := f"shape of {name}") not in done:
            done.add(said)
            formula = network.equations[name]
            yield Step((left_side(name, formula),), formula)
            if multiplies(formula):
                yield Fitting(name, formula, shapes)
    yield Found(asked.of, shapes[asked.of])


def in_sizes(shape: Shape, known: Mapping[str, int]) -> tuple[Expression, ...]:
    """All axes, in numbers as far as sizes are known."""
    return tuple(sized(one, known) for one in (shape.axes if isinstance(shape, Stored) else shape))


def fitting(name: str, network: Network) -> list[str]:
    """The computed names whose equations show a shape."""
    if name not in network.equations:
        return [one for one in network.equations if name in network.edges(one)][:1]
    found = [name]
    while not multiplies(network.equations[found[0]]):
        before = [one for one in network.equations if one in network.edges(found[0])]
        if len(before) != 1:
            break
        found[:0] = before
    return found


def multiplies(expression: Expression) -> bool:
    return any(isinstance(one, Apply) and one.operation == "matmul" for one in parts(expression))


def bracketed(shape: tuple[Expression, ...], notation: Notation) -> str:
    sign = " × " if notation is Notation.PLAIN else r" \times "
    return f"({sign.join(axis(one, notation) for one in shape)})"


def axis(length: Expression, notation: Notation) -> str:
    """How long an axis is, with brackets around a formula."""
    shown = written(length, notation)
    return shown if isinstance(length, Name | Number) else f"({shown})"
