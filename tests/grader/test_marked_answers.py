"""Answers that are right, near misses, and answers to ask back about, as data in ``fixtures/marking``."""

import functools
from pathlib import Path

import pytest
import yaml

from grader.answers import ChainKey, CountKey, DerivationKey, ExpressionKey, ShapeKey
from grader.structure import DOMAINS
from reference.derivatives import in_terms_of, parts, paths, with_derivatives
from reference.equivalence import Points
from reference.language.expression import Name, names
from reference.language.operations import SCALAR
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import Symbols, declare, size, split_equations

FOLDER = Path(__file__).parent.parent / "fixtures" / "marking"
VERDICTS = {"right": "correct", "wrong": "incorrect", "unreadable": "unreadable"}


class Group:
    """Declared names, and the keys of answers over them."""

    def __init__(self, data):
        self.data = data
        self.title = data["title"]
        self.keys = data["keys"]
        self.sizes = {name: number for number, name in enumerate(data.get("sizes", ()), start=2)}

    @functools.cached_property
    def network(self):
        """The network, with every derivative that is asked for or has a name of its own."""
        data = self.data
        inputs, parameters = shapes(data.get("inputs", {})), shapes(data.get("parameters", {}))
        indices = {
            name: size(str(text).split()[0]) for name, text in data.get("indices", {}).items()
        }
        apart = {
            name: tuple(str(text).split()[2:]) for name, text in data.get("indices", {}).items()
        }
        symbols = Symbols(functions=data.get("functions", {}), indices=indices, apart=apart)
        constants = dict.fromkeys([*self.sizes, *data.get("constants", ())], SCALAR)
        equations = split_equations(data.get("equations", ""))
        network = declare(inputs, parameters, equations, constants, symbols)
        for name, text in data.get("define", {}).items():
            network, expression, shape = understood(network, text)
            network = network.extended({name: expression}, {name: shape})
        for key in self.keys:
            if "key" in key:
                network, _, _ = understood(network, key["key"])
        return network

    @functools.cached_property
    def points(self):
        quantities = {**self.data.get("inputs", {}), **self.data.get("parameters", {})}
        domains = {name: str(text).split()[-1] for name, text in quantities.items()}
        known = {name: domain for name, domain in domains.items() if domain in DOMAINS}
        return Points(self.network, known, self.sizes)

    def key(self, data):
        """The key of one entry: ``key``, ``derivation``, ``chain``, ``shape`` or ``count``."""
        if "chain" in data:
            of, by = parts(data["chain"])
            edges = {name: self.network.edges(name) for name in self.network.equations}
            routes = tuple(paths(self.network, of, by))
            return ChainKey(of, by, routes, edges, self.network.vocabulary)
        if "shape" in data:
            return ShapeKey(*map(str, data["shape"]), tuple(self.sizes))
        if "count" in data:
            return CountKey(data["count"], tuple(self.sizes))
        default = self.data.get("allowed", self.network.vocabulary.names)
        allowed = tuple(data.get("allowed", default))
        free = {*allowed, *self.network.symbols.shapes}
        network, expression, shape = understood(self.network, data["key"])
        if isinstance(expression, Name) and expression.name in network.equations:
            expression = network.equations[expression.name]
        short = {name: network.equations[name] for name in self.data.get("define", {})}
        expression = in_terms_of(network, expression, free, short)
        assert names(expression) <= free
        kind = DerivationKey if data.get("derivation") else ExpressionKey
        return kind(expression, shape, allowed, self.points)


def shapes(quantities):
    """Name → rows and columns, of texts such as ``h × d`` or ``K one-hot``."""
    found = {}
    for name, text in quantities.items():
        words = [word for word in str(text).split() if word != "×" and word not in DOMAINS]
        found[name] = (*map(size, words), 1)[:2]
    return found


def understood(network, text):
    """The network with the derivatives that a text names; the text resolved, and its shape."""
    written = read(text, network.vocabulary)
    network = with_derivatives(network, [name for name in names(written) if "/" in name])
    return network, *resolve(written, network.shapes, network.symbols.indices)


GROUPS = [
    Group(data)
    for path in sorted(FOLDER.glob("*.yaml"))
    for data in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def cases():
    for group in GROUPS:
        for key in group.keys:
            asked = next(key[kind] for kind in ("key", "chain", "shape", "count") if kind in key)
            for kind, verdict in VERDICTS.items():
                for case in key.get(kind, ()):
                    case = case if isinstance(case, dict) else {"text": case}
                    title = f"{group.title}, {asked}, {kind}: {case['text'][:60]!a}"
                    yield pytest.param(group, key, verdict, case, id=title)


@pytest.mark.parametrize(("group", "key", "verdict", "case"), cases())
def test_is_marked(group, key, verdict, case):
    outcome = group.key(key).mark(case["text"])
    assert (outcome.verdict, outcome.message) == (verdict, outcome.message)
    assert case.get("says", "") in outcome.message


def test_there_are_as_many_near_misses_as_right_answers():
    def count(kind):
        return sum(len(key.get(kind, ())) for group in GROUPS for key in group.keys)

    assert count("wrong") >= 300
    assert abs(count("right") - count("wrong")) <= 0.1 * count("right")
    assert count("unreadable") >= 40
