"""Names of ours in what people read: operations that only gradmark has a name for, and addresses."""

import re

CALLS = re.compile(
    r"\b(?:fill|unit|count|entry|sum_over|step_sum|row_?sums|column_?sums|is_?largest)[({]|@"
)


def inner(text, addresses=(), hidden=()):
    """The names of ours in a text, of operations, of addresses and of hidden patterns; what stands as code is to be typed as it is."""
    text = re.sub(r"`[^`]*`|\(data:[^)]*\)", "", text)
    found = CALLS.findall(text)
    found += [one for one in addresses if "." in one and one in text]
    found += [one for one in hidden if re.search(rf"(?<![\w\\]){one}(?![\w}}])", text)]
    return found
