"""How mathematics is written: in LaTeX, or in characters for a terminal."""

from __future__ import annotations

import functools
import re
from enum import StrEnum

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from pylatexenc.latexwalker import LatexMacroNode

from grader.answers import show_number, show_tensor
from grader.sheets.terminal import outside_code
from reference.language.roles import written_parts
from reference.language.unicode import EXPONENT, compact, unicode_name, unicode_numbers
from reference.language.writing import latex_name

MACROS = {  # in Unicode
    "ne": "≠", "mathit": "%s", "left": "", "right": "", "top": "T", "sum": "Σ", "|": "‖",
    **{name: f"{name} " for name in ("log", "ln", "exp", "max", "min", "sin", "cos", "tanh")},
    "varepsilon": "ε", "epsilon": "ε", "varrho": "ρ",
}  # fmt: skip
RELATION = re.compile(r" *([=≠∈≤≥<>≈≪≫→←⇒±·⊙∘×]) *")
TIDIED = (
    (r"∂ +", "∂"),
    (r"([(⌊]) +", r"\1"),
    (r" +([)⌋,])", r"\1"),
    (r"(?<=\w)Σ", " Σ"),
    (" +", " "),
)
PADDED = re.compile(r"([_^])\{ *([^{}]*[^{} ]) *\}")  # as authors write around {{ }}
ONE = re.compile(r"∂?[\w.^{},]+")  # a sign or a name
OVERLINE, MACRON = "\u0305", "\u0304"  # of \\bar, as names have it
CALL = re.compile(r"(log|ln|exp|max|min|sin|cos|tanh) +(?=[(_₀-₉])")


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
    """LaTeX as characters, for a terminal; a command that has none stays as it is.

    >>> in_unicode(r"x \\in \\mathbb{R}^{D_x}, i \\ne k, -\\sum_j y_j \\log P_j, w_{j_2,y}")
    'x ∈ ℝ^{D_x}, i ≠ k, −Σⱼ yⱼ log Pⱼ, w_{j₂,y}'
    """
    formula = PADDED.sub(r"\1{\2}", formula)
    upright = formula.replace(r"\operatorname{", r"\mathrm{")  # whose braces the library knows
    text = compact(str(reader_of_latex().latex_to_text(upright))).replace(OVERLINE, MACRON)
    text = CALL.sub(r"\1", RELATION.sub(r" \1 ", text))
    for pattern, plain in TIDIED:
        text = re.sub(pattern, plain, text)
    return text.strip()


def named(name: str, notation: Notation) -> str:
    """The name of a quantity within a text; a derivative in one line."""
    return unicode_name(name) if notation is Notation.PLAIN else f"${linear(name)}$"


def linear(name: str) -> str:
    """A name in LaTeX, without a fraction."""
    if "/" not in name:
        return latex_name(name)
    upper, lower = written_parts(name)
    return rf"\partial {latex_name(upper)} / \partial {latex_name(lower)}"


def fraction(node: LatexMacroNode, l2tobj: LatexNodes2Text) -> str:
    """A fraction in one line, in brackets what is more than one sign or name."""
    parts = [l2tobj.node_arg_to_text(node, place) for place in (0, 1)]
    parts = [re.sub("∂ +", "∂", one) for one in parts]
    return "/".join(one if ONE.fullmatch(one) else f"({one})" for one in parts) + " "


@functools.cache
def reader_of_latex() -> LatexNodes2Text:
    known = get_default_latex_context_db()
    known.add_context_category(
        "more", macros=[MacroTextSpec(name, text) for name, text in MACROS.items()], prepend=True
    )
    known.set_unknown_macro_spec(MacroTextSpec("", lambda node: f"\\{node.macroname} "))
    known.add_context_category(
        "fractions",
        macros=[MacroTextSpec(name, fraction) for name in ("frac", "dfrac", "tfrac")],
        prepend=True,
    )
    return LatexNodes2Text(
        latex_context=known,
        math_mode="text",
        keep_braced_groups=True,
        strict_latex_spaces="based-on-source",
    )


def latex_number(value: float) -> str:
    """A number in LaTeX, very small and very large ones with a power of ten."""
    return EXPONENT.sub(lambda found: rf" \cdot 10^{{{int(found[1])}}}", show_number(value))


def latex_value(rows: list[list[float]], axes: tuple[int, ...] = ()) -> str:
    """A number or a matrix; where there are more axes, slices side by side."""
    if len(axes) > 2:
        each = len(rows) // axes[0]
        parts = (rows[at : at + each] for at in range(0, len(rows), each))
        return rf"\left[{', '.join(latex_value(part, axes[1:]) for part in parts)}\right]"
    if len(rows) == len(rows[0]) == 1:
        return latex_number(rows[0][0])
    body = r" \\ ".join(" & ".join(map(latex_number, row)) for row in rows)
    return rf"\begin{{bmatrix}}{body}\end{{bmatrix}}"


def plain_value(rows: list[list[float]], axes: tuple[int, ...] = ()) -> str:
    """A number or lists, in characters."""
    if len(axes) > 2:
        return unicode_numbers(show_tensor(rows, axes))
    if len(rows[0]) == 1:
        column = unicode_numbers(", ".join(show_number(row[0]) for row in rows))
        return column if len(rows) == 1 else f"[{column}]"
    return "[" + ", ".join(plain_value([[e] for e in row]) for row in rows) + "]"
