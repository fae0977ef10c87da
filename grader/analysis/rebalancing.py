"""What balancing would have done, had it known what was observed: the seeds that each student might have had, taken by that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, pstdev

from grader.analysis.records import Observed, Spread
from grader.bank import Exercise
from grader.drawing import Draw, variants
from grader.errors import AuthorError, UsageError
from grader.papers import (
    Manifest,
    Paper,
    blueprint,
    measuring,
    read_manifest,
    read_secret,
    secret_file,
)

MOST = 200  # papers, as drawing takes long

Bank = Mapping[str, Exercise]
Scores = list[list[float]]


def rebalanced(quiz: Path, known: Bank, observed: Sequence[Observed]) -> Spread | None:
    """The spread of the points that papers let expect to be lost; nothing where no draw of an exercise differs from others."""
    measure = measuring.Observed(
        [measuring.Seen(one.exercise, one.lost, one.predicted, one.choices) for one in observed]
    )
    drawn = {one.exercise for one in observed if one.choices} & known.keys()
    manifest = read_manifest(quiz)
    try:
        secret = read_secret(secret_file(quiz))
    except UsageError:
        return None
    papers = [one for one in manifest.papers if not one.left][:MOST]
    try:
        options = candidates(manifest, papers, secret, known, drawn, measure) if drawn else []
    except AuthorError:  # an exercise was changed, so that its seeds draw nothing good any more
        return None
    if not options:
        return None
    aim = fmean(sum(map(fmean, one)) for _, one in options)
    chosen = [
        sum(own[at] for own, at in zip(one, blueprint.balanced(one, aim), strict=True))
        for _, one in options
    ]
    return Spread(len(options), pstdev(now for now, _ in options), pstdev(chosen))


def candidates(
    manifest: Manifest,
    papers: Sequence[Paper],
    secret: bytes,
    known: Bank,
    drawn: set[str],
    measure: measuring.Observed,
) -> list[tuple[float, Scores]]:
    """Of each paper, what it lets expect to be lost, and what it would with each seed of each exercise."""
    seeds = {
        (paper.student, item.draw.exercise): blueprint.seeds(
            manifest.quiz, paper.student, item.draw.exercise, secret
        )
        for paper in papers
        for item in paper.items
        if item.draw.exercise in drawn
    }
    found: dict[tuple[str, int], Draw] = {}
    for name in sorted(drawn):
        own = [seed for (_, other), some in seeds.items() if other == name for seed in some]
        found |= {
            (name, seed): one.draw
            for seed, one in zip(own, variants(known[name], own), strict=True)
        }
    options: list[tuple[float, Scores]] = []
    for paper in papers:
        items = [item for item in paper.items if item.draw.exercise in drawn]
        scores = [
            [
                measure.score(found[item.draw.exercise, seed], 0, item.out_of)
                for seed in seeds[paper.student, item.draw.exercise]
            ]
            for item in items
        ]
        now = sum(measure.score(item.draw, 0, item.out_of) for item in items)
        options.append((now, scores))
    return options
