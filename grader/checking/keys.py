"""Are keys marked correct, and near misses not? Are counts whole?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from grader.answers import Key, Verdict
from grader.checking.constructs import constructs
from grader.checking.subject import Subject, each_key
from grader.drawing import Variant
from grader.errors import Problem
from grader.model import Blank, Constructed, Value

RIGHT = (Verdict.CORRECT, Verdict.WAITING)  # for a person, who has the rubric
NOISE = 1e-9  # of the arithmetic
WIDE = 0.1  # of the key, which is its first digit
MANY = 0.1  # of the variants
COUNT = re.compile(
    r"\bhow many\b(?! (?:times|per ?cent))"
    r"|\b(?:what is|give|find|compute|calculate|count|determine) (?:the )?(?:total )?number of\b",
    re.IGNORECASE,
)


def keys(subject: Subject) -> Iterator[Problem]:
    """Keys that are not marked correct, near misses that are, and counts that are not whole."""
    yield from fractional(subject)
    yield from wide(subject)
    yield from constructs(subject)
    for variant, address, key in each_key(subject):
        blank = variant.keys[address][0]
        if isinstance(blank.source, Constructed):
            continue  # judged together
        for code, message in misjudged(key):
            seed = variant.solved.columns.seeds[variant.row]
            at = subject.places[blank.question]["answer"]
            yield at.problem(f"{address}, seed {seed}: {message}", code)


def fractional(subject: Subject) -> Iterator[Problem]:
    """Keys that are not whole, where the question asks for a count."""
    asks = {one.id: COUNT.search(one.ask) for one in subject.exercise.file.questions}
    broken: dict[tuple[str, str], list[str]] = {}
    for variant in subject.variants:
        for address, (blank, key) in variant.keys.items():
            if asks[blank.question] and not is_whole(variant, blank):
                example = f"{key.show()} with seed {variant.draw.seed}"
                broken.setdefault((blank.question, address), []).append(example)
    for (question, address), examples in broken.items():
        share = f"{len(examples)} of {len(subject.variants)} variants"
        message = f"{address}: the count is not whole in {share}, for example {examples[0]}"
        yield subject.places[question]["ask"].problem(message, "fractional-count")


def wide(subject: Subject) -> Iterator[Problem]:
    """Numbers that may be off by much of what they are, in many variants."""
    found: dict[tuple[str, str], list[str]] = {}
    counts: Counter[str] = Counter()
    for variant in subject.drawn:
        for address, (blank, key) in variant.keys.items():
            counts[address] += 1
            reach = key.reach()
            if reach and NOISE < WIDE * abs(sum(reach)) < reach[1] - reach[0]:
                example = f"{key.show()} {key.tolerance()} with seed {variant.draw.seed}"
                found.setdefault((blank.question, address), []).append(example)
    for (question, address), examples in found.items():
        share = len(examples) / counts[address]
        if share > MANY:
            message = f"{address}: in {share:.0%} of the variants more than {WIDE:.0%} off is right, for example {examples[0]}"
            yield subject.places[question]["answer"].problem(message, "wide-tolerance")


def is_whole(variant: Variant, blank: Blank) -> bool:
    """Is the value that is asked for a whole number, or a matrix of whole numbers? True if no value is asked for."""
    if not isinstance(blank.source, Value):
        return True
    values = variant.solved.values[blank.source.target][variant.row]
    return bool((np.abs(values - np.round(values)) < NOISE).all())


def misjudged(key: Key) -> Iterator[tuple[str, str]]:
    """(code, message) of each answer that a key misjudges."""
    shown = key.show()
    verdict = key.mark(shown).verdict
    if verdict not in RIGHT:
        yield "key-rejected", f"the key '{shown}' is marked {verdict}"
    for miss in key.near_misses():
        if key.mark(miss).verdict is Verdict.CORRECT:
            yield "near-miss", f"the key is '{shown}', and '{miss}' is marked correct"
