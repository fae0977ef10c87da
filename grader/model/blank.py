"""One blank and where its key comes from."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from grader.answers import Form, Key
from grader.bank import AnswerFile, Tolerance, fill
from grader.model.structure import Structure
from grader.model.sufficiency.question import DataQuestion
from grader.pools import Pool
from reference.language.dimensions import Shape
from reference.language.expression import Expression
from reference.network import Network
from reference.points import Points
from reference.polynomial import Terms


class Blank(Struct, frozen=True):
    """One thing a student fills in; ``name`` is empty where its question has no other."""

    question: str
    name: str
    points: Fraction
    hint: str  # how to write the answer

    @property
    def address(self) -> str:
        return f"{self.question}.{self.name}" if self.name else self.question


class Symbolic(Struct, frozen=True, eq=False):
    """An expression that is asked for, in terms of some names of the network.

    ``points``: of the network, once that is complete, at which answers are compared.
    """

    expression: Expression
    shape: Shape
    allowed: tuple[str, ...]
    either_layout: bool = False
    form: Form = Form.ANY
    lines: bool = False
    aliases: tuple[str, ...] = ()
    points: Points | None = None

    @property
    def network(self) -> Network:
        """The complete network."""
        assert self.points is not None
        return self.points.network


class Own(Struct, frozen=True, eq=False):
    """An author's own misconception: the name of its value in the network, message, share of the points."""

    target: str
    message: str
    credit: Fraction


class Offered(Struct, frozen=True, eq=False):
    """A choice made of what a network gives: id of an option → the network's name of its number.

    Nothing where the options are expressions.
    """

    values: Mapping[str, str]


class Asked(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """A blank and where its key comes from; one of ``target``, ``terms``, ``pool``, ``data`` and ``key``.

    ``terms``: a count, or the rows and columns of a shape, whose values the drawn sizes give.
    """

    blank: Blank
    target: str = ""  # the network's name for the key
    terms: tuple[Terms, ...] = ()
    pool: Pool | None = None
    data: DataQuestion | None = None
    symbolic: Symbolic | None = None  # what ``key`` is made of, once the network is complete
    key: Key | None = None  # the same in every variant of the structure
    tolerance: Tolerance = Tolerance()
    may_be_trivial: bool = False
    counted: tuple[str, ...] = ()  # the parameters that a count is of
    mistakes: tuple[Own, ...] = ()
    offered: Offered | None = None
    credit: Mapping[str, Fraction] = {}  # name of a misconception → share of the points

    @functools.cached_property
    def address(self) -> str:
        return self.blank.address


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
