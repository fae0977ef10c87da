"""What is misunderstood in a stack of layers: rows that change the options of layers, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from reference.language.errors import LanguageError
from reference.layers.asked import Asked
from reference.layers.kinds import Options, Shape
from reference.layers.ledger import Ledger, Placed, Row, fits, ledger

POOLS = ("maxpool", "avgpool")


class LayerMistake(Struct, frozen=True):
    """A row of the table: ``message`` goes on after "it looks like".

    ``changed``: the options that are taken otherwise, by the layer and what comes into it.
    """

    name: str
    message: str
    changed: Callable[[Placed, Shape], Options]


Check = Callable[[Placed, Mapping[str, Row]], None]
Found = TypeVar("Found", bound=Hashable)


def each(**options: int) -> Callable[[Placed, Shape], Options]:
    """The same options in every layer that has them."""
    return lambda layer, x: options


MISTAKES = (
    LayerMistake("bias", "a count without the biases", each(bias=0)),
    LayerMistake("rounding", "a size that was rounded up, where it is rounded down", each(ceil=1)),
    LayerMistake("padding", "an answer in which the padding was forgotten", each(padding=0)),
    LayerMistake("stride", "an answer in which the strides were forgotten", each(stride=1)),
    LayerMistake(
        "pooling",
        "an answer in which the pooling was forgotten",
        lambda layer, x: {"kernel": 1, "stride": 1, "padding": 0} if layer.kind in POOLS else {},
    ),
    LayerMistake("dilation", "an answer in which the dilation was forgotten", each(dilation=1)),
    LayerMistake(
        "kernel and dilation",
        "a kernel that spans k d places, where it spans (k - 1) d + 1",
        lambda layer, x: spanning(layer.options),
    ),
    LayerMistake(
        "dilation as stride",
        "an answer in which places moved apart as by a stride, not by a dilation",
        lambda layer, x: {"stride": layer.options.get("dilation", 1), "dilation": 1},
    ),
    LayerMistake("one channel", "a kernel that sees one channel alone", lambda layer, x: {"groups": x[-1]}),
    LayerMistake("groups", "an answer in which the groups were forgotten", each(groups=1)),
    LayerMistake(
        "two biases",
        "a count with two biases for each gate, where each has one",
        lambda layer, x: {"bias": 2} if "gates" in layer.options else {},
    ),
    LayerMistake("gates", "an answer for one gate alone", each(gates=1)),
    LayerMistake("directions", "an answer for one direction alone", each(directions=1)),
    LayerMistake(
        "projection", "an answer without the matrix behind the heads", each(projection=0)
    ),
    LayerMistake(
        "heads",
        "an answer with a square matrix for each head, where all heads share one",
        lambda layer, x: {"width": x[-1]} if layer.kind == "attention" else {},
    ),
    LayerMistake(
        "key heads",
        "an answer with keys and values of its own for each head",
        lambda layer, x: {"key_heads": layer.options.get("heads", 1)},
    ),
    LayerMistake("tied", "an answer in which weights that are shared were counted twice", each(tied=0)),
)  # fmt: skip
PLACES = "places", "the multiply-adds of one place alone"
OTHER = "layer", "the count of another layer"
NAMES = (*(row.name for row in MISTAKES), PLACES[0], OTHER[0])


def spanning(options: Options) -> Options:
    return {"kernel": options.get("kernel", 1) * options.get("dilation", 1), "dilation": 1}


class Misread(Struct, frozen=True):
    """The ledger of someone who misunderstood something."""

    name: str
    message: str
    ledger: Ledger


def misreadings(right: Ledger, check: Check | None = fits) -> list[Misread]:
    """What a stack has and costs by each mistake, as far as the layers fit then; the most particular first."""
    layers = [*right.layers.values()]
    name, first = next(iter(right.rows.items()))
    found = []
    for row in MISTAKES:
        misread = [changed(layer, row, right) for layer in layers]
        if misread != layers:
            with suppress(LanguageError):
                found.append(
                    Misread(row.name, row.message, ledger(name, first.shape, misread, check=check))
                )
    return found


def wrong_amounts(
    asked: Asked, right: Ledger, wrong: Sequence[Misread], value: Callable[[Asked, Ledger], Found]
) -> list[tuple[str, str, Found]]:
    """(name, message, result) of each mistake, as far as it can be computed and is not right.

    Args:
        value: what is asked, by a ledger.
    """
    found = {value(asked, right): ("", "")}
    for name, message, about, known in attempts(asked, right, wrong):
        with suppress(LanguageError):
            found.setdefault(value(about, known), (name, message))
    return [(*named, amount) for amount, named in found.items() if named[0]]


def attempts(
    asked: Asked, right: Ledger, wrong: Sequence[Misread]
) -> Iterator[tuple[str, str, Asked, Ledger]]:
    """(name, message, what is worked out, from what) of each mistake."""
    for one in wrong:
        yield one.name, one.message, asked, one.ledger
    if asked.cell is None:
        return
    layer, quantity = asked.cell
    if quantity == "multiply_adds" and layer in right.rows:
        yield *PLACES, asked.about((layer, "weights")), right
    for other in right.layers:
        yield *OTHER, asked.about((other, quantity)), right


def changed(layer: Placed, row: LayerMistake, right: Ledger) -> Placed:
    """A layer with the options that a mistake changes, as far as it has them."""
    incoming = right.rows[layer.source].shape
    own = {n: o for n, o in row.changed(layer, incoming).items() if n in layer.options}
    return replace(layer, options={**layer.options, **own})
