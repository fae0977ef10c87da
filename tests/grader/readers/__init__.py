"""Files of other programs read back, as these programs read them, and compared with the keys of gradmark.

A reader knows nothing of the writer: it starts from the bytes, and from the keys of the variants.
"""

from collections import Counter
from fractions import Fraction

from grader.answers import (
    ChoiceKey,
    CountKey,
    MatchKey,
    MatrixKey,
    NumberKey,
    OrderKey,
    SeveralKey,
)
from grader.answers.number import LITTLE, NOISE
from grader.drawing import variants
from grader.exports.items import code_of, item
from grader.exports.labels import Locale
from grader.exports.package import Mode, Package, Set
from grader.papers import Item, Paper

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Compared:
    """How many things were compared, by what they are, and what differs."""

    def __init__(self):
        self.counts = Counter()
        self.differ = []

    def same(self, what, place, found, expected):
        self.counts[what] += 1
        if found != expected:
            self.differ.append(f"{place}: {what}: found {found!r}, expected {expected!r}")


def packed(exercise, seeds, mode=Mode.PAPERS, locale=Locale.EN):
    """A package of one exercise at some seeds, and its variants by the codes that students see."""
    sets, found = [], {}
    for variant in variants(exercise, seeds):
        on_paper = Item(variant.draw, slot=1)
        paper = Paper(f"s{variant.draw.seed}", f"{variant.draw.seed:024x}", (on_paper,))
        sets.append(
            Set(
                paper.student,
                paper.code,
                (paper.student,),
                (item(paper, on_paper, variant, locale),),
            )
        )
        found[code_of(paper, exercise.id)] = variant
    return Package("quiz", "A quiz", "", mode, tuple(sets), "", locale), found


def numbers(key):
    """(value, least, most) of each entry of a key of numbers; nothing of any other key."""
    match key:
        case NumberKey(value=value, within=within):
            pairs = [(value, within)]
        case CountKey(names=(), text=text) if text.isdigit():
            pairs = [(float(text), 0.0)]
        case MatrixKey(values=values, within=within):
            pairs = [
                one for rows in zip(values, within, strict=True) for one in zip(*rows, strict=True)
            ]
        case _:
            return []
    return [(value, reach(value, within)) for value, within in pairs]


def reach(value, within):
    """How far gradmark lets an answer be off, in all."""
    return within + NOISE * (LITTLE + abs(value))


def is_choice(key):
    return isinstance(key, ChoiceKey)


def shares(key, chosen):
    """What gradmark gives for a set of chosen letters."""
    assert isinstance(key, SeveralKey)
    return key.share({key.options[LETTERS.index(one)] for one in chosen})


def exact(points):
    return Fraction(points).limit_denominator(100_000)


__all__ = [
    "ChoiceKey",
    "Compared",
    "MatchKey",
    "OrderKey",
    "SeveralKey",
    "exact",
    "numbers",
    "packed",
    "reach",
    "shares",
]
