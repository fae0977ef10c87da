"""Which structures an exercise has: the combinations of its choices, and what is drawn for each variant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.bank import Exercise
from grader.drawing.random_words import Seed, stream
from grader.memo import memoized
from grader.model import Case, Choices, Structure, count_cases, declared_network, draw_case, lengths
from reference.network import Network

EXAMPLE = "an example"  # the seed of the variant that stands for all of a structure
STAND_IN = str(Case("this", "one", "another"))


def listed(exercise: Exercise) -> list[Choices]:
    """Every combination of the options that are listed, and of the numbers of steps; what is drawn is left open."""
    combinations: list[Choices] = [()]
    for name, options in exercise.file.choose.items():
        texts = [""] if isinstance(options, str) else list(options)
        combinations = [
            (*combination, (name, text)) for combination in combinations for text in texts
        ]
    for name, counts in lengths(exercise):
        combinations = [(*one, (name, str(count))) for one in combinations for count in counts]
    return combinations


@memoized
def structures(exercise: Exercise) -> tuple[Choices, ...]:
    """Every combination, with an example of what is drawn."""
    return tuple(completed(exercise, choices, EXAMPLE, 0) for choices in listed(exercise))


def sketched(exercise: Exercise) -> Iterator[Choices]:
    """Every combination, with a placeholder for a drawn question; enough if no answer depends on it."""
    drawn = {name for name, options in exercise.file.choose.items() if isinstance(options, str)}
    for choices in listed(exercise):
        yield tuple((name, STAND_IN if name in drawn else text) for name, text in choices)


def completed(exercise: Exercise, choices: Choices, seed: Seed, attempt: int) -> Choices:
    """A combination, with what is drawn for one seed.

    Raises:
        AuthorError: nothing can be drawn for this structure.
    """
    drawn = [name for name, options in exercise.file.choose.items() if isinstance(options, str)]
    if not drawn:
        return choices
    network, layers = declared(exercise, choices)
    found = dict(choices)
    for name in drawn:
        words = stream(exercise.id, seed, attempt, f"choice {name}")
        case = draw_case(network, layers, words)
        if case is None:
            at = exercise.at["choose"][name]
            raise at.error("no question on these units was found", "unsolvable")
        found[name] = str(case)
    return tuple(found.items())


def possible(exercise: Exercise, choices: Choices) -> int:
    """How many questions can be drawn for a structure, before any is rejected; 1 where none is."""
    drawn = [name for name, options in exercise.file.choose.items() if isinstance(options, str)]
    return math.prod(count_cases(*declared(exercise, choices)) for _ in drawn)


@memoized
def declared(exercise: Exercise, choices: Choices) -> tuple[Network, tuple[str, ...]]:
    """The network of a structure, and its layers."""
    structure = Structure(exercise, choices)
    return declared_network(structure), tuple(structure.units)


def misfits(exercise: Exercise, choices: Choices) -> Iterator[tuple[str, str]]:
    """(choice, what was expected), for every choice that the exercise does not have."""
    for name, text in choices:
        if name not in exercise.file.choose:
            continue  # a number of steps
        options = exercise.file.choose[name]
        if not isinstance(options, str):
            if text not in options:
                yield name, f"expected one of {', '.join(options)}, found '{text}'"
            continue
        try:
            Case.parse(text)
        except ValueError as error:
            yield name, str(error)
