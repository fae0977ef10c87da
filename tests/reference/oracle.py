"""Values by plain formulas, without the table of operations and without NumPy's functions."""

import math

import numpy as np

from reference.language.expression import Apply, Name, Number
from reference.language.indexed.naive import Naive
from reference.language.indexed.rows import rule_of


def exponential(x):
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def logarithm(x):
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def divide(a, b):
    return a / b if b else math.nan if a == 0 or a != a else math.copysign(math.inf, a)


def power(a, b):
    try:
        value = a**b
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return math.inf
    return math.nan if isinstance(value, complex) else value


def one_by_one(function):
    """A function of numbers, applied to arrays of equal shape entry by entry, without NumPy."""

    def apply_to(*arrays):
        arrays = np.broadcast_arrays(*arrays)
        flat = zip(*(array.ravel().tolist() for array in arrays), strict=True)
        return np.array([function(*entries) for entries in flat]).reshape(arrays[0].shape)

    return apply_to


def in_lists(function):
    """A function of nested lists of rows, applied to two-dimensional arrays."""
    return lambda *arrays: np.array(function(*(array.tolist() for array in arrays)), dtype=float)


def product(left, right):
    return [
        [sum(row[k] * right[k][j] for k in range(len(right))) for j in range(len(right[0]))]
        for row in left
    ]


def softmax(rows):
    tops = [max(row[j] for row in rows) for j in range(len(rows[0]))]
    powers = [[math.exp(entry - top) for entry, top in zip(row, tops, strict=True)] for row in rows]
    return [
        [entry / sum(other[j] for other in powers) for j, entry in enumerate(row)] for row in powers
    ]


def entries(rows):
    return [entry for row in rows for entry in row]


def called(function, orders, *args):
    """The sum of sines that stands for an abstract function, derived by its arguments.

    Derived one sine at a time, by the rule sin' = cos, cos' = -sin.
    """
    turns = (math.sin, math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x))
    total = 0.0
    for place, frequencies in enumerate(((1.1, 0.6), (0.7, 1.3), (1.9, -0.8))):
        phase = sum(frequency * x for frequency, x in zip(frequencies, args, strict=False))
        term = turns[int(sum(orders)) % 4](phase + function * (place + 1) + place)
        for frequency, order in zip(frequencies, orders, strict=False):
            term *= frequency**order
        total += term
    return total


def entry(x, row, column):
    i, j = int(row[0][0]) - 1, int(column[0][0]) - 1
    return [[x[i][j] if 0 <= i < len(x) and 0 <= j < len(x[0]) else math.nan]]


def placed(x, row, column):
    return [
        [1.0 if (i, j) == (row[0][0], column[0][0]) else 0.0 for j in range(1, len(x[0]) + 1)]
        for i in range(1, len(x) + 1)
    ]


def is_largest(rows):
    everything = [*entries(rows)]
    place = everything.index(max(everything))
    return [
        [float(place == i * len(row) + j) for j in range(len(row))] for i, row in enumerate(rows)
    ]


def minor(rows, i, j):
    return [row[:j] + row[j + 1 :] for k, row in enumerate(rows) if k != i]


def determinant(rows):
    """By Laplace's expansion along the first row."""
    if not rows:
        return 1.0
    return sum(
        (-1) ** j * entry * determinant(minor(rows, 0, j)) for j, entry in enumerate(rows[0])
    )


def inverse(rows):
    """By Cramer's rule."""
    whole, places = determinant(rows), range(len(rows))
    return [
        [divide((-1) ** (i + j) * determinant(minor(rows, j, i)), whole) for j in places]
        for i in places
    ]


