"""What is asked of sizes and layers: ``side of conv1``, ``2 * parameters of all``, ``smallest m in 0..9 where …``."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping

from msgspec import Struct

from reference.counting.exact import Rule, exact
from reference.language.errors import LanguageError, ReadingError
from reference.language.expression import Apply, Expression, Name, names
from reference.layers.ledger import ALL, QUANTITIES, SUMMED, Amount, Cell, Ledger
from reference.layers.stack import sized

OF = re.compile(r"\b([a-z_]+) of (\w+)")
SEARCH = re.compile(
    r"(smallest|largest) (\w+) in ([0-9]{1,9})\.\.([0-9]{1,9}) where (.+)", re.DOTALL
)
MAX_TRIED = 10_000
COMPARISONS = ("gt", "ge", "lt", "le")


class Search(Struct, frozen=True):
    """The numbers that are tried, the one that is wanted first."""

    name: str
    tried: range


class Asked(Struct, frozen=True, dict=True):
    """A whole number over sizes and cells, a shape, or the first of some numbers that meets a comparison.

    ``cells``: name in the expression → the layer and what of it.
    """

    text: str
    expression: Expression
    cells: Mapping[str, Cell] = {}
    search: Search | None = None

    @property
    def sizes(self) -> frozenset[str]:
        """The sizes that stand in it."""
        own = {self.search.name} if self.search else set()
        return names(self.expression) - self.cells.keys() - own

    @functools.cached_property
    def rule(self) -> Rule:
        return exact(self.expression)

    @functools.cached_property
    def cell(self) -> Cell | None:
        """The one cell that it is, if it is one."""
        match self.expression:
            case Name(name) if not self.search:
                return self.cells.get(name)
        return None

    def about(self, cell: Cell) -> Asked:
        """The same of another cell, where it is one cell that is asked for."""
        return Asked(self.text, self.expression, dict.fromkeys(self.cells, cell))

    def value(self, sizes: Mapping[str, int], ledger: Ledger | None) -> Amount:
        """The whole number, or the sizes of the shape.

        Raises:
            LanguageError: it is no whole number, or no number meets the comparison.
        """
        found = {} if ledger is None else {n: ledger.value(*cell) for n, cell in self.cells.items()}
        if self.cell is not None:
            return found[str(self.expression.name)] if isinstance(self.expression, Name) else ()
        known = {**sizes, **{name: value[0] for name, value in found.items()}}
        if self.search is None:
            value = self.rule(known)
            if value.denominator != 1:
                raise LanguageError(f"'{self.text}' is {value}, expected a whole number")
            return (int(value),)
        for number in self.search.tried:
            known[self.search.name] = number
            if self.rule(known):
                return (number,)
        raise LanguageError(f"no number meets '{self.text}'")


def asked_of(text: str, sizes: Collection[str], layers: Collection[str]) -> Asked:
    """What a text asks of sizes and of the layers of these names.

    Raises:
        LanguageError: it cannot be read.
    """
    wanted = SEARCH.fullmatch(text.strip())
    cells: dict[Cell, str] = {}

    def called(match: re.Match[str]) -> str:
        quantity, layer = match.groups()
        check_cell(quantity, layer, layers)
        return cells.setdefault((layer, quantity), f"cell{len(cells) + 1}")

    written = OF.sub(called, wanted[5] if wanted else text)
    variable = [wanted[2]] if wanted else []
    expression = sized(written, [*sizes, *cells.values(), *variable])
    found = {name: cell for cell, name in cells.items()}
    if any(quantity == "shape" for _, quantity in cells) and not isinstance(expression, Name):
        raise ReadingError(f"a shape is no number to compute with, found '{text}'")
    compared = isinstance(expression, Apply) and expression.operation in COMPARISONS
    if wanted is None:
        if compared:
            raise ReadingError(f"expected a whole number, found the comparison '{text}'")
        return Asked(text, expression, found)
    if not compared or wanted[2] not in names(expression):
        raise ReadingError(f"expected a comparison with {wanted[2]} behind 'where', found '{text}'")
    low, high = int(wanted[3]), int(wanted[4])
    if not 0 <= high - low < MAX_TRIED:
        raise ReadingError(f"expected up to {MAX_TRIED} numbers to try, found {low}..{high}")
    tried = range(low, high + 1) if wanted[1] == "smallest" else range(high, low - 1, -1)
    return Asked(text, expression, found, Search(wanted[2], tried))


def check_cell(quantity: str, layer: str, layers: Collection[str]) -> None:
    if quantity not in QUANTITIES:
        known = ", ".join(QUANTITIES)
        raise ReadingError(f"'{quantity}' is nothing that layers have ({known})")
    if layer not in layers and not (layer == ALL and quantity in SUMMED):
        listed = ", ".join([*layers, *([ALL] if quantity in SUMMED else [])])
        raise ReadingError(f"'{layer}' is no layer with {quantity} (layers: {listed})")
