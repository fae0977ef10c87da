"""Text to written expression, plain, Unicode or LaTeX.

Length, nesting and numbers are bounded here, before anything is evaluated, and no text ever reaches
``eval`` or another parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from reference.language.calling import HEAVISIDE
from reference.language.cursor import MAX_DEPTH
from reference.language.errors import ReadingError, quoted
from reference.language.expression import Apply, Expression, Name, Product, fold, names
from reference.language.labels import is_own_name, spelled
from reference.language.names import Vocabulary, canonical, unknown
from reference.language.operands import COMPARISONS
from reference.language.structures import Reader
from reference.language.tokens import MAX_LENGTH, Token, tokenize
from reference.language.wrapping import unwrapped

CHANGES = {"+=": "add", "-=": "subtract"}
GOES_ON = re.compile(r"[-+*/=·×∘⊙@^({\[,&\\|<>]\s*$")  # a line that cannot end here
DEFINING = re.compile(r"\b(?:where|with)\b(?!\s*\()")
DEFINERS = frozenset({"where", "with"})
JOINING = DEFINERS | {",", ";", "and"}
MAX_CUT = 20_000  # squares of letters of words
MAX_DEFINED = 24  # names in an answer
MAX_FILLED = 1500  # parts of an expression after its names were replaced
DEFINES = re.compile(r"\s*\\?[^\W\d][\w'{}^]*+\s*(?::?=|←|≔)(?!=)")  # a line that begins so
BREAK = re.compile(r"\n\s*")
GOES_BACK = re.compile(
    r"\s*(?:[-+*/=·×∘⊙@^)}\],&|<>]|(?:where|with)\b)"
)  # a line that cannot begin here
ALIGNED = re.compile(r"&(?=\s*=)|(?<==)\s*&")  # what a frame sets below one another
FRAME = re.compile(r"\\(?:begin|end)\s*\{(?:align|aligned|gather|gathered|equation|split)\*?\}")


def read(text: str, declared: Iterable[str] | Vocabulary = ()) -> Expression:
    """Read an expression over declared names; products stay as written.

    Raises:
        ReadingError: with the column, what was found and what was expected.
    """
    return Reader(tokenize(text), declared).whole()


class Before(Struct, frozen=True):
    """A side of an equation before the last.

    ``expression``: nothing where it cannot be read. ``own``: is it a name that only the student knows?
    """

    text: str
    expression: Expression | None
    own: bool
    column: int


class Said(Struct, frozen=True):
    """What a text says: the answer, the sides before it, and what names are said to stand for.

    ``definitions``: what stands behind *where*, of names that are declared.
    """

    answer: Expression
    before: tuple[Before, ...] = ()
    definitions: tuple[tuple[Expression, Expression], ...] = ()

    @property
    def meanings(self) -> dict[str, Expression]:
        """What the declared names stand for that are defined."""
        return {one.name: value for one, value in self.definitions if isinstance(one, Name)}


def read_said(text: str, declared: Iterable[str] | Vocabulary = ()) -> Said:
    """As :func:`read`, for what people put around an answer: ``dL/dW1 = …``, a full stop at the end.

    Raises:
        ReadingError: as above; also where nothing stands behind the last equality sign.
    """
    text = lines_apart(unframed(text))
    check_lines(text)
    tokens = tokenize(text)
    check_words(tokens)
    if has_definitions(text):
        return read_with_definitions(parted(tokens), vocabulary_of(declared))
    if ";" in text and (listed := definitions_first(tokens)):
        return read_with_definitions(listed, vocabulary_of(declared), first=True)
    if not may_have_sides(text):
        return Said(Reader(tokens, declared).whole())
    return read_equation(tokens, declared)


def has_definitions(text: str) -> bool:
    """Does *where* or *with* stand in a text, and is no function?"""
    return ("where" in text or "with" in text) and DEFINING.search(text) is not None


def may_have_sides(text: str) -> bool:
    """Is there a sign that may stand between the sides of an equation?"""
    if "=" in text or "," in text or "<-" in text:
        return True
    if "\\gets" in text or "\\leftarrow" in text:
        return True
    return not text.isascii() and ("←" in text or "≔" in text)


def defines(text: str) -> bool:
    """May a text say what names stand for, before or behind a formula in which they are?"""
    text = lines_apart(unframed(text))
    return ";" in text or has_definitions(text)


def vocabulary_of(declared: Iterable[str] | Vocabulary) -> Vocabulary:
    return declared if isinstance(declared, Vocabulary) else Vocabulary(tuple(declared))


def read_equation(tokens: list[Token], declared: Iterable[str] | Vocabulary) -> Said:
    starts = sides(tokens)
    answer = Reader(tokens[starts[-1] :], declared).whole()
    before = []
    for start, following in pairwise(starts):
        sign = tokens[following - 1]
        left = [*tokens[start : following - 1], Token("end", "", sign.column)]
        if sign.text in CHANGES and len(starts) == 2:  # w -= a, as w - a
            changed = Reader(left, declared).whole()
            answer = Apply(CHANGES[sign.text], (changed, answer), sign.column)
        if len(left) > 1:
            before.append(side_before(left, vocabulary_of(declared)))
    return Said(answer, tuple(before))


def side_before(tokens: list[Token], vocabulary: Vocabulary) -> Before:
    text = spelled(tokens)
    column = tokens[0].column
    try:
        return Before(text, Reader(tokens, vocabulary).whole(), False, column)
    except ReadingError:
        return Before(text, None, is_own_name(text, vocabulary), column)


def read_with_definitions(
    pieces: tuple[list[Token], list[list[Token]]], vocabulary: Vocabulary, first: bool = False
) -> Said:
    """``delta x^T where delta = yhat - y``: names of the student's own are replaced by what they stand for.

    ``first``: definitions stand before what they are for, so each must be of such a name, and used.
    """
    body, definitions = pieces
    if not definitions:
        return read_equation(body, vocabulary)
    if len(definitions) > MAX_DEFINED:
        raise ReadingError(f"at most {MAX_DEFINED} names can be defined", body[0].column)
    own: dict[str, Expression] = {}
    known: list[tuple[Expression, Expression]] = []
    used: set[str] = set()
    for one in definitions:
        said = read_equation(one, extended(vocabulary, own))
        if len(said.before) != 1:
            raise ReadingError("expected 'name = …' behind 'where'", one[0].column)
        [name], value = said.before, filled_in(said.answer, own)
        used |= names(said.answer)
        if first and (not name.own or name.text in own):
            taken = name.expression is not None or name.text in own
            what = "has a meaning here already" if taken else "holds a name that has a meaning here"
            message = f"expected one formula: '{quoted(name.text)}' {what}"
            raise ReadingError(message, one[0].column)
        if name.expression is not None:
            known.append((filled_in(name.expression, own), value))
        elif name.own and "(" not in name.text:
            own[name.text] = value
        else:
            raise ReadingError("expected 'name = …' behind 'where'", one[0].column)
    check_functions([*definitions, body], own, Reader(body, vocabulary))
    said = read_equation(body, extended(vocabulary, own))
    if first and own.keys() - used - names(said.answer):  # as where two answers are given
        raise ReadingError("expected one formula: leave only the answer", body[0].column)
    before = tuple(
        replace(one, expression=one.expression and filled_in(one.expression, own))
        for one in said.before
    )
    return Said(filled_in(said.answer, own), before, tuple(known))


def check_functions(pieces: Iterable[list[Token]], own: Iterable[str], reader: Reader) -> None:
    """A name of the student's that is a function as well may be either where a bracket follows.

    Raises:
        ReadingError: one does.
    """
    hiding = {canonical(one) for one in own if one == HEAVISIDE or reader.is_function(one)}
    for tokens in pieces if hiding else ():
        for token, following in pairwise(tokens):
            if following.text == "(" and canonical(token.text) in hiding:
                name = quoted(token.text)
                message = (
                    f"'{name}' can be your own or the function: write {name} * (…), or another name"
                )
                raise ReadingError(message, token.column)


def definitions_first(tokens: list[Token]) -> tuple[list[Token], list[list[Token]]] | None:
    """The last of some equations between semicolons, and those before; nothing where something else stands between them."""
    depth, cuts = 0, list[int]()
    for position, token in enumerate(tokens):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.text == ";":
            cuts.append(position)
    pieces = [one for one in cut_at(tokens, cuts) if len(one) > 1]
    defined = all(len(one) > 2 and one[1].text in ("=", "←") for one in pieces[:-1])
    return (pieces[-1], pieces[:-1]) if len(pieces) > 1 and defined else None


def extended(vocabulary: Vocabulary, own: Mapping[str, Expression]) -> Vocabulary:
    return replace(vocabulary, names=(*vocabulary.names, *own)) if own else vocabulary


def filled_in(written: Expression, own: Mapping[str, Expression]) -> Expression:
    """A written expression with names replaced by what they stand for.

    Raises:
        ReadingError: it is too long.
    """
    if not own:
        return written
    found = fold(written, lambda node, args: replaced(node, args, own))
    if fold(found, lambda _, sizes: 1 + sum(sizes)) > MAX_FILLED:
        raise ReadingError("too long with what its names stand for")
    return found


def replaced(node: Expression, args: list[Expression], own: Mapping[str, Expression]) -> Expression:
    match node:
        case Name(name):
            return own.get(name, node)
        case Apply(operation, _, column):
            return Apply(operation, tuple(args), column)
        case Product(_, signs, column):
            return Product(tuple(args), signs, column)
    return node


def parted(tokens: list[Token]) -> tuple[list[Token], list[list[Token]]]:
    """What stands before *where* or *with*, and each definition behind it."""
    depth, cuts = 0, list[int]()
    for position, token in enumerate(tokens):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        called = position + 1 < len(tokens) and tokens[position + 1].text == "("
        if depth == 0 and token.text in (JOINING if cuts else DEFINERS) and not called:
            cuts.append(position)
    body, *definitions = cut_at(tokens, cuts)
    while len(body) > 1 and body[-2].text in (",", ";"):
        del body[-2]
    return body, [one for one in definitions if len(one) > 1]


def cut_at(tokens: list[Token], cuts: list[int]) -> list[list[Token]]:
    """What stands between some tokens, each with an end of its own."""
    return [
        [*tokens[start + 1 : end], Token("end", "", tokens[end].column)]
        for start, end in pairwise([-1, *cuts, len(tokens) - 1])
    ]


def unframed(text: str) -> str:
    """A text without what people put around and behind a formula."""
    text = unwrapped(text) if len(text) <= MAX_LENGTH else text  # which is refused
    if ("\\begin" in text or "\\end" in text) and FRAME.search(text):
        text = ALIGNED.sub(" ", FRAME.sub(" ", text))
    return text.rstrip(" \t\r\n.,;$")


def lines_apart(text: str) -> str:
    """A text with semicolons between lines of which all but the last say what a name stands for."""
    if "\n" not in text or "\\begin" in text:
        return text
    lines = [line for line in text.splitlines() if line.strip()]
    apart = len(lines) > 1 and all(map(DEFINES.match, lines[:-1]))
    if not apart or any(map(GOES_ON.search, lines)) or any(map(GOES_BACK.match, lines)):
        return text
    return BREAK.sub(lambda found: ";".ljust(len(found[0])), text)


def check_words(tokens: list[Token]) -> None:
    """Whatever is no name may be a run of names, and to cut one takes the square of its length.

    Raises:
        ReadingError: all of them would take too long.
    """
    if sum(len(one.text) ** 2 for one in tokens if one.kind == "word") > MAX_CUT:
        raise ReadingError("too many long words: write spaces between names")


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
            case "if" | "for" | "when":
                depth += 1
            case "else":
                depth -= 1
            case "=" | "←" | "+=" | "-=" if depth == 0:
                starts.append(position + 1)
            case "," if depth == 0 and not in_cases(tokens):
                raise ReadingError("expected one formula, found ','", token.column)
    return starts


def in_cases(tokens: list[Token]) -> bool:
    """May commas stand between cases?"""
    return any(token.text in COMPARISONS for token in tokens)


__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "Vocabulary",
    "canonical",
    "read",
    "read_said",
    "tokenize",
    "unknown",
]
