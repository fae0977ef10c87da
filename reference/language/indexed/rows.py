"""An indexed equation as an operation like any other: its name is its rule, and its pulls are such operations again.

A quantity with three or four axes is stored as a matrix: the last axis is the columns, the others one after the other the
rows. So all that reckons with rows and columns serves for it too.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from reference.language.dimensions import Mismatch, Shape, size_of, stored
from reference.language.expression import Apply, Expression, Name, Number, parts
from reference.language.indexed.by_hand import Work, work
from reference.language.indexed.evaluating import Evaluator
from reference.language.indexed.nodes import (
    At,
    Call,
    Constant,
    First,
    Guard,
    Node,
    Piece,
    Reduce,
    Term,
    conditions_of,
    entries_of,
    numbered_anew,
    quantities,
    renamed,
    values_of,
    walk,
)
from reference.language.indexed.paper import flagged, written_factors
from reference.language.indexed.pulling import Leaves, collected, pulled, tidy
from reference.language.indexed.ranges import Axes
from reference.language.indexed.writing import Script
from reference.language.operations.operation import Operation, Pull, first_of
from reference.language.values import Array, as_numbers
from reference.language.whole import Known, Range, Whole, whole
from reference.language.writing import ATOM, Applied, Style, Written

G, Y = "g", "y"  # the adjoint of a result, and the result
EVALUATORS = 16  # sets of sizes for which the places of a row are kept
ROWS = 2000
MAX_AXES = 4


class Called(Struct, frozen=True):
    """The call of a named operation that an equation stands for: its arguments in their order, and what was set."""

    name: str
    settings: tuple[tuple[str, Whole], ...]
    args: tuple[str, ...]

    def written(self, args: Sequence[str], style: Style) -> Written:
        """The call as a paper writes it, and plain as it is read."""
        values = [f"{word}: {value}" for word, value in self.settings]
        if style.flat:
            return Written(f"{self.name}({', '.join([*args, *values])})")
        shown = [rf"\text{{{word} }} {value}" for word, value in self.settings]
        inside = r",\ ".join(filter(None, [", ".join(args), *shown]))
        words = self.name.replace("_", " ")
        head = rf"\text{{{words}}}" if " " in words else rf"\operatorname{{{words}}}"
        return Written(rf"{head}\left({inside}\right)")


class Rule(Struct, frozen=True, dict=True):
    """An equation over arguments by their places, ``@0`` …; ``sizes`` are arguments after them.

    ``axes``: of each argument; ``result``: of what is computed; ``called``: the named operation that it is, if it is one.
    """

    piece: Piece
    axes: tuple[tuple[Range, ...], ...]
    result: tuple[Range, ...]
    known: Known
    called: Called | None = None

    @property
    def sizes(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.known.least)

    @functools.cached_property
    def by_name(self) -> dict[str, tuple[Range, ...]]:
        return {argument(place): one for place, one in enumerate(self.axes)}

    @functools.cached_property
    def is_entrywise(self) -> bool:
        """Is it made of entries at its free indices, each over a whole axis, so that no size matters but through shapes?"""
        ranges = dict(self.piece.ranges)
        nodes = [*walk(self.piece.body)]
        entries = [node for node in nodes if isinstance(node, At)]
        return all(isinstance(node, At | Call | Constant) for node in nodes) and all(
            ranges.get(place.symbol or "") == axis
            for node in entries
            for place, axis in zip(node.at, self.by_name[node.name], strict=True)
        )

    @functools.cached_property
    def told_apart(self) -> tuple[Any, ...]:
        """All that makes the rule what it is, whatever the numbers of its bound indices."""
        body = numbered_anew(self.piece.body)
        return self.piece.places, self.piece.ranges, body, self.axes, self.known.least, self.called


def argument(place: int) -> str:
    return f"@{place}"


class Text(str):
    """The name of an operation, which is the rule behind it."""

    __slots__ = ("hashed", "rule")
    rule: Rule
    hashed: int

    def __new__(cls, rule: Rule) -> Text:
        made = super().__new__(cls, "indexed")
        made.rule = rule
        made.hashed = hash(rule.told_apart)
        return made

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (
            self.rule is other.rule or self.rule.told_apart == other.rule.told_apart
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (self.rule,)


def rule_of(expression: Expression) -> Rule | None:
    """The indexed equation that an expression is, if it is one."""
    return expression.operation.rule if isinstance(expression.operation, Text) else None


def left_side(name: str, expression: Expression) -> str:
    """How the left side of an equation is written: with its free indices, where it is an indexed one."""
    rule = rule_of(expression)
    if rule is None or rule.called or not rule.piece.places:
        return name
    return f"{name}[{','.join(map(str, rule.piece.places))}]"


def uncalled(expression: Expression) -> Expression:
    """A named operation as the equation entry by entry that it stands for."""
    rule = rule_of(expression)
    if rule is None or rule.called is None or not isinstance(expression, Apply):
        return expression
    return Apply(Text(replace(rule, called=None)), expression.args, expression.column)


def leaves_out(rule: Rule) -> bool:
    """Are there places that do not exist, which is said once and not where they stand?"""
    return any(conditions_of(node) for node in walk(rule.piece.body))


def picks_one(expression: Expression) -> bool:
    """Does an expression hold which one of several entries is the largest or smallest?"""
    rules = rules_in([expression])
    first = any(isinstance(node, First) for rule in rules for node in walk(rule.piece.body))
    return first or any(node.operation == "is_largest" for node in parts(expression))


def is_by_entries(expression: Expression) -> bool:
    """Does an expression hold an equation of entries that an author or a student wrote out, not a named operation?"""
    return any(rule.called is None for rule in rules_in([expression]))


def rules_in(equations: Iterable[Expression]) -> Iterator[Rule]:
    """The rules in some expressions."""
    for expression in equations:
        for node in parts(expression):
            if isinstance(node.operation, Text):
                yield node.operation.rule


def applied(rule: Rule, args: Sequence[Expression]) -> Apply:
    """A rule as an operation on its arguments and all sizes."""
    return Apply(Text(rule), (*args, *map(Name, rule.sizes)))


def rule_over(
    piece: Piece,
    args: Mapping[str, Expression],
    axes: Axes,
    result: tuple[Range, ...],
    known: Known,
    called: Called | None = None,
) -> Apply:
    """An equation over named quantities as an operation on what they stand for."""
    used = quantities(piece.body)
    for term in piece.terms:
        used += [name for name in quantities(term.value) if name not in used]
    names = {name: argument(place) for place, name in enumerate(used)}
    terms = tuple(term_renamed(term, names) for term in piece.terms)
    own = Piece(piece.places, piece.ranges, renamed(piece.body, names), terms)
    if called:
        called = replace(called, args=tuple(names[one] for one in called.args))
    rule = Rule(own, tuple(axes[name] for name in used), result, known, called)
    return applied(rule, [args[name] for name in used])


def term_renamed(term: Term, names: Mapping[str, str]) -> Term:
    return replace(term, value=renamed(term.value, names))


class Row:
    """What the table of operations says of a rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.evaluators: dict[tuple[int, ...], Evaluator] = {}

    def operation(self) -> Operation:
        rule = self.rule
        moves = all(
            isinstance(node, At | Constant | Guard) or is_extreme(node)
            for node in walk(rule.piece.body)
        )
        return Operation(
            arity=len(rule.axes) + len(rule.sizes),
            shape=self.shape,
            value=self.value,
            pulls=(*map(self.pull_or_none, rule.by_name), *(None for _ in rule.sizes)),
            kinks=self.kinks,
            convention=self.convention,
            keeps_digits=moves,
            clean=self.clean,
            factors=self.factors,
            work=self.by_entries,
        )

    @property
    def convention(self) -> str:
        found = (node for node in walk(self.rule.piece.body) if isinstance(node, Reduce))
        kinds = [node.kind for node in found if is_extreme(node)]
        return first_of(kinds[0]) if kinds else ""

    def shape(self, *shapes: Shape) -> Shape:
        for own, given in zip(self.rule.axes, shapes, strict=False):
            if stored_axes(own) != given:
                raise Mismatch
        return stored_axes(self.rule.result)

    def value(self, *arrays: Array) -> Array:
        return self.computed(self.rule.piece, arrays)

    def clean(self, *arrays: Array) -> Array:
        """Where all that an entry is made of is flagged; the flags of all arguments stand in the second half."""
        half, count = len(arrays) // 2, len(self.rule.axes)
        flags = [*map(as_numbers, arrays[half : half + count], arrays[:count])]
        found = self.computed(flagged(self.rule.piece), (*flags, *arrays[count:half]))
        return np.asarray(found == 1.0)

    def factors(self, *arrays: Array) -> list[Array] | None:
        """As :func:`written_factors`, (batch, rows, terms, columns) each."""
        evaluator, values, _ = self.laid_out(arrays)
        found = written_factors(evaluator, self.rule.piece, values)
        if found is None:
            return None
        last = self.rule.result[-1:]
        columns = evaluator.length(last[0]) if len(self.rule.result) > 1 else 1
        return [
            np.moveaxis(one.reshape(len(one), -1, columns, one.shape[-1]), -1, -2) for one in found
        ]

    def by_entries(self, *arrays: Array) -> Iterator[Work]:
        """As :func:`work`."""
        evaluator, values, _ = self.laid_out(arrays)
        with np.errstate(all="ignore"):
            yield from work(evaluator, self.rule.piece, values)

    def computed(self, piece: Piece, arrays: Sequence[Array]) -> Array:
        evaluator, values, leading = self.laid_out(arrays)
        with np.errstate(all="ignore"):
            found = evaluator.value(piece, values, self.rule.result)
        columns = found.shape[-1] if len(self.rule.result) > 1 else 1
        ahead = leading if len(found) > 1 or not leading else (1,) * len(leading)
        return found.reshape(*ahead, -1, columns)

    def laid_out(
        self, arrays: Sequence[Array]
    ) -> tuple[Evaluator, dict[str, Array], tuple[int, ...]]:
        """The evaluator for the sizes, the arguments with all their axes, and the leading axes of the batch."""
        given, numbers = arrays[: len(self.rule.axes)], arrays[len(self.rule.axes) :]
        sizes = {name: int(one.item(0)) for name, one in zip(self.rule.sizes, numbers, strict=True)}
        evaluator = self.evaluator(sizes)
        leading = np.broadcast_shapes(*{one.shape[:-2] for one in given})
        values = {}
        for name, array in zip(self.rule.by_name, given, strict=True):
            alone = array.size == array.shape[-1] * array.shape[-2]
            fits = alone or array.shape[:-2] == leading
            own = array if fits else np.broadcast_to(array, (*leading, *array.shape[-2:]))
            lengths = [last - first + 1 for first, last in evaluator.spans[name]]
            values[name] = own.reshape(-1, *lengths)
        return evaluator, values, leading

    def evaluator(self, sizes: Mapping[str, int]) -> Evaluator:
        key = tuple(sizes.values())
        if key not in self.evaluators:
            if len(self.evaluators) >= EVALUATORS:
                self.evaluators.clear()
            self.evaluators[key] = Evaluator(self.rule.by_name, sizes)
        return self.evaluators[key]

    def pull_or_none(self, name: str) -> Pull | None:
        """The rule for an argument; nothing where that only decides which place of a window is the largest."""
        return self.pull(name) if name in self.moving else None

    @functools.cached_property
    def moving(self) -> frozenset[str]:
        """The arguments that are more than compared."""
        return frozenset(node.name for node in entries_of(self.rule.piece.body))

    def pull(self, target: str) -> Pull:
        place = [*self.rule.by_name].index(target)

        def rule(g: Expression, y: Expression, *args: Expression) -> Expression:
            piece = self.adjoints[place]
            own = self.rule
            if isinstance(g, Number):
                piece = with_constant(piece, G, Constant(g.value))
            axes = {**own.by_name, G: own.result, Y: own.result}
            meant = {**dict(zip(own.by_name, args, strict=False)), G: g, Y: y}
            return rule_over(piece, meant, axes, own.by_name[target], own.known)

        return rule

    @functools.cached_property
    def adjoints(self) -> list[Piece]:
        """The derivative by each argument, over ``g``, ``y`` and the arguments."""
        own = self.rule
        terms = pulled(own.piece, Y, G)
        return [
            collected([term for term in terms if term.target == name], axes, own.known)
            for name, axes in own.by_name.items()
        ]

    def kinks(self, *args: Expression) -> tuple[Expression, ...]:
        """Where a part turns: the kinks of its operations, and how far a maximum leads."""
        meant = dict(zip(self.rule.by_name, args, strict=False))
        rectified = {name for name, value in meant.items() if value.operation == "relu"}
        return tuple(
            rule_over(
                one,
                meant,
                self.rule.by_name,
                tuple(span for _, span in one.ranges),
                self.rule.known,
            )
            for one in turns(self.rule.piece, rectified)
        )


