"""A solution step by step, forward, then backward: each equation, with its numbers put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct

from grader.model import Symbolic
from grader.sheets.notation import Notation, latex_value, plain_value
from reference.language.dimensions import SCALAR
from reference.language.expression import Expression, Name
from reference.language.roles import Role, answer_name, is_derivative, of_and_by, role
from reference.language.values import Array
from reference.language.writing import latex, latex_name, latex_with, plain, plain_with
from reference.network import Network

DIGITS = 6  # of a value on the way
MAX_ENTRIES = 36  # of a matrix that is put into an equation

Numbers = Mapping[str, Array]  # name → (1, rows, columns)


class WorkedStep(Struct, frozen=True):
    """One line: what it gives, by which equation, with which numbers, and what comes out."""

    left: str
    formula: str
    numbers: str = ""
    result: str = ""
    exact: bool = True

    def written(self, notation: Notation) -> str:
        sign = "=" if self.exact else ("≈" if notation is Notation.PLAIN else r"\approx")
        tail = f"{sign} {self.result}" if self.result else ""
        middle = [f"= {part}" for part in (self.formula, self.numbers) if part]
        if notation is Notation.PLAIN:
            return "    " + " ".join([self.left, *middle, tail]).strip()
        first, *more = [*middle, tail] if tail else middle
        lines = [f"{self.left} &{first}", *(["&" + " ".join(more)] if more else [])]
        return "$$\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n$$"


def of_value(
    target: str,
    key: str,
    network: Network,
    values: Numbers,
    done: set[str],
    notation: Notation,
) -> Iterator[WorkedStep]:
    """The steps to a number or matrix that were not ``done`` before; the last one gives the key."""
    own = network.equations[target]
    goal = own.name if isinstance(own, Name) and own.name in network.equations else target
    for name, equation in network.pruned([goal]).equations.items():
        if name in done and name != goal:
            continue
        left, formula, numbers = parts(name, equation, values, notation)
        again = name in done
        done.add(name)
        if name == goal:
            result, exact = shown_key(target, key, network, values, notation), True
        else:
            result, exact = shown(values[name], notation)
        if again or numbers == result:
            numbers = ""
        if left == result:  # a number that the author gave
            left = ""
        yield WorkedStep(
            left, "" if again or formula == result else formula, numbers, result, exact
        )


def parts(
    name: str, equation: Expression, values: Numbers, notation: Notation
) -> tuple[str, str, str]:
    """The left side of a step, its equation, and that with numbers."""
    known = {one: shown(value, notation)[0] for one, value in values.items() if is_small(value)}
    if notation is Notation.PLAIN:
        left, formula = name, plain(equation)
        numbers = plain_with(equation, known)
    else:
        left, formula = "" if role(name) is Role.ANSWER else latex_name(name), latex(equation)
        numbers = latex_with(equation, known)
    if role(name) is Role.ANSWER:  # an expression that has no name
        left, formula = formula, ""
    return left, formula, "" if numbers == formula else numbers


def of_expression(
    address: str, asked: Symbolic, done: set[str], notation: Notation
) -> Iterator[WorkedStep]:
    """The derivatives on the way to an expression, and the expression in the terms that are asked for."""
    network = asked.key.points.network
    target = answer_name(address)
    own = network.equations[target]
    goal = own.name if isinstance(own, Name) and own.name in network.equations else target
    for name, equation in network.pruned([goal]).equations.items():
        if not is_derivative(name) or name in done or name == goal or is_one(name):
            continue
        done.add(name)
        yield symbolic(name, equation, notation)
    if goal == target:
        yield symbolic("", own, notation, asked.key.expression)
    else:
        done.add(goal)
        yield symbolic(goal, network.equations[goal], notation, asked.key.expression)


def is_one(name: str) -> bool:
    """Is this the derivative of a quantity by itself?"""
    of, by = of_and_by(name)
    return of == by


def symbolic(
    name: str, equation: Expression, notation: Notation, last: Expression | None = None
) -> WorkedStep:
    write = plain if notation is Notation.PLAIN else latex
    left = name if notation is Notation.PLAIN else latex_name(name) if name else ""
    formula, result = write(equation), write(last) if last is not None else ""
    if not left:
        left, formula = formula, ""
    if formula == result:
        formula = ""
    return WorkedStep(left, formula, "", result)


def is_small(value: Array) -> bool:
    return bool(value.shape[-2] * value.shape[-1] <= MAX_ENTRIES)


def shown(value: Array, notation: Notation) -> tuple[str, bool]:
    """A value on the way, and whether it is exact as written."""
    rounded = [[float(f"{entry:.{DIGITS}g}") for entry in row] for row in value[0].tolist()]
    return in_brackets(rounded, notation), bool(np.allclose(rounded, value[0], rtol=1e-12, atol=0))


def shown_key(target: str, key: str, network: Network, values: Numbers, notation: Notation) -> str:
    if network.shapes[target] == SCALAR:
        return key
    return in_brackets(values[target][0].tolist(), notation)


def in_brackets(rows: list[list[float]], notation: Notation) -> str:
    return plain_value(rows) if notation is Notation.PLAIN else latex_value(rows)
