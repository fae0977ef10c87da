"""Indexed equations of indexed equations as one: the entries of the inner ones are written where they are used."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from msgspec.structs import replace

from reference.language.expression import Apply, Expression, Number, fold
from reference.language.indexed.nodes import (
    At,
    Call,
    Constant,
    Guard,
    Node,
    Numbers,
    Piece,
    Reduce,
    moved,
    renamed,
    renaming,
    times,
    walk,
)
from reference.language.indexed.pulling import tidy
from reference.language.indexed.rows import Rule, rule_of, rule_over, with_constant
from reference.language.whole import Known, Range, Whole


def merged(expression: Expression) -> Expression:
    """The same with no indexed equation as the argument of another; a call of a named operation stays around others."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        own = Apply(node.operation, tuple(args), node.column)
        rule = rule_of(own)
        return own if rule is None or rule.called else put_together(rule, args)

    return fold(expression, visit)


def put_together(rule: Rule, args: list[Expression]) -> Expression:
    """An indexed equation with those among its arguments written in it."""
    inner = {
        name: one for name, arg in zip(rule.by_name, args, strict=False) if (one := rule_of(arg))
    }
    meant: dict[str, Expression] = {}
    axes: dict[str, tuple[Range, ...]] = {}
    bodies: dict[str, Piece] = {}
    least, facts = dict(rule.known.least), dict.fromkeys(rule.known.facts)
    for (name, spans), arg in zip(rule.by_name.items(), args, strict=False):
        own = inner.get(name)
        if own is None:
            meant[name], axes[name] = arg, spans
            continue
        new = {one: f"{name}{one}" for one in own.by_name}
        bodies[name] = Piece(own.piece.places, own.piece.ranges, renamed(own.piece.body, new))
        assert isinstance(arg, Apply)
        meant |= dict(zip(new.values(), arg.args, strict=False))
        axes |= {new[one]: own.by_name[one] for one in new}
        least |= dict(own.known.least)
        facts |= dict.fromkeys(own.known.facts)
    numbers = Numbers(rule.piece.body, *(one.body for one in bodies.values()))
    body = summed_apart(written_out(rule.piece.body, bodies, numbers), numbers)
    piece = Piece(rule.piece.places, rule.piece.ranges, body)
    for name, arg in meant.items():
        if isinstance(arg, Number):
            piece = with_constant(piece, name, Constant(arg.value))
    piece = replace(piece, body=tidied(piece.body))
    return rule_over(piece, meant, axes, rule.result, Known(tuple(least.items()), tuple(facts)))


def written_out(node: Node, bodies: dict[str, Piece], numbers: Numbers) -> Node:
    """A part with what some entries stand for, at their places."""
    if isinstance(node, At) and node.name in bodies:
        piece = bodies[node.name]
        own = {
            str(one): numbers.fresh("free") for one in piece.places
        }  # so that no letter is captured
        body = moved(numbers.copies(piece.body), renaming(own))
        return moved(body, at_places(dict(zip(own.values(), node.at, strict=True))))
    return node.over(tuple(written_out(child, bodies, numbers) for child in node.children))


def at_places(places: dict[str, Whole]) -> Callable[[Whole], Whole]:
    def change(value: Whole) -> Whole:
        for index, place in places.items():
            value = value.put(index, place)
        return value

    return change


def summed_apart(node: Node, numbers: Numbers) -> Node:
    """Sums of terms that are not all there at the same places as several sums, as each leaves out what is not there."""
    node = node.over(tuple(summed_apart(child, numbers) for child in node.children))
    if not (isinstance(node, Reduce) and node.kind == "sum"):
        return node
    terms = multiplied_out(node.body)
    if len(terms) < 2 or not any(isinstance(one, Guard) for one in walk(node.body)):
        return node
    first, *rest = (replace(node, body=term) for term in terms)
    total: Node = first
    for one in rest:
        total = Call("add", (total, numbers.copy(one)))
    return total


def multiplied_out(node: Node) -> list[Node]:
    """The terms of a product of sums."""
    match node:
        case Call("add", (left, right)):
            return [*multiplied_out(left), *multiplied_out(right)]
        case Call("subtract", (left, right)):
            return [*multiplied_out(left), *multiplied_out(Call("negate", (right,)))]
        case Call("negate", (inner,)):
            return [Call("negate", (one,)) for one in multiplied_out(inner)]
        case Call("scale", (left, right)):
            return [
                times(one, other)
                for one, other in product(multiplied_out(left), multiplied_out(right))
            ]
    return [node]


def tidied(node: Node) -> Node:
    """As :func:`tidy`, also within sums and cases."""
    return tidy(node.over(tuple(map(tidied, node.children))))
