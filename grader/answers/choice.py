"""One of several options; their order is the variant's, their ids are the exercise's."""

from __future__ import annotations

from collections.abc import Mapping

from grader.answers.key import Key
from grader.answers.letters import letter, listed, meant, one_of, plain
from grader.answers.notes import Note, said, sentences
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from grader.answers.portable import Ticks


class ChoiceKey(Key, frozen=True):
    """The id of the right option, and the ids of all in the order shown.

    ``against``: what is said of a wrong option that is chosen. ``texts``: what students read, by id. ``by_id``: are
    ids read as well, which authors write? Those of what misconceptions lead to say which one is right.
    """

    right: str
    options: tuple[str, ...]
    against: Mapping[str, tuple[Note, ...]] = {}
    texts: Mapping[str, str] = {}
    by_id: bool = True

    def parse(self, text: str) -> tuple[str, str]:
        """The option of a letter, with or without brackets, of an id, of its text or of a word that only it has."""
        found = meant(plain(text), self.options, self.texts, self.by_id)
        chosen = one_of(found, text, self.options)
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
        return [
            *(letter(self.options, option) for option in others),
            *(others if self.by_id else ()),
        ]

    def shown_options(self) -> tuple[str, ...]:
        return self.options

    def portable(self) -> Ticks:
        told = tuple(sentences(self.against.get(one, ())) for one in self.options)
        return Ticks((*self.right_options(),), said=told)

    def right_options(self) -> list[bool]:
        return [option == self.right for option in self.options]
