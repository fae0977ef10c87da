"""What a sheet states, from which an answer might be copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct

from reference.language.values import Array


class Stated(Struct, frozen=True, eq=False):
    """Given values, (rows, columns) each; given sizes; and the formulas that are printed, as plain text."""

    values: Mapping[str, Array] = {}
    sizes: Mapping[str, int] = {}
    formulas: Mapping[str, str] = {}

    def entries(self) -> Iterator[tuple[str, float]]:
        """Each number that is given, with its name."""
        for name, array in self.values.items():
            for place in np.ndindex(array.shape):
                yield entry(name, array, place), float(array[place])


def entry(name: str, array: Array, place: tuple[int, ...]) -> str:
    """One entry of what is given, as it is read."""
    if array.size == 1:
        return name
    rows, columns = (one + 1 for one in place)
    return f"{name}[{rows}]" if array.shape[1] == 1 else f"{name}[{rows}, {columns}]"
