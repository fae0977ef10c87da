"""Formulas of an entry: what they may be made of, and a key over whole quantities written as one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference.equivalence.points import SamplePoints
from reference.language.dimensions import Shape
from reference.language.errors import ShapeError
from reference.language.expression import Expression
from reference.language.indexed.answers import Entry, by_entries
from reference.language.indexed.declaring import known_of
from reference.language.indexed.rows import is_by_entries
from reference.language.reading import DEFINES, DEFINING, lines_apart, unframed
from reference.language.roles import is_derivative, is_quantity
from reference.network import Network

UNDEFINED = "a formula of an entry defines no names: write out what they stand for"
BEHIND = re.compile(DEFINING.pattern + r"[^<>!=]{0,60}=(?!=)")  # where q = a_j
CASES = re.compile(r"\b(?:else|otherwise)\b")  # behind a condition


def entry_of(
    letters: tuple[str, ...],
    shape: Shape,
    points: SamplePoints,
    wanted: str,
    siblings: frozenset[str],
) -> Entry:
    """The entry at some letters of what has a shape, with all that a formula may name; the other arguments as those of ``Entry``."""
    network, symbols, time = points.network, points.network.symbols, points.network.symbols.time
    known = {
        name: shape
        for name, shape in network.shapes.items()
        if name not in symbols.least
        and (name not in symbols.unseen or (time is not None and time.has(name)))
        and (is_quantity(name) or is_derivative(name))
    }
    computed = {one: size for one, size in symbols.computed.items() if one not in symbols.unseen}
    return Entry(
        letters, shape, known, symbols.least, symbols.also, (points.sizes, points.resized.sizes),
        wanted, siblings, computed, time, symbols.unseen,
    )  # fmt: skip


def entry_in_print(short: Expression, letters: Sequence[str], network: Network) -> Expression:
    """A key over whole quantities as the formula of an entry; as it is, where that is too long to be read."""
    if is_by_entries(short):
        return short
    known = known_of(network.symbols.least, {})
    try:
        return by_entries(short, letters, network.shapes, known)
    except ShapeError:
        return short


def defines_names(text: str) -> bool:
    """Does a text say what names stand for, as ``where q = a_j`` or ``q = a_j; q b_j``, and no condition?"""
    text = lines_apart(unframed(text))
    first, apart, _ = text.partition(";")
    before = bool(apart) and DEFINES.match(first) is not None
    return before or (CASES.search(text) is None and BEHIND.search(text) is not None)
