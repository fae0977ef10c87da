"""Mathematics in characters: ``ŷ``, ``W₁ x + b₁``, ``−Σⱼ yⱼ log(Pⱼ)``; what a terminal shows and a person may type."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from reference.language.dimensions import Shape
from reference.language.expression import Expression, annotate, names, parts
from reference.language.roles import Role, moment_of, role, written_parts
from reference.language.shapes import own_shape
from reference.language.writing import GREEK, MOMENT_SIGNS, Style, in_style, latex_name

ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
LOWERED = str.maketrans("0123456789ijklmn", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙ")  # those that answers are read in
RAISED = str.maketrans("-0123456789T", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ")
SUBSCRIPT = re.compile(r"_\{([0-9]+|[ijklmn])\}|_([0-9]|[ijklmn])(?!\w)")
POWER = re.compile(r"(?<!=\d\})\^(?:\{(-?[0-9]+|T)\}|([0-9]+|T)(?![\w.]))")  # not where a sum ends
EXPONENT = re.compile(r"(?<=\d)e([-+]\d+)")
SINGLE = re.compile(r"([_^])\{([^{}])\}")
SIGNS = {"*": "", "@": "", ".*": "⊙", "<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "sum": "Σ"}


def unicode(
    expression: Expression,
    shown: Mapping[str, str] | None = None,
    shapes: Mapping[str, Shape] | None = None,
) -> str:
    """The expression in characters, with numbers or matrices in the place of some names.

    With shapes, a product that might be one entry by entry has a sign, ``A @ B``.
    """
    signed = {}
    if shapes is not None and names(expression) <= shapes.keys():
        own = annotate(expression, lambda node, args: own_shape(node, args, shapes))
        signed = {
            id(node): SIGNED
            for node in parts(expression)
            if node.operation == "matmul" and len({own[id(one)] for one in node.args}) == 1
        }
    return compact(in_style(expression, UNICODE, shown, signed))


@functools.lru_cache(maxsize=10_000)
def unicode_name(name: str) -> str:
    """``w21`` as ``w₂₁``, ``yhat`` as ``ŷ``, ``dL/dW1`` as ``∂L/∂W₁``, ``w_j2_y`` as ``w_{j₂,y}``."""
    if role(name) is Role.MOMENT:
        return f"{MOMENT_SIGNS[name[0]][1]}[{unicode_name(moment_of(name))}]"
    if "/" in name:
        upper, lower = map(unicode_name, written_parts(name.removesuffix("()")))
        return f"∂{upper}/∂({lower})" if "/" in lower else f"∂{upper}/∂{lower}"
    text = re.sub(r"\\mathit\{([^{}]*)\}", r"\1", latex_name(name))
    text = text.replace(r"\_", "_")
    text = re.sub(r"\\([A-Za-z]+)", lambda match: greek(match[1]), text)
    for mark, accent in ACCENTS.items():
        text = re.sub(rf"\\{mark}\{{([^{{}}])([^{{}}]*)\}}", rf"\1{accent}\2", text)
    return compact(unicodedata.normalize("NFC", text))


def unicode_numbers(text: str) -> str:
    """The numbers of a text: ``[-0.5, 6.1e-06]`` as ``[−0.5, 6.1 · 10⁻⁶]``."""
    return compact(EXPONENT.sub(lambda found: f" · 10^{{{int(found[1])}}}", text))


def greek(command: str) -> str:
    """The letter of a command, which stays as it is if it has none."""
    if (name := command.removeprefix("var")) not in GREEK:
        return f"\\{command}"
    letter = "LAMDA" if name.lower() == "lambda" else name.upper()
    return unicodedata.lookup(
        f"GREEK {'CAPITAL' if name[0].isupper() else 'SMALL'} LETTER {letter}"
    )


def compact(text: str) -> str:
    """Subscripts and powers as characters where there are such, without braces where they hold one sign.

    >>> compact("w_{j_{2},y}^{2} - R^{D_{x}}")
    'w_{j₂,y}² − R^{D_x}'
    """
    text = SUBSCRIPT.sub(lambda match: (match[1] or match[2]).translate(LOWERED), text)
    text = POWER.sub(lambda match: (match[1] or match[2]).translate(RAISED), text)
    return SINGLE.sub(r"\1\2", text).replace("^*", "*").replace("-", "−")


def entry(name: str, places: str) -> str:
    """An entry of a quantity, such as ``ŷₖ``."""
    return unicode_name(f"{name}[{places}]")


UNICODE = Style(1, "(", ")", "ᵀ", True, unicode_name, entry, SIGNS)
SIGNED = Style(1, "(", ")", "ᵀ", True, unicode_name, entry, {**SIGNS, "@": "@"})
