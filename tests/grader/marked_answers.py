"""The groups of ``fixtures/marking``: names declared as an exercise does, ``x: d`` or ``y: K one-hot``, and indices
as ``i: K`` or ``j: K apart i``. Their keys are an expression (``key``, by lines with ``derivation``), a ``chain``, a
``shape``, a ``count``, a ``number`` or ``matrix`` ``within`` a distance, a ``choice`` or ``several`` of ``options``, an
``order`` of them or a ``match``, a ``literal``, or a ``sequence`` or ``set`` ``of`` tokens; ``labels`` are names of what is asked for. A case is an answer, or an answer and the
whole of what is said of it.
"""

import functools
from pathlib import Path

import numpy as np

from grader.answers import (
    ChainKey,
    ChoiceKey,
    CountKey,
    DerivationKey,
    ExpressionKey,
    LiteralKey,
    MatchKey,
    MatrixKey,
    NumberKey,
    OrderKey,
    SequenceKey,
    SetKey,
    SeveralKey,
    ShapeKey,
    TensorKey,
    TokenPart,
)
from grader.bank import DOMAINS
from reference.derivatives.named import in_terms_of, paths, with_derivatives
from reference.equivalence.points import SamplePoints
from reference.language.dimensions import SCALAR
from reference.language.expression import Name, names
from reference.language.reading import read
from reference.language.roles import of_and_by
from reference.language.shapes import resolve
from reference.network import Symbols, declare, size, split_equations
from tests.data import load

FILES = sorted((Path(__file__).parent.parent / "fixtures" / "marking").glob("*.yaml"))
KINDS = (
    "key",
    "chain",
    "shape",
    "count",
    "number",
    "matrix",
    "tensor",
    "choice",
    "several",
    "order",
    "match",
    "literal",
    "sequence",
    "set",
)
VERDICTS = {
    "right": "correct",
    "partly": "partial",
    "wrong": "incorrect",
    "not_as_asked": "not_as_asked",
    "unreadable": "unreadable",
    "undecided": "error",
}
PLAIN = {"correct": "", "incorrect": "not equal to the right answer"}  # what is said of most


