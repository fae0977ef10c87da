"""Can the right option be told without knowing the subject?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from grader.bank import fill
from grader.bank import placeholders as placeholders_in
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.errors import Problem
from grader.model import Blank, Drawn
from grader.sheets import placeholders

LEAST = 20  # variants before a share of them says anything
SHARE = 0.9  # of the variants in which a rule finds the right option
LONGER = 1.3  # times as long, to be seen at a glance


def choices(subject: Subject) -> Iterator[Problem]:
    """Options that say the same, and right options that place or length gives away."""
    for variant in subject.examples:
        yield from equal(subject, variant)
    for address, rows in shown(subject).items():
        if len(rows) >= LEAST:
            yield from given_away(subject, address, rows)


def equal(subject: Subject, variant: Variant) -> Iterator[Problem]:
    """Options of a pool with the same text; one that names its own letter differs by that."""
    words = placeholders(variant)
    for blank in variant.solved.model.blanks:
        texts = [
            (fill(text, words), text)
            for text in blank.written
            if "sign" not in placeholders_in(text)
        ]
        seen: set[str] = set()
        for filled, text in texts:
            plain = " ".join(filled.casefold().split()).strip(" .")
            if plain in seen:
                place = subject.places[blank.question]["answer"]
                message = f"two options say '{plain[:60]}'"
                yield subject.problem_at("equal-options", place, text, message)
            seen.add(plain)


Row = tuple[list[str], list[bool]]  # the texts in their order, and which of them are right


def shown(subject: Subject) -> dict[str, list[Row]]:
    """Address → what each variant offers, for choices of texts in a drawn order."""
    found: dict[str, list[Row]] = {}
    for variant in subject.drawn:
        words = placeholders(variant)
        for blank in variant.solved.model.blanks:
            row = offered(variant, blank)
            if row is not None:
                texts = [fill(text, words) for text in row[0]]
                found.setdefault(blank.address, []).append((texts, row[1]))
    return found


def offered(variant: Variant, blank: Blank) -> Row | None:
    if not isinstance(blank.source, Drawn):
        return None
    order = variant.solved.columns.orders[blank.address][variant.row]
    right = blank.source.pool.key(order).right_options()
    return (blank.source.pool.shown(order)[1], right) if right else None


def given_away(subject: Subject, address: str, rows: list[Row]) -> Iterator[Problem]:
    at = subject.places[address.partition(".")[0]]["answer"]
    patterns = Counter(tuple(right) for _, right in rows)
    share = max(patterns.values()) / len(rows)
    if share >= SHARE:
        message = f"{address}: the same letter is right in {share:.0%} of the variants"
        yield at.problem(message, "position")
    for rule in ("longest", "shortest"):
        share = sum(stands_out(row, rule) for row in rows) / len(rows)
        if share >= SHARE:
            message = f"{address}: the {rule} option is right in {share:.0%} of the variants"
            yield at.problem(message, "length")


def stands_out(row: Row, rule: str) -> bool:
    """Is some option far longer, or shorter, than every other one, and right?"""
    ranked = sorted(zip(*row, strict=True), key=lambda one: len(one[0]), reverse=rule == "longest")
    (first, right), (second, _) = ranked[0], ranked[1]
    long, short = sorted((len(first), len(second)), reverse=True)
    return right and long >= LONGER * max(short, 1)
