"""Are the examples of an exercise marked as its file says?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader import marking
from grader.answers import Verdict
from grader.bank import EVERY, PRINTED, Example, fill
from grader.checking.subject import Subject
from grader.drawing import Variant, variants
from grader.errors import AuthorError, Place, Problem
from grader.sheets import placeholders


def examples(subject: Subject) -> Iterator[Problem]:
    """Examples that are not marked as stated, or cannot be marked."""
    for index, example in enumerate(subject.exercise.file.examples):
        at = subject.at["examples"][index]
        try:
            chosen = chosen_variants(subject, example)
        except AuthorError as error:
            yield at["seed"].problem(error.problems[0].message, "example")
            continue
        if not chosen:
            message = "this exercise has no printed variant"
            yield at["seed"].problem(message, "example")
        for answers, where in tries(example, at["answers"]):
            yield from wrong(example, chosen, answers, where)


def chosen_variants(subject: Subject, example: Example) -> Sequence[Variant]:
    """The variants on which an example is tried."""
    if example.seed == EVERY:
        return subject.variants
    if example.seed == PRINTED:
        return [subject.pinned[0]] if subject.pinned[0] else []
    return variants(subject.exercise, [example.seed])


def tries(example: Example, at: Place) -> Iterator[tuple[dict[str, str], Place]]:
    """Answers that are given together, each with its place in the file; those of a list one by one."""
    if not any(isinstance(given, list) for given in example.answers.values()):
        together = {address: str(given) for address, given in example.answers.items()}
        yield together, at
        return
    for address, given in example.answers.items():
        here = at[address]
        if not isinstance(given, list):
            yield {address: str(given)}, here
            continue
        for number, text in enumerate(given):
            yield {address: str(text)}, here[number]


def wrong(
    example: Example, chosen: Sequence[Variant], answers: dict[str, str], at: Place
) -> Iterator[Problem]:
    """The problem in the first variant that does not mark the answers as stated."""
    for variant in chosen:
        words = placeholders(variant)
        given = {address: fill(text, words) for address, text in answers.items()}
        strange = [address for address in given if address not in variant.keys]
        if strange:
            known = ", ".join(variant.keys)
            message = f"there is no blank '{strange[0]}' (blanks: {known})"
            yield at.problem(message, "example")
            return
        message = otherwise(example, variant, given)
        if message:
            stated = example.seed == PRINTED and example.verdict == Verdict.CORRECT
            yield at.problem(message, "printed-answer" if stated else "example")
            return


def otherwise(example: Example, variant: Variant, given: dict[str, str]) -> str:
    """How the marks differ from those stated; empty if they do not."""
    marks = marking.mark(variant, given).marks
    says = fill(example.says, placeholders(variant))
    for address, text in given.items():
        mark = marks[address]
        verdict = example.verdict
        stated = verdict.get(address) if isinstance(verdict, dict) else verdict
        if stated is not None and mark.verdict != stated:
            remark = f" ({mark.message})" if mark.message else ""
            return f"{address}, seed {variant.draw.seed}: '{text}' is marked {mark.verdict}{remark}, not {stated}"
        if says not in mark.message:
            return (
                f"{address}, seed {variant.draw.seed}: '{text}' is told '{mark.message}', "
                f"not '{says}'"
            )
    return ""
