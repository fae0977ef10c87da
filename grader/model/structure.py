"""One structure of an exercise: its choices made, its texts filled in, its equations declared."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping

from msgspec import structs
from msgspec.structs import asdict

from grader.bank import (
    CONSTRUCTED,
    DOMAINS,
    ConstructFile,
    Exercise,
    FigureFile,
    Index,
    Quantity,
    fill,
)
from grader.errors import AuthorError, Place, Problem
from grader.model.over_time import chosen_lengths
from grader.model.sizes import computed_sizes, least_sizes, read_size
from grader.model.sufficiency.case import Case
from reference.language.calls import COUNTS
from reference.language.dimensions import SCALAR, Shape, Size, size_of, stored
from reference.language.equation import Equation, NetworkError
from reference.language.errors import LanguageError, ReadingError, ShapeError
from reference.language.expression import names
from reference.language.names import canonical
from reference.language.operations import FUNCTIONS
from reference.language.whole import whole
from reference.language.writing import latex_name
from reference.layers.stack import Stack, stack_of
from reference.network import (
    Network,
    Symbols,
    declare,
    dense,
    size,
    split_equations,
    units,
)

Choices = tuple[tuple[str, str], ...]
MAX_SIZE = 1_000_000
MAX_AXES = 4
UNKNOWN = re.compile(r"unknown name '([^']+)'")
UNITS = tuple(str(count) for count in range(1, 9))  # of a layer of single units


def context(exercise: Exercise, choices: Mapping[str, str]) -> dict[str, str]:
    """What the placeholders of the choices stand for."""
    values: dict[str, str] = {}
    for name, chosen in choices.items():
        if name not in exercise.file.choose:
            continue  # a number of steps
        options = exercise.file.choose[name]
        if isinstance(options, str):
            values |= drawn_words(name, chosen)
            continue
        values[name] = chosen
        picked = options[chosen] if isinstance(options, dict) else chosen
        if isinstance(picked, str):
            values[name] = picked
        else:
            values |= {f"{name}.{field}": text for field, text in picked.items()}
    return values


def drawn_words(name: str, chosen: str) -> dict[str, str]:
    """A drawn question: what is asked for in mathematics, and its parts in text."""
    if not chosen:
        return {}
    case = Case.parse(chosen)
    parts = {f"{name}.{field}": text for field, text in asdict(case).items()}
    return {name: f"${latex_name(case.target)}$", **parts}


class Structure:
    """An exercise with its choices made; collects what is wrong with it."""

    def __init__(self, exercise: Exercise, choices: Choices) -> None:
        self.exercise = exercise
        self.file = exercise.file
        self.choices = dict(choices)
        self.context = context(exercise, self.choices)
        self.at = structs.replace(exercise.at, code="names")
        self.least = {**least_sizes(exercise), **chosen_lengths(exercise, self.choices)}

    @property
    def units(self) -> dict[str, str]:
        """The layers of a network of single units: ``{"x": "4", "h": "3 relu", "y": "1"}``."""
        given = self.file.network.units
        if isinstance(given, str):
            pairs = [pair.partition(":") for pair in fill(given, self.context).split(",") if pair]
            return {name.strip(): text.strip() for name, _, text in pairs}
        return {name: fill(str(text), self.context) for name, text in given.items()}

    @functools.cached_property
    def stack(self) -> dict[str, str]:
        """The texts of the layers that this structure has."""
        texts = self.file.network.stack.items()
        filled = {name: fill(str(text), self.context) for name, text in texts}
        return {name: text for name, text in filled.items() if text.strip()}

    @functools.cached_property
    def layers(self) -> Stack | None:
        """The stack of layers; problems in it are noted."""
        if not self.stack:
            return None
        at = self.at["network"]["stack"]
        try:
            return stack_of(self.stack, self.file.network.sizes)
        except LanguageError as error:
            named = error.message.partition(":")[0]
            self.misread(at[named] if named in self.stack else at, error)
        return None

    @property
    def problems(self) -> list[Problem]:
        return self.at.found

    def misread(self, at: Place, error: LanguageError, line: int = 0, column: int = 0) -> None:
        """A text of the author's that the language refuses; ``column``: where it begins."""
        code = "shapes" if isinstance(error, ShapeError) else "names"
        stranger = UNKNOWN.match(error.message)
        if stranger and stranger[1] in {**self.file.network.inputs, **self.file.network.parameters}:
            error.message = f"'{stranger[1]}' is declared, but no equation uses it"
        begins = max(column, 1) + max(error.column, 1) - 1  # both count from 1
        at.report(error.message, code, line, begins)

    def stop(self) -> None:
        """Raise what was collected, if anything was."""
        if self.problems:
            raise AuthorError(*self.problems)


