"""The next variant to practise with: the one in which a student's misconception makes the largest difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.bank import Exercise
from grader.drawing.search import survey
from grader.drawing.solving import Solved
from grader.drawing.variant import Variant
from grader.drawing.wrong_answers import wrong_expressions
from grader.model import Symbolic
from reference.language.values import Array


def most_telling(exercise: Exercise, seeds: Sequence[int], misconception: str) -> Variant:
    """Of the variants of some seeds, the one whose answers a misconception puts furthest off; the first of equal ones.

    How far: the largest of |wrong − right| / (|wrong| + |right|) over all entries of numbers; 1 for a formula that comes out
    otherwise.

    Raises:
        AuthorError: no seed draws a good variant.
    """
    found = [one for one in survey(exercise, seeds)[0] if one is not None]
    groups: Mapping[Solved, Array] = {
        solved: differences(solved, misconception)
        for solved in dict.fromkeys(one.solved for one in found)
    }
    return max(found, key=lambda one: float(groups[one.solved][one.row]))


def differences(solved: Solved, misconception: str) -> Array:
    """(batch,) how far a misconception puts the answers of each variant off, from 0 to 1."""
    off = np.zeros(solved.batch)
    for target, mistakes in solved.wrong.items():
        right = solved.values[target]
        for mistake, wrong in mistakes:
            if mistake.name == misconception:
                size = np.abs(wrong) + np.abs(right)
                apart = np.divide(
                    np.abs(wrong - right), size, out=np.zeros_like(size), where=size > 0
                )
                off = np.maximum(off, apart.max(axis=(-2, -1)))
    for blank in solved.model.blanks:
        match blank.source:
            case Symbolic() as asked:
                wrong_ones, _ = wrong_expressions(solved.model, blank.address, asked)
                if any(one.name == misconception for one in wrong_ones):
                    off = np.ones(solved.batch)
    return np.asarray(off)
