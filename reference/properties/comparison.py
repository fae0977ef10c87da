"""Two sides and the sign between them: read, and decided entry by entry."""

from __future__ import annotations

import re
from itertools import accumulate

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from reference.language.errors import ReadingError
from reference.language.values import Array

Flags = NDArray[np.bool_]

SIGN = re.compile(r"[<>!=]=|[=<>≤≥≠]")
PLAIN = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
NOISE = 1e-9  # of the arithmetic, relative to what is asked; of what is nearly nothing, to
LITTLE = 1e-3


class Comparison(Struct, frozen=True):
    """Two sides by their names in a network, and the sign between them.

    ``of``, ``asked``: the sides as they are written; the left one is empty where nobody is to see it.
    """

    left: str
    sign: str
    right: str
    of: str
    asked: str

    def holds(self, left: Array, right: Array, edge: Array) -> Flags:
        """Where it does, for sides of one shape; what is not finite never does.

        Args:
            edge: how far the sides may have been moved by rounding, which is no fault. Two sides that must differ are not equal for
                that, as who is exactly at an edge has not rounded.
        """
        gap, noise = left - right, NOISE * (LITTLE + np.abs(right))
        differs = np.abs(gap) > noise
        found = {
            "=": np.abs(gap) <= edge + noise,
            "!=": differs,
            "<": differs & (gap < edge),
            "<=": gap <= edge + noise,
            ">": differs & (-gap < edge),
            ">=": -gap <= edge + noise,
        }[self.sign]
        return np.asarray(found & np.isfinite(left) & np.isfinite(right))


def sides(text: str) -> tuple[str, str, str]:
    """The left side, the sign and the right side of a written comparison.

    Raises:
        ReadingError: it has no sign outside of brackets, or several.
    """
    depths = [*accumulate((sign in "([{") - (sign in ")]}") for sign in text)]
    signs = [match for match in SIGN.finditer(text) if not depths[match.start()]]
    if len(signs) != 1:
        raise ReadingError(f"expected a comparison such as y = t or L < 0.1, found '{text}'")
    sign = signs[0]
    return text[: sign.start()], PLAIN.get(sign[0], sign[0]), text[sign.end() :]
