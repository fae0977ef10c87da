"""Are the variants about as difficult as each other?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.checking.subject import Subject
from grader.drawing import Spread, predict, spread
from grader.errors import Problem
from grader.memo import memoized

APART = 0.5  # of the median: farther off, an outlier is another exercise,
STEPS = 20  # if it is so many steps off as well
LEAST = 20  # variants before a spread says anything
TOLD = 5  # outliers, and a count of the rest


def fairness(subject: Subject) -> Iterator[Problem]:
    """Variants that are predicted to be far more or far less work than the rest."""
    found = difficulty(subject)
    if found is None:
        return
    least = max(APART * found.median, STEPS)
    outliers = [one for one in found.outliers if abs(one[1] - found.median) > least]
    if outliers:
        shown = ", ".join(f"{seed} ({score:g})" for seed, score in outliers[:TOLD])
        more = f" and {len(outliers) - TOLD} more" if len(outliers) > TOLD else ""
        message = (
            f"the median predicted difficulty is {found.median:g}; far from it: seeds {shown}{more}"
        )
        yield subject.at["sample"].key.problem(message, "uneven-variants")


@memoized
def difficulty(subject: Subject) -> Spread | None:
    """The spread of the predicted difficulty of the drawn variants; nothing if they are too few."""
    drawn = subject.drawn
    if len(drawn) < LEAST:
        return None
    scores = [one.score for one in predict(drawn)]
    seeds = [variant.draw.seed for variant in drawn]
    return spread(dict(zip(seeds, scores, strict=True)))
