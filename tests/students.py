"""Students who work exercises out by hand: in plain Python, with formulas of their own, rounding as they like.

A :class:`Pen` writes numbers. One that is exact gives the right answers.
"""

import math


def figures(value, count=3):
    """A number to so many significant figures; what is whole as it is."""
    return value if value == round(value) else float(f"{value:.{count - 1}e}")


def place(value):
    """The power of ten of the first digit."""
    return math.floor(math.log10(abs(value)) + 1e-12) if value else 0


class Pen:
    """Writes exactly."""

    def number(self, value):
        return value

    def numbers(self, values):
        """Numbers that stand side by side."""
        return [self.number(value) for value in values]

    def product(self, *factors):
        return math.prod(factors)

    def quotient(self, above, below):
        return above / below

    def answer(self, values):
        return values

    def sum(self, *terms):
        return self.number(sum(terms))

    def dot(self, left, right):
        return self.sum(*self.numbers([a * b for a, b in zip(left, right, strict=True)]))


class Rounding(Pen):
    """Writes every step down, rounded."""

    def product(self, *factors):
        found, *rest = factors
        for factor in rest:
            found = self.number(found * factor)
        return found

    def quotient(self, above, below):
        return self.number(above / below)


class ByTheSheet(Rounding):
    """At least three decimals, and at least three figures of what is small; up to three digits more."""

    def __init__(self, generator):
        self.random = generator

    def decimals(self, value):
        return max(3, 2 - place(value)) + self.random.choice([0, 0, 0, 1, 2, 3])

    def number(self, value):
        return round(value, self.decimals(value))


class InAnyOrder(ByTheSheet):
    """Multiplies factors in any order."""

    def product(self, *factors):
        return super().product(*self.random.sample(factors, len(factors)))


class ByReciprocals(ByTheSheet):
    """Divides by multiplying with a rounded reciprocal."""

    def quotient(self, above, below):
        return self.number(above * self.number(1 / below))


class Alike(ByTheSheet):
    """Writes numbers that stand side by side with as many decimals as the largest one needs."""

    def numbers(self, values):
        decimals = self.decimals(max(values, key=abs))
        return [round(value, decimals) for value in values]

    def answer(self, values):
        return self.numbers(values)


class ThreeFigures(ByTheSheet):
    """Gives answers to three significant figures; what comes out even as it is."""

    def answer(self, values):
        return [figures(value) for value in values]


class ThreeDecimals(Rounding):
    """Keeps three decimals of everything, however small."""

    def number(self, value):
        return round(value, 3)


class TwoDecimals(ThreeDecimals):
    def number(self, value):
        return round(value, 2)


class CutsOff(ThreeDecimals):
    """Cuts off what is behind the third decimal."""

    def number(self, value):
        return math.trunc(value * 1000 + math.copysign(1e-6, value)) / 1000


class EveryStepToThreeFigures(ThreeDecimals):
    def number(self, value):
        return figures(value)


def relu(value):
    return max(value, 0.0)


def two_layer_numbers(v, pen):
    h1 = pen.sum(pen.product(v["i1"], v["w11"]), pen.product(v["i2"], v["w21"]), v["b1"])
    h2 = pen.sum(pen.product(v["i1"], v["w12"]), pen.product(v["i2"], v["w22"]), v["b2"])
    below = {"relu": 0.0, "tenth": 0.1, "fifth": 0.2, "half": 0.5}[v["activation"]]
    h3, h4 = (h if h > 0 else pen.product(below, h) for h in (h1, h2))
    o1 = pen.sum(pen.product(h3, v["w31"]), pen.product(h4, v["w41"]), v["b3"])
    o2 = pen.sum(pen.product(h3, v["w32"]), pen.product(h4, v["w42"]), v["b4"])
    e1, e2 = pen.sum(o1, -v["t1"]), pen.sum(o2, -v["t2"])
    halves = [pen.quotient(pen.product(e, e), 2) for e in (e1, e2)]
    back = pen.sum(pen.product(e1, v["w31"]), pen.product(e2, v["w32"]))
    gradient = pen.product(back, 1.0 if h1 > 0 else below, v["i2"])
    return {
        **{"forward.h1": h1, "forward.h2": h2, "forward.h3": h3, "forward.h4": h4},
        **{"forward.o1": o1, "forward.o2": o2, "error": pen.sum(*halves)},
        "update.gradient": gradient,
        "update.w21": pen.sum(v["w21"], -pen.product(v["alpha"], gradient)),
    }


