"""Which formulas are equal to one another, and what one is beside the right one."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from reference.equivalence.beside import Pair, beside
from reference.equivalence.points import COUNT
from reference.language.errors import LanguageError
from reference.language.expression import Expression, mentioned
from reference.language.values import Array

if TYPE_CHECKING:
    from grader.answers.expression import ExpressionKey


ZERO = np.float32(0)


@np.errstate(over="ignore", invalid="ignore")
def fingerprint(value: Array) -> str:
    """The class of a wrong formula: equal ones have the same values at the points of the key, and none at the same of them.

    Single precision, as rounding takes some digits.
    """
    if value.ndim < 3 or value.shape[0] != COUNT:
        value = np.broadcast_to(value, (COUNT, *value.shape[-2:]))
    short = value.astype(np.float32)
    short += ZERO  # as there is a -0.0
    if not math.isfinite(np.vdot(short, short)):  # as there is a -nan
        short[~np.isfinite(value)] = np.nan
    return hashlib.blake2b(short.tobytes(), digest_size=6).hexdigest()


def first_equal(key: ExpressionKey, texts: Sequence[str]) -> list[int]:
    """For each answer to a key the place of the first that is equal to it, its own where none is.

    Equal are those that are defined at the same points, and that the comparer calls equal. It compares where both are defined, so to it
    sqrt(z)^2 is z and is max(z, 0), which are not each other.
    """
    formulas = {place: one for place, text in enumerate(texts) if (one := formula(key, text))}
    found = [*range(len(texts))]
    for places in by_domain(key, formulas):
        given = [formulas[place] for place in places]
        for place, first in zip(places, key.first_met(given, given), strict=True):
            found[place] = place if first is None else found[places[first]]
    return found


def by_domain(key: ExpressionKey, formulas: Mapping[int, Expression]) -> list[list[int]]:
    """The places of formulas, those together that are defined at the same points."""
    found: dict[bytes, list[int]] = {}
    for place, one in formulas.items():
        found.setdefault(key.at_points(one).defined.tobytes(), []).append(place)
    return [*found.values()]


def is_equal(key: ExpressionKey, given: Expression | None, text: str) -> bool:
    """Does the comparer call a formula equal to what a text says?"""
    other = formula(key, text)
    if given is None or other is None:
        return False
    fits = key.at_points(other).value.shape[-2:] == key.side.value.shape[-2:]
    return fits and key.first_met([given], [other]) == [0]


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
