"""What is drawn for one variant."""

from __future__ import annotations

from msgspec import Struct


class Draw(Struct, frozen=True):
    """The values of one variant: all that tells it from its siblings."""

    exercise: str
    seed: int | str
    digest: str
    choices: dict[str, str] = {}
    sizes: dict[str, int] = {}
    values: dict[str, list[list[float]]] = {}
    orders: dict[str, list[str]] = {}
