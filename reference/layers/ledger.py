"""What every layer of a stack has and costs, in numbers: one walk from the first layer to the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from reference.language.errors import ShapeError
from reference.layers.kinds import JOINING, KINDS, Options, Shape

ALL = "all"
SUMMED = ("parameters", "weights", "biases", "multiply_adds", "entries")  # over all layers
SEEN = ("receptive_field", "jump", "influence")  # only where places stay places
QUANTITIES = ("shape", "side", "channels", *SUMMED, *SEEN)
MAX_SEEN = 20_000  # places of the input that one place sees

Amount = tuple[int, ...]  # a number, or the sizes of a shape
Cell = tuple[str, str]  # (layer, quantity)
Given = Mapping[Cell, Amount]
NOTHING: Given = {}


class Placed(Struct, frozen=True):
    """A layer in numbers, the one before it, and the one that joins that where it joins two."""

    name: str
    kind: str
    options: Options
    source: str
    other: str = ""


class Row(Struct, frozen=True):
    """What one layer has and costs.

    ``shape``: what comes out, features last. ``receptive_field``: the length of the part of the input that one place of the
    output sees, ``jump``: how far apart in the input two neighbours look, ``seen``: the places that have an influence on one;
    0 and none where every place sees all.
    """

    shape: Shape
    weights: int = 0
    biases: int = 0
    multiply_adds: int = 0
    receptive_field: int = 1
    jump: int = 1
    seen: frozenset[int] = frozenset([0])

    def value(self, quantity: str) -> Amount:
        match quantity:
            case "shape":
                return self.shape
            case "side":
                return self.shape[:1]
            case "channels":
                return self.shape[-1:]
            case "entries":
                return (prod(self.shape),)
            case "influence":
                return (len(self.seen),)
        found: int = getattr(self, quantity)
        return (found,)


class Ledger(Struct, frozen=True):
    """The rows of a stack by name, that of what comes in first; ``given``: what is known of them otherwise."""

    rows: Mapping[str, Row]
    given: Given = {}

    def value(self, name: str, quantity: str) -> Amount:
        """A number of one layer or in all, or a shape.

        Raises:
            ShapeError: the layer has no such thing.
        """
        if (name, quantity) in self.given:
            return self.given[name, quantity]
        if name == ALL:
            return (sum(self.value(one, quantity)[0] for one in [*self.rows][1:]),)
        if quantity == "parameters":
            return (sum(self.value(name, part)[0] for part in ("weights", "biases")),)
        row = self.rows[name]
        if quantity in SEEN and not row.receptive_field:
            raise ShapeError(f"{name} has no {quantity}: every place sees all")
        return row.value(quantity)


def ledger(name: str, shape: Shape, layers: Sequence[Placed], given: Given = NOTHING) -> Ledger:
    """The rows of a stack into which a shape comes.

    Args:
        given: what is known of layers otherwise, from which all later rows follow.

    Raises:
        ShapeError: a layer does not fit what comes in.
    """
    rows = {name: amended(name, Row(shape), given)}
    for layer in layers:
        found = amended(layer.name, row_of(layer, rows), given)
        x, y = rows[layer.source].shape, found.shape
        work = KINDS[layer.kind].multiply_adds(layer.options, x, y)
        rows[layer.name] = replace(found, multiply_adds=work)
    return Ledger(rows, given)


def row_of(layer: Placed, rows: Mapping[str, Row]) -> Row:
    kind, o, before = KINDS[layer.kind], layer.options, rows[layer.source]
    fits(layer, before.shape)
    if layer.kind in JOINING:
        return joined(layer, before, rows[layer.other])
    shape = kind.shape(o, before.shape)
    if min(shape) < 1:
        raise ShapeError(f"{layer.name}: {layer.kind} does not fit into {shown(before.shape)}")
    found = Row(shape, kind.weights(o, before.shape), kind.biases(o, before.shape))
    return seeing(layer, before, found)


def seeing(layer: Placed, before: Row, found: Row) -> Row:
    """A row with what one of its places sees."""
    window = KINDS[layer.kind].window
    if window is None or not before.receptive_field:
        return replace(found, receptive_field=0, jump=0, seen=frozenset())
    taps, step, stride = window(layer.options)
    step *= before.jump
    seen = frozenset[int]()
    if len(before.seen) * taps <= MAX_SEEN:
        seen = frozenset(place + step * tap for place in before.seen for tap in range(taps))
    field = before.receptive_field + (taps - 1) * step
    return replace(found, receptive_field=field, jump=before.jump * stride, seen=seen)


def fits(layer: Placed, x: Shape) -> None:
    """There are as many axes as a layer needs, and its groups and heads divide what comes in."""
    axes = KINDS[layer.kind].axes
    if len(x) < axes:
        message = f"{layer.kind} needs {axes} axes or more, found {shown(x)}"
        raise ShapeError(f"{layer.name}: {message}")
    for option in ("groups", "heads"):
        parts = layer.options.get(option, 1)
        if parts < 1 or (x[-1] % parts and not layer.options.get("width")):
            raise ShapeError(f"{layer.name}: {shown(x)} cannot be parted into {parts} {option}")


def joined(layer: Placed, one: Row, other: Row) -> Row:
    """A sum of two shapes that are the same, or features side by side."""
    side_by_side = layer.kind != "add"
    end = -1 if side_by_side else None
    if one.shape[:end] != other.shape[:end]:
        both = f"{shown(one.shape)} and {shown(other.shape)}"
        raise ShapeError(f"{layer.name}: {layer.kind} does not fit {both}")
    features = one.shape[-1] + (other.shape[-1] if side_by_side else 0)
    found = Row((*one.shape[:-1], features), receptive_field=0, jump=0, seen=frozenset())
    if one.jump != other.jump or not one.receptive_field * other.receptive_field:
        return found
    field = max(one.receptive_field, other.receptive_field)
    return replace(found, receptive_field=field, jump=one.jump, seen=one.seen | other.seen)


def amended(name: str, found: Row, given: Given) -> Row:
    """A row with the shape, the field and the distance that are given in its place."""
    shape = given.get((name, "shape"), found.shape)
    [side] = given.get((name, "side"), (0,))
    [channels] = given.get((name, "channels"), shape[-1:])
    places = (side,) * (len(shape) - 1) if side else shape[:-1]
    [field] = given.get((name, "receptive_field"), (found.receptive_field,))
    [jump] = given.get((name, "jump"), (found.jump,))
    return replace(found, shape=(*places, channels), receptive_field=field, jump=jump)


def shown(shape: Shape) -> str:
    return " × ".join(map(str, shape))
