"""Answers that no student should write: the keys they are marked against, and what must hold of a mark."""

from __future__ import annotations

import functools
import sys
import unicodedata
from html import escape, unescape
from pathlib import Path

import msgspec
import numpy as np
import yaml

from grader.answers import (
    ChainKey,
    ChoiceKey,
    Construct,
    ConstructKey,
    CountKey,
    Criterion,
    DerivationKey,
    ExpressionKey,
    Key,
    LiteralKey,
    MatchKey,
    MatrixKey,
    NumberKey,
    OrderKey,
    Outcome,
    Scoring,
    SequenceKey,
    SetKey,
    SeveralKey,
    ShapeKey,
    TensorKey,
    TextKey,
    TokenPart,
    Verdict,
    Wanted,
)
from grader.answers.reading import MAX_ANSWER
from reference.derivatives.named import in_terms_of, paths, with_derivatives
from reference.equivalence.compare import SamplePoints
from reference.language.dimensions import SCALAR, Shape
from reference.language.errors import LanguageError
from reference.language.expression import Name, names
from reference.language.indexed.answers import relettered
from reference.language.reading import read
from reference.language.roles import of_and_by
from reference.language.shapes import resolve
from reference.network import Network, Symbols, declare, split_equations
from reference.properties.comparison import Comparison
from reference.properties.points import Every
from reference.properties.trying import Edge, Task

FILE = Path(__file__).parent / "fixtures" / "hostile.yaml"
MAX_MESSAGE = 400  # characters
MAX_UNDERSTOOD = 50_000  # characters of LaTeX
UNDECIDED = "gradmark could not decide"  # how the message of an error starts
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # categories of characters that a message never holds

SIZES = {"d": 2, "h": 3, "K": 4, "n": 5, "m": 6}
INPUTS = {"x": ("d", 1), "X": ("d", "n"), "y": ("K", 1), "t": SCALAR}
PARAMETERS = {
    **{"W1": ("h", "d"), "b1": ("h", 1), "W2": ("K", "h"), "b2": ("K", 1)},
    **dict.fromkeys("ABC", ("m", "m")),
}
SYMBOLS = Symbols(
    functions={"g1": 1, "Loss": 2},
    indices={"i": "K", "j": "h", "k": "K"},
    apart={"i": ("k",)},
)
EQUATIONS = """
    z1 = W1 x + b1
    a1 = relu(z1)
    z2 = W2 a1 + b2
    yhat = softmax(z2)
    L = -sum(y ⊙ log(yhat))
    s = sum(a1)
    v = g1(s)
    E = Loss(v, t)
    N = sum(A @ B @ C)
"""


# Keys


def network() -> Network:
    """Layers, an abstract function, indices, and square matrices, whose every product fits."""
    constants = dict.fromkeys(SIZES, SCALAR)
    return declare(INPUTS, PARAMETERS, split_equations(EQUATIONS), constants, SYMBOLS)


