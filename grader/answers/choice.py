"""One of several options; their order is the variant's, their ids are the exercise's."""

from __future__ import annotations

from collections.abc import Mapping

from grader.answers.key import Key
from grader.answers.letters import LETTERS, letter, listed
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from reference.language.errors import ReadingError, quoted


class ChoiceKey(Key, frozen=True):
    """The id of the right option, and the ids of all in the order shown.

    ``against``: what is said of a wrong option that is chosen.
    """

    right: str
    options: tuple[str, ...]
    against: Mapping[str, str] = {}

    def read(self, text: str) -> tuple[str, str]:
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
            return Outcome(Verdict.CORRECT, ALL, "", understood)
        message = self.against.get(given, "not the right option")
        return Outcome(Verdict.INCORRECT, NOTHING, message, understood)

    def show(self) -> str:
        return letter(self.options, self.right)

    def near_misses(self) -> list[str]:
        """Every other option, by letter and by id."""
        others = [option for option in self.options if option != self.right]
        return [*(letter(self.options, option) for option in others), *others]

    def right_options(self) -> list[bool]:
        return [option == self.right for option in self.options]
