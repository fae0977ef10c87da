"""One blank and where its key comes from."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from grader.answers import (
    CountKey,
    DerivationKey,
    ExpressionKey,
    Key,
    LiteralKey,
    Points,
    SequenceKey,
    SetKey,
    ShapeKey,
    where,
)
from grader.bank import AnswerFile, Tolerance, fill
from grader.memo import memoized
from grader.model.constructed import Constructed
from grader.model.structure import Structure
from grader.model.sufficiency.question import DataQuestion
from grader.pools import Pool, said_of
from reference.counting import polynomial
from reference.counting.polynomial import Rational, Terms
from reference.language.expression import Expression
from reference.language.roles import address_of
from reference.language.writing import plain
from reference.layers.asked import Asked
from reference.layers.formulas import multiplied_out, symbolic
from reference.layers.ledger import NOTHING, SEEN, Amount, Given, Ledger
from reference.layers.stack import Stack
from reference.network import Network

WHOLE = 1e-6  # from a whole number
MOST = 10**15  # of a whole number


class Own(Struct, frozen=True, eq=False):
    """An author's own misconception: the name of its value in the network, message, share of the points."""

    target: str
    message: str
    credit: Fraction


class Misanswer(Struct, frozen=True, eq=False):
    """An author's own misconception of what is no number: the answer that it leads to, message, share of the points."""

    text: str
    message: str
    credit: Fraction


class Value(Struct, frozen=True, eq=False):
    """A value of the network: a number or a matrix.

    ``target``: the network's name for it, which is ``@`` and the address of its blank. ``labels``: what may stand
    before an equality sign. ``unit``: that of a number.
    """

    target: str
    tolerance: Tolerance = Tolerance()
    may_be_trivial: bool = False
    labels: tuple[str, ...] = ()
    unit: str = ""

    @property
    def address(self) -> str:
        return address_of(self.target)


class Count(Struct, frozen=True, eq=False, dict=True):
    """A count, or the axes of a shape, of which there are two or more.

    ``names``: the sizes in terms of which it is asked for; without any, in the sizes that are drawn.
    ``counted``: the parameters that it is a count of; ``of``: the quantity whose entries or shape it is.
    ``labels``: what may stand before an equality sign. ``points``: values of the names at which floors are compared.
    """

    terms: tuple[Terms, ...]
    names: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    of: str = ""
    points: Points = ()

    @property
    def where(self) -> Sequence[Mapping[str, int]]:
        """The points at which floors are compared."""
        return where(self.names, self.points)

    @functools.cached_property
    def in_symbols(self) -> Key:
        """The key in terms of sizes."""
        return self.keyed([plain(polynomial.expression(one)) for one in self.terms])

    def key(self, sizes: Mapping[str, int]) -> Key:
        """The key of a variant with these sizes."""
        if self.names:
            return self.in_symbols
        return self.keyed([str(polynomial.at(one, sizes)) for one in self.terms])

    def totals(self, sizes: Mapping[str, int]) -> tuple[Rational, ...]:
        """What is right in a variant with these sizes, in terms of what the answer may use."""
        found = self.terms
        if not self.names:
            found = tuple(polynomial.constant(polynomial.at(one, sizes)) for one in found)
        return tuple(Rational(one, polynomial.ONE) for one in found)

    def keyed(self, texts: Sequence[str]) -> Key:
        if len(texts) == 1:
            return CountKey(texts[0], self.names, self.labels, self.points)
        return ShapeKey(tuple(texts), self.names, self.labels, self.points)


class Miscount(Struct, frozen=True, eq=False):
    """An author's own misconception of a whole number: what it gives, message, share of the points."""

    asked: Asked
    message: str
    credit: Fraction


