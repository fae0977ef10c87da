"""What a sheet says of decimals and figures, and of values that sit where a derivative jumps."""

from __future__ import annotations

import numpy as np

from grader.bank import Tolerance
from grader.drawing import Variant, by_rounding
from grader.model import Blank, Model, Value
from grader.words import counted
from reference.language.expression import Apply, Expression, annotate
from reference.language.operations import OPERATIONS

DECIMALS = 3
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
TIE = 1e-9


def precision(model: Model) -> str:
    """How precisely numbers are carried and given, where an exercise states nothing else."""
    decimals = [
        asked.tolerance.rounding or DECIMALS
        for asked in model.numbers
        if by_rounding(asked.tolerance)
    ]
    if not decimals:
        return ""
    most = max(decimals)
    small = f"{10.0 ** (2 - most):g}"  # two figures there are one per cent off
    return (
        f"Carry at least {WORDS[most]} decimal{'s' * (most > 1)}, and at least three significant figures of "
        f"numbers below {small}. Give answers to three significant figures or more, and exact values "
        "such as 12, -3 or 0.25 in full."
    )


def beside(blank: Blank) -> str:
    """How precisely a number is given, as it stands behind what its blank takes; empty for any other blank."""
    return f", {stated(blank.source.tolerance)}" if isinstance(blank.source, Value) else ""


def stated(tolerance: Tolerance) -> str:
    """A tolerance in words."""
    if tolerance.exact:
        return "exactly"
    if tolerance.decimals is not None:
        return f"to {counted(tolerance.decimals, 'decimal')}"
    if tolerance.significant is not None:
        return f"to {counted(tolerance.significant, 'significant figure')}"
    if by_rounding(tolerance):
        return "to three significant figures or more"
    either = []
    if tolerance.absolute is not None:
        either.append(f"{tolerance.absolute:g}")
    if tolerance.relative is not None:
        either.append(f"{100 * tolerance.relative:g} %")
    return f"to within {' or '.join(either)}"


def conventions(of: Variant) -> str:
    """What derivatives are where one is asked at a kink; empty where this variant has none there."""
    model, values = of.solved.model, of.solved.values
    if not any((np.abs(values[kink][of.row]) <= TIE).any() for kink in model.slopes):
        return ""
    found: dict[str, None] = {}

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Apply) and OPERATIONS[node.operation].convention:
            found[OPERATIONS[node.operation].convention] = None

    for root in model.printed.equations.values():
        annotate(root, visit)
    return " ".join(found)
