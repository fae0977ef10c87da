"""What every layer of a stack has and costs, in numbers: one walk from the first layer to the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from reference.language.errors import ShapeError
from reference.layers.kinds import JOINING, KINDS, Options, Shape, alone

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
    output sees, ``jump``: how far apart in the input two neighbours look; 0 where every place sees all.
    """

    shape: Shape
    weights: int = 0
    biases: int = 0
    multiply_adds: int = 0
    receptive_field: int = 1
    jump: int = 1

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
        found: int = getattr(self, quantity)
        return (found,)


class Ledger(Struct, frozen=True):
    """The rows of a stack by name, that of what comes in first.

    ``layers``: by name, ``given``: what is known of them otherwise.
    """

    rows: Mapping[str, Row]
    layers: Mapping[str, Placed]
    given: Given = {}

    def value(self, name: str, quantity: str) -> Amount:
        """A number of one layer or in all, or a shape.

        Raises:
            ShapeError: the layer has no such thing.
        """
        if (name, quantity) in self.given:
            return self.given[name, quantity]
        if name == ALL:
            return (sum(self.value(one, quantity)[0] for one in self.layers),)
        if quantity == "parameters":
            return (sum(self.value(name, part)[0] for part in ("weights", "biases")),)
        row = self.rows[name]
        if quantity in SEEN and not row.receptive_field:
            raise ShapeError(f"{name} has no {quantity}: every place sees all")
        return (len(self.seen(name)),) if quantity == "influence" else row.value(quantity)

    def seen(self, name: str) -> frozenset[int]:
        """The places of the input, counted from the first, that have an influence on one of a layer.

        Raises:
            ShapeError: they are too many to count.
        """
        if name not in self.layers:
            return frozenset([0])
        layer = self.layers[name]
        before = self.seen(layer.source)
        if layer.kind in JOINING:
            return before | self.seen(layer.other)
        taps, step, _ = (KINDS[layer.kind].window or alone)(layer.options)
        if len(before) * taps > MAX_SEEN:
            raise ShapeError(f"{name} sees more than {MAX_SEEN} places")
        step *= self.rows[layer.source].jump
        return frozenset(place + step * tap for place in before for tap in range(taps))


def ledger(
    name: str,
    shape: Shape,
    layers: Sequence[Placed],
    given: Given = NOTHING,
    check: Callable[[Placed, Mapping[str, Row]], None] | None = None,
) -> Ledger:
    """The rows of a stack into which a shape comes.

    Args:
        given: what is known of layers otherwise, from which all later rows follow.
        check: is told of each layer, with the rows of those before it, and refuses what does not fit.
    """
    rows = {name: amended(name, Row(shape), given)}
    for layer in layers:
        if check is not None:
            check(layer, rows)
        found = amended(layer.name, row_of(layer, rows), given)
        x, y = rows[layer.source].shape, found.shape
        work = KINDS[layer.kind].multiply_adds(layer.options, x, y)
        rows[layer.name] = replace(found, multiply_adds=work)
    return Ledger(rows, {layer.name: layer for layer in layers}, given)


def row_of(layer: Placed, rows: Mapping[str, Row]) -> Row:
    """The row of a layer but for its multiply-adds."""
    kind, o, before = KINDS[layer.kind], layer.options, rows[layer.source]
    if layer.kind in JOINING:
        return joined(layer, before, rows[layer.other])
    x = before.shape
    found = Row(kind.shape(o, x), kind.weights(o, x), kind.biases(o, x))
    if kind.window is None or not before.receptive_field:
        return replace(found, receptive_field=0, jump=0)
    taps, step, stride = kind.window(o)
    field = before.receptive_field + step * (taps - 1) * before.jump
    return replace(found, receptive_field=field, jump=before.jump * stride)


def joined(layer: Placed, one: Row, other: Row) -> Row:
    """A sum, or features side by side; what is seen of the input is known where neighbours are equally far apart."""
    features = one.shape[-1] + (0 if layer.kind == "add" else other.shape[-1])
    found = Row((*one.shape[:-1], features), receptive_field=0, jump=0)
    if one.jump != other.jump or not one.receptive_field or not other.receptive_field:
        return found
    field = max(one.receptive_field, other.receptive_field)
    return replace(found, receptive_field=field, jump=one.jump)


def fits(layer: Placed, rows: Mapping[str, Row]) -> None:
    """A layer in numbers fits what comes in.

    Raises:
        ShapeError: there are too few axes, or places, or features that cannot be parted; or shapes that join differ.
    """
    x, axes = rows[layer.source].shape, KINDS[layer.kind].axes
    if len(x) < axes:
        message = f"{layer.kind} needs {axes} axes or more, found {shown(x)}"
        raise ShapeError(f"{layer.name}: {message}")
    for option in ("groups", "heads"):
        parts = layer.options.get(option, 1)
        if parts < 1 or (x[-1] % parts and not layer.options.get("width")):
            raise ShapeError(f"{layer.name}: {shown(x)} cannot be parted into {parts} {option}")
    if layer.kind in JOINING:
        y = rows[layer.other].shape
        end = None if layer.kind == "add" else -1
        if x[:end] != y[:end]:
            message = f"{layer.kind} does not fit {shown(x)} and {shown(y)}"
            raise ShapeError(f"{layer.name}: {message}")
    elif min(KINDS[layer.kind].shape(layer.options, x)) < 1:
        raise ShapeError(f"{layer.name}: {layer.kind} does not fit into {shown(x)}")


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