class Tally(Struct, frozen=True, eq=False, dict=True):
    """A whole number over sizes and layers, or the shape of a layer.

    ``names``: the sizes in terms of which it is asked for; without any, in numbers. ``points``: values of them at which
    floors are compared. ``labels``: what may stand before an equality sign. ``mistakes``: misconceptions that the author adds.
    ``unit``: that of the number.
    """

    asked: Asked
    stack: Stack | None
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    mistakes: tuple[Miscount, ...] = ()
    points: Points = ()
    unit: str = ""

    def value(self, sizes: Mapping[str, int], given: Given = NOTHING) -> Amount:
        """What is right in a variant with these sizes; ``given``: what is known of layers otherwise.

        Raises:
            LanguageError: the layers do not fit, or it is no whole number.
        """
        return self.of(self.asked, sizes, given) if given else amount(self, tuple(sizes.items()))

    def of(self, asked: Asked, sizes: Mapping[str, int], given: Given = NOTHING) -> Amount:
        """As ``value``, of anything else that can be asked of the same layers."""
        if self.stack is None or not asked.cells:
            return asked.value(sizes, None)
        known = self.stack.at(sizes, given) if given else ledger(self.stack, tuple(sizes.items()))
        return asked.value(sizes, known)

    def key(self, sizes: Mapping[str, int]) -> Key:
        """The key of a variant with these sizes."""
        if self.names:
            return self.in_symbols
        return self.keyed([str(one) for one in self.value(sizes)])

    @functools.cached_property
    def in_symbols(self) -> Key:
        """The key in terms of sizes.

        Raises:
            LanguageError: it is no polynomial.
        """
        return self.keyed(self.texts(self.asked))

    def texts(self, asked: Asked, known: Ledger | None = None) -> tuple[str, ...]:
        """Anything that can be asked of the same layers, in terms of sizes; ``known``: what they have and cost otherwise."""
        formulas = symbolic(asked, self.stack if known is None else known)
        return tuple(plain(one) for one in multiplied_out(formulas))

    @property
    def is_shape(self) -> bool:
        return self.asked.cell is not None and self.asked.cell[1] == "shape"

    @property
    def is_side(self) -> bool:
        """Is it how long something is that may be square?"""
        return self.asked.cell is not None and self.asked.cell[1] in ("side", *SEEN)

    def written(self, found: Sequence[object]) -> str:
        """A whole number or a shape as people write it."""
        return f"({', '.join(map(str, found))},)" if self.is_shape else str(found[0])

    def keyed(self, texts: Sequence[str]) -> Key:
        if not self.is_shape:
            return CountKey(texts[0], self.names, self.labels, self.points, self.is_side, self.unit)
        axes = (*texts, "1") if len(texts) == 1 else (*texts,)
        return ShapeKey(axes, self.names, self.labels, self.points)


@memoized
def amount(asked: Tally, sizes: tuple[tuple[str, int], ...]) -> Amount:
    """What is right in a variant."""
    return asked.of(asked.asked, dict(sizes))


@memoized
def ledger(stack: Stack, sizes: tuple[tuple[str, int], ...]) -> Ledger:
    """What the layers of a variant have and cost."""
    return stack.at(dict(sizes))


class Offered(Struct, frozen=True, eq=False):
    """What misconceptions lead to, as the options of a choice.

    ``value``: the right one, where they are numbers of the network. ``numbers``: id of an option → the
    network's name of its number.
    """

    value: Value | None = None
    numbers: Mapping[str, str] = {}


class Drawn(Struct, frozen=True, eq=False):
    """What is drawn from a pool: options, pairs or lines; ``offered`` where the pool was not written by an author.

    ``deciding``: id of a text → the network's name of the number that decides whether it is right, or where it stands.
    ``gaps``: what must not be near 0, as two texts would change places there.
    """

    pool: Pool
    offered: Offered | None = None
    deciding: Mapping[str, str] = {}
    gaps: tuple[Expression, ...] = ()


class DataSufficiency(Struct, frozen=True, eq=False):
    """Which of two items of data determine a quantity."""

    question: DataQuestion


class Literal(Struct, frozen=True, eq=False):
    """Numbers as they stand, which are values of the network one behind the other.

    ``words``: those that may stand in their place. ``single``: is it one number, without brackets?
    """

    values: tuple[Value, ...]
    words: tuple[str, ...]
    single: bool
    labels: tuple[str, ...]
    unit: str = ""

    def key(self, numbers: Sequence[float], within: Sequence[float]) -> Key:
        given = tuple(numbers), tuple(within)
        return LiteralKey(*given, self.words, self.single, self.labels, self.unit)


class Token(Struct, frozen=True):
    """What a sequence or a set holds.

    A ``token``; or one that is there if the ``number`` of that name in the network is not 0; or, of a number alone, the token
    at that place, or the number itself.
    """

    token: str = ""
    number: str = ""


class Listed(Struct, frozen=True, eq=False):
    """A sequence or a set; ``empty``: its key, but for the tokens."""

    tokens: tuple[Token, ...]
    empty: SequenceKey | SetKey

    def key(self, numbers: Mapping[str, Sequence[float]]) -> Key:
        """The key of a variant; ``numbers``: by their names in the network."""
        found = (self.written(one, numbers.get(one.number, ())) for one in self.tokens)
        return replace(self.empty, right=tuple(chain.from_iterable(found)))

    def written(self, one: Token, numbers: Sequence[float]) -> list[str]:
        if one.token:
            return [one.token] if all(numbers) else []
        known, places = self.empty.known, map(round, numbers)
        return [known[place - 1] for place in places if place] if known else [*map(str, places)]

    def fits(self, numbers: Mapping[str, Sequence[float]]) -> bool:
        """Are all numbers whole, and places of tokens where there are any? A place 0 holds none."""
        known = len(self.empty.known) or MOST
        given = [number for one in self.tokens if not one.token for number in numbers[one.number]]
        least = 0 if self.empty.known else -MOST
        return all(abs(one - round(one)) < WHOLE and least <= round(one) <= known for one in given)