def declared_network(structure: Structure, other: str = "", at: Place | None = None) -> Network:
    """The network of one structure, with ``other`` equations, which stand at ``at``, in place of those of the same names.

    Raises:
        AuthorError: with every problem found in it.
    """
    file, here = structure.file.network, structure.at["network"]
    written = here["equations"] if at is None else at
    inputs = shapes(structure, file.inputs, here["inputs"])
    parameters = shapes(structure, file.parameters, here["parameters"])
    constructed = constructed_shapes(structure)
    equations: list[Equation] = []
    try:
        if file.layers:
            layers = {name: str(text) for name, text in file.layers.items()}
            filled = {name: fill(text, structure.context) for name, text in layers.items()}
            check_layers(structure, filled, here["layers"])
            more, weights, equations = dense(filled, str(file.batch))
            inputs, parameters = {**more, **inputs}, {**weights, **parameters}
            known_sizes(structure, inputs | parameters, here["layers"])
            structure.stop()
        if file.units:
            check_layers(structure, structure.units, here["units"], single=True)
            more, weights, equations = units(structure.units)
            inputs, parameters = {**more, **inputs}, {**weights, **parameters}
        equations += split_equations(fill(file.equations, structure.context))
        replacing = {one.name: one for one in split_equations(fill(other, structure.context))}
        check_replacing(structure, replacing, equations, written)
        equations = [replacing.get(one.name, one) for one in equations]
        symbols = declared_symbols(structure)
        structure.stop()
        check_declared(
            structure,
            [*file.sizes, *file.constants, *inputs, *parameters, *constructed, *symbols.indices],
        )
        parameters = {**parameters, **constructed}
        constants = dict.fromkeys([*file.sizes, *file.constants], SCALAR)
        network = declare(inputs, parameters, equations, constants, symbols, structure.least)
        check_other_names(structure, network)
    except NetworkError as error:
        for equation, problem in error.problems:
            layered = here["units"] if file.units else here["layers"]
            where = written if equation.line else layered
            problem.message = f"{equation.name}: {problem.message}"
            structure.misread(where, problem, equation.line, equation.column)
        structure.stop()
    return used(network, further_words(structure))


def further_words(structure: Structure) -> set[str]:
    """The words of what stands over the equations and may name quantities that no equation uses."""
    file = structure.file.network
    texts = [text for one in file.again.values() for text in one.values()]
    texts += [question.equations for question in structure.file.questions]
    texts += [str(text) for law in file.laws.values() for text in asdict(law).values()]
    drawn = [structure.file.figure, *(one.figure for one in structure.file.questions)]
    texts += [text for one in drawn if isinstance(one, FigureFile) for text in one.formulas]
    found = {word for text in texts for word in re.findall(r"\w+", fill(text, structure.context))}
    return found.union(*(one.names for one in constructs(structure)))


def constructs(structure: Structure) -> list[ConstructFile]:
    """All that is to be constructed."""
    answers = [one for question in structure.file.questions for one in question.answers]
    return [one.construct for one in answers if one.construct is not None]


