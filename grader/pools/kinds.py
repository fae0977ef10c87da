"""Which pool an answer draws of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.authored import AnswerFile
from grader.pools.choices import OneOf, SomeOf
from grader.pools.matching import Pairs
from grader.pools.ordering import Lines
from grader.pools.pool import Pool

POOLS: dict[str, Callable[[Any], Pool]] = {
    "choose_one": OneOf,
    "choose_several": SomeOf,
    "match": Pairs,
    "order": Lines,
}


def pool_of(answer: AnswerFile) -> tuple[str, Pool] | None:
    """The kind of an answer that draws of a pool, and the pool."""
    for kind, pool in POOLS.items():
        given = getattr(answer, kind)
        if given is not None:
            return kind, pool(given)
    return None
