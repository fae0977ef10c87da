"""Near misses and other forms of every key of the bank with a kink: ``python -m tests.kinks [seeds]``.

Thresholds are shifted by a millionth to 1, steps become ramps of a slope of 10 to a milliard, and what is beyond 10 to a milliard
is cut off: none of these may be accepted. The same step in other words may never be rejected.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

from msgspec.structs import replace

from grader.answers import ExpressionKey, Verdict
from reference.equivalence.turns import KINKS
from reference.language.expression import Apply, Expression, apply, fold, number, parts, rebuild
from reference.language.writing import plain
from tests.shipped import BANK, drawn

SHIFTS = [sign * Fraction(1, 10**power) for power in range(7) for sign in (1, -1)]
SCALES = [Fraction(10) ** power for power in range(1, 10)]
ZERO, ONE, TWO = number(0), number(1), number(2)
HALF = number(Fraction(1, 2))
COMPARISONS = {"gt": 1, "ge": 1, "lt": -1, "le": -1}  # with the side on which they hold
Change = Callable[[Apply], Expression]


def gap(node: Apply) -> Expression:
    """What is 0 at the kink of an operation, and above 0 where a comparison holds."""
    if len(node.args) == 1 or node.operation == "leaky_relu":
        return node.args[0]
    left, right = node.args if COMPARISONS.get(node.operation, 1) > 0 else node.args[::-1]
    return left if right == ZERO else apply("subtract", left, right)


def scaled(value: Fraction, of: Expression) -> Expression:
    return apply("scale", number(value), of)


def shifted(node: Apply, by: Fraction) -> Expression:
    first = apply("subtract", node.args[0], number(by))
    return Apply(node.operation, (first, *node.args[1:]))


def ramps(node: Apply, slope: Fraction) -> Iterator[Expression]:
    """Smooth or straight ramps instead of a step or a corner."""
    u, width = gap(node), Fraction(1) / slope
    steep = scaled(slope, u)
    root = apply("sqrt", apply("add", apply("power", u, TWO), number(width**2)))
    if node.operation in COMPARISONS:
        yield apply("sigmoid", steep)
        yield apply("min", ONE, apply("max", ZERO, steep))
        yield scaled(Fraction(1, 2), apply("add", ONE, apply("tanh", steep)))
        yield apply("add", HALF, scaled(Fraction(1, 2), apply("divide", u, root)))
        yield apply("divide", apply("relu", u), apply("add", apply("abs", u), number(width)))
    elif node.operation == "sign":
        yield apply("tanh", steep)
        yield apply("max", number(-1), apply("min", ONE, steep))
        yield apply("divide", u, root)
    elif node.operation == "relu":
        yield scaled(width, apply("log", apply("add", ONE, apply("exp", steep))))
        yield apply("hadamard", u, apply("sigmoid", steep))
        yield scaled(Fraction(1, 2), apply("add", u, root))
    elif node.operation == "abs":
        yield root
        yield apply("hadamard", u, apply("tanh", steep))


def cut(node: Apply, at: Fraction) -> Iterator[Expression]:
    """Another value far out, on either side: by 1, or by 1e-7 of where it is, as less is lost where such numbers are added up."""
    u, by = gap(node), max(Fraction(1), at / 10**7)
    above, below = (apply("gt", u, number(at)), apply("lt", u, number(-at)))
    if node.operation not in COMPARISONS:
        above, below = scaled(by, above), scaled(by, below)
    yield apply("hadamard", node, apply("le", u, number(at)))
    yield apply("add", node, below)
    yield apply("subtract", node, above)
    if node.operation not in COMPARISONS:
        yield apply("hadamard", node, apply("ge", u, number(-at)))


def others(node: Apply) -> Iterator[Expression]:
    """The same step or corner in other words."""
    u = gap(node)
    sign, size, positive = apply("sign", u), apply("abs", u), apply("relu", u)
    above, below = apply("gt", u, ZERO), apply("lt", u, ZERO)
    share = apply("divide", u, size)
    if node.operation in COMPARISONS:
        yield from (above, apply("ge", u, ZERO), apply("lt", ZERO, u))
        yield scaled(Fraction(1, 2), apply("add", sign, ONE))
        yield apply("add", HALF, scaled(Fraction(1, 2), share))
        yield apply("divide", positive, u)
        yield apply("divide", apply("max", ZERO, u), u)
        yield apply("subtract", ONE, below)
        yield apply("where", above, apply("fill", ONE, u), apply("fill", ZERO, u))
        yield apply("sign", positive)
        yield apply("gt", positive, ZERO)
        yield apply("gt", apply("sigmoid", u), HALF)
    elif node.operation == "sign":
        yield from (share, apply("divide", size, u))
        yield apply("subtract", above, below)
        yield apply("subtract", scaled(Fraction(2), above), ONE)
        yield apply("negate", apply("sign", apply("negate", u)))
        yield apply("where", above, apply("fill", ONE, u), apply("fill", number(-1), u))
    elif node.operation == "relu":
        yield from (apply("hadamard", u, above), apply("max", u, ZERO))
        yield scaled(Fraction(1, 2), apply("add", u, size))
        yield apply("where", above, u, apply("fill", ZERO, u))
    elif node.operation == "abs":
        yield from (apply("hadamard", u, sign), apply("max", u, apply("negate", u)))
        yield apply("sqrt", apply("power", u, TWO))


def turned(node: Expression) -> bool:
    return isinstance(node, Apply) and node.operation in KINKS and bool(others_of(node))


def others_of(node: Apply) -> list[Expression]:
    return [*others(node)]


def changed(root: Expression, change: Change, which: Apply | None = None) -> Expression:
    """Every operation with a kink, or one of them, as something else."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        again = rebuild(node, args)
        if not turned(node) or which not in (None, node):
            return again
        assert isinstance(again, Apply)
        return change(again)

    return fold(root, visit)


