"""Lines put in order, some of which may not belong: ``c a d b``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from grader.answers.key import Key
from grader.answers.letters import letter, listed, read_letters
from grader.answers.notes import said
from grader.answers.outcome import ALL, Outcome, Verdict
from grader.answers.portable import Lines


class LinePart(StrEnum):
    """What an order is worth that is right in part."""

    LINES = "lines"  # the share of the lines that stand in the right order
    HALF = "half"  # the same, from half of the lines on, as chance alone gives about half
    NOTHING = "nothing"


class OrderKey(Key, frozen=True):
    """The ids of the lines in their right order, and the ids of all that are shown, as they are shown.

    ``texts``: the lines themselves, by id.
    """

    right: tuple[str, ...]
    options: tuple[str, ...]
    texts: Mapping[str, str] = {}
    part: LinePart = LinePart.LINES

    def parse(self, text: str) -> tuple[list[str], str]:
        given = read_letters(text, self.options, self.texts)
        return given, listed(letter(self.options, one) for one in given)

    def judge(self, given: list[str], understood: str) -> Outcome:
        """A share for the longest part in the right order, less one for each line that does not belong."""
        if given == [*self.right]:
            return Outcome(Verdict.CORRECT, ALL, (), understood, chosen=tuple(given))
        placed = common(given, self.right)
        strange = sum(one not in self.right for one in given)
        share = self.share(placed - strange)
        notes = said("lines", placed=placed, lines=len(self.right), strange=strange)
        verdict = Verdict.PARTIAL if share else Verdict.INCORRECT
        alike = " ".join(given)
        return Outcome(verdict, share, notes, understood, alike=alike, chosen=tuple(given))

    def share(self, lines: int) -> Fraction:
        """What so many lines are worth, if not all is right."""
        share = Fraction(lines, len(self.right))
        match self.part:
            case LinePart.HALF:
                share = 2 * share - 1
            case LinePart.NOTHING:
                share = Fraction(0)
        return max(share, Fraction(0))

    def show(self) -> str:
        return self.written(self.right)

    def written(self, lines: Sequence[str]) -> str:
        return " ".join(letter(self.options, line) for line in lines)

    def portable(self) -> Lines:
        letters = "".join(letter(self.options, one) for one in self.right)
        return Lines(letters, len(self.options), self.part)

    def near_misses(self) -> list[str]:
        """Two neighbours swapped, a line left out, a line too many at either end."""
        right = [*self.right]
        misses = [
            [*right[:at], right[at + 1], right[at], *right[at + 2 :]]
            for at in range(len(right) - 1)
        ]
        misses += [[*right[:at], *right[at + 1 :]] for at in range(len(right))]
        strange = [line for line in self.options if line not in right]
        misses += [lines for one in strange for lines in ([one, *right], [*right, one])]
        return [self.written(lines) for lines in misses if lines]


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for item in one:
        before = row
        row = [0]
        for place, rival in enumerate(other):
            longest = before[place] + 1 if item == rival else max(before[place + 1], row[-1])
            row.append(longest)
    return row[-1]
