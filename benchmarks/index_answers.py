"""Prints how long answers in places take: right and wrong formulas of gradients, each as if nobody had written it before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from benchmarks.table import Row, duration, markdown
from benchmarks.timing import ROOT
from grader import bank
from grader.answers import Key
from grader.drawing import printed_variant, variant_of
from reference.language.indexed.places import is_indexed
from reference.language.indexed.rows import row_of

FILES = ("by-places.yaml", "layers-back.yaml")
VERDICTS = ("correct", "incorrect")
RUNS = 30


def main() -> None:
    """A row a blank: processor time of the texts with places in them, right ones and wrong ones."""
    rows = []
    for name, key, right, wrong in blanks():
        key.mark(right[0])  # what is made once for a key
        shown = " and ".join(f"{slowest(key, texts)}" for texts in (right, wrong) if texts)
        rows.append(Row(name, shown, f"{len(right)} right, {len(wrong)} wrong"))
    print(f"median of {RUNS} runs of each text: median of all texts, and the slowest\n")
    print(markdown(rows))


def slowest(key: Key, texts: list[str]) -> str:
    taken = [median(fresh(key, text) for _ in range(RUNS)) for text in texts]
    return f"{duration(median(taken))} (at most {duration(max(taken))})"


def fresh(key: Key, text: str) -> float:
    """Processor time of one answer, of which no operation was made before."""
    row_of.cache_clear()
    start = time.process_time()
    key.mark(text)
    return time.process_time() - start


def blanks() -> Iterator[tuple[str, Key, list[str], list[str]]]:
    """Every blank that asks for an entry, of the bank and of the fixtures: its name, its key, right and wrong texts in places."""
    for name, exercise in bank.load_folder().items():
        asked = [answer.places for one in exercise.file.questions for answer in one.answers]
        for address, (_, key) in printed_variant(exercise).keys.items() if any(asked) else ():
            right, wrong = (examples(exercise, address, verdict) for verdict in VERDICTS)
            if right:
                yield f"{name}: {address}", key, right, wrong
    for file in FILES:
        layers = msgspec.yaml.decode((ROOT / "tests" / "fixtures" / file).read_bytes())
        for name, given in layers.items():
            exercise = given.get("exercise") or with_one_blank(name, given)
            keys = {address: key for address, (_, key) in variant(name, exercise).items()}
            for address, key in keys.items():
                texts = given.get("right", {}).get(address) or given.get("correct", [])
                wrong = given.get("wrong", {}).get(address) or given.get("incorrect", [])
                right, wrong = (
                    [one for one in texts if is_indexed(one)],
                    [*filter(is_indexed, wrong)],
                )
                if right:
                    yield f"{name}: {address}", key, right, wrong


def examples(exercise: bank.Exercise, address: str, verdict: str) -> list[str]:
    """The texts in places that a file gives for a blank."""
    alike = (one.answers for one in exercise.file.examples if one.verdict == verdict)
    given = (one[address] for one in alike if address in one)
    texts = (text for one in given for text in (one if isinstance(one, list) else [one]))
    return [text for text in map(str, texts) if is_indexed(text)]


def with_one_blank(name: str, given: dict[str, Any]) -> dict[str, Any]:
    asked = {"id": "entry", "points": 1, "ask": "Give it.", "answer": given["answer"]}
    return {"id": name, "title": name, "network": given["network"], "questions": [asked]}


def variant(name: str, exercise: dict[str, Any]) -> dict[str, Any]:
    with TemporaryDirectory(prefix="gradmark-index-") as folder:
        path = Path(folder) / f"{name}.yaml"
        path.write_bytes(msgspec.yaml.encode(exercise))
        return dict(variant_of(bank.load(path), 1).keys)


if __name__ == "__main__":
    main()
