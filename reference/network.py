"""A network, as the equations an exam would print."""

from __future__ import annotations

import functools
import graphlib
import re
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct, structs

from reference.language.dimensions import SCALAR, Shape, Size
from reference.language.equation import Equation, NetworkError
from reference.language.errors import LanguageError, ReadingError
from reference.language.evaluating import evaluate_all
from reference.language.expression import Apply, Expression, Name, fold, names, substitute
from reference.language.indexed.declaring import WORD, declared
from reference.language.loops import is_over_steps, spread, time_of, unread, unrolled
from reference.language.names import Vocabulary, canonical
from reference.language.operations import OPERATIONS
from reference.language.over_time import Time
from reference.language.reading import read
from reference.language.roles import Role, function_name, is_quantity, role, subscripted
from reference.language.shapes import resolve
from reference.language.step_sums import without_absent
from reference.language.values import Array
from reference.language.whole import Whole

PLACE = re.compile(r"([^\W\d]\w*'*)\[([^\[\];]*)\]")  # right behind a name


class Symbols(Struct, frozen=True):
    """What an exercise declares besides quantities.

    ``functions``: abstract functions with the number of their arguments. ``indices``: places of
    entries, with the size they run over. ``apart``: index → indices that stand for another place.
    ``also``: another name of a quantity → the quantity. ``unseen``: quantities that a text over the
    network may not name. ``least``: the least value of each size to which indices may run. ``computed``: a size → the
    formula in those that it stands for. ``time``: the steps of a recurrence.
    """

    functions: Mapping[str, int] = {}
    indices: Mapping[str, Size] = {}
    apart: Mapping[str, tuple[str, ...]] = {}
    also: Mapping[str, str] = {}
    unseen: frozenset[str] = frozenset()
    least: Mapping[str, int] = {}
    computed: Mapping[str, Whole] = {}
    time: Time | None = None

    @property
    def fixed(self) -> dict[str, int]:
        """The size to which steps run, which is a number in all that is made of a network."""
        time = self.time
        return {} if time is None or time.limit.isdigit() else {time.limit: time.last}

    @property
    def shapes(self) -> dict[str, Shape]:
        """All of them as quantities, which are scalars."""
        return dict.fromkeys([*map(function_name, self.functions), *self.indices], SCALAR)

    def others(self, index: str) -> set[str]:
        """The indices that stand for another place than this one."""
        return {*self.apart.get(index, ())} | {
            other for other, names in self.apart.items() if index in names
        }