class Symbolic(Struct, frozen=True, eq=False):
    """An expression in terms of some names of a network, in one line or with its derivation."""

    key: ExpressionKey | DerivationKey


class Fixed(Struct, frozen=True, eq=False):
    """Any other key that is the same in every variant of the structure."""

    key: Key


Source = (
    Value
    | Count
    | Tally
    | Drawn
    | DataSufficiency
    | Literal
    | Listed
    | Symbolic
    | Constructed
    | Fixed
)


class Blank(Struct, frozen=True, eq=False, dict=True):
    """One thing a student fills in; ``name`` is empty where its question has no other.

    ``hint``: how to write the answer, where the sheet does not tell it from the source. ``source``: where its key comes
    from. ``asked``: what it asks for, where that is an expression of the network. ``mistakes``: misconceptions that the author adds, of a value;
    ``misanswers``: of what is no number.
    ``credit``: name of a misconception, or ``not_as_asked`` → share of the points.
    ``because``: what the author says of the answer where it is explained. ``steps``: does the solution show those of the
    network as well? ``cell``: row and column, where it is in a table.
    """

    question: str
    name: str
    points: Fraction
    hint: str
    source: Source
    mistakes: tuple[Own, ...] = ()
    misanswers: tuple[Misanswer, ...] = ()
    credit: Mapping[str, Fraction] = {}
    because: str = ""
    steps: bool = True
    asked: Expression | None = None
    cell: tuple[str, str] | None = None

    @functools.cached_property
    def address(self) -> str:
        return f"{self.question}.{self.name}" if self.name else self.question

    @property
    def value(self) -> Value | None:
        """The value of the network that is asked for, to be written or as one of several options."""
        match self.source:
            case Value() as value:
                return value
            case Drawn(offered=Offered(value=value)):
                return value
        return None

    @property
    def expression(self) -> ExpressionKey | DerivationKey | None:
        """The key, where an expression is asked for."""
        match self.source:
            case Symbolic(key):
                return key
        return None

    @property
    def numbers(self) -> Mapping[str, str]:
        """Id of an option → the network's name of its number, where such are offered."""
        match self.source:
            case Drawn(offered=Offered(numbers=numbers)):
                return numbers
        return {}

    @property
    def measured(self) -> tuple[Value, ...]:
        """The values that are asked for, each to be written, or as one of several options."""
        match self.source:
            case Literal(values):
                return values
        return () if self.value is None else (self.value,)

    @property
    def deciding(self) -> Mapping[str, str]:
        """Id of a text → the network's name of the number that decides about it; of tokens, the names of their numbers."""
        match self.source:
            case Drawn(deciding=deciding):
                return deciding
            case Listed(tokens):
                return {one.number: one.number for one in tokens if one.number}
        return {}

    @property
    def gaps(self) -> tuple[Expression, ...]:
        """What must not be near 0, as texts would change places there."""
        match self.source:
            case Drawn(gaps=gaps):
                return gaps
        return ()

    @property
    def written(self) -> list[str]:
        """The texts that an author wrote to be chosen, matched or put in order."""
        match self.source:
            case Drawn(pool, offered=None):
                return pool.texts
        return []

    @property
    def reasons(self) -> list[str]:
        """What an author says of the answer, and of each text, where they are explained."""
        match self.source:
            case Drawn(pool):
                stated = [text for one in pool.statements.values() for text in said_of(one)]
            case _:
                stated = []
        return [text for text in (self.because, *stated) if text]

    @functools.cached_property
    def fixed(self) -> Key | None:
        """The key that all variants of the structure have, where they have the same.

        Raises:
            AuthorError: it cannot be decided.
        """
        match self.source:
            case Fixed(key) | Symbolic(key):
                return key
            case DataSufficiency(question):
                return question.key
            case Count(names=[_, *_]) | Tally(names=[_, *_]) as count:
                return count.in_symbols
        return None


def names_in(structure: Structure, answer: AnswerFile) -> tuple[str, ...]:
    """The names in terms of which an answer is to be given."""
    given = answer.in_terms_of or ()
    listed = ",".join([given] if isinstance(given, str) else given)
    filled = fill(listed, structure.context)
    return tuple(dict.fromkeys(name.strip() for name in filled.split(",") if name.strip()))


def known_names(network: Network) -> str:
    """The names of a network, for a message."""
    return ", ".join(network.vocabulary.names)


def declared_somewhere(structure: Structure, name: str) -> bool:
    """Is a quantity declared, if only for another structure?"""
    file = structure.file.network
    return name in {**file.inputs, **file.parameters, **file.sizes, **dict.fromkeys(file.constants)}
