"""The drawn values of one variant."""

from __future__ import annotations

from msgspec import Struct


class Draw(Struct, frozen=True):
    """The drawn values of one variant, from which it can be restored."""

    exercise: str
    seed: int | str
    digest: str
    choices: dict[str, str] = {}
    sizes: dict[str, int] = {}
    values: dict[str, list[list[float]]] = {}
    orders: dict[str, list[str]] = {}
