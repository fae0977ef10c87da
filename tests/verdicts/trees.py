"""Formulas as trees, with their values at many points, in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
CLOSE = 1e-6  # relative
ALIKE = 0.005  # share of the points at which equal formulas may differ, by what rounding does
APART = 0.02  # share at which different ones must


class Tree(NamedTuple):
    """A node: what it is, and its parts; names, numbers and indices are plain parts."""

    kind: str
    parts: tuple[Any, ...]

    def __add__(self, other: Any) -> Tree:  # type: ignore[override]
        return Tree("+", (self, tree(other)))

    def __radd__(self, other: Any) -> Tree:
        return Tree("+", (tree(other), self))

    def __sub__(self, other: Any) -> Tree:
        return Tree("-", (self, tree(other)))

    def __rsub__(self, other: Any) -> Tree:
        return Tree("-", (tree(other), self))

    def __mul__(self, other: Any) -> Tree:  # type: ignore[override]
        return Tree("*", (self, tree(other)))

    def __rmul__(self, other: Any) -> Tree:  # type: ignore[override]
        return Tree("*", (tree(other), self))

    def __truediv__(self, other: Any) -> Tree:
        return Tree("/", (self, tree(other)))

    def __rtruediv__(self, other: Any) -> Tree:
        return Tree("/", (tree(other), self))

    def __neg__(self) -> Tree:
        return Tree("neg", (self,))

    def __pow__(self, exponent: int) -> Tree:
        return Tree("^", (self, tree(exponent)))

    def __matmul__(self, other: Tree) -> Tree:
        return Tree("@", (self, other))

    def __gt__(self, other: Any) -> Tree:  # type: ignore[override]
        return Tree(">", (self, tree(other)))

    def __lt__(self, other: Any) -> Tree:  # type: ignore[override]
        return Tree("<", (self, tree(other)))

    @property
    def T(self) -> Tree:
        return Tree("T", (self,))


def tree(value: Any) -> Tree:
    return value if isinstance(value, Tree) else Tree("number", (value,))


def name(text: str) -> Tree:
    return Tree("name", (text,))


def names(text: str) -> list[Tree]:
    return [name(one) for one in text.split()]


def call(function: str, *args: Tree) -> Tree:
    return Tree("call", (function, *args))


def entry(vector: str, index: str) -> Tree:
    return Tree("entry", (vector, index))


def same_index(one: str, other: str) -> Tree:
    return Tree("same", (one, other))


def total(index: str, body: Tree) -> Tree:
    return Tree("sum", (index, body))


def both(left: Tree, right: Tree) -> Tree:
    """The product entry by entry."""
    return Tree("hadamard", (left, right))


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def slope_of_sigmoid(x: Array) -> Array:
    return sigmoid(x) * (1 - sigmoid(x))


# The abstract functions stand for any smooth ones; these are some.
FUNCTIONS: dict[str, Callable[..., Array]] = {
    "sigmoid": sigmoid,
    "sigmoid'": slope_of_sigmoid,
    "tanh": np.tanh,
    "tanh'": lambda x: 1 - np.tanh(x) ** 2,
    "exp": np.exp,
    "log": np.log,
    "abs": np.abs,
    "sign": np.sign,
    "relu": lambda x: np.maximum(x, 0),
    "g0": lambda x: np.sin(1.3 * x) + 0.4 * x,
    "g0'": lambda x: 1.3 * np.cos(1.3 * x) + 0.4,
    "g1": lambda x: np.cos(0.7 * x) + 0.2 * x**2,
    "g1'": lambda x: -0.7 * np.sin(0.7 * x) + 0.4 * x,
    "g2": lambda x: np.arctan(x) - 0.3 * x,
    "g2'": lambda x: 1 / (1 + x**2) - 0.3,
    "Loss": lambda a, b: np.sin(a) * b + a**2 - 0.3 * b,
}
VALUES: dict[str, Callable[..., Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "hadamard": np.multiply,
    "/": np.divide,
    "^": np.power,
    "neg": np.negative,
    "@": np.matmul,
    "T": lambda x: np.swapaxes(x, -2, -1),
    ">": lambda a, b: (a > b).astype(float),
    "<": lambda a, b: (a < b).astype(float),
}


class Points(NamedTuple):
    """Values (points, rows, columns) of every name, and places (points,) of every index, counted from 0."""

    values: Mapping[str, Array]
    places: Mapping[str, Array] = {}


def value(node: Tree, at: Points) -> Array:
    kind, parts = node
    if kind == "number":
        return np.full((1, 1, 1), float(parts[0]))
    if kind == "name":
        return at.values[parts[0]]
    if kind == "call":
        return FUNCTIONS[parts[0]](*(value(one, at) for one in parts[1:]))
    if kind == "entry":
        rows, places = at.values[parts[0]], at.places[parts[1]]
        return rows[np.arange(len(rows)), places.astype(int), 0][:, None, None]
    if kind == "same":
        one, other = (at.places[index] for index in parts)
        return (one == other).astype(float)[:, None, None]
    if kind == "sum":
        return summed(*parts, at)
    found = [value(one, at) for one in parts]
    if kind in ("+", "-", "*", "hadamard") and not fits(*found):
        raise ValueError("shapes do not fit")
    return VALUES[kind](*found)


def fits(left: Array, right: Array) -> bool:
    """Nothing is spread but a single number."""
    shapes = left.shape[-2:], right.shape[-2:]
    return shapes[0] == shapes[1] or (1, 1) in shapes


def summed(index: str, body: Tree, at: Points) -> Array:
    count = next(len(v[0]) for v in at.values.values() if v.shape[1] > 1)
    some = next(iter(at.places.values()))
    parts = (
        value(body, at._replace(places={**at.places, index: np.full_like(some, place)}))
        for place in range(count)
    )
    return np.sum([*parts], axis=0)


def agree(one: Tree, other: Tree, at: Points) -> bool | None:
    """Are two formulas equal? Nothing where it is not clear."""
    with np.errstate(all="ignore"):
        try:
            left, right = value(one, at), value(other, at)
        except ValueError:
            return False  # the shapes do not fit
        if left.shape[-2:] != right.shape[-2:]:
            return False
        apart = np.abs(left - right) > CLOSE * (np.abs(left) + np.abs(right))
    share = np.mean(
        np.any(np.broadcast_to(apart, np.broadcast_shapes(left.shape, right.shape)), axis=(-2, -1))
    )
    return True if share < ALIKE else False if share > APART else None
