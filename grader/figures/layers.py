"""A network of layers, from left to right: a circle for each unit, dots where a layer has too many."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from msgspec import Struct

from grader.figures.labels import Label, named, width, words
from grader.figures.picture import Figure, element, figure, line, stroked, text
from grader.words import counted
from reference.language.unicode import unicode_name

FUNCTIONS = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "identity": ""}  # others have their names
MOST = 5  # circles of a layer
RADIUS, STEP = 17.0, 44.0
NAME, NOTE = 16.0, 15.0  # sizes of letters
LINE, MARGIN, AISLE = 19.0, 6.0, 64.0
DOTS, EMPTY = words("dots"), words("")


class Layer(Struct, frozen=True):
    """``count``: a number of units, or the symbol of a size."""

    name: str
    count: str
    activation: str = "identity"

    @property
    def function(self) -> str:
        return FUNCTIONS.get(self.activation, self.activation)


@functools.lru_cache(maxsize=1024)  # the papers of a class show the same few
def layer_diagram(
    layers: tuple[Layer, ...], name: str, title: str = "The layers of the network"
) -> Figure:
    """The layers of a dense network; every unit is joined to all of the layer before it.

    Args:
        name: tells the figure's ids from those of others on a page.
    """
    shown = [circles(layer, layer is layers[-1]) for layer in layers]
    tallest = max(map(len, shown))
    notes = [[*captions(layer, layer is layers[0], layer is layers[-1])] for layer in layers]
    lines = [*places(layers, notes)]
    middle = MARGIN + RADIUS + STEP * (tallest - 1) / 2
    spots = [
        [(x, middle + STEP * (row - (len(column) - 1) / 2)) for row in range(len(column))]
        for x, column in zip(lines, shown, strict=True)
    ]
    body = [*joints(spots, shown)]
    for column, labels, about in zip(spots, shown, notes, strict=True):
        for (x, y), label in zip(column, labels, strict=True):
            body += unit(x, y, label)
        bottom = middle + STEP * (tallest - 1) / 2 + RADIUS
        body += [
            text(column[0][0], bottom + LINE * row, note, NOTE) for row, note in enumerate(about, 1)
        ]
    across = lines[-1] + half(notes[-1]) + MARGIN
    down = 2 * (MARGIN + RADIUS) + STEP * (tallest - 1) + LINE * max(map(len, notes)) + 4
    return figure(name, title, description(layers), (across, down), body)


def circles(layer: Layer, last: bool) -> list[Label]:
    """What stands in the circles of a layer from the top, as far as it fits; ``DOTS`` for those left out."""
    if layer.count == "1" and last:
        return fitting([layer.name])
    if layer.count.isdigit() and int(layer.count) <= MOST:
        return fitting([f"{layer.name}_{place}" for place in range(1, int(layer.count) + 1)])
    first, second, final = fitting([f"{layer.name}_{place}" for place in (1, 2, layer.count)])
    return [first, second, DOTS, final]


def fitting(names: list[str]) -> list[Label]:
    """Labels that fit into circles, or none of them."""
    labels = [*map(named, names)]
    fit = all(width(label, NAME) <= 2 * RADIUS for label in labels)
    return labels if fit else [EMPTY] * len(labels)


def captions(layer: Layer, first: bool, last: bool) -> Iterator[Label]:
    """What stands below a layer."""
    if EMPTY in circles(layer, last):
        yield named(layer.name)
    what = "input" if first else "unit"
    yield (*named(layer.count), *words(f" {what}" if layer.count == "1" else f" {what}s"))
    if layer.function:
        yield words(layer.function)


def half(notes: Sequence[Label]) -> float:
    """Half the width of a column."""
    return max(RADIUS, *(width(note, NOTE) / 2 for note in notes))


def places(layers: Sequence[Layer], notes: Sequence[Sequence[Label]]) -> Iterator[float]:
    """The middle of each column."""
    x = MARGIN
    for number, about in enumerate(notes):
        if number:
            beside = half(notes[number - 1]) + half(about) + 12
            x += max(beside, 2 * RADIUS + AISLE)
        else:
            x += half(about)
        yield x


def joints(
    spots: Sequence[Sequence[tuple[float, float]]], shown: Sequence[Sequence[Label]]
) -> Iterator[str]:
    """Lines from every unit that is shown to every one of the next layer."""
    real = [
        [spot for spot, label in zip(column, labels, strict=True) if label != DOTS]
        for column, labels in zip(spots, shown, strict=True)
    ]
    for before, after in pairwise(real):
        for (x0, y0), (x1, y1) in product(before, after):
            share = RADIUS / ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
            across, down = (x1 - x0) * share, (y1 - y0) * share
            yield line([(x0 + across, y0 + down), (x1 - across, y1 - down)], stroke_width=0.8)


def unit(x: float, y: float, label: Label) -> Iterator[str]:
    """A circle with its label, or three dots."""
    if label == DOTS:
        for shift in (-8, 0, 8):
            yield element("circle", cx=x, cy=y + shift, r=1.8)
        return
    yield element("circle", cx=x, cy=y, r=RADIUS, **stroked())
    if label != EMPTY:
        yield text(x, y - 1, label, NAME)


def description(layers: Sequence[Layer]) -> str:
    first, *rest = layers
    told = [
        f"{spoken(layer)} with {counted(layer.count, 'unit')}{function(layer)}" for layer in rest
    ]
    return (
        f"Network with {counted(first.count, 'input')} {spoken(first)} and {counted(len(rest), 'layer')}: "
        f"{', then '.join(told)}. Every unit is joined to all units of the layer before it."
    )


def spoken(layer: Layer) -> str:
    return unicode_name(layer.name)


def function(layer: Layer) -> str:
    return f" ({layer.function})" if layer.function else ""
