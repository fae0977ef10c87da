"""Figures of a report as numbers for a template: places across are in percent, so that letters keep their size at any width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from grader.analysis.advice import number, percent
from grader.analysis.intervals import Interval
from grader.analysis.records import Band, Scores

LEFT, RIGHT = 5.0, 98.0  # of a histogram, in percent
TOP, BOTTOM = 16.0, 180.0  # in pixels
MARGIN = 1.08  # around what is largest


class Box(Struct, frozen=True):
    """A bar with its interval; ``zero``: where 0 is, if that is not at the left."""

    x: float = 0
    width: float | None = None
    low: float | None = None
    high: float | None = None
    zero: float | None = None
    hot: bool = False


class Mark(Struct, frozen=True):
    """A place across, with a text."""

    x: float
    text: str = ""
    width: float = 0
    anchor: str = "middle"


class Line(Struct, frozen=True):
    y: float
    text: str


class Column(Struct, frozen=True):
    x: float
    width: float
    y: float
    height: float


class Histogram(Struct, frozen=True):
    """Students by points."""

    label: str
    words: str
    caption: str
    bars: list[Column]
    lines: list[Line]
    ticks: list[Mark]
    cuts: list[Mark]
    bands: list[Mark]
    mean: Mark


def across(value: float, low: float, high: float) -> float:
    """A place in percent between two ends, never beyond them."""
    return round(100 * (min(max(value, low), high) - low) / (high - low), 2)


def share_box(share: float | None, interval: Interval | None) -> Box:
    if share is None:
        return Box()
    low, high = (
        (across(one, 0, 1) for one in (interval.low, interval.high)) if interval else (None, None)
    )
    return Box(0, across(share, 0, 1), low, high)


def correlation_box(found: float | None, interval: Interval | None, hot: bool) -> Box:
    """From −0.3 to 0.8; what is beyond stands at the end."""
    ends = -0.3, 0.8
    zero = across(0, *ends)
    if found is None or interval is None:
        return Box(zero=zero)
    at = across(found, *ends)
    return Box(
        min(at, zero), round(abs(at - zero), 2), across(interval.low, *ends), across(interval.high, *ends), zero, hot
    )  # fmt: skip


def histogram(scores: Scores, cuts: Sequence[Band], error: float | None) -> Histogram:
    """Bars as high as there are students a step, so that joined ones show as much as they stand for."""
    step = min(bar.high - bar.low for bar in scores.bars)
    heights = [bar.count * step / (bar.high - bar.low) for bar in scores.bars]
    most = nice(max(heights))
    whole = max(scores.bars[-1].high, scores.out_of)

    def place(points: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(max(points / whole, 0), 1), 2)

    def height(count: float) -> float:
        return round((BOTTOM - TOP) * count / most, 1)

    bars = [
        Column(
            place(bar.low) + 0.15,
            round(place(bar.high) - place(bar.low) - 0.3, 2),
            BOTTOM - height(tall),
            height(tall),
        )
        for bar, tall in zip(scores.bars, heights, strict=True)
        if bar.count
    ]
    mean = scores.mean or 0.0
    words = ", ".join(
        f"{number(bar.low)} to {number(bar.high)}: {bar.count}" for bar in scores.bars if bar.count
    )
    return Histogram(
        f"Histogram of points: {number(scores.out_of)} in all, mean {mean:.1f}",
        words,
        caption(step, cuts, error),
        bars,
        [Line(BOTTOM - height(most * part / 4), number(most * part / 4)) for part in range(5)],
        [Mark(place(points), number(points)) for points in ticks(whole)],
        [Mark(place(one.cut.points), f"cut {number(round(one.cut.points, 1))}") for one in cuts],
        [*banded(cuts, error, place)] if error else [],
        Mark(place(mean), f"mean {mean:.1f}", anchor="middle" if mean < 0.9 * whole else "end"),
    )


def ticks(whole: float) -> list[float]:
    """Round numbers up to the whole, four to eight of them."""
    sizes = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
    step = next((one for one in sizes if whole / one <= 8), whole / 4)
    return [step * place for place in range(int(whole / step) + 1)]


def banded(cuts: Sequence[Band], error: float, place: object) -> Iterator[Mark]:
    assert callable(place)
    for one in cuts:
        low, high = place(one.cut.points - error), place(one.cut.points + error)
        yield Mark(low, width=round(high - low, 2))


def caption(step: float, cuts: Sequence[Band], error: float | None) -> str:
    shaded = " Shaded: the cut ± one standard error." if cuts and error else ""
    return f"Students by points, in steps of {number(step)}; steps with fewer than 5 are joined, and as high as their mean.{shaded}"


def nice(most: float) -> float:
    """The end of an axis: a number that four lines divide well."""
    sizes = (4, 8, 12, 20, 40, 60, 80, 100, 120, 160, 200, 400, 600, 800, 1000, 2000, 4000, 8000)
    return next((float(one) for one in sizes if one >= most), most)


def range_of(interval: Interval | None) -> str:
    """Of shares, in percent."""
    if interval is None:
        return ""
    return f"{100 * interval.low:.0f}–{percent(interval.high)}".removesuffix(" %")
