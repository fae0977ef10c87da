"""How students write formulas: one tree in many spellings."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from tests.verdicts.trees import Tree

SUM, PRODUCT, POWER, ATOM = 1, 3, 4, 9
PRECEDENCE = {"+": SUM, "-": SUM, "neg": SUM, "sum": SUM, "*": PRODUCT, "/": PRODUCT, "hadamard": PRODUCT, "@": PRODUCT, "^": POWER, "T": POWER}  # fmt: skip
SUBSCRIPTS = str.maketrans("0123456789ijk", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ")
GREEK = {"alpha": ("α", r"\alpha"), "delta": ("δ", r"\delta")}


def plain(name: str) -> str:
    return {"ystar": "y^*"}.get(name, name)


def with_bar(name: str) -> str:
    """w_1, D_a, ystar."""
    stem = name.rstrip("0123456789")
    return name if stem == name else f"{stem}_{name[len(stem) :]}"


def unicode(name: str) -> str:
    stem = name.rstrip("0123456789")
    sign = {"yhat": "ŷ", "ystar": "y^*"}.get(stem) or GREEK.get(stem, (stem,))[0]
    return sign + name[len(stem) :].translate(SUBSCRIPTS)


def in_latex(name: str) -> str:
    stem = name.rstrip("0123456789")
    sign = {"yhat": r"\hat{y}", "ystar": "y^{*}"}.get(stem) or GREEK.get(stem, (stem, stem))[1]
    return sign + (f"_{{{name[len(stem) :]}}}" if stem != name else "")


class Style(NamedTuple):
    """Spellings of names and signs; ``{}`` stands for what is inside."""

    name: str
    names: Callable[[str], str]
    times: str = " * "
    both: str = " ⊙ "
    matmul: str = " @ "
    power: str = "{}^{}"
    transposed: str = "{}^T"
    minus: str = " - "
    brackets: str = "({})"
    quotient: str = "{} / {}"
    entry: str = "{}_{}"
    step: str = "1{{{}}}"
    same: str = "1{{{} = {}}}"
    total: str = "sum_{} {}"
    calls: dict[str, str] = {}
    decimals: bool = False
    spaces: bool = True


STYLES = [
    Style("plain", plain),
    Style("spaces for products", plain, times=" ", matmul=" ", both=" ∘ "),
    Style("python", plain, power="{}**{}", both=" * ", transposed="{}.T", entry="{}[{}]", step="({})", decimals=True),
    Style("underscores, no spaces", with_bar, times="*", both=".*", power="{}^({})", spaces=False),
    Style("unicode", unicode, times="·", minus=" − ", both=" ∘ ", matmul=" ", transposed="{}ᵀ", entry="{}_{}", total="Σ_{} {}", calls={"sigmoid": "σ({})"}),
    Style("latex", in_latex, times=r" \cdot ", both=r" \odot ", matmul=r"\, ", power="{}^{{{}}}", transposed=r"{}^\top", brackets=r"\left({}\right)", quotient=r"\frac{{{}}}{{{}}}", entry="{}_{{{}}}", step=r"\mathbb{{1}}\{{{}\}}", same=r"\delta_{{{}{}}}", total=r"\sum_{{{}}} {}", calls={"sigmoid": r"\sigma({})", "exp": "e^{{{}}}", "tanh": r"\tanh({})"}),
    Style("latex, run together", in_latex, times=" ", both=r" \circ ", matmul=" ", power="{}^{{{}}}", transposed="{}^T", entry="{}_{{{}}}", step=r"\mathbf{{1}}[{}]", same=r"\mathbb{{1}}\{{{} = {}\}}", total=r"\sum_{}{}", calls={"exp": r"\exp({})"}, spaces=False),
    Style("crosses", plain, times=" × ", both=" .* ", transposed="{}'", step="({})"),
    Style("names run together", plain, times="", step="(1 if {} else 0)"),
    Style("latex cases", in_latex, times=r" \times ", both=r" \odot ", matmul=" ", power="{}^{{{}}}", transposed=r"{}^{{T}}", quotient=r"\dfrac{{{}}}{{{}}}", entry="{}_{{{}}}", step=r"\begin{{cases}} 1 & {} \\ 0 & \text{{otherwise}} \end{{cases}}", brackets=r"\left[{}\right]"),
]  # fmt: skip


def written(node: Tree, style: Style) -> str:
    text = render(node, style)[0]
    return (
        text if style.spaces else text.replace(" + ", "+").replace(" - ", "-").replace(" / ", "/")
    )


def render(node: Tree, style: Style) -> tuple[str, int]:
    """The text, and how tightly it holds together."""
    kind, parts = node
    match kind:
        case "number":
            return number(parts[0], style)
        case "name":
            return style.names(parts[0]), ATOM
        case "entry":
            return style.entry.format(style.names(parts[0]), parts[1]), ATOM
        case "same":
            return style.same.format(*parts), ATOM
        case "call":
            inside = [render(one, style)[0] for one in parts[1:]]
            if parts[0] in style.calls:
                return style.calls[parts[0]].format(*inside), ATOM if "^" not in style.calls[
                    parts[0]
                ] else POWER
            head = (
                style.names(parts[0].rstrip("'")) + "'" * parts[0].count("'")
                if parts[0][0] == "g"
                else parts[0]
            )
            return f"{head}({', '.join(inside)})", ATOM
        case ">" | "<":
            left, right = (render(one, style)[0] for one in parts)
            return style.step.format(f"{left} {kind} {right}"), ATOM
        case "sum":
            return style.total.format(
                parts[0], bracketed(render(parts[1], style), ATOM, style)
            ), SUM
        case "T":
            return style.transposed.format(bracketed(render(parts[0], style), ATOM, style)), POWER
        case "^":
            base, exponent = (render(one, style) for one in parts)
            return style.power.format(bracketed(base, ATOM, style), exponent[0]), POWER
        case "neg":
            return style.minus.strip() + bracketed(render(parts[0], style), PRODUCT, style), SUM
    return between(kind, parts, style)


def between(kind: str, parts: tuple[Tree, ...], style: Style) -> tuple[str, int]:
    left, right = (render(one, style) for one in parts)
    if kind in "+-":
        sign = " + " if kind == "+" else style.minus
        looser = SUM if kind == "+" and parts[1].kind != "neg" else PRODUCT
        return bracketed(left, SUM, style) + sign + bracketed(right, looser, style), SUM
    if kind == "/":
        if style.quotient.startswith("\\"):
            return style.quotient.format(left[0], right[0]), ATOM
        above = (
            left[0]
            if parts[0].kind in ("*", "name", "number", "entry") and left[1] >= PRODUCT
            else bracketed(left, ATOM, style)
        )
        return style.quotient.format(above, bracketed(right, POWER, style)), PRODUCT
    sign = {"*": style.times, "hadamard": style.both, "@": style.matmul}[kind]
    holds = [
        ATOM
        if part.kind == "number" and not sign.strip()
        else POWER
        if part.kind != kind and PRECEDENCE.get(part.kind) == PRODUCT
        else PRODUCT
        for part in parts
    ]
    first, second = bracketed(left, holds[0], style), bracketed(right, holds[1], style)
    if not sign.strip() and second[0].isdigit():
        if first.endswith("}"):  # 1{x > 1} (1) could be a function of 1
            sign = " * "
        else:
            second = style.brackets.format(second)
    return first + sign + second, PRODUCT


def bracketed(text: tuple[str, int], least: int, style: Style) -> str:
    return text[0] if text[1] >= least else style.brackets.format(text[0])


def number(value: Fraction | int, style: Style) -> tuple[str, int]:
    value = Fraction(value)
    if value < 0:
        return f"({number(-value, style)[0]})".replace("(", "(-", 1), ATOM
    if value.denominator == 1:
        return str(value), ATOM
    if style.decimals:
        return repr(float(value)), ATOM
    if style.quotient.startswith("\\"):
        return style.quotient.format(value.numerator, value.denominator), ATOM
    return f"{value.numerator}/{value.denominator}", PRODUCT
