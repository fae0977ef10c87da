"""What values may be drawn, and how the entries of a matrix hang together."""

from __future__ import annotations

import math
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace


class Pattern(StrEnum):
    """How the entries of a matrix are drawn together; ``free``: each by itself."""

    FREE = "free"
    DISTINCT = "distinct"
    INCREASING = "increasing"
    SYMMETRIC = "symmetric"
    PERMUTATION = "permutation"
    ONE_HOT = "one-hot"
    SIMPLEX = "simplex"


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """What values may be drawn: a grid from ``from`` by ``step``, or one of a list; and how entries hang together.

    ``from``: The lowest and the highest value, as `[-2, 2]`; both can be drawn.
    ``step``: The distance of two values of the grid; 1 unless given.
    ``not``: A value that is left out, or a list of them.
    ``one_of``: A list of values, one of which is drawn.
    ``pattern``: How entries hang together: no two alike, each larger than the one before, equal across the diagonal, 1 to n in any order, a single 1 in each column, or multiples of `step` that add up to 1 in each column.
    """

    between: tuple[float, float] | None = field(name="from", default=None)
    step: Annotated[float, Meta(gt=0)] = 1
    excluded: float | list[float] = field(name="not", default_factory=list)
    one_of: Annotated[list[float], Meta(min_length=1)] | None = None
    pattern: Pattern = Pattern.FREE

    def grid(self) -> tuple[float, ...]:
        """The values, each the float of its shortest decimal; a grid in ascending order."""
        if self.pattern in OWN_VALUES:
            own = replace(self, pattern=Pattern.FREE, between=OWN_VALUES[self.pattern])
            return own.grid()
        excluded = self.excluded if isinstance(self.excluded, list) else [self.excluded]
        values = self.one_of if self.one_of is not None else self.steps()
        return tuple(value for value in values if value not in excluded)

    def steps(self) -> list[float]:
        """The values of the grid, those excluded still among them."""
        if self.between is None:
            return []
        low, step = Decimal(repr(self.between[0])), Decimal(repr(self.step))
        return [float(low + index * step) for index in range(min(self.length, MAX_GRID))]

    @property
    def length(self) -> int:
        """How many values the grid has."""
        if self.between is None or not self.finite or self.between[1] < self.between[0]:
            return 0
        low, high = (Decimal(repr(end)) for end in self.between)
        return int((high - low) / Decimal(repr(self.step))) + 1

    @property
    def finite(self) -> bool:
        return all(map(math.isfinite, (*(self.between or ()), *(self.one_of or ()), self.step)))


MAX_GRID = 100_000
# Patterns that say what values there are: of a permutation, as many as there are entries.
OWN_VALUES = {
    Pattern.PERMUTATION: (1.0, 2.0),
    Pattern.ONE_HOT: (0.0, 1.0),
    Pattern.SIMPLEX: (0.0, 1.0),
}
