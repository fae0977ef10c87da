"""Items to be matched to what belongs to them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from grader.answers import Key, MatchKey, letter
from grader.errors import Place
from grader.pools.pool import (
    Identifier,
    Path,
    Reason,
    Shown,
    Spare,
    Statement,
    Sure,
    Told,
    by_words,
    check_number,
    said_of,
    strangers,
    under,
    wording,
)
from grader.words import counted


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a matching, and the texts that belong to it, of which one is shown.

    ``text``: The item, which gets a number.
    ``right``: Id → text that belongs to the item, alone or with what stands behind it; one of them is shown.
    """

    text: str
    right: dict[Identifier, str | Statement]


class Match(Struct, frozen=True, forbid_unknown_fields=True):
    """A matching: ``show`` pairs drawn from a pool, and distractors that belong to no item.

    ``pairs``: Id → item with the texts that are right for it.
    ``show``: How many pairs a student sees; all unless given.
    ``distractors``: Id → text that belongs to no item, alone or with what stands behind it.
    ``show_distractors``: How many distractors a student sees; all unless given.
    ``shuffle``: `false` keeps your order of the items; the texts are always shuffled.
    ``source``: Books or papers that bear out what the pool says; students never see it.
    """

    pairs: dict[Identifier, Pair]
    show: Shown | None = None
    distractors: dict[Identifier, str | Statement] = {}
    show_distractors: Spare | None = None
    shuffle: bool = True
    source: str = ""


class Pairs(Sure, Struct, frozen=True):
    """The ids of the items shown, then those of what can be matched to them."""

    given: Match

    hint = "pairs of a number and a letter, such as 1b 2a"
    standard = None

    @property
    def count(self) -> int:
        return self.given.show or len(self.given.pairs)

    @property
    def spare(self) -> int:
        """How many distractors are shown."""
        shown = self.given.show_distractors
        return len(self.given.distractors) if shown is None else shown

    @property
    def width(self) -> int:
        return 4 * len(self.given.pairs) + 2 * len(self.given.distractors)

    @property
    def arrangements(self) -> int:
        chosen = [1] + [0] * self.count  # ways to choose so many pairs, with a text for each
        for pair in self.given.pairs.values():
            more = [0, *(ways * len(pair.right) for ways in chosen[:-1])]
            chosen = [one + other for one, other in zip(chosen, more, strict=True)]
        items = math.factorial(self.count) if self.given.shuffle else 1
        spare = math.comb(len(self.given.distractors), self.spare)
        return chosen[self.count] * items * spare * math.factorial(self.count + self.spare)

    def draw(self, words: Sequence[int]) -> list[str]:
        pairs, distractors = self.given.pairs, self.given.distractors
        first, rest = words[: 2 * len(pairs)], words[2 * len(pairs) :]
        items = by_words(pairs, first)[: self.count]
        if self.given.shuffle:
            items = by_words(items, first[len(pairs) :])
        else:
            items.sort(key=list(pairs).index)
        belonging = [
            list(pairs[item].right)[word % len(pairs[item].right)]
            for item, word in zip(items, rest, strict=False)
        ]
        rest = rest[len(pairs) :]
        spare = by_words(distractors, rest)[: self.spare]
        return [*items, *by_words([*belonging, *spare], rest[len(distractors) :])]

    def pinned(self, given: list[str]) -> list[str]:
        return given

    def parted(self, order: Sequence[str]) -> tuple[list[str], list[str]]:
        """The ids of the items, and of what can be matched to them."""
        items = [name for name in order if name in self.given.pairs]
        return items, [name for name in order if name not in self.given.pairs]

    def belonging(self, item: str, offered: Sequence[str]) -> list[str]:
        return [name for name in offered if name in self.given.pairs[item].right]

    def misfit(self, order: Sequence[str]) -> str:
        problem = strangers(order, self.names)
        if problem:
            return problem
        items, offered = self.parted(order)
        for item in items:
            if len(self.belonging(item, offered)) != 1:
                return f"expected one text that belongs to '{item}'"
        taken = {name for item in items for name in self.belonging(item, offered)}
        loose = [name for name in offered if name not in (*taken, *self.given.distractors)]
        return f"'{loose[0]}' belongs to an item that is not shown" if loose else ""

    def key(self, order: Sequence[str]) -> Key:
        items, offered = self.parted(order)
        letters = (letter(offered, self.belonging(item, offered)[0]) for item in items)
        return MatchKey("".join(letters), len(offered))

    def shown(self, order: Sequence[str]) -> tuple[list[str], list[str]]:
        items, offered = self.parted(order)
        return [self.given.pairs[item].text for item in items], [
            self.offers[name] for name in offered
        ]

    @property
    def offers(self) -> dict[str, str]:
        """The texts that bear letters, by id."""
        return wording({**self.belongs, **self.given.distractors})

    @property
    def belongs(self) -> dict[str, str | Statement]:
        """What belongs to the items, by id."""
        pairs = self.given.pairs.values()
        return {name: text for pair in pairs for name, text in pair.right.items()}

    def reasons(self, order: Sequence[str]) -> list[Reason]:
        items, offered = self.parted(order)
        owners = {self.belonging(item, offered)[0]: item for item in items}
        given = {**self.belongs, **self.given.distractors}
        return [
            Reason(
                letter(offered, name),
                f"belongs to ({items.index(owners[name]) + 1})"
                if name in owners
                else "belongs to no number",
                "".join(said_of(given[name])),
            )
            for name in [*owners, *(one for one in offered if one not in owners)]
        ]

    @property
    def statements(self) -> Mapping[Path, Told]:
        belongs = {
            ("pairs", item, *path): one
            for item, pair in self.given.pairs.items()
            for path, one in under("right", pair.right).items()
        }
        return {**belongs, **under("distractors", self.given.distractors)}

    @property
    def names(self) -> list[str]:
        """All ids, repeated ones as often as they occur."""
        right = [name for pair in self.given.pairs.values() for name in pair.right]
        return [*self.given.pairs, *right, *self.given.distractors]

    @property
    def texts(self) -> list[str]:
        return [*(pair.text for pair in self.given.pairs.values()), *self.offers.values()]

    def check(self, at: Place) -> None:
        pairs, distractors = self.given.pairs, self.given.distractors
        check_number(self.count + self.spare, at)
        if len(pairs) < 2:
            at["pairs"].report("expected at least two pairs")
        if self.count > len(pairs):
            message = f"expected at most {counted(len(pairs), 'pair')}, found {self.count}"
            at["show"].report(message)
        if self.spare > len(distractors):
            most = counted(len(distractors), "distractor")
            message = f"expected at most {most}, found {self.spare}"
            at["show_distractors"].report(message)
        for name, pair in pairs.items():
            if not pair.right:
                at["pairs"][name]["right"].report("expected at least one text")
        for name, count in Counter(self.names).items():
            if count > 1:
                at.report(f"the id '{name}' occurs {count} times")
