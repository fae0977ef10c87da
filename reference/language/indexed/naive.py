"""An indexed equation entry by entry, in loops: a second way to its values, which shares nothing with the first but the nodes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reference.language.indexed.nodes import (
    At,
    Call,
    Cond,
    Condition,
    Constant,
    First,
    Guard,
    Node,
    Place,
    Reduce,
    Softmax,
)
from reference.language.indexed.rows import Rule
from reference.language.whole import Range

Functions = Mapping[str, Callable[..., Any]]  # of scalars, by the operation


class Naive:
    """Values of one rule at given sizes.

    Args:
        arrays: of the arguments, an axis each, of any scalars.
        functions: what each operation does to scalars; ``exp``, ``equal`` and ``case`` are needed for softmax and extremes.
    """

    def __init__(
        self, rule: Rule, arrays: Mapping[str, Any], sizes: Mapping[str, int], functions: Functions
    ) -> None:
        self.rule, self.arrays, self.sizes, self.functions = rule, arrays, sizes, functions

    def entries(self) -> Iterator[tuple[tuple[int, ...], Any]]:
        """Each entry of the result, the last axis running fastest."""
        piece = self.rule.piece
        for at in itertools.product(*(self.run(one) for _, one in piece.ranges)):
            names = (index for index, _ in piece.ranges)
            yield at, self.value(piece.body, dict(zip(names, at, strict=True)))

    def run(self, span: Range) -> range:
        low, high = (int(one.value(self.sizes)) for one in span)
        return range(low, high + 1)

    def holds(self, conds: tuple[Condition, ...], at: Mapping[str, int]) -> bool:
        return all(self.condition(one, at) for one in conds)

    def condition(self, cond: Condition, at: Mapping[str, int]) -> bool:
        if not isinstance(cond, Cond):
            return not self.holds(cond.conds, at)
        value = cond.value.value({**self.sizes, **at})
        return bool({">=": value >= 0, "==": value == 0, "!=": value != 0}[cond.sign])

    def value(self, node: Node, at: Mapping[str, int]) -> Any:
        match node:
            case Constant(value):
                return self.functions["number"](value)
            case Place(value):
                return self.functions["number"](int(value.value({**self.sizes, **at})))
            case At():
                return self.entry(node, at)
            case Call(operation, args):
                return self.functions[operation](*(self.value(one, at) for one in args))
            case Guard(conds, body, other):
                return self.value(body if self.holds(conds, at) else other, at)
            case Reduce():
                return self.reduced(node, at)
            case First(of, places):
                return self.first(of, tuple(int(p.value({**self.sizes, **at})) for p in places), at)
            case Softmax():
                return self.softmax(node, at)
        raise TypeError(f"how far it runs is not known: {node}")

    def entry(self, node: At, at: Mapping[str, int]) -> Any:
        """0 where there is no such place, as a condition says it is left out."""
        ranges = self.rule.by_name[node.name]
        places = tuple(int(one.value({**self.sizes, **at})) for one in node.at)
        inside = all(place in self.run(span) for place, span in zip(places, ranges, strict=True))
        if not inside:
            return self.functions["number"](0)
        return self.arrays[node.name][
            tuple(p - self.run(s).start for p, s in zip(places, ranges, strict=True))
        ]

    def terms(self, node: Reduce, at: Mapping[str, int]) -> Iterator[tuple[tuple[int, ...], Any]]:
        """What is reduced, with the values of its indices."""
        for places in itertools.product(*(self.run(one) for one in node.known.values())):
            inner = {**at, **dict(zip(node.indices, places, strict=True))}
            if self.holds(node.conds, inner):
                yield places, self.value(node.body, inner)

    def reduced(self, node: Reduce, at: Mapping[str, int]) -> Any:
        values = [value for _, value in self.terms(node, at)]
        if node.kind in ("sum", "mean"):
            total = self.functions["number"](0)
            for one in values:
                total = self.functions["add"](total, one)
            count = self.functions["number"](len(values))
            return self.functions["divide"](total, count) if node.kind == "mean" else total
        better = self.functions[node.kind]
        while len(values) > 1:  # by twos: as symbols, a chain of cases doubles with each term
            values = [
                better(*values[at : at + 2]) if at + 1 < len(values) else values[at]
                for at in range(0, len(values), 2)
            ]
        return values[0]

    def first(self, of: Reduce, wanted: tuple[int, ...], at: Mapping[str, int]) -> Any:
        """1 if the wanted place is the first of the best."""
        found = dict(self.terms(of, at))
        if wanted not in found:
            return self.functions["number"](0)
        own, result = found.pop(wanted), self.functions["number"](1)
        beats, ties = ("gt", "ge") if of.kind == "max" else ("lt", "le")
        for place, value in found.items():
            operation = beats if place < wanted else ties
            result = self.functions["scale"](result, self.functions[operation](own, value))
        return result

    def softmax(self, node: Softmax, at: Mapping[str, int]) -> Any:
        index, span = str(node.index), node.range
        assert span is not None
        powers = {}
        for place in self.run(span):
            inner = {**at, index: place}
            if self.holds(node.conds, inner):
                powers[place] = self.functions["exp"](self.value(node.body, inner))
        total = self.functions["number"](0)
        for one in powers.values():
            total = self.functions["add"](total, one)
        if at[index] not in powers:
            return self.functions["number"](0)
        return self.functions["divide"](powers[at[index]], total)
