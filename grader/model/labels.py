"""What may stand before the equality sign of an answer: names of what its blank asks for."""

from __future__ import annotations

from collections.abc import Iterable


def labels(question: str, name: str, called: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of a blank: its own, its address, and those that the exercise has for what is asked."""
    address = f"{question}.{name}" if name else question
    return tuple(dict.fromkeys([name or question, address, *called]))


def sizes_of(name: str) -> list[str]:
    """How people write the number of entries, or the shape, of a quantity."""
    return [
        name,
        f"|{name}|",
        f"{name}.shape",
        *(f"{what}({name})" for what in ("size", "shape", "dim")),
        f"dim {name}",
    ]
