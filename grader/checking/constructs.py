"""Does the right answer to what is constructed hold, as it is shown, and is the sample none? Who gets there by guessing?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from grader.answers import Construct, Key, Rows, Verdict
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.errors import Problem
from grader.model import Constructed

GUESSES = 5  # right answers of some variant that are tried in all of them


def constructs(subject: Subject) -> Iterator[Problem]:
    """Right answers that are not marked correct, and samples that are."""
    for variant in subject.variants:
        for question, keys in constructed(variant).items():
            seed = variant.solved.columns.seeds[variant.row]
            at = subject.places[question]["answer"]["construct"]
            for part, message in misjudged(keys):
                yield at[part].problem(f"{question}, seed {seed}: {message}", "construct")


def constructed(variant: Variant) -> dict[str, dict[str, Key]]:
    """Question → the blanks of what is constructed there, by name."""
    found: dict[str, dict[str, Key]] = {}
    for blank, key in variant.keys.values():
        if isinstance(blank.source, Constructed):
            found.setdefault(blank.question, {})[blank.name] = key
    return found


def misjudged(keys: Mapping[str, Key]) -> Iterator[tuple[str, str]]:
    """(key of the file, message) of what is judged wrongly: the right answer, to the digits that are shown, and the sample."""
    shown = {name: key.show() for name, key in keys.items()}
    one = next(iter(keys.values()))
    found = one.together({name: key.by_itself(shown[name]) for name, key in keys.items()})
    first = next(iter(found.values()))
    if first.verdict is not Verdict.CORRECT:
        yield "reference", f"{listed(shown)} is marked {first.verdict}: {first.message}"
    whole = one.construct()
    if whole and whole.holds(whole.sample):
        samples = {name: part.example for name, part in whole.parts.items()}
        yield "sample", f"{listed(samples)} is a solution"


def listed(texts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {text}" for name, text in texts.items())


def guesses(wholes: Sequence[Construct]) -> list[tuple[str, float]]:
    """Answers that know nothing of a variant, each with the share of the variants in which it is right."""
    first = wholes[0]
    right = Counter(repr(one.reference) for one in wholes)
    by_text = {repr(one.reference): one.reference for one in wholes}
    tried = [by_text[text] for text, _ in right.most_common(GUESSES)]
    tried += [first.sample, filled(first, 0.0), filled(first, 1.0)]
    return [
        (listed({name: str(rows) for name, rows in one.items()}), share(wholes, one))
        for one in tried
    ]


def filled(whole: Construct, value: float) -> dict[str, Rows]:
    """The same number everywhere."""
    return {
        name: [[value] * part.shape[1] for _ in range(part.shape[0])]
        for name, part in whole.parts.items()
    }


def share(wholes: Sequence[Construct], given: Mapping[str, Rows]) -> float:
    return sum(one.holds(given) for one in wholes) / len(wholes)
