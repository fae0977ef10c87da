"""The computation graph of a network: what is computed from what, perhaps with values and gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct

from grader.figures.labels import Label, named, width, words
from grader.figures.layering import Edge, Layered, layered, passing
from grader.figures.picture import Figure, arrowhead, coordinate, element, figure, stroked, text
from grader.figures.placing import heights, spans
from reference.language.expression import Apply, Expression, Name, parts
from reference.language.operations import OPERATIONS
from reference.language.roles import is_quantity
from reference.language.unicode import compact, unicode_name
from reference.network import Network

FUNCTIONS = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "abs": "|·|",
}  # others have their names
PRODUCTS = ("scale", "matmul", "hadamard")
NAME, NOTE = 17.0, 15.0  # sizes of letters
LINE = 17.0  # the height of a note
PAD, MARGIN = 9.0, 6.0
LEGEND = 26.0


class Graph(Struct, frozen=True):
    """The drawing of a network.

    ``names``: in an order in which they can be computed. ``notes``: lines below a name. ``free``: what
    is written without a box, which parameters and constants are. ``sums``: those that are the sum of what arrives.
    """

    names: tuple[str, ...]
    edges: tuple[Edge, ...]
    inputs: tuple[str, ...]
    free: tuple[str, ...]
    notes: Mapping[str, tuple[Label, ...]]
    sums: frozenset[str] = frozenset()

    @property
    def light(self) -> frozenset[str]:
        """The inputs and parameters from which only one quantity is computed."""
        sources = [edge.source for edge in self.edges]
        targets = {edge.target for edge in self.edges}
        return frozenset(one for one in sources if sources.count(one) == 1 and one not in targets)


def computation_graph(
    network: Network,
    name: str,
    title: str = "Computation graph",
    values: Mapping[str, str] | None = None,
    gradients: Mapping[str, str] | None = None,
    of: str = "",
) -> Figure:
    """The graph of a network's equations, from left to right.

    A parameter that is only a factor of one quantity stands on that quantity's arrow, others by
    themselves.

    Args:
        name: tells the figure's ids from those of others on a page.
        values, gradients: texts to stand below names; a gradient follows a ∂.
        of: what the gradients are derivatives of.
    """
    values, gradients = values or {}, gradients or {}
    graph = read_graph(network, values, gradients)
    drawing = layered(graph.names, graph.edges)
    sizes = {item: extent(graph, item) for column in drawing.columns for item in column}
    middles = heights(drawing, sizes, graph.light)
    columns = spans(drawing, sizes, middles)
    body = [*drawn(graph, drawing, sizes, middles, columns)]
    across = columns[-1][1] if columns else 0.0
    down = max((middles[item] + sizes[item][1] / 2 for item in sizes), default=0.0)
    if gradients:
        legend = named(of) if of else words("the result")
        legend = (*words("∂: the derivative of "), *legend, *words(" by what stands above it"))
        across = max(across, width(legend, NOTE))
        body.append(text(across / 2, down + LEGEND - NOTE / 2, legend, NOTE))
        down += LEGEND
    shifted = element(
        "g",
        "\n".join(["", *body, ""]),
        transform=f"translate({coordinate(MARGIN)} {coordinate(MARGIN)})",
    )
    size = across + 2 * MARGIN, down + 2 * MARGIN
    return figure(name, title, description(graph, values, gradients, of), size, [shifted])


# What is there to draw


def read_graph(network: Network, values: Mapping[str, str], gradients: Mapping[str, str]) -> Graph:
    equations = {n: e for n, e in network.equations.items() if is_quantity(n)}
    unseen = {*network.symbols.indices, *network.symbols.unseen}
    used = {
        name: [one for one in in_order(e) if one not in unseen and not {*"(/@"} & {*one}]
        for name, e in equations.items()
    }
    folded = weights(network, equations)
    edges = tuple(
        Edge(source, name, folded.get((source, name), ""))
        for name, sources in used.items()
        for source in sources
        if source not in folded.values()
    )
    leaves = [edge.source for edge in edges if edge.source not in equations]
    notes = {
        name: tuple(noted(name, equations.get(name), values, gradients))
        for name in (*leaves, *folded.values(), *equations)
    }
    return Graph(
        tuple(dict.fromkeys([*leaves, *equations])),
        edges,
        tuple(name for name in dict.fromkeys(leaves) if name in network.inputs),
        tuple(name for name in dict.fromkeys(leaves) if name not in network.inputs),
        notes,
        frozenset(name for name, e in equations.items() if adds_up(e, name, folded)),
    )


def adds_up(node: Expression, name: str, folded: Mapping[tuple[str, str], str]) -> bool:
    """Is a quantity the sum of others, each times the weight on its arrow?"""
    match node:
        case Name():
            return True
        case Apply("add", args):
            return all(adds_up(one, name, folded) for one in args)
        case Apply(operation, (Name(one), Name(other))) if operation in PRODUCTS:
            return other == folded.get((one, name)) or one == folded.get((other, name))
    return False


def in_order(expression: Expression) -> list[str]:
    """The names in an expression, each once, from left to right."""
    return list(dict.fromkeys(one.name for one in parts(expression) if isinstance(one, Name)))


def weights(network: Network, equations: Mapping[str, Expression]) -> dict[tuple[str, str], str]:
    """(quantity, result) → the parameter that is a factor of the quantity there, and stands nowhere else."""
    count: dict[str, int] = {}
    factors: dict[tuple[str, str], str] = {}
    for result, equation in equations.items():
        for part in parts(equation):
            if isinstance(part, Name):
                count[part.name] = count.get(part.name, 0) + 1
            if isinstance(part, Apply) and part.operation in PRODUCTS:
                pair = [one.name for one in part.args if isinstance(one, Name)]
                own = [name for name in pair if name in network.parameters]
                if len(pair) == 2 and len(own) == 1:
                    factors.setdefault((pair[pair[0] == own[0]], result), own[0])
    return {pair: one for pair, one in factors.items() if count[one] == 1}


def noted(
    name: str,
    equation: Expression | None,
    values: Mapping[str, str],
    gradients: Mapping[str, str],
) -> Iterator[Label]:
    """The lines below a name: its value and gradient, or else the function that it is computed by."""
    if name in values:
        yield words(values[name])
    if name in gradients:
        yield words(f"∂ {gradients[name]}")
    if not values and not gradients and isinstance(equation, Apply):
        yield from function(name, equation)


def function(name: str, equation: Apply) -> Iterator[Label]:
    """The function at the top of an equation, unless it has the name of the result."""
    first = equation.args[0]
    if equation.operation in ("call1", "call2") and isinstance(first, Name):
        if first.name != f"{name}()":
            yield named(first.name)
        return
    written = OPERATIONS[equation.operation].written
    if written:
        yield words(FUNCTIONS.get(written, written))


# How it is drawn


def extent(graph: Graph, item: str) -> tuple[float, float]:
    """The width and height that an item takes."""
    if passing(item):
        return 0.0, 2.0
    boxed = item in graph.names and item not in graph.free
    notes = graph.notes.get(item, ())
    wide = max(width(named(item), NAME), *(width(one, NOTE) for one in notes), 0.0)
    high = NAME + LINE * len(notes)
    return (max(wide + 2 * PAD, 34.0), high + 14) if boxed else (wide + 6, high + 4)


def drawn(
    graph: Graph,
    drawing: Layered,
    sizes: Mapping[str, tuple[float, float]],
    middles: Mapping[str, float],
    columns: list[tuple[float, float]],
) -> Iterator[str]:
    """Arrows, then boxes with their texts."""
    spot: dict[str, tuple[float, float, float]] = {}  # left, right, height
    edges: dict[str, tuple[float, float]] = {}
    for column, (left, right) in zip(drawing.columns, columns, strict=True):
        for item in column:
            half = sizes[item][0] / 2
            middle = (left + right) / 2
            spot[item] = middle - half, middle + half, middles[item]
            edges[item] = left, right
    for _, chain in drawing.chains:
        for one, other in pairwise(chain):
            yield curve(spot[one], edges[one], spot[other], edges[other])
        yield arrowhead(spot[chain[-1]][0], spot[chain[-1]][2])
    for item, (left, right, middle) in spot.items():
        if not passing(item):
            yield from node(graph, item, (left + right) / 2, middle, sizes[item])


def curve(
    start: tuple[float, float, float],
    start_column: tuple[float, float],
    end: tuple[float, float, float],
    end_column: tuple[float, float],
) -> str:
    """A line that is level within columns, and turns only in the aisle between them."""
    (_, x0, y0), (x3, _, y3) = start, end
    x1, x2 = start_column[1], end_column[0]
    bend = (x1 + x2) / 2
    c = coordinate
    path = (
        f"M{c(x0)} {c(y0)} H{c(x1)} C{c(bend)} {c(y0)} {c(bend)} {c(y3)} {c(x2)} {c(y3)} H{c(x3)}"
    )
    return element("path", d=path, **stroked())


def node(graph: Graph, item: str, x: float, y: float, size: tuple[float, float]) -> Iterator[str]:
    across, down = size
    notes = graph.notes.get(item, ())
    if item in graph.names and item not in graph.free:
        corner = down / 2 if item in graph.inputs else 5
        box: dict[str, Any] = {
            "x": x - across / 2,
            "y": y - down / 2,
            "width": across,
            "height": down,
        }
        yield element("rect", **box, rx=min(corner, 18.0), **stroked())
    first = y - LINE * len(notes) / 2
    yield text(x, first, named(item), NAME)
    for number, note in enumerate(notes, start=1):
        yield text(x, first + LINE * number + 1, note, NOTE)


# What it says in words


def description(
    graph: Graph, values: Mapping[str, str], gradients: Mapping[str, str], of: str
) -> str:
    inputs = ", ".join(map(unicode_name, graph.inputs))
    told = [f"Inputs: {inputs}."] if graph.inputs else []
    bare = not values and not gradients
    for name in graph.names:
        into = [edge for edge in graph.edges if edge.target == name]
        if into:
            told.append(f"{unicode_name(name)} {made(graph, name, into, bare)}.")
    for name in graph.notes:
        shown = unicode_name(name)
        about = [f"{shown} = {values[name]}"] if name in values else []
        if name in gradients:
            last = unicode_name(of) if of else "the result"
            about.append(f"derivative of {last} by {shown}: {gradients[name]}")
        told += [", ".join(about) + "."] if about else []
    return "Computation graph. " + " ".join(told)


def made(graph: Graph, name: str, into: Sequence[Edge], bare: bool) -> str:
    """How a quantity is computed: as a sum, by one function of one quantity, or from others; ``bare`` without numbers."""
    if name in graph.sums:
        terms = [
            f"{unicode_name(one.label)} times {unicode_name(one.source)}"
            if one.label
            else unicode_name(one.source)
            for one in into
        ]
        return f"is {' plus '.join(terms)}"
    sources = [
        unicode_name(one.source) + (f" (weight {unicode_name(one.label)})" if one.label else "")
        for one in into
    ]
    note = spoken(graph.notes[name][0]) if bare and graph.notes[name] else ""
    if note and len(sources) == 1 and not into[0].label:
        return f"is {note} of {sources[0]}"
    said = any(map(str.isalpha, note))  # a sign is no word
    return f"{f'({note}) ' * said}is computed from {listed(sources)}"


def spoken(label: Label) -> str:
    """A label in characters."""
    return compact("".join(f"_{{{run.text}}}" if run.level < 0 else run.text for run in label))


def listed(texts: list[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
