"""A function of every entry of a list, as programs write it: ``np.log([1, 2])`` is ``[np.log(1), np.log(2)]``; ``np.array`` is none."""

from __future__ import annotations

import re

from grader.answers import brackets
from reference.language.dimensions import keep
from reference.language.operations import FUNCTIONS, OPERATIONS, SPELLINGS
from reference.language.wrapping import unprinted

CALL = re.compile(r"(?:\\|(?:[a-z]{1,10}\.){1,3})?([A-Za-zσ_][A-Za-z0-9_]{0,20})\(")
ARRAYS = frozenset({"array", "asarray", "tensor", "Tensor", "matrix"})
LISTS = ("[", "\\begin")
BEHIND = ("", "/", "*", "·", "×", ".", "^", "'", "\\")  # a factor or a transpose
ONE_LIST = frozenset("[],;")  # which stand in no factor
OVER_ALL = ("softmax", "is_largest")  # entries, though as many come out
ENTRYWISE = {
    name
    for (name, count), operation in FUNCTIONS.items()
    if count == 1 and operation not in OVER_ALL and OPERATIONS[operation].shape is keep
}
CALLED = ENTRYWISE | {name for name, known in SPELLINGS.items() if known in ENTRYWISE}


def applied(text: str) -> tuple[str, str]:
    """The function that is applied to all entries, if one is, and the text with the list in place of the call."""
    depth = brackets.depths(text)
    if min(depth) < 0 or depth[-1]:
        return "", text
    for found in CALL.finditer(text):
        start, inside = found.start(), found.end()
        if depth[start] == 0 and found[1] in CALLED | ARRAYS:
            end = next(place for place in range(inside, len(text)) if not depth[place + 1])
            bare = unprinted(text[inside:end]).strip()
            if bare.startswith(LISTS):
                before, behind = text[:start], text[end + 1 :].lstrip()
                alone = ONE_LIST.isdisjoint(before + behind) and behind[:1] in BEHIND
                function = found[1] if found[1] in CALLED else ""
                return (function, before + bare + behind) if alone else ("", text)
    return "", text
