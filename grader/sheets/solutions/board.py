"""What stands on the board: which equations a solution shows, which names are others in disguise, and what adds up to 1."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from grader.bank import Rule
from grader.memo import memoized
from grader.model import Model
from reference.language.dimensions import Shape, expressed
from reference.language.expression import Apply, Expression, Name, names, number, parts, substitute
from reference.language.rewrites import Facts
from reference.language.roles import is_quantity
from reference.network import Network

INTERNAL = frozenset({"fill", "unit", "count"})  # operations that only our own notation has


@memoized
def on_the_board(model: Model) -> tuple[Network, Mapping[str, Expression], Facts]:
    """The network from what the sheet gives on; its copies; and what closed forms are made by."""
    network = model.from_given
    copies: dict[str, Expression] = {}
    for name, equation in network.equations.items():
        if isinstance(equation, Name) and is_quantity(name) and not is_stated(model, name):
            copies[name] = substitute(equation, copies)
    declared = {**model.exercise.file.network.inputs, **model.exercise.file.network.parameters}
    sums = {name for name, one in declared.items() if getattr(one, "domain", "") == "one-hot"}
    for name, equation in network.equations.items():
        if adds_up_to_one(equation, sums, network.shapes):
            sums.add(name)
    return network, copies, Facts(network.shapes, frozenset(sums))


def adds_up_to_one(
    equation: Expression, sums: Collection[str], shapes: Mapping[str, Shape]
) -> bool:
    """Are these shares: a softmax, numbers over their sum, or labels that were smoothed?"""
    match equation:
        case Apply("softmax"):
            return True
        case Apply("divide", (one, Apply("sum", (other,)))):
            return one == other
        case Apply(
            "add",
            (
                Apply("scale", (Apply("subtract", (one, kept)), Name(label))),
                Apply("divide", (rest, entries)),
            ),
        ):
            known = label in sums and one == number(1) and kept == rest
            return known and entries == expressed(shapes[label][0])
    return False


def is_stated(model: Model, name: str) -> bool:
    """Does the sheet print the equation of a name?"""
    return name in model.stated_equations or name in model.stated_definitions


def is_on_paper(equation: Expression) -> bool:
    """Can everybody write it, without an operation of ours?"""
    return not any(part.operation in INTERNAL for part in parts(equation))


def is_padding(model: Model, equation: Expression) -> bool:
    """Does it only make numbers of a shape: a multiple by 0, or what an author fixed and does not show?"""
    match equation:
        case Apply("scale", (zero, _)) if zero == number(0):
            return True
    file = model.exercise.file
    used = names(equation)
    return bool(used) and all(
        name in file.unseen and not isinstance(file.sample.get(name), Rule | None) for name in used
    )
