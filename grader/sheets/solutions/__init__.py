"""Worked solutions of a variant: why the right answers are right, derived and not written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from grader.answers import Key
from grader.bank import fill
from grader.drawing import Variant
from grader.model import (
    Blank,
    Constructed,
    Count,
    DataSufficiency,
    Drawn,
    Fixed,
    Literal,
    Symbolic,
    Tally,
    Value,
)
from grader.sheets.asking import is_known, name_of
from grader.sheets.notation import Notation, prose
from grader.sheets.printing import placeholders
from grader.sheets.solutions.chains import of_chain
from grader.sheets.solutions.constructs import of_construct
from grader.sheets.solutions.counts import of_count
from grader.sheets.solutions.data import of_data
from grader.sheets.solutions.naming import as_on_the_sheet
from grader.sheets.solutions.reasons import of_pool
from grader.sheets.solutions.shapes import of_shape
from grader.sheets.solutions.step import Step
from grader.sheets.solutions.steps import Numbers, goal_of, is_used, of_expression, of_value, told
from grader.sheets.solutions.tallies import of_tally
from reference.language.roles import is_quantity


class Line(Protocol):
    """A step as data, which can be written."""

    def written(self, notation: Notation) -> str: ...


def worked(variant: Variant, notation: Notation = Notation.LATEX) -> dict[str, str]:
    """Address → its solution as Markdown; what an earlier blank needed is not said again."""
    done: set[str] = set()
    keys = variant.keys
    found = {
        blank.address: of_blank(variant, blank, keys[blank.address][1], done, notation)
        for blank in variant.solved.model.blanks
    }
    model = variant.solved.model
    return {address: as_on_the_sheet(text, model) for address, text in found.items() if text}


def of_blank(variant: Variant, blank: Blank, key: Key, done: set[str], notation: Notation) -> str:
    """One blank's solution: what the author says of it, then its steps; nothing where there are none."""
    words = placeholders(variant) if blank.reasons else {}
    found = [prose(fill(blank.because, words), notation)]
    match blank.source:
        case DataSufficiency(question):
            found.append(prose(of_data(question), notation))
        case Drawn():
            pool = variant.solved.pool(blank, variant.row)
            found.append(of_pool(pool, variant.draw.orders[blank.address], words, notation))
        case Constructed(name) if whole := key.construct():
            found.append(of_construct(name, whole, notation))
        case _:
            lines = with_name(steps(variant, blank, key, done), variant, blank, notation)
            found.append("\n".join(line.written(notation) for line in lines))
    return "\n\n".join(filter(None, found))


def with_name(
    lines: Sequence[Line], variant: Variant, blank: Blank, notation: Notation
) -> Sequence[Line]:
    """The steps, the last one with the name that the sheet gives to what is asked for, if it knows no other."""
    model = variant.solved.model
    match lines:
        case [*before, Step(names=names) as last] if not (
            names
            and (blank.name in model.complete.shapes or any(is_known(model, one) for one in names))
        ):
            called = name_of(model, blank, notation)
            kept = names if not called or any(is_used(one, model.network) for one in names) else ()
            return [*before, replace(last, called=called, names=kept)]
    return lines


def steps(variant: Variant, blank: Blank, key: Key, done: set[str]) -> Sequence[Line]:
    """The steps of one blank as data."""
    model = variant.solved.model
    match blank.source:
        case Count(terms=[_]) as count:
            return [of_count(variant, blank, count)]
        case Tally() as tally:
            return of_tally(variant, blank, tally, key.show(), done)
        case Count() as count:
            return [*of_shape(count, model.printed, variant.draw.sizes, done)]
        case Value() as value:
            known = Numbers.of(variant)
            if blank.steps:
                return [*of_value(value, known, done)]
            found = told(value, known, done)
            met = any(is_known(model, one) or is_used(one, model.network) for one in found.names)
            # a cell is called by its row and column, and what nobody meets elsewhere as it is asked for
            return [found if met and not blank.cell else replace(found, names=())]
        case Literal(values):
            known = Numbers.of(variant)
            named = [one for one in values if is_quantity(goal_of(one.target, known.network))]
            return [step for one in named for step in of_value(one, known, done)]
        case Symbolic() as asked:
            return [*of_expression(blank.address, asked, model, done)]
        case Fixed() if key.ways():
            return [of_chain(key)]
    return []
