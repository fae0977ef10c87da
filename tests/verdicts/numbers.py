"""The numbers of the bank, worked out by hand, with what students make of them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Given = Mapping[str, Any]  # name → Fraction, or a list of them


def two_layer_numbers(v: Given) -> dict[str, Any]:
    h1 = v["i1"] * v["w11"] + v["i2"] * v["w21"] + v["b1"]
    h2 = v["i1"] * v["w12"] + v["i2"] * v["w22"] + v["b2"]
    h3, h4 = max(h1, 0), max(h2, 0)
    o1 = h3 * v["w31"] + h4 * v["w41"] + v["b3"]
    o2 = h3 * v["w32"] + h4 * v["w42"] + v["b4"]
    error = ((o1 - v["t1"]) ** 2 + (o2 - v["t2"]) ** 2) / 2
    by_h1 = ((o1 - v["t1"]) * v["w31"] + (o2 - v["t2"]) * v["w32"]) * (h1 > 0)
    gradient = by_h1 * v["i2"]
    forward = {"h1": h1, "h2": h2, "h3": h3, "h4": h4, "o1": o1, "o2": o2}
    found = {f"forward.{name}": one for name, one in forward.items()}
    return {**found, "error": error, "update.gradient": gradient, "update.w21": v["w21"] - v["alpha"] * gradient}  # fmt: skip


def two_two_one(v: Given) -> dict[str, Any]:
    h1, h2 = (
        1 / (1 + math.exp(-float(v[f"w1{n}"] * v["x1"] + v[f"w2{n}"] * v["x2"] + v["b1"])))
        for n in (1, 2)
    )
    y = float(v["v1"]) * h1 + float(v["v2"]) * h2 + float(v["b2"])
    return {"output.h1": h1, "output.h2": h2, "output.y": y}


def scalar_residual_block(v: Given) -> dict[str, Any]:
    u0 = v["x0"] * v["w0"]
    y0 = u0 + v["b0"]
    x1 = max(y0, Fraction(0))
    u1 = x1 * v["w1"]
    y1 = u1 + v["b1"]
    v1 = y1 + v["x0"]
    forward = {"u0": u0, "y0": y0, "x1": x1, "u1": u1, "y1": y1, "v1": v1, "z": max(v1, 0)}
    on = v1 > 0
    by_y0 = on * v["w1"] * (y0 > 0)
    back = {"w0": by_y0 * v["x0"], "w1": on * x1, "b0": by_y0, "b1": Fraction(on)}
    return {f"forward.{n}": one for n, one in forward.items()} | {f"gradients.{n}": one for n, one in back.items()}  # fmt: skip


def layer_sizes(v: Given) -> dict[str, Any]:
    sizes = [v["n0"], v["n1"], v["n2"], v["n3"]]
    layers = [after * before + after for before, after in zip(sizes, sizes[1:], strict=False)]  # noqa: RUF007
    outputs = {
        f"outputs.{name}": size * v["m"] for name, size in zip("ABC", sizes[1:], strict=True)
    }
    blanks = ("hidden1", "hidden2", "output", "total")
    return outputs | {f"parameters.{n}": one for n, one in zip(blanks, [*layers, sum(layers)], strict=True)}  # fmt: skip


def learning_rate_grid(v: Given) -> dict[str, Any]:
    lower = sum(one < Fraction(1, 10) for one in v["alpha"])
    return {"decades.lower": Fraction(lower), "decades.upper": Fraction(len(v["alpha"]) - lower)}


NUMBERS = {
    "two-layer-numbers": two_layer_numbers,
    "two-two-one": two_two_one,
    "scalar-residual-block": scalar_residual_block,
    "layer-sizes": layer_sizes,
    "learning-rate-grid": learning_rate_grid,
}


def decimal(value: Any, digits: int = 6) -> str:
    """To so many decimals, without zeros at the end."""
    text = f"{Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(value):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def right(value: Any, label: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what is right; all of it to six decimals or exact."""
    text = decimal(value)
    yield "as it is", text
    yield "a label", f"{label} = {text}"
    yield "a Unicode minus", text.replace("-", "−")
    yield "about", f"≈ {text}"
    yield "dollars", f"${text}$"
    if len(text.partition(".")[2]) != 3:  # 1,234 is two numbers to two people
        yield "a comma", text.replace(".", ",")
    yield "scientific", f"{float(text):.6e}" if abs(float(text)) < 1e6 else text
    yield "powers of ten", rf"{float(text):.6f} \cdot 10^0"
    yield (
        "a plus and zeros",
        ("" if text[0] == "-" else "+") + (text + "00" if "." in text else text + ".00"),
    )
    if isinstance(value, Fraction) and value.denominator > 1:
        yield "a fraction", f"{value.numerator}/{value.denominator}"
        yield "a LaTeX fraction", rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
        yield "a sum", f"{decimal(value - 1)} + 1"
    yield "in bold", f"**{text}**"
    yield "as code", f"`{text}`"
    yield "printed", f"print({text})"
    yield "two sides", f"{decimal(value - 1)} + 1 = {text}"
    if isinstance(value, float):
        yield "to three figures", f"{value:.3g}"
        yield "to three decimals", f"{value:.3f}"
    if isinstance(value, float) and 0 < value < 1:
        yield "per cent", f"{decimal(100 * value)} %"
    if abs(value) >= 1000 and text.isdigit():
        yield "groups of digits", f"{int(text):,}"
        yield "groups with spaces", f"{int(text):,}".replace(",", " ")


def wrong(value: Any, others: list[Any], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Kind and text of what is wrong by 3 % or more; nothing where a slip changes less."""
    slips = {
        "another sign": -value,
        "3 % too much": value * Fraction(103, 100)
        if isinstance(value, Fraction | int)
        else value * 1.03,
        "5 % too little": value * Fraction(95, 100)
        if isinstance(value, Fraction | int)
        else value * 0.95,
        "twice": 2 * value,
        "half": value / 2 if isinstance(value, float) else Fraction(value) / 2,
        "one more": value + 1,
        "a neighbour's number": chance.choice(others),
    }
    for kind, one in slips.items():
        if abs(one - value) >= max(0.03 * abs(value), 1e-9) * 0.999:
            yield kind, decimal(one, 9)
            yield f"{kind} after what is right", f"{decimal(value)} = {decimal(one, 9)}"
    text = decimal(value)
    digits = [place for place, sign in enumerate(text) if sign.isdigit()][:2]
    if len(digits) == 2:
        first, second = digits
        turned = [*text]
        turned[first], turned[second] = turned[second], turned[first]
        if abs(float("".join(turned)) - float(value)) > 0.03 * abs(float(value)):
            yield "digits swapped", "".join(turned)
    coarse = f"{float(value):.0e}"
    if abs(float(coarse) - float(value)) > 0.03 * abs(float(value)):
        yield "rounded to one digit", decimal(float(coarse))
