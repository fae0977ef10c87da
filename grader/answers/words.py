"""Words that may stand in place of a value: ``error``, ``not determined``; each in the spellings of people and programs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.answers.letters import in_words, plain

SPELLINGS = {
    "error": """
        an error | errors | error message | exception | it fails | fails | raises an error | gives an error | throws an error
        | not possible | impossible | invalid | not valid | incompatible | not compatible | does not fit | does not work
    """,
    "not determined": """
        undetermined | indeterminate | not known | unknown | n d | n/d | nd | ? | cannot be determined | can not be determined
        | can t be determined | cannot be known | not determinable | it is not determined | no it is not determined | this is not determined | not enough information | not determined by this
    """,
    "not defined": "undefined | nan | does not exist",
    "infinite": "inf | infinity | ∞ | +∞ | unbounded",
    "true": "yes | t",
    "false": "no | f",
    "never": "at no step | not at all",
}
RAISED = re.compile(  # what a program prints
    r"(?:value|runtime|type|index|name|shape|dimension|broadcast(?:ing)?|size)?\s?(?:error|exception)(?::.{0,300})?",
    re.DOTALL,
)


def word_in(text: str, words: Sequence[str]) -> str:
    """Which of some words a text says; empty where it says none of them.

    Raises:
        ReadingError: it is too long.
    """
    body = plain(text)
    said = in_words(body) or body.strip()
    for word in words:
        if said in spellings(word) or (word == "error" and RAISED.fullmatch(body.strip())):
            return word
    return ""


def spellings(word: str) -> set[str]:
    """All ways to say a word, in small letters with one space between."""
    others = SPELLINGS.get(word, "").split("|")
    return {in_words(word), *(" ".join(other.split()) for other in others if other.strip())}
