"""Other ways to write a formula, and single slips in it; whether they change it, only its values tell."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.verdicts.trees import Tree, both, call, name, tree

Change = Callable[[Tree, random.Random], Tree | None]
SHIFTS = [Fraction(1, 10**digits) for digits in range(1, 7)]
OTHERS = {"sigmoid": "tanh", "tanh": "sigmoid", "g0": "g1", "g2": "g1", "exp": "log"}


def places(node: Tree) -> list[tuple[int, ...]]:
    """Where the nodes of a tree stand."""
    found: list[tuple[int, ...]] = [()]
    for number, part in enumerate(node.parts):
        if isinstance(part, Tree):
            found += [(number, *rest) for rest in places(part)]
    return found


def at(node: Tree, place: tuple[int, ...]) -> Tree:
    return at(node.parts[place[0]], place[1:]) if place else node


def put(node: Tree, place: tuple[int, ...], other: Tree) -> Tree:
    if not place:
        return other
    parts: list[Any] = [*node.parts]
    parts[place[0]] = put(parts[place[0]], place[1:], other)
    return Tree(node.kind, tuple(parts))


def somewhere(change: Callable[[Tree, random.Random], Tree | None]) -> Change:
    """A change of one node, wherever it can be made."""

    def changed(node: Tree, chance: random.Random) -> Tree | None:
        order = places(node)
        chance.shuffle(order)
        for place in order:
            other = change(at(node, place), chance)
            if other is not None:
                return put(node, place, other)
        return None

    return changed


def swapped(node: Tree, chance: random.Random) -> Tree | None:
    return Tree(node.kind, node.parts[::-1]) if node.kind in ("+", "*", "hadamard", "@") else None


def reordered(node: Tree, chance: random.Random) -> Tree:
    for place in reversed(places(node)):
        if at(node, place).kind in ("+", "*", "hadamard") and chance.random() < 0.6:
            node = put(node, place, Tree(at(node, place).kind, at(node, place).parts[::-1]))
    return node


def expanded(node: Tree, chance: random.Random) -> Tree | None:
    if node.kind not in ("*", "hadamard", "@"):
        return None
    left, right = node.parts
    if right.kind in "+-":
        first, second = right.parts
        return Tree(right.kind, (Tree(node.kind, (left, first)), Tree(node.kind, (left, second))))
    if left.kind in "+-":
        first, second = left.parts
        return Tree(left.kind, (Tree(node.kind, (first, right)), Tree(node.kind, (second, right))))
    return None


def turned(node: Tree, chance: random.Random) -> Tree | None:
    """-(b - a) for a - b."""
    return -Tree("-", node.parts[::-1]) if node.kind == "-" else None


def opposite(node: Tree, chance: random.Random) -> Tree | None:
    """a + (-b) for a - b."""
    return node.parts[0] + -node.parts[1] if node.kind == "-" else None


def multiplied_out(node: Tree, chance: random.Random) -> Tree | None:
    return node.parts[0] * node.parts[0] if node.kind == "^" and node.parts[1] == tree(2) else None


def by_exponentials(node: Tree, chance: random.Random) -> Tree | None:
    if node.kind != "call" or node.parts[0] != "sigmoid":
        return None
    return 1 / (1 + call("exp", -node.parts[1]))


def twice_the_half(node: Tree, chance: random.Random) -> Tree:
    return (2 * node) / 2


def step_by_sign(node: Tree, chance: random.Random) -> Tree | None:
    if node.kind != ">":
        return None
    left, right = node.parts
    return (1 + call("sign", left if right == tree(0) else left - right)) / 2


def other_step(node: Tree, chance: random.Random) -> Tree | None:
    return 1 - Tree("<", node.parts) if node.kind == ">" else None


SAME: dict[str, Change] = {
    "as it is": lambda node, chance: node,
    "reordered": reordered,
    "expanded": somewhere(expanded),
    "turned round": somewhere(turned),
    "with a negative": somewhere(opposite),
    "a square as a product": somewhere(multiplied_out),
    "a sigmoid by exponentials": somewhere(by_exponentials),
    "twice the half": twice_the_half,
    "a step by its sign": somewhere(step_by_sign),
    "a step by the other one": somewhere(other_step),
    "expanded and reordered": lambda node, chance: reordered(
        somewhere(expanded)(node, chance) or node, chance
    ),
}


def sign(node: Tree, chance: random.Random) -> Tree | None:
    return Tree({"+": "-", "-": "+"}[node.kind], node.parts) if node.kind in "+-" else None


def forgotten(node: Tree, chance: random.Random) -> Tree | None:
    kinds = ("*", "hadamard", "@", "+", "-", "/")
    return node.parts[chance.randrange(2)] if node.kind in kinds else None


def untransposed(node: Tree, chance: random.Random) -> Tree | None:
    return node.parts[0] if node.kind == "T" else None


def shifted(node: Tree, chance: random.Random) -> Tree | None:
    if node.kind not in ("<", ">"):
        return None
    return Tree(node.kind, (node.parts[0], node.parts[1] + chance.choice(SHIFTS)))


def steep(node: Tree, chance: random.Random) -> Tree | None:
    if node.kind != ">":
        return None
    return call("sigmoid", chance.choice([1000, 10**6]) * (node.parts[0] - node.parts[1]))


def other_function(node: Tree, chance: random.Random) -> Tree | None:
    if node.kind != "call" or node.parts[0].rstrip("'") not in OTHERS:
        return None
    primes = node.parts[0].count("'") * "'"
    return Tree("call", (OTHERS[node.parts[0].rstrip("'")] + primes, *node.parts[1:]))


def other_power(node: Tree, chance: random.Random) -> Tree | None:
    return node.parts[0] if node.kind == "^" else None


def other_name(allowed: str, asked: str) -> Change:
    """``asked``: the blank, whose own quantity no answer may hold."""
    known = [name(one) for one in allowed.split() if "_" not in one and not asked.endswith(one)]

    def change(node: Tree, chance: random.Random) -> Tree | None:
        others = [one for one in known if one != node]
        return chance.choice(others) if node.kind == "name" and others else None

    return somewhere(change)


def has_matrices(node: Tree) -> bool:
    return any(at(node, place).kind in ("@", "T") for place in places(node))


WRONG: dict[str, Change] = {
    "another sign": somewhere(sign),
    "the opposite": lambda node, chance: -node,
    "something forgotten": somewhere(forgotten),
    "a factor of 2": lambda node, chance: 2 * node,
    "a half": lambda node, chance: node / 2,
    "not transposed": somewhere(untransposed),
    "transposed": lambda node, chance: node.T if has_matrices(node) else None,
    "a matrix product the other way round": somewhere(
        lambda node, chance: swapped(node, chance) if node.kind == "@" else None
    ),
    "a shifted threshold": somewhere(shifted),
    "a step that is steep": somewhere(steep),
    "another function": somewhere(other_function),
    "another power": somewhere(other_power),
    "3 % off": lambda node, chance: tree(Fraction(103, 100)) * node,
    "a thousandth more": lambda node, chance: node + both(tree(Fraction(1, 1000)), node),
}
