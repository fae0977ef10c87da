"""Plots of what an exercise draws and computes: the expressions behind curves, points and borders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from grader.bank import FigureFile
from grader.errors import Place
from grader.model.structure import Structure
from grader.model.values import key_of
from reference.language.dimensions import SCALAR, Shape, describe
from reference.language.names import unknown
from reference.language.values import Array
from reference.network import Network

POINT: Shape = (2, 1)


class Plotted(Struct, frozen=True):
    """The names of ``network`` behind each curve, group of points and border; ``over`` stands for a point of the plane."""

    network: Network
    curves: Mapping[str, str]
    points: Mapping[str, str]
    borders: Mapping[str, str]
    over: str
    across: str
    up: str

    def free(self) -> set[str]:
        """What must be known before anything can be drawn."""
        every = [*self.curves.values(), *self.points.values(), *self.borders.values()]
        used = {name for one in every for name in self.network.ancestors(one)}
        return used - self.network.equations.keys() - {self.over}

    def values(self, name: str, known: Mapping[str, Array]) -> Array:
        """(batch, rows, columns) of one name."""
        return self.network.pruned([name]).evaluate(known)[name]


def plotted(structure: Structure, network: Network) -> dict[str, Plotted]:
    """Question → its plot, where it has one; the exercise's own has the key ""."""
    file, at = structure.file, structure.at
    figures = [("", file.figure, at["figure"])]
    for place, question in enumerate(file.questions):
        figures.append((question.id, question.figure, at["questions"][place]["figure"]))
    return {
        of: named(structure, figure, here, network)
        for of, figure, here in figures
        if isinstance(figure, FigureFile) and not figure.loss_curves
    }


def named(structure: Structure, figure: FigureFile, at: Place, network: Network) -> Plotted:
    """What a plot shows, as further names of the network."""
    if figure.over and network.shapes.get(figure.over) != POINT:
        found = describe(network.shapes[figure.over]) if figure.over in network.shapes else ""
        message = f"expected an input of two entries, found {found}" if found else ""
        at["over"].report(message or unknown(figure.over, network.vocabulary.names), "shapes")
    names: dict[str, dict[str, str]] = {}
    for kind in ("curves", "points", "borders"):
        names[kind] = {}
        for label, text in getattr(figure, kind).items():
            here = at[kind][label]
            if keyed := key_of(structure, text, here, network):
                value, shape, network = keyed
                if not fits(kind, shape):
                    here.report(f"expected {EXPECTED[kind]}, found {describe(shape)}", "shapes")
                name = f"{kind} {label}"  # which no quantity can be called
                network = network.extended({name: value}, {name: shape})
                names[kind][label] = name
    return Plotted(
        network,
        names["curves"],
        names["points"],
        names["borders"],
        figure.over,
        figure.across,
        figure.up,
    )


def fits(kind: str, shape: Shape) -> bool:
    if kind == "curves":
        return 1 in shape and shape != SCALAR
    return shape[0] == 2 if kind == "points" else shape == SCALAR


EXPECTED = {
    "curves": "a vector",
    "points": "a matrix of two rows, a point in each column",
    "borders": "a number, which is 0 on the border",
}


def unknown_in(
    plots: Mapping[str, Plotted], grids: Collection[str]
) -> Iterator[tuple[str, list[str]]]:
    """Each plot that needs values that are not drawn, and their names."""
    for of, plot in plots.items():
        if missing := sorted(plot.free() - {*grids}):
            yield f"the figure of {of or 'the exercise'}", missing
