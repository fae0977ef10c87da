"""Answers in bulk, drawn from a seed: right, wrong, carried on from a wrong value, unreadable, left out."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from benchmarks.classes import Bank
from grader.drawing import Variant, variants
from grader.marking import Answers
from grader.marking.given import origin
from reference.language.values import Array

NUMBERS = ("scalar-residual-block", "two-layer-numbers", "two-two-one")
UNREADABLE = ("?", "0.3.1", "(0.5", "about 2", "1,234")
BATCH = 1_000  # submissions to an exercise that are drawn together
encode = msgspec.json.Encoder().encode


def numbers(known: Bank, count: int, seed: int = 0) -> Iterator[bytes]:
    """Lines of at least so many number answers, in the order of a class: every line has a seed of its own.

    Half of the lines are right. In the others a value is wrong, or wrong and carried on, or cannot be
    read, or is left out.
    """
    generator = random.Random(seed)
    written = 0
    while written < count:
        lines = [one for name in NUMBERS for one in batch(known, name, generator)]
        generator.shuffle(lines)
        for line in lines:
            if written < count:
                written += len(line.answers)
                yield encode(line) + b"\n"


def batch(known: Bank, name: str, generator: random.Random) -> list[Answers]:
    """Submissions to one exercise."""
    seeds = [generator.randrange(10**12) for _ in range(BATCH)]
    drawn = variants(known[name], seeds)
    found = []
    for one, seed in zip(drawn, seeds, strict=True):
        texts = answered(one, generator)
        found.append(Answers(name, seed, texts, f"s{generator.randrange(10**6):06d}"))
    return found


def answered(variant: Variant, generator: random.Random) -> dict[str, str]:
    """The answers of one student."""
    model, row = variant.solved.model, variant.row
    fault = generator.choices(
        ("none", "wrong", "carried on", "unreadable", "left out"), (50, 20, 20, 5, 5)
    )[0]
    values = {one.address: variant.solved.values[one.target][row] for one in model.numbers}
    at = generator.choice(model.numbers)
    if fault == "carried on":
        values = carried_on(variant, generator)
    texts = {address: written(value, generator) for address, value in values.items()}
    if fault == "wrong":
        texts[at.address] = written(moved(values[at.address], generator), generator)
    elif fault == "unreadable":
        texts[at.address] = generator.choice(UNREADABLE)
    elif fault == "left out":
        del texts[at.address]
    return texts


def carried_on(variant: Variant, generator: random.Random) -> dict[str, Array]:
    """All values, computed on from a wrong one."""
    model, known = variant.solved.model, variant.solved.at([variant.row])
    name = origin(model.network, generator.choice(model.numbers).target)
    wrong = moved(known[name], generator)
    drawn = {one: known[one] for one in variant.solved.columns.known()}
    equations = {one: e for one, e in model.network.equations.items() if one != name}
    network = replace(model.network, equations=equations)
    values = network.evaluate({**drawn, name: wrong})
    return {one.address: values[one.target][0] for one in model.numbers}


def moved(value: Array, generator: random.Random) -> Array:
    """A value that is wrong: of the other sign, off by a factor, or off by a bit."""
    kind = generator.randrange(3)
    if kind == 0:
        return -value
    if kind == 1:
        return value * generator.choice([0.5, 2, 10])
    return np.asarray(value + generator.choice([-1, 1]) * round(generator.uniform(0.1, 1), 2))


def written(value: Array, generator: random.Random) -> str:
    """A number as a student writes it, to three decimals or more."""
    decimals = generator.choice([3, 3, 4, 6])
    text = f"{float(value.reshape(-1)[0]):.{decimals}f}"
    return text if generator.random() < 0.5 else (text.rstrip("0").rstrip(".") or "0")


STRANGE = (
    "",
    " ",
    "?",
    "0",
    "1",
    "-1/2",
    "1e3",
    "[1, 2]",
    "x",
    "a",
    "A, b",
    "d + 1",
    "x^T",
    "1,5",
    "(1",
    "\u221e",
    "0.5" * 50,
)


def anything(known: Bank, count: int, seed: int = 0) -> Iterator[bytes]:
    """Lines of answers to the whole bank: keys, near misses, wrong values carried on, keys of other blanks, and rubbish."""
    generator = random.Random(seed)
    each = -(-count // len(known))
    lines = []
    for name, exercise in known.items():
        seeds = [generator.randrange(each) for _ in range(each)]  # some of them twice
        drawn = dict(zip(seeds, variants(exercise, seeds), strict=True))
        for one in seeds:
            texts = mixed(drawn[one], generator)
            lines.append(encode(Answers(name, one, texts, f"s{len(lines)}")))
    generator.shuffle(lines)
    bad = [b"{", b"[]", b'{"exercise": "none", "seed": 1, "answers": {}}', b"\xff", b""]
    for place in range(0, count, 50):
        lines[place] = generator.choice(bad)
    yield from (line + b"\n" for line in lines[:count])


def mixed(variant: Variant, generator: random.Random) -> dict[str, str]:
    """Answers of every kind to one variant."""
    keys = {address: key for address, (_, key) in variant.keys.items()}
    texts = {address: key.show() for address, key in keys.items()}
    if variant.solved.model.numbers and generator.random() < 0.5:
        texts |= shown(carried_on(variant, generator))
    for address in generator.sample([*keys], generator.randint(0, len(keys))):
        other = generator.choice([*keys.values()])
        wrong = [*other.near_misses(), other.show(), *keys[address].near_misses()]
        texts[address] = generator.choice([generator.choice(wrong), generator.choice(STRANGE)])
    if generator.random() < 0.1:
        texts[generator.choice(["none", "", *(address + "x" for address in keys)])] = "1"
    return {address: text for address, text in texts.items() if generator.random() < 0.95}


def shown(values: dict[str, Array]) -> dict[str, str]:
    """Numbers and matrices to three decimals or more."""
    return {
        address: str(value.round(4).tolist()) if value.size > 1 else f"{value.item():.4f}"
        for address, value in values.items()
    }


FACTORS = {"b2": "", "W2": " a1^T", "W": " x^T", "b1": " W2^T ⊙ 1{z1 > 0}"}
ERRORS = {"(yhat - y)": "(y - yhat)", "yhat": "yhat^2", "(1 - yhat)": "(1 + yhat)"}


def expressions(count: int, seed: int = 0) -> Iterator[bytes]:
    """Lines of so many gradients, none of which comes twice; one in four is wrong, one in fifty unreadable."""
    generator = random.Random(seed)
    seen: set[str] = set()
    for place in range(count // len(FACTORS)):
        texts = {name: new(name, generator, seen) for name in FACTORS}
        answers = {f"gradients.{name}": text for name, text in texts.items()}
        yield encode(Answers("shortcut-network", "printed", answers, f"s{place}")) + b"\n"


def new(name: str, generator: random.Random, seen: set[str]) -> str:
    """A gradient that was not there before."""
    while (text := gradient(name, generator)) in seen:
        pass
    seen.add(text)
    return text


def gradient(name: str, generator: random.Random) -> str:
    """A gradient as a product in any order, with a factor that is taken away again."""
    parts: Sequence[str] = [*ERRORS]
    chosen = [*parts]
    generator.shuffle(chosen)
    if generator.random() < 0.25:
        place = generator.randrange(len(chosen))
        chosen[place] = ERRORS[chosen[place]]
    factor = generator.randint(2, 9999)
    product = generator.choice([" * ", " ", " · "]).join(chosen)
    text = f"{factor} {product}{FACTORS[name]} / {factor}"
    return text + " )" if generator.random() < 0.02 else text