def all_of(make: Callable[[Apply], Iterator[Expression]]) -> Iterator[Change]:
    """A change for each thing that is made of an operation, as far as there are so many."""
    for place in range(20):

        def change(node: Apply, place: int = place) -> Expression:
            made = [*make(node)]
            return made[place % len(made)]

        yield change


def distinct(root: Expression, changes: Iterator[Change]) -> list[Expression]:
    """Other expressions, each once: all kinks changed, and one of several."""
    kinks = [node for node in parts(root) if turned(node) and isinstance(node, Apply)]
    found: dict[Expression, None] = {}
    for change in changes:
        for which in [None, *kinks]:
            found.setdefault(changed(root, change, which))
    found.pop(root, None)
    return [*found]


def near_misses(root: Expression) -> dict[str, list[Expression]]:
    """What is almost the key, by what is wrong with it."""
    shifts = ((lambda node, by=by: shifted(node, by)) for by in SHIFTS)
    slopes = (
        change
        for slope in SCALES
        for change in all_of(lambda node, slope=slope: ramps(node, slope))
    )
    cuts = (change for at in SCALES for change in all_of(lambda node, at=at: cut(node, at)))
    return {
        "shifted thresholds": distinct(root, shifts),
        "ramps": distinct(root, slopes),
        "cut off": distinct(root, cuts),
    }


def keys(seeds: range) -> Iterator[tuple[str, ExpressionKey]]:
    """The keys of the bank with a kink, of variants of these seeds, each at points of its own."""
    for name in BANK:
        for variant in drawn(name, seeds):
            for address, (_, key) in variant.keys.items():
                if isinstance(key, ExpressionKey) and any(map(turned, parts(key.expression))):
                    points = replace(key.points, seed=1 + variant.draw.seed)
                    yield f"{name} {address}", replace(key, points=points)


def wrongly_marked(seeds: range, counts: Counter[str]) -> Iterator[str]:
    """What is accepted or rejected without reason; ``counts`` is added up on the way."""
    for name, key in keys(seeds):
        kinds = near_misses(key.expression) | {
            "other words": distinct(key.expression, all_of(others))
        }
        for kind, texts in kinds.items():
            for text in map(plain, texts):
                verdict = key.mark(text).verdict
                counts[f"{kind}: {verdict}"] += 1
                right = Verdict.CORRECT if kind == "other words" else Verdict.INCORRECT
                if verdict is not right:
                    yield f"{kind}: {name}, points {key.points.seed}: {text} is {verdict}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kinks")
    parser.add_argument("seeds", nargs="?", type=int, default=20)
    counts: Counter[str] = Counter()
    faults = [*wrongly_marked(range(parser.parse_args().seeds), counts)]
    print("\n".join([*faults, *(f"{count:,} {kind}" for kind, count in sorted(counts.items()))]))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
