"""The steps to a value or an expression, forward, then backward: each equation once, with its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from grader.drawing import Variant
from grader.memo import memoized
from grader.model import Model, Symbolic, Value
from grader.sheets.notation import Notation
from grader.sheets.solutions.board import is_on_paper, is_padding, on_the_board
from grader.sheets.solutions.naming import over_steps, short_names
from grader.sheets.solutions.precision import as_asked, carried, near, on_the_way
from grader.sheets.solutions.step import Rounded, Step, by_entries
from reference.equivalence.points import SamplePoints
from reference.language.closing import closed, length
from reference.language.dimensions import Stored
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    fold,
    names,
    number,
    rebuild,
    substitute,
)
from reference.language.indexed.rows import left_side, rule_of
from reference.language.over_time import Time
from reference.language.roles import Role, answer_name, is_derivative, of_and_by, role
from reference.language.rolling import name_at, names_over_time, rolled, steps_of
from reference.language.sums import indexed, spelled_out
from reference.language.values import Array
from reference.network import Network

ONE = number(1)
PLACE = re.compile(r"(.+)\[(\d+), (\d+)\]")  # an entry, as `W[1, 2]`
MAX_ENTRIES = 36  # of a matrix that is put into an equation
MAX_TERMS = 4  # of a sum into which numbers are put, term by term
LONGEST = 24  # names and numbers of a closed form that is shown


class Numbers(Struct, frozen=True):
    """The values of a variant, each (1, rows, columns), and how they are written down.

    ``axes``: of what has more of them than rows and columns. ``copies``: name → what it is another name of, where the
    sheet does not say so.
    """

    values: Mapping[str, Array]
    decimals: int
    short: Mapping[str, str]
    axes: Mapping[str, tuple[int, ...]]
    network: Network
    copies: Mapping[str, Expression]
    time: Time | None
    model: Model

    @staticmethod
    def of(variant: Variant) -> Numbers:
        model = variant.solved.model
        shapes, sizes = model.network.shapes, variant.draw.sizes
        axes = {n: model.lengths(n, sizes) for n, one in shapes.items() if isinstance(one, Stored)}
        values = variant.solved.at([variant.row])
        network, copies, _ = on_the_board(model)
        short, time = short_names(model), over_steps(model)
        return Numbers(values, carried(model), short, axes, network, copies, time, model)

    def on_the_way(self, name: str) -> Rounded:
        """A value that others are computed from, or an entry of one."""
        if place := PLACE.fullmatch(name):
            of, row, column = place[1], int(place[2]) - 1, int(place[3]) - 1
            value = self.values[of][0]
            if value.size > MAX_ENTRIES:
                return on_the_way(value[row : row + 1, column : column + 1], self.decimals)
            entry = on_the_way(value, self.decimals).rows[row][column]
            return Rounded([[entry]], near(entry, float(value[row, column])))
        found = on_the_way(self.values[name][0], self.decimals)
        return replace(found, axes=self.axes.get(name, ()))

    def fits(self, name: str) -> bool:
        """Is it a value, or an entry of one, that is short enough to be put into an equation?"""
        if place := PLACE.fullmatch(name):
            return place[1] in self.values
        return name in self.values and self.values[name][0].size <= MAX_ENTRIES

    def put_into(self, equation: Expression) -> dict[str, Rounded]:
        """Name, or its short one, or an entry as `W[1, 2]` → what stands in its place."""
        return {
            self.in_short(name): self.on_the_way(name)
            for name in names(by_entries(equation))
            if self.fits(name)
        }

    def in_short(self, name: str) -> str:
        """The short name of a quantity, or of an entry of it."""
        of, place, rest = name.partition("[")
        return self.short.get(of, of) + place + rest

    def spelled_out(self, equation: Expression) -> Expression:
        """An equation whose short sums are written term by term."""
        shapes = {name: (value.shape[1], value.shape[2]) for name, value in self.values.items()}
        return spelled_out(equation, shapes, MAX_TERMS)


@memoized
def leading_to(model: Model, goal: str) -> Mapping[str, Expression]:
    """The equations that lead to a quantity, as they are written on the board."""
    network, copies, facts = on_the_board(model)
    rolls = over_steps(model) is not None  # terms that are alike are rolled up
    found = {}
    for name, equation in network.pruned([goal]).equations.items():
        equation = substitute(bare(equation), copies)
        derived = (is_derivative(name) and not rolls) or not is_on_paper(equation)
        shown = closed(equation, facts) if derived else equation
        found[name] = shown if length(shown)[0] <= LONGEST else equation
    if rolls:
        return without_ones(found)
    return without_detours(found, asked_for(model), lambda one: closed(one, facts))


def asked_for(model: Model) -> frozenset[str]:
    """The quantities that blanks ask for by name."""
    asked = (blank.asked for blank in model.blanks)
    return frozenset(one.name for one in asked if isinstance(one, Name))


def without_detours(
    equations: Mapping[str, Expression],
    kept: frozenset[str],
    close: Callable[[Expression], Expression],
) -> Mapping[str, Expression]:
    """Without the derivatives by which those that follow only become longer: for a softmax with cross-entropy, ŷ − y is all."""
    found = dict(equations)
    for name in equations:
        users = [one for one, equation in found.items() if name in names(equation)]
        if not users or not is_derivative(name) or name in kept or is_one(name):
            continue
        put_in = {one: close(substitute(found[one], {name: found[name]})) for one in users}
        if isinstance(found[name], Number) or all(
            length(new)[0] < length(close(found[one]))[0] for one, new in put_in.items()
        ):
            found.update(put_in)
            del found[name]
    return found


def without_ones(equations: Mapping[str, Expression]) -> Mapping[str, Expression]:
    """Without the derivatives that are 1, as those of a sum by its terms, and the factors that they would be."""
    ones = {one: e for one, e in equations.items() if e == ONE and is_derivative(one)}

    def visit(node: Expression, args: list[Expression]) -> Expression:
        match node, args:
            case (Apply("scale"), [one, other]) if one == ONE:
                return other
        return rebuild(node, args)

    kept = {name: equation for name, equation in equations.items() if name not in ones}
    return {name: fold(substitute(one, ones), visit) for name, one in kept.items()}


def of_value(asked: Value, known: Numbers, done: set[str]) -> Iterator[Step]:
    """The steps to a number or matrix whose values were not told before; the last one gives the key."""
    network = known.network
    goal, time = goal_of(asked.target, network), known.time
    for name, equation in leading_to(known.model, goal).items():
        told = f"value of {name}"
        if name in known.short.values() or (
            name != goal and (told in done or name in known.copies)
        ):
            continue
        result = known.on_the_way(name)
        if name == goal and not is_used(name, network):
            written = as_asked(known.values[name][0], asked.tolerance)
            result = replace(written, axes=result.axes)
        shown = told not in done and is_on_paper(equation) and not is_padding(known.model, equation)
        if shown and time is not None:
            yield from at_any_step(name, equation, time, known.short, done)
        done |= {name, told}
        formula = on_paper(equation, network, known.short) if shown else None
        if formula is not None and rule_of(equation) is not None:
            yield Step(entries_of(name, known.short, equation), formula)
            yield Step(names_of(name, known.short), result=result)
            continue
        terms = known.spelled_out(equation)
        numbers = known.put_into(terms) if shown else {}
        terms = shortened(terms, known.short)
        yield Step(names_of(name, known.short), formula, numbers, terms, result, time)


def at_any_step(
    name: str, equation: Expression, time: Time, short: Mapping[str, str], done: set[str]
) -> Iterator[Step]:
    """The derivative at any step by those at later ones, once, before the first of them is computed."""
    step = max(steps_of(name, time), default=time.last)
    general = name_at(name, time, step)
    if is_derivative(name) and step < time.last and general not in done:
        done.add(general)
        names = tuple(name_at(one, time, step) for one in names_of(name, short))
        yield Step(names, shortened(equation, short), time=replace(time, at=step))


def told(asked: Value, known: Numbers, done: set[str]) -> Step:
    """A number or matrix as it is asked for; what leads to it was said in words, and is not shown later."""
    goal = goal_of(asked.target, known.network)
    for name in known.network.ancestors(goal):
        done |= {name, f"value of {name}"}
    result = as_asked(known.values[goal][0], asked.tolerance)
    return Step(names_of(goal, known.short), result=result)


def of_expression(address: str, asked: Symbolic, model: Model, done: set[str]) -> Iterator[Step]:
    """The derivatives on the way to an expression, and the expression in the terms that are asked for."""
    short, points = short_names(model), asked.key.points
    network, own = points.network, points.network.symbols.time
    whole = over_steps(model)
    time = replace(whole, at=own.at) if own and whole else None
    goal = goal_of(answer_name(address), network)
    unsaid: dict[str, Expression] = {}
    last: Step | None = None
    told: Expression | None = None  # by the last step
    way = on_the_way_to(goal, asked, network)
    if time is None:
        kept = asked_for(model) | {*asked.key.allowed, *asked.key.aliases}
        way = without_detours(way, kept, lambda one: in_print(points, one))
    for name, equation in way.items():
        at = time and (time if time.at else replace(time, at=max(steps_of(name, time), default=0)))
        shown = tuple(in_time(entries_of(name, short, equation), at))
        if not is_derivative(name) or {name, shown[-1]} & done or name == goal or is_one(name):
            continue
        equation = in_print(points, substitute(equation, unsaid))
        if not is_on_paper(equation) and name not in short:
            unsaid[name] = equation
            continue
        done |= {name, shown[-1]}
        told = on_paper(equation, network, short) if is_on_paper(equation) else None
        if told is None:
            shown = tuple(in_time(names_of(name, short), at))  # later steps use its name
        last = Step(shown, told, time=at)
        yield last
    equation = in_print(points, substitute(way[goal], unsaid))
    formula = on_paper(equation, network, short) if is_on_paper(equation) else None
    result = indexed(asked.key.shown, network.shapes)
    if told is not None and rolled(told, time) == result and time is not None:
        done.add(goal)
        return  # the last step has said it, under two names
    for step in last_steps(goal, asked, formula, result, time, short, done):
        if last is None or not says_as_much(last, step):
            yield step
    done.add(goal)


def last_steps(
    goal: str,
    asked: Symbolic,
    formula: Expression | None,
    result: Expression,
    time: Time | None,
    short: Mapping[str, str],
    done: set[str],
) -> Iterator[Step]:
    """What is asked for; where it is an entry, first as a whole, unless that was told."""
    whole = in_time(names_of(goal, short), time)
    if not asked.key.last.places:
        yield Step(tuple(whole), formula, result=result, time=time)
        return
    at = ",".join(asked.key.last.places)
    of_entry = tuple(f"{name}[{at}]" for name in whole)
    if formula is None or rule_of(formula) is not None:
        same = formula is not None and names(formula) == names(result)  # by another letter
        yield Step(of_entry, None if same else formula, result=result, time=time)
        return
    if goal not in done:
        yield Step(tuple(whole), formula, time=time)
    yield Step(of_entry, result=result, time=time)


def says_as_much(before: Step, step: Step) -> bool:
    """Does the step before give the same quantity, and in the same terms?"""
    one, other = (sides.sides(Notation.PLAIN) for sides in (before, step))
    return {*step.names} <= {*before.names} and one[-1] == other[-1] and len(other) == 2


def on_the_way_to(goal: str, asked: Symbolic, network: Network) -> Mapping[str, Expression]:
    """The equations to an expression; over steps, none of what it is asked in terms of."""
    if network.symbols.time is None:
        return network.pruned([goal]).equations
    given = {*asked.key.allowed, *asked.key.aliases} - {goal}
    own = {name: e for name, e in network.equations.items() if name not in given}
    return replace(network, equations=own).pruned([goal]).equations


def in_time(names: Iterable[str], time: Time | None) -> list[str]:
    """Names by the letter of the steps, where it stands for one."""
    return names_over_time(names, time) if time and time.at else [*names]


def entries_of(name: str, short: Mapping[str, str], equation: Expression) -> tuple[str, ...]:
    """The names of an entry of a quantity whose equation is an indexed one; of any other, of the quantity."""
    return tuple(left_side(one, equation) for one in names_of(name, short))


@memoized
def in_print(points: SamplePoints, equation: Expression) -> Expression:
    """An equation in closed form, which is found once for all variants of a structure."""
    return closed(equation, points.facts)


def goal_of(target: str, network: Network) -> str:
    """The quantity that is asked for, or the target itself where it has no name of its own."""
    own = bare(network.equations[target])
    return own.name if isinstance(own, Name) and own.name in network.equations else target


def bare(expression: Expression) -> Expression:
    """An expression without a factor of one, by which an author gives a blank a name of its own."""
    match expression:
        case Apply("scale", (Number(value), inner)) if value == 1:
            return inner
    return expression


def is_used(name: str, network: Network) -> bool:
    """Is another quantity computed from this one, so that its digits are carried on?"""
    return any(
        name in network.edges(one) for one in network.equations if role(one) is not Role.ANSWER
    )


def names_of(name: str, short: Mapping[str, str]) -> tuple[str, ...]:
    """The short name first, then the full one; none of what has no name."""
    if role(name) is Role.ANSWER:
        return ()
    return (short[name], name) if name in short else (name,)


def shortened(equation: Expression, short: Mapping[str, str]) -> Expression:
    """An equation in the names that earlier steps gave."""
    return substitute(equation, {name: Name(one) for name, one in short.items()})


def on_paper(equation: Expression, network: Network, short: Mapping[str, str]) -> Expression:
    """An equation as it is written: its sums over an index, in the names that earlier steps gave."""
    return shortened(indexed(equation, network.shapes), short)


def is_one(name: str) -> bool:
    """Is this the derivative of a quantity by itself?"""
    of, by = of_and_by(name)
    return of == by
