"""Expression → LaTeX and plain text; plain text reads back to an equal expression."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from msgspec import Struct

from reference.language.expression import (
    ONLY,
    Apply,
    Expression,
    Name,
    Number,
    fold,
    names,
)
from reference.language.operations import OPERATIONS
from reference.language.roles import (
    MEAN,
    VARIANCE,
    Role,
    is_derivative,
    moment_of,
    role,
    written_parts,
)

GREEK_LETTERS = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon
    phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
"""
BOUND = "\x00"  # before the depth of an index whose letter is chosen at the end
INDEX_LETTERS = "jlrspqtuvwabcdfgikmnoxyz"
MARKS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
GREEK = frozenset(re.findall(r"\w+", GREEK_LETTERS))
SIGN = {"epsilon": "varepsilon"}  # ε, as people write it; others are called as they are
MOMENT_SIGNS = {
    MEAN: (r"\mathbb{E}", "E"),
    VARIANCE: (r"\operatorname{Var}", "Var"),
}  # LaTeX, plain
STAR = "^{*}"
PI = Fraction("3.141592653589793")
MINUS = ("-", "−")
DIGITS = "0123456789"  # not ₁
CALLED = {"sqrt": "√", "log2": "log₂", "log10": "log₁₀"}  # in characters
BRACKETS = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}
ATOM, POSTFIX, PRODUCT, NEGATED, SUM = 9, 5, 3, 2, 1


class Written(Struct, frozen=True, gc=False):
    """A part as text, with how tightly it binds and the operation at its top."""

    text: str
    precedence: int = ATOM
    operation: str = ""


def latex(expression: Expression) -> str:
    """The expression as LaTeX for mathematics mode."""
    return in_style(expression, LATEX)


def plain(expression: Expression) -> str:
    """The expression in the plain syntax of the language."""
    return in_style(expression, PLAIN)


def latex_with(expression: Expression, shown: Mapping[str, str]) -> str:
    """As :func:`latex`, with numbers or matrices in the place of some names."""
    return in_style(expression, LATEX, shown)


def factor(expression: Expression) -> str:
    """As :func:`plain`, in brackets where it could not stand in a product."""
    whole = fold(expression, lambda node, args: write(node, args, PLAIN))
    return with_letters(PLAIN.bracket(whole, POSTFIX), expression)


def in_style(
    expression: Expression,
    style: Style,
    shown: Mapping[str, str] | None = None,
    others: Mapping[int, Style] | None = None,
) -> str:
    """The expression in a style; ``others``: of some parts, by their ``id``."""
    styles = others or {}

    def visit(node: Expression, args: list[Written]) -> Written:
        if isinstance(node, Apply):
            return WRITERS[node.operation](node, args, styles.get(id(node), style))
        if shown and isinstance(node, Name) and node.name in shown:
            text = shown[node.name]
            return Written(text, bound(text))
        return write(node, args, style)

    return with_letters(fold(expression, visit).text, expression)


def bound(number: str) -> int:
    """How tightly a number binds; ``6.1 · 10⁻⁶`` is a product."""
    if number.startswith(MINUS):
        return NEGATED
    return PRODUCT if "·" in number or r"\cdot" in number else ATOM


def with_letters(text: str, expression: Expression) -> str:
    """A text with letters for the indices of sums, which no name of the expression has."""
    if BOUND not in text:
        return text
    free = [letter for letter in INDEX_LETTERS if letter not in names(expression)]
    return re.sub(BOUND + r"(\d+)", lambda match: free[int(match.group(1)) % len(free)], text)


