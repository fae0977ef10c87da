"""Sums of products of arrays whose axes are indices, pair by pair as batched matrix products."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

Indices = tuple[str, ...]
MANY = 8  # factors of a product


class Labelled(Struct, frozen=True):
    """An array (batch or 1, …) and the index that each further axis stands for."""

    array: Any
    labels: Indices = ()

    def to(self, labels: Indices) -> Any:
        """With these indices in this order; an axis of length 1 for one that it has not."""
        if self.labels == labels:
            return self.array
        order = [1 + self.labels.index(one) for one in labels if one in self.labels]
        array = self.array.transpose(0, *order)
        spread = tuple(slice(None) if one in self.labels else None for one in labels)
        return array if None not in spread else array[(slice(None), *spread)]


def union(*several: Indices) -> Indices:
    return tuple(dict.fromkeys(itertools.chain(*several)))


def contracted(several: Sequence[Labelled], over: Indices, lengths: Mapping[str, int]) -> Labelled:
    """The sum over some indices of a product: the pair with the smallest result first."""
    held = [index for index in over if any(index in one.labels for one in several)]
    scale = math.prod(lengths[index] for index in over if index not in held)
    several = sorted(alike_first(several), key=lambda one: one.array.size)

    def grown(pair: tuple[int, ...]) -> int:
        return growth(several, pair, held, lengths)

    while len(several) > 1:
        pairs = itertools.combinations(range(len(several)), 2)
        best = min(pairs, key=grown) if len(several) > 2 else (0, 1)
        first, second = (several[place] for place in best)
        rest = [one for place, one in enumerate(several) if place not in best]
        both = first.labels + second.labels
        gone = [i for i in held if i in both and not any(i in one.labels for one in rest)]
        several = [*rest, product_sum(first, second, gone)]
        held = [index for index in held if index not in gone]
    result = summed_over(several[0], held)
    return result if scale == 1 else Labelled(result.array * scale, result.labels)


def alike_first(several: Sequence[Labelled]) -> Sequence[Labelled]:
    """Many factors, those with the same indices multiplied: of so many, pairs would take longer to look at than to multiply."""
    if len(several) <= MANY:
        return several
    found: dict[tuple[Indices, int], Any] = {}
    for one in several:
        key = one.labels, len(one.array)
        found[key] = found[key] * one.array if key in found else one.array
    return [Labelled(array, labels) for (labels, _), array in found.items()]


def growth(
    several: Sequence[Labelled],
    pair: tuple[int, ...],
    held: Sequence[str],
    lengths: Mapping[str, int],
) -> int:
    """How many entries more there are once a pair is multiplied."""
    first, second = (several[place] for place in pair)
    rest = [one for place, one in enumerate(several) if place not in pair]
    both = union(first.labels, second.labels)
    kept = [i for i in both if i not in held or any(i in one.labels for one in rest)]
    batch = max(len(first.array), len(second.array))
    grown: int = math.prod(lengths[i] for i in kept) * batch
    return grown - int(first.array.size) - int(second.array.size)


def product_sum(first: Labelled, second: Labelled, over: Sequence[str]) -> Labelled:
    """The sum over some indices of a product, as one batched matrix product."""
    alone = [[i for i in over if i not in other.labels] for other in (second, first)]
    first, second = summed_over(first, alone[0]), summed_over(second, alone[1])
    inner = tuple(i for i in over if i in first.labels and i in second.labels)
    if not inner:
        labels = union(first.labels, second.labels)
        return Labelled(first.to(labels) * second.to(labels), labels)
    both = tuple(i for i in first.labels if i in second.labels and i not in inner)
    rows = tuple(i for i in first.labels if i not in second.labels)
    columns = tuple(i for i in second.labels if i not in first.labels)
    left, right = first.to((*both, *rows, *inner)), second.to((*both, *inner, *columns))
    split = left.ndim - len(inner)
    count, kept = math.prod(left.shape[split:]), left.shape[1 + len(both) : split]
    behind = right.shape[1 + len(both) + len(inner) :]
    left = left.reshape(*left.shape[: 1 + len(both)], math.prod(kept), count)
    right = right.reshape(*right.shape[: 1 + len(both)], count, math.prod(behind))
    result = left @ right
    return Labelled(result.reshape(*result.shape[:-2], *kept, *behind), (*both, *rows, *columns))


def summed_over(one: Labelled, over: Sequence[str]) -> Labelled:
    if not over:
        return one
    axes = tuple(1 + one.labels.index(index) for index in over)
    return Labelled(one.array.sum(axis=axes), tuple(i for i in one.labels if i not in over))
