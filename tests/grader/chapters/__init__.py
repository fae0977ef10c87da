"""The bank, chapter by chapter, against arithmetic of its own."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from grader.answers import (
    CountKey,
    ExpressionKey,
    Key,
    MatrixKey,
    NumberKey,
    SequenceKey,
    SetKey,
    ShapeKey,
    Verdict,
)
from grader.bank import Exercise
from grader.drawing import Variant
from tests.shipped import drawn, few

Given = Mapping[str, Any]
Solve = Callable[[Given], Mapping[str, Any]]


class Near(NamedTuple):
    """Numbers that were searched for, and how far off they may be."""

    value: Any
    by: float


COMPUTED = (NumberKey, MatrixKey, CountKey, ShapeKey, ExpressionKey, SetKey, SequenceKey)


def agrees(exercise: Exercise, solve: Solve) -> None:
    """The printed variant and others have the keys that ``solve`` computes of what is drawn: of each blank whose answer is computed."""
    [first] = drawn(exercise.id, ["printed"])
    computed = {blank for blank, (_, key) in first.keys.items() if isinstance(key, COMPUTED)}
    assert computed <= solve(given(first)).keys(), exercise.id
    for variant in drawn(exercise.id, ["printed", *few(60, 8)]):
        for blank, expected in solve(given(variant)).items():
            holds(variant.keys[blank][1], expected, f"{exercise.id}, {variant.draw.seed}, {blank}")


def given(variant: Variant) -> Given:
    """Orders, choices, sizes and values of a draw; a column as a list of its entries, a scalar as a number."""
    draw = variant.draw
    values = {name: np.array(rows, float) for name, rows in draw.values.items()}
    plain = {name: rows[:, 0] if rows.shape[1] == 1 else rows for name, rows in values.items()}
    scalars = {name: value.item() if value.size == 1 else value for name, value in plain.items()}
    return {**draw.orders, **draw.choices, **draw.sizes, **scalars}


def holds(key: Key, expected: Any, where: str, digits: float = 1e-9) -> None:
    """Is the key a number or matrix with these entries? Or is this text right for it, or one of several?"""
    if isinstance(expected, str | set):
        texts = expected if isinstance(expected, set) else {expected}
        assert Verdict.CORRECT in {key.mark(text).verdict for text in texts}, where
        return
    if isinstance(expected, Near):
        expected, digits = expected
    found = key.values if hasattr(key, "values") else key.value  # type: ignore[attr-defined]
    np.testing.assert_allclose(np.ravel(found), np.ravel(expected), digits, digits, err_msg=where)