class Network(Struct, frozen=True, dict=True):
    """Quantities with symbolic shapes, and equations in an order in which they can be computed."""

    shapes: Mapping[str, Shape]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    equations: Mapping[str, Expression]
    symbols: Symbols = Symbols()

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """What a text over the network may name."""
        symbols = self.symbols
        known = [n for n in self.shapes if is_quantity(n) and n not in symbols.unseen]
        return Vocabulary(
            tuple(known),
            tuple(symbols.functions.items()),
            tuple(symbols.indices),
            tuple((other, name) for other, name in symbols.also.items() if name in known),
            symbols.time and symbols.time.within(self.shapes),
            tuple(name for name in known if name in symbols.least),
        )

    def at_step(self, step: int) -> Network:
        """The same network, in a text over which the letter of the steps stands for one."""
        assert self.symbols.time is not None
        time = structs.replace(self.symbols.time, at=step)
        return structs.replace(self, symbols=structs.replace(self.symbols, time=time))

    def evaluate(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """``values`` and all computed quantities, each of shape (..., rows, columns)."""
        return evaluate_all(self.equations, values)

    def spanning(self, name: str) -> Network:
        """The same network, in which a name with the letter of the steps stands for one at each step, if it is such a name."""
        time = self.symbols.time
        if time is None or time.spread(name) == [name]:
            return self
        base = name.removesuffix(f"_{time.letter}")
        time = structs.replace(time, spans={**time.spans, base: (1, time.last)})
        return structs.replace(self, symbols=structs.replace(self.symbols, time=time))

    def extended(self, equations: Mapping[str, Expression], shapes: Mapping[str, Shape]) -> Network:
        """The network with further equations after its own."""
        return structs.replace(
            self,
            shapes={**self.shapes, **shapes},
            equations={**self.equations, **equations},
        )

    def hiding(self, unseen: Iterable[str]) -> Network:
        """The same network, of which a text may not name some more quantities."""
        symbols = structs.replace(self.symbols, unseen=self.symbols.unseen.union(unseen))
        return structs.replace(self, symbols=symbols)

    def without(self, unseen: Collection[str]) -> Network:
        """The network with the equations of some quantities put in where these were used."""
        put: dict[str, Expression] = {}
        equations: dict[str, Expression] = {}
        for name, expression in self.equations.items():
            (put if name in unseen else equations)[name] = substitute(expression, put)
        shapes = {name: shape for name, shape in self.shapes.items() if name not in put}
        return structs.replace(self, shapes=shapes, equations=equations).hiding(unseen)

    def once_more(self, subscript: str, replaced: Mapping[str, Expression]) -> Network:
        """The equations of what changes where some quantities have other values, under names with a subscript.

        >>> from reference.language.expression import Name
        >>> network = declare({"x": (1, 1)}, {}, split_equations("z = 2 x"))
        >>> [*network.once_more("new", {"x": Name("z")}).equations]
        ['x_new', 'z_new']
        """
        new = {name: subscripted(name, subscript) for name in replaced}
        equations = {new[name]: expression for name, expression in replaced.items()}
        for name, expression in self.equations.items():
            if name not in replaced and not self.edges(name).isdisjoint(new):
                renamed = {old: Name(other) for old, other in new.items()}
                new[name] = subscripted(name, subscript)
                equations[new[name]] = substitute(expression, renamed)
        shapes = {other: self.shapes[old] for old, other in new.items()}
        return structs.replace(self, equations=equations, shapes=shapes)

    def pruned(self, wanted: Collection[str]) -> Network:
        """The network with only the equations that some names are computed by."""
        used = {name for one in wanted for name in self.ancestors(one)}
        equations = {name: e for name, e in self.equations.items() if name in used}
        return structs.replace(self, equations=equations)

    def edges(self, name: str) -> frozenset[str]:
        """The names that the equation of ``name`` uses; none where it has no equation."""
        return self.uses.get(name, frozenset())

    @functools.cached_property
    def uses(self) -> dict[str, frozenset[str]]:
        """Computed name → the names in its equation."""
        return {name: names(expression) for name, expression in self.equations.items()}

    def ancestors(self, name: str) -> frozenset[str]:
        """Every name that ``name`` is computed from, itself included."""
        if name not in self.lineages:
            found: set[str] = set()
            stack = [name]
            while stack:
                current = stack.pop()
                if current not in found:
                    found.add(current)
                    stack.extend(self.edges(current))
            self.lineages[name] = frozenset(found)
        return self.lineages[name]

    @functools.cached_property
    def lineages(self) -> dict[str, frozenset[str]]:
        """The ancestors that were asked for."""
        return {}


def split_equations(text: str) -> list[Equation]:
    """One equation a line, ``name = expression``; blank lines are left out.

    Raises:
        NetworkError: a line that is no equation, or a name with two.
    """
    equations: list[Equation] = []
    problems: list[tuple[Equation, LanguageError]] = []
    for line, content in enumerate(text.splitlines(), start=1):
        if not content.strip():
            continue
        left, sign, right = content.partition("=")
        name, bracket, places = left.strip().partition("[")
        places = places.strip()
        whole = not bracket or (places.endswith("]") and bool(places[:-1].strip()))
        column = len(left) + len(sign) + len(right) - len(right.lstrip()) + 1
        if not sign:
            column = len(content) - len(content.lstrip()) + 1
        equation = Equation(name.strip(), right.strip(), line, column, places.removesuffix("]"))
        if not (sign and whole) or not equation.name.isidentifier() or not equation.text:
            error = ReadingError(f"{unread(equation.name)}, found '{content.strip()}'")
            problems.append((equation, error))
        elif equation.name in (known.name for known in equations):
            problems.append((equation, ReadingError(f"'{equation.name}' has two equations")))
        equations.append(equation)
    if problems:
        raise NetworkError(problems)
    return equations


def declare(
    inputs: Mapping[str, Shape],
    parameters: Mapping[str, Shape],
    equations: list[Equation],
    constants: Mapping[str, Shape] | None = None,
    symbols: Symbols | None = None,
    sizes: Mapping[str, int] | None = None,
) -> Network:
    """Read and order the equations of a network, and find the shape of every name.

    Args:
        inputs, parameters, constants: name → symbolic shape; constants are sizes and rates.
        equations: in any order.
        sizes: the least value of each size, for those that indices run to.

    Raises:
        NetworkError: unknown names, shapes that do not fit, equations that need each other.
    """
    symbols = structs.replace(symbols or Symbols(), least=sizes or {})
    time = time_of(equations, {*inputs, *parameters, *(constants or {})}, symbols.least)
    if time is not None:
        equations = unrolled(equations, time)
        inputs, parameters = spread(inputs, time), spread(parameters, time)
        symbols = structs.replace(symbols, time=time)
    shapes = {**(constants or {}), **inputs, **parameters, **symbols.shapes}
    given = [name for name in shapes if role(name) is not Role.FUNCTION]
    known = [*given, *(equation.name for equation in equations)]
    problems = clashes(known, equations)
    vocabulary = Vocabulary(
        tuple(known),
        tuple(symbols.functions.items()),
        tuple(symbols.indices),
        time=time,
        sizes=tuple(name for name in known if name in symbols.least),
    )
    sizes_in_places = {*symbols.least, *symbols.computed}
    written = as_read(equations, vocabulary, sizes_in_places, problems)
    if problems:
        raise NetworkError(problems)
    resolved: dict[str, Expression] = {}
    needs = {name: used(*entry) & written.keys() for name, entry in written.items()}
    for name in order(written, needs):
        equation, expression = written[name]
        if not needs[name] <= shapes.keys():
            continue  # it uses one that failed and is reported already
        try:
            if expression is None:
                resolved[name], shapes[name] = declared(
                    name, equation.places, equation.text, shapes, symbols.least, symbols.computed
                )
                continue
            resolved[name], shapes[name] = resolve(
                expression, shapes, symbols.indices, symbols.least
            )
            check_derived(resolved[name])
        except LanguageError as error:
            problems.append((equation, error))
    if problems:
        raise NetworkError(problems)
    return Network(shapes, tuple(inputs), tuple(parameters), resolved, symbols)


def has_many_places(text: str, vocabulary: Vocabulary, sizes: Collection[str]) -> bool:
    """Has a place in a text more than rows and columns, as in ``X[1, n, 2]``, which is read entry by entry alone?

    Raises:
        ReadingError: a place hangs on a quantity, as in ``x[argmax(y)]``.
    """
    found = False
    for name, place in PLACE.findall(text):
        words = {*WORD.findall(place)} - {*vocabulary.indices}
        if name in vocabulary.names and words - {*sizes, "floor"}:
            message = (
                "a place is made of indices, sizes and whole numbers; a product has round brackets"
            )
            raise ReadingError(f"{name}[{place}]: {message}")
        found = found or place.count(",") > 1
    return found


def as_read(
    equations: Iterable[Equation],
    vocabulary: Vocabulary,
    sizes: Collection[str],
    problems: list[tuple[Equation, LanguageError]],
) -> dict[str, tuple[Equation, Expression | None]]:
    """Name → its equation, and how that reads: nothing of one entry by entry. What cannot be read is a problem."""
    found: dict[str, tuple[Equation, Expression | None]] = {}
    for equation in equations:
        try:
            own = None
            by_entries = equation.indexed or has_many_places(equation.text, vocabulary, sizes)
            if not by_entries or is_over_steps(equation, vocabulary.time):
                own = read(equation.text, at(vocabulary, equation))
            found[equation.name] = equation, own and without_absent(own, shaped=False)
        except LanguageError as error:
            problems.append((equation, error))
    return found


def at(vocabulary: Vocabulary, equation: Equation) -> Vocabulary:
    """What an equation may name, one of a recurrence at its step."""
    if not equation.step or vocabulary.time is None:
        return vocabulary
    time = structs.replace(vocabulary.time, at=equation.step, strict=True)
    return structs.replace(vocabulary, time=time)


def check_derived(expression: Expression) -> None:
    """An equation holds only what derivatives can be taken of."""

    def visit(node: Expression, _: list[None]) -> None:
        if isinstance(node, Apply) and not OPERATIONS[node.operation].derived:
            raise ReadingError("a sum over an index is read in answers only: write sum(…)")

    fold(expression, visit)


def clashes(declared: list[str], equations: list[Equation]) -> list[tuple[Equation, LanguageError]]:
    """Equations whose name, in one of its spellings, is declared already."""
    given = len(declared) - len(equations)
    seen = {canonical(name): name for name in declared[:given]}
    problems: list[tuple[Equation, LanguageError]] = []
    for equation in equations:
        other = seen.setdefault(canonical(equation.name), equation.name)
        if other != equation.name or equation.name in declared[:given]:
            problems.append((equation, ReadingError(f"'{equation.name}' is declared twice")))
    return problems


def used(equation: Equation, expression: Expression | None) -> frozenset[str]:
    """The names in an equation."""
    return frozenset(WORD.findall(equation.text)) if expression is None else names(expression)


def order(
    written: Mapping[str, tuple[Equation, Expression | None]], needs: Mapping[str, frozenset[str]]
) -> list[str]:
    """The equations' names, each after those it uses, otherwise in the order in which they stand.

    Raises:
        NetworkError: equations that need each other.
    """
    ordered: list[str] = []
    waiting = list(written)
    while waiting:
        ready = [name for name in waiting if needs[name].isdisjoint(waiting)]
        if not ready:
            raise cycle(written, {name: sorted(needs[name]) for name in waiting})
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered


def cycle(
    written: Mapping[str, tuple[Equation, Expression | None]], needs: Mapping[str, list[str]]
) -> NetworkError:
    """The error that shows equations which need each other."""
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        shown = list(reversed(error.args[1]))
        problem = ReadingError("needs itself: " + " → ".join(shown))
        return NetworkError([(written[shown[0]][0], problem)])
    raise AssertionError("no cycle")


def dense(
    layers: Mapping[str, str], batch: str = "1"
) -> tuple[dict[str, Shape], dict[str, Shape], list[Equation]]:
    """Inputs, parameters and equations of a dense network, ``{x: "30", hidden: "64 relu"}``.

    Layer k, counted from 1 after the input, has weights ``Wk``, biases ``bk`` and pre-activations
    ``zk``; its output has the layer's own name. Each is a column per example of the batch.
    """
    columns = size(batch)
    (entry, width), *rest = ((name, text.split()) for name, text in layers.items())
    inputs = {entry: (size(width[0]), columns)}
    parameters: dict[str, Shape] = {}
    equations: list[Equation] = []
    before, before_size = entry, size(width[0])
    for number, (name, (rows, *activation)) in enumerate(rest, start=1):
        parameters[f"W{number}"] = size(rows), before_size
        parameters[f"b{number}"] = size(rows), 1
        equations.append(Equation(f"z{number}", f"W{number} @ {before} + b{number}"))
        function = activation[0] if activation else "identity"
        result = f"z{number}" if function == "identity" else f"{function}(z{number})"
        equations.append(Equation(name, result))
        before, before_size = name, size(rows)
    return inputs, parameters, equations


def units(
    layers: Mapping[str, str],
) -> tuple[dict[str, Shape], dict[str, Shape], list[Equation]]:
    """Inputs, weights and equations of single units without biases, ``{x: "4", h: "3 relu", y: "1"}``.

    Unit 2 of layer h puts out ``o_h2``; ``w_h2_j1`` joins it to unit 1 of layer j. The only unit of the
    last layer has the layer's own name.
    """
    inputs: dict[str, Shape] = {}
    parameters: dict[str, Shape] = {}
    equations: list[Equation] = []
    before: list[str] = []
    for place, (name, text) in enumerate(layers.items(), start=1):
        count, *rest = text.split()
        alone = count == "1" and place == len(layers)
        own = [name] if alone else [f"{name}{unit}" for unit in range(1, int(count) + 1)]
        inputs |= {f"o_{unit}": SCALAR for unit in own if place == 1}
        for unit in own if before else ():
            weights = [f"w_{other}_{unit}" for other in before]
            parameters |= dict.fromkeys(weights, SCALAR)
            terms = (f"{w} * o_{other}" for w, other in zip(weights, before, strict=True))
            total = " + ".join(terms)
            function = rest[0] if rest else "identity"
            result = total if function == "identity" else f"{function}({total})"
            equations.append(Equation(f"o_{unit}", result))
        before = own
    return inputs, parameters, equations


def size(text: str) -> Size:
    """A size as a number or a symbol."""
    return int(text) if text.isascii() and text.isdigit() else text


def scalars(declared: Iterable[str]) -> dict[str, Shape]:
    """The shape of names that are all scalars."""
    return dict.fromkeys(declared, SCALAR)
