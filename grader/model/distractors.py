"""A choice whose wrong options are what misconceptions lead to."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from grader.answers import DerivationKey, ExpressionKey, Note, said
from grader.bank import AnswerFile
from grader.errors import Place
from grader.model.blank import Blank, Drawn, Offered
from grader.model.definitions import declared_part, defined_names
from grader.model.structure import Structure
from grader.pools import Choose, OneOf, Option
from grader.words import counted
from reference.equivalence.compare import Agreement, compare
from reference.equivalence.points import SamplePoints
from reference.language.closing import closed
from reference.language.dimensions import SCALAR
from reference.language.expression import Expression, Name, substitute
from reference.language.roles import answer_name
from reference.language.rolling import rolled
from reference.language.writing import latex
from reference.misconceptions.solver import solver_of
from reference.misconceptions.wrong import Wrong, changed, expressed, wrong_solvers
from reference.network import Network

RIGHT = "right"
Remarks = dict[str, tuple[Note, ...]]  # wrong id → what is said of it


def offered(
    structure: Structure,
    answer: AnswerFile,
    at: Place,
    blank: Blank,
    network: Network,
    points: SamplePoints,
) -> tuple[Blank, Network]:
    """A blank as a choice, and the network with the wrong values that are offered."""
    target = answer_name(blank.address)
    declared = declared_part(network, defined_names(structure.file.network.define, network))
    alone = network.pruned([target])
    wrong = wrong_solvers(solver_of(declared, alone))
    if blank.expression is not None:
        texts, against = expressions(structure, blank.expression, target, wrong, points)
    else:
        if network.shapes[target] != SCALAR:
            at.report("only numbers and expressions can be offered")
        texts, against, network = numbers(target, wrong, network)
    count = answer.offer or 0
    if len(texts) < count:
        found = counted(len(texts) - 1, "wrong option")
        at.report(f"misconceptions give {found}, expected at least {count - 1}")
    options = {
        name: Option(text, because_of(against.get(name, ())), right=name == RIGHT)
        for name, text in texts.items()
    }
    pool = OneOf(Choose(options, show=count), against)
    own = {} if blank.value is None else {name: value_of(target, name) for name in texts}
    source = Drawn(pool, Offered(blank.value, own))
    return replace(blank, hint=pool.hint, source=source), network


def expressions(
    structure: Structure,
    key: ExpressionKey | DerivationKey,
    target: str,
    wrong: list[Wrong],
    points: SamplePoints,
) -> tuple[dict[str, str], Remarks]:
    """Id → expression, no two of them equal; wrong id → what it looks like."""
    allowed = {*key.allowed, *points.network.symbols.shapes}
    found: dict[str, Expression] = {RIGHT: key.expression}
    against: Remarks = {}
    for name, one in identified(wrong):
        own = defined_names(structure.file.network.define, points.network)
        expression = expressed(one.network, target, allowed, own)
        if expression is not None and all(
            compare(expression, other, points) is Agreement.DIFFERENT for other in found.values()
        ):
            found[name], against[name] = expression, looks_like(one)
    time = points.network.symbols.time
    shown = {name: rolled(closed(one, points.facts), time) for name, one in found.items()}
    return {name: f"${latex(one)}$" for name, one in shown.items()}, against


def numbers(
    target: str, wrong: list[Wrong], network: Network
) -> tuple[dict[str, str], Remarks, Network]:
    """Id → placeholder of a number; what each looks like; the network with the wrong numbers."""
    texts, against = {RIGHT: placeholder(target, RIGHT)}, Remarks()
    for name, one in identified(wrong):
        equations = changed(one.network, network, [target])
        if target not in equations:
            continue
        own = {old: f"{value_of(target, name)} {old}" for old in equations}
        own[target] = value_of(target, name)
        renamed = {old: Name(new) for old, new in own.items()}
        shapes = {new: one.network.shapes[old] for old, new in own.items()}
        more = {own[old]: substitute(e, renamed) for old, e in equations.items()}
        network = network.extended(more, shapes)
        texts[name], against[name] = placeholder(target, name), looks_like(one)
    return texts, against, network


def identified(wrong: list[Wrong]) -> Iterator[tuple[str, Wrong]]:
    """Each wrong solver with an id, of the misconception's name and a number where it has several."""
    count: dict[str, int] = {}
    for one in wrong:
        name = one.name.replace(" ", "-")
        count[name] = count.get(name, 0) + 1
        yield (f"{name}-{count[name]}" if count[name] > 1 else name), one


def placeholder(target: str, name: str) -> str:
    return f"{{{{{target[1:]}.{name}}}}}"


def value_of(target: str, name: str) -> str:
    """The network's name of a value that is offered."""
    return target if name == RIGHT else f"{target} {name}"


def because_of(notes: tuple[Note, ...]) -> str:
    """What a solution says of a wrong option."""
    return " ".join(f"It looks like {one.about['says']}." for one in notes if "says" in one.about)


def looks_like(wrong: Wrong) -> tuple[Note, ...]:
    return said("option") + said("misconception", id=wrong.name, says=wrong.message)
