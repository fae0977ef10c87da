"""What is plain at sight: most answers agree with the key by far, or differ from it by far."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from reference.counting.polynomial import (
    MAX_WORK,
    ONE,
    Expansion,
    NotRational,
    Rational,
    constant,
    symbol,
)
from reference.equivalence.compare import (
    DISCRETE,
    FAINT,
    RELATIVE,
    SURE,
    Agreement,
    Side,
    Turns,
    is_within_noise,
)
from reference.equivalence.noise import NOISE, largest, size_at
from reference.equivalence.parts import Part, Parts
from reference.equivalence.points import COUNT, SamplePoints
from reference.language.dimensions import SCALAR
from reference.language.errors import Unusual
from reference.language.expression import Name, Number
from reference.language.values import Array

TERM = 400  # bytes of a term of a polynomial


class Known(Side):
    """One of two sides, which is a part."""

    def __init__(self, part: Part, points: SamplePoints) -> None:
        self.part = part
        self.expression = part.node
        self.points = points
        self.look(part.value)

    @functools.cached_property
    def parts(self) -> Mapping[int, Array]:
        return self.part.values()

    @functools.cached_property
    def turns(self) -> Turns:
        return self.part.turns

    @functools.cached_property
    def is_sized(self) -> bool:
        return self.part.sized

    def noise_at(self, point: int) -> float:
        most = self.part.most_at(point)
        return super().noise_at(point) if np.isnan(most) else NOISE * most


@np.errstate(all="ignore")
def at_sight(given: Part, key: Side, parts: Parts) -> Agreement | None:
    """What :func:`~reference.equivalence.compare.compare_sides` finds, where it is plain; nothing elsewhere.

    ``given`` is one of the parts, and has the shape of the key.
    """
    if not key.is_defined:
        return None
    if differs(given, key):
        return Agreement.DIFFERENT
    gap = np.abs(given.value - key.value)
    if np.count_nonzero(gap <= key.reach) == gap.size:
        return beside(given, key, parts) if key.is_there else None
    reach = np.maximum(RELATIVE * np.abs(given.value), key.reach)
    apart = gap - reach
    place = int(apart.argmax())
    point = place // (apart.size // COUNT)
    most, size = apart.item(place), largest(size_at(reach, point)) / RELATIVE
    sure = most > max(SURE * size, FAINT)
    if sure and most > NOISE * given.most_at(point) and most > key.noise_at(point):
        return Agreement.DIFFERENT
    if not is_within_noise(gap, key):
        return None
    clear = all(NOISE * given.most_at(point) <= left for point, left in key.clearest)
    return beside(given, key, parts) if clear else None


def differs(given: Part, key: Side) -> bool:
    """Is a part so far from the key, at one entry of it, that nothing else need be looked at?"""
    witness = key.witness
    if witness is None or given.value.size != key.value.size:
        return False
    gap = abs(given.value.item(witness.place) - witness.value)
    return gap > witness.least and gap > SURE * given.most_at(witness.point)


def beside(given: Part, key: Side, parts: Parts) -> Agreement | None:
    """Whether a part that looks equal is, beside the turns of the key as well."""
    if given.sized or key.is_sized:
        return None
    if given.turns or key.turns:
        if not given.turns.keys() <= key.all_turns.keys():
            return None
        there = key.beside
        if there is not None:
            gap = np.abs(parts.value_beside(given, there.points) - there.value)
            if not there.is_there or np.count_nonzero(gap <= there.reach) < gap.size:
                return None
    return exactly(given, key, parts)


def exactly(given: Part, key: Side, parts: Parts) -> Agreement | None:
    """Whether a part that looks equal is, as a rational function if the key is one."""
    if key.rational is None:
        return Agreement.EQUAL
    try:
        agree = expanded(given, parts).agrees(key.rational)
    except NotRational:
        return Agreement.EQUAL
    except Unusual:
        return None
    return Agreement.EQUAL if agree else Agreement.DIFFERENT


def expanded(root: Part, parts: Parts) -> Rational:
    """A part as a quotient of polynomials; what its own parts are is kept.

    Raises:
        NotRational: it is none, or too large a one.
        Unusual: it holds computed names.
    """
    work, stack = 0, [(root, False)]
    seen: set[Part] = set()
    while stack:
        part, ready = stack.pop()
        if part in seen:
            continue
        if part.args and not ready:
            stack.append((part, True))
            stack += [(one, False) for one in part.args]
            continue
        if part.rational is None:
            part.rational = expand(part, parts.points)
            parts.size += TERM * len(part.rational[0].top) + TERM * len(part.rational[0].bottom)
        seen.add(part)
        work += part.rational[1]
        if work > MAX_WORK:
            raise NotRational("too much to multiply out")
    assert root.rational is not None
    return root.rational[0]


def expand(part: Part, points: SamplePoints) -> tuple[Rational, int]:
    """One part, whose own parts are expanded, and the work that it takes."""
    match part.node:
        case Number(value):
            return Rational(constant(value), ONE), 0
        case Name(name):
            if name in points.network.equations:
                raise Unusual
            if part.shape != SCALAR or points.domains.get(name) in DISCRETE:
                raise NotRational("no free scalar")
            return symbol(name), 0
    expansion = Expansion()
    args = [one.rational[0] for one in part.args if one.rational is not None]
    return expansion.apply(part.operation, args), expansion.work
