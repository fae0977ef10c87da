"""One option to be chosen, or several."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.answers import ChoiceKey, Key, Note, Scoring, SeveralKey, letter
from grader.errors import Place
from grader.pools.deciding import (
    Extreme,
    any_drawn,
    by_claims,
    by_rank,
    check_options,
    claims_in,
    outermost,
    tied,
)
from grader.pools.pool import (
    NOTHING,
    Identifier,
    Option,
    Path,
    Reason,
    Shown,
    Told,
    by_words,
    check_ids,
    check_letters,
    check_number,
    said_of,
    strangers,
    under,
    wording,
)
from grader.words import counted


class Choose(Struct, frozen=True, forbid_unknown_fields=True):
    """A single choice: ``show`` options drawn from a pool, at most one of them right.

    ``options``: Id → option; more than are shown, so that students see different ones.
    ``show``: How many options a student sees; all unless given.
    ``right``: Which option is right where each has a `value`: that of the `largest`, or of the `smallest`.
    ``none_of_these``: The text of a last option that is right where no other one shown is.
    ``shuffle``: `false` keeps your order.
    ``source``: Books or papers that bear out what the pool says; students never see it.
    """

    options: dict[Identifier, Option]
    show: Shown | None = None
    right: Extreme | None = None
    none_of_these: str | None = None
    shuffle: bool = True
    source: str = ""


class ChooseSeveral(Struct, frozen=True, forbid_unknown_fields=True):
    """Several choices: ``show`` options drawn from a pool, right and wrong ones among them.

    ``options``: Id → option; more than are shown, so that students see different ones.
    ``show``: How many options a student sees; all unless given.
    ``scoring``: `all` or nothing; `each`: the share judged rightly; `penalised`: the share of right ones chosen less that of wrong ones.
    ``shuffle``: `false` keeps your order.
    ``source``: Books or papers that bear out what the pool says; students never see it.
    """

    options: dict[Identifier, Option]
    show: Shown | None = None
    scoring: Scoring = Scoring.ALL
    shuffle: bool = True
    source: str = ""


def sides(options: dict[str, Option]) -> tuple[list[str], list[str]]:
    """The ids of the right options, and of the wrong ones."""
    right = [name for name, option in options.items() if option.right]
    return right, [name for name in options if name not in right]


def judged(order: Sequence[str], right: Sequence[str], given: dict[str, Option]) -> list[Reason]:
    """What a solution says of the options shown; one that is not the author's own needs no words."""
    return [
        Reason(
            letter(order, name),
            "is right" if name in right else "is wrong",
            "".join(said_of(given[name])) if name in given else "",
        )
        for name in order
    ]


def check_shown(count: int, options: Mapping[str, Option], at: Place) -> None:
    if count > len(options):
        most = counted(len(options), "option")
        at.report(f"expected to show at most {most}, found {count}")


def authored(order: Sequence[str]) -> list[str]:
    """The options shown, without none of these."""
    return [name for name in order if name != "none"]


class OneOf(Struct, frozen=True):
    """A single choice; ``none`` stands for none of these.

    ``against``: what is said of a wrong option that is chosen.
    """

    given: Choose
    against: Mapping[str, tuple[Note, ...]] = {}

    hint = "the letter of one option"

    @property
    def count(self) -> int:
        return self.given.show or len(self.given.options)

    @property
    def width(self) -> int:
        return 2 + 2 * len(self.given.options)

    @property
    def standard(self) -> list[str] | None:
        return list(self.given.options) if self.given.show is None else None

    @property
    def claims(self) -> Mapping[Path, str | list[str]]:
        return claims_in(self.given.options)

    @property
    def ranked(self) -> Mapping[Path, str]:
        if self.given.right is None:
            return {}
        return {("options", name, "value"): one.value for name, one in self.given.options.items()}

    def settled(self, order: Sequence[str], values: Mapping[str, float]) -> OneOf:
        options = self.given.options
        if self.given.right is None:
            options = by_claims(options, values)
        else:
            options = by_rank(options, self.given.right, authored(order), values)
        return replace(self, given=replace(self.given, options=options, right=None))

    def unfit(self, order: Sequence[str], values: Mapping[str, float]) -> bool:
        shown = authored(order)
        if self.given.right is not None:
            return tied(outermost(self.given.right, shown, values), values)
        options = by_claims(self.given.options, values)
        right = sum(bool(options[name].right) for name in shown)
        return right != 1 and not (right == 0 and "none" in order)

    @property
    def arrangements(self) -> int:
        right, wrong = map(len, sides(self.given.options))
        orders = math.factorial(self.count) if self.given.shuffle else 1
        if self.claims or self.ranked:
            return math.comb(len(self.given.options), self.count) * orders
        found = right * math.comb(wrong, self.count - 1)
        if self.given.none_of_these is not None:
            found += math.comb(wrong, self.count)
        return max(found, 1) * orders

    def draw(self, words: Sequence[int]) -> list[str]:
        if self.claims or self.ranked:
            names = [*self.given.options]
            return self.pinned(any_drawn(names, self.count, self.given.shuffle, words[2:]))
        right, wrong = sides(self.given.options)
        keys = words[2:]
        without = self.given.none_of_these is not None and (
            not right or (len(wrong) >= self.count and words[0] % (self.count + 1) == self.count)
        )
        drawn = [] if without else [right[words[1] % len(right)]]
        drawn += by_words(wrong, keys)[: self.count - len(drawn)]
        if self.given.shuffle:
            drawn = by_words(drawn, keys[len(self.given.options) :])
        else:
            drawn.sort(key=list(self.given.options).index)
        return self.pinned(drawn)

    def pinned(self, given: list[str]) -> list[str]:
        names = authored(given)
        return [*names, "none"] if self.given.none_of_these is not None else names

    def misfit(self, order: Sequence[str]) -> str:
        return strangers(order, [*self.given.options, "none"])

    def key(self, order: Sequence[str]) -> Key:
        right, _ = sides(self.given.options)
        shown = [name for name in order if name in right]
        right_id = shown[0] if shown else "none"
        named = not self.against  # by an author, and not after misconceptions
        return ChoiceKey(right_id, tuple(order), self.against, self.by_id, named)

    def shown(self, order: Sequence[str]) -> tuple[list[str], list[str]]:
        return [], [self.by_id[name] for name in order]

    @property
    def by_id(self) -> dict[str, str]:
        """The texts of all options."""
        return {**wording(self.given.options), "none": self.given.none_of_these or ""}

    def reasons(self, order: Sequence[str]) -> list[Reason]:
        right, _ = sides(self.given.options)
        shown = [name for name in order if name in right] or ["none"]
        return judged(order, shown, self.given.options)

    @property
    def texts(self) -> list[str]:
        return [*wording(self.given.options).values()]

    @property
    def statements(self) -> Mapping[Path, Told]:
        return under("options", self.given.options)

    def check(self, at: Place) -> None:
        check_options(self.given.options, self.given.right, at["options"])
        check_number(self.count, at)
        check_ids(self.given.options, at["options"])
        if self.claims or self.ranked:
            check_shown(self.count, self.given.options, at)
            return
        right, wrong = sides(self.given.options)
        if not right and self.given.none_of_these is None:
            at.report("no option is right")
        if self.given.show is None and len(right) > 1:
            at.report(f"{len(right)} options are right: {', '.join(right)}")
        if len(wrong) < self.count - (0 if self.given.none_of_these is not None else 1):
            least = self.count - (0 if self.given.none_of_these is not None else 1)
            found = counted(len(wrong), "wrong option")
            at.report(f"{found}, expected at least {least} to show {self.count} options")


