"""Pools of texts of which a variant shows some: what a kind of pool must be able to do.

The *order* of a variant lists the ids that it shows, as they are shown; it is all that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Protocol

from msgspec import Meta, Struct

from grader.errors import Place

if TYPE_CHECKING:
    from grader.answers import Key

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]*\Z", max_length=60)]
Shown = Annotated[int, Meta(ge=2, le=26)]
Spare = Annotated[int, Meta(ge=0, le=24)]

MAX_LETTERS = 25

Path = tuple[str, ...]  # of keys, from a pool to a text in it


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """A text of a pool, and what stands behind it.

    ``text``: What students read.
    ``because``: Why it is right, or where the thought that leads to it goes wrong; told with the solution.
    ``source``: A book or paper that bears it out; students never see it.
    """

    text: str
    because: str = ""
    source: str = ""


class Reason(Struct, frozen=True):
    """What a solution says of a text that bears a ``letter``: the ``verdict`` on it, and why."""

    letter: str
    verdict: str
    because: str


class Pool(Protocol):
    """One kind of pool; a file in this folder for each.

    A draw takes ``width`` random words to an order, and everything else is asked of the pool with that order:

    >>> from grader.pools.ordering import LinePool, Order
    >>> pool = LinePool(Order({"forward": "Compute the loss.", "backward": "Compute gradients.", "step": "Update."}))
    >>> order = pool.draw([30, 10, 20])
    >>> order, pool.misfit(order)
    (['backward', 'step', 'forward'], '')
    >>> pool.shown(order)
    ([], ['Compute gradients.', 'Update.', 'Compute the loss.'])
    >>> pool.key(order).show()
    'c a b'
    """

    @property
    def hint(self) -> str:
        """How to write the answer."""

    @property
    def width(self) -> int:
        """How many random words a draw takes."""

    @property
    def standard(self) -> list[str] | None:
        """The order that need not be pinned, where there is one."""

    @property
    def arrangements(self) -> int:
        """How many orders can be drawn."""

    def draw(self, words: Sequence[int]) -> list[str]:
        """An order from random words."""

    def pinned(self, given: list[str]) -> list[str]:
        """The order that the printed variant pins."""

    def misfit(self, order: Sequence[str]) -> str:
        """Why an order does not fit the pool; empty where it does."""

    def key(self, order: Sequence[str]) -> Key:
        """The key of a variant."""

    def shown(self, order: Sequence[str]) -> tuple[list[str], list[str]]:
        """The texts that bear numbers, and those that bear letters."""

    def reasons(self, order: Sequence[str]) -> list[Reason]:
        """What a solution says of each text that bears a letter."""

    @property
    def texts(self) -> list[str]:
        """All texts of the pool."""

    @property
    def statements(self) -> Mapping[Path, Statement]:
        """The texts of which a solution says why they are right or wrong, by their place in the pool."""

    def check(self, at: Place) -> None:
        """Report what is wrong with the pool as it was written at a place."""


def statement(given: str | Statement) -> Statement:
    """A text with what stands behind it, of which an author may have written the text alone."""
    return Statement(given) if isinstance(given, str) else given


def wording(given: Mapping[str, str | Statement]) -> dict[str, str]:
    """The texts themselves, by id."""
    return {name: statement(one).text for name, one in given.items()}


def under(key: str, given: Mapping[str, str | Statement]) -> dict[Path, Statement]:
    """Texts by their place in a pool, where they stand under a key of it."""
    return {(key, name): statement(one) for name, one in given.items()}


def by_words(names: Iterable[str], words: Sequence[int]) -> list[str]:
    """Names in the order of random words, one for each; there may be more words."""
    ranked = sorted(zip(words, names, strict=False), key=lambda pair: pair[0])
    return [name for _, name in ranked]


def strangers(order: Sequence[str], known: Iterable[str]) -> str:
    """What is wrong with an order in which an id is unknown or occurs twice."""
    names = {*known}
    for name in order:
        if name not in names:
            return f"unknown option '{name}'"
        if order.count(name) > 1:
            return f"'{name}' occurs twice"
    return ""


def check_ids(names: Iterable[str], at: Place) -> None:
    """No id may be taken for a letter or for none."""
    for name in names:
        if len(name) < 2 or name == "none":
            message = "expected an id of two letters or more that is not 'none', found"
            at[name].key.report(f"{message} '{name}'")


def check_letters(names: Iterable[str], shown: int, at: Place) -> None:
    """No id may be taken for a list of letters, such as ``bad`` where there are four."""
    letters = {chr(ord("a") + index) for index in range(shown)}
    for name in names:
        if {*name.casefold()} <= letters and len({*name.casefold()}) == len(name):
            at[name].key.report(f"'{name}' can be read as letters, expected another id")


def check_number(shown: int, at: Place) -> None:
    if shown > MAX_LETTERS:
        at.report(f"expected at most {MAX_LETTERS} options, found {shown}")