@functools.lru_cache(maxsize=10_000)
def latex_name(name: str) -> str:
    """``w21`` as ``w_{21}``, ``yhat`` as ``\\hat{y}``, ``dL/dW1`` as a fraction."""
    name = name.removesuffix("()")
    if role(name) is Role.MOMENT:
        return rf"{MOMENT_SIGNS[name[0]][0]}\left[{latex_name(moment_of(name))}\right]"
    if "/" in name:
        upper, lower = written_parts(name)
        return rf"\frac{{\partial {latex_name(upper)}}}{{\partial {latex_name(lower)}}}"
    if name.endswith("]"):
        base, _, places = name[:-1].partition("[")
        return with_index(latex_name(base), places)
    if name.endswith("'"):
        return latex_name(name[:-1]) + "'"
    if "_{" in name:
        base, _, lag = name[:-1].partition("_{")  # s_{t-1}
        return with_index(latex_name(base), lag)
    match = re.fullmatch(r"([^\W\d_]+?)(hat|bar|tilde|star)?_?(\d[^\W_]*)?(?:_([^\W_]+))?", name)
    if match is None and re.fullmatch(r"[^\W\d_]+(?:_[^\W_]+)+", name):
        base, *subscripts = name.split("_")
        inner = ",".join(map(latex_name, subscripts))
        return rf"{latex_name(base)}_{{{inner}}}"
    if match is None:
        return rf"\mathit{{{name}}}".replace("_", r"\_")
    base, mark, digits, tail = match.groups()
    shown = (
        rf"\{SIGN.get(base, base)}"
        if base in GREEK
        else base
        if len(base) == 1
        else rf"\mathit{{{base}}}"
    )
    if mark in MARKS:
        shown = rf"{MARKS[mark]}{{{shown}}}"
    subscripts = [part for part in (digits, tail) if part]
    star = STAR if mark == "star" else ""
    if not subscripts:
        return shown + star
    inner = ",".join(part if part.isdigit() else latex_name(part) for part in subscripts)
    return rf"{shown}_{{{inner}}}{star}".replace("\\_", "_")


def with_index(shown: str, places: str) -> str:
    """A name in LaTeX with the place of an entry as its last subscript."""
    star = STAR if shown.endswith(STAR) else ""
    shown = shown.removesuffix(star) if star else shown
    if shown.endswith("}") and "_{" in shown:
        return f"{shown[:-1]},{places}}}{star}"
    return f"{shown}_{{{places}}}{star}"


def latex_number(value: Fraction) -> Written:
    if value.denominator == 1:
        return Written(str(value.numerator), ATOM if value.numerator >= 0 else NEGATED)
    text = decimal(value)
    if text is None:
        sign = "-" if value < 0 else ""
        text = rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
        return Written(text, PRODUCT + 1 if value >= 0 else NEGATED)
    return Written(text, ATOM if value >= 0 else NEGATED)


def plain_number(value: Fraction) -> Written:
    text = decimal(value)
    if text is None:
        return Written(f"{value.numerator}/{value.denominator}", PRODUCT, "divide")
    return Written(text, ATOM if value >= 0 else NEGATED)


def decimal(value: Fraction) -> str | None:
    """The finite decimal that equals a value, if it has one of at most 17 places."""
    if value.denominator == 1:
        return str(value.numerator)
    for places in range(1, 18):
        scaled, rest = divmod(abs(value.numerator) * 10**places, value.denominator)
        if not rest:
            digits = str(scaled).rjust(places + 1, "0")
            sign = "-" if value < 0 else ""
            return f"{sign}{digits[:-places]}.{digits[-places:]}"
    return None


class Applied(Protocol):
    """What is written: an operation with its arguments."""

    @property
    def operation(self) -> str: ...

    @property
    def args(self) -> Sequence[object]: ...


class Style(Struct, frozen=True):
    """What differs between LaTeX, plain text and text in characters.

    ``index``: of an operation's sign. ``flat``: is all of it in one line? ``name``, ``entry``: how a name, and an
    entry of one, are written. ``signs``: what stands in place of an operation's sign.
    """

    index: int
    left: str
    right: str
    transpose: str
    flat: bool
    name: Callable[[str], str]
    entry: Callable[[str, str], str] | None = None
    signs: Mapping[str, str] = {}

    def bracket(self, part: Written, least: int) -> str:
        """``part``, in brackets if it binds less tightly than ``least``."""
        if part.precedence >= least:
            return part.text
        return f"{self.left}{part.text}{self.right}"


