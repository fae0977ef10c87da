"""How many variants of an exercise there are, before any draw is rejected."""

from __future__ import annotations

from msgspec.structs import replace

from grader.bank import AnswerFile, Exercise, NetworkFile, Rule
from grader.drawing.choosing import possible, sketched, structures
from grader.drawing.patterns import arrangements
from grader.memo import memoized
from grader.model import Model, build


@memoized
def distinct(exercise: Exercise) -> int:
    """How many variants can be drawn, before any is rejected."""
    counted = varying(exercise)
    found = structures(exercise) if counted.file.questions else sketched(exercise)
    return sum(
        distinct_of(build(counted, choices)) * possible(exercise, choices) for choices in found
    )


def varying(exercise: Exercise) -> Exercise:
    """The exercise without the questions that have one answer in all variants of a structure; their words stay.

    Where neither a question nor anything sampled is left, nothing hangs on the equations either.
    """
    file = exercise.file
    asked = [one for one in file.questions if not all(map(is_fixed, one.answers))]
    words = "\n".join([file.text, *(one.ask for one in file.questions)])
    kept = replace(file, questions=asked, text=words)
    if not asked and not file.sample:
        kept = replace(kept, network=NetworkFile(sizes=file.network.sizes), require=[])
    return replace(exercise, file=kept)


def is_fixed(answer: AnswerFile) -> bool:
    """Is it a formula, a proof or a text, so that no value of a variant changes it?"""
    kinds = (answer.in_terms_of, answer.sufficiency, answer.chain, answer.text)
    return answer.offer is None and any(kind is not None for kind in kinds)


def distinct_of(model: Model) -> int:
    count = 1
    for name in model.visible_sizes:
        count *= len(model.grids[name])
    largest = {name: int(max(model.grids[name])) for name in model.sizes}
    for name in model.sampled:
        rule = model.rules[name]
        if isinstance(rule, Rule):
            count *= arrangements(rule, model.shape(name, largest))
    for pool in model.pools.values():
        count *= pool.arrangements
    return count


def about(count: int) -> str:
    """A number in digits, or its magnitude if it is long."""
    return str(count) if count < 10**6 else f"about 10^{len(str(count)) - 1}"
