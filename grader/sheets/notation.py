"""How mathematics is written: in LaTeX, or in characters for a terminal."""

from __future__ import annotations

import functools
import re
from enum import StrEnum

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from grader.answers import show_number
from grader.sheets.terminal import outside_code

MACROS = {"ne": "≠", "mathit": "%s", "operatorname": "", "left": "", "right": ""}  # in Unicode


class Notation(StrEnum):
    """How mathematics is written."""

    LATEX = "latex"
    PLAIN = "plain"


def prose(text: str, notation: Notation) -> str:
    """An author's text in a notation; code in it is left alone."""
    text = text.strip()
    if notation is Notation.LATEX:
        return text
    return outside_code(text, formulas_in_unicode)


def formulas_in_unicode(text: str) -> str:
    return re.sub(r"\$([^$]*)\$", lambda match: in_unicode(match.group(1)), text)


def in_unicode(formula: str) -> str:
    """LaTeX as characters, for a terminal; a command that has none stays as it is."""
    return re.sub(" +", " ", str(reader_of_latex().latex_to_text(formula))).strip()


@functools.cache
def reader_of_latex() -> LatexNodes2Text:
    known = get_default_latex_context_db()
    known.add_context_category(
        "more", macros=[MacroTextSpec(name, text) for name, text in MACROS.items()], prepend=True
    )
    known.set_unknown_macro_spec(MacroTextSpec("", lambda node: f"\\{node.macroname} "))
    return LatexNodes2Text(latex_context=known, math_mode="text", keep_braced_groups=False)


def latex_value(rows: list[list[float]]) -> str:
    if len(rows) == len(rows[0]) == 1:
        return show_number(rows[0][0])
    body = r" \\ ".join(" & ".join(show_number(entry) for entry in row) for row in rows)
    return rf"\begin{{bmatrix}}{body}\end{{bmatrix}}"


def plain_value(rows: list[list[float]]) -> str:
    if len(rows[0]) == 1:
        column = ", ".join(show_number(row[0]) for row in rows)
        return column if len(rows) == 1 else f"[{column}]"
    return "[" + ", ".join(plain_value([[e] for e in row]) for row in rows) + "]"
