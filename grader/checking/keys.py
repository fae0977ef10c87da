"""Are keys marked correct, and near misses not?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.answers import Key, Verdict
from grader.checking.subject import Subject, each_key
from grader.errors import Problem

RIGHT = (Verdict.CORRECT, Verdict.WAITING)  # for a person, who has the rubric


def keys(subject: Subject) -> Iterator[Problem]:
    """Keys that are not marked correct, and near misses that are."""
    for variant, address, key in each_key(subject):
        blank = variant.keys[address][0]
        for code, message in misjudged(key):
            seed = variant.solved.columns.seeds[variant.row]
            at = subject.places[blank.question]["answer"]
            yield at.problem(f"{address}, seed {seed}: {message}", code)


def misjudged(key: Key) -> Iterator[tuple[str, str]]:
    """(code, message) of what a key is wrong about."""
    shown = key.show()
    verdict = key.mark(shown).verdict
    if verdict not in RIGHT:
        yield "key-rejected", f"the key '{shown}' is marked {verdict}"
    for miss in key.near_misses():
        if key.mark(miss).verdict is Verdict.CORRECT:
            yield "near-miss", f"the key is '{shown}', and '{miss}' is marked correct"
