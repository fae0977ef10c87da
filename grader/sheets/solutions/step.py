"""One line of a solution as data; a notation makes text of it at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from grader.sheets.notation import Notation, latex_value, plain_value, prose
from reference.language.expression import (
    ONLY,
    Apply,
    Expression,
    Name,
    Number,
    fold,
    names,
    number,
    rebuild,
)
from reference.language.operations import OPERATIONS
from reference.language.over_time import Time
from reference.language.rolling import rolled
from reference.language.unicode import unicode, unicode_name
from reference.language.writing import latex_name, latex_with

EQUAL = {True: "=", False: "≈"}
WHOLE = {"floor", "ceil", "round", "sign", "argmax", "argmin"} | {
    name for name, row in OPERATIONS.items() if row.precedence == 0
}  # conditions, too


class Side(Struct, frozen=True):
    """A text, and the sign before it."""

    sign: str
    text: str


class Rounded(Struct, frozen=True):
    """Values as they are written down; ``exact``: nothing was rounded; ``axes``: how long they are, where there are more than rows and columns."""

    rows: list[list[float]]
    exact: bool = True
    axes: tuple[int, ...] = ()

    def written(self, notation: Notation) -> str:
        write = plain_value if notation is Notation.PLAIN else latex_value
        return write(self.rows, self.axes)


class Step(Struct, frozen=True):
    """What is found, its formula, the numbers put into that, and what comes out.

    ``names``: of the quantity, as δ₂ and ∂L/∂z₂; none where it is an expression that has no name. ``called``: what the sheet
    calls it where it knows none of these, with mathematics between dollar signs. ``formula``: none
    where an earlier step shows it. ``numbers``: name → what stands in its place, in the formula or in ``terms``, which is
    the formula with its sums spelled out. ``result``: a value, or an
    expression in other terms. ``time``: the steps of a recurrence, over which the formula has sums.
    """

    names: tuple[str, ...]
    formula: Expression | None = None
    numbers: Mapping[str, Rounded] = {}
    terms: Expression | None = None
    result: Rounded | Expression | None = None
    time: Time | None = None
    called: str = ""

    def written(self, notation: Notation) -> str:
        return aligned(self.sides(notation), len(self.names) + bool(self.called) or 1, notation)

    def sides(self, notation: Notation) -> list[Side]:
        """What stands in a row, with the signs between; nothing twice."""
        found: list[Side] = []
        if self.called and not self.says_its_name():
            found = [Side("=", spoken(self.called, notation))]
        found += [Side("=", named(name, notation)) for name in self.names]
        given = all(one.exact for one in self.numbers.values())
        if self.formula is not None:
            found.append(Side("=", written(rolled(self.formula, self.time), notation)))
            if self.numbers and not (self.result and is_copied(self.formula)):
                put_in = written(self.terms or self.formula, notation, self.numbers)
                found.append(Side(EQUAL[given], put_in))
        match self.result:
            case Rounded() as value:
                certain = given or not any(map(any, value.rows))  # nothing times what was rounded
                certain = certain or self.is_settled()
                found.append(Side(EQUAL[certain and value.exact], value.written(notation)))
            case None:
                pass
            case expression:
                found.append(Side("=", written(expression, notation)))
        return without_repeats(found)

    def says_its_name(self) -> bool:
        """Is the formula what the sheet calls it, perhaps as a fraction?"""
        if self.formula is None:
            return False
        called = prose(self.called, Notation.PLAIN).replace(" ", "")
        return called == written(self.formula, Notation.PLAIN).replace(" ", "")

    def is_settled(self) -> bool:
        """Do numbers that were rounded decide only what is whole, as under a floor or in a condition?"""
        return self.formula is not None and all(
            self.numbers[name].exact
            for name in names(outside_whole(self.formula)) & {*self.numbers}
        )


def is_copied(formula: Expression) -> bool:
    """Is it another quantity as it is, or an entry of one?"""
    return isinstance(by_entries(formula), Name)


def outside_whole(formula: Expression) -> Expression:
    """A formula with a number in the place of each operation that gives whole numbers."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        return number(1) if node.operation in WHOLE else rebuild(node, args)

    return fold(by_entries(formula), visit)


def spoken(called: str, notation: Notation) -> str:
    """Words and mathematics as a side of an equation."""
    if notation is Notation.PLAIN:
        return called
    parts = called.split("$")
    parts[::2] = [rf"\text{{{words}}}" if words else "" for words in parts[::2]]
    return "".join(parts)


def written(
    formula: Expression, notation: Notation, numbers: Mapping[str, Rounded] | None = None
) -> str:
    """A formula, with numbers in the place of some names and entries."""
    shown = {name: one.written(notation) for name, one in (numbers or {}).items()}
    write = unicode if notation is Notation.PLAIN else latex_with
    single = {n for n, one in (numbers or {}).items() if len(one.rows) == len(one.rows[0]) == 1}
    formula = of_scalars(formula) if single and names(formula) <= single else formula
    return write(by_entries(formula) if shown else formula, shown)


def by_entries(formula: Expression) -> Expression:
    """A formula in which an entry at a fixed place of a quantity is a name, as `W[1, 2]`."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        match node:
            case Apply("entry", (Name(name), Number(row), Number(column))):
                return Name(f"{name}[{row}, {1 if node.args[2] is ONLY else column}]")
        return rebuild(node, args)

    return fold(formula, visit)


def named(name: str, notation: Notation) -> str:
    return unicode_name(name) if notation is Notation.PLAIN else latex_name(name)


def without_repeats(sides: Sequence[Side]) -> list[Side]:
    """The sides without those that repeat the one before; what is nearly equal stays so."""
    found: list[Side] = []
    for side in sides:
        if found and found[-1].text == side.text:
            before = found.pop()
            side = before if before.sign == EQUAL[False] else side
        found.append(side)
    return found


def aligned(sides: Sequence[Side], left: int, notation: Notation) -> str:
    """Sides in one line; in LaTeX in two, with the first ``left`` of them before the sign that is aligned."""
    shown = [f"{side.sign} {side.text}" for side in sides]
    if sides[0].sign != EQUAL[False]:  # which is said of a number alone, too
        shown[0] = sides[0].text
    if notation is Notation.PLAIN:
        return "    " + " ".join(shown)
    first, rest = " ".join(shown[:left]), shown[left : left + 1]
    more = " ".join(shown[left + 1 :])
    lines = [" &".join([first, *rest]), *([f"&{more}"] if more else [])]
    body = " \\\\\n".join(lines).replace(EQUAL[False], r"\approx")
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def of_scalars(formula: Expression) -> Expression:
    """A formula in which everything is a number, though it holds for matrices: its products are those of numbers."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        match node:
            case Apply("transpose" | "sum"):
                return args[0]
            case Apply("matmul" | "hadamard"):
                return Apply("scale", tuple(args))
        return rebuild(node, args)

    return fold(formula, visit)
