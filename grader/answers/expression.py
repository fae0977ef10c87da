"""An expression: right if it agrees with the key wherever both are defined, in whatever form."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.answers.alike import by_parts, fingerprint, first_equal, is_equal
from grader.answers.by_entry import UNDEFINED, defines_names, entry_in_print, entry_of
from grader.answers.equations import answer_of
from grader.answers.form import FORMS, Form
from grader.answers.key import Key
from grader.answers.notes import Note, said, sentences
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict, not_as_asked, placed
from grader.answers.passages import formulas
from grader.answers.reading import Reading, State
from grader.answers.stated import Stated
from reference.derivatives.named import at_a_place, runs_over_a_place, with_derivatives
from reference.equivalence.beside import Pair
from reference.equivalence.compare import Agreement, Side, compare, compare_several, compare_sides
from reference.equivalence.parts import Part, Parts
from reference.equivalence.points import SamplePoints
from reference.equivalence.resolver import learn_left, read_part
from reference.equivalence.several import Sides
from reference.equivalence.sight import Known, at_sight
from reference.language.closing import closed
from reference.language.dimensions import SCALAR, Shape, describe
from reference.language.errors import (
    LanguageError,
    ReadingError,
    ShapeError,
    Undeclared,
    UnknownName,
)
from reference.language.evaluating import evaluate_further
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    distinct_parts,
    mentioned,
    names,
    parts,
)
from reference.language.indexed.answers import Entry, check_extent, in_terms
from reference.language.indexed.places import is_indexed
from reference.language.indexed.rows import rules_in
from reference.language.labels import Labels, labels
from reference.language.named.table import NAMES as NAMED
from reference.language.names import relist
from reference.language.operations import transposed
from reference.language.reading import filled_in, read, read_said, unframed
from reference.language.roles import is_derivative
from reference.language.rolling import names_over_time, rolled
from reference.language.shapes import Shaped, resolve
from reference.language.spreading import unspread
from reference.language.sums import indexed
from reference.language.unicode import unicode, unicode_name
from reference.language.values import Array
from reference.language.writing import latex, plain

MEMORY = 2**25  # bytes of values that are kept at a time where sums may be, each an axis of its own
TABLES = 64  # keys whose parts are kept at a time, and networks with further derivatives of one


class Formula(Struct, frozen=True):
    """An answer that was read the long way: resolved, with its shape. ``named``: does nothing stand before it but its name?"""

    text: str
    node: Expression
    shape: Shape
    named: bool


class ExpressionKey(Key, frozen=True, dict=True, eq=False):
    """An expression of a shape, in terms of some names of a network.

    ``points``: values at which answers are compared with it. ``either_layout``: is the transpose right
    as well? ``aliases``: other names of what is allowed. ``wanted``: the name of what is asked for, if it has one.
    ``labels``: how it is called before an equality sign. ``siblings``: how other blanks of the exercise are.
    ``places``: letters of the entry for which a formula is asked, one an axis.
    """

    expression: Expression
    shape: Shape
    allowed: tuple[str, ...]
    points: SamplePoints
    either_layout: bool = False
    form: Form = Form.ANY
    aliases: tuple[str, ...] = ()
    wanted: str = ""
    labels: tuple[str, ...] = ()
    siblings: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()

    @functools.cached_property
    def is_sum(self) -> bool:
        """Is it a number that is made of entries, so that sums over places may be written for it?"""
        return self.shape == SCALAR and any(rules_in([self.expression]))

    @property
    def last(self) -> ExpressionKey:
        """The key of the last line, which is the only one."""
        return self

    @functools.cached_property
    def side(self) -> Side:
        """The key, evaluated at the points."""
        return Side(self.expression, self.points)

    @functools.cached_property
    def closed(self) -> Expression:
        """The key as it is printed, in the form that is asked for."""
        short = closed(self.expression, self.points.facts)
        if self.form in FORMS and not FORMS[self.form][0](short):
            return self.expression
        return entry_in_print(short, self.places, self.points.network) if self.places else short

    @functools.cached_property
    def listed(self) -> tuple[str, ...]:
        """The allowed names as they are listed, those of all steps of a quantity as one."""
        return tuple(names_over_time(self.allowed, self.points.network.symbols.time))

    @property
    def shown(self) -> Expression:
        """The key as it is printed, with sums over steps."""
        return rolled(self.closed, self.points.network.symbols.time)

    @functools.cached_property
    def usable(self) -> frozenset[str]:
        """The allowed names, and the functions and indices of the exercise."""
        symbols = self.points.network.symbols
        sizes = (*symbols.least, *symbols.computed) if self.places or self.is_sum else ()
        return frozenset([*self.allowed, *self.aliases, *sizes, *symbols.shapes])

    def agreement(self, given: Side) -> Agreement:
        """Does an expression agree with the key?"""
        if given.points is self.points:
            return compare_sides(given, self.side)
        return compare_sides(given, Side(self.expression, given.points))

    def follows(self, given: Expression, before: Expression) -> Agreement:
        """Does an expression agree with another, at the points of the key?"""
        return compare(given, before, self.points_for(mentioned(given) | mentioned(before)))

    def agreements(
        self, given: Sequence[Expression], other: Expression, prove: bool = False
    ) -> Iterator[Agreement]:
        """Does each of some expressions agree with another? ``prove``: only what is equal matters."""
        points = self.points_for({name for one in (*given, other) for name in mentioned(one)})
        own = other is self.expression and points is self.points
        side = self.side if own else Side(other, points)
        return compare_several([Side(one, points) for one in given], side, prove, once=not own)

    def at_points(self, given: Expression) -> Side:
        """An expression, evaluated at the points of the key."""
        return Side(given, self.points_for(mentioned(given)))

    def points_for(self, used: set[str]) -> SamplePoints:
        """The points of the key, with the named derivatives that an answer has and the question has not."""
        unknown = used - self.points.network.shapes.keys() if self.further else ()
        return self.extended(tuple(sorted(unknown))) if unknown else self.points

    def first_met(
        self,
        given: Sequence[Expression],
        others: Sequence[Expression] | Sides,
        memory: int = MEMORY,
    ) -> list[int | None]:
        """For each answer, the place of the first of some expressions that it agrees with.

        Args:
            others: as ``Sides`` at the points of the key, they are evaluated once for all calls.
            memory: bytes of values after which those of earlier answers are dropped.
        """
        sides = others if isinstance(others, Sides) else Sides(others, self.points)
        if self.further:
            return [self.first_followed(one, sides.expressions) for one in given]
        found, values, size = [], dict[int, Array](), 0
        for one in given:
            if size > memory:
                values, size = {}, 0
            fresh = distinct_parts(one, values)
            evaluate_further(fresh, self.points.values, values)
            size += sum(values[id(part)].nbytes for part in fresh)
            found.append(sides.first_equal(Side(one, self.points, values)))
        return found

    def first_followed(self, given: Expression, others: Sequence[Expression]) -> int | None:
        agreements = (self.follows(given, other) for other in others)
        found = (place for place, one in enumerate(agreements) if one is Agreement.EQUAL)
        return next(found, None)

    def first_equal(self, texts: Sequence[str]) -> list[int]:
        return first_equal(self, texts)

    def is_same(self, wrong: Outcome, text: str) -> bool:
        return is_equal(self, wrong.given, text)

    def by_parts(self, text: str) -> list[Pair]:
        return by_parts(self, text)

    def parse(self, text: str) -> tuple[Part | Formula, str]:
        part = None if self.places else read_part(text, parts_of(self))
        given, understood = self.read_formula(text) if part is None else (part, self.told(part))
        if not (isinstance(given, Part) and given.usable):
            self.check_wanted(given.node)
        return given, understood

    def told(self, part: Part) -> str:
        """How a part was understood, by the letter of the steps where it stands for one."""
        time = self.points.network.symbols.time
        return part.latex if time is None else latex(rolled(part.node, time))

    def check_wanted(self, given: Expression) -> None:
        """An answer does not hold what is asked for.

        Raises:
            ReadingError: it does.
        """
        if self.wanted and self.wanted in mentioned(given):
            time = self.points.network.symbols.time
            shown = self.wanted if time is None else plain(rolled(Name(self.wanted), time))
            message = f"{shown} is what is asked for: write what it is equal to"
            raise ReadingError(message)

    def read_formula(self, text: str) -> tuple[Formula, str]:
        """As :meth:`parse`, the long way, by which everything is read.

        Raises:
            LanguageError: it cannot be read, or its shapes do not fit.
        """
        if self.places:
            return self.read_by_places(text)
        try:
            return self.read_whole(text)
        except LanguageError as error:
            if not self.is_sum:
                raise
            try:
                return self.of_entry(text)
            except LanguageError as other:
                raise (other if is_indexed(text) else error) from None

    def of_entry(self, text: str) -> tuple[Formula, str]:
        """A formula whose names have places."""
        if defines_names(text):  # before or behind what would be the last side
            raise ReadingError(UNDEFINED)
        node = self.entry.read(unframed(text))
        time = self.points.network.symbols.time
        shown = rolled(in_terms(node), time) if time else node
        return Formula(text, node, self.shape, named=False), latex(shown)

    def read_by_places(self, text: str) -> tuple[Formula, str]:
        """A formula of an entry, or one of all of them: ``conv(x, g)``, ``M^T g``."""
        try:
            return self.of_entry(text)
        except LanguageError as error:
            strange = isinstance(error, Undeclared)
            called = isinstance(error, Undeclared) and error.name in NAMED
            stepped = self.points.network.symbols.time is not None  # where [t] is a step
            if not called and "[" in text and not stepped:
                raise
            try:
                given, understood = self.read_whole(text)
            except LanguageError as other:
                asks = isinstance(other, ShapeError) and other.asks
                told = called or asks or (strange and not isinstance(other, Undeclared))
                raise (other if told else error) from None
            if given.shape != self.shape and not called:
                raise
        return replace(given, named=False), understood

    def read_whole(self, text: str) -> tuple[Formula, str]:
        """An expression over whole quantities."""
        written = read_said(text, self.points.network.vocabulary)
        (node, shape), named = answer_of(written, self)
        if self.places and shape != self.shape == shape[::-1] and 1 in shape:
            node, shape = transposed(node), self.shape  # the entries of a vector, however it lies
        as_written = unspread(node) if self.places else node
        if self.places:
            node, shape = self.entry.with_axes(node, shape)
        shown = rolled(as_written, self.points.network.symbols.time)
        for rule in rules_in([node]) if shape == self.shape else ():
            for sizes in (self.points.sizes, self.points.resized.sizes):
                check_extent(rule.piece, sizes)
        return Formula(text, node, shape, named), latex(shown)

    @functools.cached_property
    def entry(self) -> Entry:
        """The entry for which a formula is asked, and all that it may be made of."""
        return entry_of(self.places, self.shape, self.points, self.wanted, self.siblings)

    @functools.cached_property
    def known_labels(self) -> Labels:
        """How what is asked for may be called."""
        return labels(self.labels, self.points.network.vocabulary)

    def unread(self, error: LanguageError) -> Reading:
        """One whose meaning is not clear asks; one whose shapes do not fit is read, and wrong.

        Of a name that is not declared, the message lists the names that the question allows.
        """
        if isinstance(error, Undeclared) and error.message == error.listed:
            symbols = self.points.network.symbols
            relist(error, {*self.listed, *symbols.functions}, symbols.time)
        asks = not isinstance(error, ShapeError) or error.asks
        return Reading(State.ASKS if asks else State.READ, message=placed(error))

    def judge(self, given: Part | Formula, understood: str) -> Outcome:
        if isinstance(given, Part):
            return self.judge_part(given, understood)
        if given.named:
            learn_left(given.text, parts_of(self))
        return self.looked_at(given.node, given.shape, understood)

    def judge_part(self, given: Part, understood: str) -> Outcome:
        """What is to be said of an answer that is a part; most is told at sight."""
        if given.usable and given.shape == self.shape and self.form is Form.ANY:
            agreement = at_sight(given, self.side, parts_of(self))
            if agreement is Agreement.EQUAL:
                return Outcome(Verdict.CORRECT, ALL, (), understood)
            if agreement is Agreement.DIFFERENT:
                alike = fingerprint(given.value)
                notes = said("different")
                return Outcome(Verdict.INCORRECT, NOTHING, notes, understood, given.node, alike)
        side = Known(given, self.points) if given.shape == self.shape else None
        return self.looked_at(given.node, given.shape, understood, side)

    def looked_at(
        self,
        given: Expression,
        shape: Shape,
        understood: str,
        side: Side | None = None,
    ) -> Outcome:
        """What is to be said of an answer that was understood; ``side``: the same, if it is evaluated."""
        if side is None and shape == self.shape:
            side = self.at_points(given)
        found = self.compared(given, shape, understood, side)
        if found.verdict in (Verdict.CORRECT, Verdict.INCORRECT):
            foreign = self.foreign(given)
            if foreign and found.verdict is Verdict.CORRECT:
                return not_as_asked(replace(foreign, code="names"), understood)
            found = replace(found, notes=(*found.notes, foreign)) if foreign else found
        if found.verdict is Verdict.INCORRECT and side is not None:
            return replace(found, given=given, alike=fingerprint(side.value))
        return found

    def stated(self, given: Expression) -> Expression:
        """The formula of a wrong answer, for which it stands."""
        return given

    def second(self, given: Expression, understood: str, put: Mapping[str, Expression]) -> Outcome:
        """What this key says of an answer that another one found wrong; ``put``: formulas for names before its last side."""
        return self.looked_at(given, self.shape, understood)

    def resolved(self, written: Expression) -> Shaped:
        """A written expression, whose derivatives may be any that the network has."""
        network = self.points.network
        known = network.symbols.indices, network.symbols.least, bool(self.places)
        try:
            return resolve(written, network.shapes, *known)
        except UnknownName:
            named = mentioned(written) - network.shapes.keys()
            unknown = sorted(filter(is_derivative, named))
            within = [name for name in unknown if runs_over_a_place(name)]
            if within:
                places = {name: at_a_place(network, name) for name in within}
                return self.resolved(filled_in(written, places))
            return resolve(written, self.extended(tuple(unknown)).network.shapes, *known)

    def extended(self, derivatives: tuple[str, ...]) -> SamplePoints:
        """The points with the values of further derivatives."""
        found: SamplePoints | None = self.further.get(derivatives)
        if found is None:
            network = with_derivatives(self.points.network, derivatives)
            if len(self.further) >= TABLES:
                self.further.pop(next(iter(self.further)))
            found = self.further[derivatives] = replace(self.points, network=network)
        return found

    @functools.cached_property
    def further(self) -> dict[tuple[str, ...], SamplePoints]:
        return {}

    def strange(self, reading: Reading) -> str:
        """The name that the question does not allow."""
        found = self.foreign(reading.given.node) if reading.given is not None else None
        return sentences([found] if found else [])

    def foreign(self, given: Expression) -> Note | None:
        """What is to be said of a name that the question does not allow."""
        if names(given) <= self.usable:
            return None
        found = sorted(mentioned(given) - self.usable)
        if not found:  # but for the sizes that sums run to
            return None
        listed = ", ".join(map(unicode_name, self.listed)) or "numbers alone"
        [name] = names_over_time(found[:1], self.points.network.symbols.time)
        return Note("not-allowed", {"name": unicode_name(name), "names": listed})

    def compared(
        self,
        given: Expression,
        shape: Shape,
        understood: str,
        side: Side | None,
    ) -> Outcome:
        """Compare an answer that was understood, the other way round too; ``side``: where its shape is right."""
        if side is not None:
            agreement = self.agreement(side)
            if agreement is Agreement.EQUAL and self.form in FORMS:
                holds, wanted = FORMS[self.form]
                if not holds(given):
                    return not_as_asked(Note("form", {"form": wanted}), understood)
            return outcome(agreement, said("different"), understood)
        notes = said("shape", found=describe(shape), expected=describe(self.shape))
        if shape == self.shape[::-1]:
            agreement = self.agreement(self.at_points(Apply("transpose", (given,))))
            if agreement is Agreement.EQUAL and self.either_layout:
                return Outcome(Verdict.CORRECT, ALL, (), understood)
            if agreement is Agreement.EQUAL:
                notes += said("transposed")
        return Outcome(Verdict.INCORRECT, NOTHING, notes, understood, alike=understood)

    def show(self) -> str:
        return plain(self.shown)

    def in_characters(self) -> str:
        return unicode(indexed(self.shown, self.points.network.shapes))

    def near_misses(self) -> list[str]:
        """Another sign, a factor, a bit more, and the transpose."""
        text = f"({self.show()})"
        misses = [f"-{text}", f"2 * {text}", f"1.00001 * {text}"]
        if self.places:
            return misses
        if self.shape[0] != self.shape[1] and not self.either_layout:
            misses.append(f"{text}^T")
        return misses

    def leeway(self) -> str:
        """The names, the form and the layouts in which it may be written."""
        layout = "either layout" if self.either_layout else "one layout"
        return f"a formula in {', '.join(self.listed)}; form: {self.form}; {layout}"

    def copied(self, stated: Stated) -> list[str]:
        return [
            f"the right-hand side of {name}"
            for name, text in stated.formulas.items()
            if self.mark(text).verdict is Verdict.CORRECT
        ]

    def steps(self) -> int:
        """The operations in it."""
        return sum(isinstance(node, Apply) for node in parts(self.expression))

    def candidates(self, text: str) -> list[str]:
        """But for a name in terms of which it is to be written, in any of its spellings."""
        return [part for part in formulas(text) if self.name_in(part) not in self.allowed]

    def name_in(self, part: str) -> str:
        """The name that a formula is; nothing where it is more, or cannot be read."""
        try:
            written = read(part, self.points.network.vocabulary)
        except LanguageError:
            return ""
        return written.name if isinstance(written, Name) else ""


@functools.lru_cache(maxsize=TABLES)
def parts_of(key: ExpressionKey) -> Parts:
    """The parts of the answers to a key so far, for the keys that were used last."""
    return Parts(key.points, key.usable)


def outcome(agreement: Agreement, notes: tuple[Note, ...], understood: str) -> Outcome:
    match agreement:
        case Agreement.EQUAL:
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        case Agreement.DIFFERENT:
            return Outcome(Verdict.INCORRECT, NOTHING, notes, understood)
    return Outcome(Verdict.ERROR, NOTHING, said("undecided"), understood)