def two_two_one(v, pen):
    def unit(first, second):
        z = pen.sum(pen.product(first, v["x1"]), pen.product(second, v["x2"]), v["b1"])
        return pen.quotient(1, pen.sum(1, pen.number(math.exp(-z))))

    h1, h2 = unit(v["w11"], v["w21"]), unit(v["w12"], v["w22"])
    y = pen.sum(pen.product(v["v1"], h1), pen.product(v["v2"], h2), v["b2"])
    return {"output.h1": h1, "output.h2": h2, "output.y": y}


def leaky(below):
    return lambda x, pen: (x, 1.0) if x > 0 else (pen.product(below, x), below)


def rectified(x, pen):
    return relu(x), float(x > 0)


def squared(x, pen):
    return pen.product(relu(x), relu(x)), pen.product(2, relu(x))


def tanh(x, pen):
    value = pen.number(math.tanh(x))
    return value, pen.sum(1, -pen.product(value, value))


def sigmoid(x, pen):
    value = pen.quotient(1, pen.sum(1, pen.number(math.exp(-x))))
    return value, pen.product(value, pen.sum(1, -value))


def softplus(x, pen):
    power = pen.number(math.exp(x))
    value = pen.number(math.log(pen.sum(1, power)))
    return value, pen.quotient(power, pen.sum(1, power))


def softsign(x, pen):
    below = pen.sum(1, abs(x))
    return pen.quotient(x, below), pen.quotient(1, pen.product(below, below))


def parabola(x, pen):
    return pen.quotient(pen.product(x, x), 2), x


# What scalar-residual-block draws: each gives its value and its slope.
HIDDEN = {
    "relu(y0)": rectified,
    "leaky_relu(y0, 0.1)": leaky(0.1),
    "leaky_relu(y0, 0.2)": leaky(0.2),
    "tanh(y0)": tanh,
    "sigmoid(y0)": sigmoid,
    "softplus(y0)": softplus,
}
OUTPUT = {
    "relu": rectified,
    "square": squared,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "softsign": softsign,
    "parabola": parabola,
}


def scalar_residual_block(v, pen):
    u0 = pen.product(v["x0"], v["w0"])
    y0 = pen.sum(u0, v["b0"])
    x1, first = HIDDEN[v["hidden"]](y0, pen)
    u1 = pen.product(x1, v["w1"])
    y1 = pen.sum(u1, v["b1"])
    v1 = pen.sum(y1, v["x0"])
    z, last = OUTPUT[v["output"]](v1, pen)
    return {
        **{"forward.u0": u0, "forward.y0": y0, "forward.x1": x1, "forward.u1": u1},
        **{"forward.y1": y1, "forward.v1": v1, "forward.z": z},
        "gradients.w0": pen.product(last, v["w1"], first, v["x0"]),
        "gradients.w1": pen.product(last, x1),
        "gradients.b0": pen.product(last, v["w1"], first),
        "gradients.b1": last,
    }


def softmax_stability(v, pen):
    logits = [z for [z] in v["z"]]
    powers = pen.numbers([math.exp(z - max(logits)) for z in logits])
    return {"value": pen.quotient(powers[int(v["class"]) - 1], pen.sum(*powers))}


