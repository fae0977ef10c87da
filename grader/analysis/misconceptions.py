"""How many show each misconception, of those whose variant can show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from grader.analysis.cohort import Cohort
from grader.analysis.intervals import wilson
from grader.analysis.limits import CELL
from grader.analysis.naming import Called
from grader.analysis.records import Misconception

OWN = "own"  # the name of all misconceptions of authors, which what is said tells apart


class Shown(Struct):
    """Flags by student: whose variants can show it, and who does; the numbers of the items in which anybody does; what is said, how often."""

    says: Counter[str]
    can: np.ndarray
    does: np.ndarray
    items: dict[str, None]


def identity(name: str, says: str) -> str:
    """What tells a misconception from all others."""
    return says if name == OWN else name


def misconceptions(cohort: Cohort, columns: Sequence[Called]) -> list[Misconception]:
    """The most frequent share first; none of fewer than five students."""
    found: dict[str, Shown] = {}
    for place, called in enumerate(columns):
        look(cohort, place, called.number, found)
    rows = [*told(found)]
    return sorted(rows, key=lambda one: (-one.interval.low, one.id))


def look(cohort: Cohort, place: int, number: str, found: dict[str, Shown]) -> None:
    """Add what one blank shows."""
    asked, responses = cohort.asked[:, place], cohort.responses[:, place]
    known = (asked >= 0) & (responses >= 0)
    able: dict[tuple[str, str], list[int]] = {}
    for code, one in enumerate(cohort.asked_tables[place]):
        for named in one.showable:
            able.setdefault(named, []).append(code)
    shown: dict[tuple[str, str], list[int]] = {}
    for code, response in enumerate(cohort.response_tables[place]):
        if response.misconception[0]:
            shown.setdefault(response.misconception, []).append(code)
    for name, says in sorted(able.keys() | shown.keys()):
        nobody = np.zeros(cohort.count, dtype=bool)
        own = found.setdefault(
            identity(name, says), Shown(Counter(), nobody.copy(), nobody.copy(), {})
        )
        does = known & np.isin(responses, shown.get((name, says), []))
        own.does |= does
        own.can |= does | (known & np.isin(asked, able.get((name, says), [])))
        if does.any():
            own.items[number] = None
            own.says[says] += int(does.sum())


def told(found: dict[str, Shown]) -> Iterator[Misconception]:
    for name, one in found.items():
        count, of = int(one.does.sum()), int(one.can.sum())
        if count >= CELL:
            share, interval = count / of, wilson(count, of)
            yield Misconception(
                name, one.says.most_common(1)[0][0], tuple(one.items), count, of, share, interval
            )
