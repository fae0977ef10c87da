"""Two texts over the points of a network, and what they are judged to be."""

from reference.equivalence.compare import compare
from reference.equivalence.points import SamplePoints
from reference.language.reading import read
from reference.language.shapes import resolve
from reference.network import declare, split_equations


def setting(inputs, equations="", domains=None, sizes=None, symbols=None):
    """Points of a network; shapes are written as in an exercise."""
    shapes = {
        name: tuple(int(part) if part.isdigit() else part for part in shape.split())
        for name, shape in inputs.items()
    }
    constants = dict.fromkeys(sizes or {}, (1, 1))
    network = declare(shapes, {}, split_equations(equations), constants, symbols)
    return SamplePoints(network, domains or {}, sizes or {})


def understood(text, points):
    network = points.network
    return resolve(read(text, network.vocabulary), network.shapes, network.symbols.indices)[0]


def judged(left, right, points):
    return compare(understood(left, points), understood(right, points), points)


REALS = setting(dict.fromkeys("xywvkm", "1 1"))
PAIRS = [
    ("1 / (1 + exp(-2 x))", "tanh(x) / 2 + 1/2"),
    ("x", "relu(x)"),
    ("relu(x - 3)", "0"),
    ("log(-x^2)", "log(-x^2)"),
    ("123456 x", "123457 x"),
    ("(x + y) - y", "x"),
    ("max(x, y)", "min(x, y)"),
]


def verdicts():
    """What the pairs are judged to be, and the points at which that is found."""
    points = setting(dict.fromkeys("xywvkm", "1 1"))
    found = [judged(*pair, points).value for pair in PAIRS]
    return [*found, *(value.tobytes().hex() for _, value in sorted(points.values.items()))]
