"""Three independent ways to the same gradient: reverse mode, finite differences, SymPy's ``diff``.

SymPy sees the network entry by entry, as scalars, built from our nodes and never from text; nothing
of the table's values or derivatives is used there.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
from msgspec import Struct, structs

from reference.derivatives.chained import chained
from reference.derivatives.named import with_derivatives
from reference.derivatives.reverse_mode import differentiate
from reference.language.dimensions import SCALAR, Shape
from reference.language.expression import Apply, Expression, Name, Number, fold
from reference.language.indexed.naive import Naive
from reference.language.indexed.rows import Rule, Text, rules_in
from reference.language.roles import derivative_name
from reference.language.values import Array
from reference.network import Network

STEP = 1e-6
DIFFERENCE_TOLERANCE = 1e-6
SYMPY_TOLERANCE = 1e-9
PROBE = "@probe"


class Certificate(Struct, frozen=True):
    """How far reverse mode is from the other two ways, relative to 1 + abs(gradient)."""

    of: str
    by: str
    from_differences: float
    from_sympy: float

    @property
    def holds(self) -> bool:
        return self.from_differences <= DIFFERENCE_TOLERANCE and self.from_sympy <= SYMPY_TOLERANCE


def certify(
    network: Network, of: str, by: Collection[str], values: Mapping[str, Array]
) -> list[Certificate]:
    """Compute the derivatives of a scalar three ways at given points, away from kinks.

    Args:
        values: of inputs, parameters and constants, each (batch, rows, columns).
    """
    network = network.pruned([of])
    if network.shapes[of] != SCALAR:
        return [certify_jacobian(network, of, name, values) for name in by]
    computed = [name for name in by if name in network.equations]
    if computed:
        alone = [one for name in computed for one in certify_alone(network, of, name, values)]
        free = [name for name in by if name not in computed]
        return [*(certify(network, of, free, values) if free else ()), *alone]
    reverse = differentiate(network, of, by).evaluate(values)
    symbolic = by_sympy(network, of, by, values)
    certificates = []
    for name in by:
        gradient = reverse[derivative_name(of, name)]
        certificates.append(
            Certificate(
                of,
                name,
                distance(gradient, by_differences(network, of, name, values)),
                distance(gradient, symbolic[name]),
            )
        )
    return certificates


def certify_jacobian(
    network: Network, of: str, name: str, values: Mapping[str, Array]
) -> Certificate:
    """Certify a Jacobian, or its diagonal, by the gradient of a random sum of its rows."""
    generator = np.random.Generator(np.random.Philox(key=3))
    rows, columns = network.evaluate(values)[of].shape[-2:]
    weights = generator.uniform(0.5, 1.5, (1, rows, columns))
    there = {
        one: shape
        for one, shape in network.shapes.items()
        if one in values or one in network.equations
    }
    network = structs.replace(network, shapes=there)  # without derivatives that were pruned away
    jacobian = with_derivatives(network, [derivative_name(of, name)])
    total = Apply("sum", (Apply("hadamard", (Name(of), Name(PROBE))),))
    shapes: dict[str, Shape] = {PROBE: network.shapes[of], f"{PROBE} total": SCALAR}
    probed = jacobian.extended({f"{PROBE} total": total}, shapes)
    known = {**values, PROBE: weights}
    [found] = certify(probed, f"{PROBE} total", [name], known)
    given = probed.evaluate(known)[derivative_name(of, name)]
    diagonal = given.shape[-1] == columns and given.shape[-2] == rows
    product = given * weights if diagonal else np.swapaxes(given, -1, -2) @ weights
    gradient = by_differences_of(probed, f"{PROBE} total", name, known)
    off = distance(product, gradient)
    return Certificate(of, name, max(found.from_differences, off), found.from_sympy)


def by_differences_of(network: Network, of: str, name: str, values: Mapping[str, Array]) -> Array:
    """Central differences by any name, a computed one being cut loose from its equation."""
    own = network.evaluate(values)[name]
    equations = {other: e for other, e in network.equations.items() if other != name}
    loose = structs.replace(network, equations=equations)
    return by_differences(loose, of, name, {**values, name: own})


def certify_alone(
    network: Network, of: str, name: str, values: Mapping[str, Array]
) -> list[Certificate]:
    """Certify the derivative by one computed name, which is cut loose from its equation."""
    if name == of:
        return []  # 1, whatever the network
    equations = {other: e for other, e in network.equations.items() if other != name}
    loose = structs.replace(network, inputs=(*network.inputs, name), equations=equations)
    return certify(loose, of, [name], {**values, name: network.evaluate(values)[name]})


def distance(gradient: Array, other: Array) -> float:
    """The largest difference; infinite where one of the two is not a number."""
    gaps = np.abs(gradient - other) / (1 + np.abs(gradient))
    return float(np.max(np.where(np.isnan(gaps), np.inf, gaps)))


def by_differences(network: Network, of: str, name: str, values: Mapping[str, Array]) -> Array:
    """Central differences, all entries of ``name`` in one pass over a leading axis."""
    value = values[name]
    rows, columns = value.shape[-2:]
    nudge = STEP * np.eye(rows * columns).reshape(-1, 1, rows, columns)
    above = network.evaluate({**values, name: value + nudge})[of]
    below = network.evaluate({**values, name: value - nudge})[of]
    slopes = (above - below)[..., 0, 0] / (2 * STEP)
    slopes = np.broadcast_to(slopes, np.broadcast_shapes(slopes.shape, nudge.shape[:-2]))
    return np.moveaxis(slopes, 0, -1).reshape(*slopes.shape[1:], rows, columns)


def by_sympy(
    network: Network, of: str, by: Collection[str], values: Mapping[str, Array]
) -> dict[str, Array]:
    """Every derivative as SymPy finds it, evaluated at all points."""
    import sympy  # slow to load, so only where it is used

    if network.symbols.time is not None:
        own = scalar_functions(sympy)
        return chained(network, of, by, values, lambda e, known: entrywise_symbols(e, known, own))
    known: dict[str, Any] = {}
    symbols: list[Any] = []
    columns: list[Array] = []
    sizes = {size for rule in rules_in(network.equations.values()) for size in rule.sizes}
    sizes.update(network.symbols.least)
    for name in sorted(network.ancestors(of) - network.equations.keys()):
        array = values[name]
        if name in sizes:  # which says how far an index runs
            known[name] = np.array([[sympy.Integer(int(array.flat[0]))]], dtype=object)
            continue
        rows, cols = array.shape[-2:]
        grid = [
            [sympy.Symbol(f"{name}_{row}_{col}", real=True) for col in range(cols)]
            for row in range(rows)
        ]
        known[name] = np.array(grid, dtype=object)
        symbols += [symbol for line in grid for symbol in line]
        columns += [array[..., row, col] for row in range(rows) for col in range(cols)]
    functions = scalar_functions(sympy)
    for name, expression in network.equations.items():
        if name in network.ancestors(of):
            known[name] = entrywise_symbols(expression, known, functions)
    target = known[of][0, 0]
    gradient = [
        sympy.diff(target, symbol) for name in by if name in known for symbol in known[name].flat
    ]
    function = sympy.lambdify(symbols, gradient, [IN_ARRAYS, "numpy"], cse=True, docstring_limit=-1)
    with np.errstate(all="ignore"):
        slopes = iter(function(*columns))
    batch = np.broadcast_shapes(*(column.shape for column in columns))
    found: dict[str, Array] = {}
    for name in by:
        shape = values[name].shape
        if name not in known:
            found[name] = np.zeros(shape)
            continue
        entries = [np.broadcast_to(next(slopes), batch) for _ in known[name].flat]
        found[name] = np.stack(entries, axis=-1).reshape(*batch, *shape[-2:]).astype(np.float64)
    return found


def select(conditions: list[Any], choices: list[Any], default: Any = np.nan) -> Any:
    """``numpy.select``, where a condition may be a choice in floats, as SymPy prints nested cases."""
    return np.select([np.asarray(one, dtype=bool) for one in conditions], choices, default)


# What SymPy calls and NumPy has not, or not so.
IN_ARRAYS = {"select": select, "erf": np.vectorize(math.erf, otypes=[np.float64])}


def entrywise_symbols(
    expression: Expression, known: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> Any:
    """The value of an expression as an object array of SymPy scalars."""

    def visit(node: Expression, args: list[Any]) -> Any:
        match node:
            case Number(value):
                import sympy

                exact = sympy.Rational(value.numerator, value.denominator)
                return np.array([[exact]], dtype=object)
            case Name(name):
                return known[name]
            case Apply(operation) if isinstance(operation, Text):
                return by_entries(operation.rule, args, functions)
            case Apply(operation):
                return functions[operation](*args)
        raise TypeError(f"not resolved: {node}")

    return fold(expression, visit)


def by_entries(rule: Rule, args: list[Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """An indexed equation, evaluated in loops on SymPy scalars."""
    import sympy

    def scalar(name: str) -> Callable[..., Any]:
        return lambda *given: functions[name](*(np.array([[one]], dtype=object) for one in given))[
            0, 0
        ]

    known = {name: scalar(name) for name in functions} | {"number": sympy.Rational}
    sizes = {
        name: int(one[0, 0]) for name, one in zip(rule.sizes, args[len(rule.axes) :], strict=True)
    }
    arrays = {}
    for (name, ranges), array in zip(rule.by_name.items(), args, strict=False):
        lengths = [int((last - first + 1).value(sizes)) for first, last in ranges]
        arrays[name] = array.reshape(lengths)
    found = [value for _, value in Naive(rule, arrays, sizes, known).entries()]
    columns = int((rule.result[-1][1]).value(sizes)) if len(rule.result) > 1 else 1
    return np.array(found, dtype=object).reshape(-1, columns)


def is_largest(sympy: Any) -> Callable[[Any], Any]:
    """1 at the first of the largest entries."""

    def place(flat: list[Any], index: int) -> Any:
        own = flat[index]
        first = [own > other for other in flat[:index]] + [own >= other for other in flat[index:]]
        return sympy.Piecewise((1, sympy.And(*first)), (0, True))

    def value(x: Any) -> Any:
        flat = [*x.ravel()]
        found = [place(flat, index) for index in range(len(flat))]
        return np.array(found, dtype=object).reshape(x.shape)

    return value


def softmax(sympy: Any) -> Callable[[Any], Any]:
    def value(x: Any) -> Any:
        powers = each(sympy.exp)(x)
        return powers / powers.sum(axis=0, keepdims=True)

    return value


def scalar_functions(sympy: Any) -> dict[str, Callable[..., Any]]:
    """What each operation does to object arrays of SymPy scalars."""
    cases = functools.partial(either, sympy)
    unit = functools.partial(unit_matrix, sympy)
    waves = functools.partial(sum_of_waves, sympy)

    return {
        **smooth_functions(sympy),
        "add": np.add,
        "subtract": np.subtract,
        "negate": np.negative,
        "scale": np.multiply,
        "hadamard": np.multiply,
        "matmul": np.dot,
        "divide": np.divide,
        "power": np.power,
        "transpose": np.transpose,
        "gt": each(lambda a, b: cases(a > b, 1, 0)),
        "ge": each(lambda a, b: cases(a >= b, 1, 0)),
        "lt": each(lambda a, b: cases(a < b, 1, 0)),
        "le": each(lambda a, b: cases(a <= b, 1, 0)),
        "eq": each(lambda a, b: cases(sympy.Eq(a, b), 1, 0)),
        "ne": each(lambda a, b: cases(sympy.Ne(a, b), 1, 0)),
        "is_largest": is_largest(sympy),
        "where": each(lambda test, yes, no: cases(sympy.Ne(test, 0), yes, no)),
        "entry": lambda x, row, column: (x * unit(x, row, column)).sum(keepdims=True),
        "unit": unit,
        "call1": each(lambda f, order, x: waves(f, [order], [x])),
        "call2": each(lambda f, first, second, a, b: waves(f, [first, second], [a, b])),
        "relu": each(lambda x: cases(x > 0, x, 0)),
        "leaky_relu": each(lambda x, slope: cases(x >= 0, x, slope * x)),
        "softmax": softmax(sympy),
        "abs": each(sympy.Abs),
        "sign": each(lambda x: cases(x > 0, 1, cases(x < 0, -1, 0))),  # has no DiracDelta
        "max": each(lambda a, b: cases(a >= b, a, b)),
        "min": each(lambda a, b: cases(a <= b, a, b)),
        "largest": whole(lambda x: sympy.Max(*x.ravel())),
        "smallest": whole(lambda x: sympy.Min(*x.ravel())),
        "sum": whole(np.sum),
        "mean": whole(lambda x: np.sum(x) / x.size),
        "floor": each(flat(sympy, "floor")),
        "ceil": each(flat(sympy, "ceil")),
        "argmax": lambda x: (is_largest(sympy)(x).ravel() * np.arange(1, x.size + 1)).sum(
            keepdims=True
        )[:, None],
        "inv": lambda x: np.array(sympy.Matrix(x).inv(), dtype=object),
        "det": whole(lambda x: sympy.Matrix(x).det()),
        "count": whole(lambda x: sympy.Integer(x.size)),
        "row_sums": lambda x: x.sum(axis=1, keepdims=True),
        "column_sums": lambda x: x.sum(axis=0, keepdims=True),
        "diag": lambda x: np.diag(x[:, 0]),
        "diagonal": lambda x: np.diagonal(x)[:, None],
        "fill": lambda value, model: np.broadcast_to(value, model.shape),
    }


def smooth_functions(sympy: Any) -> dict[str, Callable[..., Any]]:
    """Those that work entry by entry and have no kink."""
    return {
        "sigmoid": each(lambda x: 1 / (1 + sympy.exp(-x))),
        "tanh": each(sympy.tanh),
        "exp": each(sympy.exp),
        "log": each(sympy.log),
        "log2": each(lambda x: sympy.log(x, 2)),
        "log10": each(lambda x: sympy.log(x, 10)),
        "softplus": each(lambda x: sympy.log(1 + sympy.exp(x))),
        "sin": each(sympy.sin),
        "cos": each(sympy.cos),
        "tan": each(sympy.tan),
        "sinh": each(sympy.sinh),
        "cosh": each(sympy.cosh),
        "arctan": each(sympy.atan),
        "sqrt": each(sympy.sqrt),
        "erf": each(sympy.erf),
    }


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    return np.vectorize(function, otypes=[object])


def whole(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: np.array([[function(x)]], dtype=object)


def flat(sympy: Any, name: str) -> Any:
    """A function of NumPy whose derivative is 0, as that of SymPy's ``floor`` is not."""
    return type(name, (sympy.Function,), {"fdiff": lambda self, argindex=1: sympy.Integer(0)})


