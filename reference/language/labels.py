"""What stands before an equality sign and only says what is asked for: ``dL/dW1 = …``, ``∇_w L = …``, ``answer = …``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from reference.language.errors import LanguageError
from reference.language.expression import Apply, Expression, Name, Product
from reference.language.names import Vocabulary, canonical
from reference.language.roles import is_derivative, of_and_by
from reference.language.structures import Reader, bare
from reference.language.tokens import Token, tokenize

OWN_NAME = (
    re.compile(  # what is matched is not given back, or texts could be made that take for ever
        r"([^\W\d](?:[^\W_]|_(?=\w))*+(?:[_^]\{?[\[(]?[\w+,]++[\])]?\}?|')*+)(?:\([\w',_^{}]*\))?"
    )
)
PIECES = re.compile(r"[\W_]+")
AROUND = ("", "d", "D", "∂", "grad", "gradient", "nabla", "∇", "delta", "Delta", "δ", "Δ", "g")
BEHIND = ("", "grad", "gradient", "'")
LOSSES = (
    "L",
    "Loss",
    "loss",
    "J",
    "E",
    "C",
    "cost",
    "Cost",
    "error",
    "Error",
    "ℓ",
)  # usual names of one
RENEWED = r"(?:new|next|updated|neu|\+|'|[\[({]*[tkn]\+1[\])}]*)"  # of a parameter after a step


class Labels(Struct, frozen=True):
    """How a blank may be called: as expressions without their columns, and as they are spelled."""

    nodes: frozenset[object]
    spelled: re.Pattern[str]


def labels(asked: Sequence[str], vocabulary: Vocabulary, steps: bool = False) -> Labels:
    """The labels of a blank that is called as ``asked``: its name, and the expression that it asks for.

    ``steps``: is the step of an update one of them? Where a formula is asked for, it is compared instead.
    """
    nodes: set[object] = set()
    patterns: list[str] = []
    for text in asked:
        patterns.append(re.escape(canonical(text)))
        try:
            node = Reader(tokenize(text), vocabulary).whole()
        except LanguageError:  # of what a blank hides; dw may be another blank there
            patterns += [
                one for one in spellings(Name(text), vocabulary) if "∂" in one or "∇" in one
            ]
            continue
        whole = node.args[0] if isinstance(node, Apply) and node.operation == "entry" else node
        target = updated(node)
        if target is not None:
            nodes.add(bare(target))
        if target is None or steps:
            nodes |= {bare(node), bare(whole)}
        patterns += spellings(whole, vocabulary)
        if target is not None:
            name = re.escape(canonical(target.name))
            patterns += [rf"{name}\^?{RENEWED}", f"new{name}"]
    return Labels(frozenset(nodes), re.compile("|".join(patterns) or "(?!)"))


def updated(node: Expression) -> Name | None:
    """The parameter w of ``w - alpha * (dL/dw)``."""
    match node:
        case Apply("subtract" | "add", (Name() as target, step)):
            by = [of_and_by(one)[1] for one in derivatives(step)]
            return target if target.name in by else None
    return None


def derivatives(node: Expression) -> list[str]:
    match node:
        case Name(name) if is_derivative(name):
            return [name]
        case Apply() | Product():
            return [name for one in node.args for name in derivatives(one)]
    return []


def spellings(node: Expression, vocabulary: Vocabulary) -> list[str]:
    """What people write for a derivative that the network does not call so."""
    if not isinstance(node, Name) or not is_derivative(node.name):
        return []
    quantity, by = (canonical(one) for one in of_and_by(node.name))
    names = called(quantity, vocabulary)
    of, by = pattern_of(names), re.escape(by)
    primed = pattern_of([one for one in names if f"{one}'" not in vocabulary.spellings])
    gradient = rf"(?:∇|grad|gradient|nabla)(?:of)?(?:{by}(?:{of})?|{of})?"
    return [
        gradient,
        rf"d{by}",
        rf"{by}\.?(?:grad|gradient)",
        rf"{primed}'(?:\({by}\))?",
        rf"(?:frac)?[d∂]{of}/?[d∂]{by}",
    ]


def pattern_of(names: Sequence[str]) -> str:
    """A pattern of some names; of none, one that nothing matches."""
    return f"(?:{'|'.join(map(re.escape, names))})" if names else "(?!)"


def called(quantity: str, vocabulary: Vocabulary) -> list[str]:
    """A quantity, and if it is a loss, the usual names of one that mean nothing else here."""
    others = LOSSES if quantity in LOSSES else ()
    return [quantity, *(one for one in others if one not in vocabulary.plain_spellings)]


def is_label(spelled: str, expression: Expression | None, known: Labels) -> bool:
    """Is what stands before an equality sign a name of the blank?"""
    if expression is not None and bare(expression) in known.nodes:
        return True
    return known.spelled.fullmatch(canonical(spelled)) is not None


def spelled(tokens: Sequence[Token]) -> str:
    return "".join(token.text for token in tokens)


def is_own_name(text: str, vocabulary: Vocabulary) -> bool:
    """Is it one name, and none that hangs together with a declared one?"""
    found = OWN_NAME.fullmatch(text)
    if found is None:
        return False
    head = canonical(found[1]).replace("^", "")
    declared = vocabulary.spellings.keys() | vocabulary.function_spellings.keys()
    pieces = [canonical(one) for one in PIECES.split(found[1]) if one]
    if len(pieces) > 1 and not declared.isdisjoint(pieces):  # W2_grad
        return False
    return not any(
        head.removeprefix(before).removesuffix(behind) in declared
        for before in AROUND
        for behind in BEHIND
    )
