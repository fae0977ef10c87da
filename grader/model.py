"""One structure of an exercise: its network with all that is asked of it, before any number is drawn.

An exercise has a model for each combination of its choices. What is asked becomes further equations of
the network, so keys, gradients and tolerances come from evaluating and differentiating equations.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import AuthorError, Problem
from grader.records import (
    AnswerFile,
    Blank,
    Choose,
    Exercise,
    Quantity,
    QuestionFile,
    Rule,
    Tolerance,
)
from grader.templates import fill
from reference import polynomial
from reference.backprop import differentiate
from reference.counting import count, entries
from reference.kinks import kinks
from reference.language.errors import LanguageError
from reference.language.expression import Apply, Expression, names
from reference.language.operations import SCALAR, Shape, describe
from reference.language.reading import derivative_name, read
from reference.language.shapes import resolve
from reference.language.writing import plain
from reference.network import Equation, Network, NetworkError, declare, dense, split_equations
from reference.polynomial import Terms

Choices = tuple[tuple[str, str], ...]


class Asked(Struct, frozen=True, kw_only=True):
    """A blank and where its key comes from; one of ``target``, ``terms`` and ``choose``."""

    blank: Blank
    target: str = ""  # the network's name for the key
    terms: Terms | None = None  # a count
    names: tuple[str, ...] = ()  # what a symbolic count may use
    choose: Choose | None = None
    tolerance: Tolerance = Tolerance()
    may_be_trivial: bool = False

    @property
    def address(self) -> str:
        return self.blank.address


class Model(Struct, frozen=True, eq=False):
    """An exercise with its choices made.

    ``network`` holds the author's equations, then derivatives, keys (``@address``) and the
    arguments of kinks (``@kink n``). ``printed`` is the network as students see it.
    """

    exercise: Exercise
    choices: dict[str, str]
    context: dict[str, str]  # what placeholders of the choices stand for
    printed: Network
    network: Network
    asked: tuple[Asked, ...]
    require: tuple[Expression, ...]
    kinks: tuple[str, ...]
    grids: dict[str, tuple[float, ...]]  # of sizes, then of what is sampled

    @property
    def sizes(self) -> list[str]:
        return list(self.exercise.file.network.sizes)

    @property
    def sampled(self) -> list[str]:
        """The drawn quantities and constants, in the order of ``sample``."""
        return [name for name in self.grids if name not in self.sizes]

    @property
    def targets(self) -> list[Asked]:
        """The blanks whose keys are values of the network."""
        return [asked for asked in self.asked if asked.target]

    def shape(self, name: str, sizes: Mapping[str, int]) -> tuple[int, int]:
        """The shape of a name in numbers."""
        rows, columns = self.network.shapes[name]
        return number(rows, sizes), number(columns, sizes)

    @property
    def array_sizes(self) -> list[str]:
        """The sizes that decide how many values are drawn."""
        used = {size for name in self.sampled for size in self.network.shapes[name]}
        return [name for name in self.sizes if name in used]


def number(size: int | str, sizes: Mapping[str, int]) -> int:
    return size if isinstance(size, int) else sizes[size]


def structures(exercise: Exercise) -> list[Choices]:
    """Every combination of the choices of an exercise."""
    combinations: list[Choices] = [()]
    for name, options in exercise.file.choose.items():
        combinations = [
            (*combination, (name, option)) for combination in combinations for option in options
        ]
    return combinations


@functools.lru_cache(maxsize=1024)
def build(exercise: Exercise, choices: Choices) -> Model:
    """The model of one structure.

    Raises:
        AuthorError: with every problem found in the network, or else in the questions.
    """
    return Builder(exercise, choices).build()


class Builder:
    """Collects the problems of one structure; use :func:`build`."""

    def __init__(self, exercise: Exercise, choices: Choices) -> None:
        self.exercise = exercise
        self.file = exercise.file
        self.choices = dict(choices)
        self.context = context(exercise, self.choices)
        self.problems: list[Problem] = []
        self.drawn = sampled_names(exercise)

    def report(self, place: str, message: str, line: int = 0, column: int = 0) -> None:
        self.problems.append(self.exercise.problem(place, message, line, column))

    def build(self) -> Model:
        printed = self.network()
        self.stop()
        asked, network = self.questions(printed)
        require = tuple(
            expression
            for index, text in enumerate(self.file.require)
            if (expression := self.requirement(text, f"require[{index}]", network))
        )
        self.stop()
        self.check_names(printed)
        grids = self.grids(network, [one for one in asked if one.target])
        self.stop()
        bends: dict[str, Expression] = {}
        if any(one.target for one in asked):
            bends = {f"@kink {i}": bend for i, bend in enumerate(kinks(printed))}
        shapes = {name: resolve(bend, network.shapes)[1] for name, bend in bends.items()}
        return Model(
            self.exercise,
            self.choices,
            self.context,
            printed,
            network.extended(bends, shapes),
            tuple(asked),
            require,
            tuple(bends),
            grids,
        )

    def stop(self) -> None:
        if self.problems:
            raise AuthorError(*self.problems)

    # The network

    def network(self) -> Network:
        file = self.file.network
        inputs = self.shapes(file.inputs, "network.inputs")
        parameters = self.shapes(file.parameters, "network.parameters")
        equations: list[Equation] = []
        try:
            if file.layers:
                layers = {name: str(text) for name, text in file.layers.items()}
                filled = {name: fill(text, self.context) for name, text in layers.items()}
                more, weights, equations = dense(filled, str(file.batch))
                inputs, parameters = {**more, **inputs}, {**weights, **parameters}
                self.known_sizes(inputs | parameters, "network.layers")
                self.stop()
            equations += split_equations(fill(file.equations, self.context))
            constants = dict.fromkeys([*file.sizes, *file.constants], SCALAR)
            network = declare(inputs, parameters, equations, constants)
        except NetworkError as error:
            for equation, problem in error.problems:
                column = equation.column + max(problem.column - 1, 0)  # both count from 1
                place = "network.equations" if equation.line else "network.layers"
                self.report(place, f"{equation.name}: {problem.message}", equation.line, column)
            self.stop()
        return used(network)

    def shapes(self, declared: Mapping[str, int | str | Quantity], place: str) -> dict[str, Shape]:
        found: dict[str, Shape] = {}
        for name, given in declared.items():
            here = f"{place}.{name}"
            text = str(given.shape if isinstance(given, Quantity) else given)
            parts = [part.strip() for part in re.split(r"×|\bx\b|\*|,", fill(text, self.context))]
            if not re.fullmatch(r"[^\W\d]\w*", name):
                self.report(f"{here}:key", f"expected a name of letters and digits, found '{name}'")
            if not 1 <= len(parts) <= 2 or not all(re.fullmatch(r"\w+", part) for part in parts):
                self.report(here, f"expected a shape such as h × d, d or 1, found '{text}'")
                continue
            rows, columns = (*parts, "1")[:2]
            found[name] = (
                int(rows) if rows.isdigit() else rows,
                int(columns) if columns.isdigit() else columns,
            )
        self.known_sizes(found, place)
        return found

    def known_sizes(self, shapes: Mapping[str, Shape], place: str) -> None:
        for name, shape in shapes.items():
            for size in shape:
                if isinstance(size, str) and size not in self.file.network.sizes:
                    known = ", ".join(self.file.network.sizes) or "none"
                    self.report(
                        f"{place}.{name}", f"the size '{size}' is not declared (sizes: {known})"
                    )

    def check_names(self, printed: Network) -> None:
        """Sampled names must be there, unless only another structure has them."""
        file = self.file.network
        declared = {*file.inputs, *file.parameters, *file.constants, *file.sizes, *file.layers}
        for name, (place, _) in self.drawn.items():
            if name not in printed.shapes and name not in declared:
                known = ", ".join([*file.inputs, *file.parameters, *file.constants])
                self.report(place, f"'{name}' is not declared in the network (names: {known})")
            elif name in printed.equations:
                self.report(place, f"'{name}' is computed by an equation and cannot be sampled")

    def grids(self, network: Network, targets: list[Asked]) -> dict[str, tuple[float, ...]]:
        grids = {name: size_grid(rule) for name, rule in self.file.network.sizes.items()}
        for name, (_, rule) in self.drawn.items():
            if name in network.shapes:
                grids[name] = rule.grid() if isinstance(rule, Rule) else ()
        for asked in targets:
            free = network.ancestors(asked.target) - network.equations.keys() - grids.keys()
            missing = sorted(free)
            if missing:
                self.report(
                    "sample" if "sample" in self.exercise.positions else "questions",
                    f"the answer to {asked.address} needs values of {', '.join(missing)}, "
                    "which 'sample' does not give",
                )
        return grids

    # The questions

    def questions(self, printed: Network) -> tuple[list[Asked], Network]:
        network = printed
        asked: list[Asked] = []
        for index, question in enumerate(self.file.questions):
            place = f"questions[{index}].answer"
            found: list[Asked] = []
            for number, answer in enumerate(question.answers):
                here = f"{place}[{number}]" if isinstance(question.answer, list) else place
                more, network = self.answer(question, answer, here, network)
                found += more
            asked += share_points(question, found)
        return asked, network

    def answer(
        self, question: QuestionFile, answer: AnswerFile, place: str, network: Network
    ) -> tuple[list[Asked], Network]:
        if answer.choose_one is not None:
            blank = Blank(question.id, "", Fraction(0), "the letter of one option")
            return [Asked(blank=blank, choose=answer.choose_one)], network
        if answer.parameters is not None or answer.entries is not None:
            return self.counts(question, answer, place, network), network
        return self.values(question, answer, place, network)

    def values(
        self, question: QuestionFile, answer: AnswerFile, place: str, network: Network
    ) -> tuple[list[Asked], Network]:
        """Blanks whose keys are expressions over the network."""
        found = []
        for name, text, here in written_keys(answer, place):
            expression = self.expression(fill(text, self.context), here, network)
            if expression is None:
                continue
            network = with_derivatives(network, expression)
            try:
                resolved, shape = resolve(expression, network.shapes)
            except LanguageError as error:
                self.report(here, error.message, 0, error.column)
                continue
            blank = Blank(question.id, name, Fraction(0), hint(shape))
            target = "@" + blank.address
            if target in network.equations:
                self.report(here, f"a second blank has the address '{blank.address}'")
            network = network.extended({target: resolved}, {target: shape})
            trivial = question.may_be_trivial
            found.append(
                Asked(
                    blank=blank,
                    target=target,
                    tolerance=question.tolerance or self.file.tolerance,
                    may_be_trivial=trivial if isinstance(trivial, bool) else name in trivial,
                )
            )
        return found, network

    def expression(self, text: str, place: str, network: Network) -> Expression | None:
        """A written key or requirement, its derivatives being of scalars by known names."""
        declared = [name for name in network.shapes if name[0] != "@" and "/" not in name]
        try:
            written = read(text, declared)
        except LanguageError as error:
            self.report(place, error.message, 0, error.column)
            return None
        for name in names(written):
            of = name[1:].partition("/d")[0]
            if "/" in name and network.shapes[of] != SCALAR:
                shape = describe(network.shapes[of])
                self.report(place, f"{name}: '{of}' is {shape}, expected a scalar")
                return None
        return written

    def requirement(self, text: str, place: str, network: Network) -> Expression | None:
        written = self.expression(fill(text, self.context), place, network)
        if written is None:
            return None
        try:
            resolved, _ = resolve(written, network.shapes)
        except LanguageError as error:
            self.report(place, error.message, 0, error.column)
            return None
        if not (isinstance(resolved, Apply) and resolved.operation in ("gt", "ge", "lt", "le")):
            self.report(place, f"expected a comparison such as abs(z) > 0.05, found '{text}'")
            return None
        return resolved

    def counts(
        self, question: QuestionFile, answer: AnswerFile, place: str, network: Network
    ) -> list[Asked]:
        """Blanks that ask for a number of parameters, or of entries."""
        kind = "parameters" if answer.parameters is not None else "entries"
        given = answer.parameters if answer.parameters is not None else answer.entries
        named: Mapping[str, str | list[str]]
        named = given if isinstance(given, dict) else {"": given or []}
        if isinstance(given, list) and kind == "entries":
            named = {name: name for name in given}
        symbols = self.symbols(answer)
        for symbol in symbols:
            if symbol not in self.file.network.sizes:
                known = ", ".join(self.file.network.sizes)
                self.report(
                    f"{place}.in_terms_of", f"'{symbol}' is no size of the network (sizes: {known})"
                )
        found = []
        for name, counted in named.items():
            terms = self.count(kind, counted, f"{place}.{kind}.{name}".rstrip("."), network)
            if terms is None:
                continue
            used_symbols = {symbol for monomial in terms for symbol, _ in monomial}
            if answer.in_terms_of is not None and not used_symbols <= set(symbols):
                missing = ", ".join(sorted(used_symbols - set(symbols)))
                self.report(f"{place}.in_terms_of", f"the count needs {missing}")
            written = f"an expression in {', '.join(symbols)}" if symbols else "a whole number"
            blank = Blank(question.id, name, Fraction(0), written)
            found.append(Asked(blank=blank, terms=terms, names=symbols))
        return found

    def symbols(self, answer: AnswerFile) -> tuple[str, ...]:
        """The names in which a count is to be given."""
        given = answer.in_terms_of or ()
        listed = ",".join([given] if isinstance(given, str) else given)
        return tuple(name.strip() for name in fill(listed, self.context).split(",") if name.strip())

    def count(
        self, kind: str, counted: str | list[str], place: str, network: Network
    ) -> Terms | None:
        known = network.shapes
        if kind == "parameters" and counted == "all":
            return count(network.parameters, known)
        wanted = [counted] if isinstance(counted, str) else counted
        file = self.file.network
        for name in wanted:
            elsewhere = name in file.inputs or name in file.parameters
            if name not in known and not elsewhere:
                shown = ", ".join(n for n in known if n[0] != "@" and "/" not in n)
                self.report(place, f"unknown name '{name}' (names here: {shown})")
                return None
        present = [name for name in wanted if name in known]
        if kind == "entries" and present:
            return entries(known[present[0]])
        return count(present, known)


def context(exercise: Exercise, choices: Mapping[str, str]) -> dict[str, str]:
    """What the placeholders of the choices stand for."""
    values: dict[str, str] = {}
    for name, chosen in choices.items():
        options = exercise.file.choose[name]
        values[name] = chosen
        picked = options[chosen] if isinstance(options, dict) else chosen
        if isinstance(picked, str):
            values[name] = picked
        else:
            values |= {f"{name}.{field}": text for field, text in picked.items()}
    return values


def sampled_names(exercise: Exercise) -> dict[str, tuple[str, object]]:
    """Each sampled name with its place in the file and its rule; a key may hold several names."""
    return {
        name.strip(): (f"sample.{key}", rule)
        for key, rule in exercise.file.sample.items()
        for name in key.split(",")
    }


def size_grid(rule: int | str | Rule) -> tuple[float, ...]:
    if isinstance(rule, Rule):
        return rule.grid()
    low, _, high = str(rule).partition("..")
    return tuple(float(size) for size in range(int(low), int(high or low) + 1))


def used(network: Network) -> Network:
    """The network without the declared inputs and parameters that no equation uses."""
    if not network.equations:
        return network
    found = set().union(*(names(expression) for expression in network.equations.values()))
    shapes = {
        name: shape
        for name, shape in network.shapes.items()
        if name in found or name not in (*network.inputs, *network.parameters)
    }
    return Network(
        shapes,
        tuple(name for name in network.inputs if name in found),
        tuple(name for name in network.parameters if name in found),
        network.equations,
    )


def written_keys(answer: AnswerFile, place: str) -> Iterable[tuple[str, str, str]]:
    """(blank, expression, place in the file) of each key that an answer asks for."""
    if answer.values is not None:
        if isinstance(answer.values, str):
            yield "", answer.values, f"{place}.values"
        elif isinstance(answer.values, list):
            for index, name in enumerate(answer.values):
                yield name, name, f"{place}.values[{index}]"
        else:
            for name, text in answer.values.items():
                yield name, text, f"{place}.values.{name}"
    elif answer.gradients_of is not None:
        for index, name in enumerate(answer.by):
            yield name, derivative_name(answer.gradients_of, name), f"{place}.by[{index}]"
    else:
        for index, name in enumerate(answer.updates or ()):
            step = derivative_name(answer.loss or "", name)
            yield name, f"{name} - {answer.rate} * ({step})", f"{place}.updates[{index}]"


def with_derivatives(network: Network, expression: Expression) -> Network:
    """The network, extended by the derivatives that an expression names."""
    wanted: dict[str, list[str]] = {}
    for name in sorted(names(expression) - network.shapes.keys()):
        of, _, by = name[1:].partition("/d")
        wanted.setdefault(of, []).append(by)
    for of, parameters in wanted.items():
        network = differentiate(network, of, parameters)
    return network


def share_points(question: QuestionFile, asked: list[Asked]) -> list[Asked]:
    """The blanks of a question with equal shares of its points."""
    points = Fraction(str(question.points)) / max(len(asked), 1)
    return [replace(one, blank=replace(one.blank, points=points)) for one in asked]


def hint(shape: Shape) -> str:
    if shape == SCALAR:
        return "a number"
    if shape[1] == 1:
        return f"a column of {shape[0]} entries, as [1, 2, 3]"
    return f"a matrix of {describe(shape)}, row by row, as [[1, 2], [3, 4]]"


def count_text(terms: Terms) -> str:
    """A count in the plain syntax."""
    return plain(polynomial.expression(terms))
