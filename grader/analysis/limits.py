"""From how many students on a figure is firm, and what is never published."""

from __future__ import annotations

from collections.abc import Sequence

CELL = 5  # students; fewer could be told apart
GROUP = 20  # with the same draw
FACILITY = 30
DISCRIMINATION = 100  # and reliability
OPTIONS = 50  # with an item
CHOSEN = 10  # an option
MISSING = 0.02  # of the answers, above which a report warns
LEVEL = 0.05  # of false findings
SURE = 0.01  # that chance lets any item look as if it told hardly anything
WEAK = 0.2  # correlation with the rest below which an item tells hardly anything (Ebel, *Measuring Educational Achievement*, 1965)
RARE = 0.05  # of the students; an option that fewer choose does nothing (Tarrant, Ware and Mohammed, BMC Med. Educ. 9, 2009)


def published(counts: Sequence[int]) -> list[int | None]:
    """Counts that add up to a number that is known, without those under five; and where one alone would be left out, without
    the next smallest, or it could be computed.

    >>> published([30, 17, 3]), published([30, 20, 0]), published([2, 3, 9])
    ([30, None, None], [30, 20, 0], [None, None, 9])
    """
    small = [place for place, one in enumerate(counts) if 0 < one < CELL]
    if len(small) == 1:
        others = [place for place, one in enumerate(counts) if one >= CELL]
        small += sorted(others, key=lambda place: counts[place])[:1]
    return [None if place in small else one for place, one in enumerate(counts)]
