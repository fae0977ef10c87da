"""Tokens that stand one behind the other, ``C, A, B``, or belong together, ``{b, d, e}``: names of a list, or whole numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.answers.letters import MAX_LENGTH, check_brackets, check_negated, unbulleted, unnumbered
from grader.answers.sides import Names, is_label
from reference.language.errors import ReadingError, quoted
from reference.language.names import canonical
from reference.language.wrapping import unwrapped

MAX_TOKENS = 200
ARROWS = re.compile(r"→|⇒|->|=>|\\(?:to|rightarrow|Rightarrow)(?![a-zA-Z])|(?<=\w)\s*>\s*(?=\w)")
APART = re.compile(
    r"(?<=\w)\s+(?:then|dann|puis)\s+(?=\w)|[\s,;|&]+|\\[,;{}]?|(?<![\w.])(?:and|und|et)(?![\w.])"
)
NUMBERED = re.compile(r"(?:^|(?<=[\n,;]))[ \t]*[0-9]{1,2}[.)][ \t]+[-+0-9]")
DASH = re.compile(r"\s[-–](?=\s)")
RANGE = re.compile(r"(?<![-–] )(?<![\d+-])[-+]?\d+ [-–] [-+]?\d+(?! [-–]|\d)")  # 2 – 4 alone
AROUND = "[]{}()<>⟨⟩\"'`. "
SIGN = re.compile(r"[=:]")  # behind what is asked for
WHOLE = re.compile(r"[-+]?[0-9]{1,15}(?:\.0*)?")
EMPTY = ("", "none", "empty", "∅", "the empty set", "nothing", "{}", "[]", "()", r"\emptyset")


def read_tokens(text: str, known: Sequence[str], labels: Names = ()) -> list[str]:
    """The tokens of a text, in the order in which they stand; none where it says so.

    Args:
        known: the tokens there are; whole numbers where none are listed.
        labels: names of what is asked for, of which one may stand before an equality sign or a colon.

    Raises:
        ReadingError: something else stands there, or there are too many.
    """
    if len(text) > MAX_LENGTH:
        raise ReadingError(f"too long: {len(text)} characters, at most {MAX_LENGTH} are read")
    check_negated(text)
    body = unwrapped(text).strip()
    sign = SIGN.search(body)
    if sign and (not sign.start() or is_label(body[: sign.start()], labels)):
        body = body[sign.end() :].strip()
    if body.casefold().strip(". ") in EMPTY:
        return []
    if known and not any(map(str.isdigit, known)):
        body = unnumbered(body if "-" in known else unbulleted(body))
    elif NUMBERED.search(body):
        raise ReadingError("a number can be a token or count them: write commas between tokens")
    if not {"-", "–"} & {*known}:
        body = without_dashes(body)
    check_brackets(body, lambda word: is_named(word, known))
    words = [word.strip(AROUND) for word in APART.split(ARROWS.sub(" ", body))]
    found = [token for word in words if word for token in named(word, known)]
    if len(found) > MAX_TOKENS:
        raise ReadingError(f"expected at most {MAX_TOKENS}, found {len(found)}")
    if not found:
        raise ReadingError(f"{expected(known)}, found '{quoted(text)}'")
    return found


def without_dashes(text: str) -> str:
    """A text without the dashes between its tokens.

    Raises:
        ReadingError: one stands between two numbers, which can be all from the one to the other.
    """
    if DASH.search(text) is None:
        return text
    text = " ".join(text.split())
    if span := RANGE.search(text):
        first, _, last = span[0].split()
        message = f"{quoted(span[0])} can be two numbers or all between them: write commas"
        raise ReadingError(message).instead(span[0], f"{first}, {last}")
    return DASH.sub(" ", text)


def named(word: str, known: Sequence[str]) -> list[str]:
    """The tokens of one word: one of them, in small or large letters where these tell none apart, or a run of single signs or with hyphens."""
    if not known:
        if not WHOLE.fullmatch(word):
            raise ReadingError(f"{expected(known)}, found '{quoted(word)}'")
        return [str(int(float(word)))]
    own = spelled(known)
    if word in own:
        return [own[word]]
    if word.casefold() in own:
        return [own[word.casefold()]]
    if canonical(word) in own:
        return [own[canonical(word)]]
    parts = word.split("-") if "-" in word and "-" not in known else word
    run = [own.get(one, own.get(one.casefold(), "")) for one in parts]
    if (parts is word and max(map(len, known)) > 1) or not all(run):
        raise ReadingError(f"{expected(known)}, found '{quoted(word)}'")
    return run


def is_named(word: str, known: Sequence[str]) -> bool:
    """Is it one of the tokens, or a run of them?"""
    try:
        return bool(named(word, known))
    except ReadingError:
        return False


def spelled(known: Sequence[str]) -> dict[str, str]:
    """Each token by itself, and in small letters where no other one is the same in these."""
    small = [token.casefold() for token in known]
    alone = {one: token for one, token in zip(small, known, strict=True) if small.count(one) == 1}
    others = [canonical(one) for one in known]  # G1 for G_1 and G₁
    alike = {one: token for one, token in zip(others, known, strict=True) if others.count(one) == 1}
    return {**alike, **alone, **{token: token for token in known}}


def expected(known: Sequence[str]) -> str:
    if not known:
        return "expected whole numbers, as 3, 1, 2"
    return (
        f"expected {', '.join(known[:-1])} or {known[-1]}"
        if len(known) > 1
        else f"expected {known[0]}"
    )


def latex(tokens: Sequence[str]) -> str:
    """Tokens, to show what was understood."""
    return rf"\text{{{', '.join(tokens) or 'none'}}}"
