"""One of several options; their order is the variant's, their ids are the exercise's."""

from __future__ import annotations

from collections.abc import Mapping

from grader.answers.key import Key
from grader.answers.letters import LETTERS, letter, listed
from grader.answers.notes import Note, said
from grader.answers.number import quoted
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from reference.language.errors import ReadingError


class ChoiceKey(Key, frozen=True):
    """The id of the right option, and the ids of all in the order shown.

    ``against``: what is said of a wrong option that is chosen.
    """

    right: str
    options: tuple[str, ...]
    against: Mapping[str, tuple[Note, ...]] = {}

    def parse(self, text: str) -> tuple[str, str]:
        """The option of a letter, with or without brackets, or of an id."""
        given = text.strip().strip("().[]").strip().casefold()
        letters = dict(zip(LETTERS, self.options, strict=False))
        ids = {option.casefold(): option for option in self.options}
        chosen = letters.get(given) or ids.get(given)
        if chosen is None:
            last = LETTERS[len(self.options) - 1]
            raise ReadingError(f"expected a letter from a to {last}, found '{quoted(text)}'")
        return chosen, listed([letter(self.options, chosen)])

    def judge(self, given: str, understood: str) -> Outcome:
        if given == self.right:
            return Outcome(Verdict.CORRECT, ALL, (), understood, chosen=(given,))
        notes = self.against.get(given, said("option"))
        return Outcome(Verdict.INCORRECT, NOTHING, notes, understood, alike=given, chosen=(given,))

    def show(self) -> str:
        return letter(self.options, self.right)

    def near_misses(self) -> list[str]:
        """Every other option, by letter and by id."""
        others = [option for option in self.options if option != self.right]
        return [*(letter(self.options, option) for option in others), *others]

    def right_options(self) -> list[bool]:
        return [option == self.right for option in self.options]
