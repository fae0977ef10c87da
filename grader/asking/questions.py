"""The questions of a structure, one after the other."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from grader.answers import DerivationKey, ExpressionKey
from grader.asking.asked import Asked
from grader.asking.chains import chains
from grader.asking.counts import counts, shapes
from grader.asking.values import values
from grader.records import AnswerFile, Blank, Quantity, QuestionFile
from grader.structure import Structure
from grader.templates import fill
from reference.equivalence import Points
from reference.network import Network


def ask(structure: Structure, network: Network) -> tuple[list[Asked], Network]:
    """The blanks of all questions, and the network extended by their keys."""
    asked: list[Asked] = []
    for index, question in enumerate(structure.file.questions):
        place = f"questions[{index}].answer"
        found: list[Asked] = []
        for number, answer in enumerate(question.answers):
            here = f"{place}[{number}]" if isinstance(question.answer, list) else place
            more, network = answered(structure, question, answer, here, network)
            found += more
        if not found:
            structure.report(place, "expected at least one blank")
        check_trivial(structure, question, found, f"questions[{index}].may_be_trivial")
        asked += share_points(question, found)
    points = Points(network, domains(structure), distinct_sizes(structure))
    return [with_key(one, points) for one in asked], network


def answered(
    structure: Structure, question: QuestionFile, answer: AnswerFile, place: str, network: Network
) -> tuple[list[Asked], Network]:
    if answer.choose_one is not None:
        blank = Blank(question.id, "", Fraction(0), "the letter of one option")
        return [Asked(blank=blank, choose=answer.choose_one)], network
    if answer.parameters is not None or answer.entries is not None:
        return counts(structure, question, answer, place, network), network
    if answer.shapes is not None:
        return shapes(structure, question, answer, place, network), network
    if answer.chain is not None:
        return chains(structure, question, answer, place, network), network
    return values(structure, question, answer, place, network)


def check_trivial(
    structure: Structure, question: QuestionFile, found: list[Asked], place: str
) -> None:
    """Blanks that may be trivial must be there."""
    if isinstance(question.may_be_trivial, list):
        known = {one.blank.name for one in found}
        for name in question.may_be_trivial:
            if name not in known and not structure.exercise.file.choose:
                structure.report(place, f"'{name}' is no blank of this question")


def share_points(question: QuestionFile, asked: list[Asked]) -> list[Asked]:
    """The blanks of a question with equal shares of its points."""
    points = Fraction(str(question.points)) / max(len(asked), 1)
    return [replace(one, blank=replace(one.blank, points=points)) for one in asked]


def with_key(asked: Asked, points: Points) -> Asked:
    """A symbolic blank with its key, now that the network has all that is asked."""
    wanted = asked.symbolic
    if wanted is None:
        return asked
    kind = DerivationKey if wanted.lines else ExpressionKey
    key = kind(
        wanted.expression, wanted.shape, wanted.allowed, points, wanted.either_layout, wanted.form
    )
    return replace(asked, key=key)


def domains(structure: Structure) -> dict[str, str]:
    """The domain of each input and parameter that states one."""
    file = structure.file.network
    return {
        name: fill(quantity.domain, structure.context)
        for name, quantity in {**file.inputs, **file.parameters}.items()
        if isinstance(quantity, Quantity)
    }


def distinct_sizes(structure: Structure) -> dict[str, int]:
    """A number for each size, no two the same, so that no shapes fit by chance."""
    return {name: size for size, name in enumerate(structure.file.network.sizes, start=2)}
