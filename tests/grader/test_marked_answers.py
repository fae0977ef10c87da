"""Answers that are right, near misses, and answers to ask back about, as data in ``fixtures/marking``.

A group of a file declares names as an exercise does, ``x: d`` or ``y: K one-hot``, and indices as
``i: K`` or ``j: K apart i``. Its keys are an expression (``key``, by lines with ``derivation``), a
``chain``, a ``shape`` or a ``count``.
"""

import functools
import json
import tracemalloc
from pathlib import Path

import pytest
import yaml
from msgspec import structs

from grader.answers import ChainKey, CountKey, DerivationKey, ExpressionKey, ShapeKey, expression
from grader.answers.derivation import split
from grader.bank import DOMAINS
from reference.derivatives import in_terms_of, parts, paths, with_derivatives
from reference.language.dimensions import SCALAR
from reference.language.expression import Name, names
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import Symbols, declare, size, split_equations
from reference.points import Points
from reference.resolver import read_part
from tests import golden, hostile

FOLDER = Path(__file__).parent.parent / "fixtures" / "marking"
KINDS = ("key", "chain", "shape", "count")
VERDICTS = {
    "right": "correct",
    "wrong": "incorrect",
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
        return Points(self.network, self.domains, self.sizes)

    @functools.cached_property
    def keys(self):
        return [self.key(data) for data in self.data["keys"]]

    def key(self, data):
        """What marks the answers of one entry."""
        network = self.network
        if "chain" in data:
            of, by = parts(data["chain"])
            edges = {name: network.edges(name) for name in network.equations}
            return ChainKey(of, by, tuple(paths(network, of, by)), edges, network.vocabulary)
        if "shape" in data:
            return ShapeKey(*map(str, data["shape"]), tuple(self.sizes))
        if "count" in data:
            return CountKey(data["count"], tuple(self.sizes))
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
        return kind(expression, shape, allowed, self.points, aliases=aliases)


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


GROUPS = [
    Group(data)
    for path in sorted(FOLDER.glob("*.yaml"))
    for data in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def cases():
    for group in GROUPS:
        for place, key in enumerate(group.data["keys"]):
            asked = next(key[kind] for kind in KINDS if kind in key)
            for kind, verdict in VERDICTS.items():
                for case in key.get(kind, ()):
                    case = case if isinstance(case, dict) else {"text": case}
                    text, says = case["text"], case.get("says", "")
                    title = f"{group.data['title']}, {asked}, {kind}: {' '.join(text.split())}"
                    yield pytest.param(group, place, text, verdict, says, title, id=title)


def told():
    """Cases of which something is said, and what, as it is now."""
    for group, place, text, _, _, title in (case.values for case in cases()):
        message = group.keys[place].mark(text).message
        if message not in PLAIN.values():
            yield title, message


TOLD = json.loads(golden.TOLD.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("group", "place", "text", "verdict", "says", "title"), list(cases()))
def test_is_marked(group, place, text, verdict, says, title):
    outcome = group.keys[place].mark(text)
    assert (outcome.verdict, outcome.message) == (verdict, outcome.message)
    assert says in outcome.message
    assert outcome.share == (verdict == "correct")
    assert outcome.understood or "column" in outcome.message or verdict == "unreadable"
    assert outcome.message == TOLD.get(title, PLAIN.get(verdict))


@pytest.mark.parametrize("most", [0, 30_000, 10**9])
def test_an_answer_is_marked_as_by_itself(most):
    """Whatever answers were marked before it, and however many of their parts are kept."""
    count = short = 0
    for group, place, text, *_ in (case.values for case in cases()):
        key = group.keys[place]
        if isinstance(key, ExpressionKey):
            expression.parts_of(key).most = most
            fresh = structs.replace(key)
            assert key.mark(text) == fresh.mark(text) == hostile.the_long_way(key, text)
            count += 1
            short += read_part(text, expression.parts_of(key)) is not None
    assert count > 1000
    assert short > 0.6 * count


def test_of_many_sums_few_values_are_kept(monkeypatch):
    """Three sums in each other have three axes, so their values are large."""
    monkeypatch.setattr(expression, "MEMORY", 10**6)
    group = next(one for one in GROUPS if one.data["title"] == "softmax of scores, entry by entry")
    key = next(key for key in group.keys if isinstance(key, ExpressionKey))
    texts = [f"sum_i sum_j sum_k (P_i P_j P_k{f' * {n}' * 100})" for n in range(2, 22)]
    given = [key.read_formula(text)[0].node for text in texts]
    tracemalloc.start()
    assert key.first_met(given, (key.expression,)) == [None] * len(given)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 10**6


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.data["title"])
def test_near_misses_are_wrong_and_what_is_shown_is_right(group):
    for key in group.keys:
        assert key.mark(key.show()).verdict == "correct"
        if key.mark("0").verdict == "correct":
            continue  # nothing is near zero
        misses = key.near_misses()
        assert len(misses) == len(set(misses)) >= 2
        assert {key.mark(miss).verdict for miss in misses} == {"incorrect"}


def test_sides_of_a_derivation_know_their_lines():
    text = "X = Y\n\n= (a = b) \\\\ &= X, = Z .\n;\n"
    found = [(side.line, side.text) for side in split(text)]
    assert found == [(1, "X"), (1, "Y"), (2, "(a = b)"), (3, "X,"), (3, "Z .")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 4001, "too long: 4001 characters, at most 4000 are read"),
        ("x\0", "column 2: unexpected character U+0000"),
        (" = \n", "expected from 1 to 30 lines, found 0"),
        ("x\n" * 31, "expected from 1 to 30 lines, found 31"),
    ],
)
def test_a_derivation_within_bounds(text, says):
    key = next(key for group in GROUPS for key in group.keys if isinstance(key, DerivationKey))
    outcome = key.mark(text)
    assert (outcome.verdict, outcome.message) == ("unreadable", says)
    assert len(split("x\n" * 30)) == 30
    assert len(split("x" * 4000)) == 1


def test_a_chain_misses_by_a_factor():
    key = next(key for group in GROUPS for key in group.keys if isinstance(key, ChainKey))
    assert key.show() == "dL/da2 * da2/dz2 * dz2/dw2"
    assert key.near_misses() == [
        "dL/da2 * da2/dz2 * dz2/dw2 * dz2/dw2",
        "da2/dL * da2/dz2 * dz2/dw2",
        "dL/da2 * da2/dz2",
        "da2/dz2 * dz2/dw2",
    ]


def test_there_are_as_many_near_misses_as_right_answers():
    keys = [key for group in GROUPS for key in group.data["keys"]]
    right, wrong, unreadable, undecided = (
        sum(len(key.get(kind, ())) for key in keys) for kind in VERDICTS
    )
    assert min(right, wrong) >= 300
    assert abs(right - wrong) <= 0.1 * right
    assert unreadable >= 40
    assert undecided <= 5
