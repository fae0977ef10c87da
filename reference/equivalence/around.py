"""Points just beside the places where expressions turn, on both sides of each, and far out.

A turn is an expression that is 0 there. Points say something of it where the expression has other values on its two sides.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from reference.equivalence.lines import (
    CLASSES,
    GRID,
    INNER,
    ROUNDS,
    Flags,
    Lines,
    Rows,
    beside,
    beside_each_other,
    known_at,
    values_of,
)
from reference.equivalence.points import SamplePoints
from reference.equivalence.turns import KINKS, by_point
from reference.language.evaluating import evaluate, evaluate_further, evaluate_parts
from reference.language.expression import (
    Apply,
    Expression,
    apply,
    fold,
    names,
    number,
    parts,
    rebuild,
)
from reference.language.values import Array

MOST = 12  # turns that are looked for
VISITED = 2**23  # entries of all that is evaluated beside turns, where a line of every class has
ENTRIES = 2**25  # beyond which no search is begun
PLACES = len(CLASSES) * (len(GRID) + ROUNDS * len(INNER))  # for each turn
DEAR = frozenset({"call1", "call2"})  # abstract functions, each of whose entries takes
SINES = 16  # times as long as another
FAR = 11  # powers of ten by which their inputs may be scaled
EXTREME = 3  # of them, with the largest and the smallest values of every turn
OTHERS = 16  # of them, whatever their values,
EVENLY = 96  # and so many with their inputs evenly of all sizes
SHAKE = 1e-14  # of inputs and steps, to see how sure a value is
SAFETY = 50.0
LEAST = 1e-10  # from a turn: nearer, forms that are equal round to one side or the other
SHARE = 1e-3  # of a value, by which it must change at its kinks to say something of them
CORNERS = frozenset({"relu", "leaky_relu", "abs"})
TINY = np.finfo(np.float64).tiny


class Effort(Struct, frozen=True):
    """How much a search costs: ``FULL`` where an answer is compared with its key, ``SMALL`` for what a student says is equal.

    ``turns``: beside which points are sought, at most, and as many as need no more entries than ``visited``, but one;
    ``tries``: lines for every distance, side and scale; ``lines``: of all turns together, at most; ``candidates``: points
    from which far ones are chosen, at most; ``values``: entries of all that is evaluated there.
    """

    turns: int
    visited: int
    tries: int
    lines: int
    candidates: int
    values: int


FULL = Effort(turns=MOST, visited=2**40, tries=5, lines=20, candidates=16_384, values=2**18)
SMALL = Effort(turns=4, visited=2**21, tries=1, lines=4, candidates=512, values=2**13)


class Around(SamplePoints, frozen=True, eq=False, dict=True):
    """Points that were chosen, by their inputs; ``turns``: those from which they keep a distance."""

    placed: Mapping[str, Array] = {}
    turns: tuple[Expression, ...] = ()
    number: int = 0

    @property
    def count(self) -> int:
        return self.number

    @functools.cached_property
    def values(self) -> dict[str, Array]:
        found = self.network.evaluate(self.placed)
        return {
            name: np.broadcast_to(value, (self.count, *value.shape[-2:]))
            for name, value in found.items()
        }

    @functools.cached_property
    def turned(self) -> list[Array]:
        """(points, entries) of every turn."""
        return [by_point(evaluate(turn, self.values), self.count) for turn in self.turns]


def around(
    expression: Expression,
    sought: Sequence[Expression],
    turns: Sequence[Expression],
    points: SamplePoints,
    effort: Effort = FULL,
) -> Around | None:
    """Points at which an expression has something to say; nothing where there are none.

    Args:
        sought: the turns beside which the points are, the first that are looked for first.
        turns: those from which all points keep a distance.
    """
    if not sought:
        return None
    generator = np.random.Generator(np.random.Philox(key=points.seed + 1000))
    weight = entries_at_a_point([expression, *turns], points)
    sought = sought[: max(1, min(effort.turns, effort.visited // (weight * PLACES)))]
    tries = min(
        effort.tries, effort.lines // len(sought), VISITED // (len(sought) * weight * PLACES)
    )
    wanted = computed_from([expression, *turns], points)
    with np.errstate(all="ignore"):
        candidates = min(effort.candidates, max(1, effort.values // weight))
        lines = Lines(points, np.full(candidates, FAR), generator, wanted)
        placed = [far(expression, sought, turns, lines)]
        for turn in sought:
            lines, places, rows, kind = beside(turn, points, generator, max(1, tries), wanted)
            if len(rows):
                found = known_at([expression, *turns], points, lines.at(places[rows], chosen=rows))
                fit = telling(expression, turns, points, found, generator)
                chosen = rows[first_of_each(kind[rows], fit)]
                placed.append(lines.everything_at(places, chosen))
        together = {name: np.concatenate([one[name] for one in placed]) for name in placed[0]}
    count = len(next(iter(together.values())))
    if not count:
        return None
    return Around(
        points.network,
        points.domains,
        points.sizes,
        points.seed,
        placed=together,
        turns=tuple(turns),
        number=count,
    )


def is_too_much(expression: Expression, sought: Sequence[Expression], points: SamplePoints) -> bool:
    """Would a search beside some turns take more work than one answer may cause?"""
    weight = entries_at_a_point([expression, *sought], points)
    return min(MOST, len(sought)) * weight * PLACES > ENTRIES


def entries_at_a_point(expressions: Sequence[Expression], points: SamplePoints) -> int:
    """How many entries have all values from which some expressions are computed, at one point."""
    wanted = computed_from(expressions, points)
    values = {name: value[:1] for name, value in points.values.items() if name in wanted}
    found: dict[int, Array] = {}
    nodes = [node for one in expressions for node in parts(one)]
    evaluate_further(nodes, values, found)
    dear = (node for node in nodes if isinstance(node, Apply) and node.operation in DEAR)
    every = sum(value.size for value in (*values.values(), *found.values()))
    return every + SINES * sum(found[id(node)].size for node in dear)


def computed_from(expressions: Sequence[Expression], points: SamplePoints) -> set[str]:
    """The inputs and computed names from which expressions are computed."""
    used = {name for one in expressions for name in names(one)}
    return {one for name in used for one in points.network.ancestors(name)}


def telling(
    expression: Expression,
    turns: Sequence[Expression],
    points: SamplePoints,
    values: dict[str, Array],
    generator: np.random.Generator,
) -> Flags:
    """(points,) where no turn is too near, and an expression has values, whichever side of a kink counts."""
    moved = {
        name: value * (1 + SHAKE * generator.uniform(-1, 1, value.shape))
        if name in points.free
        else value
        for name, value in values.items()
        if name not in points.network.equations
    }
    one, other = branches(expression)
    known: dict[int, Array] = {}
    for each in (*turns, expression, one, other):
        evaluate_further(parts(each), values, known)
    here = beside_each_other(turns, known, values)
    shaken = values_of(turns, points, moved, SHAKE)
    sure = (np.abs(here) > SAFETY * np.abs(shaken - here)) & (np.abs(here) >= LEAST)
    count = len(here)
    found = np.asarray((sure | ((here == 0) & (shaken == 0))).all(axis=1))
    found &= np.isfinite(by_point(known[id(expression)], count)).all(axis=1)
    one_way, other_way = (by_point(known[id(each)], count) for each in (one, other))
    size = np.maximum(np.abs(one_way), np.abs(other_way))
    gap = np.abs(one_way - other_way)
    matters = ((gap > SHARE * size) & (gap >= TINY)).any(axis=1)
    for telling in (matters, (size >= TINY).any(axis=1)):
        if (found & telling).any():
            return np.asarray(found & telling)
    return found


def branches(expression: Expression) -> tuple[Expression, Expression]:
    """An expression on either side of all its kinks."""
    return (
        fold(expression, lambda node, args: branch(rebuild(node, args), 0)),
        fold(expression, lambda node, args: branch(rebuild(node, args), 1)),
    )


def branch(node: Expression, side: int) -> Expression:
    """What an operation with a kink is on one side, or something like it."""
    if not isinstance(node, Apply) or node.operation not in KINKS:
        return node
    if node.operation in ("max", "min"):
        return node.args[side]
    if side:
        return apply("fill", number(0), node)
    return node.args[0] if node.operation in CORNERS else apply("fill", number(1), node)


def first_of_each(kind: Rows, fit: Flags) -> Rows:
    """The place of the first that fits of every kind."""
    places = np.flatnonzero(fit)
    return places[np.unique(kind[places], return_index=True)[1]]


def far(
    expression: Expression, sought: Sequence[Expression], turns: Sequence[Expression], lines: Lines
) -> dict[str, Array]:
    """Inputs of all sizes, among them those where the turns are as large and as small as they become."""
    points, places = lines.points, np.zeros((lines.count, 1))
    known = known_at([expression, *turns], points, lines.at(places))
    rows = np.flatnonzero(telling(expression, turns, points, known, lines.generator))
    chosen = [np.arange(min(OTHERS, len(rows)))]
    for scale in lines.scale.values() if len(rows) else ():
        evenly = np.linspace(0, len(rows) - 1, max(1, EVENLY // len(lines.scale))).astype(int)
        chosen.append(scale[rows].ravel().argsort()[evenly])
    for turn in sought if len(rows) else ():
        value = beside_each_other([turn], evaluate_parts(parts(turn), known), known)[rows]
        chosen += [value.max(axis=1).argsort()[-EXTREME:], value.min(axis=1).argsort()[:EXTREME]]
    return lines.everything_at(places, rows[np.unique(np.concatenate(chosen))])
