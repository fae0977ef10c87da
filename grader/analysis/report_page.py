"""The report as a page: what to do first, then what bears it out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec.structs import asdict

from grader.analysis.advice import number, percent, signed
from grader.analysis.fairness import ALL, EXERCISE
from grader.analysis.intervals import Interval
from grader.analysis.limits import MISSING
from grader.analysis.option_rows import KEY, THIRDS
from grader.analysis.plots import (
    MARGIN,
    Box,
    correlation_box,
    histogram,
    range_of,
    share_box,
)
from grader.analysis.records import (
    Analysis,
    Calibration,
    Group,
    Item,
    Likeness,
    Misconception,
    OptionRow,
    WrongAnswer,
)
from grader.papers import inert
from grader.sheets import page
from grader.words import counted, in_points, listed

REMARKS = {
    "against the rest": "Look at the key",
    "tells nothing": "Tells hardly anything",
    "look at the key": "Liked by the best",
    "hardly chosen": "Hardly chosen",
    "harder": "Harder",
    "easier": "Easier",
}
WRONG = 60  # answers on the page; the others stand in wrong-answers.csv
COMMAND = 'gradmark analyse … --accept {}="50 %" --decisions decisions.csv'


def figure(text: str, between: str, firm: bool, box: Box) -> dict[str, Any]:
    """A number in a table with its bar and its interval in words."""
    return {"text": text, "range": between, "firm": firm, **asdict(box)}


def document(found: Analysis, files: bool = True) -> str:
    """The whole page, which needs no other file; ``files``: do tables with its numbers stand beside it?"""
    names = {one.number: one.name for one in found.items}
    firm = found.scores.mean is not None and found.scores.bars
    return page(
        "report",
        title=found.title,
        files=files,
        papers=papers(found),
        lede=lede(found),
        numbers=[*numbers(found)],
        warning=warning(found),
        todo=found.todo,
        histogram=histogram(found.scores, found.cuts, found.reliability.error) if firm else None,
        cuts=[*cuts(found)],
        items=[item(one) for one in found.items],
        groups=[*groups(found.groups, names)],
        options=[*options(found.options)],
        misconceptions=[misconception(one) for one in found.misconceptions],
        wrong=[wrong(one, names) for one in found.wrong_answers[:WRONG]],
        calibration=calibration(found.calibration),
        likeness=likeness(found.likeness),
    )


# The head


def papers(found: Analysis) -> str:
    absent = f" · {counted(found.absent, 'student')} handed in nothing" if found.absent >= 5 else ""
    return counted(found.count, "paper") + absent


def lede(found: Analysis) -> str:
    """The class in two sentences."""
    mean, reliable = found.scores.mean, found.reliability
    if mean is None:
        return "Fewer than five papers: there is nothing to tell of them."
    share = mean / found.scores.out_of if found.scores.out_of else 0
    easy = "easy" if share > 0.8 else "hard" if share < 0.4 else "neither easy nor hard"
    if reliable.alpha is None or not reliable.firm:
        return f"The exam was {easy}. {counted(found.count, 'paper')} are too few to say how well it tells students apart."
    well = "well" if reliable.alpha >= 0.8 else "fairly well" if reliable.alpha >= 0.6 else "badly"
    return f"The exam was {easy}, and tells students apart {well}.{doubts(found)}"


def doubts(found: Analysis) -> str:
    """The gravest of what stands below."""
    keys = dict.fromkeys(one.number for one in found.options if one.flag == KEY)
    groups = sorted(found.groups, key=lambda one: one.slot)
    harder = dict.fromkeys(one.number for one in groups if one.flag == "harder")
    said = (
        f" The key of {'item' if len(keys) == 1 else 'items'} {listed([*keys])} is in doubt."
        if keys
        else ""
    )
    return said + (
        f" Some variants of {'item' if len(harder) == 1 else 'items'} {listed([*harder])} are harder than others."
        if harder
        else ""
    )


def numbers(found: Analysis) -> Iterator[tuple[str, str, str]]:
    scores, reliable = found.scores, found.reliability
    if scores.mean is not None and scores.deviation is not None:
        yield f"mean of {in_points(scores.out_of)}", f"{scores.mean:.1f}", ""
        yield "standard deviation", f"{scores.deviation:.1f}", ""
    if scores.quantiles:
        low, high = (number(round(scores.quantiles[one], 1)) for one in ("25 %", "75 %"))
        yield "half between", f"{low} and {high}", ""
    if reliable.alpha is not None and reliable.interval is not None:
        few = "" if reliable.firm else f", of {reliable.count} papers: too few"
        between = f"{signed(reliable.interval.low)} to {signed(reliable.interval.high)}{few}"
        yield "reliability α", signed(reliable.alpha), between
    if reliable.error is not None:
        yield "standard error", f"{reliable.error:.1f} points", ""
    for name, share in (("nothing reached", scores.floor), ("all reached", scores.ceiling)):
        if share:
            yield name, percent(share), ""
    yield "missing, waiting", counted(sum(found.missing.values()), "answer"), ""


def warning(found: Analysis) -> str:
    count = sum(found.missing.values())
    if count <= MISSING * found.answers:
        return ""
    share = percent(count / found.answers)
    return f"{share} of the answers are missing: decide them before you rely on this page"


def cuts(found: Analysis) -> Iterator[str]:
    for one in found.cuts:
        error = f" ± {number(one.cut.error)}" if one.cut.error else ""
        below = f"; {counted(one.below, 'paper')} below" if one.below is not None else ""
        within = f", {one.within} within one standard error" if one.within is not None else ""
        by = f" by {one.cut.by}" if one.cut.by else ""
        yield f"Cut{by}: {number(one.cut.points)}{error} points{below}{within}."


# Tables


def item(one: Item) -> dict[str, Any]:
    hot = bool(one.flag)
    correlation = one.discrimination_interval
    return {
        "number": one.number,
        "name": one.name,
        "whole": not one.blank,
        "points": in_points(one.points) if one.points else "",
        "count": one.count or "few",
        "facility": figure(
            percent(one.facility), range_of(one.facility_interval), one.facility_firm,
            share_box(one.facility, one.facility_interval),
        ),
        "discrimination": figure(
            signed(one.discrimination), between(correlation), one.discrimination_firm,
            correlation_box(one.discrimination, correlation, hot),
        ),
        "remark": REMARKS.get(one.flag, ""),
    }  # fmt: skip


def between(interval: Interval | None) -> str:
    return "" if interval is None else f"{signed(interval.low)} to {signed(interval.high)}"


def groups(found: Sequence[Group], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A table an item and factor; combinations of choices only where one of them stands out and no choice explains it, as there are many."""
    explained = {one.number for one in found if one.flag and one.factor != ALL}
    for (sign, factor), rows in groupby(found, key=lambda one: (one.number, one.factor)):
        own = [*rows]
        if factor == ALL and (sign in explained or not any(one.flag for one in own)):
            continue
        ends = [abs(end) for one in own for end in (one.raw, one.interval.low, one.interval.high)]
        tick = round_up(max(ends) * MARGIN * 0.614)
        whole = factor == EXERCISE
        title = f"Item {sign}, by exercise" if whole else f"Item {sign}, {names[sign]}: {factor}"
        yield {
            "title": title,
            "label": f"Item {sign}, {factor}",
            "tick": number(tick),
            "rows": [group(one, tick) for one in own],
            "open": any(one.flag for one in own),
        }


