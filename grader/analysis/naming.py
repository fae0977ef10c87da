"""How exercises and blanks are called in a report: 2 and 2a, with the title and the name of what is asked for."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from grader.analysis.cohort import Cohort, Part
from grader.bank import Exercise
from grader.sheets import in_print


class Called(Struct, frozen=True):
    """A number, and a name in Markdown."""

    number: str
    name: str


def letters(place: int) -> str:
    """a to z, then aa, ab …"""
    more, last = divmod(place, 26)
    return (letters(more - 1) if more else "") + string.ascii_lowercase[last]


def parts_called(cohort: Cohort, known: Mapping[str, Exercise]) -> dict[Part, Called]:
    """By slot, and where several exercises share it by their place there: 3.1, 3.2; marks without a quiz by their order."""
    together = Counter(part.slot for part in cohort.parts)
    before = Counter[int]()
    found = {}
    for place, part in enumerate(cohort.parts, start=1):
        before[part.slot] += 1
        several = part.slot and together[part.slot] > 1
        number = f"{part.slot}.{before[part.slot]}" if several else str(part.slot or place)
        title = known[part.exercise].file.title if part.exercise in known else part.exercise
        found[part] = Called(number, title)
    return found


def columns_called(cohort: Cohort, parts: Mapping[Part, Called]) -> list[Called]:
    """By exercise and letter."""
    found = [Called("", "")] * len(cohort.columns)
    for part, called in parts.items():
        names = blanks_called(cohort, part.exercise)
        places = cohort.of(part)
        for at, place in enumerate(places):
            address = cohort.columns[place].address
            sign = letters(at) if len(places) > 1 else ""
            found[place] = Called(called.number + sign, names.get(address) or address)
    return found


def blanks_called(cohort: Cohort, exercise: str) -> dict[str, str]:
    """Address → name, by the sheets of the structures that were drawn; where these differ, by the address alone."""
    names: dict[str, set[str]] = {}
    for (name, _), variant in cohort.samples.items():
        if name == exercise:
            for question in in_print(variant).questions:
                for address, asked in question.blanks.items():
                    names.setdefault(address, set()).add(asked.name)
    return {address: next(iter(own)) for address, own in names.items() if len(own) == 1}
