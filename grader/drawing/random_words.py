"""Random words: the raw 64-bit stream of Philox, which NumPy keeps fixed.

A stream is keyed by a BLAKE2b hash of the exercise's id, the seed, the number of the attempt and what the
words are for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.drawing.philox import Words, philox

Seed = int | str
Attempts = int | Sequence[int]
AHEAD = 64  # words that a stream draws at a time
FEW = 50  # streams that are quicker one by one


def words(
    exercise: str, seeds: Sequence[Seed], attempts: Attempts, purpose: str, count: int
) -> Words:
    """(len(seeds), count) random words; the same for a seed whatever its company.

    Args:
        attempts: the number of the attempt of all seeds, or that of each.
    """
    keys = [
        digest(exercise, seed, attempt, purpose)
        for seed, attempt in zip(seeds, of_each(attempts, seeds), strict=True)
    ]
    if len(keys) < FEW:
        found = [generator(key).random_raw(count) for key in keys]
        return np.array(found, dtype=np.uint64).reshape(len(keys), count)
    own = np.frombuffer(b"".join(keys), dtype="<u8").reshape(-1, 2)
    return philox(own.astype(np.uint64), count)


def of_each(attempts: Attempts, seeds: Sequence[Seed]) -> Sequence[int]:
    return [attempts] * len(seeds) if isinstance(attempts, int) else attempts


def stream(exercise: str, seed: Seed, attempt: int, purpose: str) -> Iterator[int]:
    """The random words of one seed, without end."""
    own = generator(digest(exercise, seed, attempt, purpose))
    while True:
        yield from own.random_raw(AHEAD).tolist()


def digest(exercise: str, seed: Seed, attempt: int, purpose: str) -> bytes:
    """The key of a stream, as 16 bytes of which the lowest comes first."""
    text = f"{exercise}\n{seed}\n{attempt}\n{purpose}".encode()
    return hashlib.blake2b(text, digest_size=16).digest()


def generator(key: bytes) -> np.random.Philox:
    return np.random.Philox(key=int.from_bytes(key, "little"))


def pick(stream: Words, count: int) -> NDArray[np.int64]:
    """Each word as an index below ``count``; the bias is below count / 2^64."""
    return (stream % np.uint64(count)).astype(np.int64)
