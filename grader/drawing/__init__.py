"""Seeds become good variants: sample, solve, reject, draw again."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.drawing.choosing import listed, structures
    from grader.drawing.conditions import holds
    from grader.drawing.difficulty import Spread, predict, spread
    from grader.drawing.draw import Draw
    from grader.drawing.faults import meetings
    from grader.drawing.practice import most_telling
    from grader.drawing.random_words import Seed
    from grader.drawing.sampling import propose
    from grader.drawing.search import Survival, survey, variant_of, variants
    from grader.drawing.solving import Flags, Solved, batched, by_rounding, distance
    from grader.drawing.variant import Variant, printed_variant, restored
    from grader.drawing.variety import about, distinct
    from grader.drawing.wrong_answers import (
        WrongTally,
        wrong_expressions,
        wrong_tallies,
        wrong_totals,
    )
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Draw",
    "Flags",
    "Seed",
    "Solved",
    "Spread",
    "Survival",
    "Variant",
    "WrongTally",
    "about",
    "batched",
    "by_rounding",
    "distance",
    "distinct",
    "holds",
    "listed",
    "meetings",
    "most_telling",
    "predict",
    "printed_variant",
    "propose",
    "restored",
    "spread",
    "structures",
    "survey",
    "variant_of",
    "variants",
    "wrong_expressions",
    "wrong_tallies",
    "wrong_totals",
]
