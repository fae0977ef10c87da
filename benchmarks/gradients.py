"""Gradients as students write them: marked here, and compared by SymPy and by Math-Verify."""

from __future__ import annotations

import functools
import random
import tracemalloc
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from sympy import E, Symbol, simplify
from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

from benchmarks.classes import Bank
from benchmarks.table import Row, digits, duration, rate, ratio
from benchmarks.timing import Failed, each
from grader import bank
from grader.answers import ExpressionKey, Verdict
from grader.answers.expression import parts_of
from grader.bank import Exercise
from grader.drawing import printed_variant

SCALARS = Path(__file__).with_name("two-layers.yaml")
CROWD = 100_000  # answers that fill the table of parts
COUNT = 100  # of right and of wrong answers to every question

Draw = Callable[[random.Random, bool], str]
Texts = dict[str, bool]  # text → is it right?
Compare = Callable[[Texts, list[bool]], list[float]]


def rows(known: Bank) -> Iterator[Row]:
    """No text comes twice; half of them are right, the others have one fault."""
    exercise = bank.load(SCALARS)
    for question, factors in SCALAR_ANSWERS.items():
        texts = drawn(functools.partial(product, factors))
        yield from compared(question, key_of(exercise, f"{question}.w"), texts)
    every: list[float] = []
    alone: list[float] = []
    for name in MATRICES:
        texts = drawn(functools.partial(matrix, name))
        key = key_of(known["shortcut-network"], f"gradients.{name}")
        taken = marked(key, texts)
        yield Row(f"Marking a gradient, {name}", f"{duration(median(taken))} median", sample(texts))
        every += taken
        alone += marked(key, texts, empty)
    yield Row("Marking a gradient, all of these", f"{duration(median(every))} median", "")
    yield Row("The same, each as the first answer", f"{duration(median(alone))} median", EMPTY)
    yield from crowd(key_of(exercise, "activations.w"))


EMPTY = "the table of parts is emptied before each"


def empty(key: ExpressionKey) -> None:
    parts_of(key).clear()


def crowd(key: ExpressionKey) -> Iterator[Row]:
    """A class whose every answer holds parts that no other has: what is kept of it is bounded."""
    texts = {f"{n} x + {n + 1} y * p - a * {n} / {n + 2}": False for n in range(CROWD)}
    last = dict(list(texts.items())[-1000:])
    parts = parts_of(key)
    parts.most, usual = 0, parts.most
    alone = sum(marked(key, last))
    parts.most = usual
    tracemalloc.start()
    marked(key, dict(list(texts.items())[:-1000]))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found = ratio(sum(marked(key, last)), alone)
    how = f"the last 1,000 : the same with a table that keeps nothing = {found}; {digits(kept / 2**20)} MB are kept"
    yield Row(f"A class of {CROWD:,} that fills the table", rate(1000, alone, "texts"), how)


def compared(question: str, key: ExpressionKey, texts: Texts) -> Iterator[Row]:
    """The same texts by three ways, as all of them can read a product of scalars."""
    what = f"scalar gradient in its {question}"
    own = marked(key, texts)
    yield Row(f"Marking a {what}", f"{duration(median(own))} median", sample(texts))
    alone = median(marked(key, texts, empty))
    yield Row("The same, each as the first answer", f"{duration(alone)} median", EMPTY)
    gold = "*".join(next(iter(one)) for one in SCALAR_ANSWERS[question])
    peers = {"SymPy": by_sympy(gold), "Math-Verify": by_math_verify(gold)}
    for name, compare in peers.items():
        found: list[bool] = []
        taken = compare(texts, found)
        agreed = sum(one is right for one, right in zip(found, texts.values(), strict=True))
        how = f"{name} {version(name.lower())}, {PEERS[name]}; {agreed} of {len(texts)} decided rightly"
        yield Row(f"{name}, the same", f"{duration(median(taken))} median", how)
        right, wrong = (
            ratio(median(mine), median(theirs))
            for mine, theirs in zip(sorted_out(own, texts), sorted_out(taken, texts), strict=True)
        )
        how = f"in all; right answers {right}, wrong ones {wrong}, by their medians"
        goal = f"; goal: 1 : {GOALS[question]}" if name == "SymPy" else ""
        yield Row(f"gradmark : {name}", ratio(sum(own), sum(taken)), how + goal)


def sorted_out(taken: list[float], texts: Texts) -> list[list[float]]:
    """The times of the right texts, and those of the wrong ones."""
    pairs = [*zip(taken, texts.values(), strict=True)]
    return [[time for time, one in pairs if one is right] for right in (True, False)]


def sample(texts: Texts) -> str:
    return f"{len(texts)} texts, half of them wrong, such as `{next(iter(texts))}`"


GOALS = {"activations": 300, "sums": 150}
PEERS = {
    "SymPy": "`simplify(a - b) == 0` alone, both read before",
    "Math-Verify": "`verify(gold, parse(text))`, the key read before",
}


def by_sympy(key: str) -> Compare:
    symbols = {name: Symbol(name, real=True) for name in "xycapuv"} | {"e": E}
    rules = (*standard_transformations, convert_xor)
    read = functools.partial(parse_expr, local_dict=symbols, transformations=rules)
    gold = read(key)

    def compare(texts: Texts, found: list[bool]) -> list[float]:
        return each(lambda given: found.append(simplify(given - gold) == 0), [*map(read, texts)])

    return compare