def plain_name(name: str) -> str:
    if role(name) is Role.MOMENT:
        return f"{MOMENT_SIGNS[name[0]][1]}[{moment_of(name)}]"
    return name.removesuffix("()")


LATEX = Style(0, r"\left(", r"\right)", r"^{\top}", False, latex_name)
PLAIN = Style(1, "(", ")", "^T", True, plain_name)


def write(node: Expression, args: list[Written], style: Style) -> Written:
    """One node, its arguments being written already."""
    if isinstance(node, Apply):
        return WRITERS[node.operation](node, args, style)
    if isinstance(node, Number) and node.value == PI and style is not PLAIN:
        return Written(style.name("pi"))
    if isinstance(node, Number):
        return plain_number(node.value) if style.flat else latex_number(node.value)
    if isinstance(node, Name):
        quotient = PRODUCT if style.flat else POSTFIX  # a fraction bears no superscript
        return Written(style.name(node.name), quotient if is_derivative(node.name) else ATOM)
    parts = [style.bracket(part, NEGATED + 1) for part in args]
    joined = parts[0]
    for sign, part in zip(node.signs, parts[1:], strict=True):
        joined += f" {sign} {part}"
    return Written(joined, PRODUCT, "product")


def negation(_: Applied, args: list[Written], style: Style) -> Written:
    part = args[0]
    if part.operation == "sum_over":
        return Written("-" + part.text, NEGATED, "negated sum")
    operation = part.operation if PRODUCT <= part.precedence < POSTFIX else ""
    return Written("-" + style.bracket(part, PRODUCT), NEGATED, operation)


def is_negated(factor: object, written: Written) -> bool:
    """Does a first factor begin with a minus that may be that of the whole product?"""
    put_in = isinstance(factor, Name)  # a number in the place of a name
    return not put_in and written.precedence == NEGATED and written.text[0] in MINUS


def transpose(_: Applied, args: list[Written], style: Style) -> Written:
    return Written(base_of(args[0], style) + style.transpose, POSTFIX)


def base_of(part: Written, style: Style) -> str:
    """What bears a superscript; in LaTeX it must not end with one of its own."""
    base = style.bracket(part, ATOM)
    return f"{{{base}}}" if not style.flat and base.endswith(STAR) else base


def fraction(node: Applied, args: list[Written], style: Style) -> Written:
    if style.flat:
        return infix(node, args, style)
    return Written(rf"\frac{{{args[0].text}}}{{{args[1].text}}}", PRODUCT + 1)


def cases(_: Applied, args: list[Written], style: Style) -> Written:
    test, yes, no = (part.text for part in args)
    if style.flat:
        if style is not PLAIN and test.startswith("1{"):
            test = test[2:-1]
        return Written(f"({yes} if {test} else {no})")
    test = test.removeprefix(r"\mathbb{1}\{").removesuffix(r"\}")
    rows = rf"{yes} & {test} \\ {no} & \text{{otherwise}}"
    return Written(rf"\begin{{cases}}{rows}\end{{cases}}")


def span(_: Applied, args: list[Written], style: Style) -> Written:
    """The index of a sum, whose limit is kept as its operation."""
    return Written(f"{BOUND}{args[1].text}", operation=args[0].text)


