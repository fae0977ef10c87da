"""Where the cut between passed and failed lies, by what judges or teachers say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median, stdev

from msgspec import Struct

from grader.errors import UsageError
from grader.papers import tables


class Judged(Struct, frozen=True):
    """What one judge expects of an item: the share of its points that one who just passes reaches."""

    item: str
    judge: str
    share: float


class Cut(Struct, frozen=True):
    """Points, by a method; ``error``: the standard error over judges, or nothing."""

    points: float
    by: str
    error: float | None = None


def judgements(path: Path) -> list[Judged]:
    """A file ``item,judge,p``.

    Raises:
        UsageError: it is none, or a share is none from 0 to 1.
    """
    found = []
    for row in tables.read(path, ["item", "judge", "p"]).rows:
        cells = {name: cell.strip() for name, cell in row.cells.items()}
        try:
            share = float(cells["p"].replace(",", "."))
        except (KeyError, ValueError):
            share = math.nan
        if not (0 <= share <= 1 and cells.get("item") and cells.get("judge")):
            raise UsageError(
                f"{path}:{row.line}: expected an item, a judge and a share p from 0 to 1"
            )
        found.append(Judged(cells["item"], cells["judge"], share))
    return found


def angoff(judged: Sequence[Judged], points: Mapping[str, float]) -> Cut:
    """The mean over judges of Σ p · points.

    Angoff, *Scales, norms, and equivalent scores*, in Thorndike, *Educational Measurement* (1971).

    Raises:
        UsageError: an item is not there, or a judge left one out.
    """
    by_judge: dict[str, dict[str, float]] = {}
    for one in judged:
        if one.item not in points:
            raise UsageError(f"no item '{one.item}', expected one of {', '.join(points)}")
        by_judge.setdefault(one.judge, {})[one.item] = one.share
    for judge, shares in by_judge.items():
        missing = [item for item in points if item not in shares]
        if missing:
            raise UsageError(f"'{judge}' says nothing of {', '.join(missing)}")
    sums = [sum(points[item] * share for item, share in one.items()) for one in by_judge.values()]
    if not sums:
        raise UsageError("nobody judged an item")
    error = stdev(sums) / math.sqrt(len(sums)) if len(sums) > 1 else None
    return Cut(fmean(sums), "Angoff", error)


def borderline(points: Sequence[float]) -> Cut:
    """The median of those whom teachers know to stand on the border.

    Livingston and Zieky, *Passing Scores* (1982), the borderline-group method.
    """
    if not points:
        raise UsageError("nobody of this class stands in the borderline group")
    return Cut(median(points), "borderline group")
