"""Given numbers as a picture: curves over 1, 2, 3, …, points in the plane, and borders where a function is 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from msgspec import Struct

from grader.figures.chart import (
    DASHES,
    NAME,
    PLOT,
    SIZE,
    TICK,
    Frame,
    Polyline,
    axes,
    labels,
    round_values,
    signed,
    stroke,
)
from grader.figures.labels import named, width, words
from grader.figures.picture import Figure, coordinate, element, figure, line, stroked, text
from grader.words import counted

Point = tuple[float, float]
Level = Callable[[Sequence[Point]], Sequence[float]]  # the values of a function at points

CELLS = 48  # of the frame, each way, in which a border is looked for
TOLD = 12  # numbers of a curve that are told in words, at most
MARGIN = 0.08  # of the picture, around points
FINE = 12  # ticks of an axis beside points, at most: lines among them are read off by halves
LEGEND = 24.0  # the height of a row that explains marks
RADIUS = 5.0  # of a mark


class Plot(Struct, frozen=True):
    """What is drawn, by label; a border comes with the function that is 0 on it."""

    curves: Mapping[str, Sequence[float]] = {}
    points: Mapping[str, Sequence[Point]] = {}
    borders: Mapping[str, Level] = {}
    across: str = ""
    up: str = ""


def plot(wanted: Plot, name: str, title: str) -> Figure:
    """The picture of given numbers; ``name`` tells its ids from those of others on a page."""
    frame, ticks, heights = framed(wanted)
    borders = {label: border(level, frame) for label, level in wanted.borders.items()}
    body = drawn(wanted, frame, ticks, heights, borders)
    high = SIZE[1] + (LEGEND if wanted.points else 0)
    wide = SIZE[0] + max((width(named(one), NAME) - 20 for one in titles(wanted)), default=0)
    told = description(wanted, frame, borders)
    return figure(name, title, told, (max(wide, SIZE[0]), high), body)


def titles(wanted: Plot) -> list[str]:
    """The labels that stand at the end of a line."""
    return [*wanted.curves, *wanted.borders]


def framed(wanted: Plot) -> tuple[Frame, list[float], list[float]]:
    """The part of the plane that holds all numbers, and the ticks of its axes."""
    points = list(chain.from_iterable(wanted.points.values()))
    for values in wanted.curves.values():
        points += enumerate(values, start=1)
    most = 9 if wanted.curves else FINE
    ticks, heights = (round_values(*roomy([one[axis] for one in points]), most) for axis in (0, 1))
    if wanted.curves:
        last = max(map(len, wanted.curves.values()))
        ticks = [tick for tick in round_values(0, last) if tick <= last and tick == int(tick)]
        return Frame(0, last, heights[0], heights[-1]), ticks, heights
    return Frame(ticks[0], ticks[-1], heights[0], heights[-1]), ticks, heights


def roomy(values: Sequence[float]) -> tuple[float, float]:
    """A range around numbers, which holds the 0 where it is near."""
    low, high = min(values), max(values)
    room = MARGIN * (high - low) or 1.0
    if 0 < low <= high - low:
        return 0.0, high + room
    return low - room, high + room


def drawn(
    wanted: Plot,
    frame: Frame,
    ticks: Sequence[float],
    heights: Sequence[float],
    borders: Mapping[str, list[Polyline]],
) -> Iterator[str]:
    yield from grid(frame, ticks, heights)
    yield from axes(frame, ticks, heights, wanted.across, wanted.up)
    ends: dict[str, Polyline] = {}
    lines = {
        label: [[frame.place(*one) for one in enumerate(values, start=1)]]
        for label, values in wanted.curves.items()
    } | {
        label: [[frame.place(*one) for one in part] for part in parts]
        for label, parts in borders.items()
    }
    for (label, parts), dashes in zip(lines.items(), DASHES, strict=False):
        yield from (stroke(part, dashes) for part in parts)
        if parts:
            ends[label] = sorted(max(parts, key=lambda part: max(part)))
    for values in wanted.curves.values():
        yield from (dot(*frame.place(*one)) for one in enumerate(values, start=1))
    yield from labels(ends)
    yield from marks(wanted.points, frame)


def grid(frame: Frame, ticks: Sequence[float], heights: Sequence[float]) -> Iterator[str]:
    """Faint lines at the ticks, for reading numbers off; the lines through 0 are firmer."""
    for tick in ticks:
        yield faint(frame.place(tick, frame.low), frame.place(tick, frame.high), tick == 0)
    for height in heights:
        yield faint(frame.place(frame.left, height), frame.place(frame.right, height), height == 0)


def faint(start: Point, end: Point, firm: bool) -> str:
    return line([start, end], stroke_width=0.8, stroke_opacity=0.7 if firm else 0.22)


def dot(x: float, y: float) -> str:
    return element("circle", cx=x, cy=y, r=2.4)


def marks(points: Mapping[str, Sequence[Point]], frame: Frame) -> Iterator[str]:
    """A mark at each point, and which mark is which group's."""
    at, row = PLOT[0], SIZE[1] + LEGEND / 2 - 6
    for (label, group), mark in zip(points.items(), MARKS, strict=False):
        yield from (mark(*frame.place(*one)) for one in group)
        yield mark(at + RADIUS, row)
        yield text(at + 3 * RADIUS, row, words(label), TICK + 1, "start")
        at += 5 * RADIUS + width(words(label), TICK + 1) + 8


def disc(x: float, y: float) -> str:
    return element("circle", cx=x, cy=y, r=RADIUS)


