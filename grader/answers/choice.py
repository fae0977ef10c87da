"""One of several options; their order is the variant's, their ids are the exercise's."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.answers.letters import LETTERS, letter, listed
from grader.answers.number import quoted
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict


class ChoiceKey(Struct, frozen=True, tag="choice"):
    """The id of the right option, and the ids of all in the order shown.

    ``against``: what is said of a wrong option that is chosen.
    """

    right: str
    options: tuple[str, ...]
    against: Mapping[str, str] = {}

    def mark(self, text: str) -> Outcome:
        """Mark a letter, with or without brackets, or an id."""
        given = text.strip().strip("().[]").strip().casefold()
        letters = dict(zip(LETTERS, self.options, strict=False))
        ids = {option.casefold(): option for option in self.options}
        chosen = letters.get(given) or ids.get(given)
        if chosen is None:
            last = LETTERS[len(self.options) - 1]
            shown = quoted(text)
            return Outcome(
                Verdict.UNREADABLE,
                NOTHING,
                f"expected a letter from a to {last}, found '{shown}'",
            )
        understood = listed([letter(self.options, chosen)])
        if chosen == self.right:
            return Outcome(Verdict.CORRECT, ALL, "", understood)
        message = self.against.get(chosen, "not the right option")
        return Outcome(Verdict.INCORRECT, NOTHING, message, understood)

    def show(self) -> str:
        return letter(self.options, self.right)

    def near_misses(self) -> list[str]:
        """Every other option, by letter and by id."""
        others = [option for option in self.options if option != self.right]
        return [*(letter(self.options, option) for option in others), *others]
