"""Prove exercises right: solvable, certified, and marked as their keys say."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from grader.answers import DerivationKey, ExpressionKey, Key, TextKey
from grader.choosing import structures
from grader.drawing import Survival, Variant, printed_variant, survey
from grader.errors import AuthorError, Problem
from grader.mistakes import wrong_count_keys, wrong_expressions
from grader.model import Model, build
from grader.prompts import Sheet, sheet
from grader.records import Exercise, Verdict
from grader.templates import placeholders
from grader.variety import distinct
from reference import proofs
from reference.certify import Certificate, certify
from reference.derivatives import parts
from reference.language.expression import names
from reference.language.values import Array
from reference.network import Network
from reference.points import Points

LEAST_SURVIVAL = 0.02
SYMBOLIC = (ExpressionKey, DerivationKey)
CALM = 16  # of the random points, those of moderate size, where finite differences can be trusted


class Report(Struct, frozen=True):
    """What a check of one exercise found.

    ``problems`` must be mended; ``unusable`` where they kept everything else from being looked at.
    ``remarks`` are what the pinned variant is exempt from.
    """

    exercise: str
    problems: list[Problem]
    remarks: list[str] = []
    variants: int = 0
    survival: Survival = Survival(0, 0, {})
    blanks: int = 0
    certified: int = 0
    unusable: bool = False
    misconceptions: dict[str, float] = {}  # name → share of the variants in which it applies


def check(exercise: Exercise, seeds: int) -> Report:
    """Check one exercise over a number of seeds."""
    try:
        for choices in structures(exercise):
            build(exercise, choices)
        found, survival = survey(exercise, range(seeds))
    except AuthorError as error:
        return Report(exercise.id, list(error.problems), unusable=True)
    problems = list(dict.fromkeys(unused(exercise)))
    good = [variant for variant in found if variant is not None]
    if len(good) < seeds or survival.rate < LEAST_SURVIVAL:
        problems.append(exercise.problem(*unsolvable(exercise, seeds, len(good), survival)))
    remarks: list[str] = []
    if "printed" in exercise.positions:
        try:
            pinned = printed_variant(exercise)
        except AuthorError as error:
            problems += error.problems
        else:
            remarks = [
                f"the printed variant would not be drawn: {reason}"
                for reason, flags in pinned.solved.faults.items()
                if flags.any()
            ]
            good.append(pinned)
    problems += list(dict.fromkeys(leftovers(exercise, good)))
    marked = first_of_each(wrong_marks(exercise, good))
    certified, uncertain = certificates(exercise, good)
    unproved = first_of_each(unproved_answers(exercise, good))
    return Report(
        exercise.id,
        problems + marked + uncertain + unproved,
        remarks,
        distinct(exercise),
        survival,
        len(good[0].keys) if good else 0,
        certified,
        misconceptions=shares(good),
    )


def shares(good: Sequence[Variant]) -> dict[str, float]:
    """How often each misconception leads to a wrong answer, the most frequent first."""
    counts = Counter(name for variant in good for name in misconceptions(variant))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {name: count / len(good) for name, count in ordered}


def misconceptions(variant: Variant) -> set[str]:
    """The misconceptions that give a wrong answer to some blank of a variant."""
    solved, row = variant.solved, variant.row
    found = {
        mistake.name
        for several in solved.wrong.values()
        for mistake, values in several
        if (
            np.abs(values[row] - solved.values[mistake.target][row])
            > solved.within[mistake.target][row]
        ).any()
    }
    for asked in solved.model.asked:
        if isinstance(asked.key, SYMBOLIC):
            found |= {wrong.name for wrong, _ in wrong_expressions(solved.model, asked)}
        found |= {one.name for one, _ in wrong_count_keys(solved.model, asked, variant.draw.sizes)}
    return found


def unsolvable(exercise: Exercise, seeds: int, good: int, survival: Survival) -> tuple[str, str]:
    reasons = ", ".join(f"{reason} {count}" for reason, count in survival.rejected.items() if count)
    place = "require" if exercise.file.require else "sample"
    message = (
        f"{survival.rate:.2%} of the draws are good, expected {LEAST_SURVIVAL:.0%} or more; "
        f"{seeds - good} of {seeds} seeds have none (rejected: {reasons})"
    )
    return place, message


def unused(exercise: Exercise) -> Iterator[Problem]:
    """Declared quantities that no structure uses."""
    models = [build(exercise, choices) for choices in structures(exercise)]
    file = exercise.file.network
    for kind, declared in (("inputs", file.inputs), ("parameters", file.parameters)):
        for name in declared:
            if not any(name in model.printed.shapes for model in models):
                place = f"network.{kind}.{name}:key"
                yield exercise.problem(place, f"'{name}' is declared, but no equation uses it")


def leftovers(exercise: Exercise, good: Sequence[Variant]) -> Iterator[Problem]:
    """Placeholders that nothing fills."""
    models = {id(one.solved.model): one for one in good}
    for variant in models.values():
        try:
            shown = sheet(variant.solved.model, variant.draw)
        except AuthorError as error:  # a figure that cannot be drawn
            yield from error.problems
        else:
            yield from leftovers_of(exercise, shown)


def leftovers_of(exercise: Exercise, shown: Sheet) -> Iterator[Problem]:
    for name in placeholders(shown.title + shown.stem):
        yield exercise.problem("text", f"nothing fills the placeholder '{{{{{name}}}}}'")
    for index, question in enumerate(shown.questions):
        texts = [question.text, *(text for _, text in question.items + question.options)]
        for name in placeholders(" ".join(texts)):
            place = f"questions[{index}].ask"
            yield exercise.problem(place, f"nothing fills the placeholder '{{{{{name}}}}}'")


def wrong_marks(exercise: Exercise, good: Sequence[Variant]) -> Iterator[Problem]:
    """Keys that are not marked correct, and near misses that are; a key of many variants once."""
    places = {question.id: i for i, question in enumerate(exercise.file.questions)}
    seen: set[int] = set()
    for variant in good:
        fixed = {one.address: id(one.key) for one in variant.solved.model.asked if one.key}
        for address, (blank, key) in variant.keys.items():
            if fixed.get(address) in seen:
                continue
            seen.update([fixed[address]] if address in fixed else [])
            for message in misjudged(key):
                place = f"questions[{places[blank.question]}].answer"
                seed = variant.solved.columns.seeds[variant.row]
                yield exercise.problem(place, f"{address}, seed {seed}: {message}")


def first_of_each(problems: Iterator[Problem]) -> list[Problem]:
    """One problem for each place, so that a fault is not told a thousand times."""
    found: dict[tuple[int, int], Problem] = {}
    for problem in problems:
        found.setdefault((problem.line, problem.column), problem)
    return list(found.values())


def misjudged(key: Key) -> Iterator[str]:
    shown = key.show()
    verdict = key.mark(shown).verdict
    if verdict is not (Verdict.WAITING if isinstance(key, TextKey) else Verdict.CORRECT):
        yield f"the key '{shown}' is marked {verdict}"
    for miss in key.near_misses():
        if key.mark(miss).verdict is Verdict.CORRECT:
            yield f"the key is '{shown}', and '{miss}' is marked correct"


def certificates(exercise: Exercise, good: Sequence[Variant]) -> tuple[int, list[Problem]]:
    """How many gradients agree three ways at all variants, and those that do not."""
    found = [
        (certificate, len(next(iter(values.values()))))
        for model, values in batches(good)
        for of, by in sorted(derivatives(model, model.network).items())
        for certificate in certify(model.complete, of, sorted(by), values)
    ]
    for model in {id(variant.solved.model): variant.solved.model for variant in good}.values():
        found += [(certificate, CALM) for certificate in symbolic(model)]
    problems = [
        exercise.problem(
            "questions",
            f"d{one.of}/d{one.by} is not certified: off by {one.from_differences:.1e} from finite "
            f"differences, {one.from_sympy:.1e} from SymPy",
        )
        for one, _ in found
        if not one.holds
    ]
    return sum(count for one, count in found if one.holds), problems


@functools.lru_cache(maxsize=1024)
def symbolic(model: Model) -> tuple[Certificate, ...]:
    """Certificates of the gradients that a structure asks for as expressions, at random points."""
    found: list[Certificate] = []
    keys = [asked.key for asked in model.asked if isinstance(asked.key, SYMBOLIC)]
    for points in {id(key.points): key.points for key in keys}.values():
        small = Points(points.network, points.domains, dict.fromkeys(model.sizes, 2))
        values = {name: array[:CALM] for name, array in small.values.items()}
        for of, by in sorted(derivatives(model, points.network).items()):
            found += certify(points.network, of, sorted(by), values)
    return tuple(found)


def derivatives(model: Model, network: Network) -> dict[str, set[str]]:
    """Of → by, of the derivatives that the keys and the exercise's own names stand for."""
    wanted: dict[str, set[str]] = {}
    stated = [f"@{asked.address}" for asked in model.asked] + [*model.exercise.file.network.define]
    for name in (one for one in stated if one in network.equations):
        for derivative in names(network.equations[name]):
            if "/d" in derivative:
                of, by = parts(derivative)
                wanted.setdefault(of, set()).add(by)
    return wanted


def unproved_answers(exercise: Exercise, good: Sequence[Variant]) -> Iterator[Problem]:
    """Questions on data whose proofs an independent check refuses."""
    for model in {id(one.solved.model): one.solved.model for one in good}.values():
        for asked in model.asked:
            for proof in asked.data.proved if asked.data else ():
                try:
                    proofs.check(proof.network, proof.target, proof.given, proof.decision)
                except proofs.Refused as refused:
                    yield exercise.problem("", f"{asked.address}: {refused}")


def batches(good: Sequence[Variant]) -> Iterator[tuple[Model, dict[str, Array]]]:
    """The values of all variants of one structure and size, stacked."""
    groups: dict[tuple[int, tuple[tuple[int, ...], ...]], list[Variant]] = {}
    for variant in good:
        columns = variant.solved.columns
        shapes = tuple(value.shape[1:] for value in columns.values.values())
        groups.setdefault((id(columns.model), shapes), []).append(variant)
    for group in groups.values():
        model = group[0].solved.model
        if not model.targets:
            continue
        known = [variant.solved.columns.known() for variant in group]
        yield (
            model,
            {
                name: np.stack([one[name][v.row] for one, v in zip(known, group, strict=True)])
                for name in known[0]
            },
        )
