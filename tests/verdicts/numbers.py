"""The numbers of the bank, worked out by hand, with what students make of them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Function = Callable[[Any], Any]
Given = Mapping[str, Any]  # name → Fraction, or a list of them; what is drawn of words → its name


def two_layer_numbers(v: Given) -> dict[str, Any]:
    h1 = v["i1"] * v["w11"] + v["i2"] * v["w21"] + v["b1"]
    h2 = v["i1"] * v["w12"] + v["i2"] * v["w22"] + v["b2"]
    below = Fraction({"relu": "0", "tenth": "0.1", "fifth": "0.2", "half": "0.5"}[v["activation"]])
    h3, h4 = (h if h > 0 else below * h for h in (h1, h2))
    o1 = h3 * v["w31"] + h4 * v["w41"] + v["b3"]
    o2 = h3 * v["w32"] + h4 * v["w42"] + v["b4"]
    error = ((o1 - v["t1"]) ** 2 + (o2 - v["t2"]) ** 2) / 2
    by_h1 = ((o1 - v["t1"]) * v["w31"] + (o2 - v["t2"]) * v["w32"]) * (1 if h1 > 0 else below)
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


def sigmoid(x: Any) -> float:
    return 1 / (1 + math.exp(-x))


def softplus(x: Any) -> float:
    return math.log1p(math.exp(x))


# Of scalar-residual-block: each function that is drawn, and its slope; exact where they can be.
FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "relu": (lambda x: x * (x > 0), lambda x: Fraction(x > 0)),
    "tenth": (lambda x: x if x > 0 else x / 10, lambda x: Fraction(1 if x > 0 else "0.1")),
    "fifth": (lambda x: x if x > 0 else x / 5, lambda x: Fraction(1 if x > 0 else "0.2")),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "softplus": (softplus, sigmoid),
    "square": (lambda x: x * x * (x > 0), lambda x: 2 * x * (x > 0)),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "parabola": (lambda x: x * x / 2, lambda x: x),
}
HIDDEN = {
    "relu(y0)": "relu",
    "leaky_relu(y0, 0.1)": "tenth",
    "leaky_relu(y0, 0.2)": "fifth",
    "tanh(y0)": "tanh",
    "sigmoid(y0)": "sigmoid",
    "softplus(y0)": "softplus",
}


def scalar_residual_block(v: Given) -> dict[str, Any]:
    hidden, slope_of_hidden = FUNCTIONS[HIDDEN[v["hidden"]]]
    output, slope_of_output = FUNCTIONS[v["output"]]
    u0 = v["x0"] * v["w0"]
    y0 = u0 + v["b0"]
    x1 = hidden(y0)
    u1 = x1 * v["w1"]
    y1 = u1 + v["b1"]
    v1 = y1 + v["x0"]
    forward = {"u0": u0, "y0": y0, "x1": x1, "u1": u1, "y1": y1, "v1": v1, "z": output(v1)}
    by_v1 = slope_of_output(v1)
    by_y0 = by_v1 * v["w1"] * slope_of_hidden(y0)
    back = {"w0": by_y0 * v["x0"], "w1": by_v1 * x1, "b0": by_y0, "b1": by_v1}
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
        if abs(value) >= 0.1:  # the sheet asks for three figures of what is smaller
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
