"""The parts of the answers to one key: each once, with its shape, its values at the points of the key, and its LaTeX.

A class writes the same parts again and again, so most of an answer is known before it comes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterator, Sequence
from fractions import Fraction
from typing import ClassVar

import numpy as np
from msgspec import Struct

from reference.counting.polynomial import Rational
from reference.equivalence.compare import SIZED, Turns
from reference.equivalence.noise import LOSING, Size, is_lost, largest, size_at
from reference.equivalence.points import SamplePoints
from reference.equivalence.turns import TURNING, may_turn, place, turns
from reference.language.dimensions import SCALAR, Mismatch, Shape
from reference.language.errors import Unusual
from reference.language.expression import Apply, Expression, Name, Number, number
from reference.language.operands import EULER, exact
from reference.language.operations import OPERATIONS
from reference.language.shapes import fitting
from reference.language.tokens import Token
from reference.language.values import Array
from reference.language.writing import LATEX, WRITERS, Written, latex_name, write

MOST = 2**20  # bytes that are kept
AS_LARGE = frozenset({"negate", "transpose"})  # as what they are made of
NUMBERS = 200  # that are kept
E = number(EULER)
NOWHERE: Turns = {}
OVERHEAD = 900  # bytes of a part beside its values and its LaTeX


class Part(Struct, eq=False, gc=False):
    """A resolved expression, made of other parts.

    ``node``: the expression itself; ``value``: at the points; ``sized``: does it hold a size? ``turns``: where it turns; ``usable``: does it hold no name but those that
    the question allows? ``rational``: as a quotient of polynomials, with the work that took, once asked for.
    """

    operation: str
    args: tuple[Part, ...]
    node: Expression
    shape: Shape
    value: Array
    sized: bool
    turns: Turns
    usable: bool
    written: Written
    rational: tuple[Rational, int] | None = None
    largest_at: dict[int, float] | None = None
    beside: Array | None = None
    column: ClassVar[int] = 0

    @property
    def latex(self) -> str:
        return self.written.text

    def most_at(self, point: int) -> float:
        """The largest absolute value of all parts at a point; infinite where a value is lost, or not a number."""
        if self.largest_at is None:
            self.largest_at = {}
        elif (known := self.largest_at.get(point)) is not None:
            return known
        if self.operation in AS_LARGE:
            found = self.args[0].most_at(point)
        else:
            size = size_at(self.value, point)
            found = largest(size)
            if self.operation in LOSING and self.is_lost_at(point, size):
                found = np.inf
            for one in self.args:
                other = one.most_at(point)
                if not other <= found:
                    found = other
        self.largest_at[point] = found
        return found

    def is_lost_at(self, point: int, size: Size) -> bool:
        if self.operation == "matmul" and self.args[0].shape[1] == 1:
            return False
        return is_lost(self.operation, size, [size_at(one.value, point) for one in self.args])

    def values(self) -> dict[int, Array]:
        """The values of all parts of it, by ``id`` of the expression."""
        found = {id(self.node): self.value}
        stack = [self]
        while stack:
            for one in stack.pop().args:
                if id(one.node) not in found:
                    found[id(one.node)] = one.value
                    stack.append(one)
        return found


class Parts:
    """A table of parts, emptied where they take more than ``most`` bytes.

    Args:
        usable: the names that the question allows.
    """

    def __init__(self, points: SamplePoints, usable: Container[str], most: int = MOST) -> None:
        self.points = points
        self.usable = usable
        self.most = most
        self.clear()

    def clear(self) -> None:
        self.found: dict[object, Part] = {}  # by how it is spelled, or by what it is made of
        self.lefts: set[tuple[Token, ...]] = (
            set()
        )  # what stood before the equality signs of answers
        self.size = 0

    def keep(self, key: object, part: Part) -> Part:
        """Find a part under a key from now on."""
        self.size += OVERHEAD
        self.found[key] = part
        return part

    def keep_left(self, tokens: tuple[Token, ...]) -> None:
        self.size += OVERHEAD * len(tokens)
        self.lefts.add(tokens)

    def make_room(self) -> None:
        if self.size > self.most:
            self.clear()

    # New parts

    def name(self, name: str) -> Part:
        shape, value = self.points.network.shapes.get(name), self.points.values.get(name)
        if shape is None or value is None:
            raise Unusual
        sized, usable = name in self.points.sizes, name in self.usable
        return Part(
            "", (), Name(name), shape, value, sized, NOWHERE, usable, Written(latex_name(name))
        )

    def apply(self, operation: str, args: tuple[Part, ...]) -> Part:
        """An operation on parts.

        Raises:
            Unusual: the shapes do not fit.
        """
        row, sized, usable, found = OPERATIONS[operation], operation in SIZED, True, NOWHERE
        shapes, values, nodes, texts = [], [], [], []
        for one in args:
            shapes.append(one.shape)
            values.append(one.value)
            nodes.append(one.node)
            texts.append(one.written)
            sized, usable = sized or one.sized, usable and one.usable
            found = found | one.turns if found and one.turns else found or one.turns
        try:
            shape = row.shape(*shapes)
        except Mismatch:
            raise Unusual from None
        value, node = row.value(*values), Apply(operation, tuple(nodes))
        if operation in TURNING and may_turn(operation, values):
            found = found | {place(turn): turn for turn in turns(node, values, self.points)}
        written = WRITERS[operation](node, texts, LATEX)
        self.size += value.nbytes + len(written.text)
        return Part(operation, args, node, shape, value, sized, found, usable, written)

    def product(self, factors: Sequence[Part], signs: Sequence[str]) -> Part:
        """Factors from left to right; most new parts are such products.

        Raises:
            Unusual: two do not fit, or fit in several ways.
        """
        result = factors[0]
        for sign, factor in zip(signs, factors[1:], strict=True):
            key = (sign, result, factor)
            result = self.found.get(key) or self.keep(key, self.multiplied(sign, result, factor))
        return result

    def multiplied(self, sign: str, left: Part, right: Part) -> Part:
        """As :meth:`apply`, of an operation that neither turns nor holds a size."""
        fits = fitting(left.shape, right.shape, sign)
        if len(fits) != 1:
            raise Unusual
        [(operation, shape)] = fits
        value = OPERATIONS[operation].value(left.value, right.value)
        node = Apply(operation, (left.node, right.node))
        sized, usable = left.sized or right.sized, left.usable and right.usable
        one, other = left.turns, right.turns
        found = one | other if one and other else one or other
        written = WRITERS[operation](node, [left.written, right.written], LATEX)
        self.size += value.nbytes + len(written.text)
        return Part(operation, (left, right), node, shape, value, sized, found, usable, written)

    def value_beside(self, root: Part, points: SamplePoints) -> Array:
        """The value of a part at the points beside the turns of the key, which is kept."""
        for part in unfinished(root, lambda one: one.beside is None):
            part.beside = value_of(part, [one.beside for one in part.args], points)
            self.size += part.beside.nbytes
        assert root.beside is not None
        return root.beside


@functools.lru_cache(maxsize=NUMBERS)
def literal(text: str) -> Part:
    """A number as it is written, which is the same in all tables.

    Raises:
        ReadingError: its magnitude is beyond what a float can hold.
    """
    return part_of(exact(Token("number", text, 0)))


def part_of(value: Fraction) -> Part:
    """A number; Euler's is always the same expression."""
    top, bottom = value.as_integer_ratio()
    array, node = np.array([[top / bottom]]), E if value == EULER else Number(value)
    return Part("", (), node, SCALAR, array, False, NOWHERE, True, write(node, [], LATEX))


def unfinished(root: Part, missing: Callable[[Part], bool]) -> Iterator[Part]:
    """The parts from which something is missing, each after its own; whoever takes one gives it that."""
    stack = [root]
    while stack:
        part = stack[-1]
        waiting = [one for one in part.args if missing(one)]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if missing(part):
            yield part


def value_of(part: Part, args: list[Array | None], points: SamplePoints) -> Array:
    """The value of a part at other points, by those of its own parts."""
    if args:
        return OPERATIONS[part.operation].value(*args)
    return points.values[part.node.name] if isinstance(part.node, Name) else part.value
