"""What the rest of gradmark asks of a key, whatever the shape of the answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.answers.notes import said
from grader.answers.outcome import Outcome, Verdict, placed
from grader.answers.reading import MAX_ANSWER, MAX_MEANT, Reading, State
from reference.language.errors import LanguageError

if TYPE_CHECKING:
    from grader.answers.construct import Construct
    from grader.answers.portable import Portable
    from grader.answers.stated import Stated
    from grader.answers.text import Criterion
    from reference.equivalence.beside import Pair


class Key(Struct, frozen=True):
    r"""The right answer of one blank; it says everything about itself, so that nobody asks which kind it is.

    A key reads, judges, shows itself and knows near misses. What else is asked has an answer that fits most
    keys, and a key gives its own where that one does not fit. The smallest key:

    >>> from grader.answers import ALL, NOTHING, Key, Outcome, Verdict, said
    >>> class YearKey(Key, frozen=True):
    ...     year: int
    ...
    ...     def parse(self, text):
    ...         if not text.strip().isdecimal():
    ...             raise LanguageError("expected a year, as 1986")
    ...         return int(text), text.strip()
    ...
    ...     def judge(self, given, understood):
    ...         if given == self.year:
    ...             return Outcome(Verdict.CORRECT, ALL, (), understood)
    ...         return Outcome(Verdict.INCORRECT, NOTHING, said("different"), understood, given)
    ...
    ...     def show(self):
    ...         return str(self.year)
    ...
    ...     def near_misses(self):
    ...         return [str(self.year - 1), str(self.year + 1)]
    >>> key = YearKey(1986)
    >>> [key.mark(text).verdict.value for text in (key.show(), "1943", "long ago")]
    ['correct', 'incorrect', 'unreadable']
    >>> key.mark("1943").given, key.tolerance(), key.steps()
    (1943, 'exact', 0)
    """

    @abstractmethod
    def parse(self, text: str) -> tuple[Any, str]:
        """An answer as it is understood, and its LaTeX; both are free of what the right answer is.

        Raises:
            LanguageError: it cannot be read.
        """

    @abstractmethod
    def judge(self, given: Any, understood: str) -> Outcome:
        """The outcome for what was read; what is wrong and may be looked at again travels along as ``given``."""

    @abstractmethod
    def show(self) -> str:
        """A text that is marked correct; of what a person marks, the rubric."""

    def in_characters(self) -> str:
        """As a sheet in characters shows it, and as it may be typed too."""
        return self.show()

    @abstractmethod
    def near_misses(self) -> list[str]:
        """Texts that must not be marked correct, though they nearly are."""

    @property
    def kind(self) -> str:
        """The kind of answer in one word, by the name of the class: ``number``, ``expression``, ``choice``."""
        return type(self).__name__.removesuffix("Key").lower()

    def read(self, text: str) -> Reading:
        """How an answer is read; it tells nothing of the right answer, and takes as long whatever that is."""
        if not text.strip():
            return Reading(State.BLANK)
        if len(text) > MAX_ANSWER:
            message = f"too long: {len(text)} characters, at most {MAX_ANSWER} are read"
            return Reading(State.ASKS, message=message)
        try:
            given, latex = self.parse(text)
        except LanguageError as error:
            return self.unread(error)
        return Reading(State.READ, latex, given=given)

    def strange(self, reading: Reading) -> str:
        """What of an answer that was read the question does not allow, whatever its value; mostly nothing."""
        return ""

    def unread(self, error: LanguageError) -> Reading:
        """The reading of a text of which it is not clear what it means."""
        return Reading(State.ASKS, message=placed(error))

    def meant(self, text: str) -> list[str]:
        """What may be meant by a text that asks: texts that are read; of names and meanings only, never of the right answer."""
        if len(text) > MAX_MEANT:
            return []
        try:
            self.parse(text)
        except LanguageError as error:
            self.unread(error)
            readings = {one: self.read(one) for one in error.meant(text)}
            return [one for one, found in readings.items() if self.is_plain(found)]
        return []

    def is_plain(self, reading: Reading) -> bool:
        """Was all of it understood, and does the question allow it?"""
        return reading.state is State.READ and not (reading.message or self.strange(reading))

    def mark(self, text: str) -> Outcome:
        """Read an answer, once, and judge it."""
        return self.outcome(self.read(text))

    def by_itself(self, text: str) -> Outcome:
        """What can be said of an answer before those to other blanks are known: mostly, all of it."""
        return self.mark(text)

    def together(self, found: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """The outcomes of blanks that are judged together, by name, from what was said of each by itself."""
        return dict(found)

    def construct(self) -> Construct | None:
        """All that is judged together with it; nothing where it stands alone."""
        return None

    def outcome(self, reading: Reading) -> Outcome:
        """What becomes of a reading."""
        if reading.state is State.READ and not reading.message:
            return self.judge(reading.given, reading.latex)
        if reading.state is State.BLANK:
            return Outcome(Verdict.BLANK)
        if reading.state is State.ASKS:
            return Outcome(Verdict.UNREADABLE, notes=said("unread", text=reading.message))
        return Outcome(Verdict.INCORRECT, notes=said("no-fit", text=reading.message))

    def first_met(self, given: Sequence[Any], others: Sequence[Any]) -> list[int | None]:
        """For each wrong answer, the place of the first of some wrong results that it is, all of them as they were read."""
        return [others.index(one) if one in others else None for one in given]

    def is_same(self, wrong: Outcome, text: str) -> bool:
        """Is a wrong answer equal to a text?"""
        return bool(wrong.alike) and wrong.alike == self.mark(text).alike

    def tolerance(self) -> str:
        """How far an answer may be off, for the table of keys that staff read."""
        return "exact"

    def leeway(self) -> str:
        """What is right besides the key itself, in full, for staff to compare two versions by."""
        return ""

    def steps(self) -> int:
        """How many steps lead to a key that every variant of a structure has; what is drawn is counted elsewhere."""
        return 0

    def by_parts(self, text: str) -> list[Pair]:
        """An answer beside the right one, part by part; nothing where it is no formula."""
        return []

    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The names along each way of a chain of derivatives; nothing of any other key."""
        return ()

    def candidates(self, text: str) -> list[str]:
        """The parts of an author's text that might give the answer away."""
        return []

    def copied(self, stated: Stated) -> list[str]:
        """What on the sheet is right as it stands, by name."""
        return []

    def reach(self) -> tuple[float, float] | None:
        """The numbers from and to which an answer is right, where it is one number."""
        return None

    def extremes(self) -> tuple[str, str] | None:
        """How every option is ticked, and how none is, where several may be."""
        return None

    def right_options(self) -> list[bool]:
        """Which of the options are right, in the order shown; nothing where there are no options to choose."""
        return []

    def shown_options(self) -> tuple[str, ...]:
        """The ids of those options, in the same order."""
        return ()

    def portable(self) -> Portable | None:
        """What another program can hold of it; nothing where only gradmark or a person can mark an answer."""
        return None

    def criteria(self) -> Mapping[str, Criterion]:
        """What a person marks an answer by; nothing where we mark it."""
        return {}

    def first_equal(self, texts: Sequence[str]) -> list[int]:
        """For each of some answers the place of the first that is equal to it, its own where none is.

        >>> from grader.answers import NumberKey
        >>> NumberKey(2, 0.01).first_equal(["3", "three", "3.0", "4"])
        [0, 1, 0, 3]
        """
        classes = [self.mark(text).alike or f"\0{' '.join(text.split())}" for text in texts]
        return [classes.index(one) for one in classes]
