"""What an author writes of a sequence or a set; a record of ``exercise_file``."""

from __future__ import annotations

from msgspec import Struct

from grader.answers import TokenPart
from grader.pools import Identifier


class Tokens(Struct, frozen=True, forbid_unknown_fields=True):
    """A sequence of tokens, or a set of them, that a student writes down.

    ``of``: The tokens there are, as `[A, B, C]`; unless given, those that `right` maps, else whole numbers.
    ``right``: A list of tokens, or of expressions that give whole numbers, which are places in `of` if that is given; of a set also token → a comparison that says whether it belongs.
    ``part``: What is earned by what is right in part: `nothing`; `prefix`, the share of a sequence up to its first mistake; `share`, that of the tokens that belong to a set, less that of the others.
    ``blank``: The name of the blank, if the question has several.
    """

    right: str | list[str | int] | dict[str, bool | str]
    of: list[str | int] = []
    part: TokenPart = TokenPart.NOTHING
    blank: Identifier | None = None

    @property
    def known(self) -> list[str]:
        """The tokens there are; none where they are whole numbers."""
        return [
            str(token) for token in self.of or (self.right if isinstance(self.right, dict) else ())
        ]
