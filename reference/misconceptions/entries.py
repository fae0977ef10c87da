"""Equations entry by entry that are misunderstood: a kernel turned round, a stride or a mask forgotten, the wrong axis.

Each is a rewrite of a piece, which gives nothing where there is nothing to misunderstand. The derivatives follow from the wrong
equation; some mistakes are made in the derivatives alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from reference.language.expression import Apply, Expression
from reference.language.indexed.frame import factors_of
from reference.language.indexed.nodes import (
    UNIT,
    ZERO,
    At,
    Call,
    Cond,
    First,
    Guard,
    Node,
    Numbers,
    Piece,
    Reduce,
    Softmax,
    put,
    walk,
)
from reference.language.indexed.nodes import changed as conditions_moved
from reference.language.indexed.pulling import counted
from reference.language.indexed.rows import Rule, Text
from reference.language.roles import is_derivative
from reference.language.whole import Range, Whole, whole
from reference.misconceptions.equations import in_equations, replaced
from reference.misconceptions.solver import Solver
from reference.network import Network

Rewrite = Callable[[Rule], Node]  # of the right side
MAX_ALONE = 6  # derivatives that are misunderstood one at a time


def entry_by_entry(*rewrites: Rewrite) -> Callable[[Solver], Iterator[Network]]:
    """What the network computes, by each rewrite of its equations."""

    def solvers(solver: Solver) -> Iterator[Network]:
        for one in rewrites:
            yield from in_equations(lambda e, network, one=one: rewritten(e, one))(solver)  # type: ignore[misc]

    return solvers


def in_derivatives(rewrite: Rewrite) -> Callable[[Solver], Iterator[Network]]:
    """The right network with its derivatives rewritten: all of them, and one at a time."""

    def solvers(solver: Solver) -> Iterator[Network]:
        right = solver.right
        wrong = {n: rewritten(e, rewrite) for n, e in right.equations.items() if is_derivative(n)}
        changed = {n: e for n, e in wrong.items() if e != right.equations[n]}
        if changed:
            yield replace(right, equations={**right.equations, **changed})
        for name in changed if 1 < len(changed) <= MAX_ALONE else ():
            yield replace(right, equations={**right.equations, name: changed[name]})

    return solvers


def both(*several: Callable[[Solver], Iterator[Network]]) -> Callable[[Solver], Iterator[Network]]:
    def solvers(solver: Solver) -> Iterator[Network]:
        for one in several:
            yield from one(solver)

    return solvers


def rewritten(expression: Expression, rewrite: Rewrite) -> Expression:
    """Every equation entry by entry in an expression, rewritten; named operations are then none."""

    def change(node: Apply, args: list[Expression]) -> Expression | None:
        if not isinstance(node.operation, Text):
            return None
        rule = node.operation.rule
        body = rewrite(rule)
        if body == rule.piece.body:
            return None
        piece = Piece(rule.piece.places, rule.piece.ranges, body)
        return Apply(Text(replace(rule, piece=piece, called=None)), tuple(args))

    return replaced(expression, change)


def changed(node: Node, change: Callable[[Node], Node]) -> Node:
    """A node with every part as ``change`` makes it, the inner ones first."""
    return change(node.over(tuple(changed(child, change) for child in node.children)))


def ranges_of(piece: Piece) -> dict[str, Range]:
    """The ranges of all indices of an equation."""
    inner = (node.known for node in walk(piece.body) if isinstance(node, Reduce))
    return {**dict(piece.ranges), **{index: one for known in inner for index, one in known.items()}}


def sliding(node: Reduce) -> Iterator[tuple[At, str]]:
    """What slides in a sum of products, with its index: an entry at the index alone, while another factor adds something to it."""
    factors = [one for one in factors_of(node.body) if isinstance(one, At)]
    for one in factors:
        for place in one.at:
            index = place.symbol
            others = (p for other in factors if other is not one for p in other.at)
            if index in node.indices and any(
                index in other.symbols and len(other.symbols) > 1 for other in others
            ):
                yield one, str(index)


def turned_round(rule: Rule) -> Node:
    """A kernel from its last entry to its first."""

    def change(node: Node) -> Node:
        if not isinstance(node, Reduce) or node.kind != "sum":
            return node
        found = [*sliding(node)]
        for kernel in dict.fromkeys(one for one, _ in found):
            turn = {index: node.known[index] for one, index in found if one == kernel}
            node = replace(node, body=with_entry(node.body, kernel, turned(kernel, turn)))
        return node

    return changed(rule.piece.body, change)


def turned(kernel: At, ranges: Mapping[str, Range]) -> At:
    def place(value: Whole) -> Whole:
        low, high = ranges.get(value.symbol or "", (None, None))
        return value if low is None or high is None else low + high - value

    return At(kernel.name, tuple(map(place, kernel.at)))


def with_entry(node: Node, old: At, new: At) -> Node:
    return changed(node, lambda one: new if one == old else one)


def places_of_windows(rule: Rule, change: Callable[[Whole, dict[str, Range]], Whole]) -> Node:
    """Each place within a reduction that hangs on an index of it, changed, and what is said of where it exists."""
    ranges = ranges_of(rule.piece)

    def visit(node: Node) -> Node:
        if not isinstance(node, Reduce):
            return node
        entries = [one for one in walk(node.body) if isinstance(one, At)]
        places = {p for one in entries for p in one.at if p.symbol is None}
        new = {p: change(p, ranges) for p in places if p.symbols & {*node.indices}}

        def entry(one: Node) -> Node:
            return (
                At(one.name, tuple(new.get(p, p) for p in one.at)) if isinstance(one, At) else one
            )

        conds = conditions_moved(node.conds, lambda value: beside(value, new, ranges))
        return replace(node, body=changed(node.body, entry), conds=conds)

    return changed(rule.piece.body, visit)


def beside(value: Whole, new: Mapping[Whole, Whole], ranges: Mapping[str, Range]) -> Whole:
    """How far a place is from an end of its axis, once the place is another one."""
    for old, place in new.items():
        if not (value - old).symbols & ranges.keys():
            return value - old + place
        if not (value + old).symbols & ranges.keys():
            return value + old - place
    return value


def without_stride(rule: Rule) -> Node:
    """Windows that move by one place."""
    free = [index for index, _ in rule.piece.ranges]

    def change(place: Whole, _: dict[str, Range]) -> Whole:
        for index in free:
            factor = place.coefficient(index)
            if factor.terms and factor.constant not in (1, -1):
                place = place - (factor - 1) * (whole(index) - 1)
        return place

    return places_of_windows(rule, change)


def without_padding(rule: Rule) -> Node:
    """Windows of which the first begins at the first entry."""

    def change(place: Whole, ranges: dict[str, Range]) -> Whole:
        least = rule.known.extreme(place, ranges)
        if least is None or not rule.known.proves(whole(1) - least):
            return place
        return place + whole(1) - least

    return places_of_windows(rule, change)


def bias_in_terms(rule: Rule) -> Node:
    """What is added to a sum, added to each of its terms."""
    match rule.piece.body:
        case Call("add", (At() as bias, Reduce("sum") as total)):
            return replace(total, body=Call("add", (total.body, bias)))
        case Call("add", (Reduce("sum") as total, At() as bias)):
            return replace(total, body=Call("add", (total.body, bias)))
    return rule.piece.body


def other_axis(rule: Rule) -> Node:
    """A softmax along another index of its scores."""

    def change(node: Node) -> Node:
        if not isinstance(node, Softmax):
            return node
        own = str(node.index)
        scores = [one for one in walk(node.body) if isinstance(one, At)]
        beside = {p.symbol for one in scores for p in one.at} - {own, None}
        other = [index for index, _ in rule.piece.ranges if index in beside][-1:]
        ranges = dict(rule.piece.ranges)
        return replace(node, index=whole(other[0]), range=ranges[other[0]]) if other else node

    return changed(rule.piece.body, change)


def mean_of_other(rule: Rule) -> Node:
    """A mean over rows where it is one over columns, which shows where both are as many."""
    ranges = ranges_of(rule.piece)

    def change(node: Node) -> Node:
        if not isinstance(node, Reduce) or node.kind != "mean" or len(node.indices) != 1:
            return node
        [own] = node.indices
        alike = [i for i, span in rule.piece.ranges if span == ranges[own]]
        return replace(node, body=exchanged(node.body, own, alike[0])) if alike else node

    return changed(rule.piece.body, change)


def exchanged(node: Node, one: str, other: str) -> Node:
    """Entries at two indices alone, these exchanged."""

    def change(part: Node) -> Node:
        if isinstance(part, At) and {whole(one), whole(other)} <= {*part.at}:
            between = put(one, whole("~"))
            places = (between(place) for place in part.at)
            moved = (put("~", whole(other))(put(other, whole(one))(p)) for p in places)
            return At(part.name, tuple(moved))
        return part

    return changed(node, change)


def mask_behind(rule: Rule) -> Node:
    """A softmax over all scores, of which some are taken away afterwards."""

    def change(node: Node) -> Node:
        if isinstance(node, Softmax) and node.conds:
            return Guard(node.conds, replace(node, conds=()), ZERO)
        return node

    return changed(rule.piece.body, change)


def masked_by_zero(rule: Rule) -> Node:
    """Scores of 0 where they are left out."""

    def change(node: Node) -> Node:
        if isinstance(node, Softmax) and node.conds:
            return replace(node, conds=(), body=Guard(node.conds, node.body, ZERO))
        return node

    return changed(rule.piece.body, change)


def without_last_term(rule: Rule) -> Node:
    """Sums that end one place too early."""

    def change(node: Node) -> Node:
        if not isinstance(node, Reduce) or node.kind != "sum":
            return node
        ranges = [(i, span) for i, span in node.ranges]
        index, span = ranges[-1]
        if span is None or span[0] == span[1]:
            return node
        ranges[-1] = index, (span[0], span[1] - 1)
        return replace(node, ranges=tuple(ranges))

    return changed(rule.piece.body, change)


def mean_for_maximum(rule: Rule) -> Node:
    """The mean of each window where its maximum is taken, also where one is 1 at its place."""

    def change(node: Node) -> Node:
        if isinstance(node, First) and node.of.kind == "mean":
            return share(node)
        is_maximum = isinstance(node, Reduce) and node.kind == "max"
        return replace(node, kind="mean") if is_maximum else node

    return changed(rule.piece.body, change)


def share(node: First) -> Node:
    """One over the number of places in a window, at each of them; 0 elsewhere."""
    ends = zip(node.at, node.of.known.values(), strict=True)
    inside = [cond for at, (low, high) in ends for cond in (Cond(at - low), Cond(high - at))]
    return Guard(tuple(inside), Call("divide", (UNIT, counted(Numbers(node), node.of))), ZERO)


def to_all(rule: Rule) -> Node:
    """A gradient that goes on to all entries of a window."""
    return changed(rule.piece.body, lambda node: UNIT if isinstance(node, First) else node)