def adam(v, pen):
    beta1, beta2 = v["beta1"], v["beta2"]
    rest1, rest2 = pen.sum(1, -beta1), pen.sum(1, -beta2)
    found = {}
    m = velocity = 0.0
    w, power1, power2 = v["w"], 1.0, 1.0
    for number, question in ((1, "first"), (2, "second")):
        g = v[f"g{number}"]
        m = pen.sum(pen.product(beta1, m), pen.product(rest1, g))
        velocity = pen.sum(pen.product(beta2, velocity), pen.product(rest2, pen.product(g, g)))
        power1, power2 = pen.product(power1, beta1), pen.product(power2, beta2)
        mhat = pen.quotient(m, pen.sum(1, -power1))
        vhat = pen.quotient(velocity, pen.sum(1, -power2))
        root = pen.number(math.sqrt(vhat))
        w = pen.sum(w, -pen.quotient(pen.product(v["alpha"], mhat), root))
        values = {"m": m, "v": velocity, "mhat": mhat, "vhat": vhat, "w": w}
        found |= {f"{question}.{name}{number}": value for name, value in values.items()}
    return found


def attention(v, pen):
    root = pen.number(math.sqrt(2))
    weights = []
    for place, query in enumerate(v["Q"]):
        scores = pen.numbers(
            [pen.quotient(pen.dot(query, key), root) for key in v["K"][: place + 1]]
        )
        powers = pen.numbers([math.exp(score) for score in scores])
        shares = [pen.quotient(power, pen.sum(*powers)) for power in powers]
        weights.append(shares + [0.0] * (2 - place))
    outputs = [[pen.dot(row, column) for column in zip(*v["V"], strict=True)] for row in weights]
    return {"output.A": weights, "output.O": outputs}


def convolution(v, pen):
    def under(row, column):
        return [v["I"][row + i][column + j] for i in (0, 1) for j in (0, 1)]

    kernel = [*v["W"][0], *v["W"][1]]
    corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
    found = [pen.dot(under(*corner), kernel) for corner in corners]
    row, column = corners[found.index(max(found))]
    slope = pen.sum(max(found), -v["t"])
    by_kernel = [pen.product(slope, pixel) for pixel in under(row, column)]
    by_picture = [[0.0] * 3 for _ in range(3)]
    for place, weight in enumerate(kernel):
        by_picture[row + place // 2][column + place % 2] = pen.product(slope, weight)
    return {
        **dict(
            zip(["forward.j11", "forward.j12", "forward.j21", "forward.j22"], found, strict=True)
        ),
        "forward.o": max(found),
        "backward.W": [by_kernel[:2], by_kernel[2:]],
        "backward.I": by_picture,
    }


def perceptron(v, pen):
    w = [0.0, 0.0]
    found = {}
    for number in (1, 2, 3):
        x, t = [entry for [entry] in v[f"x{number}"]], v[f"t{number}"]
        if t * pen.dot(w, x) <= 0:
            w = [pen.sum(one, pen.product(t, entry)) for one, entry in zip(w, x, strict=True)]
        found[f"weights.w{number}"] = [[one] for one in w]
    return found


def pooling(v, pen):
    entries = [entry for [entry] in v["x"]]
    first = entries.index(max(entries))
    gradient = [[max(entries) if place == first else 0.0] for place in range(4)]
    return {"p": max(entries), "g.x": gradient}


def vectors(v, pen):
    x, y = [entry for [entry] in v["x"]], [entry for [entry] in v["y"]]
    z = pen.numbers([pen.sum(pen.dot(row, x), b) for row, [b] in zip(v["W"], v["b"], strict=True)])
    a = pen.numbers([math.tanh(one) for one in z])
    slopes = [pen.sum(1, -pen.product(one, one)) for one in a]
    delta = [
        pen.product(pen.sum(one, -target), slope)
        for one, target, slope in zip(a, y, slopes, strict=True)
    ]
    return {
        "forward.z": [[one] for one in z],
        "forward.a": [[one] for one in a],
        "backward.W": [[pen.product(one, entry) for entry in x] for one in delta],
        "backward.b": [[one] for one in delta],
    }


# By exercise: of the bank, and of tests.exercises.
BANK = {
    "two-layer-numbers": two_layer_numbers,
    "two-two-one": two_two_one,
    "scalar-residual-block": scalar_residual_block,
    "softmax-stability": softmax_stability,
}
OTHERS = {
    "adam": adam,
    "attention": attention,
    "convolution": convolution,
    "perceptron": perceptron,
    "pooling": pooling,
    "vectors": vectors,
}
