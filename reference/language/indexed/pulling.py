"""Reverse mode on indexed equations: the derivative of an indexed sum is an indexed sum.

For ``Y[e(f)] = B`` with free indices f and adjoint G of Y, an entry ``X[p]`` in B, under sums over b with conditions C, adds

    dL/dX[m]  +=  sum over f, b with C and p = m  of  G[e(f)] · (slope of B by this entry)

The equations ``p = m`` are solved, one axis after the other, for an index with the factor 1 or -1, whose range
becomes a condition. What cannot be solved stays a condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from reference.language.dimensions import SCALAR
from reference.language.expression import Apply, Expression, Name, Number, fold
from reference.language.indexed.nodes import (
    UNIT,
    ZERO,
    At,
    Call,
    Cond,
    Condition,
    Constant,
    First,
    Guard,
    Never,
    Node,
    Numbers,
    Piece,
    Place,
    Reduce,
    Softmax,
    Term,
    changed,
    conditions_of,
    letter,
    moved,
    negation,
    put,
    renaming,
    times,
    walk,
)
from reference.language.whole import Known, Range, whole

LETTERS = ("m", "n", "u", "v", "l", "r", "o", "h")


class Flow(Struct, frozen=True):
    """An adjoint on its way down: what it is at a node, over which ranges, under which conditions."""

    node: Node
    adjoint: Node
    ranges: Mapping[str, Range]
    conds: tuple[Condition, ...]


def pulled(piece: Piece, value: str, adjoint: str) -> list[Term]:
    """What an equation adds to the adjoints of all entries in it.

    Args:
        value, adjoint: the names of what the equation computes and of its adjoint.
    """
    numbers = Numbers(piece.body)
    change = renaming({index: numbers.fresh(index) for index, _ in piece.ranges})
    root = moved(piece.body, change)
    places = tuple(map(change, piece.places))
    outputs = {str(change(whole(index))): one for index, one in piece.ranges}
    same: set[int] = set()  # what has the value of the equation where its conditions hold
    top = root
    same.add(id(top))
    while isinstance(top, Guard):
        top = top.body
        same.add(id(top))
    found: list[Term] = []
    stack = [Flow(root, At(adjoint, places), outputs, ())]
    while stack:
        flow = stack.pop()
        if isinstance(flow.node, At):
            node, ranges = flow.node, tuple(flow.ranges.items())
            found.append(
                Term(node.name, node.at, ranges, frozenset(outputs), flow.conds, flow.adjoint)
            )
        else:
            own = At(value, places) if id(flow.node) in same else flow.node
            stack += downwards(flow, own, numbers)
    return found[::-1]


def downwards(flow: Flow, own: Node, numbers: Numbers) -> list[Flow]:
    """The adjoints of the parts of a node, whose value is ``own``."""
    g, ranges, conds = flow.adjoint, flow.ranges, flow.conds
    match flow.node:
        case Call(operation, args):
            return [Flow(one, pull, ranges, conds) for one, pull in slopes(operation, args, g, own)]
        case Guard(holding, body, other):
            yes = Flow(body, g, ranges, (*conds, *holding))
            return [yes, Flow(other, g, ranges, (*conds, negation(holding)))]
        case Softmax(index, span, holding, body):
            assert span is not None
            fresh = numbers.fresh(str(index))
            change = put(str(index), whole(fresh))
            total = Reduce(
                "sum",
                ((fresh, span),),
                changed(holding, change),
                numbers.copies(moved(tidy(times(g, own)), change)),
            )
            return [
                Flow(body, times(own, Call("subtract", (g, total))), ranges, (*conds, *holding))
            ]
        case Reduce(kind) as node:
            inner = numbers.copy(node)
            if kind == "mean":
                g = Call("divide", (g, counted(numbers, node)))
            elif kind != "sum":
                g = times(g, First(node, tuple(map(whole, inner.indices))))
            return [Flow(inner.body, g, {**ranges, **inner.known}, (*conds, *inner.conds))]
    return []


def counted(numbers: Numbers, node: Reduce) -> Node:
    """Over how many entries a mean runs."""
    total = whole(1)
    for low, high in node.known.values():
        total = total * (high - low + 1)
    return (
        Place(total)
        if not node.conds
        else numbers.copy(Reduce("sum", node.ranges, node.conds, UNIT))
    )


def slopes(operation: str, args: tuple[Node, ...], g: Node, own: Node) -> list[tuple[Node, Node]]:
    """Each argument with its adjoint, by the rules of the table of operations, which are right for scalars as they stand."""
    from reference.language.operations import (
        OPERATIONS,
    )  # whose table makes rows of indexed equations

    leaves = Leaves()
    names = [leaves.name(one) for one in args]
    found = []
    for one, rule in zip(args, OPERATIONS[operation].pulls, strict=True):
        if rule is not None and any(isinstance(part, At) for part in walk(one)):
            found.append((one, leaves.node(rule(leaves.name(g), leaves.name(own), *names))))
    return found


class Leaves:
    """Parts of an indexed equation as names in an expression, so that what is known of expressions serves for both."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.names: dict[Node, str] = {}

    def name(self, node: Node) -> Expression:
        if isinstance(node, Constant):
            return Number(node.value)
        if node not in self.names:
            self.names[node] = f"leaf {len(self.names)}"
            self.nodes[self.names[node]] = node
        return Name(self.names[node])

    def expression(self, node: Node) -> Expression:
        """A node as an expression, whose names are what is no call."""
        if isinstance(node, Call):
            return Apply(node.operation, tuple(map(self.expression, node.args)))
        return self.name(node)

    def node(self, expression: Expression) -> Node:
        """An expression over such names, shortened."""
        from reference.language.simplifying import shorten

        def visit(one: Expression, args: list[Expression]) -> Expression:
            if not isinstance(one, Apply):
                return one
            if one.operation == "fill":
                return args[0]
            return shorten(one.operation, [(arg, SCALAR) for arg in args], SCALAR)

        def back(one: Expression, args: list[Node]) -> Node:
            match one:
                case Number(value):
                    return Constant(Fraction(value))
                case Name(name):
                    return self.nodes[name]
            return Call("scale" if one.operation == "hadamard" else one.operation, tuple(args))

        return fold(fold(expression, visit), back)


