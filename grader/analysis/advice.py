"""What to do, the most pressing first, with the command that does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.analysis.fairness import ALL, EXERCISE
from grader.analysis.limits import FACILITY, MISSING
from grader.analysis.option_rows import KEY, RARELY
from grader.analysis.records import (
    Advice,
    Analysis,
    Group,
    Item,
    Likeness,
    Misconception,
    OptionRow,
    WrongAnswer,
)
from grader.words import counted

OFTEN = 0.1  # of those who can show a misconception: from there on, for sure, it is worth a lecture
MANY = 10  # students with one wrong answer that nothing explains
TOLD = 5  # of a kind


def advice(found: Analysis) -> list[Advice]:
    """All that is to be done, by kind."""
    doubtful = {one.number for one in found.options if one.flag == KEY}
    return [
        *of_keys(found.options),
        *of_missing(found.missing, found.answers),
        *of_items(found.items, doubtful),
        *of_groups(found.groups),
        *of_likeness(found.likeness),
        *of_wrong(found.wrong_answers),
        *of_misconceptions(found.misconceptions),
        *of_rare(found.options),
    ]


def of_keys(options: Sequence[OptionRow]) -> Iterator[Advice]:
    for one in options:
        if one.flag == KEY and one.correlation is not None:
            best = percent(one.thirds[0]) if one.thirds else "many"
            yield Advice(
                f"Look at the key of item {one.number}.",
                f"{best} of the best third chose “{one.text}”, which is wrong by the key; it correlates with the rest at "
                f"{signed(one.correlation)}.",
                "key",
                f'gradmark analyse … --accept {one.exercise}/{one.blank}:{one.option}="100 %" --decisions decisions.csv',
            )


def of_missing(missing: Mapping[str, int], answers: int) -> Iterator[Advice]:
    count = sum(missing.values())
    if not count:
        return
    much = f" They are more than {percent(MISSING)} of all." if count > MISSING * answers else ""
    yield Advice(
        f"Decide {counted(count, 'answer')}",
        f"that wait, could not be read or could not be marked. Here they are missing, not wrong.{much}",
        "missing",
        "gradmark grade … --decisions decisions.csv",
    )


def of_items(items: Sequence[Item], known: set[str]) -> Iterator[Advice]:
    """But for those whose key is in doubt."""
    for one in items:
        found = one.discrimination_interval
        if one.flag and found is not None and one.number not in known:
            wrong = one.flag == "against the rest"
            yield Advice(
                f"{'Look at the key of' if wrong else 'Do not trust'} item {one.number}.",
                f"It {'goes against' if wrong else 'tells hardly anything of'} what students know: it correlates with the rest at "
                f"{signed(one.discrimination)} [{signed(found.low)}, {signed(found.high)}].",
                "item",
            )


def of_groups(groups: Sequence[Group]) -> Iterator[Advice]:
    """The largest effects, harder ones; their opposites say the same, and so do combinations where one choice explains them."""
    explained = {one.number for one in groups if one.flag and one.factor != ALL}
    flagged = [
        one
        for one in groups
        if one.flag == "harder" and not (one.factor == ALL and one.number in explained)
    ]
    for one in sorted(flagged, key=lambda one: one.shrunk)[:TOLD]:
        alone = one.factor in (ALL, EXERCISE)
        what = one.value if alone else f"{one.factor} = {one.value}"
        yield Advice(
            f"Make up for {what} in item {one.number}.",
            f"{counted(one.count, 'paper')} with it lost {number(-one.shrunk)} of {number(one.points)} points more than the rest of "
            f"them lets expect (as measured {number(-one.raw)}).",
            "variant",
        )


def of_likeness(likeness: Likeness | None) -> Iterator[Advice]:
    if likeness is not None and likeness.named:
        yield Advice(
            f"Look at {counted(len(likeness.named), 'pair')} of papers.",
            "They are more alike than chance explains; no more is said than that.",
            "likeness",
        )


def of_wrong(wrong: Sequence[WrongAnswer]) -> Iterator[Advice]:
    for one in [one for one in wrong if not one.misconception and one.count >= MANY][:TOLD]:
        yield Advice(
            f"Look at a wrong answer to item {one.number}.",
            f"{counted(one.count, 'student')} of {one.of} wrote it, and no misconception fits: {one.what}",
            "wrong answer",
            f'gradmark analyse … --accept {one.code}="50 %" --decisions decisions.csv',
        )


def of_misconceptions(found: Sequence[Misconception]) -> Iterator[Advice]:
    often = [one for one in found if one.interval.low > OFTEN and one.of >= FACILITY]
    for one in often[:TOLD]:
        yield Advice(
            f"Teach again: {one.says}.",
            f"{one.count} of the {one.of} whose variant can show it did so.",
            "misconception",
        )


def of_rare(options: Sequence[OptionRow]) -> Iterator[Advice]:
    rare = [one for one in options if one.flag == RARELY]
    if rare:
        items = ", ".join(dict.fromkeys(f"{one.number} “{one.text}”" for one in rare[:TOLD]))
        more = f" and {len(rare) - TOLD} more" if len(rare) > TOLD else ""
        yield Advice(
            f"Replace {counted(len(rare), 'option')}",
            f"that fewer than one in twenty choose: {items}{more}.",
            "option",
        )


def percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def signed(value: float | None, digits: int = 2) -> str:
    """A number with a real minus sign."""
    if value is None:
        return ""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def number(value: float) -> str:
    return signed(value).rstrip("0").rstrip(".")
