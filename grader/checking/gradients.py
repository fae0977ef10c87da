"""Do the gradients agree three ways?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.checking.subject import Subject
from grader.drawing import Variant
from grader.errors import Problem
from grader.memo import memoized
from grader.model import Blank, Model
from reference.derivatives.certify import Certificate, certify
from reference.equivalence.points import SamplePoints
from reference.language.expression import names
from reference.language.roles import answer_name, of_and_by
from reference.language.values import Array
from reference.network import Network

CALM = 16  # of the random points, those of moderate size, where finite differences can be trusted


def gradients(subject: Subject) -> Iterator[Problem]:
    """The gradients that are not certified."""
    for one, _ in certificates(subject):
        if not one.holds:
            yield subject.at["questions"].problem(
                f"d{one.of}/d{one.by} is not certified: off by {one.from_differences:.1e} from "
                f"finite differences, {one.from_sympy:.1e} from SymPy",
                "gradient",
            )


def certified(subject: Subject) -> int:
    """How many gradients agree, those of each variant counted."""
    return sum(count for one, count in certificates(subject) if one.holds)


@memoized
def certificates(subject: Subject) -> list[tuple[Certificate, int]]:
    """Each certificate, and at how many points or variants it was made."""
    found = [
        (certificate, len(next(iter(values.values()))))
        for model, values in batches([one for one in subject.variants if smooth(one)])
        for of, by in sorted(derivatives(model, model.network, model.blanks).items())
        for certificate in certify(model.complete, of, sorted(by), values)
    ]
    for variant in subject.examples:
        found += [(certificate, CALM) for certificate in symbolic(variant.solved.model)]
    return found


def smooth(variant: Variant) -> bool:
    """Are there derivatives? The printed variant may stand at a kink, where a convention gives one."""
    flags = variant.solved.faults.get("kink")
    return flags is None or not flags[variant.row]


@memoized
def symbolic(model: Model) -> tuple[Certificate, ...]:
    """Certificates of the gradients that a structure asks for as expressions, at random points."""
    found: list[Certificate] = []
    asked = [one for one in model.blanks if one.expression is not None]
    keys = [one.expression for one in asked if one.expression is not None]
    for points in dict.fromkeys(key.points for key in keys):
        small = SamplePoints(points.network, points.domains, dict.fromkeys(model.sizes, 2))
        values = {name: array[:CALM] for name, array in small.values.items()}
        for of, by in sorted(derivatives(model, points.network, asked).items()):
            found += certify(points.network, of, sorted(by), values)
    return tuple(found)


def derivatives(model: Model, network: Network, asked: Sequence[Blank]) -> dict[str, set[str]]:
    """Of → by, of the derivatives that the keys of some blanks and the exercise's own names stand for."""
    wanted: dict[str, set[str]] = {}
    stated = [*(answer_name(blank.address) for blank in asked), *model.defined]
    for name in (one for one in stated if one in network.equations):
        for derivative in names(network.equations[name]):
            if "/d" in derivative:
                of, by = of_and_by(derivative)
                wanted.setdefault(of, set()).add(by)
    return wanted


def batches(good: Sequence[Variant]) -> Iterator[tuple[Model, dict[str, Array]]]:
    """The values of all variants of one structure and size, stacked."""
    groups: dict[tuple[Model, tuple[tuple[int, ...], ...]], list[Variant]] = {}
    for variant in good:
        columns = variant.solved.columns
        shapes = tuple(value.shape[1:] for value in columns.values.values())
        groups.setdefault((columns.model, shapes), []).append(variant)
    for group in groups.values():
        model = group[0].solved.model
        if not model.targets:
            continue
        known = [variant.solved.columns.known() for variant in group]
        yield (
            model,
            {
                name: np.stack([one[name][v.row] for one, v in zip(known, group, strict=True)])
                for name in known[0]
            },
        )
