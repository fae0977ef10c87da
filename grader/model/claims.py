"""What options of choices claim of the network of a structure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from grader.bank import Exercise
from grader.errors import Place
from grader.memo import memoized
from grader.model.model import Model
from grader.model.structure import Structure
from grader.model.values import condition, points_of
from grader.pools import Option
from reference.equivalence.points import SamplePoints
from reference.language.expression import Apply


class Claim(Struct, frozen=True, eq=False):
    """The claim of an option, as the comparison under ``holds``, which stands at a place of the file."""

    at: Place
    option: Option
    condition: Apply


class Claims(Struct, frozen=True, eq=False):
    """The claims on a structure, and points of a network that has all that they name."""

    claims: tuple[Claim, ...]
    points: SamplePoints


@memoized
def claims_of(model: Model) -> Claims:
    """What the options of all choices claim.

    Raises:
        AuthorError: with every claim that cannot be read.
    """
    structure = Structure(model.exercise, tuple(model.choices.items()))
    network, found = model.complete, []
    for at, option in options(structure.exercise, structure.at):
        if option.holds:
            read = condition(structure, option.holds, at["holds"], network)
            if read is not None:
                one, network = read
                found.append(Claim(at["holds"], option, one))
    structure.stop()
    return Claims(tuple(found), points_of(structure, network))


def options(exercise: Exercise, at: Place) -> Iterator[tuple[Place, Option]]:
    """The options of all choices that the author wrote, each with its place."""
    for index, question in enumerate(exercise.file.questions):
        for number, answer in enumerate(question.answers):
            here = at["questions"][index]["answer"]
            here = here[number] if isinstance(question.answer, list) else here
            for kind, given in (
                ("choose_one", answer.choose_one),
                ("choose_several", answer.choose_several),
            ):
                if given is not None:
                    for name, option in given.options.items():
                        yield here[kind]["options"][name], option
