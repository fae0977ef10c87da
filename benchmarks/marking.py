"""Answers read and marked; every text is new, so that no cache answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks.table import Row, duration, rate
from benchmarks.timing import Failed, each
from grader.answers import CountKey, Key, NumberKey, Verdict

PLAIN = 20_000
READ = 2_000
SIZES = ("n", "d", "h", "K")


def rows() -> Iterator[Row]:
    """Throughput and median for each way of writing an answer."""
    number = NumberKey(-0.38, 0.005)
    count = CountKey("(d+1)*h + (h+1)*K", SIZES)
    whole = CountKey("12345")
    yield figure("Marking a decimal", number, plain, PLAIN, "-0.3812")
    yield figure("Marking arithmetic", number, arithmetic, READ, "0.4*-0.2-0.3")
    yield figure("Marking a count in sizes", count, polynomial, READ, "(d + 7)*h + 12*K - 3")
    yield figure("Marking a whole number", whole, whole_number, READ, "10482")


def figure(
    what: str, key: Key, draw: Callable[[random.Random], str], count: int, example: str
) -> Row:
    """Mark so many distinct texts.

    Raises:
        Failed: some text could not be read, so that the time would be that of an error message.
    """
    texts = distinct(draw, count)
    key.mark(example)  # what is compiled at the first use
    if any(key.mark(text).verdict is Verdict.UNREADABLE for text in distinct(draw, 50, seed=1)):
        raise Failed(f"texts such as {example} cannot be read")
    taken = each(key.mark, texts)
    how = f"{count:,} distinct texts such as `{example}`; median {duration(median(taken))}"
    return Row(what, rate(count, sum(taken), "texts"), how)


def distinct(draw: Callable[[random.Random], str], count: int, seed: int = 0) -> list[str]:
    generator = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw(generator)] = None
    return list(found)


def plain(generator: random.Random) -> str:
    return f"{generator.uniform(-2, 2):.6f}"


def arithmetic(generator: random.Random) -> str:
    one, two, three = (round(generator.uniform(0.01, 1), 2) for _ in range(3))
    return f"{one}*-{two}-{three}"


def polynomial(generator: random.Random) -> str:
    one, two, three = (generator.randint(2, 99) for _ in range(3))
    return f"(d + {one})*h + {two}*K - {three}"


def whole_number(generator: random.Random) -> str:
    return str(generator.randint(1, 10**6))
