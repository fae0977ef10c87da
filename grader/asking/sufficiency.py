"""Blanks that ask whether data determine a quantity; the right option is proved, not declared."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from fractions import Fraction

from grader.asking.asked import Asked, Proved
from grader.records import Blank, Choose, Data, Option, QuestionFile
from grader.structure import Structure
from grader.templates import fill
from reference.language.dimensions import SCALAR
from reference.language.errors import LanguageError
from reference.language.expression import Expression, Name
from reference.language.reading import read
from reference.language.writing import plain
from reference.network import Network
from reference.proofs import quantities
from reference.sufficiency import Decision, Insufficient, Sufficiency, Sufficient

OPTIONS = {
    "first": "Item (1) is enough by itself, item (2) is not.",
    "second": "Item (2) is enough by itself, item (1) is not.",
    "together": "Neither item is enough by itself, but both together are.",
    "each": "Each of the items is enough by itself.",
    "neither": "Even both items together are not enough.",
}
CLAIMS = {  # of item (1), of item (2), of both: enough?
    "first": (True, False, True),
    "second": (False, True, True),
    "together": (False, False, True),
    "each": (True, True, True),
    "neither": (False, False, False),
}
ITEMS = ("item (1)", "item (2)", "both items together")
HINT = "the letter of one option"
WEIGHTS = re.compile(r"weights from (\w+) to (\w+)")
OUTPUTS = re.compile(r"outputs of (\w+)")


def sufficiency(
    structure: Structure, question: QuestionFile, data: Data, place: str, network: Network
) -> list[Asked]:
    """One blank with the five standard options in their standard order."""
    place = f"{place}.sufficiency"
    if not network.equations or {*network.shapes.values()} != {SCALAR}:
        structure.report(place, "expected a network of scalars: declare its units, or equations")
        return []
    target = quantity(structure, data.target, f"{place}.target", network)
    first, second = (
        item(structure, given, f"{place}.{name}", network)
        for name, given in (("first", data.first), ("second", data.second))
    )
    if target is None or first is None or second is None:
        return []
    for name, given in (("first", first), ("second", second)):
        if target in given:
            structure.report(f"{place}.{name}", f"{target} is what is asked for")
    structure.stop()
    known = (first, second, tuple(dict.fromkeys([*first, *second])))
    decisions = [decided(network, target, given) for given in known]
    proved = tuple(
        Proved(network, target, given, decision)
        for given, decision in zip(known, decisions, strict=True)
    )
    for what, decision in zip(ITEMS, decisions, strict=True):
        if not isinstance(decision, Sufficient | Insufficient):
            reason = (
                "only a zero or a dead layer speaks against it"
                if decision.degenerate
                else ("neither a derivation nor two networks were found")
            )
            verb = "determine" if "both" in what else "determines"
            structure.report(place, f"it is not decided whether {what} {verb} {target}: {reason}")
    structure.stop()
    found = tuple(isinstance(decision, Sufficient) for decision in decisions)
    right = next(name for name, claim in CLAIMS.items() if claim == found)
    options = {name: Option(text, right=name == right) for name, text in OPTIONS.items()}
    against = {
        name: refuted(proved, claim, found) for name, claim in CLAIMS.items() if name != right
    }
    blank = Blank(question.id, "", Fraction(0), HINT)
    choose = Choose(options, shuffle=False)
    return [Asked(blank=blank, choose=choose, against=against, proofs=proved)]


def quantity(structure: Structure, text: str, place: str, network: Network) -> str | None:
    """The network's name of a value, a parameter or a derivative that is there."""
    text = fill(text, structure.context)
    try:
        written = read(text, network.vocabulary)
    except LanguageError as error:
        structure.report(place, error.message, 0, error.column)
        return None
    if not isinstance(written, Name):
        structure.report(
            place, f"expected a quantity of the network or a derivative, found '{text}'"
        )
        return None
    of, _, by = written.name.removeprefix("d").partition("/d")
    if "/" in written.name and (by == of or by not in network.ancestors(of)):
        structure.report(place, f"'{of}' does not depend on '{by}'")
        return None
    return written.name


def item(
    structure: Structure, given: str | list[str], place: str, network: Network
) -> tuple[str, ...] | None:
    """The quantities of one item of data; ``weights``, ``inputs`` and ``outputs of h`` are many."""
    texts = given.split(";") if isinstance(given, str) else given
    found: list[str] = []
    for text in (fill(one, structure.context).strip() for one in texts):
        group = grouped(text, network)
        if group is None:
            one = quantity(structure, text, place, network)
            group = [] if one is None else [one]
        elif not group:
            structure.report(place, f"there are no {text} in this network")
        found += group
    if not found:
        structure.report(place, "expected at least one quantity")
        return None
    return tuple(dict.fromkeys(found))


def grouped(text: str, network: Network) -> list[str] | None:
    """The quantities that a phrase stands for; nothing where it is no phrase."""
    if text in ("weights", "all weights"):
        return list(network.parameters)
    if text in ("inputs", "the inputs"):
        return list(network.inputs)
    match = WEIGHTS.fullmatch(text)
    if match:
        before, after = match.groups()
        named = re.compile(rf"w_{before}\d*_{after}\d*")
        return [name for name in network.parameters if named.fullmatch(name)]
    match = OUTPUTS.fullmatch(text)
    if match:
        named = re.compile(rf"o_{match[1]}\d*")
        return [name for name in (*network.inputs, *network.equations) if named.fullmatch(name)]
    return None


def decided(network: Network, target: str, given: Sequence[str]) -> Decision:
    equations = tuple((n, e) for n, e in network.equations.items() if n[0] != "@" and "/" not in n)
    return facts(network.inputs, network.parameters, equations).decide(target, given)


@functools.lru_cache(maxsize=64)
def facts(
    inputs: tuple[str, ...],
    parameters: tuple[str, ...],
    equations: tuple[tuple[str, Expression], ...],
) -> Sufficiency:
    """What can be determined in a network, whose laws are found once."""
    names = [*inputs, *parameters, *(name for name, _ in equations)]
    shapes = dict.fromkeys(names, SCALAR)
    return Sufficiency(Network(shapes, inputs, parameters, dict(equations)))


# What speaks against an option


def refuted(proved: Sequence[Proved], claim: tuple[bool, ...], found: tuple[bool, ...]) -> str:
    """The proof against the first wrong claim of an option."""
    place = next(at for at in range(3) if claim[at] != found[at])
    return explained(ITEMS[place], proved[place])


def explained(what: str, proof: Proved) -> str:
    """A derivation in steps, or two networks with what differs between them."""
    target, decision = proof.target, proof.decision
    if isinstance(decision, Sufficient):
        steps = "; ".join(f"{step.quantity} = {plain(step.formula)}" for step in decision.steps)
        return f"not so: from {what}, {target} follows: {steps}"
    assert isinstance(decision, Insufficient)
    networks = (decision.first, decision.second)
    one, other = (quantities(proof.network, [target, *proof.given], values) for values in networks)
    same = ", ".join(
        f"{name} = {value}"
        for name, value in decision.first.items()
        if value == decision.second[name] != 1
    )
    apart = ", ".join(
        f"{name} = {value} or {decision.second[name]}"
        for name, value in decision.first.items()
        if value != decision.second[name]
    )
    return (
        f"not so: with {what}, {target} can be {one[target]} or {other[target]}: "
        f"in two networks that have {apart}{', and in both ' if same else ''}{same}, "
        "and 1 for all that is not named"
    )
