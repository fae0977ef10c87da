"""Indexed equations as LaTeX, plain text that reads back, and characters.

The paper says once that terms with a place that does not exist are left out; such conditions are not written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from reference.language.indexed.nodes import (
    ZERO,
    At,
    Call,
    Cond,
    Condition,
    Constant,
    First,
    Guard,
    Never,
    Node,
    Piece,
    Place,
    Reduce,
    Softmax,
    letter,
    walk,
)
from reference.language.indexed.ranges import Axes, existing
from reference.language.whole import Floor, Known, Monomial, Range, Whole, named_in, whole
from reference.language.writing import (
    ATOM,
    INDEX_LETTERS,
    NEGATED,
    PLAIN,
    PRODUCT,
    SUM,
    WRITERS,
    Style,
    Written,
    latex_number,
    plain_number,
    with_index,
)

SIGNS = {">=": (r"\ge", ">="), "==": ("=", "="), "!=": (r"\ne", "!=")}
SUMS = {"sum": r"\sum", "max": r"\max", "min": r"\min"}
STEP = re.compile(
    r"_(?:\{([^{}]*)\}|(\w))$|([₀-₉]+)$"
)  # a subscript at the end of a name in characters
ON_THE_LINE = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def with_last(shown: str, places: str) -> str:
    """A name in characters with the places of an entry behind its subscript, as ``c_{t−1,j}`` and ``S_{1,i,j}``."""
    found = STEP.search(shown)
    if found is None:
        return f"{shown}_{{{places}}}"
    own = (found[1] or found[2] or found[3]).translate(ON_THE_LINE)
    return f"{shown[: found.start()]}_{{{own},{places}}}"


class Script:
    """Writes one piece in a style.

    Args:
        names: quantity → how it is written.
        axes: of the quantities; with them, conditions that only say that a place exists are left out.
    """

    def __init__(
        self, style: Style, piece: Piece, names: Mapping[str, str], axes: Axes | None, known: Known
    ) -> None:
        self.style, self.names, self.axes, self.facts = style, names, axes, known
        self.ranges: dict[str, Range] = dict(piece.ranges)
        self.letters = {index: letter(index) for index, _ in piece.ranges}
        self.taken = {*names.values(), *(size for size, _ in known.least)}
        self.sign = 1 if style.flat else 0
        self.below = ("<=" if style is PLAIN else "≤") if style.flat else r"\le"

    # Places and conditions

    def place(self, value: Whole) -> str:
        """Indices first, then sizes, then numbers: ``m - j + 1``, ``s (i - 1) + q``."""
        if value.symbol is not None:
            return self.atom(value.symbol)
        text = ""
        left = dict(value.terms)
        for monomial, factor in sorted(value.terms, key=self.rank):
            if monomial in left:
                del left[monomial]
                body = self.monomial(monomial, abs(factor), left, factor < 0)
                text += (
                    f" {'-' if factor < 0 else '+'} {body}" if text else "-" * (factor < 0) + body
                )
        return text or "0"

    def monomial(
        self, monomial: Monomial, factor: int, left: dict[Monomial, int], negative: bool
    ) -> str:
        """A term; an index with a factor takes along what has the same one, as ``s (i - 1)``."""
        space = " " if self.style.flat else r"\,"
        own = [atom for atom in monomial if atom in self.letters]
        rest = tuple(atom for atom in monomial if atom not in self.letters)
        sizes = [str(factor)] * (factor != 1 or not monomial) + [*map(self.atom, rest)]
        constant = left.get(rest, 0) * (-1 if negative else 1)
        if len(own) == 1 and sizes and constant and constant % factor == 0:
            del left[rest]
            shift = constant // factor
            inner = f"({self.atom(own[0])} {'-' if shift < 0 else '+'} {abs(shift)})"
            return space.join([*sizes, inner])
        return space.join([*sizes, *map(self.atom, own)])

    def rank(self, term: tuple[Monomial, int]) -> tuple[int, bool]:
        monomial, factor = term
        own = any(isinstance(atom, str) and atom in self.letters for atom in monomial)
        return (0 if own else 2 if not monomial else 1), factor < 0

    def atom(self, atom: str | Floor) -> str:
        if isinstance(atom, Floor):
            top, bottom = self.place(atom.top), self.place(atom.bottom)
            if self.style is PLAIN:
                return f"floor(({top}) / {bottom})"
            left, right = "⌊⌋" if self.style.flat else (r"\lfloor ", r" \rfloor")
            return (
                f"{left}({top}) / {bottom}{right}"
                if self.style.flat
                else rf"{left}({top})/{bottom}{right}"
            )
        return self.style.name(self.letters.get(atom, letter(atom)))

    def entry(self, name: str, at: Sequence[Whole]) -> Written:
        shown = self.names.get(name, self.style.name(name))
        if not at:
            return Written(shown, NEGATED if shown.startswith("-") else ATOM)
        joint = ", " if self.style is PLAIN else ","
        inside = joint.join(
            self.place(one) if self.style is PLAIN else self.place(one).replace(" ", "")
            for one in at
        )
        if self.style is PLAIN:
            return Written(f"{shown}[{inside}]")
        if self.style.flat:
            return Written(with_last(shown, inside))
        if shown.startswith(r"\frac{\partial "):
            upper, middle, lower = shown[:-1].rpartition(r"}{\partial ")
            return Written(f"{upper}{middle}{with_index(lower, inside)}}}")
        return Written(with_index(shown, inside))

    def condition(self, cond: Condition) -> str:
        if isinstance(cond, Never):
            return ("not " if self.style.flat else r"\text{not } ") + self.conditions(cond.conds)
        left = Whole(tuple(term for term in cond.value.terms if term[1] > 0))
        right = -Whole(tuple(term for term in cond.value.terms if term[1] < 0))
        if cond.sign == ">=" and self.varying(right).terms:
            return f"{self.place(right)} {self.below} {self.place(left)}"
        return f"{self.place(left)} {SIGNS[cond.sign][self.sign]} {self.place(right)}"

    def conditions(self, conds: Sequence[Condition], body: Node | None = None) -> str:
        """Conditions, two on one place as one chain ``1 <= m - j + 1 <= n``."""
        found: list[str] = []
        left = list(conds)
        while left:
            one = left.pop(0)
            other = self.opposite(one, left)
            if other is not None and isinstance(one, Cond):
                left.remove(other)
                found.append(self.chain(one, other, body))
            else:
                found.append(self.condition(one))
        return ", ".join(found)

    def opposite(self, one: Condition, others: Sequence[Condition]) -> Cond | None:
        """A condition on the other end of the same place."""
        if not isinstance(one, Cond) or one.sign != ">=":
            return None
        middle = self.varying(one.value)
        if not middle.terms:
            return None
        same = (
            c
            for c in others
            if isinstance(c, Cond) and c.sign == ">=" and self.varying(c.value) == -middle
        )
        return next(same, None)

    def chain(self, one: Cond, other: Cond, body: Node | None) -> str:
        """Two ends as one chain; in the middle a place as it stands in the body, if there is one."""
        places = [
            place
            for node in (walk(body) if body else ())
            if isinstance(node, At)
            for place in node.at
        ]
        lower = one if self.varying(one.value).terms[0][1] > 0 else other
        for place in (*places, self.varying(lower.value)):
            for low, high in ((one, other), (other, one)):
                if self.varying(place) == self.varying(low.value):
                    ends = (
                        self.place(place - low.value),
                        self.place(place),
                        self.place(high.value + place),
                    )
                    return f" {self.below} ".join(ends)
        raise AssertionError("the last place is the lower end's own")

    def varying(self, value: Whole) -> Whole:
        """The terms with an index, also within a floor."""
        return Whole(
            tuple(
                t
                for t in value.terms
                if any(not named_in(a).isdisjoint(self.letters) for a in t[0])
            )
        )

    # Values

    def within(self, node: Node, least: int) -> str:
        return self.style.bracket(self.written(node), least)

    def written(self, node: Node) -> Written:
        match node:
            case Constant(value):
                return plain_number(value) if self.style.flat else latex_number(value)
            case Place(value):
                alone = len(value.terms) == 1 and len(value.terms[0][0]) < 2
                return Written(self.place(value), ATOM if alone else SUM)
            case At(name, at):
                return self.entry(name, at)
            case Call(operation, args):
                return WRITERS[operation](node, [self.written(one) for one in args], self.style)
            case Guard():
                return self.guarded(node)
            case Reduce():
                return self.reduced(node)
            case Softmax(index, _, conds, body):
                along = self.place(index)
                under = self.conditions(conds) if conds else along
                if not under.startswith(along):
                    under = f"{along}, {under}"
                called = "softmax" if self.style.flat else r"\operatorname{softmax}"
                return Written(f"{called}_{{{under}}} {self.within(body, PRODUCT)}", PRODUCT)
            case First():
                return self.first(node)
        raise TypeError(node)

    def guarded(self, node: Guard) -> Written:
        conds, body, other = node.conds, node.body, node.other
        if other == ZERO and self.said_already(conds, body):
            return self.written(body)
        yes, no = self.within(body, 0), self.within(other, 0)
        if self.style.flat and self.said_already(conds, body):
            return Written(f"({yes} else {no})")
        if self.style.flat:
            return Written(f"({yes} where {self.conditions(conds, body)}, else {no})")
        rows = rf"{yes} & {self.conditions(conds, body)} \\ {no} & \text{{otherwise}}"
        return Written(rf"\begin{{cases}}{rows}\end{{cases}}")

    def said_already(self, conds: Sequence[Condition], body: Node) -> bool:
        """Do conditions only say that the places of a body exist?"""
        return not self.unsaid(conds, body)

    def unsaid(self, conds: Sequence[Condition], body: Node) -> tuple[Condition, ...]:
        """The conditions that say more than that the places of a body exist."""
        if self.axes is None:
            return tuple(conds)
        there = existing(body, self.axes, self.ranges, self.facts)
        return tuple(one for one in conds if one not in there)

    def enter(self, node: Reduce) -> dict[str, str]:
        """Letters for the indices of a reduction, which no other one around it has; those before."""
        before = self.letters
        self.letters = dict(before)
        used = {*before.values(), *self.taken}
        for index, span in node.ranges:
            base = letter(index)
            if base in used:
                base = next(one for one in INDEX_LETTERS if one not in used)
            used.add(base)
            self.letters[index] = base
            if span is not None:
                self.ranges[index] = span
        return before

    def reduced(self, node: Reduce) -> Written:
        before = self.enter(node)
        conds = self.unsaid(node.conds, node.body)
        if node.kind == "mean" and not (conds or self.style is PLAIN):
            return self.mean(node, before)
        body = self.within(node.body, PRODUCT)
        text = self.under(node, conds)
        self.letters = before
        if self.style is PLAIN:
            return Written(f"({text} {body})")
        return Written(f"{text} {body}", NEGATED, "sum_over")

    def mean(self, node: Reduce, before: dict[str, str]) -> Written:
        """A mean as a sum by the number of its terms."""
        count = whole(1)
        for low, high in node.known.values():
            count = count * (high - low + 1)
        self.letters = before
        total = self.reduced(replace(node, kind="sum"))
        number = self.place(count)
        shown = (
            f"1/({number})" if len(count.terms) > 1 or len(count.terms[0][0]) > 1 else f"1/{number}"
        )
        front = shown if self.style.flat else rf"\frac{{1}}{{{number}}}"
        return Written(f"{front} {total.text}", NEGATED, "sum_over")

    def under(self, node: Reduce, conds: Sequence[Condition]) -> str:
        """The sign of a reduction with what stands below it, and above it where it is a plain sum.

        On paper, ends with a floor are left out where an index runs over all places of an axis.
        """
        said = [self.conditions(conds, node.body)] if conds else []
        spans = [(index, one) for index, one in node.ranges if one is not None]
        if self.style is PLAIN:
            return f"{node.kind}_{{{', '.join([*(self.span(*one) for one in spans), *said])}}}"
        alike = {"sum": "sum"} if self.style.flat else SUMS
        sign = self.style.signs.get(node.kind, alike.get(node.kind, node.kind))
        if node.kind == "sum" and not conds and not self.all_over_axes(node):
            ends = ((self.place(whole(index)), *map(self.place, one)) for index, one in spans)
            return " ".join(f"{sign}_{{{index}={low}}}^{{{high}}}" for index, low, high in ends)
        if self.all_over_axes(node):
            rows = [",".join(self.place(whole(index)) for index, _ in spans), *said]
        else:
            rows = [*(self.span(*one) for one in spans), *said]
        between = ", " if self.style.flat else r";\; "  # pages cannot show \substack
        return f"{sign}_{{{between.join(rows)}}}"

    def span(self, index: str, span: Range) -> str:
        low, high = map(self.place, span)
        shown = self.place(whole(index))
        if self.style.flat:
            return f"{shown} in {low}..{high}"
        two = low.isdigit() and high == str(int(low) + 1)
        return f"{shown}={low},{high}" if two else f"{shown}={low},\\dots,{high}"

    def all_over_axes(self, node: Reduce) -> bool:
        """Does every index stand alone in a place and run over its axis, which for one of them ends with a floor?"""
        if self.axes is None or not any(
            isinstance(atom, Floor) for _, one in node.ranges if one for atom in one[1].atoms
        ):
            return False
        over = {
            (str(place), span)
            for one in walk(node.body)
            if isinstance(one, At)
            for place, span in zip(one.at, self.axes[one.name], strict=True)
        }
        return all((index, span) in over for index, span in node.ranges)

    def first(self, node: First) -> Written:
        at = ", ".join(map(self.place, node.at))
        before = self.enter(node.of)
        under = self.under(node.of, self.unsaid(node.of.conds, node.of.body))
        _, _, under = under.removesuffix("}").partition("_{")
        inside = self.within(node.of.body, PRODUCT)
        self.letters = before
        at = f"({at})" if len(node.at) > 1 else at
        if self.style.flat:
            return Written(f"1{{{at} = arg{node.of.kind}_{{{under}}} {inside}}}")
        return Written(rf"\mathbb{{1}}\{{{at} = \arg\{node.of.kind}_{{{under}}} {inside}\}}")