class SomeOf(Struct, frozen=True):
    """Several choices; each number of right ones that can be shown is as likely as any other."""

    given: ChooseSeveral

    hint = "the letters of all that are right, such as a, c, or none"

    @property
    def count(self) -> int:
        return self.given.show or len(self.given.options)

    @property
    def width(self) -> int:
        return 1 + 2 * len(self.given.options)

    @property
    def standard(self) -> list[str] | None:
        return list(self.given.options) if self.given.show is None else None

    @property
    def numbers(self) -> range:
        """How many of the options shown may be right: at least one, and not all, where that can be."""
        right, wrong = map(len, sides(self.given.options))
        least = max(self.count - wrong, min(1, right))
        return range(least, min(right, self.count - min(1, wrong)) + 1)

    @property
    def claims(self) -> Mapping[Path, str | list[str]]:
        return claims_in(self.given.options)

    ranked = NOTHING

    def settled(self, order: Sequence[str], values: Mapping[str, float]) -> SomeOf:
        options = by_claims(self.given.options, values)
        return replace(self, given=replace(self.given, options=options))

    def unfit(self, order: Sequence[str], values: Mapping[str, float]) -> bool:
        options = by_claims(self.given.options, values)
        return not 0 < sum(bool(options[name].right) for name in order) < len(order)

    @property
    def arrangements(self) -> int:
        right, wrong = map(len, sides(self.given.options))
        orders = math.factorial(self.count) if self.given.shuffle else 1
        if self.claims:
            return math.comb(len(self.given.options), self.count) * orders
        return orders * sum(
            math.comb(right, number) * math.comb(wrong, self.count - number)
            for number in self.numbers
        )

    def draw(self, words: Sequence[int]) -> list[str]:
        if self.claims:
            return any_drawn([*self.given.options], self.count, self.given.shuffle, words[1:])
        right, wrong = sides(self.given.options)
        number = self.numbers[words[0] % len(self.numbers)]
        drawn = by_words(right, words[1:])[:number]
        drawn += by_words(wrong, words[1 + len(right) :])[: self.count - number]
        if self.given.shuffle:
            return by_words(drawn, words[1 + len(self.given.options) :])
        return sorted(drawn, key=list(self.given.options).index)

    def pinned(self, given: list[str]) -> list[str]:
        return given

    def misfit(self, order: Sequence[str]) -> str:
        return strangers(order, self.given.options)

    def key(self, order: Sequence[str]) -> Key:
        right = tuple(name for name in order if self.given.options[name].right)
        texts = wording(self.given.options)
        return SeveralKey(right, tuple(order), self.given.scoring, texts)

    def shown(self, order: Sequence[str]) -> tuple[list[str], list[str]]:
        return [], [self.given.options[name].text for name in order]

    def reasons(self, order: Sequence[str]) -> list[Reason]:
        return judged(order, sides(self.given.options)[0], self.given.options)

    @property
    def texts(self) -> list[str]:
        return [*wording(self.given.options).values()]

    @property
    def statements(self) -> Mapping[Path, Told]:
        return under("options", self.given.options)

    def check(self, at: Place) -> None:
        check_number(self.count, at)
        check_options(self.given.options, None, at["options"])
        check_shown(self.count, self.given.options, at)
        if len(self.given.options) < 2:
            at["options"].report("expected at least two options")
        check_ids(self.given.options, at["options"])
        check_letters(self.given.options, self.count, at["options"])