def ring(x: float, y: float) -> str:
    return element("circle", cx=x, cy=y, r=RADIUS, **stroked(stroke_width=1.6))


def cross(x: float, y: float) -> str:
    arm = RADIUS
    left, right, top, low = map(coordinate, (x - arm, x + arm, y - arm, y + arm))
    path = f"M{left} {top} L{right} {low} M{right} {top} L{left} {low}"
    return element("path", d=path, **stroked(stroke_width=2))


def square(x: float, y: float) -> str:
    side = 2 * RADIUS
    return element("rect", x=x - RADIUS, y=y - RADIUS, width=side, height=side, **stroked())


MARKS = (disc, cross, ring, square)  # told apart by their form, never by colour alone


def border(level: Level, frame: Frame) -> list[Polyline]:
    """Where a function is 0 within a frame, as strokes through the triangles of a lattice.

    Within a triangle the function is taken for linear, so a stroke crosses it wherever it has both signs in its corners.
    """
    across, up = frame.right - frame.left, frame.high - frame.low
    lattice = [
        (frame.left + across * i / CELLS, frame.low + up * j / CELLS)
        for i in range(CELLS + 1)
        for j in range(CELLS + 1)
    ]
    values = level(lattice)
    corners = {
        one: (point, value) for one, (point, value) in enumerate(zip(lattice, values, strict=True))
    }
    found: list[Polyline] = []
    for i in range(CELLS):
        for j in range(CELLS):
            here = i * (CELLS + 1) + j
            right, above = here + CELLS + 1, here + 1
            for triangle in ((here, right, above), (right + 1, right, above)):
                found += crossing([corners[one] for one in triangle])
    return joined(found)


def crossing(triangle: Sequence[tuple[Point, float]]) -> list[Polyline]:
    """The stroke on which a function is 0, if it has both signs in the corners; a 0 counts as positive."""
    ends = [
        between(*one, *other)
        for one, other in zip(triangle, [*triangle[1:], triangle[0]], strict=True)
        if (one[1] < 0) != (other[1] < 0)
    ]
    return [ends] if len({*ends}) == 2 else []


def between(one: Point, value: float, other: Point, beyond: float) -> Point:
    """The point at which a function that is linear from one corner to the other is 0."""
    (x, y), (u, v) = (one, other) if one < other else (other, one)
    low, high = (value, beyond) if one < other else (beyond, value)
    share = low / (low - high)
    return x + (u - x) * share, y + (v - y) * share


def joined(strokes: Sequence[Polyline]) -> list[Polyline]:
    """Strokes that share an end, as long lines."""
    touching: dict[Point, list[int]] = {}
    for place, (start, end) in enumerate(strokes):
        touching.setdefault(start, []).append(place)
        touching.setdefault(end, []).append(place)
    found, used = [], set[int]()
    ends = [place for near in touching.values() if len(near) == 1 for place in near]
    for first in [*ends, *range(len(strokes))]:
        if first not in used:
            start, end = strokes[first]
            if len(touching[end]) == 1:
                start, end = end, start
            found.append(followed(first, [start, end], strokes, touching, used))
    return found


def followed(
    place: int,
    path: list[Point],
    strokes: Sequence[Polyline],
    touching: Mapping[Point, Sequence[int]],
    used: set[int],
) -> Polyline:
    """A line from its first stroke on, as far as others go on from it."""
    used.add(place)
    while further := [one for one in touching[path[-1]] if one not in used]:
        used.add(further[0])
        start, end = strokes[further[0]]
        path.append(end if start == path[-1] else start)
    return path


def description(wanted: Plot, frame: Frame, borders: Mapping[str, Sequence[Polyline]]) -> str:
    """What the picture shows, in words: the numbers of each curve, the points, and where borders run."""
    told = [
        f"{counted(len(group), 'point')} of {label}: {listed(group)}."
        for label, group in wanted.points.items()
    ]
    told += [f"Curve {label}: {of_curve(values)}." for label, values in wanted.curves.items()]
    told += [f"Border {label}: {of_border(parts, frame)}." for label, parts in borders.items()]
    axes = " and ".join(
        filter(
            None,
            (wanted.across and f"{wanted.across} across", wanted.up and f"{wanted.up} upwards"),
        )
    )
    return " ".join([f"A plot with {axes}." if axes else "A plot.", *told])


def listed(points: Sequence[Point]) -> str:
    return ", ".join(f"({signed(round(x, 4))}, {signed(round(y, 4))})" for x, y in points)


def of_curve(values: Sequence[float]) -> str:
    step = math.ceil(len(values) / TOLD)
    told = {*range(0, len(values), step), len(values) - 1}
    return ", ".join(f"{signed(round(values[at], 4))} at {at + 1}" for at in sorted(told))


def of_border(parts: Sequence[Polyline], frame: Frame) -> str:
    """Where a border meets the edges of the picture and the lines at its quarters."""
    across = [frame.left + (frame.right - frame.left) * i / 4 for i in range(5)]
    met = {end for part in parts if part[0] != part[-1] for end in (part[0], part[-1])}
    for part in parts:
        for value in across:
            for one, other in pairwise(part):
                if min(one[0], other[0]) <= value < max(one[0], other[0]):
                    share = (value - one[0]) / (other[0] - one[0])
                    met.add((value, one[1] + share * (other[1] - one[1])))
    rounded = {(round(x, 2) + 0.0, round(y, 2) + 0.0) for x, y in met}
    return f"through {listed(sorted(rounded))}" if met else "outside of the picture"
