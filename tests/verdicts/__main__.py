"""``python -m tests.verdicts [--seeds N]``: a table of kinds, and every fault by itself."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from grader import bank
from grader.bank import Exercise
from grader.drawing import Variant, printed_variant, variants
from grader.marking import mark
from tests.verdicts.clothes import texts as clothes
from tests.verdicts.formulas import FORMULAS, Chance
from tests.verdicts.numbers import NUMBERS, right, wrong
from tests.verdicts.products import texts as products
from tests.verdicts.slipped import texts as slipped
from tests.verdicts.slips import SAME, WRONG, other_name
from tests.verdicts.styles import STYLES, written
from tests.verdicts.trees import agree

MEANT = {True: "right: ", False: "wrong: ", None: "two readings: "}
FAULTS = ("accepts wrong", "rejects right", "refuses without need")


TYPED = sorted(Path(__file__).parent.glob("typed*.yaml"))
TOGETHER = "together"  # in place of a blank: answers to several of them, by blank


class Answer(NamedTuple):
    """A text for a blank of a variant, how it came about, and whether it is right; neither, where it has two readings.

    ``others``: texts for further blanks that are judged together with it.
    """

    variant: Variant
    blank: str
    kind: str
    text: str
    right: bool | None
    others: Mapping[str, str] = {}


def formulas(name: str, variant: Variant, chance: random.Random) -> Iterator[Answer]:
    for blank, kind, text, is_right in products(name, chance):
        yield Answer(variant, blank, kind, text, is_right)
    asked = FORMULAS[name](variant.draw.choices, Chance(chance.randrange(10**6)))
    for blank, key in asked.keys.items():
        points = asked.apart.get(blank, asked.points)
        others = [one for other, one in asked.keys.items() if other != blank]
        neighbour = {
            "a neighbour's formula": lambda node, _, others=others: (
                chance.choice(others) if others else None
            )
        }
        changes = SAME | WRONG | {"another name": other_name(asked.allowed[blank], blank)}
        for kind, change in (changes | (neighbour if name == "unit-derivatives" else {})).items():
            node = change(key, chance)
            is_right = None if node is None else agree(key, node, points)
            if node is None or is_right is None:
                continue
            for style in chance.sample(STYLES, 2 if kind in SAME else 1):
                yield Answer(
                    variant, blank, f"{kind}, {style.name}", written(node, style), is_right
                )


def labelled(blank: str, text: str, chance: random.Random) -> str:
    """A third of the gradients say whose they are."""
    kind, _, by = blank.partition(".")
    labels = ("", "", "", "", f"dL/d{by} = ", f"∂L/∂{by} = ")
    return chance.choice(labels) + text if kind == "gradients" else text


def values_of(variant: Variant) -> dict[str, Any]:
    found: dict[str, Any] = {**variant.draw.choices}
    found |= {name: Fraction(size) for name, size in variant.draw.sizes.items()}
    for name, rows in variant.draw.values.items():
        column = [Fraction(repr(float(one))) for row in rows for one in row]
        found[name] = column[0] if len(column) == 1 else column
    return found


def numbers(name: str, variant: Variant, chance: random.Random) -> Iterator[Answer]:
    keys = NUMBERS[name](values_of(variant))
    for blank, key in keys.items():
        value = Fraction(key) if isinstance(key, int) else key
        for kind, text in right(value, blank.partition(".")[2] or "E"):
            yield Answer(variant, blank, kind, text, True)
        others = [one for other, one in keys.items() if other != blank]
        for kind, text in wrong(value, others, chance):
            yield Answer(variant, blank, kind, text, False)


def typed(exercises: Mapping[str, Exercise]) -> Iterator[Answer]:
    """What was typed for printed variants, with verdicts found by hand."""
    found = (one for file in TYPED for one in yaml.safe_load(file.read_text("utf-8")).items())
    for name, blanks in found:
        variant = printed_variant(exercises[name])
        for blank, texts_of in blanks.items():
            for kind, is_right in (("right", True), ("wrong", False), ("asks", None)):
                for given in texts_of.get(kind, ()):
                    texts = given if blank == TOGETHER else {blank: given}
                    (first, text), *others = texts.items()
                    yield Answer(variant, first, "typed by hand", text, is_right, dict(others))


def answers(seeds: int) -> Iterator[Answer]:
    chance = random.Random(1)
    exercises = bank.load_folder()
    yield from typed(exercises)
    for exercise in exercises.values():
        variant = printed_variant(exercise)
        for whole in (clothes, slipped):
            for blank, kind, text, is_right in whole(variant, chance):
                yield Answer(variant, blank, kind, text, is_right)
    for tables, source in ((FORMULAS, formulas), (NUMBERS, numbers)):
        for name in tables:
            exercise = exercises[name]
            for variant in [printed_variant(exercise), *variants(exercise, range(seeds))]:
                yield from source(name, variant, chance)


def fault(answer: Answer, verdict: str) -> str:
    """What is wrong with a verdict; empty where nothing is. An answer that contradicts itself is not right, and may be asked about."""
    if "after what is right" in answer.kind:
        return FAULTS[0] if verdict == "correct" else ""
    refused = verdict not in ("correct", "incorrect", "partial")
    if answer.right is None:
        return "" if refused else FAULTS[0] if verdict == "correct" else FAULTS[1]
    if refused:
        return FAULTS[2]
    if answer.right != (verdict == "correct"):
        return FAULTS[1] if answer.right else FAULTS[0]
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="variants beside the printed one")
    told: list[str] = []
    tried, found = Counter[str](), Counter[tuple[str, str]]()
    for answer in answers(parser.parse_args().seeds):
        texts = {answer.blank: answer.text, **answer.others}
        says = mark(answer.variant, texts).marks[answer.blank]
        kind = MEANT[answer.right] + answer.kind.partition(",")[0]
        tried[kind] += 1
        what = fault(answer, str(says.verdict))
        if what:
            found[kind, what] += 1
            draw = answer.variant.draw
            told.append(
                f"{what} | {draw.exercise} {draw.seed} {answer.blank} | {answer.kind} | {answer.text} | {says.message}"
            )
    print(f"| kind | answers | {' | '.join(FAULTS)} |\n|---|---|---|---|---|")
    for kind, count in [*sorted(tried.items()), ("all", tried.total())]:
        faults = [
            sum(n for (k, w), n in found.items() if w == what and kind in (k, "all"))
            for what in FAULTS
        ]
        print(f"| {kind} | {count} | {' | '.join(map(str, faults))} |")
    print("\n".join(["", *sorted(told)]))


if __name__ == "__main__":
    main()
