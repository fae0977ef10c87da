"""Drawn variants side by side, so that a thousand cost one pass through NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from grader.drawing.draw import Draw
from grader.drawing.random_words import Seed
from grader.model import Model
from reference.language.values import Array


class Columns(Struct, frozen=True):
    """Variants of one structure, a column for each quantity.

    ``rows``: their places in the seeds that were asked for. ``sizes``: (batch,) whole numbers;
    ``values``: (batch, rows, columns).
    """

    model: Model
    seeds: Sequence[Seed]
    rows: Sequence[int]
    sizes: dict[str, NDArray[np.int64]]
    values: dict[str, Array]
    orders: dict[str, list[list[str]]]

    @property
    def structure(self) -> tuple[Model, tuple[int, ...]]:
        """What variants must have in common to stand in the same columns: also sizes that no drawn value shows, as a stride."""
        return self.model, tuple(int(self.sizes[name][0]) for name in self.model.array_sizes)

    def known(self) -> dict[str, Array]:
        """All drawn values, sizes included as scalars."""
        sizes = {name: column[:, None, None].astype(float) for name, column in self.sizes.items()}
        return {**sizes, **self.values}

    def only(self, kept: NDArray[np.bool_]) -> Columns:
        """Some of the variants."""
        places = np.flatnonzero(kept).tolist()
        return Columns(
            self.model,
            [self.seeds[place] for place in places],
            [self.rows[place] for place in places],
            {name: column[kept] for name, column in self.sizes.items()},
            {name: column[kept] for name, column in self.values.items()},
            {name: [orders[place] for place in places] for name, orders in self.orders.items()},
        )

    def draw(self, row: int) -> Draw:
        """One variant by itself."""
        exercise = self.model.exercise
        return Draw(
            exercise.id,
            self.seeds[row],
            exercise.digest,
            self.model.choices,
            {name: int(column[row]) for name, column in self.sizes.items()},
            {name: column[row].tolist() for name, column in self.values.items()},
            {question: orders[row] for question, orders in self.orders.items()},
        )


def stacked(parts: Sequence[Columns]) -> Columns:
    """Columns of one structure below each other."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    return Columns(
        first.model,
        [seed for part in parts for seed in part.seeds],
        [row for part in parts for row in part.rows],
        {name: np.concatenate([part.sizes[name] for part in parts]) for name in first.sizes},
        {name: np.concatenate([part.values[name] for part in parts]) for name in first.values},
        {name: [order for part in parts for order in part.orders[name]] for name in first.orders},
    )


def entries_of(value: object, axes: tuple[int, ...]) -> Array:
    """A number, a list of a column's entries, of rows, or of slices, as (rows, columns), the last axis being the columns.

    Args:
        axes: how long they are, or the rows and columns in which they are stored.

    Raises:
        ValueError: it has another shape.
    """
    shape = in_store(axes)
    array = np.array(value, dtype=np.float64)
    if array.ndim == 0:
        return np.broadcast_to(array, shape)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim > 2 and (len(axes) == 2 or array.shape == axes):
        array = array.reshape(-1, array.shape[-1])
    if array.shape != shape:
        expected = " × ".join(map(str, axes if len(axes) > 2 else shape))
        raise ValueError(f"expected {expected} values, found {array.shape}")
    return array


def in_store(axes: tuple[int, ...]) -> tuple[int, int]:
    """The rows and columns in which some axes are stored; one axis is a column."""
    if len(axes) < 2:
        return math.prod(axes), 1
    return math.prod(axes[:-1]), axes[-1]