@functools.cache
def keys() -> dict[str, Key]:
    """A key of every answer shape, by what it is."""
    sizes = tuple(SIZES)
    return {
        "scalar": expression("dE/ds", ["s", "v", "t"]),
        "gradient": expression("dL/dW1", ["x", "y", "yhat", "z1", "W2"]),
        "square": expression("dN/dA", ["A", "B", "C"], either_layout=True),
        "indexed": expression("-y[k] / yhat[k] * (yhat[i] - yhat[k])", ["y", "yhat"]),
        "derivation": expression("dL/db2", ["y", "yhat", "z2"], DerivationKey),
        "chain": chain("dL/dW1"),
        "shape": ShapeKey(("K", "h + 1"), sizes),
        "whole shape": ShapeKey(("64", "31")),
        "count": CountKey("h*(d + 1) + K*(h + 1)", sizes),
        "whole count": CountKey("557057"),
        "number": NumberKey(-0.38, 0.005),
        "share": NumberKey(12.5, 0.05, unit="%"),
        "matrix": MatrixKey([[0.5, -1.25], [3.0, 0.75]], [[0.01, 0.01], [0.01, 0.01]]),
        "tensor": TensorKey([[1.0, 2.0], [3.0, -4.0]] * 2, [[0.01, 0.01]] * 4, (), (2, 2, 2)),
        "axes": ShapeKey(("h", "floor((d - K) / 2) + 1", "K"), sizes),
        "choice": ChoiceKey("leaky-relu", ("relu", "tanh", "leaky-relu", "none")),
        "several": SeveralKey(("tanh", "elu"), ("relu", "tanh", "elu", "silu"), Scoring.EACH),
        "match": MatchKey("bac", 5),
        "text": TextKey({"idea": Criterion("Names the idea.")}),
        "literal": LiteralKey((2, 3, 4), (0, 0, 0), ("error", "not determined")),
        "word": LiteralKey("error", words=("error",)),
        "sequence": SequenceKey(("C", "A", "B"), ("A", "B", "C"), TokenPart.PREFIX),
        "set": SetKey(("4", "-4", "12"), part=TokenPart.SHARE),
        "entry": entry("dL/dx", "m", ["x", "w", "dL/dy"]),
        "constructed": constructed("u"),
        "constructed number": constructed("c"),
        "order": OrderKey(("first", "second", "third"), ("third", "never", "first", "second")),
    }


def expression(
    asked: str,
    allowed: list[str],
    kind: type[ExpressionKey] | type[DerivationKey] = ExpressionKey,
    either_layout: bool = False,
) -> Key:
    """The key of an expression over the network, or of a derivative in it."""
    known = network()
    written = read(asked, known.vocabulary)
    known = with_derivatives(known, [name for name in names(written) if "/" in name])
    given, shape = resolve(written, known.shapes, known.symbols.indices)
    wanted = in_terms_of(known, given, {*allowed, *known.symbols.shapes})
    points = SamplePoints(known, {"y": "one-hot"}, SIZES)
    return kind(wanted, shape, tuple(allowed), points, either_layout)


def entry(asked: str, letter: str, allowed: list[str]) -> Key:
    """The key of a formula for an entry, of a kernel along a signal."""
    sizes = {"n": 7, "k": 3}
    equations = split_equations("y[i] = sum_j w[j] x[i + j - 1]\nL = sum_i y[i]^2 / 2")
    symbols = Symbols(least={"n": 5, "k": 2})
    inputs: dict[str, Shape] = {"x": ("n", 1), "w": ("k", 1)}
    known = declare(inputs, {}, equations, dict.fromkeys(sizes, SCALAR), symbols, symbols.least)
    known = with_derivatives(known, [asked, *(name for name in allowed if "/" in name)])
    points = SamplePoints(known, {}, sizes)
    wanted = in_terms_of(known, Name(asked), {*allowed, *sizes})
    return ExpressionKey(
        relettered(wanted, [letter]), known.shapes[asked], tuple(allowed), points, places=(letter,)
    )


def constructed(name: str) -> Key:
    """The key of a part of what is constructed: u and c with which z is 17 x + 411.5 for every x of two."""
    shapes: dict[str, Shape] = {"u": (2, 1), "c": SCALAR}
    sides = split_equations("z = u[1] x + u[2] + c\nright = 17 x + 411.5")
    network = declare({**shapes, "x": SCALAR}, {}, sides)
    equal = Comparison("z", "=", "right", "z", "17 x + 411.5")
    task = Task(network, (equal,), Every({"x": (0, 1)}), {"x": (1, 1)})
    wanted = {one: Wanted((2, 1) if one == "u" else (1, 1), "real", [[0.0]]) for one in shapes}
    answering = declare(dict.fromkeys(("p", "q", "r"), SCALAR), {}, [])
    known = {
        name: np.full((1, 1, 1), one) for name, one in (("p", 17.0), ("q", 400.0), ("r", 11.5))
    }
    right = {"u": [["p"], ["q"]], "c": [["r"]]}
    return ConstructKey(name, Construct(wanted, task, known, answering, right, Edge(), each=False))


