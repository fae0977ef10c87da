"""A function of every entry of a list, as programs write it: ``np.log([1, 2])`` is ``[np.log(1), np.log(2)]``."""

from __future__ import annotations

import re

from grader.answers import brackets
from reference.language.dimensions import keep
from reference.language.operations import FUNCTIONS, OPERATIONS, SPELLINGS
from reference.language.wrapping import unprinted

CALL = re.compile(r"(?:\\|(?:[a-z]{1,10}\.)+)?([A-Za-zσ_][A-Za-z0-9_]{0,20})\(")
LISTS = ("[", "\\begin")
OVER_ALL = ("softmax", "is_largest")  # entries, though as many come out
ENTRYWISE = {
    name
    for (name, count), operation in FUNCTIONS.items()
    if count == 1 and operation not in OVER_ALL and OPERATIONS[operation].shape is keep
}
CALLED = ENTRYWISE | {name for name, known in SPELLINGS.items() if known in ENTRYWISE}


def applied(text: str) -> tuple[str, str]:
    """The function that is applied to all entries, if one is, and the text with the list alone."""
    depth = brackets.depths(text)
    if min(depth) < 0 or depth[-1]:
        return "", text
    for found in CALL.finditer(text):
        inner = text[found.end() : -1]
        whole = text.endswith(")") and min(depth[found.end() : -1]) > depth[found.start()]
        if depth[found.start()] == 0 and whole and found[1] in CALLED:
            bare = unprinted(inner).strip()
            return (
                (found[1], text[: found.start()] + bare) if bare.startswith(LISTS) else ("", text)
            )
    return "", text
