"""The names of derivatives in an indexed equation, whose places follow: ``dL/dy[i]``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from reference.language.grammar import Grammar
from reference.language.indexed.nodes import At, Node
from reference.language.over_time import ABSENT
from reference.language.roles import derivative_name
from reference.language.whole import Whole


class Differentials(Grammar[Node]):
    """Reads the name of a derivative as that of a quantity."""

    axes: Mapping[str, int]

    @abstractmethod
    def places(self, axes: int) -> tuple[Whole, ...]:
        """What stands between ``[`` and ``]``, or behind ``_``."""

    def partial(self) -> Node | None:
        return self.derivative()

    def derivative(self) -> Node | None:
        """``dL/dy``, whose places follow."""
        start = self.index
        upper = self.differential()
        if upper is not None and self.accept("/"):
            name = quotient(upper, self.differential())
            if name.removeprefix(ABSENT) in self.axes:
                return At(name)
        self.seek(start)
        return None

    def derivative_in_braces(self, column: int) -> Node | None:
        r"""``\frac{\partial L}{\partial y_i}``, the places within the braces."""
        start = self.index
        if self.accept("{"):
            upper = self.differential()
            if upper is not None and self.accept("}") and self.accept("{"):
                name = quotient(upper, self.differential())
                axes = self.axes.get(name.removeprefix(ABSENT))
                if axes is not None:
                    at = self.places(axes) if self.at("_", "[") else ()
                    self.expect("}")
                    return At(name, at)
        self.seek(start)
        return None

    def differential(self) -> str | None:
        """The name behind ``d`` or ``∂``."""
        drop = 0 if self.accept("∂") else 1
        if self.token.kind != "word" or (drop and self.token.text[0] != "d"):
            return None
        if drop and self.token.text == "d":
            self.advance()
            drop = 0
        found = self.spelled(drop)
        return None if found is None else found.name


def quotient(upper: str, lower: str | None) -> str:
    """The name of a derivative; that of what it is taken by, at a step that is not there."""
    if lower is None:
        return ""
    return lower if lower.startswith(ABSENT) else derivative_name(upper, lower)
