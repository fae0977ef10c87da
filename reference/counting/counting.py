"""Sizes and parameter counts, as polynomials in the symbols of the shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reference.counting.polynomial import Terms, add, multiply, size
from reference.language.dimensions import Shape


def entries(shape: Shape) -> Terms:
    """The number of entries of a quantity: rows times columns."""
    return multiply(size(shape[0]), size(shape[1]))


def count(names: Iterable[str], shapes: Mapping[str, Shape]) -> Terms:
    """The number of entries of several quantities together."""
    total: Terms = {}
    for name in names:
        total = add(total, entries(shapes[name]))
    return total
