"""The questions of a structure, one after the other."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from grader.answers import DerivationKey, ExpressionKey
from grader.bank import AnswerFile, Quantity, QuestionFile, fill, pool_of
from grader.model.blank import Asked, Blank, Own
from grader.model.chains import chains
from grader.model.counts import counts, shapes
from grader.model.distractors import offered
from grader.model.structure import Structure, declared_network
from grader.model.sufficiency.items import sufficiency
from grader.model.texts import text
from grader.model.values import defined, key_of, values
from reference.misconceptions import NAMES
from reference.network import Network
from reference.points import Points


def ask(structure: Structure, network: Network) -> tuple[list[Asked], Network]:
    """The blanks of all questions, and the network extended by their keys."""
    asked: list[Asked] = []
    for index, question in enumerate(structure.file.questions):
        place = f"questions[{index}].answer"
        if question.equations:
            found = asked_apart(structure, question, index)
        else:
            found, network = asked_in(structure, question, place, network)
        if not found and not structure.problems:
            structure.report(place, "expected at least one blank")
        found, network = as_choices(structure, question, found, network, index)
        found, network = with_mistakes(structure, question, found, network, index)
        check_trivial(structure, question, found, f"questions[{index}].may_be_trivial")
        asked += share_points(question, found)
    return with_keys(structure, asked, network), network


def asked_in(
    structure: Structure, question: QuestionFile, place: str, network: Network
) -> tuple[list[Asked], Network]:
    """The blanks of one question, and the network extended by their keys."""
    found: list[Asked] = []
    for number, answer in enumerate(question.answers):
        here = f"{place}[{number}]" if isinstance(question.answer, list) else place
        more, network = answered(structure, question, answer, here, network)
        found += more
    return found, network


def asked_apart(structure: Structure, question: QuestionFile, index: int) -> list[Asked]:
    """The blanks of a question with equations of its own."""
    place = f"questions[{index}].equations"
    network = defined(structure, declared_network(structure, question.equations, place))
    found, network = asked_in(structure, question, f"questions[{index}].answer", network)
    found = with_keys(structure, found, network)
    if any(one.key is None for one in found):
        structure.report(place, "only questions with 'in_terms_of' can have their own equations")
    return found


def answered(
    structure: Structure, question: QuestionFile, answer: AnswerFile, place: str, network: Network
) -> tuple[list[Asked], Network]:
    offered = pool_of(answer)
    if offered is not None:
        pool = offered[1]
        return [Asked(blank=Blank(question.id, "", Fraction(0), pool.hint), pool=pool)], network
    if answer.text is not None:
        return text(structure, question, answer.text), network
    if answer.sufficiency is not None:
        return sufficiency(structure, question, answer.sufficiency, place, network), network
    if answer.parameters is not None or answer.entries is not None:
        return counts(structure, question, answer, place, network), network
    if answer.shapes is not None:
        return shapes(structure, question, answer, place, network), network
    if answer.chain is not None:
        return chains(structure, question, answer, place, network), network
    return values(structure, question, answer, place, network)


def as_choices(
    structure: Structure,
    question: QuestionFile,
    found: list[Asked],
    network: Network,
    index: int,
) -> tuple[list[Asked], Network]:
    """The one blank of a question that offers options, as a choice."""
    place = f"questions[{index}].answer"
    answer = question.answers[0]
    if answer.offer is None:
        return found, network
    if len(found) != 1 or question.equations:
        message = "a choice is the only blank of its question, and of the network's own equations"
        structure.report(f"{place}.offer", message)
        return found, network
    points = Points(network, domains(structure), distinct_sizes(structure))
    one, network = offered(structure, answer, place, found[0], network, points)
    return [one], network


def with_mistakes(
    structure: Structure,
    question: QuestionFile,
    found: list[Asked],
    network: Network,
    index: int,
) -> tuple[list[Asked], Network]:
    """The blanks with the author's own misconceptions, whose values the network gets as well."""
    place = f"questions[{index}]"
    for name in question.credit:
        if name not in NAMES:
            known = ", ".join(NAMES)
            message = f"no misconception is called '{name}' (names: {known})"
            structure.report(f"{place}.credit.{name}:key", message)
    credit = {name: Fraction(str(share)) for name, share in question.credit.items()}
    found = [replace(one, credit=credit) for one in found] if credit else found
    by_name = {one.blank.name: at for at, one in enumerate(found)}
    for number, mistake in enumerate(question.misconceptions):
        here = f"{place}.misconceptions[{number}]"
        at = by_name.get(mistake.blank)
        if at is None or not found[at].target:
            structure.report(here, f"'{mistake.blank}' is no blank with a value of the network")
            continue
        keyed = key_of(structure, mistake.value, f"{here}.value", network)
        if keyed is None:
            continue
        expression, shape, network = keyed
        target = f"{found[at].target} {number}"
        network = network.extended({target: expression}, {target: shape})
        own = Own(target, mistake.says, Fraction(str(mistake.credit)))
        found[at] = replace(found[at], mistakes=(*found[at].mistakes, own))
    return found, network


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


def with_keys(structure: Structure, asked: list[Asked], network: Network) -> list[Asked]:
    """The blanks, symbolic ones with their keys, now that the network has all that is asked."""
    points = Points(network, domains(structure), distinct_sizes(structure))
    return [with_key(one, points) if one.symbolic and not one.key else one for one in asked]


def with_key(asked: Asked, points: Points) -> Asked:
    wanted = asked.symbolic
    assert wanted is not None
    kind = DerivationKey if wanted.lines else ExpressionKey
    key = kind(
        wanted.expression,
        wanted.shape,
        wanted.allowed,
        points,
        wanted.either_layout,
        wanted.form,
        wanted.aliases,
    )
    return replace(asked, key=key, symbolic=replace(wanted, points=points))


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
    return {name: size for size, name in enumerate(structure.file.network.sizes, start=3)}
