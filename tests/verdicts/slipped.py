"""Slips in the formulas of the whole bank, and other algebra for them, judged by Python and NumPy at points that satisfy the equations."""

from __future__ import annotations

import ast
import operator
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.answers import ExpressionKey
from grader.drawing import Variant
from tests.verdicts.trees import Array, fits

CLOSE = 1e-7  # relative
APART = 0.03  # share of the points at which what is wrong differs
EACH = 12  # slips of a formula
SIGNS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: np.power,
    ast.Gt: lambda a, b: (a > b) * 1.0,
    ast.Lt: lambda a, b: (a < b) * 1.0,
    ast.GtE: lambda a, b: (a >= b) * 1.0,
    ast.LtE: lambda a, b: (a <= b) * 1.0,
}
CALLS: Mapping[str, Callable[..., Array]] = {
    "exp": np.exp,
    "log": np.log,
    "log2": np.log2,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "tanh": np.tanh,
    "sign": np.sign,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "sum": lambda x: x.sum((1, 2), keepdims=True),
    "mean": lambda x: x.mean((1, 2), keepdims=True),
}
SAME = ["({}) * 3 / 3", "-(0 - ({}))", "({}) / 2 + ({}) / 2", "2 * ({}) - ({})", "({}) - 1 + 1", "({}) * (1 + 1) * 0.5"]  # fmt: skip
WRONG = ["-({})", "2 * ({})", "({}) / 2", "1.03 * ({})", "1.001 * ({})", "({})^T", "({}) + 1", "({}) + 0.001", "({}) * (1 + 1e-5)", "({})^2", "abs({})", "0", "1"]  # fmt: skip
TURNED = [(" + ", " - "), (" - ", " + "), (" * ", " / "), (" / ", " * "), ("^T", ""), (" .* ", " @ "), (" @ ", " .* "), (" > ", " < "), ("log(", "exp("), ("exp(", "tanh("), ("sqrt(", "("), ("abs(", "("), ("sum(", "mean("), ("mean(", "sum(")]  # fmt: skip
NAME = re.compile(r"(?<![\w'.])([A-Za-z_]\w*)(?![\w(])")


class Unclear(Exception):
    """It is no formula that is judged here."""


def value(text: str, at: Mapping[str, Array]) -> Array:
    """A formula in plain signs, (points, rows, columns).

    Raises:
        Unclear: it holds something else than operations and names that are known here.
        ValueError: its shapes do not fit.
    """
    code = text.replace(".*", "*").replace("^T", ".T").replace("^", "**")
    try:
        with np.errstate(all="ignore"):
            return of(ast.parse(code, mode="eval").body, at)
    except SyntaxError as error:
        raise Unclear from error


def of(node: ast.expr, at: Mapping[str, Array]) -> Array:
    match node:
        case ast.Constant(float() | int() as number):
            return np.full((1, 1, 1), float(number))
        case ast.Name(name) if name in at:
            return at[name]
        case ast.Attribute(inner, "T"):
            return np.swapaxes(of(inner, at), 1, 2)
        case ast.UnaryOp(ast.USub(), inner):
            return -of(inner, at)
        case ast.BinOp(left, ast.MatMult(), right):
            one, other = of(left, at), of(right, at)
            if one.shape[1:] == other.shape[1:] and 1 in one.shape[1:]:  # as of arrays of one axis
                return (one * other).sum((1, 2), keepdims=True)
            return np.matmul(one, other)
        case ast.Call(ast.Name(name), [inner], []) if name in CALLS:
            return CALLS[name](of(inner, at))
        case ast.BinOp(left, sign, right) | ast.Compare(left, [sign], [right]) if type(sign) in SIGNS:  # fmt: skip
            one, other = of(left, at), of(right, at)
            if not fits(one, other):
                raise ValueError("shapes do not fit")
            return SIGNS[type(sign)](one, other)
    raise Unclear


def differ(right: Array, text: str, at: Mapping[str, Array]) -> bool:
    """Is a formula clearly not the right one?"""
    try:
        given = value(text, at)
    except ValueError:
        return True
    except Unclear:
        return False
    if given.shape[1:] != right.shape[1:]:
        return True
    one, other = np.broadcast_arrays(right, given)
    with np.errstate(all="ignore"):
        apart = np.abs(one - other) > CLOSE * (np.abs(one) + np.abs(other)) + 1e-13
    apart &= np.isfinite(one) & np.isfinite(other)
    return bool(np.any(apart, axis=(1, 2)).mean() > APART)


def slips(text: str, names: list[str], chance: random.Random) -> Iterator[str]:
    """A formula with one thing in it that is not right, or that may not be."""
    yield from (one.replace("{}", text) for one in WRONG)
    for old, new in TURNED:
        for found in re.finditer(re.escape(old), text):
            yield text[: found.start()] + new + text[found.end() :]
    for found in NAME.finditer(text):
        name = found[1]
        if name not in names:
            continue
        others = [f"{name}^2", "1", f"(-{name})", f"({name} + 1)", chance.choice(names)]
        for other in others:
            yield text[: found.start()] + other + text[found.end() :]
    for found in re.finditer(r"(?<![\w.])\d+(?![\w.])", text):
        yield text[: found.start()] + str(int(found[0]) + 1) + text[found.end() :]


def texts(variant: Variant, chance: random.Random) -> Iterator[tuple[str, str, str, bool]]:
    """Blank, kind, text, and whether it is right."""
    for blank, (_, key) in variant.keys.items():
        if not isinstance(key, ExpressionKey):
            continue
        at, text = key.points.values, key.show()
        try:
            right = value(text, at)
        except (Unclear, ValueError):
            continue
        for one in SAME:
            yield blank, "other algebra", one.replace("{}", text), True
        known = [name for name in key.allowed if name in at and name != "T"]
        tried = [*dict.fromkeys(slips(text, known, chance))]
        for slip in chance.sample(tried, min(EACH, len(tried))):
            if differ(right, slip, at):
                yield blank, "a slip in a formula", slip, False
