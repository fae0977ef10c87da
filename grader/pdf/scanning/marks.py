"""Which circles of a field are marked, and whether anything is written into a box; what is doubtful is said to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from grader.pdf.answer_sheet import NONE, PITCH, RADIUS, RIGHT, Circle, Field
from grader.pdf.scanning.pages import Array, Page

WITHIN = 0.75 * RADIUS  # the printed ring is not looked at
CLEAR, MARKED = 0.015, 0.13  # the share of a circle that is dark: less is no mark, more is one
DARK = 0.3  # of a single place
SPECKS = 4  # dark places that dust may leave in a box
STEP = 0.4  # millimetres from place to place in a box


class Doubt(Exception):
    """Why a person must say what is meant."""


class Found(Struct, frozen=True):
    """What is on a sheet for one blank: the answer, or why a person must look."""

    answer: str = ""
    doubt: str = ""


def found(page: Page, field: Field) -> Found:
    """The answer to a blank."""
    if not field.circles:
        return Found(doubt="written by hand" if is_written(page, field.box) else "")
    try:
        return Found(answer(page, field))
    except Doubt as doubt:
        return Found(doubt=str(doubt))


def answer(page: Page, field: Field) -> str:
    """The letters that are marked, as they are typed; empty where none is.

    Raises:
        Doubt: a mark is neither there nor not, or too many are.
    """
    if is_written(page, beside(field)):
        raise Doubt("something is written beside the circles")
    lines: dict[str, list[str]] = {}
    for circle in field.circles:
        dark = darkness(page, circle)
        if CLEAR < dark < MARKED:
            raise Doubt(f"a faint mark at {circle.item}{circle.letter}")
        if dark >= MARKED:
            lines.setdefault(circle.item, []).append(circle.letter)
    return ", ".join(joined(lines, field.single))


def joined(lines: dict[str, list[str]], single: bool) -> Iterator[str]:
    used: set[str] = set()
    for item, letters in lines.items():
        if len(letters) > 1 and (single or NONE in letters):
            raise Doubt(f"{' and '.join(item + one for one in letters)} are marked")
        if item and used & {*letters}:
            raise Doubt(f"{letters[0]} is marked twice")
        used |= {*letters}
        yield from (item + one for one in letters)


def beside(field: Field) -> tuple[float, float, float, float]:
    """The room to the right of all circles, where nothing should be."""
    last = max(one.x for one in field.circles) + PITCH
    return last, field.y + 0.5, max(RIGHT - last, 0.0), field.height - 1


def darkness(page: Page, circle: Circle) -> float:
    """The share of a circle that is dark, by the paper around it."""
    middle = np.array([circle.x, circle.y])
    values = page.at(middle + DISC * WITHIN)
    paper = float(np.median(page.at(middle + RING * RADIUS)))
    return float(np.clip(ink(page, values, paper), -1, 1).mean())


def ink(page: Page, values: Array, paper: float) -> Array:
    """How dark places are: 0 as the paper, 1 as print."""
    return (paper - values) / max(paper - page.black, 1.0)


def is_written(page: Page, box: Sequence[float]) -> bool:
    """Is anything in a box, away from its border?"""
    left, top, width, height = box
    edge = 0.9
    x = np.arange(left + edge, left + width - edge, STEP)
    y = np.arange(top + edge, top + height - edge, STEP)
    if not (len(x) and len(y)):
        return False
    values = page.at(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
    return int((ink(page, values, float(np.median(values))) > DARK).sum()) > SPECKS


def disc(count: int) -> Array:
    """Places that are spread evenly over a disc, in a spiral (Vogel 1979)."""
    place = np.arange(count) + 0.5
    angle = place * np.pi * (3 - np.sqrt(5))
    return np.sqrt(place / count)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def ring(count: int) -> Array:
    angle = np.arange(count) * 2 * np.pi / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * 1.35


DISC, RING = disc(300), ring(60)