def constructed_shapes(structure: Structure) -> dict[str, Shape]:
    """The shape of each name that is to be constructed, in one question or in several."""
    found: dict[str, Shape] = {}
    for number, question in enumerate(structure.file.questions):
        at = structure.at["questions"][number]["answer"]
        for place, answer in enumerate(question.answers):
            if answer.construct is None:
                continue
            here = at[place] if isinstance(question.answer, list) else at
            give = here["construct"]["give"]
            given = shapes(structure, answer.construct.give, give, CONSTRUCTED)
            for name, shape in given.items():
                if found.setdefault(name, shape) != shape:
                    give[name].report(f"'{name}' has another shape in another question", "shapes")
    return found


def check_other_names(structure: Structure, network: Network) -> None:
    """Another name is free, and that of a quantity of this structure or of another one."""
    taken = {canonical(name) for name in network.shapes}
    for name, others in structure.file.network.also.items():
        at = structure.at["network"]["also"][name]
        if name not in network.shapes and not structure.file.choose:
            at.key.report(f"'{name}' is not declared in the network")
        for row, other in enumerate(others):
            if canonical(other) in taken:
                at[row].report(
                    f"'{other}' is declared in the network, so it cannot be another name of '{name}'"
                )
    structure.stop()


def check_replacing(
    structure: Structure, replacing: Mapping[str, Equation], equations: list[Equation], at: Place
) -> None:
    """Only what the network computes can be computed in another way."""
    known = [equation.name for equation in equations]
    for name, equation in replacing.items():
        if name not in known:
            message = f"'{name}' has no equation in the network (names: {', '.join(known)})"
            at.report(message, line=equation.line)
    structure.stop()


def declared_symbols(structure: Structure) -> Symbols:
    """The abstract functions and the indices of an exercise."""
    file, at = structure.file.network, structure.at["network"]
    indices: dict[str, Size] = {}
    apart: dict[str, tuple[str, ...]] = {}
    known = {function for function, _ in FUNCTIONS}
    for name in (*file.functions, *file.indices):
        kind = "functions" if name in file.functions else "indices"
        if not re.fullmatch(r"[^\W\d_]\w*", name) or name in known:
            message = f"expected a name of letters and digits, found '{name}'"
            at[kind][name].key.report(message)
    for name, given in file.indices.items():
        rule = given if isinstance(given, Index) else Index(given)
        indices[name] = size(fill(str(rule.size), structure.context))
        known_sizes(structure, {name: (indices[name], 1)}, at["indices"])
        for other in rule.apart_from:
            if other not in file.indices or other == name:
                at["indices"][name].report(f"'{other}' is not another index")
        apart[name] = tuple(rule.apart_from)
    others, computed = other_names(structure), computed_sizes(structure.exercise)
    return Symbols(dict(file.functions), indices, apart, others, computed=computed)


def other_names(structure: Structure) -> dict[str, str]:
    """Each further name of a quantity, with the quantity."""
    found: dict[str, str] = {}
    for name, others in structure.file.network.also.items():
        at = structure.at["network"]["also"][name]
        for row, other in enumerate(others):
            if not re.fullmatch(r"[^\W\d_]\w*", other):
                at[row].report(f"expected a name of letters and digits, found '{other}'")
            elif canonical(other) in map(canonical, found):
                at[row].report(f"'{other}' is another name already")
            found[other] = name
    return found


def shapes(
    structure: Structure,
    declared: Mapping[str, int | str | Quantity],
    at: Place,
    domains: Collection[str] = DOMAINS,
) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for name, given in declared.items():
        text = str(given.shape if isinstance(given, Quantity) else given)
        alone, _, word = text.rpartition(" ")
        if word in domains:
            message = f"expected a shape, found '{text}': write {{shape: {alone}, domain: {word}}}"
            at[name].report(message, "shapes")
            continue
        parts = [part.strip() for part in re.split(r"×|\bx\b|\*|,", fill(text, structure.context))]
        sizes = [one for part in parts if (one := size_in(structure, part, at[name])) is not None]
        if not re.fullmatch(r"[^\W\d]\w*", name):
            at[name].key.report(f"expected a name of letters and digits, found '{name}'")
        if not 1 <= len(parts) <= MAX_AXES or len(sizes) < len(parts):
            at[name].report(f"expected a shape such as h × d, d or 1, found '{text}'", "shapes")
            continue
        found[name] = (sizes[0], 1) if len(sizes) == 1 else stored(tuple(sizes))
        domain = fill(given.domain, structure.context) if isinstance(given, Quantity) else "real"
        if domain not in domains:
            known = ", ".join(domains)
            at[name]["domain"].report(f"expected one of {known}, found '{domain}'", "schema")
    known_sizes(structure, found, at)
    return found


