"""Derivatives of a long network as SymPy finds them, equation by equation, put together forward by the chain rule.

Over many steps, one formula for all of a network would be far too long. The equations are built of SymPy scalars as in
:mod:`~reference.derivatives.certify`; here as well, nothing of the table's values or derivatives is used.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from reference.language.expression import Expression
from reference.language.values import Array
from reference.network import Network

Entries = Callable[[Expression, Mapping[str, Any]], Any]  # an equation over arrays of symbols


def chained(
    network: Network, of: str, by: Collection[str], values: Mapping[str, Array], entries: Entries
) -> dict[str, Array]:
    """Every derivative of a scalar, at all points.

    Args:
        values: of inputs, parameters and constants, each (batch, rows, columns).
    """
    needed = network.ancestors(of)
    sizes = {name: values[name][0].size for name in by}
    starts = dict(zip(by, np.cumsum([0, *sizes.values()]).tolist(), strict=False))
    total = sum(sizes.values())
    known = {name: np.asarray(values[name], dtype=float) for name in needed & values.keys()}
    batch = np.broadcast_shapes(*(one.shape[:1] for one in known.values()))
    slopes = {name: np.zeros((*batch, known[name][0].size, total)) for name in known}
    for name in by:
        if name in slopes:
            place = np.arange(sizes[name])
            slopes[name][:, place, starts[name] + place] = 1
    for name, expression in network.equations.items():
        if name in needed:
            known[name], slopes[name] = one_equation(
                expression, sorted(network.edges(name)), known, slopes, entries
            )
    found = slopes[of][:, 0] if of in slopes else np.zeros((*batch, total))
    return {
        name: found[:, starts[name] : starts[name] + sizes[name]].reshape(
            *batch, *values[name].shape[-2:]
        )
        for name in by
    }


def one_equation(
    expression: Expression,
    used: list[str],
    known: Mapping[str, Array],
    slopes: Mapping[str, Array],
    entries: Entries,
) -> tuple[Array, Array]:
    """The values of an equation, (batch, rows, columns), and their derivatives, (batch, entries, all entries by which)."""
    import sympy  # slow to load, so only where it is used

    symbols = {
        name: np.array(
            [
                [
                    sympy.Symbol(f"{name}_{i}_{j}".replace("/", "_"), real=True)
                    for j in range(columns)
                ]
                for i in range(rows)
            ],
            dtype=object,
        )
        for name, (rows, columns) in ((name, known[name].shape[-2:]) for name in used)
    }
    result = entries(expression, symbols)
    flat = [symbol for name in used for symbol in symbols[name].ravel()]
    local = [sympy.diff(one, symbol) for one in result.ravel() for symbol in flat]
    function = sympy.lambdify(flat, [*result.ravel(), *local], "numpy", cse=True)
    columns = [column for name in used for column in np.moveaxis(flattened(known[name]), -1, 0)]
    batch = columns[0].shape if columns else (1,)
    found = np.stack([np.broadcast_to(one, batch) for one in function(*columns)], axis=-1)
    count = result.size
    outer = found[..., count:].reshape(*batch, count, len(flat))
    inner = np.concatenate([slopes[name] for name in used], axis=1)
    return found[..., :count].reshape(*batch, *result.shape), outer @ inner


def flattened(value: Array) -> Array:
    return value.reshape(len(value), -1)
