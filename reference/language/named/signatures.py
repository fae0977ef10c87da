"""A row of the table of named operations, read: its arguments, its settings, and the equation of an entry."""

from __future__ import annotations

import functools
import re
from fractions import Fraction

from msgspec import Struct

from reference.language.indexed.declaring import free_indices, read_places
from reference.language.indexed.nodes import Constant, Node
from reference.language.indexed.reading import IndexedReader, read_whole
from reference.language.named.table import TABLE, Row
from reference.language.tokens import tokenize
from reference.language.whole import Range, Whole

ARGUMENT = re.compile(r"(\w+)(?:: ([\w× ]+?))?(?: = (\d+))?")
SETTING = re.compile(r"(\w+)(?: is (\d+)| (\w)(?: = (\w+))?)")


class Argument(Struct, frozen=True):
    """What a row calls an argument, and the sizes of its axes; ``default``: where it may be left out."""

    name: str
    sizes: tuple[str, ...]
    default: Constant | None


class Setting(Struct, frozen=True):
    """What stands behind the arguments; ``default``: of one that may be left out; ``fixed``: the one value that it has in this row."""

    name: str
    symbol: str
    default: str
    fixed: int | None


class Signature(Struct, frozen=True):
    """A row, read; ``ranges``: of the free indices, as far as they are written."""

    row: Row
    arguments: tuple[Argument, ...]
    settings: tuple[Setting, ...]
    needs: tuple[tuple[Whole, Whole], ...]
    free: tuple[str, ...]
    places: tuple[Whole, ...]
    body: Node
    ranges: dict[str, Range]

    @property
    def required(self) -> tuple[str, ...]:
        """The settings that must be written."""
        return tuple(one.name for one in self.settings if one.fixed is None and not one.default)


@functools.cache
def signatures(name: str) -> tuple[Signature, ...]:
    """The rows of an operation, in their order."""
    return tuple(signature(row) for row in TABLE if row.name == name)


def signature(row: Row) -> Signature:
    arguments = tuple(map(argument, row.takes.split(", "))) if row.takes else ()
    settings = tuple(map(setting, row.settings.split(", "))) if row.settings else ()
    sizes = dict.fromkeys([size for one in arguments for size in one.sizes], 1)
    sizes |= dict.fromkeys((one.symbol for one in settings if one.symbol), 0)
    left, _, text = row.entries.partition("= ")
    places = left.strip(" []")
    free = free_indices(places, text, sizes)
    counts = {one.name: len(one.sizes) for one in arguments}
    body, ranges = IndexedReader(tokenize(text), counts, sizes, free).equation()
    equal = (one.split(" = ") for one in row.needs.split(", ") if one)
    needs = tuple((read_whole(one, sizes), read_whole(other, sizes)) for one, other in equal)
    return Signature(
        row, arguments, settings, needs, free, read_places(places, free, sizes), body, ranges
    )


def argument(text: str) -> Argument:
    found = ARGUMENT.fullmatch(text)
    assert found, text
    name, sizes, default = found.groups()
    axes = tuple(sizes.split(" × ")) if sizes else ()
    return Argument(name, axes, Constant(Fraction(default)) if default else None)


def setting(text: str) -> Setting:
    found = SETTING.fullmatch(text)
    assert found, text
    name, fixed, symbol, default = found.groups()
    return Setting(name, symbol or "", default or "", int(fixed) if fixed else None)