class Group:
    """Declared names, and the keys of answers over them."""

    def __init__(self, data):
        self.data = data
        self.sizes = {name: number for number, name in enumerate(data.get("sizes", ()), start=3)}
        inputs, parameters = data.get("inputs", {}), data.get("parameters", {})
        last = {name: str(text).split()[-1] for name, text in {**inputs, **parameters}.items()}
        self.domains = {name: word for name, word in last.items() if word in DOMAINS}

    @functools.cached_property
    def network(self):
        """The network, with every derivative that is asked for or has a name of its own."""
        data = self.data
        network = declare(
            shapes(data.get("inputs", {})),
            shapes(data.get("parameters", {})),
            split_equations(data.get("equations", "")),
            dict.fromkeys([*self.sizes, *data.get("constants", ())], SCALAR),
            symbols(data),
        )
        for name, text in data.get("define", {}).items():
            network, expression, shape = understood(network, text)
            network = network.extended({name: expression}, {name: shape})
        for key in data["keys"]:
            if "key" in key:
                network, _, _ = understood(network, key["key"])
        return network

    @functools.cached_property
    def points(self):
        return SamplePoints(self.network, self.domains, self.sizes)

    @functools.cached_property
    def keys(self):
        return [self.key(data) for data in self.data["keys"]]

    def key(self, data):
        """What marks the answers of one entry."""
        labels = tuple(data.get("labels", ()))
        options = data.get("options", {})
        if "number" in data:
            return NumberKey(
                float(data["number"]), float(data["within"]), labels, data.get("unit", "")
            )
        if "matrix" in data:
            rows = [[float(entry) for entry in row] for row in data["matrix"]]
            return MatrixKey(rows, [[float(data["within"])] * len(row) for row in rows], labels)
        if "tensor" in data:
            values = np.array(data["tensor"], dtype=float)
            rows = values.reshape(-1, values.shape[-1])
            within = np.full(rows.shape, float(data["within"]))
            return TensorKey(rows.tolist(), within.tolist(), labels, values.shape)
        if "choice" in data:
            return ChoiceKey(data["choice"], tuple(options), texts=options)
        if "several" in data:
            return SeveralKey(tuple(data["several"]), tuple(options), texts=options)
        if "order" in data:
            return OrderKey(tuple(data["order"]), tuple(options), options)
        if "match" in data:
            return MatchKey(data["match"], data["shown"])
        if "literal" in data:
            right, words = data["literal"], tuple(data.get("words", ()))
            if isinstance(right, str):
                return LiteralKey(right, words=words, labels=labels, unit=data.get("unit", ""))
            within = (float(data.get("within", 0)),) * len(right)
            single = data.get("single", False)
            return LiteralKey(
                tuple(map(float, right)), within, words, single, labels, data.get("unit", "")
            )
        for kind, key in (("sequence", SequenceKey), ("set", SetKey)):
            if kind in data:
                part = TokenPart(data.get("part", "nothing"))
                return key(tuple(data[kind]), tuple(data.get("of", ())), part, labels)
        if "shape" in data:
            return ShapeKey(tuple(map(str, data["shape"])), tuple(self.sizes), labels)
        if "count" in data:
            side = data.get("side", False)
            unit = data.get("unit", "")
            return CountKey(data["count"], tuple(self.sizes), labels, side=side, unit=unit)
        network = self.network
        if "chain" in data:
            of, by = of_and_by(data["chain"])
            edges = {name: network.edges(name) for name in network.equations}
            return ChainKey(of, by, tuple(paths(network, of, by)), edges, network.vocabulary)
        allowed = tuple(data.get("allowed") or self.data.get("allowed") or network.vocabulary.names)
        free = {*allowed, *network.symbols.shapes}
        _, expression, shape = understood(network, data["key"])
        if isinstance(expression, Name) and expression.name in network.equations:
            expression = network.equations[expression.name]
        expression = in_terms_of(network, expression, free)
        assert names(expression) <= free
        kind = DerivationKey if data.get("derivation") else ExpressionKey
        stated = [network.equations[name] for name in self.data.get("define", {})]
        aliases = tuple(one.name for one in stated if isinstance(one, Name))
        called = (data["key"], *data.get("labels", ()))
        return kind(expression, shape, allowed, self.points, aliases=aliases, labels=called)


def shapes(quantities):
    """Name → rows and columns."""
    found = {}
    for name, text in quantities.items():
        words = [word for word in str(text).split() if word != "×" and word not in DOMAINS]
        found[name] = (*map(size, words), 1)[:2]
    return found


def symbols(data):
    words = {name: str(text).split() for name, text in data.get("indices", {}).items()}
    indices = {name: size(over) for name, (over, *_) in words.items()}
    apart = {name: tuple(others[1:]) for name, (_, *others) in words.items()}
    return Symbols(data.get("functions", {}), indices, apart)


def understood(network, text):
    """The network with the derivatives that a text names; the text resolved, and its shape."""
    written = read(text, network.vocabulary)
    network = with_derivatives(network, [name for name in names(written) if "/" in name])
    return network, *resolve(written, network.shapes, network.symbols.indices)


def groups(load=load):
    """Every group, by its file."""
    return {path: [Group(data) for data in load(path)] for path in FILES}


def told(kind):
    """Verdict → what is said of most; of formulas it is always the same."""
    return PLAIN if kind in ("key", "chain", "shape", "count") else {"correct": ""}


def cases(group):
    """Key, what is asked, which verdict is meant, the answer, and what is said of it."""
    for place, key in enumerate(group.data["keys"]):
        asked, said = next((key[kind], told(kind)) for kind in KINDS if kind in key)
        for kind, verdict in VERDICTS.items():
            for case in key.get(kind, ()):
                case = case if isinstance(case, dict) else {"text": case}
                says = case.get("says", said.get(verdict))
                yield place, f"{group.data['title']}, {asked}, {kind}", case["text"], verdict, says
