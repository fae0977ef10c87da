"""A wrong formula beside the right one, as LaTeX: part by part, with what each part is worth, and which one differs first."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from grader.answers import Key
from grader.sheets.notation import Notation
from grader.sheets.solutions.precision import magnitude
from grader.sheets.solutions.step import Rounded
from reference.language.values import Array
from reference.language.writing import latex

FIGURES = 3  # of the largest entry: values are there to be compared, and not to be computed with


class Compared(Struct, frozen=True):
    """A part of an answer and its value; the right part and its value, empty where they are not told.

    ``agrees``: are both worth the same everywhere? ``first``: do they differ, and no part before them?
    """

    own: str
    value: str
    agrees: bool
    first: bool
    right: str = ""
    expected: str = ""


def side_by_side(key: Key, text: str, is_told: bool) -> list[Compared]:
    """The parts of an answer, in the order in which one computes them; ``is_told``: with the right ones.

    Where these are not told, nothing if the answer as a whole is all there is: that it is wrong is known.
    """
    pairs = key.by_parts(text)
    if not is_told and len(pairs) < 2:
        return []
    return [
        Compared(
            latex(one.own),
            written(one.value),
            one.agrees,
            one.first,
            latex(one.right) if is_told else "",
            written(one.expected) if is_told else "",
        )
        for one in pairs
    ]


def written(value: Array) -> str:
    """A value, (rows, columns), with as many decimals for each entry as its largest one needs."""
    places = FIGURES - 1 - magnitude(float(np.abs(value).max()))
    return Rounded((np.round(value, places) + 0.0).tolist()).written(Notation.LATEX)  # no -0
