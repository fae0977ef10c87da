"""How difficult a variant is, for balancing: what its solution takes, or what students lost in a class before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from grader.drawing import Draw
from grader.errors import UsageError

PREDICTED, EXPECTED = "predicted difficulty", "expected loss of points"


class Measure:
    """The difficulty that is predicted."""

    name = PREDICTED

    def score(self, draw: Draw, predicted: float, worth: float) -> float:
        """Of a variant with its predicted difficulty that is worth so many points."""
        return predicted


class Seen(Struct, frozen=True):
    """The share of an exercise that a class lost: with one draw, or with any where there are no ``choices``."""

    exercise: str
    lost: float
    predicted: float | None = None
    choices: dict[str, str] = {}


class Calibrated(Struct, frozen=True):
    observed: list[Seen]


class Report(Struct, frozen=True):
    """What is read of an analysis.json."""

    calibration: Calibrated


class Observed(Measure):
    """Points lost in a class before; of an exercise that it did not have, by what is predicted."""

    name = EXPECTED

    def __init__(self, seen: Sequence[Seen]) -> None:
        self.lost = {key(one.exercise, one.choices): one.lost for one in seen}
        ratios = [one.lost / one.predicted for one in seen if one.predicted and not one.choices]
        self.a_step = median(ratios) if ratios else 0.0

    def score(self, draw: Draw, predicted: float, worth: float) -> float:
        own = self.lost.get(key(draw.exercise, draw.choices))
        lost = self.lost.get(key(draw.exercise, {})) if own is None else own
        return round(worth * (min(self.a_step * predicted, 1.0) if lost is None else lost), 4)


def key(exercise: str, choices: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    return exercise, tuple(sorted(choices.items()))


def read(path: Path) -> Observed:
    """What ``gradmark analyse`` observed, from its analysis.json.

    Raises:
        UsageError: it is none, or holds nothing that was observed of enough students.
    """
    try:
        seen = msgspec.json.decode(path.read_bytes(), type=Report).calibration.observed
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(
            f"{path}: expected an analysis.json of 'gradmark analyse' ({error})"
        ) from None
    if not seen:
        raise UsageError(
            f"{path}: no exercise was had by enough students to say how difficult it is"
        )
    return Observed(seen)
