"""One structure of an exercise: its choices made, its texts filled in, its equations declared."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.errors import AuthorError, Problem
from grader.records import Exercise, Quantity
from grader.templates import fill
from reference.language.expression import names
from reference.language.operations import SCALAR, Shape
from reference.network import Equation, Network, NetworkError, declare, dense, split_equations

Choices = tuple[tuple[str, str], ...]


def structures(exercise: Exercise) -> list[Choices]:
    """Every combination of the choices of an exercise."""
    combinations: list[Choices] = [()]
    for name, options in exercise.file.choose.items():
        combinations = [
            (*combination, (name, option)) for combination in combinations for option in options
        ]
    return combinations


def context(exercise: Exercise, choices: Mapping[str, str]) -> dict[str, str]:
    """What the placeholders of the choices stand for."""
    values: dict[str, str] = {}
    for name, chosen in choices.items():
        options = exercise.file.choose[name]
        values[name] = chosen
        picked = options[chosen] if isinstance(options, dict) else chosen
        if isinstance(picked, str):
            values[name] = picked
        else:
            values |= {f"{name}.{field}": text for field, text in picked.items()}
    return values


class Structure:
    """An exercise with its choices made; collects what is wrong with it."""

    def __init__(self, exercise: Exercise, choices: Choices) -> None:
        self.exercise = exercise
        self.file = exercise.file
        self.choices = dict(choices)
        self.context = context(exercise, self.choices)
        self.problems: list[Problem] = []

    def report(self, place: str, message: str, line: int = 0, column: int = 0) -> None:
        self.problems.append(self.exercise.problem(place, message, line, column))

    def stop(self) -> None:
        """Raise what was collected, if anything was."""
        if self.problems:
            raise AuthorError(*self.problems)


def declared_network(structure: Structure) -> Network:
    """The network of one structure.

    Raises:
        AuthorError: with every problem found in it.
    """
    file = structure.file.network
    inputs = shapes(structure, file.inputs, "network.inputs")
    parameters = shapes(structure, file.parameters, "network.parameters")
    equations: list[Equation] = []
    try:
        if file.layers:
            layers = {name: str(text) for name, text in file.layers.items()}
            filled = {name: fill(text, structure.context) for name, text in layers.items()}
            more, weights, equations = dense(filled, str(file.batch))
            inputs, parameters = {**more, **inputs}, {**weights, **parameters}
            known_sizes(structure, inputs | parameters, "network.layers")
            structure.stop()
        equations += split_equations(fill(file.equations, structure.context))
        constants = dict.fromkeys([*file.sizes, *file.constants], SCALAR)
        network = declare(inputs, parameters, equations, constants)
    except NetworkError as error:
        for equation, problem in error.problems:
            column = equation.column + max(problem.column - 1, 0)  # both count from 1
            place = "network.equations" if equation.line else "network.layers"
            structure.report(place, f"{equation.name}: {problem.message}", equation.line, column)
        structure.stop()
    return used(network)


def shapes(
    structure: Structure, declared: Mapping[str, int | str | Quantity], place: str
) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for name, given in declared.items():
        here = f"{place}.{name}"
        text = str(given.shape if isinstance(given, Quantity) else given)
        parts = [part.strip() for part in re.split(r"×|\bx\b|\*|,", fill(text, structure.context))]
        if not re.fullmatch(r"[^\W\d]\w*", name):
            structure.report(
                f"{here}:key", f"expected a name of letters and digits, found '{name}'"
            )
        if not 1 <= len(parts) <= 2 or not all(re.fullmatch(r"\w+", part) for part in parts):
            structure.report(here, f"expected a shape such as h × d, d or 1, found '{text}'")
            continue
        rows, columns = (*parts, "1")[:2]
        found[name] = (
            int(rows) if rows.isdigit() else rows,
            int(columns) if columns.isdigit() else columns,
        )
    known_sizes(structure, found, place)
    return found


def known_sizes(structure: Structure, shapes: Mapping[str, Shape], place: str) -> None:
    for name, shape in shapes.items():
        for size in shape:
            if isinstance(size, str) and size not in structure.file.network.sizes:
                known = ", ".join(structure.file.network.sizes) or "none"
                structure.report(
                    f"{place}.{name}", f"the size '{size}' is not declared (sizes: {known})"
                )


def used(network: Network) -> Network:
    """The network without the declared inputs and parameters that no equation uses."""
    if not network.equations:
        return network
    found = set().union(*(names(expression) for expression in network.equations.values()))
    shapes = {
        name: shape
        for name, shape in network.shapes.items()
        if name in found or name not in (*network.inputs, *network.parameters)
    }
    return Network(
        shapes,
        tuple(name for name in network.inputs if name in found),
        tuple(name for name in network.parameters if name in found),
        network.equations,
    )
