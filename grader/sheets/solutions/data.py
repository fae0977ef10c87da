"""Why data are enough, or are not: a derivation, or two networks side by side."""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import DataQuestion, Proved
from reference.language.expression import Expression
from reference.language.writing import latex, latex_name
from reference.sufficiency.deciding import CHAIN, EULER, FORWARD, SAME, Insufficient, Sufficient

REASONS = {
    FORWARD: "the unit's own equation",
    CHAIN: "chain rule",
    SAME: "the two are the same",
    EULER: "it grows in proportion to these",
}


def of_data(question: DataQuestion) -> str:
    """The proofs that make an option right; what refutes both items refutes each, and what one proves, both prove."""
    *alone, both = question.proved
    enough = any(one.holds for one in alone)
    shown = alone if enough else [*alone, both] if both.holds else [both]
    return "\n\n".join(derived(one) if one.holds else refuted(one) for one in shown)


def derived(proof: Proved) -> str:
    """A derivation, a step in each line."""
    assert isinstance(proof.decision, Sufficient)
    steps = [
        f"{number}. {equation(step.quantity, step.formula)} ({REASONS[step.rule]})"
        for number, step in enumerate(proof.decision.steps, start=1)
    ]
    return f"{named(proof)} enough:\n\n" + "\n".join(steps)


def refuted(proof: Proved) -> str:
    """Two networks side by side."""
    assert isinstance(proof.decision, Insufficient)
    what = "them" if "both" in proof.what else "it"
    rows = ["| | | first network | second network |", "|---|---|---|---|"]
    rows += [" | ".join(("", *row, "")).strip() for row in compared(proof)]
    return (
        f"{named(proof)} not enough: two networks can agree on {what} and differ in "
        f"${latex_name(proof.target)}$. Inputs and weights that are not in the table are 1 in both.\n\n"
        + "\n".join(rows)
    )


def compared(proof: Proved) -> Iterator[tuple[str, str, str, str]]:
    """What is chosen or given, then what is asked for, in both networks."""
    assert isinstance(proof.decision, Insufficient)
    first, second = proof.decision.networks
    one, other = proof.values
    for name in first:
        if not first[name] == second[name] == 1:
            role = "given" if name in proof.given else "chosen"
            yield role, f"${latex_name(name)}$", f"${first[name]}$", f"${second[name]}$"
    for name in proof.given:
        if name not in first:
            yield "given", f"${latex_name(name)}$", f"${one[name]}$", f"${other[name]}$"
    target = proof.target
    yield "asked for", f"${latex_name(target)}$", f"${one[target]}$", f"${other[target]}$"


def named(proof: Proved) -> str:
    verb = "are" if "both" in proof.what else "is"
    return f"{proof.what[0].upper()}{proof.what[1:]} {verb}"


def equation(name: str, formula: Expression) -> str:
    return f"${latex_name(name)} = {latex(formula)}$"