def round_up(value: float) -> float:
    """The next of 0.05, 0.1, 0.2, 0.5, 1 …"""
    sizes = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
    return next((one for one in sizes if one >= value), value)


def group(one: Group, tick: float) -> dict[str, Any]:
    def at(value: float) -> float:
        return round(50 + 30.7 * min(max(value / tick, -1.62), 1.62), 2)

    return {
        "value": one.value,
        "count": one.count,
        "firm": one.firm,
        "low": at(one.interval.low),
        "high": at(one.interval.high),
        "x": at(one.shrunk),
        "raw": at(one.raw),
        "shrunk": plus(one.shrunk),
        "measured": plus(one.raw),
        "remark": REMARKS.get(one.flag, ""),
    }


def plus(value: float) -> str:
    text = signed(value)
    return text if text.startswith("−") else f"+{text}"


def options(found: Sequence[OptionRow]) -> Iterator[dict[str, Any]]:
    """A table an item."""
    for sign, rows in groupby(found, key=lambda one: one.number):
        own = [option(one) for one in rows]
        yield {"number": sign, "rows": own, "open": any(one["remark"] for one in own)}


def option(one: OptionRow) -> dict[str, Any]:
    thirds = one.thirds or (None,) * THIRDS
    return {
        "text": one.text,
        "shown": one.shown,
        "all": percent(one.share) or "few",
        "right": one.right,
        "firm": one.firm,
        "thirds": [third(place, share) for place, share in enumerate(thirds)],
        "correlation": signed(one.correlation),
        "remark": REMARKS.get(one.flag, ""),
    }


