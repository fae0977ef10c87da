"""Text to written expression, plain, Unicode or LaTeX.

Length, nesting and numbers are bounded here, before anything is evaluated, and no text ever reaches
``eval`` or another parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from reference.language.cursor import MAX_DEPTH
from reference.language.errors import ReadingError
from reference.language.expression import Apply, Expression
from reference.language.names import Vocabulary, canonical, unknown
from reference.language.structures import Reader
from reference.language.tokens import MAX_LENGTH, Token, tokenize

CHANGES = {"+=": "add", "-=": "subtract"}
BETWEEN_SIDES = re.compile(r"[=,←≔]|<-|\\(?:gets|leftarrow)")
GOES_ON = re.compile(r"[-+*/=·×∘⊙@^({\[,&\\|<>]\s*$")  # a line that cannot end here
GOES_BACK = re.compile(r"\s*[-+*/=·×∘⊙@^)}\],&|<>]")  # a line that cannot begin here
FRAME = re.compile(r"\\(?:begin|end)\s*\{(?:align|aligned|gather|gathered|equation|split)\*?\}")


def read(text: str, declared: Iterable[str] | Vocabulary = ()) -> Expression:
    """Read an expression over declared names; products stay as written.

    Raises:
        ReadingError: with the column, what was found and what was expected.
    """
    return Reader(tokenize(text), declared).whole()


def read_sides(
    text: str, declared: Iterable[str] | Vocabulary = ()
) -> tuple[Expression | None, Expression]:
    """As :func:`read`, for what people put around an answer: ``dL/dW1 = …``, a full stop at the end.

    The first side of an equation, where it can be read, and the last.

    Raises:
        ReadingError: as above; also where nothing stands behind the last equality sign.
    """
    text = unframed(text)
    check_lines(text)
    tokens = tokenize(text)
    starts = sides(tokens) if BETWEEN_SIDES.search(text) else [0]
    if len(starts) == 1:
        return None, Reader(tokens, declared).whole()
    answer = Reader(tokens[starts[-1] :], declared).whole()
    sign = tokens[starts[1] - 1]
    left = [*tokens[: starts[1] - 1], Token("end", "", sign.column)]
    if sign.text in CHANGES:  # w -= a, as w - a
        operation = CHANGES[sign.text]
        return None, Apply(operation, (Reader(left, declared).whole(), answer), sign.column)
    try:
        return Reader(left, declared).whole(), answer
    except ReadingError:
        return None, answer  # a name that only the student knows


def unframed(text: str) -> str:
    """A text without what people put around and behind a formula."""
    return FRAME.sub(" ", text).rstrip(" \t\r\n.,;$")


def check_lines(text: str) -> None:
    """One formula may be broken over lines; two formulas are one too many."""
    if "\n" not in text or "\\begin" in text:
        return
    lines = [line for line in text.splitlines() if line.strip()]
    for line, following in pairwise(lines):
        if not (GOES_ON.search(line) or GOES_BACK.match(following)):
            raise ReadingError("expected one line: leave only the answer")


def sides(tokens: list[Token]) -> list[int]:
    """Where the sides of an equation begin: at the signs that stand outside brackets and cases."""
    depth, starts = 0, [0]
    for position, token in enumerate(tokens):
        match token.text:
            case "(" | "[" | "{":
                depth += 1
            case ")" | "]" | "}":
                depth -= 1
            case "begin" | "end" if token.kind == "command":
                depth += 1 if token.text == "begin" else -1
            case "if" | "else":
                depth += 1 if token.text == "if" else -1
            case "=" | "←" | "+=" | "-=" if depth == 0:
                starts.append(position + 1)
            case "," if depth == 0:
                raise ReadingError("expected one formula, found ','", token.column)
    return starts


__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "Vocabulary",
    "canonical",
    "read",
    "read_sides",
    "tokenize",
    "unknown",
]
