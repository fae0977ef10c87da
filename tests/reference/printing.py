"""Expressions as a student would type them: plain, Unicode and LaTeX, in any mixture.

A piece of text knows how tightly it binds, and what may stand beside it. The rules are those of the
language, in words of their own: whatever is printed here must read back to the same value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct

from reference.language.dimensions import SCALAR, Shape
from reference.language.expression import Apply, Expression, Name, Number
from reference.language.operations import OPERATIONS
from reference.language.shapes import infer
from tests.reference.strategies import level

CONDITION, SUM, PRODUCT, POSTFIX, ATOM = range(5)
SPELLINGS = {
    "yhat": ("yhat", "ŷ", r"\hat{y}", r"\hat y", r"\widehat{y}", "y_hat", "y\u0302"),
    "alpha": ("alpha", "α", r"\alpha", "𝛼"),
    "w_1": ("w_1", "w1", "w_{1}", "w₁", "w^{[1]}", "w^{(1)}", r"\mathbf{w}_1", "𝑤_1", "𝐰₁", r"\bm{w}_{1}"),
    "sigma2": ("sigma2", "sigma_2", r"\sigma_2", r"\sigma_{2}", "σ2", "σ₂", r"\sigma^{[2]}"),
    "dL/ds": ("dL/ds", "∂L/∂s", r"\frac{\partial L}{\partial s}", r"\frac{dL}{ds}", r"\partial L / \partial s"),
    "A": ("A", r"\mathbf{A}", r"\boldsymbol A", "𝐴", r"\mathrm{A}"),
    "u": ("u", r"\mathbf{u}", "𝒖", "𝐮"),
}  # fmt: skip
STEMS = {
    "yhat": ("yhat", "ŷ", r"\hat{y}"),
    "alpha": ("α",),
    "sigma2": ("σ_2", r"\sigma_2", "sigma2"),
}
CALLS = {
    "relu": ("relu", "ReLU", r"\operatorname{ReLU}", r"\text{relu}", r"\mathrm{ReLU}"),
    "sigmoid": ("sigmoid", "σ", "sigma", r"\sigma", "Sigmoid"),
    "tanh": ("tanh", r"\tanh", "Tanh"),
    "softmax": ("softmax", r"\operatorname{softmax}", r"\mathrm{softmax}"),
    "exp": ("exp", r"\exp"),
    "log": ("log", r"\log", "ln", r"\ln"),
    "max": ("max", r"\max"),
    "min": ("min", r"\min"),
    "largest": ("max", r"\max"),
    "smallest": ("min", r"\min"),
    "leaky_relu": ("leaky_relu", "LeakyReLU", r"\operatorname{LeakyReLU}"),
}
ENTRYWISE = ("⊙", "∘", ".*", r"\odot", r"\circ")
DECIDED = ("*", "·", "×", "⋅", r"\cdot", r"\times", r" \ast ")
SIGNS = {
    "gt": (">", r"\gt "),
    "ge": (">=", "≥", r"\ge ", r"\geq "),
    "lt": ("<", r"\lt "),
    "le": ("<=", "≤", r"\le ", r"\leqslant "),
    "eq": ("=", "=="),
    "ne": ("!=", "≠", r"\ne ", r"\neq "),
}
BRACKETS = (("(", ")"), (r"\left(", r"\right)"), ("( ", " )"), (r"\bigl(", r"\bigr)"))
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
INDEX_LETTERS = "jln"


class Text(Struct, frozen=True):
    """A piece of text.

    ``open``: nothing may follow it but a sign of a sum, as it ends in a sum over an index.
    ``quotient``: it ends in a division, after which a factor needs its sign.
    """

    text: str
    binds: int = ATOM
    open: bool = False
    quotient: bool = False


class Printer:
    """Prints resolved expressions with choices drawn by ``choose``."""

    def __init__(self, choose: Callable[[Sequence[Any]], Any], shapes: dict[str, Shape]) -> None:
        self.choose = choose
        self.shapes = shapes

    def print(self, expression: Expression) -> str:
        text = self.write(expression).text
        return self.choose((text, text, f"${text}$", rf"\({text}\)", f" {text}\n"))

    def seldom(self) -> bool:
        return bool(self.choose((False, False, False, True)))

    def space(self) -> str:
        return str(self.choose((" ", " ", "", "  ", r"\,", r"\; ")))

    def within(self, part: Text, least: int) -> str:
        """A part that must bind as tightly as ``least``, in brackets if it does not."""
        if part.binds < least or part.open or self.seldom():
            left, right = self.choose(BRACKETS)
            return f"{left}{part.text}{right}"
        return part.text

    def write(self, node: Expression) -> Text:
        match node:
            case Number(value):
                return self.number(value)
            case Name(name):
                return self.name(name)
            case Apply("add" | "subtract"):
                return self.sum(node)
            case Apply("negate", (inner,)):
                part = self.write(inner)
                sign = self.choose(("-", "−", "- ", "–"))
                return Text(sign + self.within(part, PRODUCT), PRODUCT, quotient=part.quotient)
            case Apply("scale" | "hadamard" | "matmul" | "divide"):
                return self.product(node)
            case Apply("power", (base, exponent)):
                return self.power(base, exponent)
            case Apply("transpose", (inner,)):
                return self.transpose(inner)
            case Apply("where"):
                return self.cases(node)
            case Apply("entry"):
                return self.entry(node)
            case Apply("sum_over"):
                return self.total(node)
            case Apply("span"):
                return Text(INDEX_LETTERS[level(node)])
            case Apply(operation) if operation in SIGNS:
                return self.indicator(node)
        return self.call(node)

    def number(self, value: Any) -> Text:
        top, bottom = value.numerator, value.denominator
        sign, top = ("-", -top) if top < 0 else ("", top)
        if bottom == 1:
            spelled = [str(top), f"{top}.0", f"{top}e0"]
        elif 100 % bottom == 0:
            digits = f"{top / bottom:.2f}"
            spelled = [digits, digits.lstrip("0") if top < bottom else digits]
            spelled += [f"{top * 100 // bottom}e-2", rf"\frac{{{top}}}{{{bottom}}}"]
        else:
            spelled = [rf"\frac{{{top}}}{{{bottom}}}", f"({top} / {bottom})", f"({top}/{bottom})"]
        return Text(sign + self.choose(spelled), PRODUCT if sign else ATOM)

    def name(self, name: str) -> Text:
        shown = self.choose(SPELLINGS.get(name, (name,)))
        return Text(shown, PRODUCT if name == "dL/ds" else ATOM)

    def sum(self, node: Apply) -> Text:
        left, right = map(self.write, node.args)
        sign = "+" if node.operation == "add" else self.choose(("-", "−", "–"))
        first = self.within(left, SUM) if not left.open else left.text
        space = self.space()
        # A sum that is open to the right stands last, where no sign takes the rest of it away.
        ends = right.open and right.binds >= PRODUCT and not self.seldom()
        last = right.text if ends else self.within(right, PRODUCT)
        return Text(f"{first}{space}{sign}{space}{last}", SUM, open=ends)

    def product(self, node: Apply) -> Text:
        if node.operation == "divide" and self.choose((True, False)):
            top, bottom = (self.write(argument).text for argument in node.args)
            return Text(rf"\{self.choose(('frac', 'dfrac', 'tfrac'))}{{{top}}}{{{bottom}}}")
        left, right = map(self.write, node.args)
        first, last = self.within(left, PRODUCT), self.within(right, POSTFIX)
        quotient = left.quotient and first == left.text
        if node.operation == "divide":
            sign = self.choose(("/", "÷", r"\div "))
            return Text(f"{first}{self.space()}{sign}{self.space()}{last}", PRODUCT, quotient=True)
        sign = self.choose(self.signs(node))
        if sign == "" and (quotient or not self.may_follow(first, last)):
            sign = "*" if "*" in self.signs(node) else r"\cdot "
        if sign == "":
            between = "" if last[0] in "(" and not self.is_called(first) else " "
            return Text(f"{first}{between}{last}", PRODUCT)
        if sign[0] == "\\":
            sign += " "
        return Text(f"{first}{self.space()}{sign}{self.space()}{last}", PRODUCT)

    def signs(self, node: Apply) -> tuple[str, ...]:
        """The signs that mean this product, by the shapes of its factors."""
        left, right = (infer(argument, self.shapes) for argument in node.args)
        fits_matrix, fits_entries = left[1] == right[0], left == right
        if SCALAR in (left, right):
            matrix = ("@",) if node.operation == "matmul" else ENTRYWISE
            return (*DECIDED, "", "", "", *matrix)
        own = ("@",) if node.operation == "matmul" else ENTRYWISE
        return own if fits_matrix and fits_entries else (*own, *DECIDED, "", "", "")

    def may_follow(self, first: str, last: str) -> bool:
        """May two factors stand beside each other without a sign?"""
        if last[0] == "1":  # an indicator
            return last[1:2] in ("{", "_")
        starts = last[0].isalpha() or last[0] in "(\\∂"
        bars = last.startswith((r"\left|", r"\lvert"))
        return starts and not bars and not (first[-1].isdigit() and last[0] in "eE")

    def is_called(self, first: str) -> bool:
        return first[-1].isalnum()

    def power(self, base: Expression, exponent: Expression) -> Text:
        first = self.within(self.write(base), ATOM)
        written = self.write(exponent)
        spelled = [f"^{{{written.text}}}", f"^({written.text})", f"^{self.within(written, ATOM)}"]
        spelled += [f"**{self.within(written, ATOM)}"]
        if isinstance(exponent, Number) and exponent.value.denominator == 1:
            spelled += [str(exponent.value).translate(SUPERSCRIPTS)] * 2
        return Text(first + self.choose(spelled), POSTFIX)

    def transpose(self, inner: Expression) -> Text:
        first = self.within(self.write(inner), ATOM)
        if first[-1].isdigit() or first[-1] == ".":
            first = f"({first})"
        signs = ["^T", "^{T}", ".T", "ᵀ", r"^\top", r"^{\top}", r"^\mathsf{T}"]
        if infer(inner, self.shapes) != SCALAR:  # where a prime may mean a derivative
            signs += ["'", "′", "'"]
        return Text(first + self.choose(signs), POSTFIX)

    def comparison(self, node: Expression) -> str:
        assert isinstance(node, Apply)
        left, right = (self.within(self.write(argument), SUM) for argument in node.args)
        return f"{left} {self.choose(SIGNS[node.operation])} {right}"

    def indicator(self, node: Apply) -> Text:
        inside = self.comparison(node)
        spelled = [
            "1{%s}",
            "I(%s)",
            "[%s]",
            r"1\{%s\}",
            r"\mathbb{1}\{%s\}",
            r"\mathbf{1}[%s]",
            "1_{%s}",
        ]
        if node.operation not in ("eq", "ne"):
            spelled += ["(%s)", "(%s)", "%s"]
        chosen = self.choose(spelled)
        return Text(chosen % inside, CONDITION if chosen == "%s" else ATOM)

    def cases(self, node: Apply) -> Text:
        test, yes, no = node.args
        if self.choose((True, False)):
            value = self.within(self.write(yes), SUM)
            return Text(f"({value} if {self.comparison(test)} else {self.write(no).text})")
        rows = []
        rest: Expression = node
        tests: set[Expression] = set()
        while isinstance(rest, Apply) and rest.operation == "where" and rest.args[0] not in tests:
            test, yes, no = rest.args
            tests.add(test)
            start = self.choose(("", r"\text{if } ", r"\text{for }"))
            rows.append(f"{self.within(self.write(yes), SUM)} & {start}{self.comparison(test)}")
            rest = no
        word = self.choose(
            (r"\text{otherwise}", r"\text{else}", "otherwise", r"\mathrm{otherwise}")
        )
        rows.append(f"{self.within(self.write(rest), SUM)} & {word}")
        comma = self.choose(("", ","))
        body = (comma + r" \\ ").join(rows)
        return Text(rf"\begin{{cases}} {body} \end{{cases}}")

    def entry(self, node: Apply) -> Text:
        of, *places = node.args
        row, column = map(self.place, places)
        only = infer(of, self.shapes)[1] == 1 and column == "1"
        inside = row if only else f"{row}{self.choose((',', ', '))}{column}"
        if not isinstance(of, Name) or "/" in of.name or self.seldom():
            return Text(f"{self.within(self.write(of), ATOM)}[{inside}]")
        stem, joint = self.choose(STEMS.get(of.name, (of.name,))), inside.replace(" ", "")
        if not only and (row + column).isalpha():
            joint = self.choose((joint, row + column))
        if stem[-1].isdigit():  # w_1 and its entry k, w_{1,k}
            layer = stem[-1]
            stem = stem[:-1].removesuffix("_")
            return Text(f"{stem}_{{{layer},{joint}}}")
        return Text(f"{stem}_{{{joint}}}" if len(joint) > 1 or self.seldom() else f"{stem}_{joint}")

    def place(self, node: Expression) -> str:
        return str(node.value) if isinstance(node, Number) else self.write(node).text

    def total(self, node: Apply) -> Text:
        axis, body = node.args
        assert isinstance(axis, Apply)
        index, size = self.write(axis).text, self.write(axis.args[0]).text
        sign = self.choose((r"\sum", "sum", "Σ", "∑", r"\sum\limits"))
        below = self.choose((index, f"{{{index}}}", f"{{{index}=1}}", f"{{{index} = 1}}"))
        match body:
            case Apply("where", (Apply("ne", (first, other)), value, Number(zero))) if (
                first == axis and not zero and self.choose((True, False))
            ):
                shown = self.within(self.write(other), SUM)
                below, body = f"{{{index} {self.choose(SIGNS['ne'])} {shown}}}", value
        above = self.choose(("", f"^{size}", f"^{{{size}}}"))
        part = self.write(body)
        inside = part.text if part.open and part.binds >= PRODUCT else self.within(part, PRODUCT)
        return Text(f"{sign}_{below}{above} {inside}", PRODUCT, open=True)

    def call(self, node: Apply) -> Text:
        operation, args = node.operation, list(node.args)
        if operation.startswith("call"):
            return self.abstract(args)
        inside = self.write(args[0]).text if operation == "abs" else ""
        if operation == "abs" and "|" not in inside and "vert" not in inside:
            bars = self.choose((("|", "|"), (r"\left|", r"\right|"), (r"\lvert ", r" \rvert"), ()))
            if bars:
                return Text(f"{bars[0]}{inside}{bars[1]}", POSTFIX)
        if operation == "sqrt" and self.choose((True, False)):
            return Text(rf"\sqrt{{{self.write(args[0]).text}}}")
        if operation == "exp" and infer(node, self.shapes) == SCALAR and self.seldom():
            return Text(f"e^{{{self.write(args[0]).text}}}", POSTFIX)
        if operation == "leaky_relu" and args[1] == Number(Fraction(1, 100)):
            args = args[: self.choose((1, 2))]
        written = OPERATIONS[operation].written
        name = self.choose(CALLS.get(operation, (written, rf"\operatorname{{{written}}}")))
        return Text(name + self.arguments(args))

    def arguments(self, args: Sequence[Expression]) -> str:
        left, right = self.choose(BRACKETS)
        return left + self.choose((", ", ",")).join(self.write(one).text for one in args) + right

    def abstract(self, args: list[Expression]) -> Text:
        function, *rest = args
        assert isinstance(function, Name)
        orders, args = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        name = function.name.removesuffix("()")
        name = self.choose((name, rf"\mathrm{{{name}}}"))
        for place, order in enumerate(orders, start=1):
            assert isinstance(order, Number)
            if order.value:
                name += self.choose(("'", "′")) * int(order.value)
                name += str(place) if len(orders) > 1 else ""
        return Text(name + self.arguments(args))
