"""Checks the proofs of :mod:`reference.sufficiency.deciding` with arithmetic of its own.

Values are rational numbers that carry their slope along (forward mode), so nothing here is shared with
the rules that made the proofs: neither the evaluator, nor reverse mode, nor the laws.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction

from reference.language.expression import Apply, Expression, Name, Number, names, parts
from reference.language.roles import is_derivative, of_and_by
from reference.network import Network
from reference.sufficiency.deciding import Decision, Deduction, Insufficient, Sufficient

NETWORKS = 100  # random ones, on which every step of a derivation must hold

Exact = int | Fraction
Dual = tuple[Exact, Exact]  # a value and its slope
Point = Mapping[str, Exact]


class Refused(ValueError):
    """A proof that proves nothing."""


def check(network: Network, target: str, given: Collection[str], decision: Decision) -> None:
    """Accept a proof.

    Raises:
        Refused: says what does not hold.
    """
    match decision:
        case Sufficient(steps):
            check_derivation(network, target, given, steps)
        case Insufficient(first, second):
            check_counterexample(network, target, given, first, second)
        case _:
            raise Refused("there is no proof")


def check_derivation(
    network: Network, target: str, given: Collection[str], steps: Collection[Deduction]
) -> None:
    """Every step uses what is known, and holds in random networks; the last one leads to the target."""
    known, used = set(given), set[str]()
    for step in steps:
        needed = names(step.formula)
        missing = needed - known
        if missing:
            raise Refused(f"{step.quantity} uses {min(missing)}, which is not known")
        known.add(step.quantity)
        used |= {step.quantity, *needed}
    if target not in known:
        raise Refused(f"no step leads to {target}")
    for name in known:
        separated(network, name)
    generator = random.Random(0)
    for _ in range(NETWORKS):
        declared = (*network.inputs, *network.parameters)
        point: Point = {name: generator.randint(-12, 12) for name in declared}
        values = quantities(network, used, point)
        for step in steps:
            own, _ = value(step.formula, {name: (one, 0) for name, one in values.items()})
            if own != values[step.quantity]:
                raise Refused(f"{step.quantity} does not follow by {step.rule}")


def check_counterexample(
    network: Network,
    target: str,
    given: Collection[str],
    first: Mapping[str, int],
    second: Mapping[str, int],
) -> None:
    """Two networks agree on all that is given, exactly, and differ in the target."""
    declared = {*network.inputs, *network.parameters}
    for values in (first, second):
        if values.keys() != declared:
            raise Refused("a network needs a value for every input and parameter, and no more")
    one, other = (quantities(network, {target, *given}, point) for point in (first, second))
    for name in sorted(given):
        if one[name] != other[name]:
            raise Refused(f"{name} is {one[name]} in one network and {other[name]} in the other")
    if one[target] == other[target]:
        raise Refused(f"{target} is {one[target]} in both networks")


def quantities(network: Network, wanted: Collection[str], point: Point) -> dict[str, Exact]:
    """Values of a network and derivatives ``dz/dw``, by name."""
    found: dict[str, Exact] = {}
    split = {name: separated(network, name) for name in wanted}
    for by in sorted({by for _, by in split.values()}):
        known: dict[str, Dual] = {name: (own, int(name == by)) for name, own in point.items()}
        for name, equation in network.equations.items():
            known[name] = value(equation, known)
            if name == by:  # its slope is by itself, and no more by what it comes from
                known[name] = known[name][0], 1
        for name, (of, own) in split.items():
            if own == by:
                found[name] = known[of][1 if by else 0]
    return found


def separated(network: Network, name: str) -> tuple[str, str]:
    """``z`` and ``w`` of ``dz/dw``; a value has nothing behind."""
    of, by = of_and_by(name) if is_derivative(name) else (name, "")
    if of not in network.shapes or (by and by not in network.shapes):
        raise Refused(f"{name} is not a quantity of the network")
    return of, by


def value(expression: Expression, known: Mapping[str, Dual]) -> Dual:
    """An expression over numbers with slopes."""
    found: dict[int, Dual] = {}
    for node in parts(expression):
        match node:
            case Number(number):
                whole = number.denominator == 1
                found[id(node)] = int(number) if whole else number, 0
            case Name(name):
                found[id(node)] = known[name]
            case Apply(operation, args) if operation in RULES:
                found[id(node)] = RULES[operation](*(found[id(one)] for one in args))
            case _:
                raise Refused(f"{node} is unknown to this check")
    return found[id(expression)]


def multiplied(a: Dual, b: Dual) -> Dual:
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1]


def flag(holds: bool) -> Dual:
    return int(holds), 0


RULES: dict[str, Callable[..., Dual]] = {
    "add": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "subtract": lambda a, b: (a[0] - b[0], a[1] - b[1]),
    "negate": lambda a: (-a[0], -a[1]),
    **dict.fromkeys(("scale", "matmul", "hadamard"), multiplied),
    "relu": lambda a: a if a[0] > 0 else (0, 0),
    "leaky_relu": lambda a, slope: a if a[0] >= 0 else multiplied(a, slope),
    "transpose": lambda a: a,
    "fill": lambda a, model: a,
    "gt": lambda a, b: flag(a[0] > b[0]),
    "ge": lambda a, b: flag(a[0] >= b[0]),
    "lt": lambda a, b: flag(a[0] < b[0]),
}
