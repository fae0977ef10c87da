"""The questions of a structure, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec.structs import replace

from grader.answers import Verdict
from grader.bank import AnswerFile, QuestionFile, Table, fill, pool_of
from grader.errors import Place
from grader.model.blank import (
    Blank,
    Count,
    Fixed,
    Literal,
    Own,
    Source,
    Symbolic,
    Tally,
    Value,
    declared_somewhere,
)
from grader.model.chains import chains
from grader.model.constructs import constructs
from grader.model.counts import counts, shapes
from grader.model.deciding import drawn
from grader.model.definitions import defined
from grader.model.distractors import offered
from grader.model.literals import literals, tokens
from grader.model.mistakes import is_answer, none_of, takes_mistakes, with_misanswer
from grader.model.over_time import over_steps
from grader.model.structure import Structure, declared_network
from grader.model.sufficiency.items import sufficiency
from grader.model.tables import Cell, cells
from grader.model.tallies import tallies, with_mistake
from grader.model.texts import text
from grader.model.values import key_of, points_of, values
from reference.equivalence.points import SamplePoints
from reference.language.expression import Expression
from reference.language.names import canonical, unknown
from reference.misconceptions.table import NAMES
from reference.network import Network, split_equations

Equations = Mapping[str, Expression]


def ask(
    structure: Structure, network: Network
) -> tuple[list[Blank], Network, dict[str, Equations]]:
    """The blanks of all questions, the network extended by their keys, and the equations that a question has of its own."""
    asked: list[Blank] = []
    own: dict[str, Equations] = {}
    for index, question in enumerate(structure.file.questions):
        at = structure.at["questions"][index]
        if question.equations:
            found, own[question.id] = asked_apart(structure, question, at)
        else:
            found, network = asked_in(structure, question, at["answer"], network)
        if not found and not structure.problems:
            at["answer"].report("expected at least one blank")
        found, network = as_choices(structure, question, found, network, at["answer"])
        found, network = with_mistakes(structure, question, found, network, at)
        check_trivial(structure, question, found, at["may_be_trivial"])
        asked += share_points(question, found)
    points = points_of(structure, network)
    asked = [one if one.question in own else over(structure, points, one) for one in asked]
    asked = [sealed(structure.file.unseen, one) for one in asked]
    check_hidden(structure, network)
    return beside(asked), network, own


def check_hidden(structure: Structure, network: Network) -> None:
    """What is hidden is there, if only in another structure."""
    known = {*network.shapes, *structure.file.network.again}
    known |= {"stack"} if structure.stack else set()
    if runs := structure.file.network.runs:  # one for each step
        known |= {f"{name[:-1]}{runs[0]}" for name in known if name.endswith("_1")}
    listed, at = structure.file.hidden, structure.at["hidden"]
    for name in sorted(
        structure.file.unseen & {*([listed] if isinstance(listed, str) else listed)}
    ):
        if name not in known and not declared_somewhere(structure, name):
            here = at[listed.index(name)] if isinstance(listed, list) else at
            if not structure.file.choose:
                here.report(unknown(name, network.vocabulary.names))


def sealed(unseen: frozenset[str], blank: Blank) -> Blank:
    """A blank whose answer may name what is hidden only where the question lists it."""
    match blank.source:
        case Symbolic(key) if hidden := unseen - {*key.allowed}:
            points = replace(key.points, network=key.points.network.hiding(hidden))
            return replace(blank, source=Symbolic(replace(key, points=points)))
    return blank


def asked_in(
    structure: Structure, question: QuestionFile, at: Place, network: Network
) -> tuple[list[Blank], Network]:
    """The blanks of one question, and the network extended by their keys."""
    found: list[Blank] = []
    for number, answer in enumerate(question.answers):
        here = at[number] if isinstance(question.answer, list) else at
        more, network = answered(structure, question, answer, here, network)
        if answer.because:  # said once, of all that the answer asks for
            more[:1] = [replace(one, because=answer.because) for one in more[:1]]
        if not answer.steps:
            more = [replace(one, steps=False) for one in more]
        known = {one.address for one in found}
        for one in more:
            if one.address in known and not structure.problems:
                here.report(f"two blanks have the address '{one.address}'")
        found += more
    return found, network


def asked_apart(
    structure: Structure, question: QuestionFile, at: Place
) -> tuple[list[Blank], Equations]:
    """The blanks of a question with equations of its own, and these."""
    own = declared_network(structure, question.equations, at["equations"])
    found, network = asked_in(structure, question, at["answer"], defined(structure, own))
    points = points_of(structure, network)
    found = [over(structure, points, one) for one in found]
    if not all(isinstance(one.source, Fixed | Symbolic) for one in found):
        at["equations"].report("only questions with 'in_terms_of' can have their own equations")
    names = [one.name for one in split_equations(fill(question.equations, structure.context))]
    return found, {name: own.equations[name] for name in names}


def answered(
    structure: Structure, question: QuestionFile, answer: AnswerFile, at: Place, network: Network
) -> tuple[list[Blank], Network]:
    offered = pool_of(answer)
    if offered is not None:
        kind, pool = offered
        source, network = drawn(structure, question.id, pool, at[kind], network)
        return [Blank(question.id, "", Fraction(0), pool.hint, source)], network
    if answer.construct is not None:
        return constructs(structure, question, answer.construct, at["construct"], network), network
    if answer.literal is not None:
        return literals(structure, question, answer, at, network)
    if answer.sequence is not None or answer.set is not None:
        return tokens(structure, question, answer, at, network)
    if answer.text is not None:
        return text(structure, question, answer.text), network
    if answer.sufficiency is not None:
        return sufficiency(
            structure, question, answer.sufficiency, at["sufficiency"], network
        ), network
    if answer.parameters is not None or answer.entries is not None:
        return counts(structure, question, answer, at, network), network
    if answer.counts is not None:
        return tallies(structure, question, answer, at), network
    if answer.table is not None:
        return tabled(structure, question, answer.table, at["table"]["columns"], network)
    if answer.shapes is not None:
        return shapes(structure, question, answer, at, network), network
    if answer.chain is not None:
        return chains(structure, question, answer, at, network), network
    return values(structure, question, answer, at, network)


def tabled(
    structure: Structure, question: QuestionFile, table: Table, at: Place, network: Network
) -> tuple[list[Blank], Network]:
    """The blanks of a table, row by row, and the network extended by their keys."""
    found: list[Blank] = []
    for cell in cells(structure, table):
        here = at[cell.column]
        more, network = answered(structure, question, cell.answer, here, network)
        found += [
            replace(
                one,
                source=called_by(cell, one.source),
                cell=(cell.row, cell.column),
                because=cell.answer.because or "",
                steps=cell.answer.steps,
            )
            for one in more
        ]
    return found, network


def called_by(cell: Cell, source: Source) -> Source:
    """Where a key comes from, with row and column of its cell as a further label, as the sheet prints them."""
    match source:
        case Value() | Count() | Tally() | Literal():
            return replace(source, labels=(*source.labels, f"{cell.row},{cell.column}"))
    return source


def as_choices(
    structure: Structure,
    question: QuestionFile,
    found: list[Blank],
    network: Network,
    at: Place,
) -> tuple[list[Blank], Network]:
    """The one blank of a question that offers options, as a choice."""
    answer = question.answers[0]
    if answer.offer is None:
        return found, network
    if len(found) != 1 or question.equations:
        message = "a choice must be the only blank of a question without equations of its own"
        at["offer"].report(message)
        return found, network
    points = points_of(structure, network)
    one, network = offered(structure, answer, at["offer"], found[0], network, points)
    return [one], network


def with_mistakes(
    structure: Structure,
    question: QuestionFile,
    found: list[Blank],
    network: Network,
    at: Place,
) -> tuple[list[Blank], Network]:
    """The blanks with the author's own misconceptions, whose values the network gets as well."""
    for name in question.credit:
        if name not in NAMES and name != Verdict.NOT_AS_ASKED:
            known = ", ".join([*NAMES, Verdict.NOT_AS_ASKED])
            message = f"no misconception is called '{name}' (names: {known})"
            at["credit"][name].key.report(message)
    credit = {name: Fraction(str(share)) for name, share in question.credit.items()}
    found = [replace(one, credit=credit) for one in found] if credit else found
    by_name = {one.name: row for row, one in enumerate(found)}
    if len(found) == 1:
        by_name[""] = 0  # the one blank is meant
    for number, mistake in enumerate(question.misconceptions):
        here = at["misconceptions"][number]
        row = by_name.get(mistake.blank)
        if row is not None and isinstance(found[row].source, Tally):
            found[row] = with_mistake(structure, found[row], mistake, here["value"])
            continue
        if row is not None and is_answer(found[row], mistake):
            found[row] = with_misanswer(structure, found[row], mistake, here["value"])
            continue
        value = None if row is None else found[row].value
        if row is None or value is None:
            known = ", ".join(one.name for one in found if one.name and takes_mistakes(one))
            message = f"found '{mistake.blank}'" if mistake.blank else "found no 'blank'"
            here.report(
                f"expected the name of a blank whose answer is written ({known or none_of(found)}), {message}"
            )
            continue
        keyed = key_of(structure, mistake.value, here["value"], network)
        if keyed is None:
            continue
        expression, shape, network = keyed
        target = f"{value.target} {number}"
        network = network.extended({target: expression}, {target: shape})
        own = Own(target, mistake.says, Fraction(str(mistake.credit)))
        found[row] = replace(found[row], mistakes=(*found[row].mistakes, own))
    return found, network


