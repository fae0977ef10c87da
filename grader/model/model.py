"""One structure of an exercise: its network with all that is asked of it, before any number is drawn.

An exercise has a model for each combination of its choices. What is asked becomes further equations of
the network, so keys, gradients and tolerances come from evaluating and differentiating equations.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from grader.bank import Exercise, Rule, fill, placeholders
from grader.memo import memoized
from grader.model.blank import Blank, Count, Drawn, Literal, Tally, Value
from grader.model.constructed import Constructed, in_numbers
from grader.model.constructs import undrawn
from grader.model.definitions import declared_part, defined, defined_names
from grader.model.laws import laws
from grader.model.over_time import at_each_step, chosen_lengths
from grader.model.plots import Plotted, plotted, unknown_in
from grader.model.questions import ask
from grader.model.sizes import axes, size_grids
from grader.model.structure import Choices, Structure, declared_network
from grader.model.values import condition, key_of
from grader.pools import Pool
from reference.counting.polynomial import symbols
from reference.derivatives.kinks import kinks
from reference.language.dimensions import SCALAR, Shape, Size, axes_of, describe, length
from reference.language.expression import Apply, Expression, names
from reference.language.indexed.rows import rules_in
from reference.language.roles import (
    Role,
    address_of,
    is_derivative,
    is_quantity,
    kink_name,
    role,
    subscripted,
)
from reference.language.shapes import infer
from reference.language.whole import Whole, whole
from reference.laws.law import Law
from reference.layers.stack import Stack
from reference.network import Network


class Model(Struct, frozen=True, eq=False, dict=True):
    """An exercise with its choices made.

    ``network`` holds the author's equations, then derivatives, keys (``@address``) and the
    arguments of kinks (``@kink n``), as far as drawn values are needed; ``complete`` has the symbolic
    keys too. ``printed`` is the network as students see it; ``own``: question → the equations that hold for it alone.
    ``evenly``: what is drawn first, with its values. ``slopes``: the kinks through which a derivative is asked.
    """

    exercise: Exercise
    choices: dict[str, str]
    context: dict[str, str]  # what placeholders of the choices stand for
    units: dict[str, str]  # the layers of a network of single units
    stack: Stack | None  # of layers of any kind
    printed: Network
    own: dict[str, Mapping[str, Expression]]
    network: Network
    blanks: tuple[Blank, ...]
    require: tuple[Apply, ...]
    evenly: tuple[tuple[Expression, tuple[float, ...]], ...]
    kinks: tuple[str, ...]
    slopes: frozenset[str]
    complete: Network
    grids: dict[str, tuple[float, ...]]  # of sizes, then of what is sampled
    laws: Mapping[str, Law]
    plots: Mapping[str, Plotted]  # by question; "" is the exercise

    @property
    def sizes(self) -> list[str]:
        return list(self.exercise.file.network.sizes)

    @functools.cached_property
    def sampled(self) -> list[str]:
        """The drawn quantities and constants, in the order of ``sample``."""
        return [name for name in self.grids if name not in self.sizes]

    @functools.cached_property
    def rules(self) -> dict[str, object]:
        """The rule, or the constant, of each sampled quantity."""
        return {name: rule for name, (_, rule) in sampled_names(self.exercise).items()}

    @functools.cached_property
    def targets(self) -> list[Value]:
        """The values of the network that are asked for, to be written or as one option of several."""
        return [blank.value for blank in self.blanks if blank.value is not None]

    @functools.cached_property
    def measured(self) -> list[Value]:
        """The same, and the numbers of literals."""
        return [value for blank in self.blanks for value in blank.measured]

    @functools.cached_property
    def numbers(self) -> list[Value]:
        """The numbers and matrices that are to be written."""
        return [blank.source for blank in self.blanks if isinstance(blank.source, Value)]

    @functools.cached_property
    def written(self) -> list[Value]:
        """The values that are to be written: numbers, matrices, and the numbers of literals."""
        literal = (one.measured for one in self.blanks if isinstance(one.source, Literal))
        return [*self.numbers, *chain.from_iterable(literal)]

    @functools.cached_property
    def deciding(self) -> list[str]:
        """The network's names of the numbers that decide what is right in a pool, a sequence or a set."""
        return [name for blank in self.blanks for name in blank.deciding.values()]

    @functools.cached_property
    def counts(self) -> dict[str, Count]:
        """Address → what asks how many parameters there are."""
        return {
            blank.address: blank.source
            for blank in self.blanks
            if isinstance(blank.source, Count) and blank.source.counted
        }

    @functools.cached_property
    def tallies(self) -> dict[str, Tally]:
        """Address → what asks for a whole number over sizes and layers, or for the shape of a layer."""
        return {
            blank.address: blank.source for blank in self.blanks if isinstance(blank.source, Tally)
        }

    @functools.cached_property
    def symbols(self) -> frozenset[str]:
        """The sizes in terms of which something is asked of layers, which stay symbols where layers are told."""
        return frozenset(name for one in self.tallies.values() for name in one.names)

    @functools.cached_property
    def pools(self) -> dict[str, Pool]:
        """Address → the pool from which its options, pairs or lines are drawn."""
        return {
            blank.address: blank.source.pool
            for blank in self.blanks
            if isinstance(blank.source, Drawn)
        }

    def shape(self, name: str, sizes: Mapping[str, int]) -> tuple[int, int]:
        """The shape of a name in numbers."""
        return in_numbers(self.network.shapes[name], sizes)

    def lengths(self, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """How long each axis of a name is, in numbers; a column has one, a scalar none."""
        return tuple(length(one, sizes) for one in axes_of(self.network.shapes[name]))

    @functools.cached_property
    def array_sizes(self) -> list[str]:
        """The sizes that decide how many values are drawn."""
        of_shapes = (size for name in self.sampled for size in self.network.shapes[name])
        used = {symbol for size in of_shapes for symbol in whole(size).symbols}
        used |= {
            symbol for one in rules_in(self.network.equations.values()) for symbol in one.sizes
        }
        return [name for name in self.sizes if name in used]

    @functools.cached_property
    def axes(self) -> frozenset[Whole]:
        """How long axes are, as far as that hangs on sizes."""
        return axes(self.network)

    @functools.cached_property
    def mentioned_sizes(self) -> list[str]:
        """The sizes whose values stand in the author's words."""
        file = self.exercise.file
        texts = [file.text, file.title, *(question.ask for question in file.questions)]
        texts += [text for pool in self.pools.values() for text in pool.texts]
        shown = {name for text in texts for name in placeholders(fill(text, self.context))}
        return [name for name in self.sizes if name in shown]

    @functools.cached_property
    def needed_sizes(self) -> list[str]:
        """The sizes without whose values an answer cannot be worked out."""
        wanted = [*(value.target for value in self.measured), *self.deciding]
        used: set[Size] = {name for one in wanted for name in self.network.ancestors(one)}
        for blank in self.blanks:
            match blank.source:
                case Constructed(of=asked):
                    used |= asked.needs | asked.sizes
                case Count(terms, names=()):
                    used |= frozenset[str]().union(*map(symbols, terms))
                case Tally(asked, names=()):
                    in_stack = self.stack.sizes if self.stack else frozenset[str]()
                    used |= asked.sizes - (in_stack - self.symbols)
                    used |= in_stack & self.symbols if asked.cells else set()
        time = self.printed.symbols.time
        used |= {time.limit} if time and wanted else set()
        return [name for name in self.sizes if name in used or name in self.array_sizes]

    @functools.cached_property
    def stated_sizes(self) -> list[str]:
        """The sizes that are needed but not mentioned, and those mentioned whose symbols are printed as well."""
        needed, mentioned = {*self.needed_sizes}, {*self.mentioned_sizes}
        stated = (needed - mentioned) | (mentioned & self.printed_symbols)
        states = self.exercise.file.states
        return [name for name in self.sizes if name in stated and states(name)]

    @functools.cached_property
    def declared(self) -> Network:
        """The network of the author's equations, with those of them ``again`` that no derivative is in."""
        return declared_part(self.complete, self.defined)

    @property
    def printed_symbols(self) -> set[str]:
        """The names and sizes in the equations, shapes and definitions that a student reads."""
        over = [*self.stated_definitions.values()]
        over += [e for law in self.stated_laws.values() for e in (law.mean, law.variance)]
        over += [one for replaced in self.stated_again.values() for one in replaced.values()]
        found = {name for one in over for name in names(one)}
        found |= {
            name
            for shape in self.stated_shapes.values()
            for size in shape
            for name in whole(size).symbols
        }
        return found.union(*(names(one) for one in self.stated_equations.values()))

    @functools.cached_property
    def stated_equations(self) -> dict[str, Expression]:
        """The author's equations, as far as the sheet prints them."""
        file = self.exercise.file
        if not file.network.equations:
            return {}
        return {name: e for name, e in self.printed.equations.items() if file.states(name)}

    @functools.cached_property
    def stated_shapes(self) -> dict[str, Shape]:
        """The shapes of the inputs and parameters of the author's equations that the sheet prints."""
        file, network = self.exercise.file, self.printed
        declared = (*network.inputs, *network.parameters) if file.network.equations else ()
        return {name: network.shapes[name] for name in declared if file.states(name)}

    @functools.cached_property
    def stated_definitions(self) -> dict[str, Expression]:
        """The names that the exercise gives to expressions and the sheet explains."""
        file, equations = self.exercise.file, self.complete.equations
        return {name: equations[name] for name in self.defined if file.states(name)}

    @functools.cached_property
    def defined(self) -> list[str]:
        """The names that the exercise gives to expressions, each once for each step that it has."""
        return defined_names(self.exercise.file.network.define, self.complete)

    @functools.cached_property
    def stated_again(self) -> dict[str, dict[str, Expression]]:
        """Subscript → the quantities that have other values there, as far as the sheet tells of it."""
        file, equations = self.exercise.file, self.complete.equations
        return {
            subscript: {
                n: equations[i] for n in replaced if (i := subscripted(n, subscript)) in equations
            }
            for subscript, replaced in file.network.again.items()
            if file.states(subscript)
        }

    @functools.cached_property
    def stated_laws(self) -> dict[str, Law]:
        """What is random and the sheet tells of."""
        states = self.exercise.file.states
        return {name: law for name, law in self.laws.items() if states(name)}

    @functools.cached_property
    def stated_values(self) -> list[str]:
        """The drawn quantities whose values the sheet gives."""
        return [name for name in self.sampled if self.exercise.file.states(name)]

    @functools.cached_property
    def told(self) -> list[str]:
        """What is computed and given on the sheet all the same."""
        return [name for name in self.exercise.file.given if name in self.network.equations]

    @functools.cached_property
    def from_given(self) -> Network:
        """The network as it is worked out on paper, where what is given needs no equation."""
        known = {name: e for name, e in self.network.equations.items() if name not in self.told}
        return replace(self.network, equations=known)

    @functools.cached_property
    def visible_sizes(self) -> list[str]:
        """The sizes whose values a student sees; a symbolic question has one face for all."""
        seen = {
            *self.mentioned_sizes,
            *self.stated_sizes,
            *(self.stack.sizes - self.symbols if self.stack else ()),
        }
        return [name for name in self.sizes if name in seen]


@memoized
def build(exercise: Exercise, choices: Choices) -> Model:
    """The model of one structure.

    Raises:
        AuthorError: with every problem found in the network, or else in the questions.
    """
    structure = Structure(exercise, choices)
    _ = structure.layers
    structure.stop()
    printed = declared_network(structure)
    whole = defined(structure, printed)
    blanks, network, own_equations = ask(structure, whole)
    conditions, network = required(structure, network)
    complete = network
    random = laws(structure, printed)
    evenly = drawn_first(structure, network)
    told = computed_and_told(structure, network)
    plots = plotted(structure, complete)
    structure.stop()
    own = [mistake.target for one in blanks for mistake in one.mistakes]
    own += [name for one in blanks for name in one.numbers.values()]
    deciding = [name for one in blanks for name in one.deciding.values()]
    measured = [value.target for one in blanks for value in one.measured]
    tested = [*conditions, *(one for one, _ in evenly)]
    needed = [*measured, *own, *deciding, *told, *(name for one in tested for name in names(one))]
    network = network.pruned(needed)
    bends: dict[str, Expression] = {}
    derived: list[Expression] = []
    if measured or deciding:
        named = defined_names(structure.file.network.define, whole)
        computed = [n for n in whole.equations if is_quantity(n) and n not in named]
        used = whole.pruned([name for name in computed if name in network.equations])
        derived = kinks(derivatives(network.pruned(measured)))
        apart = [*kinks(only(network, deciding)), *(gap for one in blanks for gap in one.gaps)]
        every = dict.fromkeys([*kinks(used), *derived, *apart])
        bends = {kink_name(i): e for i, e in enumerate(every)}
    shapes = {name: infer(bend, network.shapes) for name, bend in bends.items()}
    grids = drawn(structure, printed, network, needed, random)
    for asked, missing in (*undrawn(blanks, grids), *unknown_in(plots, grids)):
        report_missing(structure, asked, missing)
    structure.stop()
    return Model(
        exercise,
        structure.choices,
        structure.context,
        structure.units,
        structure.layers,
        printed,
        own_equations,
        network.extended(bends, shapes),
        tuple(blanks),
        conditions,
        tuple(evenly),
        tuple(bends),
        frozenset(name for name, bend in bends.items() if bend in derived),
        complete,
        grids,
        random,
        plots,
    )


def required(structure: Structure, network: Network) -> tuple[tuple[Apply, ...], Network]:
    """The conditions under ``require``, and the network with the derivatives that they name."""
    found = []
    for index, text in enumerate(structure.file.require):
        read = condition(structure, text, structure.at["require"][index], network)
        if read is not None:
            one, network = read
            found.append(one)
    return tuple(found), network


def drawn_first(
    structure: Structure, network: Network
) -> list[tuple[Expression, tuple[float, ...]]]:
    """The numbers of a draw that come first, each with its values."""
    found = []
    for text, values in structure.file.evenly.items():
        at = structure.at["evenly"][text]
        if keyed := key_of(structure, text, at.key, network):
            expression, shape, _ = keyed
            if shape != SCALAR:
                at.key.report(f"'{text}' is {describe(shape)}, expected a scalar", "shapes")
            found.append((expression, tuple(values)))
    return found


def computed_and_told(structure: Structure, network: Network) -> list[str]:
    """What the sheet gives although it is computed, as far as this structure has it."""
    given = structure.file.given
    for place, name in enumerate(given):
        if name not in network.equations and not structure.file.choose:
            known = ", ".join(filter(is_quantity, network.equations))
            message = f"'{name}' is computed by no equation (names: {known})"
            structure.at["given"][place].report(message)
    return [name for name in given if name in network.equations]


def derivatives(network: Network) -> Network:
    """A network with nothing but the equations of its derivatives."""
    return only(network, filter(is_derivative, network.equations))


def only(network: Network, computed: Iterable[str]) -> Network:
    """A network with nothing but some of its equations."""
    return replace(network, equations={name: network.equations[name] for name in computed})


def drawn(
    structure: Structure,
    printed: Network,
    network: Network,
    needed: list[str],
    random: Collection[str],
) -> dict[str, tuple[float, ...]]:
    """The grid of each size and of what is sampled; empty for a constant."""
    rules = sampled_names(structure.exercise)
    check_names(structure, printed, rules, random)
    grids = size_grids(structure.exercise)
    steps = chosen_lengths(structure.exercise, structure.choices)
    grids |= {name: (float(count),) for name, count in steps.items()}
    for name, (_, rule) in rules.items():
        if name in network.shapes:
            grids[name] = rule.grid() if isinstance(rule, Rule) else ()
    for name in needed:
        free = network.ancestors(name) - network.equations.keys() - grids.keys()
        missing = sorted(free)
        if missing:
            asked = f"'{name}' in 'require'"
            if role(name) is Role.ANSWER:
                asked = f"the answer to {address_of(name)}"
            report_missing(structure, asked, missing)
    return grids


def report_missing(structure: Structure, asked: str, missing: list[str]) -> None:
    sample, questions = structure.at["sample"], structure.at["questions"]
    (sample if sample.is_there else questions).report(
        f"{asked} needs values of {', '.join(missing)}, which 'sample' does not give"
    )


def check_names(
    structure: Structure,
    printed: Network,
    rules: Mapping[str, tuple[str, object]],
    random: Collection[str],
) -> None:
    """Sampled names must be there, unless only another structure has them."""
    file = structure.file.network
    declared = {
        *(one for name in file.inputs for one in at_each_step(structure.exercise, name)),
        *file.parameters,
        *file.constants,
        *file.sizes,
        *file.layers,
        *structure.units,
    }
    for name, (key, _) in rules.items():
        at = structure.at["sample"][key]
        if name not in printed.shapes and name not in declared:
            known = ", ".join([*file.inputs, *file.parameters, *file.constants])
            at.report(f"'{name}' is not declared in the network (names: {known})")
        elif name in printed.equations:
            at.report(f"'{name}' is computed by an equation and cannot be sampled")
        elif name in random:
            at.report(f"'{name}' is random by its law, so no value of it is drawn")


def sampled_names(exercise: Exercise) -> dict[str, tuple[str, object]]:
    """Each sampled name with its key in ``sample`` and its rule; a key may hold several names, or one for each step."""
    return {
        name: (key, rule)
        for key, rule in exercise.file.sample.items()
        for part in key.split(",")
        for name in at_each_step(exercise, part.strip())
    }
