"""What a sheet says of decimals and figures."""

from __future__ import annotations

from collections.abc import Collection

from grader.bank import Tolerance
from grader.drawing import Variant, by_rounding
from grader.memo import memoized
from grader.model import Constructed, Model
from grader.words import counted
from reference.language.expression import Apply, Expression, Name, Number, fold
from reference.language.operations import OPERATIONS
from reference.language.unicode import unicode_numbers

DECIMALS = 3
INDICATOR = 0  # the precedence of comparisons, which are 0 or 1
KEEPING = {"sum", "abs", "where", "entry"}  # they make no fraction of whole numbers
WORDS = dict(
    enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        1,
    )
)


def precision(of: Variant) -> str:
    """How precisely numbers are carried and given, where an exercise states nothing else."""
    asked = [one for one in of.solved.model.written if by_rounding(one.tolerance)]
    whole = whole_numbers(of) if asked else frozenset()
    decimals = [one.tolerance.rounding or DECIMALS for one in asked if one.target not in whole]
    return " ".join(filter(None, (carried(max(decimals, default=0)), of_constructs(of))))


def carried(most: int) -> str:
    """To how many decimals values are carried; nothing where none are."""
    if not most:
        return ""
    least = f"{10.0 ** (2 - most):g}"  # two figures there are one per cent off
    small = unicode_numbers(least).removeprefix("1 · ")
    return (
        f"Carry at least {WORDS[most]} decimal{'s' * (most > 1)}, and at least three significant figures of "
        f"numbers below {small}. Give answers to three significant figures or more, and exact values "
        "such as 12, −3 or 0.25 in full."
    )


def of_constructs(of: Variant) -> str:
    """To how many decimals what is constructed may be rounded, where it need not be exact."""
    wholes = [
        one.source.of for one in of.solved.model.blanks if isinstance(one.source, Constructed)
    ]
    if not any(one.edge.rounding for one in wholes):
        return ""
    return (
        f"What you construct may be rounded to {WORDS[DECIMALS]} decimals, and below 0.1 to "
        f"{WORDS[DECIMALS]} significant figures."
    )


def stated(tolerance: Tolerance) -> str:
    """How precisely a number is given, in words; empty for the default, which the sheet states once."""
    if tolerance.exact:
        return "exactly"
    if tolerance.decimals is not None:
        return f"to {counted(tolerance.decimals, 'decimal')}"
    if tolerance.significant is not None:
        return f"to {counted(tolerance.significant, 'significant figure')}"
    if by_rounding(tolerance):
        return ""
    either = []
    if tolerance.absolute is not None:
        either.append(f"{tolerance.absolute:g}")
    if tolerance.relative is not None:
        either.append(f"{100 * tolerance.relative:g} %")
    return f"to within {' or '.join(either)}"


@memoized
def whole_numbers(of: Variant) -> frozenset[str]:
    """The names whose values are whole numbers whatever is drawn."""
    model, values = of.solved.model, of.draw.values
    given = [
        name
        for name in model.sampled
        if all(
            float(one).is_integer()
            for one in (*model.grids[name], *(entry for row in values[name] for entry in row))
        )
    ]
    return computed_whole(model, frozenset([*model.sizes, *given]))


@memoized
def computed_whole(model: Model, given: frozenset[str]) -> frozenset[str]:
    """The names of whole numbers, where these are given."""
    found = {*given}
    for name, expression in model.network.equations.items():
        if is_whole(expression, found):
            found.add(name)
    return frozenset(found)


def is_whole(expression: Expression, whole: Collection[str]) -> bool:
    """Is an expression a whole number because all of its parts are?"""

    def visit(node: Expression, args: list[bool]) -> bool:
        if isinstance(node, Number):
            return node.value.denominator == 1
        if isinstance(node, Name):
            return node.name in whole
        if not isinstance(node, Apply):
            return False
        row = OPERATIONS[node.operation]
        return row.precedence == INDICATOR or (
            (row.whole or node.operation in KEEPING) and all(args)
        )

    return fold(expression, visit)