def entry(node: Applied, args: list[Written], style: Style) -> Written:
    value, row, column = args
    joint = ", " if style is PLAIN else ","
    known = ((row, node.args[1]), (column, node.args[2]))
    places = joint.join(one.text for one, place in known if place is not ONLY)
    if style.entry and isinstance(node.args[0], Name):
        return Written(style.entry(node.args[0].name, places))
    if style.flat:
        return Written(f"{style.bracket(value, ATOM)}[{places}]")
    of = node.args[0]
    if not isinstance(of, Name):
        return Written(rf"\left({value.text}\right)_{{{places}}}")
    if is_derivative(of.name):
        upper, _, lower = of.name.rpartition("/")
        return Written(latex_name(f"{upper}/{lower}[{places}]"))
    return Written(with_index(value.text, places))


def total(_: Applied, args: list[Written], style: Style) -> Written:
    """A sum over an index; its limit is kept in the index's operation."""
    index, body = args
    inside = style.bracket(body, PRODUCT)
    if style.signs:
        return Written(f"{style.signs['sum']}_{{{index.text}}} {inside}", NEGATED, "sum_over")
    if style.flat:
        return Written(f"(sum_{{{index.text}=1}}^{{{index.operation}}} ({body.text}))")
    return Written(rf"\sum_{{{index.text}=1}}^{{{index.operation}}} {inside}", NEGATED, "sum_over")


def over_steps(_: Applied, args: list[Written], style: Style) -> Written:
    """A sum over the steps of a recurrence: its letter, the first and the last step, the terms."""
    letter, first, last, body = args
    inside = style.bracket(body, PRODUCT)
    limits = f"_{{{letter.text}={first.text}}}^{{{last.text}}}"
    if style.flat and not style.signs:
        return Written(f"(sum{limits} ({body.text}))")
    sign = style.signs.get("sum", r"\sum")
    return Written(f"{sign}{limits} {inside}", NEGATED, "sum_over")


def abstract(_: Applied, args: list[Written], style: Style) -> Written:
    """A call of an abstract function: its value, the order by each argument, the arguments."""
    count = len(args) // 2
    name = args[0].text
    orders = [int(one.text) if one.text.isdigit() else 0 for one in args[1 : count + 1]]
    inside = ", ".join(one.text for one in args[count + 1 :])
    if count == 1:
        name += "'" * orders[0]
    elif not style.flat:
        by = "".join(rf"\partial_{{{i}}}" * order for i, order in enumerate(orders, start=1))
        name = f"{by} {name}" if by else name
    else:
        by = "".join("'" * order + str(i) for i, order in enumerate(orders, start=1) if order)
        name += by
    if style.flat:
        return Written(f"{name}({inside})")
    return Written(rf"{name}\left({inside}\right)")


def power(_: Applied, args: list[Written], style: Style) -> Written:
    base = base_of(args[0], style)
    if not style.flat:
        return Written(f"{base}^{{{args[1].text}}}", POSTFIX)
    exponent = style.bracket(args[1], ATOM) if args[1].text != "T" else "(T)"  # no transpose
    return Written(f"{base}^{exponent}", POSTFIX)


def indicator(node: Applied, args: list[Written], style: Style) -> Written:
    sign = OPERATIONS[node.operation].sign
    assert sign is not None
    shown = style.signs.get(sign[style.index], sign[style.index])
    inside = f"{args[0].text} {shown} {args[1].text}"
    if not style.flat:
        return Written(rf"\mathbb{{1}}\{{{inside}\}}")
    if style is PLAIN and node.operation not in ("eq", "ne"):
        return Written(f"({inside})")
    return Written(f"1{{{inside}}}")