def tidy(node: Node) -> Node:
    """A node as a person would write it."""
    leaves = Leaves()
    return leaves.node(leaves.expression(node))


def collected(terms: Sequence[Term], axes: tuple[Range, ...], known: Known) -> Piece:
    """The equation of an adjoint from all that is added to it."""
    taken = {name for name, _ in known.least}
    free = letters_for(terms, len(axes), taken)
    ranges = dict(zip(free, axes, strict=True))
    total: Node = ZERO
    for term in terms:
        one = solved(term, free, ranges, known)
        total = one if total == ZERO else Call("add", (total, one))
    return Piece(tuple(map(whole, free)), tuple(ranges.items()), tidy(total), tuple(terms))


def letters_for(terms: Sequence[Term], axes: int, taken: set[str]) -> list[str]:
    """A letter for each axis: that with which an equation runs over it, if one does."""
    found: list[str] = []
    for axis in range(axes):
        own = [
            letter(symbol)
            for term in terms
            if (symbol := term.places[axis].symbol) is not None and symbol in dict(term.ranges)
        ]
        found.append(next(one for one in (*own, *LETTERS) if one not in found and one not in taken))
    return found


def solved(term: Term, free: Sequence[str], ranges: Mapping[str, Range], known: Known) -> Node:
    """A term as an indexed sum, its places equal to the free indices."""
    value, conds, own, places = term.value, term.conds, dict(term.ranges), list(term.places)
    for axis in sorted(
        range(len(places)), key=lambda one: (len(places[one].symbols & own.keys()), one)
    ):
        place, wanted = places[axis], whole(free[axis])
        options = [
            i
            for i in (place.symbols - place.in_floors) & own.keys()
            if place.coefficient(i).constant in (1, -1)
        ]
        if not options:
            conds = (*conds, Cond(place - wanted, "=="))
            continue
        index = min(options, key=lambda i: (place != whole(i), i not in term.outputs, i))
        meant = (wanted - place.without(index)) * int(place.coefficient(index).constant or 1)
        low, high = own.pop(index)
        change = put(index, meant)
        value = moved(value, change)
        conds = (*changed(conds, change), Cond(meant - low), Cond(high - meant))
        places = [change(one) for one in places]
    return summed_up(value, own, conds, {**ranges, **own}, known)


