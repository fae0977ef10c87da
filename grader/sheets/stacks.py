"""A stack of layers in words: each with its kind and the options that are written."""

from __future__ import annotations

from collections.abc import Mapping

from grader.drawing import Draw
from grader.model import Model
from grader.sheets.notation import Notation
from grader.sheets.tables import in_markdown
from reference.counting.exact import exact
from reference.language.expression import Expression, Number, names, number, substitute
from reference.language.unicode import unicode
from reference.language.writing import latex
from reference.layers.kinds import KINDS
from reference.layers.stack import Layer

KIND = {
    "conv": "convolution",
    "transposed": "transposed convolution",
    "maxpool": "max pooling",
    "avgpool": "average pooling",
    "globalpool": "global average pooling",
    "mlp": "two dense layers, wide and back",
    "batchnorm": "batch norm",
    "layernorm": "layer norm",
    "groupnorm": "group norm",
    "rmsnorm": "RMS norm",
    "positions": "learned positions, added",
    "relu": "ReLU",
    "gelu": "GELU",
    "rnn": "plain RNN",
    "lstm": "LSTM",
    "gru": "GRU",
}
COUNTED = {  # what stands behind a number
    "filters": ("filter", "filters"),
    "units": ("unit", "units"),
    "words": ("word", "words"),
    "heads": ("head", "heads"),
    "key_heads": ("head of keys and values", "heads of keys and values"),
    "directions": ("direction", "directions"),
    "groups": ("group", "groups"),
    "gates": ("gate", "gates"),
}
TOLD = {  # what a number of 0 or 1 means
    ("bias", 0): "without biases",
    ("bias", 2): "two biases for each gate",
    ("ceil", 1): "sizes rounded up",
    ("last", 1): "only its last state goes on",
    ("tied", 1): "weights shared with the embedding",
    ("projection", 0): "without a matrix behind the heads",
}
JOINED = {"add": "sum with", "concat": "joined, feature by feature, with"}


def stack(model: Model, draw: Draw, notation: Notation) -> str:
    """What comes in and every layer, as a list; sizes that an answer is not in terms of are numbers."""
    if model.stack is None or not model.exercise.file.states("stack"):
        return ""
    values = {n: number(size) for n, size in draw.sizes.items() if n not in model.symbols}
    before = model.stack.names
    shape = " × ".join(written(one, values, notation) for one in model.stack.shape)
    rows = [["layer", "what it is"], [before[0], f"what comes in: {shape}"]]
    for one, layer in zip(before, model.stack.layers, strict=False):
        rows.append([layer.name, described(layer, one, values, notation)])
    return in_markdown([[cell.replace("_", " ") for cell in row] for row in rows])


def described(
    layer: Layer, before: str, values: Mapping[str, Expression], notation: Notation
) -> str:
    """``convolution: 8 filters, kernel 5, stride 2``."""
    parts = []
    for option in KINDS[layer.kind].options:
        if option in layer.options:
            parts.append(phrase(option, layer.options[option], values, notation))
    if layer.other:
        parts.append(layer.other)
    kind = JOINED.get(layer.kind, KIND.get(layer.kind, layer.kind))
    told = (
        f" {parts[0]}"
        if layer.other
        else f": {', '.join(filter(None, parts))}"
        if any(parts)
        else ""
    )
    return kind + told + (f", from {layer.source}" if layer.source != before else "")


def phrase(
    option: str, value: Expression, values: Mapping[str, Expression], notation: Notation
) -> str:
    """One option in words; nothing of what goes without saying."""
    match value:
        case Number(size) if option in {name for name, _ in TOLD}:
            return TOLD.get((option, int(size)), "")
    shown = written(value, values, notation)
    if option not in COUNTED:
        return f"{option} {shown}"
    return f"{shown} {COUNTED[option][shown != '1']}"


def written(value: Expression, values: Mapping[str, Expression], notation: Notation) -> str:
    filled = substitute(value, values)
    if not names(filled):
        return str(exact(filled)({}))
    return unicode(filled) if notation is Notation.PLAIN else f"${latex(filled)}$"
