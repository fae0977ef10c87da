"""Do the proofs about data hold before an independent check?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.checking.subject import Subject
from grader.errors import Problem
from grader.model import DataSufficiency
from reference.sufficiency import proofs
from reference.sufficiency.deciding import Sufficiency


def data(subject: Subject) -> Iterator[Problem]:
    """Questions on data whose proofs are refused; structures share many, and each is looked at once."""
    seen: set[tuple[Sufficiency, str, frozenset[str]]] = set()
    for variant in subject.examples:
        for blank in variant.solved.model.blanks:
            if not isinstance(blank.source, DataSufficiency):
                continue
            for proof in blank.source.question.proved:
                question = proof.facts, proof.target, frozenset(proof.given)
                if question in seen:
                    continue
                seen.add(question)
                try:
                    proofs.check(proof.network, proof.target, proof.given, proof.decision)
                except proofs.Refused as refused:
                    at = subject.places[blank.question]["answer"]
                    yield at.problem(f"{blank.address}: {refused}", "proof")
