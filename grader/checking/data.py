"""Do the proofs about data hold before an independent check?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.checking.subject import Subject
from grader.errors import Problem
from reference.sufficiency import proofs


def data(subject: Subject) -> Iterator[Problem]:
    """Questions on data whose proofs are refused."""
    for variant in subject.examples:
        for asked in variant.solved.model.asked:
            for proof in asked.data.proved if asked.data else ():
                try:
                    proofs.check(proof.network, proof.target, proof.given, proof.decision)
                except proofs.Refused as refused:
                    place = f"{subject.places[asked.blank.question]}.answer"
                    yield subject.problem("proof", place, f"{asked.address}: {refused}")