def turns(piece: Piece, rectified: Collection[str]) -> Iterator[Piece]:
    """The kinks within a piece, each over the indices on which it depends, four at the most.

    Args:
        rectified: quantities that come of a ReLU, where it is no kink that several are 0.
    """
    ranges = dict(piece.ranges)
    for node in walk(piece.body):
        if isinstance(node, Reduce):
            ranges |= node.known
    for node in walk(piece.body):
        for one in kinks_of(node, rectified):
            inner = {
                index for part in walk(one) if isinstance(part, Reduce) for index in part.indices
            }
            used = {symbol for part in walk(one) for symbol in symbols_of(part)} - inner
            free = tuple((index, ranges[index]) for index in ranges if index in used)
            if len(free) <= MAX_AXES:
                yield Piece(tuple(whole(index) for index, _ in free), free, one)


def symbols_of(node: Node) -> set[str]:
    """The indices and sizes in the places and conditions of a part itself."""
    tested = (value for cond in conditions_of(node) for value in values_of(cond))
    return {symbol for value in (*node.places, *tested) for symbol in value.symbols}


def kinks_of(node: Node, rectified: Collection[str]) -> list[Node]:
    if isinstance(node, Reduce) and node.kind in ("max", "min"):
        body = node.body if node.kind == "max" else Call("negate", (node.body,))
        even = any(
            one.operation == "relu" or (isinstance(one, At) and one.name in rectified)
            for one in walk(body)
        )
        return [Reduce("gap" if even else "lead", node.ranges, node.conds, body)]
    if not isinstance(node, Call):
        return []
    from reference.language.operations import OPERATIONS  # whose table makes these rows

    leaves = Leaves()
    names = [leaves.name(one) for one in node.args]
    return [leaves.node(one) for one in OPERATIONS[node.operation].kinks(*names)]


