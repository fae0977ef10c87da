"""Random resolved expressions over a fixed set of names, and values for the names.

Every expression is well shaped, defined everywhere and of moderate size, and its indicators compare
names only, so that another order of summation cannot tip them over.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reference.language.dimensions import Shape
from reference.language.errors import LanguageError
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    annotate,
    apply,
    number,
    substitute,
)
from reference.language.operations import OPERATIONS
from reference.language.reading import Vocabulary
from reference.network import Network, Symbols

SHAPES: dict[str, Shape] = {
    "s": (1, 1),
    "t": (1, 1),
    "alpha": (1, 1),
    "L": (1, 1),
    "dL/ds": (1, 1),
    "u": ("d", 1),
    "v": ("d", 1),
    "yhat": ("d", 1),
    "a": ("h", 1),
    "w_1": ("h", 1),
    "A": ("h", "d"),
    "B": ("d", "h"),
    "C": ("d", "d"),
    "X": ("d", "m"),
    "sigma2": ("h", "m"),
    "r": (1, "m"),
}
SIZES = {"d": 3, "h": 2, "m": 4}
# What stands in answers only is over these as well.
SYMBOLS = Symbols(
    functions={"f": 1, "g": 2}, indices={"i": "h", "k": "d", "q": "d"}, apart={"q": ("k",)}
)
ANSWER_SHAPES: dict[str, Shape] = {**SHAPES, **dict.fromkeys(SIZES, (1, 1)), **SYMBOLS.shapes}
VOCABULARY = Vocabulary(
    tuple(name for name in ANSWER_SHAPES if not {*"/("} & {*name}),
    tuple(SYMBOLS.functions.items()),
    tuple(SYMBOLS.indices),
)
EVERY_SHAPE = sorted({*SHAPES.values(), *((b, a) for a, b in SHAPES.values())}, key=str)
INNER = ("d", "h", "m", 1)
COMPARISONS = ("gt", "ge", "lt", "le")
NESTED_SUMS = 3  # as many as are read
Places = tuple[tuple[str, str], ...]  # indices that may be used, with the size they run over
PLACES: Places = tuple((name, str(size)) for name, size in SYMBOLS.indices.items())
BOUNDED = ("sigmoid", "tanh", "softmax")
PLAIN_ONES = ("relu", "abs", "negate")


def concrete(shape: Shape) -> tuple[int, int]:
    """A symbolic shape in numbers."""
    rows, columns = (SIZES[size] if isinstance(size, str) else size for size in shape)
    return rows, columns


def draw_values(
    shapes: dict[str, Shape], seed: int = 0, batch: int = 3, sizes: dict[str, int] | None = None
) -> dict[str, np.ndarray]:
    """Values of both signs, away from zero and from each other, with one batch axis."""
    generator = np.random.default_rng(seed)
    known = {**SIZES, **(sizes or {})}

    def value(shape: Shape) -> np.ndarray:
        rows, columns = (known[size] if isinstance(size, str) else size for size in shape)
        sign = generator.choice([-1.0, 1.0], (batch, rows, columns))
        return sign * generator.uniform(0.3, 1.5, (batch, rows, columns))

    return {name: value(shape) for name, shape in shapes.items()}


def answer_values(seed: int = 0, batch: int = 3) -> dict[str, np.ndarray]:
    """Values of all that an answer may name."""
    places = {"i": [1.0, 2.0, 2.0, 1.0], "k": [1.0, 2.0, 3.0, 1.0], "q": [3.0, 1.0, 2.0, 2.0]}
    functions = draw_values({"f()": (1, 1), "g()": (1, 1)}, seed + 1, batch)
    sizes = {name: np.full((batch, 1, 1), float(size)) for name, size in SIZES.items()}
    at = {name: np.resize(np.array(one), (batch, 1, 1)) for name, one in places.items()}
    return {**draw_values(SHAPES, seed, batch), **functions, **sizes, **at}


class Found(Exception):
    """A check failed at an example."""


def finds(check: Callable[..., None], *drawn: st.SearchStrategy, examples: int = 200) -> bool:
    """Is there an example, always from the same ones, at which a check fails?"""

    @settings(
        deadline=None,
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*drawn))
    def search(example):
        try:
            check(*example)
        except (AssertionError, LanguageError) as error:
            raise Found from error

    try:
        search()
    except Found:
        return True
    return False


def magnitude(expression: Expression, values: dict[str, np.ndarray]) -> float:
    """The largest value of any part of an expression, the measure of its rounding errors."""
    largest = [1.0]

    def visit(node: Expression, args: list[np.ndarray]) -> np.ndarray:
        match node:
            case Number(value):
                found = np.full((1, 1), float(value))
            case Name(name):
                found = values[name]
            case _:
                found = OPERATIONS[node.operation].value(*args)
        largest.append(float(np.abs(found).max()))
        return found

    annotate(expression, visit)
    return max(largest)


def numbers() -> st.SearchStrategy[Number]:
    """Whole numbers, decimals and fractions that are no decimals, of both signs, not zero."""
    values = st.one_of(
        st.integers(-12, 12).map(Fraction),
        st.integers(-300, 300).map(lambda whole: Fraction(whole, 100)),
        st.fractions(-3, 3, max_denominator=7),
    )
    return values.filter(bool).map(Number)


def leaf(shape: Shape) -> st.SearchStrategy[Expression]:
    """A name or a number of a shape; else a transpose of a name, or an outer product of two."""
    named = [Name(name) for name, own in SHAPES.items() if own == shape]
    turned = [
        apply("transpose", Name(name))
        for name, own in SHAPES.items()
        if own == (shape[1], shape[0])
    ]
    if not named and not turned:
        column, row = leaf((shape[0], 1)), leaf((1, shape[1]))
        return st.builds(lambda left, right: apply("matmul", left, right), column, row)
    chosen: st.SearchStrategy[Expression] = st.sampled_from(named or turned)
    return st.one_of(chosen, numbers()) if shape == (1, 1) else chosen


@st.composite
def expressions(
    draw: st.DrawFn, shape: Shape | None = None, depth: int = 4, places: Places | None = None
) -> Expression:
    """A well-shaped resolved expression, of any shape unless one is given.

    With ``places`` it is one that stands in an answer: over indices, sums and abstract functions too.
    """
    if shape is None:
        shape = draw(st.sampled_from(EVERY_SHAPE))
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(leaf(shape))

    def part(of: Shape = shape, places: Places | None = places) -> Expression:
        return draw(expressions(of, depth - 1, places))

    scalar: Shape = (1, 1)
    kinds = ["entrywise", "sum", "product", "scale", "matmul", "transpose", "divide", "power"]
    kinds += ["compare", "guarded", "fill", "larger", "leaky", "cases"]
    if shape == scalar:
        kinds += ["reduce", "matmul", "reduce", "entry"]
    if shape[1] == 1:
        kinds += ["row_sums"]
    if shape[0] == 1:
        kinds += ["column_sums"]
    if shape[0] == shape[1] != 1:
        kinds.remove("power")  # of a square matrix it may mean either product, and is not read
    if places is not None:
        kinds += ["called", "called", "cases over places"]
        kinds += ["total"] * (sum(name[0] == "#" for name, _ in places) < NESTED_SUMS)
        kinds += ["entry", "place"] if shape == scalar else []
    match draw(st.sampled_from(kinds)):
        case "entrywise":
            return apply(draw(st.sampled_from(BOUNDED + PLAIN_ONES)), part())
        case "sum":
            operation = draw(st.sampled_from(("add", "subtract")))
            other = draw(st.sampled_from((shape, scalar, (shape[0], 1))))
            sides = [part(), part(other)]
            if draw(st.booleans()):
                sides.reverse()
            return apply(operation, *sides)
        case "product":
            return apply("hadamard", part(), part(draw(st.sampled_from((shape, scalar)))))
        case "scale":
            sides = [part(scalar), part()]
            if draw(st.booleans()):
                sides.reverse()
            return apply("scale", *sides)
        case "matmul":
            inner = draw(st.sampled_from(INNER))
            return apply("matmul", part((shape[0], inner)), part((inner, shape[1])))
        case "transpose":
            inner = part((shape[1], shape[0]))
            return inner if isinstance(inner, Number) else apply("transpose", inner)  # 1^T asks
        case "divide":
            bottom = draw(st.one_of(leaf(shape), leaf(scalar)))
            return apply("divide", part(), bottom)
        case "power":
            base = draw(st.one_of(leaf(shape), expressions(shape, 1).map(bounded)))
            return apply("power", base, number(draw(st.sampled_from((1, 2, 3)))))
        case "compare":
            operation = draw(st.sampled_from(COMPARISONS))
            return apply(operation, draw(leaf(shape)), draw(st.one_of(leaf(shape), leaf(scalar))))
        case "cases":
            test = apply(draw(st.sampled_from(COMPARISONS)), draw(leaf(shape)), draw(leaf(scalar)))
            return apply("where", test, part(), part(draw(st.sampled_from((shape, scalar)))))
        case "cases over places":
            equal = draw(st.sampled_from(("eq", "ne")))
            test = apply(equal, *draw(two_places(places or ())))
            return (
                test
                if draw(st.booleans()) and shape == scalar
                else apply("where", test, part(), part())
            )
        case "entry":
            return draw(entries(part, places or ()))
        case "place":
            return Name(draw(st.sampled_from(places))[0])
        case "called":
            order = number(draw(st.integers(0, 2)))
            if draw(st.booleans()):
                return apply("call1", Name("f()"), order, part())
            orders = draw(st.permutations((order, number(0))))
            return apply("call2", Name("g()"), *orders, part(), part())
        case "total":
            name, size = f"#{depth}", draw(st.sampled_from(tuple(SIZES)))
            one = draw(entries(None, (*(places or ()), (name, size)), name))
            body = apply("scale", one, part(places=(*(places or ()), (name, size))))
            return total(name, size, body)
        case "guarded":
            return draw(st.sampled_from((exponential, logarithm, root)))(part())
        case "fill":
            return apply("fill", part(draw(st.sampled_from((scalar, shape)))), draw(leaf(shape)))
        case "larger":
            return apply(draw(st.sampled_from(("max", "min"))), part(), part())
        case "leaky":
            return apply("leaky_relu", part(), Number(Fraction(1, 100)))
        case "reduce":
            operation = draw(st.sampled_from(("sum", "mean", "largest", "smallest", "count")))
            return apply(operation, part(draw(st.sampled_from(EVERY_SHAPE))))
        case "row_sums":
            return apply("row_sums", part((shape[0], draw(st.sampled_from(INNER)))))
        case _:
            return apply("column_sums", part((draw(st.sampled_from(INNER)), shape[1])))


def total(name: str, size: str, body: Expression) -> Apply:
    """The sum of ``body`` over a name, which stands for a place."""
    inner = annotate(body, lambda node, depths: max([*depths, level(node)], default=-1))[id(body)]
    axis = apply("span", Name(size), number(inner + 1))
    return apply("sum_over", axis, substitute(body, {name: axis}))


def level(node: Expression) -> int:
    """How many sums there are within one whose axis a node is; -1 for any other."""
    spans = isinstance(node, Apply) and node.operation == "span"
    return int(node.args[1].value) if spans else -1


def two_places(places: Places) -> st.SearchStrategy[tuple[Expression, Expression]]:
    """An index, and another place that it could be."""
    return st.sampled_from(places).flatmap(
        lambda first: st.tuples(
            st.just(Name(first[0])),
            st.sampled_from(
                [number(1), number(2), *(Name(n) for n, size in places if size == first[1])]
            ),
        )
    )


@st.composite
def entries(
    draw: st.DrawFn, part: Callable[[Shape], Expression] | None, places: Places, using: str = ""
) -> Apply:
    """An entry of a name, or of a part; at an index that must be used, if one is given."""
    sizes = {size for name, size in places if name == using}
    shapes = sorted((s for s in EVERY_SHAPE if s != (1, 1) and sizes <= {*s}), key=str)
    shape = draw(st.sampled_from(shapes))
    of = part(shape) if part is not None and draw(st.integers(0, 3)) == 0 else draw(leaf(shape))
    found: list[Expression] = []
    for size in shape:
        if size in sizes:
            found.append(Name(using))
            sizes = set()
        elif size == 1:
            found.append(number(1))
        else:
            indices = [Name(name) for name, over in places if over == size]
            found.append(draw(st.sampled_from([number(1), number(2), *indices])))
    return apply("entry", of, *found)


def bounded(value: Expression) -> Expression:
    return apply("tanh", value)


def exponential(value: Expression) -> Expression:
    return apply("exp", apply("tanh", value))


def logarithm(value: Expression) -> Expression:
    return apply("log", apply("add", apply("abs", value), number(1)))


def root(value: Expression) -> Expression:
    return apply("sqrt", apply("add", number(1), apply("abs", value)))


def one_operation(operation: str, shapes: tuple[Shape, ...], result: Shape) -> Network:
    """A network that applies one operation, and weighs the entries of its result to a scalar."""
    arguments = {f"x{index}": shape for index, shape in enumerate(shapes)}
    equations: dict[str, Expression] = {
        "y": Apply(operation, tuple(Name(name) for name in arguments)),
        "L": apply("sum", apply("hadamard", Name("y"), Name("weights"))),
    }
    known = {**arguments, "weights": result, "y": result, "L": (1, 1)}
    return Network(known, (*arguments, "weights"), (), equations)