def check_trivial(
    structure: Structure, question: QuestionFile, found: list[Blank], at: Place
) -> None:
    """Blanks that may be trivial must be there."""
    if isinstance(question.may_be_trivial, list):
        known = {one.name for one in found}
        for name in question.may_be_trivial:
            if name not in known and not structure.exercise.file.choose:
                at.report(f"'{name}' is not a blank of this question")


def share_points(question: QuestionFile, asked: list[Blank]) -> list[Blank]:
    """The blanks of a question with equal shares of its points."""
    points = Fraction(str(question.points)) / max(len(asked), 1)
    return [replace(one, points=points) for one in asked]


def beside(blanks: Sequence[Blank]) -> list[Blank]:
    """Blanks whose keys, if they are expressions, know how the others are called."""
    names = [canonical(one.name or one.question) for one in blanks]
    return [
        replace(one, source=Symbolic(replace(one.source.key, siblings=frozenset(names) - {name})))
        if isinstance(one.source, Symbolic)
        else one
        for one, name in zip(blanks, names, strict=True)
    ]


def over(structure: Structure, points: SamplePoints, blank: Blank) -> Blank:
    """A blank whose key, if it is an expression, is compared at these points: of a network with all that is asked."""
    match blank.source:
        case Symbolic(key):
            limit = structure.file.network.runs
            own = over_steps(points, key, limit is None or structure.file.states(limit[1]))
            return replace(blank, source=Symbolic(replace(key, points=own)))
    return blank
