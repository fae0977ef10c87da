"""A derivative as a product: the steps that the chain passes, in order, along each way."""

from __future__ import annotations

from msgspec import Struct

from grader.answers import Key
from grader.sheets.notation import Notation
from grader.sheets.solutions.step import named


class Way(Struct, frozen=True):
    """The names along one way, from what is differentiated to that by which it is."""

    names: tuple[str, ...]

    def written(self, notation: Notation) -> str:
        of, *between, by = (mathematics(name, notation) for name in self.names)
        *first, last = between or ["nothing else"]
        through = f"{', '.join(first)} and {last}" if first else last
        return f"{of} depends on {by} through {through}."


class Chain(Struct, frozen=True):
    """All ways, each with its local derivatives."""

    ways: tuple[Way, ...]
    key: Key

    def written(self, notation: Notation) -> str:
        lines = [way.written(notation) for way in self.ways]
        shown = self.key.in_characters()
        if notation is Notation.LATEX:
            shown = f"${self.key.parse(shown)[1]}$"
        return "\n\n".join([*lines, f"One factor for each step: {shown}"])


def of_chain(key: Key) -> Chain:
    return Chain(tuple(map(Way, key.ways())), key)


def mathematics(name: str, notation: Notation) -> str:
    shown = named(name, notation)
    return shown if notation is Notation.PLAIN else f"${shown}$"
