"""Philox 4x64-10 for many keys at once: the words that NumPy's generator gives for each of them.

From Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as easy as 1, 2, 3* (2011): ten rounds of two
products of 128 bits. NumPy counts blocks of four words from 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

ROUNDS = 10
MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
STEPS = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B  # of the two halves of a key, from round to round
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)


def philox(keys: Words, count: int) -> Words:
    """(len(keys), count) words for keys (n, 2), the lower half first."""
    blocks = -(-count // 4)
    shape = len(keys), blocks
    first, second = (np.ascontiguousarray(keys[:, half, None]) for half in (0, 1))
    counter = np.broadcast_to(np.arange(1, blocks + 1, dtype=np.uint64), shape)
    words = [counter, *(np.zeros(shape, dtype=np.uint64) for _ in range(3))]
    for _ in range(ROUNDS):
        high0, low0 = product(MULTIPLIERS[0], words[0])
        high1, low1 = product(MULTIPLIERS[1], words[2])
        words = [high1 ^ words[1] ^ first, low1, high0 ^ words[3] ^ second, low0]
        first, second = first + np.uint64(STEPS[0]), second + np.uint64(STEPS[1])
    return np.stack(words, axis=-1).reshape(len(keys), -1)[:, :count]


def product(constant: int, words: Words) -> tuple[Words, Words]:
    """The upper and the lower 64 bits of products of 128, of halves of 32."""
    upper, lower = np.uint64(constant >> 32), np.uint64(constant & 0xFFFFFFFF)
    high, low = words >> HALF, words & LOW
    middle = upper * low + ((lower * low) >> HALF)
    other = lower * high + (middle & LOW)
    return upper * high + (middle >> HALF) + (other >> HALF), words * np.uint64(constant)
