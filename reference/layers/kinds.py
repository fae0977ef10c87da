"""The kinds of layers: a row says what comes out of one, what it has to learn, what it multiplies, and how far it sees.

Features stand last in a shape: height × width × channels, tokens × features. A multiply-add is a product with its
addition, of matrices and kernels alone, for one example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod

from msgspec import Struct

Options = Mapping[str, int]
Shape = tuple[int, ...]
Rule = Callable[[Options, Shape], int]
Work = Callable[[Options, Shape, Shape], int]
Window = tuple[
    int, int, int
]  # how many places are seen at one go, how far apart they are, and the stride


def none(o: Options, x: Shape) -> int:
    return 0


def no_work(o: Options, x: Shape, y: Shape) -> int:
    return 0


def alone(o: Options) -> Window:
    return 1, 1, 1


class Kind(Struct, frozen=True):
    """One kind of layer, by its options, the shape that comes in, and for its multiply-adds the one that comes out.

    ``options``: name → what it is where it is not written: a number, another option, or nothing where it must be written;
    the first one stands behind the name of the kind. ``window``: none where every place is seen. ``axes``: the least number
    of axes that come in.
    """

    options: Mapping[str, int | str | None] = {}
    shape: Callable[[Options, Shape], Shape] = lambda o, x: x
    weights: Rule = none
    biases: Rule = none
    multiply_adds: Work = no_work
    window: Callable[[Options], Window] | None = alone
    axes: int = 1

    def filled(self, written: Options) -> Options:
        """Every option: those that are written, and what the others are then."""
        found: dict[str, int] = {}
        for option, otherwise in self.options.items():
            if option in written:
                found[option] = written[option]
            elif otherwise is not None:
                found[option] = found[otherwise] if isinstance(otherwise, str) else otherwise
        return found


# Convolution and pooling


def reach(o: Options) -> int:
    """How many places a window spans, with the gaps of a dilation."""
    return o["kernel"] if o["dilation"] == 1 else o["dilation"] * (o["kernel"] - 1) + 1


def places(o: Options, x: Shape) -> Shape:
    """Where a window fits, axis by axis: floor((n + 2 p - reach) / s) + 1, or rounded up."""
    free = [n + 2 * o["padding"] - reach(o) for n in x[:-1]]
    return tuple((-(-n // o["stride"]) if o["ceil"] else n // o["stride"]) + 1 for n in free)


def kernels(o: Options, x: Shape) -> int:
    area: int = o["kernel"] ** (len(x) - 1)
    return o["filters"] * (x[-1] // o["groups"]) * area


def window(o: Options) -> Window:
    return o["kernel"], o["dilation"], o["stride"]


CONV = Kind(
    {"filters": None, "kernel": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": 1, "ceil": 0},
    shape=lambda o, x: (*places(o, x), o["filters"]),
    weights=kernels,
    biases=lambda o, x: o["bias"] * o["filters"],
    multiply_adds=lambda o, x, y: kernels(o, x) * prod(y[:-1]),
    window=window,
    axes=2,
)  # fmt: skip
TRANSPOSED = Kind(
    {"filters": None, "kernel": None, "stride": 1, "padding": 0, "bias": 1},
    shape=lambda o, x: (
        *(o["stride"] * (n - 1) + o["kernel"] - 2 * o["padding"] for n in x[:-1]),
        o["filters"],
    ),
    weights=lambda o, x: x[-1] * o["filters"] * o["kernel"] ** (len(x) - 1),
    biases=lambda o, x: o["bias"] * o["filters"],
    multiply_adds=lambda o, x, y: prod(x) * o["filters"] * o["kernel"] ** (len(x) - 1),
    window=None,
    axes=2,
)
POOL = Kind(
    {"kernel": None, "stride": "kernel", "padding": 0, "dilation": 1, "ceil": 0},
    shape=lambda o, x: (*places(o, x), x[-1]),
    window=window,
    axes=2,
)


# Dense layers, norms, embeddings


def matrix(o: Options, x: Shape) -> int:
    return o["units"] * x[-1]


DENSE = Kind(
    {"units": None, "bias": 1, "tied": 0},
    shape=lambda o, x: (*x[:-1], o["units"]),
    weights=lambda o, x: (1 - o["tied"]) * matrix(o, x),
    biases=lambda o, x: o["bias"] * o["units"],
    multiply_adds=lambda o, x, y: matrix(o, x) * prod(x[:-1]),
)
MLP = Kind(  # as between the attention layers of a transformer: wide, then narrow again
    {"units": None, "bias": 1},
    weights=lambda o, x: 2 * matrix(o, x),
    biases=lambda o, x: o["bias"] * (o["units"] + x[-1]),
    multiply_adds=lambda o, x, y: 2 * matrix(o, x) * prod(x[:-1]),
)
NORM = Kind(
    weights=lambda o, x: x[-1], biases=lambda o, x: x[-1]
)  # a scale and a shift for each feature
EMBEDDING = Kind(
    {"width": None, "words": None},
    shape=lambda o, x: (*x, o["width"]),
    weights=lambda o, x: o["words"] * o["width"],
)


# Recurrence and attention


def gates(o: Options, x: Shape) -> int:
    """The weights of all gates, of both directions: of what comes in, and of the state."""
    return o["directions"] * o["gates"] * o["units"] * (x[-1] + o["units"])


def recurrent(count: int) -> Kind:
    """Layers with so many gates, each with weights and a bias of its own; the candidate counts as a gate."""
    return Kind(
        {"units": None, "directions": 1, "last": 0, "bias": 1, "gates": count},
        shape=lambda o, x: (*(() if o["last"] else x[:-1]), o["directions"] * o["units"]),
        weights=gates,
        biases=lambda o, x: o["bias"] * o["directions"] * o["gates"] * o["units"],
        multiply_adds=lambda o, x, y: gates(o, x) * prod(x[:-1]),
        window=None,
        axes=2,
    )


def width(o: Options, x: Shape, heads: int) -> int:
    """The numbers of so many heads together; all of them share the features unless a width of each is written."""
    if o["width"]:
        return heads * o["width"]
    return x[-1] if heads == o["heads"] else x[-1] * heads // o["heads"]


def projections(o: Options, x: Shape) -> int:
    """The entries of the matrices of queries, keys and values, and of that behind the heads."""
    queries, keys = width(o, x, o["heads"]), width(o, x, o["key_heads"])
    return x[-1] * ((1 + o["projection"]) * queries + 2 * keys)


def attention_biases(o: Options, x: Shape) -> int:
    queries, keys = width(o, x, o["heads"]), width(o, x, o["key_heads"])
    return o["bias"] * (queries + 2 * keys + o["projection"] * x[-1])


def attention(o: Options, x: Shape, y: Shape) -> int:
    """Projections of every token; then scores and mixing of every pair of tokens, masked or not."""
    return x[0] * projections(o, x) + 2 * x[0] ** 2 * width(o, x, o["heads"])


ATTENTION = Kind(
    {"heads": None, "key_heads": "heads", "width": 0, "bias": 1, "projection": 1},
    weights=projections,
    biases=attention_biases,
    multiply_adds=attention,
    window=None,
    axes=2,
)

KINDS: dict[str, Kind] = {
    "conv": CONV,
    "transposed": TRANSPOSED,
    **dict.fromkeys(("maxpool", "avgpool"), POOL),
    "globalpool": Kind(shape=lambda o, x: x[-1:], window=None, axes=2),
    "dense": DENSE,
    "mlp": MLP,
    **dict.fromkeys(("batchnorm", "layernorm", "groupnorm"), NORM),
    "rmsnorm": Kind(weights=lambda o, x: x[-1]),
    "dropout": Kind(),
    **dict.fromkeys(("relu", "gelu", "sigmoid", "tanh", "softmax"), Kind()),
    "embedding": EMBEDDING,
    "positions": Kind(weights=lambda o, x: prod(x), axes=2),
    "rnn": recurrent(1),
    "gru": recurrent(3),
    "lstm": recurrent(4),
    "attention": ATTENTION,
    "flatten": Kind(shape=lambda o, x: (prod(x),), window=None),
    "add": Kind(),
    "concat": Kind(),
}
JOINING = ("add", "concat")  # an earlier layer to what comes in