def by_math_verify(key: str) -> Compare:
    try:
        from math_verify import parse, verify
    except ImportError:
        raise Failed("Math-Verify is not installed: pip install -e '.[bench]'") from None
    gold: Any = parse(f"${key}$")

    def compare(texts: Texts, found: list[bool]) -> list[float]:
        return each(lambda text: found.append(verify(gold, parse(f"${text}$"))), texts)

    return compare


def key_of(exercise: Exercise, address: str) -> ExpressionKey:
    key = printed_variant(exercise).keys[address][1]
    assert isinstance(key, ExpressionKey)
    return key


def marked(
    key: ExpressionKey, texts: Texts, before: Callable[[ExpressionKey], None] | None = None
) -> list[float]:
    """How long each answer takes to mark, and what comes before it apart.

    Raises:
        Failed: a verdict is wrong, so that a time would say nothing.
    """
    key.mark(key.show())  # what is computed at the first use
    verdicts: list[Verdict] = []
    taken: list[float] = []
    for some in [[one] for one in texts] if before else [[*texts]]:
        if before:
            before(key)
        taken += each(lambda text: verdicts.append(key.mark(text).verdict), some)
    for (text, right), verdict in zip(texts.items(), verdicts, strict=True):
        if verdict is not (Verdict.CORRECT if right else Verdict.INCORRECT):
            raise Failed(f"{text} is {verdict.value}")
    return taken


def drawn(draw: Draw) -> Texts:
    """As many right as wrong texts, all of them distinct."""
    generator = random.Random(0)
    found: dict[str, bool] = {}
    for right in (True, False):
        while sum(one is right for one in found.values()) < COUNT:
            found.setdefault(draw(generator, right), right)
    return found


Factors = tuple[dict[str, str], ...]  # right → wrong

ACTIVATIONS: Factors = (
    {"(p - y)": "(p + y)", "(-y + p)": "(y + p)", "-(y - p)": "(y - p)"},
    {"p*(1 - p)": "p*(1 + p)", "(p - p^2)": "(p - p^3)"},
    {"a*(1 - a)": "a*(1 + a)", "(a - a^2)": "(a - a^3)"},
    {"c": "c^2"},
    {"x": "2*x"},
)
SUMS: Factors = (
    {"(1/(1 + e^(-v)) - y)": "(1/(1 + e^v) - y)", "(e^v/(1 + e^v) - y)": "(e^v/(1 + e^v) + y)"},
    {"e^v/(1 + e^v)^2": "e^v/(1 + e^v)", "e^(-v)/(1 + e^(-v))^2": "e^v/(1 + e^(-v))^2"},
    {"e^u/(1 + e^u)^2": "e^u/(1 + e^u)", "e^(-u)/(1 + e^(-u))^2": "1/(1 + e^(-u))^2"},
    {"c": "c^2"},
    {"x": "2*x"},
)
SCALAR_ANSWERS = {"activations": ACTIVATIONS, "sums": SUMS}


def product(factors: Factors, generator: random.Random, right: bool) -> str:
    """The gradient of two layers of scalars, as a product in any order."""
    chosen = [generator.choice([*one]) for one in factors]
    if not right:
        fault = generator.randrange(len(factors))
        chosen[fault] = factors[fault][chosen[fault]]
    signed = [one for one in chosen if one[0] == "-"]  # a minus sign stands first
    rest = [one for one in chosen if one[0] != "-"]
    generator.shuffle(rest)
    return "*".join(signed + rest)


MATRICES = {
    "b2": "{}",
    "W2": "{} a1^T",
    "W": "{} x^T",
    "b1": "{} W2^T ⊙ 1{{z1 > 0}}",
    "W1": "({} W2^T ⊙ 1{{z1 > 0}}) x^T",
}
SPELLINGS = {
    "yhat": ("yhat", "ŷ", r"\hat{y}", r"\hat y"),
    "⊙": ("⊙", "∘", ".*", r"\odot"),
    "^T": ("^T", ".T", "ᵀ", r"^{\top}"),
    "1{": ("1{", r"\mathbb{1}\{", "I{"),
}


def matrix(name: str, generator: random.Random, right: bool) -> str:
    """A gradient of the bank's shortcut network, in one of the syntaxes people mix."""
    factors = [generator.choice(["(yhat - y)", "(-y + yhat)"]), "yhat", "(1 - yhat)"]
    generator.shuffle(factors)
    text = MATRICES[name].format(generator.choice([" ", "*", " * ", " · "]).join(factors))
    if not right:
        was, by = generator.choice(
            [(one, by) for one, by in FAULTS if one in text],
        )
        text = text.replace(was, by)
    for word, spellings in SPELLINGS.items():
        spelled = generator.choice(spellings)
        text = text.replace(word, spelled)
        if word == "1{" and spelled.endswith(r"\{"):
            text = text.replace("0}", r"0\}")
    return text


FAULTS = (
    ("(1 - yhat)", "(1 + yhat)"),
    ("(yhat - y)", "(y - yhat)"),
    ("(-y + yhat)", "(y + yhat)"),
    ("z1 > 0", "z1 < 0"),
    ("x^T", "(2 x)^T"),
    ("a1^T", "(-a1)^T"),
    ("W2^T", "W2^T yhat"),
)
