"""A stack of layers as an author writes it: ``conv 8, kernel 5, stride 2`` is a kind, then its options."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from reference.counting.exact import exact
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError, ReadingError
from reference.language.expression import Expression, names, number
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.layers.kinds import JOINING, KINDS, Options
from reference.layers.ledger import NOTHING, Given, Ledger, Placed, fits, ledger

TIMES = re.compile(r"×|\bx\b")
WORDS = {"yes": 1, "no": 0}
FROM = "from"


class Layer(Struct, frozen=True):
    """A layer: its kind and the options that are written.

    ``source``: the layer whose output comes in, ``other``: the one that joins it, where the kind joins two.
    """

    name: str
    kind: str
    options: Mapping[str, Expression]
    source: str
    other: str = ""

    def at(self, sizes: Mapping[str, int]) -> Placed:
        """The layer with every option in numbers.

        Raises:
            LanguageError: one is no whole number.
        """
        written = {
            option: whole_number(value, sizes, f"{option} of {self.name}")
            for option, value in self.options.items()
        }
        return self.placed(written)

    def placed(self, written: Options) -> Placed:
        """The layer with these values of the options that are written."""
        options = KINDS[self.kind].filled(written)
        return Placed(self.name, self.kind, options, self.source, self.other)


class Stack(Struct, frozen=True, dict=True):
    """What comes in, and the layers that it goes through; shapes have features last."""

    name: str  # of what comes in
    shape: tuple[Expression, ...]
    layers: tuple[Layer, ...]

    @property
    def names(self) -> list[str]:
        return [self.name, *(layer.name for layer in self.layers)]

    @property
    def sizes(self) -> frozenset[str]:
        """The symbols in it."""
        written = [*self.shape, *(e for layer in self.layers for e in layer.options.values())]
        return frozenset().union(*map(names, written))

    def at(self, sizes: Mapping[str, int], given: Given = NOTHING) -> Ledger:
        """What its layers have and cost.

        Raises:
            LanguageError: an option is no whole number, or a layer does not fit.
        """
        shape = tuple(whole_number(one, sizes, f"the shape of {self.name}") for one in self.shape)
        layers = [layer.at(sizes) for layer in self.layers]
        return ledger(self.name, shape, layers, given, fits)


def whole_number(expression: Expression, sizes: Mapping[str, int], what: str) -> int:
    value = exact(expression)(sizes)
    if value.denominator != 1:
        raise LanguageError(f"{what} is {value}, expected a whole number")
    return int(value)


def sized(text: str, sizes: Collection[str]) -> Expression:
    """An expression over sizes."""
    return resolve(read(text, sizes), dict.fromkeys(sizes, SCALAR))[0]


def stack_of(texts: Mapping[str, str], sizes: Collection[str]) -> Stack:
    """A stack from its texts by name: the shape that comes in, then a layer each.

    Raises:
        LanguageError: with the name of the layer, what was found and what was expected.
    """
    (name, first), *others = texts.items()
    shape = tuple(sized(part, sizes) for part in TIMES.split(first))
    layers: list[Layer] = []
    for one, text in others:
        layers.append(layer_of(one, text, sizes, [name, *(layer.name for layer in layers)]))
    return Stack(name, shape, tuple(layers))


def layer_of(name: str, text: str, sizes: Collection[str], before: list[str]) -> Layer:
    """A layer from its text; ``before``: the names of the layers before it.

    Raises:
        LanguageError: the kind or an option is not known or misses, or a value cannot be read.
    """
    first, *others = (part.strip() for part in text.split(","))
    kind, _, value = first.partition(" ")
    if kind not in KINDS:
        raise ReadingError(f"{name}: found '{kind}', expected a kind of layer{near(kind, KINDS)}")
    known = KINDS[kind].options
    joins = value if kind in JOINING else ""
    written = [(next(iter(known), ""), value)] if value and not joins else []
    written += [(option, rest) for option, _, rest in (one.partition(" ") for one in others)]
    source = dict(written).get(FROM, before[-1])
    for earlier in (source, joins) if kind in JOINING else (source,):
        if earlier not in before:
            listed = ", ".join(before)
            raise ReadingError(f"{name}: expected an earlier layer ({listed}), found '{earlier}'")
    options: dict[str, Expression] = {}
    for option, rest in written:
        if option == FROM:
            continue
        if option not in known or option in options:
            what = f"the options {', '.join(known)}" if known else "no options"
            raise ReadingError(f"{name}: {kind} has {what}; found '{option} {rest}'")
        options[option] = number(WORDS[rest]) if rest in WORDS else sized(rest, sizes)
    missing = [option for option, value in known.items() if value is None and option not in options]
    if missing:
        raise ReadingError(f"{name}: {kind} needs {' and '.join(missing)}, found '{text}'")
    return Layer(name, kind, options, source, joins)


def near(found: str, known: Iterable[str]) -> str:
    alike = difflib.get_close_matches(found, list(known), n=1)
    return f", as '{alike[0]}'" if alike else f" ({', '.join(known)})"