def with_constant(piece: Piece, name: str, value: Constant) -> Piece:
    """A piece in which a scalar quantity has a value."""

    def put(node: Node) -> Node:
        if isinstance(node, At):
            return value if node.name == name else node
        return node.over(tuple(map(put, node.children)))

    terms = tuple(replace(term, value=tidy(put(term.value))) for term in piece.terms)
    return replace(piece, body=tidy(put(piece.body)), terms=terms)


def is_extreme(node: Node) -> bool:
    return isinstance(node, Reduce) and node.kind in ("max", "min")


def stored_axes(axes: Sequence[Range]) -> Shape:
    """The shape of a quantity with these axes."""
    return stored(tuple(size_of(last - first + 1) for first, last in axes))


@functools.lru_cache(maxsize=ROWS)
def row_of(operation: Text) -> Operation:
    """The row of an indexed equation, made when it is first used."""
    return Row(operation.rule).operation()


def write_rule(node: Applied, args: list[Written], style: Style) -> Written:
    """The right side of an indexed equation, with what stands for its arguments."""
    assert isinstance(node.operation, Text)
    rule = node.operation.rule
    if rule.called:
        shown = dict(zip(rule.by_name, (one.text for one in args), strict=False))
        return rule.called.written([shown[one] for one in rule.called.args], style)
    given = zip(rule.by_name, node.args, args, strict=False)
    names = {
        name: one.text if isinstance(value, Name) else style.bracket(one, ATOM)
        for name, value, one in given
    }
    return Script(style, rule.piece, names, rule.by_name, rule.known).written(rule.piece.body)
