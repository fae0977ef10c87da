"""Counts of parameters that are misunderstood: without the biases, of another layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from reference.counting import polynomial
from reference.counting.counting import count
from reference.counting.polynomial import Terms
from reference.language.dimensions import Shape, Size
from reference.language.expression import Apply, Expression, Name, names, parts
from reference.language.unicode import unicode_name
from reference.misconceptions.equations import without_bias, without_shortcut
from reference.network import Network


class WrongCount(Struct, frozen=True):
    """A wrong count of parameters, and what to say of it."""

    name: str
    message: str
    terms: Terms


def wrong_counts(network: Network, counted: Iterable[str]) -> list[WrongCount]:
    """What comes out where some parameters are left out, or the wrong ones are counted."""
    listed = [*counted]
    shapes, equations = network.shapes, network.equations
    right = count(listed, shapes)
    biases = [one for one in listed if any(one in dropped(e, network) for e in equations.values())]
    shortcuts = [one for one in listed if any(one in cut(e, network) for e in equations.values())]
    kept = [one for one in listed if one not in biases]
    wrong = [WrongCount("bias", "a count without the biases", count(kept, shapes))]
    for one in biases if len(biases) > 1 else ():
        rest = [name for name in listed if name != one]
        wrong.append(
            WrongCount("bias", f"a count without the bias {unicode_name(one)}", count(rest, shapes))
        )
    rest = [one for one in listed if one not in shortcuts]
    wrong.append(
        WrongCount("shortcut", "a count without the weights of the shortcut", count(rest, shapes))
    )
    for size in sorted({str(shapes[name][1]) for name in network.inputs} - {"1"}):
        batch = polynomial.size(int(size) if size.isdigit() else size)
        message = (
            "a count that grows with the number of examples, on which parameters do not depend"
        )
        wrong.append(WrongCount("batch", message, polynomial.multiply(right, batch)))
    wrong += [
        WrongCount("bias per input", "a count with a bias for each input, not for each unit", terms)
        for terms in by_inputs(network, listed, biases)
    ]
    wrong += neighbours(network, listed)
    return [one for one in wrong if one.terms not in ({}, right)]


def by_inputs(network: Network, listed: list[str], biases: list[str]) -> Iterator[Terms]:
    """All biases, and one at a time, with as many entries as their layers have inputs."""
    incoming = {one: columns for one in biases if (columns := inputs_of_layer(one, network))}
    for wide in ([*incoming], *([one] for one in incoming if len(incoming) > 1)):
        as_wide: dict[str, Shape] = {one: (incoming[one], 1) for one in wide}
        yield count(listed, {**network.shapes, **as_wide})


def inputs_of_layer(bias: str, network: Network) -> Size | None:
    """How many inputs the layer of a bias has, by the one matrix with which they are multiplied."""
    columns = {
        network.shapes[left.name][1]
        for equation in network.equations.values()
        if bias in dropped(equation, network)
        for node in parts(equation)
        if isinstance(node, Apply) and node.operation == "matmul"
        for left in node.args[:1]
        if isinstance(left, Name) and left.name in network.parameters
    }
    return columns.pop() if len(columns) == 1 else None


def dropped(expression: Expression, network: Network) -> frozenset[str]:
    """The biases of an equation."""
    return names(expression) - names(without_bias(expression, network))


def cut(expression: Expression, network: Network) -> frozenset[str]:
    """The parameters of the shortcuts of an equation."""
    gone = names(expression) - names(without_shortcut(expression, network))
    return frozenset(gone & {*network.parameters})


def neighbours(network: Network, listed: list[str]) -> Iterator[WrongCount]:
    """The layer before and the one after, where one layer is asked for."""
    layers = [
        [name for name in network.parameters if name in names(e)]
        for e in network.equations.values()
    ]
    layers = [layer for layer in layers if layer]
    if {*listed} not in [{*layer} for layer in layers]:
        return
    place = next(at for at, layer in enumerate(layers) if {*layer} == {*listed})
    for other in (place - 1, place + 1):
        if 0 <= other < len(layers):
            terms = count(layers[other], network.shapes)
            yield WrongCount("layer", "the count of another layer", terms)
