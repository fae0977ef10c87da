"""Several of the options shown, in any order, or none of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from grader.answers.key import Key
from grader.answers.letters import in_words, letter, listed, plain, read_letters
from grader.answers.notes import said
from grader.answers.outcome import ALL, Outcome, Verdict
from grader.answers.portable import Ticks

NONE = "none"
NONE_OF_THEM = (NONE, "none of them", "neither of them", "none of these", "none of the above")
ALL_OF_THEM = ("all", "all of them", "all of these", "all of the above")
BOTH = (*ALL_OF_THEM, "both", "both of them")


class Scoring(StrEnum):
    """What several choices are worth."""

    ALL = "all"  # all or nothing
    EACH = "each"  # the share of options that are judged rightly
    PENALISED = "penalised"  # the share of the right ones chosen, less that of the wrong ones


class SeveralKey(Key, frozen=True):
    """The ids of the right options, and the ids of all in the order shown; ``texts``: what students read, by id."""

    right: tuple[str, ...]
    options: tuple[str, ...]
    scoring: Scoring = Scoring.ALL
    texts: Mapping[str, str] = {}

    def parse(self, text: str) -> tuple[set[str], str]:
        words = in_words(plain(text))
        if words in NONE_OF_THEM:
            chosen = set()
        elif words in (BOTH if len(self.options) == 2 else ALL_OF_THEM):
            chosen = {*self.options}
        else:
            chosen = {*read_letters(text, self.options, self.texts)}
        return chosen, listed(letter(self.options, one) for one in self.options if one in chosen)

    def judge(self, given: set[str], understood: str) -> Outcome:
        chosen = tuple(option for option in self.options if option in given)
        if given == {*self.right}:
            return Outcome(Verdict.CORRECT, ALL, (), understood, chosen=chosen)
        share = self.share(given)
        judged = len(self.options) - len(given ^ {*self.right})
        notes = said("options", right=judged, options=len(self.options))
        verdict = Verdict.PARTIAL if share else Verdict.INCORRECT
        alike = " ".join(sorted(given)) or NONE
        return Outcome(verdict, share, notes, understood, alike=alike, chosen=chosen)

    def share(self, chosen: set[str]) -> Fraction:
        """What a choice that is not all right is worth."""
        right = {*self.right}
        wrong = {*self.options} - right
        match self.scoring:
            case Scoring.EACH:
                return 1 - Fraction(len(chosen ^ right), len(self.options))
            case Scoring.PENALISED:  # nothing for all options, or for none
                return max(part(chosen, right) - part(chosen, wrong), Fraction(0))
        return Fraction(0)

    def show(self) -> str:
        return self.shown({*self.right})

    def extremes(self) -> tuple[str, str]:
        return self.shown({*self.options}), self.shown(set())

    def shown(self, chosen: set[str]) -> str:
        letters = (letter(self.options, one) for one in self.options if one in chosen)
        return ", ".join(letters) or NONE

    def near_misses(self) -> list[str]:
        """Every option judged the other way."""
        return [self.shown({*self.right} ^ {option}) for option in self.options]

    def shown_options(self) -> tuple[str, ...]:
        return self.options

    def portable(self) -> Ticks:
        return Ticks((*self.right_options(),), self.scoring)

    def right_options(self) -> list[bool]:
        return [option in self.right for option in self.options]


def part(chosen: set[str], options: set[str]) -> Fraction:
    """The share of the options that are chosen; 0 where there are none."""
    return Fraction(len(chosen & options), len(options) or 1)