def chain(asked: str) -> Key:
    known = network()
    of, by = of_and_by(asked)
    edges = {name: known.edges(name) for name in known.equations}
    return ChainKey(of, by, tuple(paths(known, of, by)), edges, known.vocabulary)


def forget() -> None:
    """Empty every cache of the project, and mark each right answer once, as after a start."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("grader", "reference"):
            for found in vars(module).values():
                if hasattr(found, "cache_clear") and found.__module__ == name:
                    found.cache_clear()
    warm()


def warm() -> None:
    for key in keys().values():
        key.mark(key.show())


# Answers


def monsters() -> dict[str, str]:
    """Name → text, of the fixture."""
    entries = yaml.load(FILE.read_text("utf-8"), yaml.BaseLoader)  # every scalar is a text
    return {entry["name"]: text(entry) for entry in entries}


def text(entry: dict[str, str]) -> str:
    """A text of its short form.

    ``text`` as it stands; ``repeat`` so many ``times``, with ``between`` them; ``open`` and ``close``
    so many ``times`` around ``inside``. ``before`` and ``after`` stand around any of them.
    """
    times = int(entry.get("times", 1))
    if "open" in entry:
        middle = entry["open"] * times + entry.get("inside", "") + entry["close"] * times
    elif "repeat" in entry:
        middle = entry.get("between", "").join([entry["repeat"]] * times)
    else:
        middle = entry["text"]
    return entry.get("before", "") + middle + entry.get("after", "")


# Marks


def problems(outcome: Outcome) -> list[str]:
    """What is wrong with an outcome, whatever the answer was."""
    message, understood = outcome.message, outcome.understood
    checks = {
        "a blank that says something": outcome.verdict is Verdict.BLANK and bool(message),
        "no message": not message.strip()
        and outcome.verdict not in (Verdict.CORRECT, Verdict.BLANK),
        f"an error says '{message[:80]}'": outcome.verdict is Verdict.ERROR
        and not message.startswith(UNDECIDED),
        "the message is too long": len(message) >= MAX_MESSAGE,
        "what was understood is too long": len(understood) > MAX_UNDERSTOOD,
        "the message has a character that nobody sees": unseen(message),
        "what was understood has a character that nobody sees": unseen(understood),
        "the message is not inert": not inert(message),
        "the outcome makes no JSON": not storable(outcome),
    }
    return [problem for problem, holds in checks.items() if holds]


def told_apart(name: str, text: str, outcome: Outcome) -> list[str]:
    """What is wrong where an expression is marked by what was known before: the long way says the same."""
    key = keys()[name]
    if isinstance(key, ExpressionKey) and the_long_way(key, text) != outcome:
        return ["the long way says otherwise"]
    return []


def the_long_way(key: ExpressionKey, text: str) -> Outcome:
    """As ``key.mark``, without what was known before."""
    if not text.strip() or len(text) > MAX_ANSWER:
        return key.mark(text)  # which is told before it is read
    try:
        given, understood = key.read_formula(text)
        key.check_wanted(given.node)
        return key.judge(given, understood)
    except LanguageError as error:
        return key.outcome(key.unread(error))


def unseen(shown: str) -> bool:
    """Is there a character that nobody sees, or that turns the text around it?"""
    plain = shown.isascii() and shown.isprintable()
    return not plain and any(unicodedata.category(sign) in UNSEEN for sign in shown)


def inert(message: str) -> bool:
    """Is it text and nothing else once it is escaped for a page?"""
    escaped = escape(message)
    return not {*"<>\"'"} & {*escaped} and unescape(escaped) == message


def storable(outcome: Outcome) -> bool:
    try:
        return bool(msgspec.json.encode([outcome.message, outcome.understood]))
    except UnicodeEncodeError:
        return False
