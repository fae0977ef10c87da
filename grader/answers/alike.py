"""Which formulas are equal to one another, and what one is beside the right one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reference.equivalence.beside import Pair, beside
from reference.equivalence.points import COUNT
from reference.language.errors import LanguageError
from reference.language.expression import Expression, mentioned
from reference.language.values import Array

if TYPE_CHECKING:
    from grader.answers.expression import ExpressionKey


@np.errstate(over="ignore")
def fingerprint(value: Array) -> str:
    """The class of a wrong formula: equal ones have the same values at the points of the key.

    Single precision, as rounding takes some digits.
    """
    if value.ndim < 3 or value.shape[0] != COUNT:
        value = np.broadcast_to(value, (COUNT, *value.shape[-2:]))
    digits = (value + 0.0).astype(np.float32).tobytes()  # 0.0, as there is a -0.0
    return hashlib.blake2b(digits, digest_size=6).hexdigest()


def first_equal(key: ExpressionKey, texts: Sequence[str]) -> list[int]:
    """For each answer to a key the place of the first that the comparer calls equal to it, its own where none is."""
    formulas = {place: one for place, text in enumerate(texts) if (one := formula(key, text))}
    places, given = [*formulas], [*formulas.values()]
    found = [*range(len(texts))]
    for place, first in zip(places, key.first_met(given, given), strict=True):
        found[place] = place if first is None else found[places[first]]
    return found


def formula(key: ExpressionKey, text: str) -> Expression | None:
    """The formula that an answer is; nothing where it is none."""
    try:
        return key.parse(text)[0].node
    except LanguageError:
        return None


def by_parts(key: ExpressionKey, text: str) -> list[Pair]:
    """An answer beside the right one, part by part; nothing where it is no formula."""
    given = formula(key, text)
    if given is None:
        return []
    return beside(given, key.closed, key.points_for(mentioned(given)))
