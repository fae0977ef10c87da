"""Equations for t in 1..T, written out step by step: ``s_t = tanh(W s_{t-1} + U x_t)``.

A network has no loops: s_1, s_2, … are quantities like all others, so all that is known of networks holds for them. What is kept of the
recurrence is how its names are written, :class:`~reference.language.over_time.Time`; :mod:`reference.language.rolling` writes it as one again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NoReturn

from msgspec.structs import replace

from reference.language.dimensions import Shape
from reference.language.equation import Equation, NetworkError
from reference.language.errors import ReadingError
from reference.language.over_time import Time

BEHIND = re.compile(r"(.*?)\s+for\s+(\w+)\s+in\s+(\w+)\s*\.\.\s*(\w+)\s*", re.DOTALL)
AHEAD = re.compile(r"(\w+)_\{\s*(\w+)\s*[-+]\s*\d+\s*\}")
LAGS = r"(\w+?)_\{{\s*{letter}\s*([+-])\s*(\d+)\s*\}}"
MAX_STEPS = 60


def is_recurrence(equation: Equation) -> bool:
    """Does an equation run over steps, and not over the indices of its entries?"""
    return not equation.places and BEHIND.fullmatch(equation.text) is not None


def time_of(
    equations: Iterable[Equation], given: Collection[str], sizes: Mapping[str, int]
) -> Time | None:
    """The steps of a network; nothing where it has no recurrence.

    Args:
        given: what is declared, in which ``x_t`` stands for one at each step.
        sizes: a number for each size to which steps run.

    Raises:
        NetworkError: a recurrence that is none.
    """
    equations = [*equations]
    loops = [one for one in equations if is_recurrence(one)]
    for one in equations:
        check_bounded(one)
    if not loops:
        return None
    first = heading(loops[0])
    for one in loops:
        if heading(one) != first:
            refuse(one, f"all recurrences of a network run alike: for {first[0]} in 1..{first[2]}")
    letter, start, limit = first
    last = int(limit) if limit.isdigit() else sizes.get(limit)
    if last is None or start != "1":
        refuse(loops[0], f"expected 'for {letter} in 1..T' with a size or a number for T")
    if not 1 <= last <= MAX_STEPS:
        refuse(loops[0], f"{letter} runs over 1..{last}: expected from 1 to {MAX_STEPS} steps")
    looped = tuple(one.name.removesuffix(f"_{letter}") for one in loops)
    zero = frozenset(one.name[:-2] for one in equations if starts_at_zero(one, looped))
    spans = dict.fromkeys(looped, (1, last))
    for name in given:
        base, _, step = name.rpartition("_")
        if step == letter:
            spans[base] = (1, last)
    for base in spans:
        spans[base] = (0 if f"{base}_0" in given else spans[base][0], last)
    time = Time(letter, limit, last, spans, zero, looped)
    for one in loops:
        check_lags(one, time)
    return replace(time, lag=max(lag for one in loops for lag in lags(one, time)))


def is_over_steps(equation: Equation, time: Time | None) -> bool:
    """Is a sum in it one over the steps?"""
    return time is not None and not equation.places and time.is_summed_in(equation.text)


def unread(left: str) -> str:
    """What is expected on the left side of an equation, where something else stands."""
    found = AHEAD.fullmatch(left)
    if found is None:
        return "expected 'name = expression'"
    base, letter = found[1], found[2]
    return f"expected {base}_{letter} on the left side, as in '{base}_{letter} = … {base}_{{{letter}-1}} …'"


def heading(equation: Equation) -> tuple[str, str, str]:
    """t, 1 and T of ``for t in 1..T``.

    Raises:
        NetworkError: the left side has no t.
    """
    found = BEHIND.fullmatch(equation.text)
    assert found is not None
    if not equation.name.endswith(f"_{found[2]}"):
        refuse(equation, f"expected a left side as s_{found[2]} before 'for {found[2]} in …'")
    return found[2], found[3], found[4]


def starts_at_zero(equation: Equation, looped: Collection[str]) -> bool:
    base, _, step = equation.name.rpartition("_")
    return base in looped and step == "0" and equation.text.strip() == "0"


def check_bounded(equation: Equation) -> None:
    """An equation that goes back in time says how far its letter runs.

    Raises:
        NetworkError: it does not.
    """
    base, _, letter = equation.name.rpartition("_")
    if equation.places and re.search(rf"\b{re.escape(equation.name)}\s*\[", equation.text):
        steps = f"'{equation.name}_t = … {equation.name}_{{t-1}} …  for t in 1..T'"
        refuse(equation, f"{equation.name} needs itself: write steps in matrices, as {steps}")
    back = re.search(rf"\b{re.escape(base)}_\{{\s*{re.escape(letter)}\s*-", equation.text)
    if base and back and not is_recurrence(equation):
        message = f"{base} needs itself: write how far {letter} runs, 'for {letter} in 1..T'"
        refuse(equation, message)


def check_lags(equation: Equation, time: Time) -> None:
    """Every step that a recurrence uses is there before it.

    Raises:
        NetworkError: one is not.
    """
    named = replace(time, strict=True).named
    for found in re.finditer(LAGS.format(letter=time.letter), equation.text):
        base, lag = found[1], int(found[2] + found[3])
        if base not in time.spans:
            continue
        if lag > 0 and base in time.looped:
            message = f"{found[0]} comes after {equation.name}: a recurrence goes on from the steps before"
            refuse(equation, message)
        step = time.last + lag if lag > 0 else 1 + lag
        if not named(base, step):
            known = f"{base}_{step}" if step >= 0 else f"{base}_{{{step}}}"
            zero = f", or write '{base}_0 = 0'" if base in time.looped else ""
            declare = f"declare {known} as an input{zero}" if step == 0 else "it has no value"
            at = f"{found[0]} at {time.letter} = {step - lag} is {known}"
            refuse(equation, f"{at}: {declare}")


def lags(equation: Equation, time: Time) -> list[int]:
    """How many steps an equation looks back, for each name of a step before; 0 where it does not."""
    found = re.finditer(LAGS.format(letter=time.letter), equation.text)
    return [0, *(int(one[3]) for one in found if one[2] == "-" and one[1] in time.looped)]


def refuse(equation: Equation, message: str) -> NoReturn:
    raise NetworkError([(equation, ReadingError(message))])


def unrolled(equations: Iterable[Equation], time: Time) -> list[Equation]:
    """The equations of each step in place of the recurrence, which know their step."""
    found = [one for one in equations if not starts_at_zero(one, time.looped)]
    loops = [one for one in found if is_recurrence(one)]
    steps = [
        replace(one, name=f"{base}_{step}", text=heading_removed(one.text), step=step)
        for step in range(1, time.last + 1)
        for one, base in zip(loops, time.looped, strict=True)
    ]
    place = found.index(loops[0])
    rest = [one for one in found if one not in loops]
    return [*rest[:place], *steps, *rest[place:]]


def heading_removed(text: str) -> str:
    found = BEHIND.fullmatch(text)
    assert found is not None
    return found[1]


def spread(shapes: Mapping[str, Shape], time: Time) -> dict[str, Shape]:
    """Declared shapes with one name for each step in the place of ``x_t``."""
    return {one: shape for name, shape in shapes.items() for one in time.spread(name)}
