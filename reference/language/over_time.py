"""Names of what has a value at each step of a recurrence: where t is 3, ``s_t`` is s_3, ``s_{t-1}`` is s_2."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

MAX_LAG = 3  # steps between two names in one equation
ABSENT = "0 "  # before a name: 0 in the shape of that, where there is no such step
NUMBERED = re.compile(r"(.+?)_(\d+)")


class Time(Struct, frozen=True, dict=True):
    """The steps 1, …, ``last`` of a network that a letter runs over.

    ``limit``: the last step as it is written, ``T`` or a number. ``spans``: quantity → its first and last step.
    ``zero``: those that are 0 before their first step. ``looped``: those that come of the recurrence itself, which looks
    back ``lag`` steps.
    ``at``: the step that the letter stands for outside of sums; 0 where it stands for none.
    ``strict``: is only what is ``zero`` left out where there is no such step?
    """

    letter: str
    limit: str
    last: int
    spans: Mapping[str, tuple[int, int]] = {}
    zero: frozenset[str] = frozenset()
    looped: tuple[str, ...] = ()
    lag: int = 0
    at: int = 0
    strict: bool = False

    def named(self, base: str, step: int) -> str:
        """The name of a quantity at a step, or what is 0 in its place; empty where there is none."""
        first, last = self.spans[base]
        if first <= step <= last:
            return f"{base}_{step}"
        if self.strict and not (base in self.zero and step < first):
            return ""
        return f"{ABSENT}{base}_{last}"

    def aliases(self, letter: str, step: int) -> dict[str, str]:
        """Each name with a letter in it → the name at the step that this stands for."""
        return {
            lagged(base, letter, lag): name
            for base in self.spans
            for lag in range(-MAX_LAG, MAX_LAG + 1)
            if (name := self.named(base, step + lag))
        }

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """A quantity at a step within a name, which may be a derivative: ``s_3`` in ``dL/ds_3``."""
        bases = "|".join(sorted(map(re.escape, self.spans), key=len, reverse=True)) or "(?!)"
        return re.compile(rf"(^d?|/d)({bases})_(\d+)(?=$|/|\[)")

    def has(self, name: str) -> bool:
        """Is it a quantity at one of the steps, or a derivative of or by one?"""
        return self.pattern.search(name) is not None

    @functools.cached_property
    def outside(self) -> dict[str, str]:
        """The aliases outside of sums."""
        found = {} if self.limit.isdigit() else self.aliases(self.limit, self.last)
        found = found | {
            f"{base}_{step}": f"{ABSENT}{base}_{self.spans[base][1]}"
            for base in self.zero & self.spans.keys()
            for step in range(self.spans[base][0])
        }
        return found | (self.aliases(self.letter, self.at) if self.at else {})

    @functools.cached_property
    def steps(self) -> dict[str, int]:
        """Each letter that stands for a step, with the step."""
        found = {} if self.limit.isdigit() else {self.limit: self.last}
        return found | ({self.letter: self.at} if self.at else {})

    def is_free_in(self, text: str) -> bool:
        """Does a name with the letter stand in a text without a sum over the steps?"""
        letter = re.escape(self.letter)
        named = re.search(rf"_{letter}(?!\w)|_\{{\s*{letter}\s*[-+}}]", text)
        return named is not None and not self.is_summed_in(text)

    def is_summed_in(self, text: str) -> bool:
        """Does a sum over the steps stand in a text?"""
        return re.search(rf"sum_\{{?\s*{re.escape(self.letter)}(?![^\W_])", text) is not None

    @property
    def middle(self) -> int:
        """A step that has as many before and behind it as the recurrence looks back; 0 where there is none."""
        step = (self.last + 1) // 2
        return step if step > self.lag and step + self.lag <= self.last else 0

    def within(self, names: Iterable[str]) -> Time:
        """The same of those names alone that are there."""
        there = {*names}
        spans = {
            base: (min(steps), max(steps))
            for base, (first, last) in self.spans.items()
            if (steps := [one for one in range(first, last + 1) if f"{base}_{one}" in there])
        }
        return structs.replace(self, spans=spans)

    def meant(self, name: str) -> list[str]:
        """The names that one stands for: that of its step, or those of all steps where its letter stands for none."""
        for base, (first, last) in self.spans.items():
            for lag in range(-MAX_LAG, MAX_LAG + 1):
                if re.sub(r"[{}\s]", "", name) == re.sub(
                    r"[{}]", "", lagged(base, self.letter, lag)
                ):
                    steps = [self.at] if self.at else range(1, self.last + 1)
                    return [f"{base}_{one + lag}" for one in steps if first <= one + lag <= last]
        return [name]

    def spread(self, text: str) -> list[str]:
        """A name once for each step, if the letter is its subscript."""
        base, _, subscript = text.rpartition("_")
        if subscript != self.letter or not base:
            return [text]
        return [f"{base}_{step}" for step in range(1, self.last + 1)]


def lagged(base: str, letter: str, lag: int) -> str:
    """The name of a quantity some steps later: ``s_t``, ``s_{t-1}``."""
    return f"{base}_{{{letter}{lag:+d}}}" if lag else f"{base}_{letter}"


def parted(name: str) -> tuple[str, int] | None:
    """``s`` and 3 of ``s_3``, also of ``dL/ds_3``; nothing of a name without a step."""
    found = NUMBERED.fullmatch(name)
    return (found[1], int(found[2])) if found else None
