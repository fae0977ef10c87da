"""Is what options claim of the drawn network true where they are right, and only there?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.answers import formulas
from grader.bank import placeholders as placeholders_in
from grader.checking.subject import Subject
from grader.drawing import Variant, holds
from grader.errors import Place, Problem
from grader.model import Claim, Model, claims_of, options
from grader.sheets import without_code
from grader.words import counted, listed
from reference.equivalence.compare import Agreement, compare
from reference.equivalence.points import SamplePoints
from reference.language.errors import LanguageError
from reference.language.expression import Apply, names
from reference.language.reading import read_said


def claims(subject: Subject) -> Iterator[Problem]:
    """Claims that are not as the options that make them, and claims that nobody states."""
    yield from false_claims(subject)
    yield from unproved(subject)


def false_claims(subject: Subject) -> Iterator[Problem]:
    found: dict[str, tuple[Claim, list[bool]]] = {}
    for model in subject.models:
        asked = claims_of(model)
        for claim in asked.claims:
            truths = found.setdefault(claim.at.path, (claim, []))[1]
            truths += truths_of(subject, model, claim.condition, asked.points)
    for claim, truths in found.values():
        held, wanted = sum(truths), len(truths) if claim.option.right else 0
        if held != wanted:
            side = "right" if claim.option.right else "wrong"
            stated = " ".join(claim.option.holds.split())[:60]
            count = f"{held} of {counted(len(truths), 'variant')}"
            message = f"the option is {side}, and '{stated}' holds in {count}"
            yield claim.at.problem(message, "false-claim")


def truths_of(
    subject: Subject, model: Model, condition: Apply, points: SamplePoints
) -> Iterator[bool]:
    """Is a condition met in each variant of a structure? One answer is that of all where it is on what is not drawn."""
    mine = [one for one in subject.variants if one.solved.model is model]
    network = points.network.pruned(names(condition))
    free = {one for name in names(condition) for one in network.ancestors(name)}
    if is_identity(condition, points):
        yield from [True] * max(len(mine), 1)
    elif free - network.equations.keys() - model.grids.keys():
        yield from [bool(holds(condition, points.values, points.count).all())] * max(len(mine), 1)
    else:
        for solved in {id(one.solved): one.solved for one in mine}.values():
            values = network.evaluate(solved.columns.known())
            flags = holds(condition, values, solved.batch)
            yield from (bool(flags[one.row]) for one in mine if one.solved is solved)


def is_identity(condition: Apply, points: SamplePoints) -> bool:
    """Is it an equation, and one for any values?"""
    left, right = condition.args
    return condition.operation == "eq" and compare(left, right, points) is Agreement.EQUAL


def unproved(subject: Subject) -> Iterator[Problem]:
    """Options that speak of the drawn network, and state no claim on it; the first of each pool, with the ids of others."""
    bare: dict[str, list[Place]] = {}
    for at, option in options(subject.exercise, subject.at):
        decided = option.value or not isinstance(option.right, bool)  # by the numbers of a variant
        if not (option.holds or decided) and any(
            speaks(one, option.text) for one in subject.examples
        ):
            bare.setdefault(at.path.rpartition(".")[0], []).append(at)
    for places in bare.values():
        ids = listed([one.path.rpartition(".")[2] for one in places])
        message = f"{counted(len(places), 'option')} on the network without 'holds': {ids}"
        yield places[0].key.problem(message, "unproved-claim")


def speaks(variant: Variant, text: str) -> bool:
    """Does a text hold what is drawn, or a formula in names of the network?"""
    if {*placeholders_in(text)} - {"sign"}:
        return True
    return any(is_on(variant.solved.model, one) for one in formulas(without_code(text)))


def is_on(model: Model, formula: str) -> bool:
    try:
        said = read_said(formula, model.complete.vocabulary)
    except LanguageError:
        return False
    sides = [said.answer, *(one.expression for one in said.before if one.expression)]
    return any(names(side) for side in sides)
