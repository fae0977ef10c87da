"""Which circles of a field are marked, and whether anything is written into a box; what is doubtful is said to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from grader.pdf.answer_sheet import FIELDS, ITEM, NONE, RADIUS, RIGHT, WORD, Circle, Field
from grader.pdf.scanning.pages import Array, Page

WITHIN = 0.75 * RADIUS  # the printed ring is not looked at
CLEAR, MARKED = 0.015, 0.13  # the share of a circle that is dark: less is no mark, more is one
DARK = 0.2  # of a single place
NOISE = 4.5  # standard deviations by which a place must be darker than paper
SPECKS = 4  # dark places that dust may leave in a box
STEP = 0.4  # millimetres from place to place in a box
AROUND = 5  # places to each side by which the paper of a place is told, as light falls on it
REACH = (
    3.5,
    9.0,
)  # millimetres to which a mark may run out of its circle: left and down, right and up


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
    lines: dict[str, list[str]] = {}
    marked = []
    for circle in field.circles:
        dark = darkness(page, circle)
        if CLEAR < dark < MARKED:
            raise Doubt(f"a faint mark at {circle.item}{circle.letter}")
        if dark >= MARKED:
            marked.append(circle)
            lines.setdefault(circle.item, []).append(circle.letter)
    if is_written_beside(page, field, marked):
        raise Doubt("something is written beside the circles")
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
    return int(dark_places(page, x, y).sum()) > SPECKS


def is_written_beside(page: Page, field: Field, marked: Sequence[Circle]) -> bool:
    """Is anything around the circles that is not printed, and runs out of no marked circle?"""
    rows = [one.y for one in field.circles]
    x = np.arange(FIELDS - 2, RIGHT, STEP)
    y = np.arange(min(rows) - RADIUS, max(rows) + RADIUS, STEP)
    left, above = x[None, :], y[:, None]
    free = np.ones((len(y), len(x)), bool)
    less, more = REACH
    for one in field.circles:
        right, down = left - one.x, above - one.y
        word = WORD if len(one.letter) > 1 else 2.5
        free &= np.hypot(right, down) > RADIUS + 0.7
        free &= (abs(down) > 1.8) | (right > 0) | (right < -RADIUS - 1 - word)
        free &= (abs(down) > 2) | (left > FIELDS + ITEM - 2) | (not one.item)
        if one in marked:
            free &= (right < -less) | (right > more) | (down > less) | (down < -more)
    return int((dark_places(page, x, y) & free).sum()) > SPECKS


def dark_places(page: Page, x: Array, y: Array) -> Array:
    """Which places of a grid are darker than the paper around them, and than noise makes it."""
    if not (len(x) and len(y)):
        return np.zeros((len(y), len(x)), bool)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values = page.at(points).reshape(len(y), len(x))
    side = 2 * AROUND + 1
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, AROUND, "edge"), (side, side))
    paper = np.median(around[..., ::2, ::2], axis=(-2, -1))
    dark = (paper - values) / np.maximum(paper - page.black, 1.0)
    noise = float(np.median(abs(dark))) / 0.6745  # the standard deviation, by the median
    return dark > max(DARK, NOISE * noise)


def disc(count: int) -> Array:
    """Places that are spread evenly over a disc, in a spiral (Vogel 1979)."""
    place = np.arange(count) + 0.5
    angle = place * np.pi * (3 - np.sqrt(5))
    return np.sqrt(place / count)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def ring(count: int) -> Array:
    angle = np.arange(count) * 2 * np.pi / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * 1.35


DISC, RING = disc(300), ring(60)
