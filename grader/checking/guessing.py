"""What guessing and copying earn, a row for each blank: findings are rows over their limits, and so is the table of a bank.

A *way* is a rule by which somebody answers who knows nothing:

- ``constant``: the number or text that is right most often, where nothing is offered; of a construct, see
  :mod:`grader.checking.constructs`;
- ``same text``: of what is offered, the text that is right most often; ``same letter``: the letter that is;
- ``longest``, ``shortest``: the option of that length;
- ``copied``: what stands on the sheet, see :mod:`grader.checking.copying`;
- ``everything``, ``nothing``: who ticks every option or none, counted in shares of the points.
"""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from grader.answers import Key, show_number
from grader.bank import fill
from grader.checking.constructs import guesses
from grader.checking.copying import Copied, copied
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.errors import Problem
from grader.memo import memoized
from grader.model import OPTIONS, Blank, Constructed, DataSufficiency, Drawn, Offered
from grader.sheets import placeholders

OPEN = 0.15  # of the variants in which one answer to an open blank may be right
CLOSED = 1.3  # times the share of right options, for a rule that picks one
PART = 0.1  # of the points, for who ticks everything or nothing
LEAST = 20  # variants before a share of them says anything
DEVIATIONS = (
    3  # standard ones that a share is above its limit, so that it is no chance of the seeds
)
NOISE = 1e-9
TOLD = 60  # letters of an answer

Shown = tuple[list[str], list[bool]]  # the texts in their order, and which of them are right


class Way(Struct, frozen=True):
    """What a way to answer earns, as a share of the variants, and the answer or option by which it does."""

    share: float
    answer: str = ""


class Row(Struct, frozen=True):
    """One blank over many variants.

    ``different``: how many different keys it has; ``chance``: the share of right options, 0 where nothing is offered.
    ``by_nature``: is the key one of a structure and not of what is drawn, as a formula?
    """

    question: str
    address: str
    kind: str
    variants: int
    different: int
    chance: float
    by_nature: bool
    ways: Mapping[str, Way]

    def limit(self, way: str) -> float:
        """The largest share that a way may have."""
        if way in ("everything", "nothing"):
            return PART
        if way in ("constant", "same text") and self.by_nature:
            return 1.0
        return CLOSED * self.chance if self.chance else OPEN

    def is_over(self, way: str) -> bool:
        return self.ways[way].share > self.limit(way)

    def is_surely_over(self, way: str) -> bool:
        """Is a share above its limit, and by more than these seeds can explain?"""
        limit = self.limit(way)
        if self.variants < LEAST or limit >= 1:
            return False
        deviation = math.sqrt(limit * (1 - limit) / self.variants)
        return self.ways[way].share > min(limit + DEVIATIONS * deviation, 1 - NOISE)


@memoized
def rows(subject: Subject) -> list[Row]:
    """A row for each blank that some variant has, but for texts, which people mark."""
    keyed: dict[str, list[tuple[Variant, Blank, Key]]] = {}
    for variant in subject.drawn:
        for address, (blank, key) in variant.keys.items():
            if key.kind != "text":
                keyed.setdefault(address, []).append((variant, blank, key))
    sheet = copied(subject)
    words = {id(one): placeholders(one) for one in subject.drawn if has_options(one)}
    return [row(several, sheet.get(address), words) for address, several in keyed.items()]


def has_options(variant: Variant) -> bool:
    return any(isinstance(blank.source, Drawn) for blank in variant.solved.model.blanks)


def row(
    several: Sequence[tuple[Variant, Blank, Key]],
    sheet: Copied | None,
    words: Mapping[int, Mapping[str, str]],
) -> Row:
    _, blank, first = several[0]
    keys = [key for _, _, key in several]
    shown = [one for v, b, _ in several if (one := offered(v, b, words.get(id(v), {})))]
    texts = [*map(right_text, shown)] if shown else [key.show() for key in keys]
    if isinstance(
        blank.source, DataSufficiency
    ):  # whose options are the same five in every exercise
        ways = {"same text": same_text(texts)}
    else:
        ways = picking(shown, texts) if shown else {"constant": constant(keys, texts)}
    ways |= ticking(keys)
    if sheet:
        ways["copied"] = Way(sheet.times / len(keys), sheet.what)
    flags = [flag for _, right in shown for flag in right]
    chance = sum(flags) / len(flags) if flags else 0.0
    return Row(
        blank.question,
        blank.address,
        first.kind,
        len(keys),
        len({*texts}),
        chance,
        by_nature(blank),
        ways,
    )


def by_nature(blank: Blank) -> bool:
    """Is the key that of a structure, as a formula or a chain, to be written or chosen?"""
    match blank.source:
        case Drawn(offered=Offered(value=None)):
            return True
        case Drawn() | DataSufficiency():
            return False
        case Constructed(of=asked):
            return not asked.needs
    return blank.fixed is not None


