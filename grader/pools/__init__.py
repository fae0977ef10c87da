"""Pools of texts of which a variant shows some, to be chosen, matched or put in order."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.pools.choices import OneOf
    from grader.pools.kinds import POOLS, pool_of
    from grader.pools.pool import Pool
else:
    __getattr__ = lazy(__name__)

__all__ = ["POOLS", "OneOf", "Pool", "pool_of"]
