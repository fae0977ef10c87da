"""Blanks of what a student constructs: what must hold becomes equations, as everything that is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

from grader.answers import Rows, Scoring
from grader.bank import ConstructFile, Quantity, QuestionFile, Rule, Tolerance, fill
from grader.errors import Place
from grader.model.blank import Blank
from grader.model.constructed import ConstructAsked, Constructed, in_numbers
from grader.model.labels import labels
from grader.model.sizes import size_grids
from grader.model.structure import Structure
from grader.model.values import key_of
from reference.language.dimensions import SCALAR, Shape, describe
from reference.language.errors import LanguageError
from reference.language.expression import Expression, Name
from reference.language.expression import names as names_in
from reference.language.names import unknown
from reference.language.roles import answer_name
from reference.language.unicode import unicode
from reference.language.writing import plain
from reference.network import Network
from reference.properties.comparison import Comparison, sides
from reference.properties.points import MAX_POINTS, Every, count
from reference.properties.trying import Edge

HINT = "what is constructed"


class Asking:
    """What a question asks to construct, as further equations of a network of its own."""

    def __init__(
        self, structure: Structure, question: QuestionFile, at: Place, network: Network
    ) -> None:
        self.structure, self.question, self.at, self.network = structure, question, at, network

    def name(self, what: str) -> str:
        return answer_name(f"{self.question.id} {what}")

    def add(self, name: str, text: str, at: Place) -> tuple[Expression, Shape] | None:
        """An equation of what an author wrote."""
        keyed = key_of(self.structure, text, at, self.network)
        if keyed is None:
            return None
        expression, shape, network = keyed
        self.network = network.extended({name: expression}, {name: shape})
        return expression, shape


def constructs(
    structure: Structure, question: QuestionFile, given: ConstructFile, at: Place, network: Network
) -> list[Blank]:
    """One blank for each name that is to be given."""
    asking = Asking(structure, question, at, network)
    compared = [
        one
        for number, text in enumerate(given.comparisons)
        for one in comparisons(asking, text, str(number), at["holds"], given)
    ]
    every = running(asking, given)
    entries = {name: [*right(asking, given, name)] for name in given.give}
    structure.stop()
    parts = {name: part(given, name, network.shapes[name]) for name in given.give}
    asked = ConstructAsked(
        parts,
        asking.network,
        tuple(compared),
        every,
        {name: network.shapes[name] for name in (*every.grids, *every.following)},
        entries,
        edge(question.tolerance or structure.file.tolerance),
        given.scoring is Scoring.EACH,
    )
    check_count(asking, asked)
    return [
        Blank(
            question.id,
            name,
            Fraction(0),
            HINT,
            Constructed(name, asked, labels(question.id, name)),
            asked=Name(name),
        )
        for name in given.give
    ]


def comparisons(
    asking: Asking, text: str, number: str, at: Place, given: ConstructFile
) -> Iterator[Comparison]:
    """A written comparison, its sides as equations."""
    here = at[int(number)] if isinstance(given.holds, list) else at
    try:
        left, sign, right = sides(fill(text, asking.structure.context))
    except LanguageError as error:
        asking.structure.misread(here, error)
        return
    names = asking.name(f"left {number}"), asking.name(f"right {number}")
    found = [asking.add(*pair, here) for pair in zip(names, (left, right), strict=True)]
    written = [one for one in found if one is not None]
    if len(written) < 2:
        return
    (of, shape), (asked, other) = written
    if shape != other and SCALAR not in (shape, other):
        here.report(
            f"{plain(of)} is {describe(shape)}, {plain(asked)} is {describe(other)}", "shapes"
        )
    hidden = any(map(asking.structure.file.hides, names_in(of)))
    called = unicode(of) if shape == SCALAR or isinstance(of, Name) else f"({unicode(of)})"
    yield Comparison(names[0], sign, names[1], "" if hidden else called, unicode(asked))


def running(asking: Asking, given: ConstructFile) -> Every:
    """What has other values from point to point."""
    at, network = asking.at, asking.network
    grids: dict[str, tuple[float, ...]] = {}
    columns: dict[str, str] = {}
    for name, values in given.for_every.items():
        here = at["for_every"][name]
        matrix = "" if isinstance(values, Rule) else fill(values, asking.structure.context)
        for one in filter(None, (name, matrix)):
            if one not in network.shapes or one in network.equations:
                here.report(unknown(one, network.inputs))
        if isinstance(values, Rule):
            grids[name] = values.grid()
        elif network.shapes.get(matrix, (1, 1))[0] != network.shapes.get(name, (1, 1))[0]:
            here.report(f"the columns of '{matrix}' do not fit '{name}'", "shapes")
        else:
            columns[name] = matrix
    if len({network.shapes[one][1] for one in columns.values() if one in network.shapes}) > 1:
        at["for_every"].report("expected matrices with the same number of columns", "shapes")
    if given.strings is None:
        return Every(grids, columns)
    return Every(grids, columns, given.strings.up_to, following(asking, given.strings.next))


def following(asking: Asking, given: Mapping[str, str]) -> dict[str, str]:
    """Name → that of its equation for the next letter."""
    found = {}
    for name, text in given.items():
        here = asking.at["strings"]["next"][name]
        shape = asking.network.shapes.get(name)
        if shape is None or name in asking.network.equations:
            here.key.report(unknown(name, asking.network.inputs))
            continue
        added = asking.add(asking.name(f"next {name}"), text, here)
        if added is not None and added[1] != shape:
            here.report(f"'{name}' is {describe(shape)}, found {describe(added[1])}", "shapes")
        found[name] = asking.name(f"next {name}")
    return found


def right(asking: Asking, given: ConstructFile, part: str) -> Iterator[Sequence[str]]:
    """The rows of a right answer, each entry by its name; one name where all of it is one expression."""
    value, at = given.reference.get(part, 0.0), asking.at["reference"][part]
    shape = asking.network.shapes[part]
    rows = value if isinstance(value, list) else [value]
    written = [row if isinstance(row, list) else [row] for row in rows]
    whole = not isinstance(value, list)
    for row, texts in enumerate(written):
        names = [asking.name(f"reference {part} {row} {column}") for column in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            added = asking.add(name, str(text), at)
            if added is not None and added[1] != (shape if whole else SCALAR):
                found = describe(added[1])
                expected = describe(shape if whole else SCALAR)
                at.report(f"'{text}' is {found}, expected {expected}", "shapes")
        yield names
    found_shape = len(written), len(written[0]) if written else 0
    differs = any(
        isinstance(one, int) and one != there for one, there in zip(shape, found_shape, strict=True)
    )
    if not whole and (differs or len({*map(len, written)}) != 1):
        at.report(f"expected {describe(shape)}", "shapes")


def part(given: ConstructFile, name: str, shape: Shape) -> tuple[Shape, str, Rows]:
    """The shape and the domain of what is to be given, and rows that show how to write it."""
    declared = given.give[name]
    domain = declared.domain if isinstance(declared, Quantity) else "real"
    sample = given.sample.get(name, [])
    rows = sample if isinstance(sample, list) else [sample]
    return shape, domain, [row if isinstance(row, list) else [row] for row in rows]


def edge(tolerance: Tolerance) -> Edge:
    """How far a side may be off."""
    return Edge(tolerance.absolute or 0.0, tolerance.relative or 0.0, not tolerance.exact)


def check_count(asking: Asking, asked: ConstructAsked) -> None:
    """There are not too many points, or strings, to try for every answer."""
    grids = size_grids(asking.structure.exercise)
    most = {name: int(max(grid)) for name, grid in grids.items()}
    shapes = {
        name: in_numbers(shape, most)
        for name, shape in asking.network.shapes.items()
        if name in asked.runs or name in asked.every.columns.values()
    }
    found = count(asked.every, shapes)
    if found > MAX_POINTS:
        asking.at["for_every"].report(f"{found} points, expected at most {MAX_POINTS}")


def undrawn(blanks: Sequence[Blank], drawn: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Each answer that is to be constructed, with the names that it needs and nobody draws."""
    asked = {one.source.of: one.question for one in blanks if isinstance(one.source, Constructed)}
    for whole, question in asked.items():
        if missing := sorted(whole.needs - {*drawn}):
            yield f"the answer to {question}", missing
