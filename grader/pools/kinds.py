"""Which pool an answer draws from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.pools.choices import OneOf, SomeOf
from grader.pools.matching import Pairs
from grader.pools.ordering import LinePool
from grader.pools.pool import Pool

POOLS: dict[str, Callable[[Any], Pool]] = {
    "choose_one": OneOf,
    "choose_several": SomeOf,
    "match": Pairs,
    "order": LinePool,
}
