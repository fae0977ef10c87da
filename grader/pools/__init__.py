"""Pools of texts, of which a variant shows some to be chosen, matched or put in order; a kind a file."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.pools.choices import Choose, ChooseSeveral, OneOf
    from grader.pools.kinds import POOLS
    from grader.pools.matching import Match
    from grader.pools.ordering import Order
    from grader.pools.pool import Identifier, Option, Path, Pool, Reason, Statement, said_of
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "POOLS",
    "Choose",
    "ChooseSeveral",
    "Identifier",
    "Match",
    "OneOf",
    "Option",
    "Order",
    "Path",
    "Pool",
    "Reason",
    "Statement",
    "said_of",
]
