"""What a solution calls things: derivatives by the author's short names or δ, and the logarithm as the sheet does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from grader.memo import memoized
from grader.model import Model
from reference.language.expression import Name, parts
from reference.language.over_time import Time, parted
from reference.language.roles import derivative_name, is_derivative, is_quantity
from reference.network import Network

PRE_ACTIVATION = re.compile(r"z_?(\d*)")
LOG = re.compile(r"\\log(?![a-z_])|\blog(?=\()")


def as_on_the_sheet(text: str, model: Model) -> str:
    """The natural logarithm is ln in a solution where the author says so and no equation on the sheet has it."""
    if not says_ln(model):
        return text
    return LOG.sub(lambda found: r"\ln" if found[0].startswith("\\") else "ln", text)


@memoized
def says_ln(model: Model) -> bool:
    file = model.exercise.file
    said = [file.text, *(question.ask for question in file.questions)]
    said += [blank.because for blank in model.blanks]
    printed = (model.stated_equations, model.stated_definitions, *model.own.values())
    equations = [one for equations in printed for one in equations.values()]
    shown = any(part.operation == "log" for one in equations for part in parts(one))
    return not shown and any(r"\ln" in text for text in said)


@memoized
def short_names(model: Model) -> Mapping[str, str]:
    """Derivative → its short name: ``dL/dz2`` → ``delta2``."""
    return {**deltas(model.printed), **own(model.complete)}


def own(network: Network) -> dict[str, str]:
    """The names that an author gives to derivatives, as ``L'``."""
    return {
        meaning.name: name
        for name, meaning in network.equations.items()
        if is_quantity(name) and isinstance(meaning, Name) and is_derivative(meaning.name)
    }


def deltas(printed: Network) -> dict[str, str]:
    """δ with the number of a layer, for the derivative of the loss; none where an author uses the letter."""
    if not printed.equations or any(name.startswith("delta") for name in printed.vocabulary.names):
        return {}
    last = [*printed.equations][-1]
    if not last[0].isupper():
        return {}  # it is no loss, which has a capital: L, E, J, Loss
    found = [(name, PRE_ACTIVATION.fullmatch(name)) for name in printed.equations]
    joint = "_" if printed.symbols.time and "z" in printed.symbols.time.spans else ""
    return {
        derivative_name(last, name): f"delta{joint}{match[1]}"
        for name, match in found
        if match and name != last
    }


@memoized
def over_steps(model: Model) -> Time | None:
    """The steps of a model, of its short names too."""
    time = model.complete.symbols.time
    if time is None:
        return None
    named = [found[0] for one in short_names(model).values() if (found := parted(one))]
    return replace(time, spans={**dict.fromkeys(named, (1, time.last)), **time.spans})
