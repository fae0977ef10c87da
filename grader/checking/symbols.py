"""Does the sheet say what each given symbol is that stands in an equation or is asked for?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.answers import formulas
from grader.checking.passages import passages
from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.errors import Place, Problem
from grader.model import Model
from grader.sheets import Sheet, placeholders, without_code
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError
from reference.language.expression import names
from reference.language.reading import read
from reference.language.rolling import names_over_time
from reference.language.unicode import unicode_name
from reference.language.whole import whole
from reference.language.writing import latex_name

WORD = 3  # letters of a name that is a word


def unnamed(subject: Subject, variant: Variant, sheet: Sheet) -> Iterator[Problem]:
    """Inputs, parameters, constants and sizes that stand on the sheet, and of which neither its words nor its values speak."""
    model = variant.solved.model
    written = [one.text for one in passages(subject, variant, placeholders(variant))]
    pictures = [] if model.stated_equations else [one.description for one in sheet.figures]
    known = valued(model)
    silent = [
        one
        for one in declared(subject, model)
        if one not in known
        and not said(model, one, written)
        and not any(spells(text, one) for text in pictures)
    ]
    for symbol in silent:
        for at in standing(subject, model, sheet, symbol):
            message = f"'{symbol}' stands on the sheet, and nothing there says what it is"
            yield subject.problem_at("unnamed", at, f"${symbol}$", message)
            break


def declared(subject: Subject, model: Model) -> list[str]:
    """What is given, with the quantities of all steps once."""
    network = model.printed
    constants = [one for one in subject.exercise.file.network.constants if one in network.shapes]
    listed = [*network.inputs, *network.parameters, *constants, *model.sizes]
    return names_over_time(dict.fromkeys(listed), network.symbols.time)


def valued(model: Model) -> set[str]:
    """What stands in a line of the sheet's own: with a value, a law, or a shape."""
    time, shapes = model.printed.symbols.time, model.stated_shapes
    found = {*model.stated_sizes, *model.stated_values, *model.told, *model.stated_laws}
    if any(shape != SCALAR for shape in shapes.values()):
        found |= {*shapes}
        found |= {
            name for shape in shapes.values() for size in shape for name in whole(size).symbols
        }
    return {*found, *names_over_time(found, time)}


def said(model: Model, symbol: str, written: list[str]) -> bool:
    """Does a text speak of the symbol, in a formula or, if it is a word, as a word?"""
    word = len(symbol) >= WORD and symbol.isalpha()
    return any(
        symbol in mentioned(model, text) or holds(text, symbol) or (word and spells(text, symbol))
        for text in written
    )


def mentioned(model: Model, text: str) -> set[str]:
    """The names in the formulas of a text that can be read."""
    found: set[str] = set()
    for formula in formulas(without_code(text)):
        try:
            found |= {*names(read(formula, model.complete.vocabulary))}
        except LanguageError:
            continue
    return found


def holds(text: str, symbol: str) -> bool:
    """Does a formula of a text hold the symbol as it is printed, whatever stands around it?"""
    shown = bare(latex_name(symbol))
    alone = re.compile(rf"(?<![A-Za-z\\]){re.escape(shown)}(?![\w^]|_)")
    return any(alone.search(bare(one)) for one in formulas(without_code(text)))


def spells(text: str, symbol: str) -> bool:
    """Is the symbol a word of a text, in characters?"""
    return re.search(rf"(?<!\w){re.escape(unicode_name(symbol))}(?!\w)", text) is not None


def bare(latex: str) -> str:
    return re.sub(r"\\math(?:it|rm)|\\text|[{}]", "", latex)


def standing(subject: Subject, model: Model, sheet: Sheet, symbol: str) -> Iterator[Place]:
    """Where a symbol stands: in the equations of the exercise, in those of a question, or in what its blanks ask for."""
    if symbol in model.printed_symbols:
        yield subject.at["network"]
    for question in sheet.questions:
        own = model.own.get(question.id, {}).values()
        asked = (f"{one.name} {one.how}" for one in question.blanks.values())
        if any(symbol in names(one) for one in own) or any(holds(one, symbol) for one in asked):
            yield subject.places[question.id]["ask"]