def infix(node: Applied, args: list[Written], style: Style) -> Written:
    """Two arguments and a sign; brackets wherever reading from left to right would differ."""
    operation = node.operation
    row = OPERATIONS[operation]
    assert row.sign is not None
    sign, own = row.sign[style.index], row.precedence
    if style.signs:
        sign = style.signs.get(sign, sign)
    left, right = args
    mixed = own == PRODUCT and left.operation not in ("", operation, "scale", "product")
    left_text = left.text
    first = own == PRODUCT and left.precedence == NEGATED and not mixed
    minus = first and style is not PLAIN and is_negated(node.args[0], left)
    if left.precedence < own + mixed and not minus:
        left_text = f"{style.left}{left_text}{style.right}"
    right_text = right.text
    in_brackets = right.precedence < own or (own == SUM and right_text[0] in MINUS)
    if right.precedence == own and not (right.operation == operation and row.associative):
        alone = own == PRODUCT and style is not PLAIN and isinstance(node.args[1], Name)
        in_brackets = in_brackets or not alone
    if in_brackets:
        right_text = f"{style.left}{right_text}{style.right}"
    if sign in (r"\,", "") and is_apart(left_text, right_text, style):
        sign = "·" if style.flat else r"\cdot"
    between = f" {sign} " if sign else " "
    if row.precedence == PRODUCT and right.operation == "sum_over" and style is not PLAIN:
        return Written(f"{left_text}{between}{right.text}", NEGATED, "sum_over")
    if minus:  # as that of the whole product
        return Written(f"{left_text}{between}{right_text}", NEGATED, operation)
    return Written(f"{left_text}{between}{right_text}", own, operation)


def is_apart(left: str, right: str, style: Style) -> bool:
    """Do two factors need a sign between them: is the second a number, or are both, or one a derivative in one line?"""
    if style.flat and "∂" in left.rpartition(" ")[2] + right:
        return True
    if not right.startswith(style.left):
        return right[:1].isdigit()
    bare = style.flat and left[-1] in DIGITS and "[" not in left + right
    if bare and not any(map(str.isalpha, left + right)):
        return True
    negative = right.removeprefix(style.left)
    return negative.startswith(MINUS) and negative[1:2].isdigit()


def inverse(node: Applied, args: list[Written], style: Style) -> Written:
    """As a power where it cannot be taken for that of each entry."""
    if style is PLAIN:
        return call(node, args, style)
    return Written(f"{base_of(args[0], style)}^{{-1}}", POSTFIX)


def rounded(node: Applied, args: list[Written], style: Style) -> Written:
    """Down or up to a whole number, in the brackets for it."""
    if style is PLAIN:
        return call(node, args, style)
    if style.flat:
        left, right = BRACKETS[node.operation]
        return Written(f"{left}{args[0].text}{right}")
    return Written(rf"\left\l{node.operation} {args[0].text} \right\r{node.operation}")


def call(node: Applied, args: list[Written], style: Style) -> Written:
    row = OPERATIONS[node.operation]
    inside = ", ".join(part.text for part in args)
    if node.operation == "abs" and "|" not in inside and style is not PLAIN:
        return Written(f"|{inside}|" if style.flat else rf"\left|{inside}\right|")
    if style.flat:
        name = row.written if style is PLAIN else CALLED.get(node.operation, row.written)
        return Written(f"{name}({inside})")
    if node.operation == "sqrt":
        return Written(rf"\sqrt{{{inside}}}")
    return Written(rf"{row.call}\left({inside}\right)")


Writer = Callable[[Applied, list[Written], Style], Written]


class Writers(dict[str, Writer]):
    """A writer an operation; indexed equations share one."""

    def __missing__(self, operation: str) -> Writer:
        from reference.language.indexed.rows import Text, write_rule  # which writes with these

        if not isinstance(operation, Text):
            raise KeyError(operation)
        return write_rule


WRITERS = Writers(
    {
        **{name: call if row.sign is None else infix for name, row in OPERATIONS.items()},
        "negate": negation,
        "transpose": transpose,
        "power": power,
        "inv": inverse,
        "floor": rounded,
        "ceil": rounded,
        "divide": fraction,
        "where": cases,
        "entry": entry,
        "span": span,
        "sum_over": total,
        "over steps": over_steps,
        "call1": abstract,
        "call2": abstract,
        **dict.fromkeys(
            (name for name, row in OPERATIONS.items() if row.precedence == 0), indicator
        ),
    }
)
