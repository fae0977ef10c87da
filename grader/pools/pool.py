"""Pools of texts of which a variant shows some: what a kind of pool must be able to do.

The *order* of a variant lists the ids that it shows, as they are shown; it is all that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Protocol, Self

from msgspec import Meta, Struct

from grader.errors import Place

if TYPE_CHECKING:
    from grader.answers import Key

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]*\Z", max_length=60)]
Shown = Annotated[int, Meta(ge=2, le=26)]
Spare = Annotated[int, Meta(ge=0, le=24)]

MAX_LETTERS = 25

Path = tuple[str, ...]  # of keys, from a pool to a text in it
NOTHING: Mapping[Path, str] = {}  # is decided by numbers


class Sides(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a text where it is right, and where it is wrong, as the numbers of a variant decide which it is.

    ``right``: Why it is right.
    ``wrong``: Where the thought that leads to it goes wrong.
    """

    right: str
    wrong: str


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """A text of a pool, and what stands behind it.

    ``text``: What students read.
    ``because``: Why it is right, or where the thought that leads to it goes wrong; told with the solution.
    ``source``: A book or paper that bears it out; students never see it.
    """

    text: str
    because: str = ""
    source: str = ""


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One option of a choice.

    ``text``: What students read.
    ``because``: Why it is right, or where the thought that leads to it goes wrong; told with the solution. Where numbers decide, a text or `{right: …, wrong: …}`.
    ``source``: A book or paper that bears it out; students never see it.
    ``right``: Is it a right one? `false` unless given. A comparison, as `p > q`, decides it by the numbers of a variant, as do several that must all hold.
    ``value``: The number that decides, where the option with the largest or the smallest is right.
    ``holds``: What it claims of the network, as a comparison such as `h > d` or `dL/dx == 0`; `check` proves it of right options, and refutes it of wrong ones.
    """

    text: str
    because: str | Sides = ""
    source: str = ""
    right: bool | str | list[str] = False
    value: str = ""
    holds: str = ""


Told = Statement | Option  # a text of a pool with what stands behind it


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

    Where numbers decide what is right, an order is drawn without a look at them, and the pool is *settled* by them before it
    makes a key.
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

    @property
    def claims(self) -> Mapping[Path, str | list[str]]:
        """The comparisons that decide whether a text is right, all of them, by their place in the pool."""

    @property
    def ranked(self) -> Mapping[Path, str]:
        """The numbers whose order decides what is right, by their place in the pool."""

    def settled(self, order: Sequence[str], values: Mapping[str, float]) -> Pool:
        """The pool of one variant, in which nothing hangs on numbers any more.

        Args:
            values: id of a text → 1 or 0 as its claim holds or not, or the number by which it is ranked.
        """

    def unfit(self, order: Sequence[str], values: Mapping[str, float]) -> bool:
        """Do these numbers make no question of an order: is none of the texts shown right, or are too many, or two equal?"""

    def reasons(self, order: Sequence[str]) -> list[Reason]:
        """What a solution says of each text that bears a letter."""

    @property
    def texts(self) -> list[str]:
        """All texts of the pool."""

    @property
    def statements(self) -> Mapping[Path, Told]:
        """The texts of which a solution says why they are right or wrong, by their place in the pool."""

    def check(self, at: Place) -> None:
        """Report what is wrong with the pool as it was written at a place."""


class Sure:
    """A pool of which its author alone says what is right."""

    __slots__ = ()

    claims = ranked = NOTHING

    def settled(self, order: Sequence[str], values: Mapping[str, float]) -> Self:
        return self

    def unfit(self, order: Sequence[str], values: Mapping[str, float]) -> bool:
        return False


def statement(given: str | Told) -> Told:
    """A text with what stands behind it, of which an author may have written the text alone."""
    return Statement(given) if isinstance(given, str) else given


def wording(given: Mapping[str, str | Told]) -> dict[str, str]:
    """The texts themselves, by id."""
    return {name: statement(one).text for name, one in given.items()}


def said_of(given: str | Told) -> list[str]:
    """All that is said of a text, whichever way numbers decide; nothing where an author says nothing."""
    because = statement(given).because
    found = [because] if isinstance(because, str) else [because.right, because.wrong]
    return [text for text in found if text]


def under(key: str, given: Mapping[str, str | Told]) -> dict[Path, Told]:
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