def third(place: int, share: float | None) -> dict[str, Any]:
    tall = round(36 * (share or 0), 1)
    return {"text": percent(share), "x": 6 + 32 * place, "y": round(37 - tall, 1), "height": tall}


def misconception(one: Misconception) -> dict[str, Any]:
    return {
        "says": one.says,
        "where": listed(one.items, 8),
        "students": f"{one.count} of {one.of}",
        "bar": share_box(one.share, one.interval),
        "share": percent(one.share),
    }


def wrong(one: WrongAnswer, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": one.code,
        "number": one.number,
        "name": names.get(one.number, one.blank),
        "count": one.count,
        "of": one.of,
        "what": one.what,
        "understood": one.understood,
        "misconception": one.misconception,
        "lost": counted(in_points(round(one.lost, 2)), "point"),
        "ways": one.ways[:3],
        "more": " and otherwise" if len(one.ways) > 3 else "",
        "command": COMMAND.format(one.code),
        "rows": pasted(one.rows),
        "yaml": one.yaml,
    }


def pasted(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows of a file of decisions, with their header."""
    if not rows:
        return ""
    out = io.StringIO()
    columns = [*rows[0], "decision"]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    cells = ({name: inert(cell) for name, cell in one.items()} for one in rows)
    writer.writerows({**one, "decision": "50 %"} for one in cells)
    return out.getvalue()


def calibration(found: Calibration) -> dict[str, Any] | None:
    if not found.observed:
        return None
    spoken = []
    if found.correlation is not None:
        spoken.append(
            f"Over exercises, the prediction correlates with what was lost at {signed(found.correlation)}."
        )
    if found.within is not None:
        spoken.append(f"Over the draws of one exercise, at {signed(found.within)}.")
    if found.balancing is not None:
        one = found.balancing
        spoken.append(
            f"Papers as handed out let expect losses with a standard deviation of {one.as_handed_out:.2f} points; balanced by what "
            f"was observed, {one.with_observed:.2f}."
        )
    spoken.append(
        "gradmark quiz --difficulty analysis.json balances the next papers by these figures."
    )
    rows = [
        {
            "exercise": one.exercise,
            "drawn": " · ".join(one.choices.values()) if one.choices else "all",
            "count": one.count,
            "predicted": "" if one.predicted is None else f"{one.predicted:.1f}",
            "bar": share_box(one.lost, None),
            "lost": percent(one.lost),
        }
        for one in found.observed
    ]
    whole = [one for one in rows if one["drawn"] == "all"]
    drawn = [one for one in rows if one["drawn"] != "all"]
    return {"words": " ".join(spoken), "tables": [("", whole), ("By what was drawn", drawn)]}


def likeness(found: Likeness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    named = counted(len(found.named), "pair is", "pairs are") if found.named else "No pair is"
    words = (
        f"Of {found.pairs:,} pairs, {found.identical:,} agree on all that both were asked with the same key; chance lets expect "
        f"{found.by_chance:,.0f}. {named} more alike than chance explains."
    )
    rows = [
        {
            "students": " and ".join(one.students),
            "shared": f"{one.shared} of {one.of}",
            "expected": number(one.expected),
            "probability": f"{one.probability:.0e}",
        }
        for one in found.named
    ]
    return {"words": words, "rows": rows}
