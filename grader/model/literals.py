"""Blanks for numbers as they stand, or a word in their place, and for tokens in a sequence or a set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec.structs import replace

from grader.answers import LiteralKey, SequenceKey, SetKey, split, surround
from grader.bank import AnswerFile, QuestionFile, Tokens, fill
from grader.errors import Place
from grader.model.blank import Blank, Fixed, Listed, Literal, Token, Value
from grader.model.deciding import compares
from grader.model.labels import labels
from grader.model.structure import Structure
from grader.model.values import key_of, unit_of
from reference.language.dimensions import SCALAR
from reference.language.expression import Expression
from reference.language.roles import answer_name
from reference.language.shapes import infer
from reference.network import Network

WHOLE = re.compile(r"-?[0-9]{1,15}")
EXAMPLES = ("1", "3")  # of whole numbers, for how to write an answer


def literals(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place, network: Network
) -> tuple[list[Blank], Network]:
    """A blank for each literal that an answer asks for."""
    given = answer.literal
    named = given if isinstance(given, dict) else {"": given or ""}
    listed = [answer.words] if isinstance(answer.words, str) else answer.words
    words = tuple(fill(word, structure.context) for word in listed)
    hint = " or ".join(["numbers in brackets, as (1, 2),", *words]).removesuffix(",")
    tolerance = question.tolerance or structure.file.tolerance
    found = []
    for name, right in named.items():
        own = labels(question.id, name)
        written = [right] if not isinstance(right, list) else right
        texts = [fill(str(one), structure.context).strip() for one in written]
        unit = unit_of(answer, name, SCALAR, at["unit"])
        blank = Blank(question.id, name, Fraction(0), hint, Fixed(LiteralKey("", words=words)))
        if len(texts) == 1 and texts[0] in words:
            key = LiteralKey(texts[0], words=words, labels=own, unit=unit)
            found.append(replace(blank, source=Fixed(key)))
            continue
        here = at["literal"][name] if name else at["literal"]
        parts, single = (texts, False) if isinstance(right, list) else unbracketed(texts[0])
        if unit and not single:
            at["unit"].report("only numbers have a unit")
        targets, network = numbers(structure, blank.address, parts, here, network)
        values = tuple(Value(target, tolerance, may_be_trivial=True) for target in targets)
        found.append(replace(blank, source=Literal(values, words, single, own, unit)))
    return found, network


def numbers(
    structure: Structure, address: str, parts: Sequence[str], at: Place, network: Network
) -> tuple[list[str], Network]:
    """The network's names of the numbers that parts of a row give, and the network with them."""
    targets = []
    for number, part in enumerate(parts):
        keyed = key_of(structure, part, at, network)
        if keyed is not None:
            expression, shape, network = keyed
            targets.append(answer_name(f"{address} {number}"))
            network = network.extended({targets[-1]: expression}, {targets[-1]: shape})
    return targets, network


def unbracketed(text: str) -> tuple[list[str], bool]:
    """The parts of a row in one text, and whether it is a number by itself."""
    if text[:1] == "(" and surround(text):
        return parted(text[1:-1]), False
    return [text], True


def parted(text: str) -> list[str]:
    """The parts of a text between commas that stand outside brackets."""
    return [part for part in split(text, ",") if part]


def tokens(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place, network: Network
) -> tuple[list[Blank], Network]:
    """The one blank of a sequence or a set."""
    asked, here = (answer.sequence, at["sequence"]) if answer.sequence else (answer.set, at["set"])
    assert asked is not None
    name = asked.blank or ""
    address = f"{question.id}.{name}" if name else question.id
    known = tuple(fill(token, structure.context) for token in asked.known)
    found: list[Token] = []
    for number, (text, claim, where) in enumerate(stated(asked, structure, here["right"])):
        is_token = text in known or not (known or WHOLE.fullmatch(text) is None)
        if claim and not is_token:
            where.report(f"expected one of {', '.join(known)}, found '{text}'")
        if is_token and not claim:
            found.append(Token(text))
            continue
        value, network = number_of(structure, claim, text, where, network)
        if value is not None:
            target = answer_name(f"{address} {number}")
            network = network.extended({target: value}, {target: infer(value, network.shapes)})
            found.append(Token(text if claim else "", target))
    key = SequenceKey if answer.sequence else SetKey
    empty = key((), known, asked.part, labels(question.id, name))
    how = hint(bool(answer.sequence), known)
    return [Blank(question.id, name, Fraction(0), how, Listed((*found,), empty))], network


def number_of(
    structure: Structure, claim: str, text: str, at: Place, network: Network
) -> tuple[Expression | None, Network]:
    """What says whether a token belongs, or else which one it is, and the network with the derivatives that it names."""
    keyed = key_of(structure, claim or text, at, network)
    if keyed is None:
        return None, network
    value, shape, network = keyed
    if claim and not (compares(value) and shape == SCALAR):
        at.report(f"expected true, false or a comparison such as p > q, found '{claim}'")
        return None, network
    return value, network


def stated(asked: Tokens, structure: Structure, at: Place) -> Iterator[tuple[str, str, Place]]:
    """What an author says is right: a token or an expression, the comparison that says whether it belongs, and its place."""
    match asked.right:
        case str(text):
            yield from ((one, "", at) for one in parted(fill(text, structure.context)))
        case list(parts):
            for row, part in enumerate(parts):
                yield fill(str(part), structure.context), "", at[row]
        case claims:
            for token, claim in claims.items():
                if claim is not False:
                    yield token, "" if claim is True else str(claim), at[token]


def hint(ordered: bool, known: tuple[str, ...]) -> str:
    """How to write a sequence or a set."""
    example = ", ".join((known or EXAMPLES)[1::-1])
    what = f"of {', '.join(known)}" if known else "of whole numbers"
    if ordered:
        return f"a sequence {what}, written as {example}"
    return f"those {what} that belong, in any order, written as {example}, or none"