def size_in(structure: Structure, text: str, at: Place) -> Size | None:
    """A size of a shape as the author writes it; nothing where it is none."""
    if text.isidentifier() and text not in computed_sizes(structure.exercise):
        return text
    if not text:
        return None
    known = {*structure.file.network.sizes}
    try:
        return size_of(read_size(text, structure.exercise, known))
    except ReadingError as error:
        at.report(error.message, "shapes")
        return None


def check_layers(
    structure: Structure, layers: Mapping[str, str], at: Place, single: bool = False
) -> None:
    """A size each, and an activation after it except for the input; ``single`` units are counted."""
    functions = {function for function, count in (*FUNCTIONS, *COUNTS) if count == 1}
    for index, (name, text) in enumerate(layers.items()):
        parts = text.split()
        known = len(parts) < 2 or parts[1] in functions | {"identity", "leaky_relu"}
        if single and not (parts and parts[0] in UNITS):
            at[name].report(f"expected 1 to {len(UNITS)} units, found '{text}'", "schema")
            continue
        if not 1 <= len(parts) <= (2 if index else 1) or not known:
            expected = "a size and perhaps an activation, as 64 relu" if index else "a size"
            at[name].report(f"expected {expected}, found '{text}'", "schema")
    if len(layers) < 2:
        at.report("expected an input and at least one layer", "schema")
    structure.stop()


def check_declared(structure: Structure, declared: list[str]) -> None:
    """No name is declared twice, in any of its spellings, or is that of a function."""
    seen: set[str] = set()
    functions = {function for function, _ in FUNCTIONS}
    at = structure.at["network"]
    for name in declared:
        places = (at[kind][name] for kind in ("parameters", "inputs", "sizes"))
        place = next((place for place in places if place.is_there), at)
        if canonical(name) in seen:
            place.key.report(f"'{name}' is declared twice")
        if name in functions:
            place.key.report(f"'{name}' is a function, expected another name")
        seen.add(canonical(name))
    structure.stop()


def known_sizes(structure: Structure, shapes: Mapping[str, Shape], at: Place) -> None:
    for name, shape in shapes.items():
        for one in shape:
            if isinstance(one, str) and least_sizes(structure.exercise).get(one, 1) < 1:
                at[name].report(f"the size '{one}' may be 0, and no axis has no entries", "shapes")
            for symbol in sorted(whole(one).symbols - structure.file.network.sizes.keys()):
                known = ", ".join(structure.file.network.sizes) or "none"
                at[name].report(f"the size '{symbol}' is not declared (sizes: {known})")
            if isinstance(one, int) and not 1 <= one <= MAX_SIZE:
                message = f"expected a size from 1 to {MAX_SIZE}, found {one}"
                at[name].report(message, "shapes")


def used(network: Network, kept: Collection[str]) -> Network:
    """The network without the declared inputs and parameters that no equation uses, but for those that are ``kept``."""
    if not network.equations:
        return network
    found = {*kept}.union(*(names(expression) for expression in network.equations.values()))
    shapes = {
        name: shape
        for name, shape in network.shapes.items()
        if name in found or name not in (*network.inputs, *network.parameters)
    }
    return structs.replace(
        network,
        shapes=shapes,
        inputs=tuple(name for name in network.inputs if name in found),
        parameters=tuple(name for name in network.parameters if name in found),
    )
