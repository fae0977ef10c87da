"""A count of parameters, quantity by quantity."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import Asked
from grader.sheets.notation import Notation
from reference import polynomial
from reference.counting import count, entries
from reference.language.dimensions import Shape
from reference.language.writing import latex, latex_name, plain
from reference.network import Network


def of_count(
    asked: Asked, key: str, network: Network, sizes: Mapping[str, int], notation: Notation
) -> str:
    """What each counted quantity adds, and the sum."""
    known = sizes if asked.terms else {}
    lines = [line(name, network.shapes[name], known, notation) for name in asked.counted]
    if notation is Notation.LATEX and known is not sizes:
        key = latex(polynomial.expression(count(asked.counted, network.shapes)))
    return "\n".join([*lines, f"- In all: {key if notation is Notation.PLAIN else f'${key}$'}"])


def line(name: str, shape: Shape, sizes: Mapping[str, int], notation: Notation) -> str:
    rows, columns = (str(sizes.get(str(size), size)) for size in shape)
    terms = entries(shape)
    known = {symbol for monomial in terms for symbol, _ in monomial} <= sizes.keys()
    expression = polynomial.expression(terms)
    if notation is Notation.PLAIN:
        found = polynomial.at(terms, sizes) if known else plain(expression)
        return f"- {name}: {rows} × {columns} = {found}"
    shown = polynomial.at(terms, sizes) if known else latex(expression)
    return rf"- ${latex_name(name)}$: ${rows} \times {columns} = {shown}$"
