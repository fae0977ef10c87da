"""Is a condition met, alike on every machine?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.drawing.solving import Flags
from reference.language.evaluating import run
from reference.language.expression import Apply
from reference.language.values import Array

GUARD = 1e-9  # no decision hangs on the last bits of a machine's arithmetic


def holds(condition: Apply, values: Mapping[str, Array], batch: int) -> Flags:
    """(batch,) where a comparison holds in every entry: a strict one by more than the guard, any other up to it."""
    with np.errstate(all="ignore"):  # where a side is undefined, nothing holds
        gap = leeway(condition, values)
    strict = condition.operation in ("gt", "lt", "ne")
    met = gap > (GUARD if strict else -GUARD)
    return np.broadcast_to(met.all(axis=(-2, -1)), (batch,))


def leeway(condition: Apply, values: Mapping[str, Array]) -> Array:
    """By how much each entry meets a comparison, (batch, rows, columns); negative where it does not."""
    left, right = (run(side, values) for side in condition.args)
    match condition.operation:
        case "gt" | "ge":
            return left - right
        case "lt" | "le":
            return right - left
        case "eq":
            return -np.abs(left - right)
    return np.abs(left - right)
