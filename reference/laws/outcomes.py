"""All outcomes of a few masks of zeros and ones, each with its probability: exact for any function of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from reference.language.dimensions import SCALAR, Shape
from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression, Name, apply, number
from reference.language.operations.operation import ONE, TWO, ZERO, minus, plus
from reference.language.roles import is_quantity, subscripted
from reference.language.simplifying import simplify
from reference.laws.law import Law
from reference.network import Network

MOST = 4  # entries of all masks together


def over_outcomes(
    network: Network, laws: Mapping[str, Law], of: str
) -> tuple[Network, Expression, Expression]:
    """The network once more for each outcome, and the mean and the variance of a quantity.

    Raises:
        ReadingError: it hangs on something random that is no mask, or on too many entries of masks.
    """
    masks = [name for name in laws if name in network.ancestors(of)]
    entries = [entry for name in masks for entry in entries_of(network, laws, name)]
    if len(entries) > MOST:
        raise ReadingError(
            f"{of} hangs on {len(entries)} entries of masks, at most {MOST} are read"
        )
    alone = network.pruned([of])
    shares: list[tuple[Expression, Name]] = []
    for bits in itertools.product((0, 1), repeat=len(entries)):
        subscript = "".join(map(str, bits))
        on = {entry for entry, bit in zip(entries, bits, strict=True) if bit}
        again = alone.once_more(
            subscript, {name: column(network, laws, name, on) for name in masks}
        )
        network = network.extended(again.equations, again.shapes)
        shares.append((probability(laws, entries, bits), Name(subscripted(of, subscript))))
    mean = total(apply("scale", share, value) for share, value in shares)
    mean = simplify(mean, network.shapes)
    spread = total(
        apply("scale", share, apply("power", minus(value, mean), TWO)) for share, value in shares
    )
    return network, mean, simplify(spread, network.shapes)


def entries_of(network: Network, laws: Mapping[str, Law], name: str) -> Iterator[tuple[str, int]]:
    """The entries of a mask, which is a scalar or a column of a known size."""
    rows, columns = network.shapes[name]
    if laws[name].on is None:
        raise ReadingError(f"{name} is no mask of zeros and ones")
    if not isinstance(rows, int) or columns != 1:
        raise ReadingError(
            f"the outcomes of {name} are read where it is a column of so many entries"
        )
    for place in range(1, rows + 1):
        yield name, place


def column(
    network: Network, laws: Mapping[str, Law], name: str, on: set[tuple[str, int]]
) -> Expression:
    """One outcome of a mask."""
    shape = network.shapes[name]
    places = [place for mask, place in sorted(on) if mask == name]
    if shape == SCALAR:
        return number(len(places))
    model = like(network, laws, shape)
    if model is None:
        raise ReadingError(
            f"the outcomes of {name} need a quantity of its shape that is not random"
        )
    units = (Apply("unit", (model, number(place), ONE)) for place in places)
    return total(units) if places else apply("fill", ZERO, model)


def like(network: Network, laws: Mapping[str, Law], shape: Shape) -> Name | None:
    """A quantity of a shape that is not random."""
    for name, own in network.shapes.items():
        fixed = name not in laws and laws.keys().isdisjoint(network.ancestors(name))
        if own == shape and is_quantity(name) and fixed:
            return Name(name)
    return None


def probability(
    laws: Mapping[str, Law], entries: list[tuple[str, int]], bits: tuple[int, ...]
) -> Expression:
    """The product of what each mask has for its ones and for its zeros."""
    found: list[Expression] = []
    for mask in dict.fromkeys(name for name, _ in entries):
        on = laws[mask].on
        assert on is not None
        own = [bit for (name, _), bit in zip(entries, bits, strict=True) if name == mask]
        for share, count in ((on, sum(own)), (minus(ONE, on), len(own) - sum(own))):
            if count:
                found.append(share if count == 1 else apply("power", share, number(count)))
    whole = found[0]
    for factor in found[1:]:
        whole = apply("scale", whole, factor)
    return whole


def total(terms: Iterator[Expression]) -> Expression:
    whole = next(terms)
    for term in terms:
        whole = plus(whole, term)
    return whole
