"""An indexed equation × values → arrays: at given sizes, in batches that fit.

A value is an array (batch, …) with an index for each further axis, and no axis for an index on which it does not depend.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reference.language.indexed.contracting import Indices
from reference.language.indexed.frame import Frame
from reference.language.indexed.nodes import (
    At,
    Condition,
    Piece,
    Reduce,
    Term,
    values_of,
    walk,
)
from reference.language.indexed.ranges import Axes
from reference.language.values import Array
from reference.language.whole import Range

MAX_CELLS = 4_000_000  # of one array, 32 MB; larger batches are cut
PLANS = 400  # of where entries stand, kept by an evaluator


class Evaluator:
    """Values of pieces at given sizes.

    Args:
        axes: of every quantity that is used.
        sizes: a number for each size.
    """

    def __init__(self, axes: Axes, sizes: Mapping[str, int]) -> None:
        self.axes, self.sizes = axes, dict(sizes)
        self.extents: dict[Range, tuple[int, int]] = {}
        self.spans = {name: tuple(map(self.extent, one)) for name, one in axes.items()}
        self.plans: dict[Any, Any] = {}

    def extent(self, one: Range) -> tuple[int, int]:
        found = self.extents.get(one)
        if found is None:
            found = int(one[0].value(self.sizes)), int(one[1].value(self.sizes))
            self.extents[one] = found
        return found

    def length(self, one: Range) -> int:
        low, high = self.extent(one)
        return max(0, high - low + 1)

    def planned(self, key: Any, make: Any) -> Any:
        if key not in self.plans:
            if len(self.plans) >= PLANS:
                self.plans.clear()
            self.plans[key] = make()
        return self.plans[key]

    def value(self, piece: Piece, values: Mapping[str, Array], axes: Sequence[Range]) -> Array:
        """(batch, an axis each) of a quantity that is one piece; the batch is cut where arrays would be too large."""
        batch = max((len(one) for one in values.values()), default=1)
        most = batch * math.prod(map(self.length, piece.spans.values()))
        if most <= MAX_CELLS and not piece.terms:
            return self.whole(piece, values)
        work, cells = self.whole, self.cells(piece)
        if piece.terms:
            alone = (Piece((), term.ranges, term.value) for term in piece.terms)
            scattered = max(map(self.cells, alone))
            if scattered < cells:
                work, cells = functools.partial(self.scattered, tuple(axes)), scattered
        cut = max(1, MAX_CELLS // max(1, cells))
        if cut >= batch:
            return work(piece, values)
        parts = []
        for start in range(0, batch, cut):
            part = {
                name: one[start : start + cut] if len(one) > 1 else one
                for name, one in values.items()
            }
            found = work(piece, part)
            parts.append(np.broadcast_to(found, (min(cut, batch - start), *found.shape[1:])))
        return np.concatenate(parts)

    def whole(self, piece: Piece, values: Mapping[str, Array]) -> Array:
        """(batch, the free indices)."""
        frame = Frame(self, dict(piece.spans), values)
        labels = frame.labels(*piece.places)
        value = frame.value(piece.body)
        array = value.to(labels)
        shape = len(array), *map(frame.length, labels)
        return array if array.shape == shape else np.broadcast_to(array, shape)

    def cells(self, piece: Piece) -> int:
        """Entries of the largest array that one variant needs, if nothing is contracted."""
        ranges = piece.spans
        sizes = [1]
        for node in walk(piece.body):
            if isinstance(node, At):
                used = {symbol for place in node.at for symbol in place.symbols} & ranges.keys()
                sizes.append(math.prod(self.length(ranges[index]) for index in used))
        return max(sizes)

    def scattered(
        self, axes: tuple[Range, ...], piece: Piece, values: Mapping[str, Array]
    ) -> Array:
        """An adjoint from its terms: what falls on one place is added up in the order of the places."""
        spans = [self.extent(one) for one in axes]
        shape = [high - low + 1 for low, high in spans]
        total: Any = np.zeros((1, math.prod(shape)))
        for term in piece.terms:
            frame = Frame(self, dict(term.ranges), values)
            kept = frame.labels(*term.places)
            over = tuple((index, one) for index, one in term.ranges if index not in kept)
            outside = tuple(c for c in term.conds if {*frame.labels(*values_of(c))} <= {*kept})
            inside = tuple(c for c in term.conds if c not in outside)
            value = frame.value(
                Reduce("sum", over, inside, term.value) if over or inside else term.value
            )
            array = np.broadcast_to(value.to(kept), (len(value.array), *map(frame.length, kept)))
            make = functools.partial(self.landing, frame, term, kept, outside, spans)
            order, targets, starts = self.planned(term, make)
            if len(order):
                taken = np.ascontiguousarray(array).reshape(len(array), -1).take(order, axis=1)
                added = (
                    taken if len(targets) == len(order) else np.add.reduceat(taken, starts, axis=1)
                )
                if len(added) > len(total):
                    total = np.repeat(total, len(added), axis=0)
                total[:, targets] += added
        return np.asarray(total).reshape(len(total), *shape)

    def landing(
        self,
        frame: Frame,
        term: Term,
        kept: Indices,
        conds: tuple[Condition, ...],
        spans: Sequence[tuple[int, int]],
    ) -> Any:
        """Which entries fall on which place: in the order of the places, the places, where each begins."""
        lengths = tuple(map(frame.length, kept))
        flat = np.zeros(lengths, dtype=np.intp)
        there = np.broadcast_to(frame.mask(conds).to(kept), (1, *lengths))[0]
        for place, (low, high) in zip(term.places, spans, strict=True):
            at = np.asarray(frame.place(place, kept))
            there = there & (at >= low) & (at <= high)
            flat = flat * (high - low + 1) + np.clip(at - low, 0, high - low)
        sources = np.flatnonzero(there)
        order = sources[np.argsort(flat.ravel()[sources], kind="stable")]
        return order, *np.unique(flat.ravel()[order], return_index=True)