def summed_up(
    value: Node,
    over: dict[str, Range],
    conds: tuple[Condition, ...],
    ranges: Mapping[str, Range],
    known: Known,
) -> Node:
    """The sum of a value, its conditions no more than needed, what does not vary standing outside."""
    kept: list[Condition] = []
    for one in conds:
        if isinstance(one, Cond) and one.sign == ">=" and known.proves(one.value, ranges):
            continue
        if one not in kept:
            kept.append(one)
    kept = without_implied(kept, ranges, known)
    outside = tuple(one for one in kept if not mentions(one, over))
    inside = tuple(one for one in kept if mentions(one, over))
    if over or inside:
        sign, tops, bottoms = flat(value)
        inner = joined(1, [f for f in tops if uses(f, over)], [f for f in bottoms if uses(f, over)])
        total = Reduce("sum", tuple(over.items()), inside, inner)
        value = joined(
            sign,
            [*(f for f in tops if not uses(f, over)), total],
            [f for f in bottoms if not uses(f, over)],
        )
    return Guard(outside, value, ZERO) if outside else value


def without_implied(
    conds: list[Condition], ranges: Mapping[str, Range], known: Known
) -> list[Condition]:
    """Conditions without those that follow from another one."""
    plain = Known(known.least)

    def implied(one: Condition, by: Condition) -> bool:
        both = isinstance(one, Cond) and isinstance(by, Cond) and one.sign == by.sign == ">="
        return both and plain.proves(one.value - by.value, ranges)  # type: ignore[union-attr]

    found: list[Condition] = []
    for place, one in enumerate(conds):
        others = [
            (other, at) for at, other in enumerate(conds) if at != place and implied(one, other)
        ]
        if not any(not implied(other, one) or at < place for other, at in others):
            found.append(one)
    return found


def mentions(cond: Condition, over: Mapping[str, Range]) -> bool:
    if isinstance(cond, Never):
        return any(mentions(one, over) for one in cond.conds)
    return bool(cond.value.symbols & over.keys())


def uses(node: Node, over: Mapping[str, Range]) -> bool:
    """Does a value change with the indices of a sum?"""
    return any(
        any(place.symbols & over.keys() for place in part.places)
        or any(mentions(one, over) for one in conditions_of(part))
        for part in walk(node)
    )


def flat(node: Node) -> tuple[int, list[Node], list[Node]]:
    """A product as its sign, factors and divisors."""
    match node:
        case Call("scale" | "hadamard", (left, right)):
            (s, t, u), (v, w, x) = flat(left), flat(right)
            return s * v, t + w, u + x
        case Call("divide", (left, right)):
            (s, t, u), (v, w, x) = flat(left), flat(right)
            return s * v, t + x, u + w
        case Call("negate", (inner,)):
            s, t, u = flat(inner)
            return -s, t, u
        case Constant(value) if value == 1:
            return 1, [], []
    return 1, [node], []


def joined(sign: int, tops: Sequence[Node], bottoms: Sequence[Node]) -> Node:
    result: Node = UNIT
    for one in sorted(tops, key=lambda node: not isinstance(node, Constant)):
        result = times(result, one)
    below: Node = UNIT
    for one in bottoms:
        below = times(below, one)
    result = Call("divide", (result, below)) if bottoms else result
    return Call("negate", (result,)) if sign < 0 else result
