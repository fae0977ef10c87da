"""Wrong answers that many gave, grouped by what they are equal to, and one step from there to a decision or a new misconception."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from grader.analysis.cohort import Cohort, Response
from grader.analysis.limits import CELL
from grader.analysis.misconceptions import identity
from grader.analysis.naming import Called
from grader.analysis.records import WrongAnswer
from grader.papers import decisions

MOST = 300  # texts of one blank and structure that are compared with each other, the most frequent first
SHOWN = 5  # ways to write it
ROWS = 60
FORMULAS = ("expression", "derivation")
NUMBERS = ("number", "matrix", "count")
WRITTEN = ("shape", "chain", "literal", "sequence", "set", *FORMULAS)
Class = tuple[str, ...]


class Kin(Struct, frozen=True):
    """Responses that are equal, by their numbers in the table of a column."""

    what: str
    codes: tuple[int, ...]


def wrong_answers(
    cohort: Cohort, columns: Sequence[Called], most: int | None = ROWS
) -> list[WrongAnswer]:
    """The most frequent first; none of fewer than five students.

    Args:
        most: rows of decisions up to which they are listed with an answer.
    """
    found = [
        answer
        for place, called in enumerate(columns)
        for kin in classes(cohort, place)
        for answer in told(cohort, place, called, kin, most)
    ]
    return sorted(found, key=lambda one: (-one.count, one.number, one.code))


def classes(cohort: Cohort, place: int) -> Iterator[Kin]:
    """The classes of equal wrong answers to a blank.

    Formulas are compared at the points of their key, structure by structure. Numbers are told by the misconception that leads to them, by
    the place that they have among the quantities of a variant, or else by their value.
    """
    responses = cohort.response_tables[place]
    kind = cohort.columns[place].kind
    counts = np.bincount(
        cohort.responses[:, place][cohort.responses[:, place] >= 0], minlength=len(responses)
    )
    wrong = [code for code, one in enumerate(responses) if one.is_wrong and not one.chosen]
    wrong.sort(key=lambda code: -counts[code])
    if kind in FORMULAS:
        yield from of_formulas(cohort, place, wrong)
        return
    found: dict[Class, list[int]] = {}
    for code in wrong:
        found.setdefault(class_of(responses[code]), []).append(code)
    for (_, *rest), codes in found.items():
        yield Kin(rest[0], tuple(codes))


def class_of(one: Response) -> Class:
    """By what a number or another short answer is told from those that are not equal."""
    name, says = one.misconception
    if name:
        return "misconception", says, identity(name, says)
    if one.quantity:
        return "quantity", f"what {one.quantity} is"
    return "value", one.alike or decisions.said_alike(one.text), str(one.structure)


def of_formulas(cohort: Cohort, place: int, wrong: Sequence[int]) -> Iterator[Kin]:
    """Of each structure by itself."""
    responses, column = cohort.response_tables[place], cohort.columns[place]
    structures: dict[int, list[int]] = {}
    for code in wrong:
        structures.setdefault(responses[code].structure, []).append(code)
    for structure, codes in structures.items():
        variant = cohort.samples.get((column.exercise, structure))
        texts = [responses[code].text for code in codes]
        first = [*range(len(codes))]
        if variant is not None and column.address in variant.keys:
            key = variant.keys[column.address][1]
            first[:MOST] = key.first_equal(texts[:MOST])
        groups: dict[int, list[int]] = {}
        for at, code in zip(first, codes, strict=True):
            groups.setdefault(at, []).append(code)
        for at, own in groups.items():
            yield Kin(texts[at], tuple(own))


def told(
    cohort: Cohort, place: int, called: Called, kin: Kin, most: int | None
) -> Iterator[WrongAnswer]:
    """What is told of a class that is large enough."""
    column, responses = cohort.columns[place], cohort.responses[:, place]
    writers = np.flatnonzero(np.isin(responses, kin.codes))
    if len(writers) < CELL:
        return
    own = [cohort.response_tables[place][code] for code in kin.codes]
    says = next((one.misconception[1] for one in own if one.misconception[0]), "")
    same = all(one.structure == own[0].structure for one in own)
    of = cohort.structures[:, cohort.parts.index(column.part)]
    asked = (responses >= 0) & ((of == own[0].structure) if same else True)
    decisions_on = tuple(rows(cohort, place, kin, writers))
    points = cohort.out_of[writers, place] - cohort.earned[writers, place]
    yield WrongAnswer(
        code(column.name, kin.what, str(own[0].structure) if same else ""),
        called.number,
        column.exercise,
        column.address,
        kin.what,
        own[0].understood if column.kind in FORMULAS else "",
        says,
        len(writers),
        int(asked.sum()),
        float(points.mean()),
        tuple(dict.fromkeys(one.text for one in own))[:SHOWN],
        decisions_on if most is None or len(decisions_on) <= most else (),
        "" if says else yaml(column.kind, column.address, kin.what, own[0]),
    )


def code(*parts: str) -> str:
    """A name that stays the same while others come and go."""
    return "w" + hashlib.blake2b("\0".join(parts).encode(), digest_size=3).hexdigest()


def rows(cohort: Cohort, place: int, kin: Kin, writers: np.ndarray) -> Iterator[dict[str, str]]:
    """What decides for all who wrote it: a row a text, or a row an answer where a text means something else in another variant.

    A row for an answer names it by its code, and nobody by name.
    """
    column, table = cohort.columns[place], cohort.response_tables[place]
    if column.kind in FORMULAS and len(cohort.choices[column.exercise]) == 1:
        texts = {decisions.said_alike(table[code].text) for code in kin.codes}
        yield from (
            {"student": "*", "blank": column.name, "answer": text} for text in sorted(texts)
        )
        return
    for student in writers:
        text = table[cohort.responses[student, place]].text
        name = decisions.code(cohort.students[student], column.name, text)
        yield {"blank": column.name, "code": name}


def yaml(kind: str, address: str, what: str, one: Response) -> str:
    """A misconception of the author's own, to paste under its question and to be completed; nothing of options, whose ``because`` says it."""
    if kind in WRITTEN:
        value = one.text
    elif kind in NUMBERS or one.quantity:
        value = one.quantity or (entries(what) if kind == "matrix" else what)
    else:
        return ""
    question, _, blank = address.partition(".")
    named = f"blank: {blank}, " if blank else ""
    return f'# under the question {question}\nmisconceptions:\n  - {{{named}value: {quoted(value)}, says: "…"}}\n'


def entries(what: str) -> str:
    """A matrix as it is written, by the entries of its class."""
    if what.startswith("["):
        return what
    rows = (", ".join(row.split()) for row in what.split(";"))
    return f"[{', '.join(f'[{row}]' for row in rows)}]"


def quoted(text: str) -> str:
    """A text in YAML, in one line."""
    return json.dumps(text, ensure_ascii=False)
