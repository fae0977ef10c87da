"""A sequence of tokens, ``C, A, B``, in which the order counts, and a set of them, ``{b, d}``, in which it does not."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from grader.answers.key import Key
from grader.answers.notes import Note, said
from grader.answers.outcome import ALL, Outcome, Verdict
from grader.answers.sides import Names
from grader.answers.tokens import latex, read_tokens
from reference.language.errors import ReadingError

NONE = "none"


class TokenPart(StrEnum):
    """What a sequence or a set is worth that is right in part."""

    NOTHING = "nothing"
    PREFIX = "prefix"  # the share of the sequence up to the first token that is wrong
    SHARE = "share"  # of a set, the share of what belongs to it, less that of what does not


class TokensKey(Key, frozen=True):
    """``right`` tokens; ``known``: the tokens there are, whole numbers where none are listed."""

    right: tuple[str, ...]
    known: tuple[str, ...] = ()
    part: TokenPart = TokenPart.NOTHING
    labels: Names = ()

    def show(self) -> str:
        return ", ".join(self.right) or NONE


class SequenceKey(TokensKey, frozen=True):
    """The tokens in their order."""

    def parse(self, text: str) -> tuple[list[str], str]:
        given = read_tokens(text, self.known, self.labels)
        return given, latex(given)

    def judge(self, given: list[str], understood: str) -> Outcome:
        return judged(
            given == [*self.right], self.share(given), self.notes(given), given, understood
        )

    def share(self, given: list[str]) -> Fraction:
        """The share of the points for a wrong sequence."""
        if self.part is not TokenPart.PREFIX:
            return Fraction(0)
        return Fraction(self.prefix(given), max(len(given), len(self.right), 1))

    def prefix(self, given: list[str]) -> int:
        """How many tokens are right before the first one that is not."""
        pairs = enumerate(zip(given, self.right, strict=False))
        shorter = min(len(given), len(self.right))
        return next((place for place, (one, other) in pairs if one != other), shorter)

    def notes(self, given: list[str]) -> tuple[Note, ...]:
        if self.part is not TokenPart.PREFIX:
            return said("different")
        return said("prefix", right=self.prefix(given), tokens=len(self.right))

    def near_misses(self) -> list[str]:
        """Two neighbours exchanged, one left out, one repeated, another one in its place."""
        right, found = [*self.right], list[list[str]]()
        for at, token in enumerate(right):
            found.append([*right[:at], *right[at + 1 :]])
            found.append([*right[:at], token, *right[at:]])
            found.append([*right[:at], *right[at : at + 2][::-1], *right[at + 2 :]])
            found += [[*right[:at], other, *right[at + 1 :]] for other in beside(token, self.known)]
        return [*dict.fromkeys(", ".join(one) or NONE for one in found if one != right)]


class SetKey(TokensKey, frozen=True):
    """The tokens in any order, each once."""

    def parse(self, text: str) -> tuple[list[str], str]:
        given = read_tokens(text, self.known, self.labels)
        for token in given:
            if given.count(token) > 1:
                raise ReadingError(f"{token} stands there twice: write it once")
        return given, latex(given)

    def judge(self, given: list[str], understood: str) -> Outcome:
        right, found = {*self.right}, {*given}
        both = len(right & found)
        notes = said("members", right=both, members=len(right), strange=len(found - right))
        notes = notes if self.part is TokenPart.SHARE else said("different")
        return judged(found == right, self.share(found), notes, sorted(given), understood)

    def share(self, given: set[str]) -> Fraction:
        """The share of the points for a wrong set."""
        right = {*self.right}
        if self.part is not TokenPart.SHARE or not right:
            return Fraction(0)
        others = len({*self.known} - right) or len(right)
        there, strange = len(right & given), len(given - right)
        return max(Fraction(there, len(right)) - Fraction(strange, others), Fraction(0))

    def extremes(self) -> tuple[str, str] | None:
        return (", ".join(self.known), NONE) if self.known else None

    def near_misses(self) -> list[str]:
        """One left out, one too many, another one in its place."""
        right = [*self.right]
        others = [one for one in self.known if one not in right]
        others = others or [one for token in right[:1] for one in beside(token, self.known)]
        found = [[*right[:at], *right[at + 1 :]] for at in range(len(right))]
        found += [[*right, other] for other in others if other not in right]
        found += [[*right[1:], other] for other in others if other not in right and right]
        return [*dict.fromkeys(", ".join(one) or NONE for one in found)]


def judged(
    is_right: bool, share: Fraction, notes: tuple[Note, ...], given: list[str], understood: str
) -> Outcome:
    if is_right:
        return Outcome(Verdict.CORRECT, ALL, (), understood)
    verdict = Verdict.PARTIAL if share else Verdict.INCORRECT
    return Outcome(verdict, share, notes, understood, alike=" ".join(given) or NONE)


def beside(token: str, known: tuple[str, ...]) -> list[str]:
    """Other tokens that may stand in the place of one."""
    if known:
        return [one for one in known if one != token]
    return [str(int(token) + 1)]
