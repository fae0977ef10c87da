"""Line charts: lines are told apart by their dashes and by a label at their end, never by colour alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from msgspec import Struct

from grader.figures.labels import named, width, words
from grader.figures.picture import arrowhead, line, text
from grader.figures.placing import spread

PLOT = 46.0, 30.0, 316.0, 220.0  # left, top, width, height
SIZE = PLOT[0] + PLOT[2] + 34.0, PLOT[1] + PLOT[3] + 46.0
INSET = 14.0  # from the axis to the first point, so that a line that goes straight up is seen
DASHES = ("", "9 4", "2 4", "11 4 2 4", "5 3", "14 5", "2 2", "9 3 2 3 2 3")
TICK, NAME = 13.0, 16.0  # sizes of letters

Polyline = Sequence[tuple[float, float]]


class Frame(Struct, frozen=True):
    """What a chart shows: from ``left`` to ``right`` and from ``low`` to ``high``; ``inset`` is before the first point."""

    left: float
    right: float
    low: float
    high: float
    inset: float = 0.0

    def place(self, across: float, up: float) -> tuple[float, float]:
        """Where a point stands in the picture."""
        x, y, wide, tall = PLOT
        share = (across - self.left) / (self.right - self.left)
        raised = (up - self.low) / (self.high - self.low)
        return x + self.inset + (wide - self.inset) * share, y + tall * (1 - raised)


def line_chart(
    lines: Mapping[str, Sequence[float]], top: float, across: str, up: str, ticks: int
) -> Iterator[str]:
    """Lines over 0, 1, 2, …, by label, from 0 up to ``top``; what is higher leaves the picture.

    Args:
        across, up: what the axes show.
        ticks: steps between two ticks of the axis across.
    """
    last = max(len(values) for values in lines.values()) - 1
    frame = Frame(0, last, 0, top, INSET)
    yield from axes(frame, range(0, last + 1, ticks), [top * i / 4 for i in range(5)], across, up)
    inside: dict[str, Polyline] = {}
    for (label, values), dashes in zip(lines.items(), DASHES, strict=False):
        points = inside[label] = [*within(values, frame)]
        yield stroke(points, dashes)
        if left(points):
            yield arrowhead(points[-1][0], PLOT[1] - 4, "up")
    yield from labels(inside)


def stroke(points: Polyline, dashes: str) -> str:
    style: dict[str, str | float] = {"stroke_dasharray": dashes} if dashes else {}
    return line(points, stroke_width=1.6, stroke_linejoin="round", **style)


def within(values: Sequence[float], frame: Frame) -> Iterator[tuple[float, float]]:
    """The points of a line until it leaves the picture."""
    before, top = 0.0, frame.high
    for step, value in enumerate(values):
        if value > top:
            share = (top - before) / (value - before) if step else 0.0
            yield frame.place(step - 1 + share, top)
            return
        yield frame.place(step, value)
        before = value


def left(points: Polyline) -> bool:
    """Does a line leave through the top?"""
    return points[-1][1] <= PLOT[1] and points[-1][0] < PLOT[0] + PLOT[2]


def axes(
    frame: Frame, ticks: Sequence[float], heights: Sequence[float], across: str, up: str
) -> Iterator[str]:
    """The two axes, a tick with its number at each of ``ticks`` and ``heights``, and what they show."""
    x, y, wide, high = PLOT
    yield line([(x, y), (x, y + high), (x + wide, y + high)], stroke_width=1)
    for value in ticks:
        at = frame.place(value, frame.low)[0]
        yield line([(at, y + high), (at, y + high + 5)], stroke_width=1)
        yield text(at, y + high + 15, words(signed(value)), TICK)
    for value in heights:
        at = frame.place(frame.left, value)[1]
        yield line([(x - 5, at), (x, at)], stroke_width=1)
        yield text(x - 9, at, words(signed(value)), TICK, "end")
    yield text(x + wide / 2, y + high + 35, words(across), TICK + 1)
    yield text(x - 9, y - 18, words(up), TICK + 1, "end")


def signed(value: float) -> str:
    """A number with a minus sign as it is printed."""
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def round_values(low: float, high: float, most: int = 9) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten that hold a range between the first and the last, at most ``most``."""
    exponent = math.floor(math.log10(high - low)) - 1
    for power in range(exponent, exponent + 3):
        for step in (1, 2, 5):
            unit = float(f"{step}e{power}")
            first, last = math.floor(low / unit + 1e-9), math.ceil(high / unit - 1e-9)
            if last - first < most:
                return [round(i * unit, 12) for i in range(first, last + 1)]
    raise ValueError(f"no round values from {low} to {high}")


def labels(inside: Mapping[str, Polyline]) -> Iterator[str]:
    """A label at the end of each line, moved away from others."""
    x, y, wide, high = PLOT
    for leaves in (False, True):
        ends = {
            label: points[-1][1 - leaves]
            for label, points in inside.items()
            if left(points) == leaves
        }
        order = sorted(ends, key=ends.__getitem__)
        apart = [width(named(label), NAME) + 6 if leaves else NAME + 3 for label in order[:-1]]
        moved = spread([ends[label] for label in order], apart)
        bounds = (x, x + wide) if leaves else (y, y + high)
        for label, at in zip(order, kept(moved, apart, *bounds), strict=True):
            place = (at + 9, y - 12) if leaves else (x + wide + 8, at)
            yield text(*place, named(label), NAME, "start")


def kept(places: Sequence[float], apart: Sequence[float], low: float, high: float) -> list[float]:
    """Places moved apart by a least distance, within bounds."""
    before = [0.0, *accumulate(apart)]
    return [
        min(max(place, low + shift), high - (before[-1] - shift))
        for place, shift in zip(places, before, strict=False)
    ]
