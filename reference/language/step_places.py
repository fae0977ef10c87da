"""Steps of a recurrence written as places: ``c[t+1, j]``, ``c_{t+1,j}``, ``c^{(t+1)}_j`` for the entry j of ``c_{t+1}``.

They become subscripts and places in brackets before a text is read, so that every reader knows them by one form.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from reference.language.names import LOWERED, Vocabulary, canonical
from reference.language.over_time import Time
from reference.language.tokens import Token

BRACKETS = {"[": "]", "{": "}", "(": ")"}
JOINED = re.compile(r"(.+?)_\{?([A-Za-z][A-Za-z0-9]*)\}?")  # c_{tj}, c_j
STEP = re.compile(r"\w+([+-]\d+)?")
Run = list[Token]


def with_subscripts(tokens: Run, vocabulary: Vocabulary) -> Run:
    """Tokens in which every step stands in a subscript by itself."""
    time = vocabulary.time
    if time is None:
        return tokens
    bases = frozenset(map(canonical, time.spans)) - vocabulary.spellings.keys()
    found: Run = []
    start = 0
    while start < len(tokens):
        written, start = one_name(tokens, start, bases, vocabulary, time)
        found += written
    return found


def one_name(
    tokens: Run, start: int, bases: Collection[str], vocabulary: Vocabulary, time: Time
) -> tuple[Run, int]:
    """What stands for the token at ``start`` and what belongs to it, and where the next one is."""
    token = tokens[start]
    plain = [token], start + 1
    if token.kind != "word" or canonical(token.text) in vocabulary.spellings:
        return plain
    base, places = token, list[Run]()
    joined = JOINED.fullmatch(token.text.translate(LOWERED))
    if joined and is_base(joined[1], bases):
        base = Token("word", joined[1], token.column)
        places = [[Token("word", one, token.column + len(joined[1]))] for one in joined[2]]
    elif not is_base(token.text, bases):
        return plain
    raised = raised_step(tokens, start + 1)
    if raised is not None and len(places) < 2:
        places, end = [raised[0], *places], raised[1]
    elif len(places) > 1:
        end = start + 1
    elif places:
        return plain
    else:
        places, end = in_brackets(tokens, start + 1)
    if not places or not all(map(is_step, places[:1])):
        return plain
    return [base, *written(places, time)], end


def is_base(text: str, bases: Collection[str]) -> bool:
    """Is it what has a value at each step, perhaps under a differential?"""
    return canonical(text) in bases or (text[0] == "d" and canonical(text[1:]) in bases)


def raised_step(tokens: Run, start: int) -> tuple[Run, int] | None:
    """The step in ``^{(t-1)}`` or ``^(t-1)``, and where it ends."""
    if tokens[start].text != "^":
        return None
    braced = tokens[start + 1].text == "{"
    opening = start + 1 + braced
    if tokens[opening].text != "(":
        return None
    inside, end = inside_of(tokens, opening)
    if braced and (end >= len(tokens) or tokens[end].text != "}"):
        return None
    return (inside, end + braced) if is_step(inside) else None


def in_brackets(tokens: Run, start: int) -> tuple[list[Run], int]:
    """The places behind a name, one a run of tokens, and where they end; none where there are none."""
    opening = start + (tokens[start].text == "_")
    if tokens[opening].text not in (BRACKETS if opening > start else "["):
        return [], start
    inside, end = inside_of(tokens, opening)
    return [*split_at_commas(inside)], end


def inside_of(tokens: Run, opening: int) -> tuple[Run, int]:
    """What stands in the bracket that opens there, and where it ends; nothing where it does not close."""
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at].text in BRACKETS) - (tokens[at].text in BRACKETS.values())
        if depth == 0:
            return tokens[opening + 1 : at], at + 1
    return [], opening


def split_at_commas(tokens: Run) -> Iterator[Run]:
    depth, run = 0, list[Token]()
    for token in tokens:
        depth += (token.text in BRACKETS) - (token.text in BRACKETS.values())
        if token.text == "," and depth == 0:
            yield run
            run = []
        else:
            run.append(token)
    yield run


def is_step(run: Run) -> bool:
    return STEP.fullmatch("".join(one.text for one in run)) is not None


def written(places: list[Run], time: Time) -> Run:
    """The step in a subscript, then the places of the entry in brackets; it is the first unless another names the letter of the steps."""
    own = {time.letter, time.limit}
    step = next((one for one in places if is_step(one) and one[0].text in own), places[0])
    rest = [one for one in places if one is not step]
    found = [sign("_", step), sign("{", step), *step, sign("}", step)]
    for number, one in enumerate(rest):
        found += [sign("," if number else "[", one), *one]
    return [*found, sign("]", rest[-1])] if rest else found


def sign(text: str, run: Run) -> Token:
    return Token("operator", text, run[0].column if run else 0)
