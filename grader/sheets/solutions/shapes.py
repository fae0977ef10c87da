"""A shape, from the equation in which it must fit: the dimensions that meet."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.model import Count
from grader.sheets.notation import Notation
from grader.sheets.solutions.step import Side, aligned, named, written
from reference.language.expression import Apply, Expression, parts
from reference.language.writing import latex_with, plain_with
from reference.network import Network


class ShapeStep(Struct, frozen=True):
    """An equation, and the shape of each of its names."""

    name: str
    formula: Expression
    shapes: Mapping[str, tuple[str, str]]

    def written(self, notation: Notation) -> str:
        shown = {name: bracketed(shape, notation) for name, shape in self.shapes.items()}
        write = plain_with if notation is Notation.PLAIN else latex_with
        equation = [
            Side("=", named(self.name, notation)),
            Side("=", written(self.formula, notation)),
        ]
        fitting = [Side("=", shown[self.name]), Side("=", write(self.formula, shown))]
        return "\n".join(aligned(sides, 1, notation) for sides in (equation, fitting))


def of_shape(asked: Count, network: Network, sizes: Mapping[str, int]) -> list[ShapeStep]:
    """The equation that uses a parameter, or those by which a value comes from a product of matrices."""
    known = {} if asked.names else sizes
    shapes = {
        name: (str(known.get(str(rows), rows)), str(known.get(str(columns), columns)))
        for name, (rows, columns) in network.shapes.items()
    }
    return [ShapeStep(name, network.equations[name], shapes) for name in fitting(asked.of, network)]


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


def bracketed(shape: tuple[str, str], notation: Notation) -> str:
    sign = "×" if notation is Notation.PLAIN else r" \times "
    if notation is Notation.PLAIN:
        sign = f" {sign} "
    return f"({sign.join(shape)})"
