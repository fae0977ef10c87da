"""Products of partial derivatives, and shapes: right ones in several spellings, and one slip in each."""

from __future__ import annotations

import random
from collections.abc import Iterator

Factor = tuple[str, str]
CHAINS: dict[str, list[Factor]] = {
    "chain_w2": [("Loss", "a2"), ("a2", "z2"), ("z2", "w2")],
    "chain_w1": [("Loss", "a2"), ("a2", "z2"), ("z2", "a1"), ("a1", "z1"), ("z1", "w1")],
}
SHAPES: dict[str, tuple[str, str]] = {
    "shapes.W2": ("K", "D_a"),
    "shapes.b2": ("K", "1"),
    "shapes.hidden": ("D_a", "m"),
}
SPELLINGS = [  # of a factor, and what stands between two
    ("d{}/d{}", " * "),
    ("∂{}/∂{}", " · "),
    ("∂{}/∂{}", " "),
    (r"\frac{{\partial {}}}{{\partial {}}}", r" \cdot "),
    (r"\frac{{d {}}}{{d {}}}", " "),
]
PAIRS = [
    "{} × {}",
    "({}, {})",
    "{} x {}",
    r"{} \times {}",
    r"\mathbb{{R}}^{{{} \times {}}}",
    "[{}, {}]",
]


def product(factors: list[Factor], chance: random.Random) -> str:
    one, between = chance.choice(SPELLINGS)
    return between.join(one.format(*factor) for factor in factors)


def chain_answers(factors: list[Factor], chance: random.Random) -> Iterator[tuple[str, str, bool]]:
    for _ in range(4):
        yield "factors in any order", product(chance.sample(factors, len(factors)), chance), True
    place = chance.randrange(len(factors))
    rest = factors[:place] + factors[place + 1 :]
    yield "a factor forgotten", product(rest, chance), False
    yield "a factor twice", product([*factors, factors[place]], chance), False
    yield "a factor upside down", product([*rest, factors[place][::-1]], chance), False
    yield "a factor of another chain", product([*rest, (factors[place][0], "x")], chance), False


def shape_answers(shape: tuple[str, str], chance: random.Random) -> Iterator[tuple[str, str, bool]]:
    for pair in PAIRS:
        yield "a shape", pair.format(*shape), True
    other = next(one for one in ("m", "D_x", "K") if one not in shape)
    yield "rows for columns", chance.choice(PAIRS).format(*shape[::-1]), False
    yield "another size", chance.choice(PAIRS).format(other, shape[1]), False


def texts(exercise: str, chance: random.Random) -> Iterator[tuple[str, str, str, bool]]:
    """Blank, kind, text, and whether it is right."""
    for blank, factors in CHAINS.items() if exercise == "scalar-classifier" else ():
        yield from ((blank, *one) for one in chain_answers(factors, chance))
    for blank, shape in SHAPES.items() if exercise == "softmax-network" else ():
        yield from ((blank, *one) for one in shape_answers(shape, chance))