FORMULAS = {
    "inv": in_lists(inverse),
    "det": in_lists(lambda rows: [[determinant(rows)]]),
    "erf": one_by_one(math.erf),
    "floor": one_by_one(math.floor),
    "ceil": one_by_one(math.ceil),
    "argmax": in_lists(lambda rows: [[1 + entries(rows).index(max(entries(rows)))]]),
    "eq": one_by_one(lambda a, b: 1.0 if a == b else 0.0),
    "ne": one_by_one(lambda a, b: 0.0 if a == b else 1.0),
    "where": one_by_one(lambda test, yes, no: yes if test else no),
    "entry": in_lists(entry),
    "unit": in_lists(placed),
    "call1": one_by_one(lambda f, n, x: called(f, [n], x)),
    "call2": one_by_one(lambda f, m, n, a, b: called(f, [m, n], a, b)),
    "add": one_by_one(lambda a, b: a + b),
    "subtract": one_by_one(lambda a, b: a - b),
    "negate": one_by_one(lambda a: -a),
    "scale": one_by_one(lambda a, b: a * b),
    "hadamard": one_by_one(lambda a, b: a * b),
    "matmul": in_lists(product),
    "divide": one_by_one(divide),
    "power": one_by_one(power),
    "transpose": in_lists(lambda rows: [list(column) for column in zip(*rows, strict=True)]),
    "gt": one_by_one(lambda a, b: 1.0 if a > b else 0.0),
    "ge": one_by_one(lambda a, b: 1.0 if a >= b else 0.0),
    "lt": one_by_one(lambda a, b: 1.0 if a < b else 0.0),
    "le": one_by_one(lambda a, b: 1.0 if a <= b else 0.0),
    "relu": one_by_one(lambda x: x if x > 0 else 0.0),
    "leaky_relu": one_by_one(lambda x, slope: x if x > 0 else slope * x),
    "sigmoid": one_by_one(lambda x: 1 / (1 + exponential(-x))),
    "tanh": one_by_one(lambda x: math.copysign(1 - 2 / (1 + exponential(2 * abs(x))), x)),
    "softmax": in_lists(softmax),
    "exp": one_by_one(exponential),
    "log": one_by_one(logarithm),
    "sqrt": one_by_one(lambda x: math.sqrt(x) if x >= 0 else math.nan),
    "abs": one_by_one(lambda x: x if x > 0 else -x),
    "sign": one_by_one(lambda x: (x > 0) - (x < 0)),
    "log2": one_by_one(lambda x: logarithm(x) / math.log(2)),
    "log10": one_by_one(lambda x: logarithm(x) / math.log(10)),
    "softplus": one_by_one(lambda x: max(x, 0.0) + math.log1p(exponential(-abs(x)))),
    "sin": one_by_one(math.sin),
    "cos": one_by_one(math.cos),
    "tan": one_by_one(lambda x: math.sin(x) / math.cos(x)),
    "sinh": one_by_one(lambda x: (exponential(x) - exponential(-x)) / 2),
    "cosh": one_by_one(lambda x: (exponential(x) + exponential(-x)) / 2),
    "arctan": one_by_one(math.atan),
    "diag": in_lists(
        lambda rows: [[row[0] * (i == j) for j in range(len(rows))] for i, row in enumerate(rows)]
    ),
    "diagonal": in_lists(lambda rows: [[row[i]] for i, row in enumerate(rows)]),
    "max": one_by_one(lambda a, b: a if a > b else b),
    "min": one_by_one(lambda a, b: a if a < b else b),
    "largest": in_lists(lambda rows: [[max(entries(rows))]]),
    "is_largest": in_lists(is_largest),
    "smallest": in_lists(lambda rows: [[min(entries(rows))]]),
    "sum": in_lists(lambda rows: [[math.fsum(entries(rows))]]),
    "mean": in_lists(lambda rows: [[math.fsum(entries(rows)) / len(entries(rows))]]),
    "count": in_lists(lambda rows: [[len(rows) * len(rows[0])]]),
    "row_sums": in_lists(lambda rows: [[math.fsum(row)] for row in rows]),
    "column_sums": in_lists(
        lambda rows: [[math.fsum(column) for column in zip(*rows, strict=True)]]
    ),
    "fill": lambda value, model: np.array(
        [
            [
                value[min(i, len(value) - 1)][min(j, len(value[0]) - 1)]
                for j in range(model.shape[1])
            ]
            for i in range(model.shape[0])
        ]
    ),
}


def by_entries(rule, args):
    """An indexed equation in loops over its entries."""

    def scalar(name):
        return lambda *given: FORMULAS[name](*(np.array([[one]]) for one in given)).item()

    functions = {name: scalar(name) for name in FORMULAS} | {"number": float}
    own, sizes = args[: len(rule.axes)], args[len(rule.axes) :]
    sizes = {name: int(one.item()) for name, one in zip(rule.sizes, sizes, strict=True)}
    arrays = {}
    for (name, ranges), array in zip(rule.by_name.items(), own, strict=True):
        arrays[name] = array.reshape(
            [int((last - first + 1).value(sizes)) for first, last in ranges]
        )
    found = [entry for _, entry in Naive(rule, arrays, sizes, functions).entries()]
    columns = int(rule.result[-1][1].value(sizes)) if len(rule.result) > 1 else 1
    return np.array(found).reshape(-1, columns)


def value_at(expression, values):
    """The value of a resolved expression at one point, a sum over an index term by term.

    Args:
        values: name → array of rows and columns; sizes and indices are 1 × 1.
    """
    places = {}  # axis of a sum → where it stands

    def value(node):
        match node:
            case Number(number):
                return np.array([[number.numerator / number.denominator]])
            case Name(name):
                return values[name]
            case Apply("span"):
                return np.array([[float(places[node])]])
            case Apply("sum_over", (axis, body)):
                return total(axis, body)
            case Apply(operation, args):
                rule = rule_of(node)
                given = [*map(value, args)]
                return FORMULAS[operation](*given) if rule is None else by_entries(rule, given)
        raise TypeError(node)

    def total(axis, body):
        assert axis not in places, "a sum within itself"
        terms = []
        for place in range(1, int(value(axis.args[0])[0, 0]) + 1):
            places[axis] = place
            terms.append(value(body))
        del places[axis]
        return sum(terms)

    return value(expression)