def offered(variant: Variant, blank: Blank, words: Mapping[str, str]) -> Shown | None:
    """The options that a variant shows, and which are right; nothing where none are to be chosen."""
    match blank.source:
        case DataSufficiency(question):
            return [*OPTIONS.values()], question.key.right_options()
        case Drawn():
            pool = variant.solved.pool(blank, variant.row)
            order = variant.solved.columns.orders[blank.address][variant.row]
            right = pool.key(order).right_options()
            return ([fill(text, words) for text in pool.shown(order)[1]], right) if right else None
    return None


def right_text(shown: Shown) -> str:
    """What is right, in whatever order it is shown."""
    return " | ".join(sorted(text for text, is_right in zip(*shown, strict=True) if is_right))


def constant(keys: Sequence[Key], texts: Sequence[str]) -> Way:
    """The answer that is right most often: of numbers, the one within reach of most keys; of constructs, a right one elsewhere."""
    wholes = [whole for key in keys if (whole := key.construct())]
    if wholes:
        answer, times = max(guesses(wholes), key=lambda one: one[1])
        return Way(times, answer)
    reaches = [reach for key in keys if (reach := key.reach())]
    if len(reaches) == len(keys):
        ends = np.array(reaches)
        low, high = np.sort(ends[:, 0] - NOISE), np.sort(ends[:, 1] + NOISE)
        reached = np.arange(1, len(low) + 1) - np.searchsorted(high, low)
        best = int(reached.argmax())
        return Way(int(reached[best]) / len(keys), show_number(float(f"{low[best] + NOISE:.3g}")))
    return same_text(texts)


def same_text(texts: Sequence[str]) -> Way:
    """The text that is right most often."""
    text, times = Counter(texts).most_common(1)[0]
    return Way(times / len(texts), text)


def picking(shown: Sequence[Shown], texts: Sequence[str]) -> dict[str, Way]:
    """Rules that pick one option, by how often it is a right one; between options of one length, by chance."""
    letters = Counter(
        place for _, right in shown for place, is_right in enumerate(right) if is_right
    )
    place, right_there = letters.most_common(1)[0]
    return {
        "same text": same_text(texts),
        "same letter": Way(right_there / len(shown), string.ascii_lowercase[place]),
        "longest": Way(sum(by_length(one, max) for one in shown) / len(shown)),
        "shortest": Way(sum(by_length(one, min) for one in shown) / len(shown)),
    }


def by_length(shown: Shown, which: Callable[[list[int]], int]) -> float:
    """The share of right ones among the longest or the shortest options."""
    lengths = [len(text) for text in shown[0]]
    wanted = which(lengths)
    flags = [right for right, length in zip(shown[1], lengths, strict=True) if length == wanted]
    return sum(flags) / len(flags)


def ticking(keys: Sequence[Key]) -> dict[str, Way]:
    """What ticking every option earns, and what ticking none, where several may be ticked."""
    several = [(key, texts) for key in keys if (texts := key.extremes())]
    if not several:
        return {}
    earned = {
        way: [key.mark(texts[place]).share for key, texts in several]
        for place, way in enumerate(("everything", "nothing"))
    }
    return {way: Way(float(sum(shares)) / len(several)) for way, shares in earned.items()}


CODES = {  # way → what it is as a finding
    "constant": "few-variants",
    "same text": "few-variants",
    "same letter": "position",
    "longest": "length",
    "shortest": "length",
    "copied": "copied",
    "everything": "part-for-nothing",
    "nothing": "part-for-nothing",
}


def guessed(subject: Subject, *codes: str) -> Iterator[Problem]:
    """The findings with some codes: the rows over their limits."""
    for one in rows(subject):
        for way, code in CODES.items():
            over = code in codes and way in one.ways and one.is_surely_over(way)
            if over and not is_meant(subject, one, way):
                at = subject.places[one.question]["answer"]
                yield at.problem(f"{one.address}: {said(one, way)}", code)


def is_meant(subject: Subject, row: Row, way: str) -> bool:
    """Does the author say that an answer may be on the sheet?"""
    questions = {one.id: one for one in subject.exercise.file.questions}
    name = row.address.partition(".")[2]
    return way == "copied" and questions[row.question].allows_trivial(name)


def said(row: Row, way: str) -> str:
    """A row over a limit, in words."""
    found = row.ways[way]
    share, limit = f"{found.share:.0%}", f"expected at most {row.limit(way):.0%}"
    answer = found.answer if len(found.answer) <= TOLD else f"{found.answer[:TOLD]}…"
    match way:
        case "constant" | "same text":
            return f"'{answer}' is right in {share} of the variants, {limit}"
        case "same letter":
            return f"({answer}) is right in {share} of the variants, {limit}"
        case "longest" | "shortest":
            return f"the {way} option is right in {share} of the variants, {limit}"
        case "copied":
            return f"{answer} stands on the sheet and is right in {share} of the variants, {limit}"
    who = "every option" if way == "everything" else "no option"
    return f"who ticks {who} earns {share} of the points on average, {limit}"