def either(sympy: Any, condition: Any, yes: Any, no: Any) -> Any:
    return sympy.Piecewise((yes, condition), (no, True))


def unit_matrix(sympy: Any, x: Any, row: Any, column: Any) -> Any:
    """The matrix of the shape of ``x`` with 1 at a place, which may be a symbol, and 0 elsewhere."""
    places = [
        [either(sympy, sympy.And(sympy.Eq(row[0, 0], i), sympy.Eq(column[0, 0], j)), 1, 0)
         for j in range(1, x.shape[1] + 1)]
        for i in range(1, x.shape[0] + 1)
    ]  # fmt: skip
    return np.array(places, dtype=object)


def sum_of_waves(sympy: Any, function: Any, orders: list[Any], args: list[Any]) -> Any:
    """A derivative of a member of the family of abstract functions."""
    symbols = sympy.symbols(f"x:{len(args)}")
    first, second = (11, 7, 19), (6, 13, -8)
    total = sum(
        sympy.sin(
            sum(
                sympy.Rational(f[n], 10) * x for f, x in zip((first, second), symbols, strict=False)
            )
            + function * (1 + n)
            + n
        )
        for n in range(3)
    )
    for symbol, order in zip(symbols, orders, strict=True):
        total = sympy.diff(total, symbol, int(order))
    return total.subs(dict(zip(symbols, args, strict=True)), simultaneous=True)
