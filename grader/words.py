"""Random words: the raw 64-bit stream of Philox, which NumPy keeps fixed.

A stream is keyed by a BLAKE2b hash of the exercise's id, the seed, the number of the attempt and what the
words are for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Seed = int | str
Words = NDArray[np.uint64]
MASK = 2**64 - 1
AHEAD = 64  # words that a stream draws at a time


def words(exercise: str, seeds: Sequence[Seed], attempt: int, purpose: str, count: int) -> Words:
    """(len(seeds), count) random words; the same for a seed whatever its company."""
    result = np.empty((len(seeds), count), dtype=np.uint64)
    generator = np.random.Philox(key=0)
    state: Any = generator.state
    state["buffer_pos"] = 4  # nothing is left over from the seed before
    state["has_uint32"] = 0
    for row, seed in enumerate(seeds):
        key = hashed(exercise, seed, attempt, purpose)
        state["state"] = {
            "counter": np.zeros(4, dtype=np.uint64),
            "key": np.array([key & MASK, key >> 64], dtype=np.uint64),
        }
        generator.state = state
        result[row] = generator.random_raw(count)
    return result


def stream(exercise: str, seed: Seed, attempt: int, purpose: str) -> Iterator[int]:
    """As many random words of one seed as are taken."""
    generator = np.random.Philox(key=hashed(exercise, seed, attempt, purpose))
    while True:
        yield from generator.random_raw(AHEAD).tolist()


def hashed(exercise: str, seed: Seed, attempt: int, purpose: str) -> int:
    text = f"{exercise}\n{seed}\n{attempt}\n{purpose}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")


def pick(stream: Words, count: int) -> NDArray[np.int64]:
    """Each word as an index below ``count``; the bias is below count / 2^64."""
    return (stream % np.uint64(count)).astype(np.int64)
