"""What stands on the sides of equality signs: names of the blank, workings, and what they come to."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, pairwise
from typing import Generic, TypeVar

from msgspec import Struct

from grader.answers.brackets import depths
from reference.language.errors import LanguageError, ReadingError, quoted
from reference.language.expression import Apply, Expression, Name
from reference.language.labels import Labels, spelled
from reference.language.labels import is_label as is_known
from reference.language.labels import labels as language_labels
from reference.language.names import Vocabulary
from reference.language.reading import read
from reference.language.tokens import tokenize

EQUALS = re.compile(
    r""":?(?<![<>!])(?<![^^][-+*/])=(?:[=>]|\s*[~≈])?(?!>) | [≔≈≃≅≡←→⇒∴] | ~= | <- | -> | ~(?=\s*[-+.0-9])(?![0-9]{3}(?![0-9.])) | (?<![^\s=])~(?=\s*[(\[{])
      | \\(?:approx|simeq|cong|doteq|equiv|sim|coloneqq?|gets|leftarrow|to|therefore|rightarrow|Rightarrow|implies)(?![A-Za-z])""",
    re.VERBOSE,
)
CALLED = re.compile(r"([^:=]{1,100}?)(?::(?!=)|\s(?:is|ist)\s)")  # w21: 0.65, the answer is 0.65
DERIVATIVE = re.compile(r"[d∂]([^\W\d_]\w*)\s*/\s*[d∂]([^\W\d_]\w*)")
LAST_NAME = re.compile(r"[\s-]*(?:[d∂]\w+\s*/\s*[d∂]\s*)?[^\W\d_][\w{}']*\s*$")
LAST_NUMBER = re.compile(r"(?<=\S)\s+(-[0-9.,]+)\s*$")
WORD = re.compile(r"[^\W\d_]\w*")
ENDS_OPEN = re.compile(rf"(?:{EQUALS.pattern})\s*$", re.VERBOSE)
NO_NAMES = ("or", "and", "then", "so", "not", "if", "else")
GENERAL = ("answer", "my answer", "the answer", "final answer", "ans", "result", "solution")
MAX_SIDES = 20
MAX_LABEL = 100  # characters
MAX_WORKING = 400  # characters

T = TypeVar("T")
Names = tuple[str, ...]  # by which an exercise calls what is asked for


class Side(Struct, Generic[T], frozen=True):
    """One side as it was read.

    ``doubt``: what to ask where it could be read in another way too, and no other side tells which is meant.
    """

    value: T
    latex: str
    doubt: ReadingError | None = None


def concluded(
    text: str,
    labels: Names,
    read_side: Callable[[str], Side[T]],
    agree: Callable[[T, T], bool],
) -> Side[T]:
    """What the sides of an answer come to: of those that are no name of the blank, all agree, and the last one counts.

    Raises:
        LanguageError: a side cannot be read, or is something else, or two do not agree, or the only one has two readings.
    """
    sides = cut(behind_colon(text, labels))
    found: list[tuple[str, Side[T]]] = []
    named = False
    for place, side in enumerate(sides):
        if len(sides) > 1 and (is_label(side, labels) or not (place or side.strip())):
            named = True
            continue
        if place and not side.strip():
            raise ReadingError("expected a value on both sides of '='")
        try:
            found.append((side, read_side(side)))
        except LanguageError:
            if place == len(sides) - 1 or WORD.search(side) is None:
                raise
            if not (named and is_working(side)):
                raise strange(side) from None
    if not found:
        raise ReadingError("expected a value, found only what it is called")
    for (one_text, one), (other_text, other) in combinations(found, 2):
        if not agree(one.value, other.value):
            raise ReadingError(
                f"'{quoted(one_text)}' and '{quoted(other_text)}' are not equal: leave only the answer"
            )
    last = found[-1][1]
    if last.doubt and all(one.doubt for _, one in found):
        raise last.doubt
    return last


def strange(side: str) -> ReadingError:
    column = len(side) - len(side.lstrip()) + 1
    return ReadingError(
        f"'{quoted(side)}' is neither a name of what is asked for here nor equal to what follows: "
        "leave only the answer",
        column,
    )


def behind_colon(text: str, labels: Names) -> str:
    """A text with an equality sign for the colon behind a label."""
    match = CALLED.match(text)
    if match is None or not is_label(match[1], labels):
        return text
    return f"{match[1]}={text[match.end() :]}"


def cut(text: str) -> list[str]:
    """The sides of a text, at the signs outside brackets, each in its place behind spaces.

    Raises:
        ReadingError: there are too many.
    """
    if EQUALS.search(text) is None:
        return [text]
    open_here = depths(text)
    parts, start = list[str](), 0
    for sign in EQUALS.finditer(text):
        if open_here[sign.start()] <= 0:
            parts.append(" " * start + text[start : sign.start()])
            start = sign.end()
            if len(parts) == MAX_SIDES:
                raise ReadingError(f"expected at most {MAX_SIDES} sides")
    return [*parts, " " * start + text[start:]]


def one_line(text: str) -> str:
    """Lines joined where an equality sign stands between them.

    Raises:
        ReadingError: it does not, so it is not clear which line is meant.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    for line, following in pairwise(lines):
        if not (ENDS_OPEN.search(line) or EQUALS.match(following.lstrip())):
            raise ReadingError("expected one line: leave only the answer")
    return " ".join(lines)


def worked_out(
    text: str, read_part: Callable[[str], T], agree: Callable[[T, T], bool]
) -> ReadingError | None:
    """What to ask where a value stands beside what has the same value, as in ``-1.5 (1.5*-1)``; nothing elsewhere."""
    for one, other in beside(text.strip()):
        try:
            same = agree(read_part(one), read_part(other))
        except LanguageError:
            continue
        if same:
            message = f"'{quoted(text)}' can be one value or a value and its working: leave only the answer"
            return ReadingError(message).instead(text.strip(), one.strip())
    return None


def beside(text: str) -> Iterator[tuple[str, str]]:
    """What stands before and in the bracket at the end of a text, and before and in a number with a sign there."""
    if text[-1:] in (")", "]", "}"):
        open_here = depths(text)
        start = max((at for at, depth in enumerate(open_here[:-1]) if depth == 0), default=0)
        indicator = text[start] == "{" and text[:start].rstrip()[-1:] == "1"
        if not open_here[-1] and text[:start].strip() and not indicator:
            yield text[:start], text[start + 1 : -1]
    match = LAST_NUMBER.search(text)
    if match is not None:
        yield text[: match.start()], match[1]


# Names of what a blank asks for, and workings


def is_label(text: str, labels: Names) -> bool:
    """Does a text name what a blank asks for, in any spelling?"""
    text = text.strip()
    if not text or len(text) > MAX_LABEL:
        return False
    if len(text) > 2 and text.casefold() in (
        *GENERAL,
        *map(str.casefold, filter(str.isalpha, labels)),
    ):
        return True  # Answer, Total
    if not labels:
        return False
    known, vocabulary = known_labels(labels)
    try:
        tokens = tokenize(text)
    except LanguageError:
        return False
    return is_known(spelled(tokens), read_or_nothing(text, vocabulary), known)


@functools.lru_cache(maxsize=1024)
def known_labels(labels: Names) -> tuple[Labels, Vocabulary]:
    """The labels in all their spellings, and the names in them."""
    vocabulary = Vocabulary(tuple(words(" ; ".join(labels))))
    return language_labels(labels, vocabulary, steps=True), vocabulary


def words(text: str) -> dict[str, None]:
    """The names in a text, those of derivatives by themselves: E and w of ``dE/dw``."""
    parts = [name for pair in DERIVATIVE.findall(text) for name in pair]
    return dict.fromkeys([*parts, *WORD.findall(DERIVATIVE.sub(" ", text))])


def read_or_nothing(text: str, vocabulary: Iterable[str] | Vocabulary) -> Expression | None:
    try:
        return read(text, vocabulary)
    except LanguageError:
        return None


def is_working(text: str) -> bool:
    """Is a text a formula in names, as ``w x + b``, that leads to what follows?

    A name by itself is none, as it stands for another quantity, and neither is a value with a name behind it: in
    ``h1 = 2 h2 = 3`` that begins the value of another blank.
    """
    if len(text) > MAX_WORKING:
        return False
    found = words(text)
    if not found or not found.keys().isdisjoint(NO_NAMES):
        return False
    if read_or_nothing(LAST_NAME.sub("", text), ()) is not None:
        return False
    formula = read_or_nothing(text, found) or read_or_nothing(text.replace("/", "*"), found)
    while isinstance(formula, Apply) and formula.operation in ("negate", "transpose", "prime"):
        formula = formula.args[0]
    return not isinstance(formula, Name | None)
