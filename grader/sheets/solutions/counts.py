"""Counts as sums of rows times columns; a total adds what was asked for before."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from grader.drawing import Variant
from grader.model import Blank, Count
from grader.sheets.notation import Notation
from grader.sheets.solutions.step import Side, aligned, named, written
from reference.counting import polynomial
from reference.language.dimensions import Shape, Size, Stored, expressed
from reference.language.expression import Expression, Name, apply, number
from reference.language.whole import whole as whole_size

ONE = number(1)


class CountStep(Struct, frozen=True):
    """What is counted, how, and how many there are; ``counted``: none where earlier counts are added."""

    counted: tuple[str, ...]
    formula: Expression
    total: Expression

    def written(self, notation: Notation) -> str:
        sides = [Side("=", written(one, notation)) for one in (self.formula, self.total)]
        if self.formula == self.total:
            sides.pop()
        of = ", ".join(named(name, notation) for name in self.counted)
        if notation is Notation.PLAIN:
            return f"    {of or 'In all'}: {aligned(sides, 1, notation).strip()}"
        shown = " = ".join(side.text for side in sides)
        return f"{f'${of}$' if of else 'In all'}: ${shown}$"


def of_count(variant: Variant, blank: Blank, asked: Count) -> CountStep:
    """A count of parameters, or of the entries of one quantity."""
    sizes = {} if asked.names else variant.draw.sizes
    shapes = variant.solved.model.printed.shapes
    earlier, left = asked_before(variant, blank, asked)
    terms = [whole(one, sizes) for one in earlier]
    terms += [product(shapes[name], sizes) for name in left]
    if not terms:
        terms = [product(shapes[asked.of], sizes)] if asked.of else [whole(asked, sizes)]
    counted = () if earlier else asked.counted or (blank.name or asked.of,)
    return CountStep(counted, added(terms), whole(asked, sizes))


def asked_before(
    variant: Variant, blank: Blank, asked: Count
) -> tuple[Sequence[Count], Sequence[str]]:
    """Earlier counts that this one adds, and the parameters that are in none of them."""
    found, left = [], [*asked.counted]
    for earlier in variant.solved.model.blanks:
        if earlier is blank:
            break
        match earlier.source:
            case Count(counted=[_, *_]) as count if set(count.counted) < {*asked.counted}:
                if count.names == asked.names and set(count.counted) <= {*left}:
                    found.append(count)
                    left = [name for name in left if name not in count.counted]
    return found, left


def whole(count: Count, sizes: Mapping[str, int]) -> Expression:
    """A count as one number, or multiplied out in symbols."""
    [terms] = count.terms
    if count.names:
        return polynomial.expression(terms)
    return number(polynomial.at(terms, sizes))


def product(shape: Shape, sizes: Mapping[str, int]) -> Expression:
    """Rows times columns, or all axes; one column is left out, and any factor of one beside symbols."""
    axes = shape.axes if isinstance(shape, Stored) else shape
    *ahead, columns = (sized(size, sizes) for size in axes)
    rows = functools.reduce(lambda one, other: apply("scale", one, other), ahead)
    if columns == ONE:
        return rows
    if rows == ONE and isinstance(columns, Name):
        return columns
    return apply("scale", rows, columns)


def sized(size: Size, sizes: Mapping[str, int]) -> Expression:
    one = whole_size(size)
    return number(int(one.value(sizes))) if one.symbols <= sizes.keys() else expressed(size)


def added(terms: Iterable[Expression]) -> Expression:
    return functools.reduce(lambda one, other: apply("add", one, other), terms)
